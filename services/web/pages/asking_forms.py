"""What a verb asks whoever does it, as a form: `engine.verbs` names the questions, here stands how each is put and read.

A question is a JSON Schema with its Chinese title, so that one way of showing and reading fields serves forms of the shelf and
verbs alike. Choices are those the case has now: its legal steps, its open stops, cards and orders, the people who may have the
task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.accepting import digest_of
from engine.case import local_day
from engine.closing import WAYS
from engine.errors import InvalidInput
from engine.overseeing import CONCLUSIONS
from engine.pushes import RESULTS, SORTS
from engine.ratings import CHANNELS, LEVELS, REASONS
from engine.stopping import EXAMINATIONS
from engine.stops import GROUNDS, PAUSES, STATUTE, ground_name
from engine.verbs import VERBS
from services import undertakings
from services.acting import work_at
from services.office import Office
from services.people import ROLES
from services.returning import targets
from services.store import reading
from services.web.fields import Schema
from services.web.frame import text
from services.web.pages.case_file import CaseFile, Step

_TEXT = {"type": "string", "maxLength": 2000}
_SHORT = {"type": "string", "maxLength": 200}
_DAY = {"type": "string", "format": "date"}
_NOTHING: Schema = {"type": "object", "properties": {}}
_OPTIONAL = frozenset({"basis", "due_on", "expected_end", "is_joint", "role", "stop", "text", "data", "document",
                       "recipient", "phone", "address", "reasons", "measure"})
"""What may be left out where its use case has a default."""
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "suspend": ("document", "expected_end"), "pause": ("basis",), "issue_order": ("due_on", "text"),
    "return_order": ("due_on",), "seal": ("document",), "approve_extension": ("document", "role"),
    "approve_correction": ("role",),
    "offer_hearing": ("document",), "schedule_hearing": ("document",), "find_unmet": ("document",), "exempt": ("document",),
    "remind": ("text",), "reply_to_order": ("text",), "close_order": ("text",), "consult": ("text",), "inspection": ("text",),
    "distribution": ("text",), "answer_rating": ("text",),
    "report_finding": ("text",),
}
"""What is needed all the same."""

_PLAIN: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "reason": ("理由", _TEXT), "opinion": ("意见", _TEXT), "text": ("内容", _TEXT), "findings": ("核查情况", _TEXT),
    "measure": ("处理措施", _TEXT),
    "document": ("文书编号", _SHORT), "number": ("编号", _SHORT), "seal": ("印章", _SHORT), "basis": ("依据", _SHORT),
    "order": ("通知文号", _SHORT), "examiner": ("审查机构", _SHORT), "chair": ("主持人", _SHORT), "signer": ("会签人", _SHORT),
    "addressee": ("对象（部门或人员）", _SHORT), "applicant": ("申请人", _SHORT), "due_on": ("答复期限", _DAY),
    "expected_end": ("预计结束日", _DAY), "held_on": ("听证日期", _DAY), "amount": ("延长工作日", {"type": "integer"}),
    "recipient": ("收件人（邮寄的）", {"type": "string", "maxLength": 50}),
    "phone": ("收件人电话（邮寄的）", {"type": "string", "maxLength": 20}),
    "address": ("邮寄地址（邮寄的）", _SHORT),
    "is_joint": ("属联合办理", {"type": "boolean"}),
    "to": ("抄送对象（人员、部门或岗位）", {"type": "array", "items": _SHORT}),
    "asked": ("被征求的部门和人员", {"type": "array", "items": {"type": "object", "properties": {
        "unit": {"title": "部门", **_SHORT}, "person": {"title": "人员（可不填）", **_SHORT}}, "required": ["unit"]}}),
}


def asked_by(
    connection: Connection, office: Office, verb: str, file: CaseFile, step: Step | None, *, person: str, now: datetime,
) -> Schema:
    """The form of a verb for a case, and perhaps one of its open tasks; without fields when it asks nothing."""
    questions = {name: _question(connection, office, verb, name, file, step, person, now) for name in VERBS[verb].asks}
    asked = {name: question for name, question in questions.items() if question is not None}
    needed = [name for name in asked if name not in _OPTIONAL or name in _NEEDED.get(verb, ())]
    return {"type": "object", "properties": asked, "required": needed} if asked else _NOTHING


def answered(verb: str, schema: Schema, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed as the use case takes it. Raises InvalidInput for what is missing or no date."""
    for name in schema.get("required", ()):
        if typed.get(name) in (None, "", []):
            raise InvalidInput(name, "must be filled in")
    given: dict[str, Any] = {name: _converted(name, schema["properties"][name], value) for name, value in typed.items()}
    return {**given, "data": {}} if verb == "receive_message" else given


def _question(
    connection: Connection, office: Office, verb: str, name: str, file: CaseFile, step: Step | None, person: str, now: datetime,
) -> Mapping[str, Any] | None:
    """A question as a schema; None for one the form need not put."""
    if name == "order" and verb != "hold":
        return _one_of("督办单", ((each.seq, f"{each.addressee}：{each.text[:40]}") for each in file.case.orders), "integer")
    if name in _PLAIN:
        title, schema = _PLAIN[name]
        return {"title": title, **schema}
    match name:
        case "digest":
            return _texts_in_force(connection, file)
        case "person":
            return _one_of("人员", _colleagues(office, file, step, person, now))
        case "node":
            return _steps(connection, office, step)
        case "role":
            return _role(office, verb, person)
        case "name":
            return _one_of("消息", ((each.name, each.name) for each in reading.messages_of(connection, file.row.id)))
    choose = _CHOICES.get(name)
    return choose(verb, file) if choose is not None else None


def _one_of(title: str, choices: Iterable[tuple[Any, str]], kind: str = "string") -> dict[str, Any]:
    return {"title": title, "type": kind, "oneOf": [{"const": value, "title": label} for value, label in choices]}


def _colleagues(office: Office, file: CaseFile, step: Step | None, person: str, now: datetime) -> list[tuple[str, str]]:
    """Who else holds the role of the task; in an office that has entered nobody there is no list."""
    if step is None:
        return []
    work, today = work_at(file.case, step.row), local_day(now)
    return [(each.id, f"{each.name}（{each.unit}）") for each in office.people.persons.values()
            if each.id not in (person, step.row.assignee) and office.people.is_in_office(each.id, today)
            and office.people.has_role(each.id, work, today)]


def _texts_in_force(connection: Connection, file: CaseFile) -> dict[str, Any]:
    """The declaration in force, whole, to be chosen by whoever has read it."""
    template = undertakings.declarable(connection, file.case.process)
    there = [] if template is None else [template.text]
    return {"title": text("告知承诺书（阅读后选择）"), "type": "string", "oneOf": [
        {"const": digest_of(each), "title": text("已阅读现行文本："), "description": each} for each in there]}


def _role(office: Office, verb: str, person: str) -> dict[str, Any]:
    """In which of his roles he does it, already chosen when there is one; of somebody never entered, in which it may be."""
    held = {grant.role for grant in office.people.grants.get(person, ())}
    fitting = [role for role in VERBS[verb].roles if role in held] or list(VERBS[verb].roles)
    asked = _one_of("岗位", ((role, ROLES[role]) for role in fitting))
    return {**asked, "default": fitting[0]} if len(fitting) == 1 else asked


def _steps(connection: Connection, office: Office, step: Step | None) -> dict[str, Any]:
    """The legal steps to send back to, each with what that does."""
    found = [] if step is None or step.is_beside else [
        each for each in targets(connection, office, step.id) if not each.reason]
    return {"title": text("退回至"), "type": "string", "oneOf": [
        {"const": each.node, "title": each.name, "description": each.consequence} for each in found]}


def _grounds(verb: str, file: CaseFile) -> dict[str, Any]:
    known = {**GROUNDS, STATUTE: ground_name(STATUTE)} if verb == "suspend" else PAUSES
    return _one_of("事由", known.items())


_CHOICES: Mapping[str, Callable[[str, CaseFile], dict[str, Any]]] = {
    "ground": _grounds,
    "size": lambda verb, file: _one_of("工程类别", (
        (size, text("{days}个工作日").format(days=days)) for size, days in EXAMINATIONS.items())),
    "stop": lambda verb, file: _one_of("停表", (
        (each.seq, text("{ground}（{start} 起）").format(ground=ground_name(each.ground), start=each.start))
        for each in file.case.open_stops), "integer"),
    "card": lambda verb, file: _one_of("牌", (
        (each.seq, text("第{number}号").format(number=each.seq)) for each in file.case.cards), "integer"),
    "conclusion": lambda verb, file: _one_of("认定", CONCLUSIONS.items()),
    "token": lambda verb, file: _one_of("异常", (
        (token, text("第{number}号事实").format(number=seq)) for seq, token in file.case.incidents if token is not None),
        "integer"),
    "way": lambda verb, file: _one_of("领取方式", WAYS.items()),
    "push": lambda verb, file: _one_of("推送", ((each.seq, f"{each.department}：{RESULTS.get(each.result, each.result)}")
                                           for each in file.case.pushes), "integer"),
    "sort": lambda verb, file: _one_of("监管方式", SORTS.items()),
    "level": lambda verb, file: _one_of("评价等级", LEVELS.items(), "integer"),
    "channel": lambda verb, file: _one_of("评价渠道", CHANNELS.items()),
    "reasons": lambda verb, file: {"title": text("不满意的原因（差评至少选一项）"), "type": "array", "items": {
        "type": "string", "oneOf": [{"const": each, "title": text(name)} for each, name in REASONS.items()]}},
    "materials": lambda verb, file: {"title": text("补齐的材料"), "type": "array", "items": {"type": "string", "enum": [
        each.name for each in (file.case.supply.missing if file.case.supply else ())]}},
}
"""What is chosen from, where it does not depend on the database."""


def _converted(name: str, schema: Schema, value: Any) -> Any:
    if schema.get("format") == "date":
        return _day(name, str(value))
    if schema.get("type") == "integer":
        return value if isinstance(value, int) else _integer(name, str(value))
    if name == "asked":
        return [(each.get("unit", ""), each.get("person")) for each in value]
    return value


def _day(name: str, given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InvalidInput(name, "expected a date such as 2026-11-25") from None


def _integer(name: str, given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 18):
        raise InvalidInput(name, "expected a whole number")
    return int(given)
