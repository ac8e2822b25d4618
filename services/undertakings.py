"""Templates of undertakings 承诺书范本, and what was undertaken as a case was accepted.

Decides that a template is never edited: a new version ends the one before, and a fact keeps the text it was signed with. A
matter may be excluded from being decided on a declaration; then its template is that exclusion, with its ground. What may be
undertaken is decided in `engine.accepting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from engine import accepting
from engine.acceptance_facts import Missing, Signed
from engine.accepting import Signature, Template
from engine.case import Case, local_day
from engine.duties import People, may_sign
from engine.errors import InvalidInput, NotFound
from engine.events import Fact
from engine.sentences import say, sentence_of
from engine.undertakings import OnLapse
from services import credit
from services.store import undertakings as store
from services.store import writing
from services.store.undertakings import TemplateRow

EVERY = 100_000
_LARGEST_TEXT = 20_000
_MOST_WORKDAYS = 1000
_ALL_WAYS = frozenset({"accepted_conditionally", "declared", "on_the_spot"})


class Kind(StrEnum):
    """What an undertaking is for."""

    CONDITIONAL = "conditional"  # 容缺受理承诺书
    DECLARED = "declared"  # 告知承诺书


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate:
    """A template to be entered for a matter ("": all). `excluded`: the ground on which the matter is not decided on a
    declaration, its text is then empty; `basis`: the document it rests on."""

    kind: Kind
    process: str
    text: str = ""
    verify_workdays: int = 20
    correct_workdays: int = 10
    on_lapse: OnLapse = OnLapse.DECIDE
    excluded: str = ""
    basis: str = ""


def enter_template(connection: Connection, new: NewTemplate, *, by: str, now: datetime) -> TemplateRow:
    """Enter the next version of a template. The same again changes nothing. Raises InvalidInput naming the field."""
    row = _row(new, by, now)
    held = store.newest_template(connection, kind=row.kind, process=row.process)
    if held is not None and held.until is None and _is_same(held, row):
        return held
    number = writing.next_number(connection, "undertaking_template")  # from here on nobody else enters one
    held = store.newest_template(connection, kind=row.kind, process=row.process)
    since = now if held is None else max(now, held.since)
    if held is not None and held.until is None:
        store.end_template(connection, held.id, since)
    row = row._replace(id=number, version=held.version + 1 if held else 1, since=since)
    store.insert_template(connection, row)
    return row


def end_template(connection: Connection, *, kind: Kind, process: str, now: datetime) -> TemplateRow:
    """End a template without another: the one of all matters counts again, if there is one. Raises NotFound."""
    writing.next_number(connection, "undertaking_template")
    held = store.newest_template(connection, kind=kind.value, process=process)
    if held is None or held.until is not None:
        raise NotFound("template", say(
            "{undertaking} {process}", undertaking=kind, process=process or say("all matters")), "the list has those in force")
    until = max(now, held.since)
    store.end_template(connection, held.id, until)
    return held._replace(until=until)


def templates(
    connection: Connection, *, process: str | None = None, with_history: bool = False, after: int = 0, most: int = EVERY,
) -> list[TemplateRow]:
    """Templates in the order they were entered, from number `after` + 1; `process` None asks for all."""
    return store.templates_page(connection, process=process, with_history=with_history, after=after, most=most)


def undertaken(
    connection: Connection, people: People, case: Case, way: str, node: str, data: Mapping[str, object], now: datetime, *,
    signed: Signed | None = None,
) -> Iterator[Fact]:
    """What was undertaken with an acceptance, after it has been told: of the `way` that the diagram has drawn, nothing for the
    ordinary one. `data`: what was filled in; `signed`: the declaration the applicant has signed himself before, None when he
    has not. Raises InvalidInput, Forbidden."""
    if way not in _ALL_WAYS:
        return
    if way == "on_the_spot":
        yield from accepting.at_once(case, node, now)
        return
    kind = Kind.CONDITIONAL if way == "accepted_conditionally" else Kind.DECLARED
    row = store.template_in_force(connection, kind=kind.value, process=case.process)
    template = None if row is None else _template(row)
    if data.get("signed_by_agent") is True:
        principals = (case.applicant, *(str(data.get(name) or "") for name in ("credit_code", "applicant")))
        may_sign(people, str(data.get("mandate") or ""), principals, case.project, local_day(now), command="sign")
    if kind is Kind.CONDITIONAL:
        yield accepting.conditional(case, list(_missing(data)), _signature(data), template, now)
    else:
        yield accepting.declare(case, _signature(data), template, _barred(connection, data, now), now, signed=signed)


def declarable(connection: Connection, process: str) -> Template | None:
    """The 告知承诺书 in force for a matter; None: there is none."""
    row = store.template_in_force(connection, kind=Kind.DECLARED.value, process=process)
    return None if row is None else _template(row)


def sign(
    connection: Connection, case: Case, data: Mapping[str, object], signature: Signature, *, digest: str, now: datetime,
) -> Fact:
    """签署告知承诺, before acceptance. `data`: of the case. Raises InvalidInput, Forbidden."""
    return accepting.sign(case, signature, declarable(connection, case.process), _barred(connection, data, now),
                          digest=digest, now=now)


def read_day(value: object, field: str) -> date:
    """A day of a form. Raises InvalidInput."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput(field, say("expected a day like 2026-03-12, found “{found}”", found=str(value)[:20])) from None


def _barred(connection: Connection, data: Mapping[str, object], now: datetime) -> str:
    """Why the applicant is out of credit, "" when he is not."""
    return credit.barred(connection, [str(data.get(name) or "") for name in ("credit_code", "identity_number")], now)


def _template(row: TemplateRow) -> Template:
    return Template(id=row.id, version=row.version, text=row.text, verify_workdays=row.verify_workdays,
                    correct_workdays=row.correct_workdays, on_lapse=OnLapse(row.on_lapse), excluded=row.excluded)


def _missing(data: Mapping[str, object]) -> Iterator[Missing]:
    given = data.get("missing_materials")
    for place, each in enumerate(given if isinstance(given, list) else []):
        field = f"data.missing_materials.{place}"
        if not isinstance(each, dict) or not str(each.get("name") or "").strip():
            raise InvalidInput(field, "expected the material's name and the day by which it is supplied")
        yield Missing(name=str(each["name"]).strip(), supply_on=read_day(each.get("supply_on"), f"{field}.supply_on"))


def _signature(data: Mapping[str, object]) -> Signature:
    return Signature(
        signer=str(data.get("signer") or ""), text=str(data.get("undertaking_text") or ""),
        is_agent=data.get("signed_by_agent") is True, mandate=str(data.get("mandate") or ""),
        may_sign=data.get("mandate_covers_signing") is True)


def _row(new: NewTemplate, by: str, now: datetime) -> TemplateRow:
    excluded, text = new.excluded.strip(), new.text.strip()
    if excluded and (new.kind is not Kind.DECLARED or text):
        raise InvalidInput("excluded", "only 告知承诺 is barred for a matter, and then there is no text to sign")
    if not excluded and not text:
        raise InvalidInput("text", "is missing; it is what the applicant signs")
    if len(text) > _LARGEST_TEXT:
        raise InvalidInput("text", say("expected at most {most} characters", most=_LARGEST_TEXT))
    for name in ("verify_workdays", "correct_workdays"):
        if not 1 <= getattr(new, name) <= _MOST_WORKDAYS:
            raise InvalidInput(name, say(
                "expected 1 to {most} working days, found {found}", most=_MOST_WORKDAYS, found=getattr(new, name)))
    return TemplateRow(
        id=0, kind=new.kind.value, process=new.process, version=0, text=text, verify_workdays=new.verify_workdays,
        correct_workdays=new.correct_workdays, on_lapse=new.on_lapse.value, excluded=_line(excluded, "excluded", 200, ""),
        basis=_line(new.basis, "basis", 1000, say("the document a template rests on")), since=now, until=None,
        entered_by=_line(by, "by", 100, say("who enters it")))


def _line(value: str, name: str, most: int, what: str) -> str:
    """A text on one line. `what` "": it may be left out."""
    kept = value.strip()
    if not kept and what:
        raise InvalidInput(name, say("is missing: {what}", what=sentence_of(what)))
    if len(kept) > most or not kept.isprintable():
        raise InvalidInput(name, say("expected at most {most} printable characters on one line", most=most))
    return kept


def _is_same(held: TemplateRow, row: TemplateRow) -> bool:
    return held._replace(id=0, version=0, since=row.since, entered_by=row.entered_by) == row
