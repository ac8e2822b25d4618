"""The limits the enterprise diagrams draw: what the reform and the law say, each with its source, and none made up."""

from datetime import date, datetime
from pathlib import Path

import pytest

from engine.calendar import SHANGHAI
from engine.definitions.check import check, load
from engine.definitions.model import Process
from engine.limits import Deadline, Limit, LimitKind, deadline
from services.calendars import load_calendar

SHELF = Path(__file__).parents[2] / "bpmn"
CALENDAR = load_calendar(SHELF)
CHILDREN = {
    "company_registration": "市市场监管局", "seal_engraving": "市公安局", "invoice_issuing": "市税务局",
    "insurance_registration": "市人社局", "fund_registration": "市住房公积金管理中心",
    "bank_appointment": "人民银行岳阳市中心支行",
}
PERMITS = {
    "food_business_permit": "市市场监管局", "public_hygiene_permit": "市卫健委", "tobacco_retail_permit": "市烟草专卖局",
    "pharmacy_permit": "市市场监管局", "hotel_permit": "市公安局",
}


def process_of(name: str) -> Process:
    return load((SHELF / f"{name}.bpmn").read_bytes(), file=name).process


def drawn(name: str) -> dict[str, Limit]:
    timers = {node.id: node.event.timer for node in process_of(name).scope.every_node() if node.event is not None}
    return {own: timer.limit for own, timer in timers.items() if timer is not None and timer.limit is not None}


def lapse(limit: Limit, opened_at: datetime) -> Deadline:
    return deadline(CALENDAR, limit, opened_at, event="noticed")


@pytest.mark.parametrize(("name", "limits"), [
    ("company_setup_bundle", {"promised": (1, "workday")}),  # seed measure 6
    ("company_registration", {"promised": (1, "half_day"), "statutory": (3, "workday")}),  # 市场主体登记管理条例 art. 19
    *((name, {"promised": (1, "half_day")}) for name in CHILDREN if name != "company_registration"),
    ("one_licence", {"statutory": (45, "workday")}),  # 行政许可法 art. 42(2), joint handling
    *((name, {"statutory": (20, "workday")}) for name in PERMITS),  # 行政许可法 art. 42(1)
    ("company_change", {"statutory": (3, "workday")}),
    ("company_tax", {}),  # the seed gives no number, and none is invented
    ("company_deregistration", {"promised": (10, "workday"), "statutory": (3, "workday")}),  # seed measure 8; art. 19
    ("policy_grant_automatic", {"target": (60, "workday")}),
    ("policy_grant_on_application", {"target": (60, "workday")}),
    ("agent_service", {}),  # a stage limit only: assignment within one working day
])
def test_the_limits_are_those_of_the_reform_and_the_law(name: str, limits: dict[str, tuple[int, str]]) -> None:
    declared = process_of(name).limits

    assert {limit.kind.value: (limit.amount, limit.unit.value) for limit in declared} == limits
    assert all(limit.basis for limit in drawn(name).values())


@pytest.mark.parametrize(("name", "department"), [*CHILDREN.items(), *PERMITS.items()])
def test_a_child_case_belongs_to_its_own_department(name: str, department: str) -> None:
    assert process_of(name).department == department


@pytest.mark.parametrize(("bundle", "children"), [
    ("company_setup_bundle", set(CHILDREN)), ("one_licence", {"company_registration", *PERMITS})])
def test_a_bundle_opens_a_case_for_each_of_its_matters(bundle: str, children: set[str]) -> None:
    assert load((SHELF / f"{bundle}.bpmn").read_bytes(), file=bundle).opens == children


def test_the_promise_of_the_general_deregistration_is_longer_than_the_law_and_says_why() -> None:
    promised = next(limit for limit in process_of("company_deregistration").limits if limit.kind is LimitKind.PROMISED)

    assert all(word in promised.exception for word in ("依据", "批准", "说明", "第十九条"))
    assert (15, "workday") not in {(limit.amount, limit.unit.value) for limit in drawn("company_deregistration").values()}


def test_without_its_documented_exception_the_longer_promise_is_refused() -> None:
    text = (SHELF / "company_deregistration.bpmn").read_text()
    exception = next(limit for limit in process_of("company_deregistration").limits if limit.exception).exception

    checked = check(text.replace(exception, "").encode(), file="company_deregistration.bpmn")

    assert checked.verdict == "refused"
    assert "promise_beyond_law" in {found.code for found in checked.diagnostics}


@pytest.mark.parametrize(("published", "ends"), [
    (date(2025, 9, 15), date(2025, 10, 9)),  # domain rules §3.6, example 15: off the National Day
    (date(2026, 1, 28), date(2026, 2, 24)),  # example 22: off the Spring Festival
    (date(2026, 3, 10), date(2026, 3, 30)),  # example 23
])
def test_the_notice_of_a_simple_deregistration_lasts_twenty_calendar_days(published: date, ends: date) -> None:
    notice = drawn("company_deregistration")["notice_days"]

    due = lapse(notice, datetime(published.year, published.month, published.day, 10, tzinfo=SHANGHAI))

    assert (notice.kind, due.due_on) == (LimitKind.NOTICE, ends)


@pytest.mark.parametrize(("published", "ends"), [
    (date(2026, 3, 10), date(2026, 4, 20)),  # example 24: notice until 30 March, the twentieth day is Sunday 19 April
    (date(2026, 3, 11), date(2026, 4, 20)),  # notice until 31 March, the twentieth day is Monday 20 April
    (date(2026, 3, 12), date(2026, 4, 21)),
])
def test_the_twenty_days_to_apply_begin_on_the_day_after_the_notice_ends(published: date, ends: date) -> None:
    limits = drawn("company_deregistration")

    noticed = lapse(limits["notice_days"], datetime(published.year, published.month, published.day, 10, tzinfo=SHANGHAI))
    assert noticed.lapses_at is not None
    window = lapse(limits["window_over"], noticed.lapses_at)

    assert window.due_on == ends


def test_what_is_simple_is_done_on_the_day_it_is_accepted() -> None:
    limit = drawn("company_deregistration")["on_the_spot"]

    due = deadline(CALENDAR, limit, datetime(2026, 3, 31, 10, tzinfo=SHANGHAI), event="accepted")

    assert (limit.kind, due.due_on) == (LimitKind.STAGE, date(2026, 3, 31))


@pytest.mark.parametrize(("timer", "days"), [
    ("team_late", 15), ("notification_late", 10), ("publication_late", 60), ("claim_days", 45)])
def test_the_liquidation_follows_the_days_of_the_company_law(timer: str, days: int) -> None:
    limit = drawn("company_deregistration")[timer]

    assert (limit.amount, limit.unit.value) == (days, "calendar_day")
    assert "公司法" in limit.basis


@pytest.mark.parametrize("name", ["policy_grant_automatic", "policy_grant_on_application"])
def test_the_days_of_a_public_notice_and_their_first_day_are_written_in_the_diagram(name: str) -> None:
    text = (SHELF / f"{name}.bpmn").read_text()

    notice = drawn(name)["notice_over"]

    assert (notice.kind, notice.amount, notice.unit.value) == (LimitKind.NOTICE, 5, "workday")
    assert 'count_first_day="false"' in text and not notice.count_first_day


def test_an_agent_is_assigned_within_one_working_day() -> None:
    limit = drawn("agent_service")["assignment"]

    assert (limit.kind, limit.amount, limit.unit.value) == (LimitKind.STAGE, 1, "workday")
