"""The page of a case for whoever supervises it 办件依据: its clocks as a ribbon, who has it, every card, order and reminder;
and the acts that are the supervisor's.

What an act does is said by the table of verbs, whether it may be done by its use case; here only what is filled in is read. A
supervisor extends nothing and reassigns nobody: those acts are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import events
from engine.calendar import SHANGHAI
from engine.cards import CARD_ALLOWED, ORDER_ALLOWED, Card, CardState, Order, OrderState
from engine.case import Case, local_day
from engine.errors import Forbidden, InvalidInput, NotFound, Refusal, Stale
from engine.events import Recorded
from engine.limit_words import said
from engine.overseeing import CONCLUSIONS
from engine.verbs import VERBS, Verb
from services import verbs
from services.acting import Command
from services.database import reading as read
from services.database import writing as write
from services.dossiers import Dossier, about, dossier
from services.explaining import explain_case
from services.lamps import case_lamp
from services.web import words
from services.web.door import door, now
from services.web.frame import text
from services.web.pages.wall_scope import found_case, minute, pages
from services.web.ribbon import ribbon
from services.web.visiting import visitor

ACTS = ("remind", "issue_order", "return_order", "close_order", "uphold", "write_off", "exempt")
"""The verbs of a supervisor; those but the first two are about a card or an order of the case, by its number."""

DONE = {
    "remind": "已催办，已记入办件。", "issue_order": "督办单已发出。", "return_order": "督办单已退回重新答复。",
    "close_order": "督办单已销号。", "uphold": "申诉不成立，牌已维持。", "write_off": "牌已核销。",
    "exempt": "已按认定文书容错免责。",
}

_CARD_ACTS: Mapping[str, CardState] = {
    "uphold": CardState.UPHELD, "write_off": CardState.WRITTEN_OFF, "exempt": CardState.EXEMPTED}
_ORDER_ACTS: Mapping[str, OrderState] = {"return_order": OrderState.OPEN, "close_order": OrderState.CLOSED}
_LABELS = {
    "addressee": "单位或人员", "text": "内容", "due_on": "答复期限", "reason": "理由", "conclusion": "认定结论",
    "document": "认定文书号",
}
_OWN_LABELS = {
    ("remind", "addressee"): "被催办人", ("remind", "text"): "催办内容", ("issue_order", "addressee"): "督办对象",
    ("issue_order", "text"): "督办内容", ("close_order", "text"): "核实情况",
}
_LENGTHS = {"addressee": 100, "document": 200}
_LONGEST = 1000
_ORDER_WORKDAYS = 3
"""The answer to an order is proposed for so many working days later."""

_FAULTS = {
    "addressee": "请填写单位或人员，不超过100字。", "text": "请填写内容，不超过1000字。",
    "reason": "请填写理由，不超过1000字。", "due_on": "请填写今天或以后的日期。", "conclusion": "请选择认定结论。",
    "document": "请填写认定文书号，不超过200字。",
}
"""What is wrong with a field, when it is: each can be wrong in one way only."""

@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A card, an order or a reminder with all that was told of it, and what can be done about it now."""

    of: Card | Order | None
    facts: tuple[Recorded, ...]
    acts: tuple[Verb, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An act that is filled in. `typed`: as it was; `wrong`: what is wrong, by field; `refusal`: why it cannot be done at all,
    "" when nothing stands against it."""

    verb: Verb
    seq: int | None
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """What is asked for."""
        return tuple(name for name in self.verb.asks if name not in ("card", "order"))


@pages.get("/cases/<number>")
def case(number: str) -> str:
    """办件依据."""
    at = now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        found = dossier(connection, door().office, found_case(connection, number), now=at)
        lamp = case_lamp(door().office, found.case, at)
    return render_template(
        "wall/case.html", found=found, case=found.case, lamp=lamp, words=words, kind=_kind(found.case), read_at=at,
        ribbon=ribbon(found, today=local_day(at)), cards=_cards(found),
        orders=_orders(found), reminders=_reminders(found), conclusions=CONCLUSIONS,
        offered=[VERBS[name] for name in _open_acts(found.case)], done=DONE.get(request.args.get("done", "")))


@pages.get("/cases/<number>/explained")
def explained(number: str) -> str:
    """逐日说明: a clock of the case day by day."""
    at = now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        found_case(connection, number)
        clock = explain_case(connection, door().office, number, today=local_day(at)).chosen(request.args.get("clock"))
    length = f"{text(clock.label)} {text(said(clock.account.amount, clock.clock.unit))}"
    return render_template(
        "wall/explained.html", number=number, clock=clock, account=clock.account, happened="", zone=SHANGHAI, length=length,
        began=minute(clock.clock.counted_from))


@pages.route("/cases/<number>/<any(remind, issue_order):verb>", methods=["GET", "POST"], defaults={"seq": None})
@pages.route("/cases/<number>/<any(return_order, close_order, uphold, write_off, exempt):verb>/<int:seq>",
             methods=["GET", "POST"])
def act(number: str, verb: str, seq: int | None) -> str | Response | tuple[str, int]:
    """An act of a supervisor: what it does is said before it is done."""
    if request.method == "POST":
        return _given(number, VERBS[verb], seq)
    with read(door().database) as connection:
        door().office.refresh(connection)
        row = found_case(connection, number)
        found = dossier(connection, door().office, row, now=now())
    form = Form(verb=VERBS[verb], seq=seq, typed=_proposed(found, verb))
    return _page(found, form)


def _given(number: str, verb: Verb, seq: int | None) -> str | Response | tuple[str, int]:
    form = Form(verb=verb, seq=seq, typed={name: request.form.get(name, "") for name in (*verb.asks, "version")})
    try:
        given = _read(form)
        with write(door().database) as connection:
            door().office.refresh(connection)
            found_case(connection, number)
            verbs.give(connection, door().office, verb.name, Command(
                number=number, by=visitor().id, now=now(), version=_version(form)), given)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(number, form, refusal)
    return redirect(url_for("wall.case", number=number, done=verb.name), 303)


def _read(form: Form) -> dict[str, Any]:
    """What was filled in, as the use case takes it. Raises InvalidInput naming the field."""
    given: dict[str, Any] = {}
    for name in form.fields:
        text = form.typed[name].replace("\r\n", "\n").strip()
        if not text or "\0" in text or len(text) > _LENGTHS.get(name, _LONGEST):
            raise InvalidInput(name, "is missing or too long")
        given[name] = _day(text) if name == "due_on" else text
    if "card" in form.verb.asks:
        given["card"] = form.seq
    if "order" in form.verb.asks:
        given["order"] = form.seq
    return given


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("due_on", "expected a day like 2026-03-12") from None


def _version(form: Form) -> int | None:
    text = form.typed["version"]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _refused(number: str, form: Form, refusal: Refusal) -> tuple[str, int]:
    """The form again, with what was typed and what is wrong."""
    with read(door().database) as connection:
        found = dossier(connection, door().office, found_case(connection, number), now=now())
    wrong = {refusal.field: _FAULTS[refusal.field]} if isinstance(refusal, InvalidInput) and refusal.field in _FAULTS else {}
    why = "" if wrong else _moved_on(found) if isinstance(refusal, Stale) else str(
        refusal.reason if isinstance(refusal, Forbidden) else refusal)
    shown = Form(verb=form.verb, seq=form.seq, typed=form.typed, wrong=wrong, refusal=why)
    return _page(found, shown), 422 if isinstance(refusal, InvalidInput) else 409


def _moved_on(found: Dossier) -> str:
    """Who did what meanwhile."""
    last = found.facts[-1]
    return text("您打开本页后，{person} 于 {at} 办理过本件；请核对后再提交一次。").format(
        person=last.by, at=f"{last.at.astimezone(SHANGHAI):%m-%d %H:%M}")


def _page(found: Dossier, form: Form) -> str:
    among: tuple[Card | Order, ...] = found.case.cards if "card" in form.verb.asks else found.case.orders
    subject = next((each for each in among if each.seq == form.seq), None)
    if form.seq is not None and subject is None:
        raise NotFound("card" if "card" in form.verb.asks else "supervision order", str(form.seq))
    labels = {name: _OWN_LABELS.get((form.verb.name, name), _LABELS[name]) for name in form.fields}
    return render_template(
        "wall/act.html", found=found, case=found.case, form=form, labels=labels, subject=subject, words=words,
        conclusions=CONCLUSIONS, lengths={name: _LENGTHS.get(name, _LONGEST) for name in form.fields},
        parties=_parties(found), today=local_day(now()))


def _proposed(found: Dossier, verb: str) -> dict[str, str]:
    """What is filled in already: who has the case, and a day for the answer."""
    typed = {"version": str(found.row.version)}
    if verb in ("remind", "issue_order"):
        typed["addressee"] = next(iter(_parties(found)), "")
    if verb in ("issue_order", "return_order"):
        typed["due_on"] = found.calendar.workday_after(local_day(now()), _ORDER_WORKDAYS).isoformat()
    return typed


def _parties(found: Dossier) -> list[str]:
    """Whom a reminder or an order may be meant for: who has the case, and whose it is."""
    held = [name for each in found.holdings for name in (each.task.assignee, each.task.unit) if name]
    return list(dict.fromkeys([*held, *filter(None, (found.case.department, found.case.park))]))


def _kind(case: Case) -> str:
    return words.LIMITS[case.governing.kind] if case.governing else ""


def _open_acts(case: Case) -> list[str]:
    return ["issue_order"] if case.ended_at else ["remind", "issue_order"]


def _cards(found: Dossier) -> list[Shown]:
    return [Shown(of=card, facts=about(found, card.seq, "card"), acts=tuple(
        VERBS[name] for name, state in _CARD_ACTS.items() if state in CARD_ALLOWED[card.state])) for card in found.case.cards]


def _orders(found: Dossier) -> list[Shown]:
    return [Shown(of=order, facts=about(found, order.seq, "order"), acts=tuple(
        VERBS[name] for name, state in _ORDER_ACTS.items() if state in ORDER_ALLOWED[order.state]))
        for order in found.case.orders]


def _reminders(found: Dossier) -> list[Recorded]:
    return [recorded for recorded in found.facts if isinstance(recorded.fact, events.CaseReminded)]
