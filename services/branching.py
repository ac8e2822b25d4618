"""Which branch a case takes: the decision lists of its matter, asked with its particulars, and kept with the case.

Decides when a list is asked: as an application comes in, and whenever a step brings particulars before acceptance, by the
version in force on that day; from the acceptance on the answer stays. A case is not accepted while a list in force cannot
answer, because its gateway could not be explained afterwards; one deemed accepted is not held up, and asked as soon as its
particulars are there. Nobody sends the outcome as data: the list decides it. Where no version is in force, the diagram's
variable is what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from engine.case import Case
from engine.decision_lists import Answer, Shape, ask
from engine.errors import InvalidInput
from engine.events import DecisionListApplied
from engine.sentences import say, sentence_of
from services.decision_lists import InForce, in_force
from services.deployments import Deployment
from services.office import Office


def refuse_sent(office: Office, deployment: Deployment, case: Case | None, data: Mapping[str, object], on: date) -> None:
    """Nobody decides what a list decides, or has decided. `case` None: one that comes in now. Raises InvalidInput naming the
    field."""
    for each in case.lists if case is not None else ():
        if each.variable in data:
            raise InvalidInput(f"data.{each.variable}", say(
                "was decided by version {version} of the list {list}; leave it out", version=each.version, list=each.list))
    for variable, shape, version in _asked(office, deployment, case, on):
        if variable in data:
            raise InvalidInput(f"data.{variable}", say(
                "is decided by the list {list} (version {version}, {document}); leave it out",
                list=shape.name, version=version.version, document=version.document))


def applied(
    office: Office, deployment: Deployment, case: Case | None, data: Mapping[str, object], on: date,
) -> list[DecisionListApplied]:
    """What the lists make of these particulars, where it differs from what the case holds; None: a case that comes in now.
    Raises InvalidInput when a value is of another kind than its column."""
    told = []
    for variable, shape, version in _asked(office, deployment, case, on):
        answer = _answer(shape, version, data)
        held = next((each for each in case.lists if each.list == shape.code), None) if case is not None else None
        if answer.row is None or (held is not None and (held.version, held.row) == (version.version, answer.row)):
            continue
        told.append(DecisionListApplied(
            list=shape.code, name=shape.name, version=version.version, document=version.document, row=answer.row,
            outcome=answer.outcome, basis=answer.basis, variable=variable, value=_value(deployment, variable, answer.outcome)))
    return told


def require_applied(office: Office, deployment: Deployment, data: Mapping[str, object], on: date) -> None:
    """Before acceptance every list in force must have an answer. Raises InvalidInput naming what is missing."""
    for _, shape, version in _asked(office, deployment, None, on):
        answer = _answer(shape, version, data)
        if answer.missing:
            missing = "、".join(each.title for each in shape.inputs if each.name in answer.missing)
            raise InvalidInput(f"data.{answer.missing[0]}", say(
                "{missing} is missing: the list {list} (version {version}) needs it before the case is accepted",
                missing=missing, list=shape.name, version=version.version))
        if answer.row is None:
            raise InvalidInput("data", say(
                "no row of the list {list} (version {version}, {document}) fits this case, so it has no branch to take; "
                "whoever keeps the list adds a row", list=shape.name, version=version.version, document=version.document))


def held_values(case: Case) -> dict[str, object]:
    """What the lists applied to a case have made of its diagram's variables."""
    return {each.variable: each.value for each in case.lists}


def _asked(
    office: Office, deployment: Deployment, case: Case | None, on: date,
) -> Iterator[tuple[str, Shape, InForce]]:
    """The lists of a process that may still be asked, by variable, in the version that counts on a day: for an accepted case
    those that could not answer at its acceptance."""
    matter = office.catalogue.matter_of(deployment.process)
    for variable, code in sorted(matter.lists.items()) if matter is not None else ():
        accepted_on = case.accepted_on if case is not None else None
        version = in_force(office.lists.get(code, ()), accepted_on or on)
        is_settled = accepted_on is not None and case is not None and any(each.list == code for each in case.lists)
        if version is not None and variable in deployment.program.variables and not is_settled:
            yield variable, office.shapes[code], version


def _answer(shape: Shape, version: InForce, data: Mapping[str, object]) -> Answer:
    if version.table is None:
        raise InvalidInput("data", say(
            "version {version} of the list {list} cannot be asked: {problem}; whoever keeps the list enters it anew",
            version=version.version, list=shape.name, problem=sentence_of(version.problem)))
    try:
        return ask(version.table, data)
    except InvalidInput as refusal:
        raise InvalidInput(f"data.{refusal.field}", say(
            "{reason} (list {list})", reason=sentence_of(refusal.reason), list=shape.name)) from refusal


def _value(deployment: Deployment, variable: str, outcome: str) -> str | bool:
    """An outcome as the diagram's variable has it: a bool for 是 and 否 where it is one."""
    if deployment.definition.process.variables.get(variable) == "bool":
        return outcome in ("是", "true")
    return outcome
