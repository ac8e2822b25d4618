"""A deadline explained: over the API as data, and as a fragment of a page.

A question names no case, so that its fragment is open to whoever is signed in; a clock is shown to whoever may see its case. A
fragment has no head and no body: a page puts it where it belongs.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from flask import Response, render_template
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from engine import explanation
from engine.calendar import SHANGHAI
from engine.case import local_day
from engine.errors import InvalidInput, NotFound
from engine.limit_words import Question, read_question, said
from engine.limits import EVENTS
from services import explaining, sight
from services.database import reading as read
from services.explaining import ExplainedCase, explain_case
from services.web.auth import API
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.frame import text
from services.web.sent import as_json
from services.web.shapes import cases as shapes
from services.web.visiting import visitor
from services.web.words.refusals import in_chinese

_MOST = 50  # stops or closures in one question: each makes every day dearer
_PHRASES = {"accepted": "受理", "decided": "作出决定", "noticed": "公告", "granted": "准予", "submitted": "提交"}

api = APIBlueprint("explain", __name__, url_prefix=API, abp_tags=[Tag(name="explain", description="时限说明")],
                   abp_security=SECURITY)
fragments = APIBlueprint("fragments", __name__, url_prefix="/fragments", doc_ui=False)


class ExplainQuery(BaseModel):
    """A limit, when its event happened, and what befell it."""

    model_config = ConfigDict(extra="forbid")

    at: str = Field(max_length=40, json_schema_extra={"example": "2026-02-13T10:00"}, description=(
        "When it happened: `2026-02-13T10:00`, or a day (then 09:00). Without a zone: Asia/Shanghai."))
    limit: str = Field(max_length=40, json_schema_extra={"example": "5workday"}, description=(
        "`5workday`, `20calendar_day`, `3month`, `4working_hour`, `1half_day`, `24hour`; also `5wd`, `5个工作日`, `20日`."))
    event: Literal[EVENTS] = Field("accepted", description=(  # type: ignore[valid-type]
        "What happened. Only `submitted` after hours or on a day off moves to the next working day."))
    count_first_day: bool = Field(False, description="Is the day of the event day one?")
    roll_off_holiday: bool = Field(True, description="Does a last day off move to the next working day?")
    extend: int = Field(0, ge=0, le=100_000, description="Units added to the limit.")
    stop: list[str] = Field(default_factory=list, max_length=_MOST, description=(
        "`FROM..TO:GROUND`, days in (from, to] not counted; `FROM..:GROUND` is still open. May be repeated."))
    closure: list[str] = Field(default_factory=list, max_length=_MOST, description=(
        "`FROM..TO:REFERENCE`, an approved closure, both ends included. May be repeated."))


class ExplainedDay(BaseModel):
    """A day of the account. `number`: how many days, half-days or minutes have been counted by its end; null on a day that
    is not counted."""

    date: str = Field(json_schema_extra={"format": "date"})
    counted: bool
    why: str
    code: str = Field(description="Why, as a stable word: workday, make_up_workday, weekend, holiday, suspended, closure, …")
    number: int | None


class ExplainedRule(BaseModel):
    """A rule that was applied, and the article or document it rests on."""

    text: str
    source: str


class Explained(BaseModel):
    """A deadline day by day. `due`: the date, or the minute of a limit shorter than a day; null while a stop is open.
    `provisional`: it passes through a year whose working days are not published yet."""

    due: str | None
    provisional: bool
    days: list[ExplainedDay]
    rules: list[ExplainedRule]


class ExplainedDeadline(BaseModel):
    """One deadline a clock has had. `due`: null while it was stopped; `reason`: what moved it; `seq`: of the fact that says
    so."""

    seq: int
    at: datetime
    by: str
    due: str | None
    provisional: bool
    reason: str


class ExplainedClock(Explained):
    """A clock of a case. `source`: where its number comes from; `version`: how many deadlines it has had; `others`: the other
    clocks of the case by name."""

    case: str
    clock: str
    kind: str
    label: str
    source: str
    basis: str
    counted_from: datetime
    version: int
    stopped_on: date | None
    lapsed_at: datetime | None
    opens_on: date | None = Field(description="可申请日: of a public notice, the first working day after it; else null.")
    deadlines: list[ExplainedDeadline]
    others: list[str]


class ClockQuery(BaseModel):
    """Which clock of a case."""

    model_config = ConfigDict(extra="forbid")

    clock: str | None = Field(None, max_length=60, description=(
        "Its name or its kind: promised, statutory, hand_over, stage:17 …"))


@api.get("/explain", summary="时限说明: a deadline day by day", operation_id="explain", responses=answered(Explained))
def explain(query: ExplainQuery) -> Response:
    """Accepted then, with this limit: when is it due, which days count, which do not and why, and by which rules."""
    return as_json(shape(_account(_question(query))))


@api.get("/cases/<number>/explain", summary="时限说明: a clock of a case day by day", operation_id="explain_case",
         responses=answered(ExplainedClock, 404))
def explain_clock(path: shapes.CasePath, query: ClockQuery) -> Response:
    """One clock of the case: every deadline it has had with what moved it, and its days. Without `clock`, the governing
    one."""
    found, chosen = _chosen(path.number, query.clock)
    clock = chosen.clock
    return as_json(ExplainedClock(
        **shape(chosen.account).model_dump(), case=found.number, clock=clock.name, kind=clock.kind.value, label=chosen.label,
        source=clock.source, basis=clock.basis, counted_from=clock.counted_from, version=clock.version,
        stopped_on=clock.stopped_on, lapsed_at=chosen.lapsed_at,
        opens_on=chosen.opens_on,
        deadlines=[ExplainedDeadline(seq=told.seq, at=told.at, by=told.by, due=told.due, provisional=told.provisional,
                                     reason=told.reason) for told in chosen.deadlines],
        others=[each.clock.name for each in found.clocks if each is not chosen]))


@fragments.get("/cases/<number>/explain")
def account_of_clock(path: shapes.CasePath, query: ClockQuery) -> str:
    """The same as a table for people who may see the case."""
    with read(door().database) as connection:
        sight.visible_case(connection, door().office, visitor().id, path.number, now())
    _, chosen = _chosen(path.number, query.clock)
    clock = chosen.clock
    return render_template(
        "account.html", account=chosen.account, length=f"{text(chosen.label)} {text(said(chosen.account.amount, clock.unit))}",
        began=f"{clock.counted_from.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", happened="", clock=chosen, zone=SHANGHAI)


@fragments.get("/explain")
def account(query: ExplainQuery) -> str:
    """The same as a table for people."""
    question = _question(query)
    found = _account(question)
    return render_template("account.html", account=found, length=text(said(found.amount, found.limit.unit)),
                           began=f"{question.at:%Y-%m-%d %H:%M}", happened=text(_PHRASES[question.event]))


@fragments.errorhandler(InvalidInput)
def _refused(refusal: InvalidInput) -> tuple[str, int]:
    """In the place of the table, what is wrong: a fragment never brings a whole page."""
    return render_template("account.html", refusal=in_chinese(refusal)), 422


@fragments.errorhandler(NotFound)
def _missing(refusal: NotFound) -> tuple[str, int]:
    """As above."""
    return render_template("account.html", refusal=in_chinese(refusal)), 404


def _chosen(number: str, clock: str | None) -> tuple[ExplainedCase, explaining.ExplainedClock]:
    with read(door().database) as connection:
        found = explain_case(connection, door().office, number, today=local_day(now()))
    return found, found.chosen(clock)


def shape(account: explanation.Account) -> Explained:
    """An account as it is sent."""
    return Explained(
        due=account.due, provisional=account.provisional,
        days=[ExplainedDay(date=day.date.isoformat(), counted=day.counted, why=day.why, code=day.code, number=day.number)
              for day in account.days],
        rules=[ExplainedRule(text=rule.text, source=rule.source) for rule in account.rules])


def _question(query: ExplainQuery) -> Question:
    return read_question(
        at=query.at, limit=query.limit, event=query.event, count_first_day=query.count_first_day,
        roll_off_holiday=query.roll_off_holiday, stops=query.stop, closures=query.closure, extend=query.extend)


def _account(asked: Question) -> explanation.Account:
    with read(door().database) as connection:
        door().office.refresh(connection)
    calendar = door().office.calendar
    return explanation.explain(
        calendar.with_closures(asked.closures) if asked.closures else calendar, asked.limit, asked.at, event=asked.event,
        suspensions=asked.suspensions, extensions=asked.extensions)
