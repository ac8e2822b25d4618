"""The account of a deadline: which day counts, why another does not, and which rules made it so."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from engine.calendar import SHANGHAI, Calendar
from engine.counting import Suspension
from engine.errors import InvalidInput
from engine.explanation import Account, Day, Rule, explain
from engine.limits import Extension, Limit, Unit, deadline
from engine.notices import Closure, Holiday, Notice
from services.calendars import load_calendar

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
NOTICE = "国办发明电〔2025〕7号"
FORWARD = [row for row in map(json.loads, (Path(__file__).parent / "data" / "deadlines.jsonl").read_text("utf-8").splitlines())
           if row.get("op", "deadline") == "deadline"]


def account(
    at: str, amount: int, unit: str = "workday", *, event: str = "accepted",
    stops: tuple[tuple[str, str | None, str], ...] = (), extra: int = 0, closed: tuple[str, str] | None = None,
    count_first_day: bool = False, roll_off_holiday: bool = True, calendar: Calendar = CALENDAR, until: str | None = None,
) -> Account:
    """An account asked for in short."""
    if closed:
        first, last = map(date.fromisoformat, closed)
        calendar = calendar.with_closures([Closure(first=first, last=last, reference="岳园办〔2026〕3号")])
    limit = Limit(amount=amount, unit=Unit(unit), count_first_day=count_first_day, roll_off_holiday=roll_off_holiday)
    return explain(
        calendar, limit, datetime.fromisoformat(at).replace(tzinfo=SHANGHAI), event=event,
        extensions=[Extension(amount=extra, unit=Unit(unit))] if extra else (),
        suspensions=[Suspension(start=date.fromisoformat(start), end=date.fromisoformat(end) if end else None, ground=ground)
                     for start, end, ground in stops],
        until=date.fromisoformat(until) if until else None)


def on(told: Account, day: str) -> Day:
    """One day of an account."""
    return next(found for found in told.days if found.date.isoformat() == day)


def said(told: Account) -> list[tuple[str, int | None, str]]:
    """Month and day, running number and phrase of every day."""
    return [(f"{day.date:%m-%d}", day.number, day.why) for day in told.days]


def test_a_limit_across_the_spring_festival_is_told_day_by_day() -> None:
    told = account("2026-02-13T10:00", 2)

    assert (told.due, told.due_on, told.provisional, told.amount) == ("2026-02-24", date(2026, 2, 24), False, 2)
    assert said(told) == [
        ("02-13", None, "起算当日不计(民法典第201条)"),
        ("02-14", 1, f"调休上班,第1个工作日({NOTICE})"),
        *((f"02-{day}", None, f"春节放假,不计({NOTICE})") for day in range(15, 24)),
        ("02-24", 2, "第2个工作日"),
    ]
    assert [day.code for day in told.days] == ["event_day", "make_up_workday", *["holiday"] * 9, "workday"]
    assert told.rules == (
        Rule(text="起算当日不计,自下一日起算", source="民法典第201条"),
        Rule(text="期限按工作日计算,不含法定节假日,调休上班日计入", source="行政许可法第82条"),
        Rule(text="放假与调休依国务院办公厅通知", source=NOTICE),
    )


@pytest.mark.parametrize("row", FORWARD, ids=lambda row: f"{row['id']}-{row['note']}")
def test_the_account_of_every_worked_example_ends_on_its_due_day(row: dict) -> None:
    limit = {"unit": "workday", "count_first_day": False, "roll_off_holiday": True, **row["limit"]}
    asked = {
        "event": row["event"], "limit": Limit(**{**limit, "unit": Unit(limit["unit"])}),
        "at": datetime.fromisoformat(row["at"]).replace(tzinfo=SHANGHAI),
        "suspensions": [Suspension(start=date.fromisoformat(stop["from"]), end=date.fromisoformat(stop["to"]),
                                   ground=stop["ground"]) for stop in row.get("suspensions", [])],
        "extensions": [Extension(amount=each["amount"], unit=Unit(each["unit"])) for each in row.get("extensions", [])]}
    calendar = CALENDAR.with_closures(Closure(
        first=date.fromisoformat(each["from"]), last=date.fromisoformat(each["to"]), reference=each["reference"])
        for each in row.get("closures", []))

    told = explain(calendar, **asked)

    assert (told.due, told.provisional) == (row["due"], row["provisional"])
    assert told.days[-1].date == told.due_on == deadline(calendar, **asked).due_on
    assert told.days[0].date == asked["at"].date()


def test_a_stop_leaves_out_the_days_after_it_begins_up_to_its_last_and_names_its_ground() -> None:
    told = account("2026-05-06T09:00", 3, stops=(("2026-05-07", "2026-05-12", "expert_review"),))

    assert said(told) == [
        ("05-06", None, "起算当日不计(民法典第201条)"),
        ("05-07", 1, "第1个工作日,停表当日计入"),
        ("05-08", None, "特别程序:专家评审,不计(行政许可法第45条)"),
        ("05-09", None, "特别程序:专家评审,不计(行政许可法第45条)"),  # a make-up Saturday
        ("05-10", None, "周日,不计"),  # it would not have counted anyway
        ("05-11", None, "特别程序:专家评审,不计(行政许可法第45条)"),
        ("05-12", None, "特别程序:专家评审,不计(行政许可法第45条)"),
        ("05-13", 2, "第2个工作日"),
        ("05-14", 3, "第3个工作日"),
    ]
    assert told.rules[-1] == Rule(text="特别程序(专家评审)所需时间不计,开始当日计入,结束当日不计", source="行政许可法第45条")


def test_overlapping_stops_are_told_together_and_a_pause_is_not_called_a_special_procedure() -> None:
    told = account("2026-06-01T09:00", 3, stops=(
        ("2026-06-01", "2026-06-04", "testing"), ("2026-06-02", "2026-06-05", "hearing"),
        ("2026-06-03", "2026-06-08", "rectification"), ("2026-06-03", "2026-06-08", "岳园规〔2025〕2号")))

    assert on(told, "2026-06-03").why == "特别程序:检测、听证,不计(行政许可法第45条)"
    assert on(told, "2026-06-04").why == "特别程序:检测、听证;停表:整改、岳园规〔2025〕2号,不计(行政许可法第45条)"
    assert on(told, "2026-06-08").why == "停表:整改、岳园规〔2025〕2号,不计"
    assert told.rules[-1].source == "整改、岳园规〔2025〕2号"


def test_a_stop_that_ends_on_the_day_it_begins_leaves_nothing_out_and_is_not_told() -> None:
    told = account("2026-06-01T09:00", 1, stops=(("2026-06-02", "2026-06-02", "hearing"),))

    assert said(told)[-1] == ("06-02", 1, "第1个工作日") and len(told.rules) == 2


def test_a_stop_without_a_ground_is_told_without_one() -> None:
    told = account("2026-06-01T09:00", 1, stops=(("2026-06-01", "2026-06-02", ""),))

    assert on(told, "2026-06-02").why == "停表,不计"


def test_the_names_of_the_special_procedures_may_be_given() -> None:
    told = explain(CALENDAR, Limit(amount=1), datetime(2026, 6, 1, 9, tzinfo=SHANGHAI), grounds={"审图": "施工图审查"},
                   suspensions=[Suspension(start=date(2026, 6, 1), end=date(2026, 6, 2), ground="审图")])

    assert on(told, "2026-06-02").why == "特别程序:施工图审查,不计(行政许可法第45条)"


def test_a_closure_is_told_where_work_would_have_been_done() -> None:
    told = account("2026-05-07T09:00", 2, closed=("2026-05-08", "2026-05-10"))

    assert [(day.code, day.why) for day in told.days[1:4]] == [
        ("closure", "停办,不计(岳园办〔2026〕3号)"),
        ("closure", "停办,不计(岳园办〔2026〕3号)"),  # a make-up Saturday
        ("weekend", "周日,不计"),
    ]
    assert Rule(text="经批准的停办日不计", source="岳园办〔2026〕3号") in told.rules


def test_a_year_without_a_notice_is_marked_on_each_of_its_days() -> None:
    told = account("2026-12-30T10:00", 2)

    mark = "暂定(2027年放假通知未公布)"
    assert told.provisional and told.due == "2027-01-04"
    assert said(told)[1:] == [
        ("12-31", 1, "第1个工作日"),
        ("01-01", None, f"元旦法定放假,不计(全国年节及纪念日放假办法第2条),{mark}"),
        ("01-02", None, f"周六,不计,{mark}"), ("01-03", None, f"周日,不计,{mark}"),
        ("01-04", 2, f"第2个工作日,{mark}"),
    ]
    assert on(told, "2027-01-01").code == "statutory_holiday"
    assert told.rules[-1].text == "2027年放假通知未公布,到期日暂定,公布后重算"


@pytest.mark.parametrize(("day", "name"), [("2031-05-02", "劳动节"), ("2031-10-02", "国庆节"), ("2027-02-08", "春节")])
def test_statutory_days_are_named_in_a_year_nothing_is_published_for(day: str, name: str) -> None:
    told = account(f"{day[:8]}01T10:00", 5)

    assert on(told, day).why.startswith(f"{name}法定放假,不计(")


def test_a_notice_made_up_for_a_test_is_never_shown_as_law() -> None:
    new_year = Holiday(name="元旦", first=date(2027, 1, 1), last=date(2027, 1, 3), make_up=(date(2027, 1, 9),))
    notice = Notice(year=2027, number="测发〔2026〕1号", title="t", published_on=date(2026, 11, 1), source="", is_fixture=True,
                    holidays=(new_year,))

    told = account("2026-12-31T10:00", 6, calendar=Calendar(notices=(*CALENDAR.notices, notice)))

    assert on(told, "2027-01-01").why == "元旦放假,不计(测发〔2026〕1号(测试数据,非法定))" and not told.provisional
    assert on(told, "2027-01-09").why == "调休上班,第6个工作日(测发〔2026〕1号(测试数据,非法定))"


def test_calendar_days_that_end_on_a_holiday_are_told_to_the_day_they_move_to() -> None:
    told = account("2026-01-28T10:00", 20, "calendar_day")

    assert on(told, "2026-02-15").why == "第18日"  # a holiday: it counts here
    assert on(told, "2026-02-17").why == "第20日,末日逢春节放假,顺延(民法典第203条)"
    assert on(told, "2026-02-18").why == f"春节放假({NOTICE}),顺延至下一工作日(民法典第203条)"
    assert (on(told, "2026-02-24").why, on(told, "2026-02-24").code) == ("顺延至本日到期(民法典第203条)", "rolled")
    assert told.rules[-1] == Rule(text="末日为法定休假日的,顺延至下一工作日", source="民法典第203条")


def test_an_end_that_does_not_move_says_so() -> None:
    told = account("2026-03-30T10:00", 20, "calendar_day", roll_off_holiday=False)

    assert (told.due, told.days[-1].why) == ("2026-04-19", "第20日,末日逢周日,按事项规定不顺延")
    assert told.rules[-1] == Rule(text="依事项规定,末日逢休假日不顺延", source="民法典第204条")


def test_months_end_on_the_corresponding_day() -> None:
    told = account("2025-11-30T10:00", 3, "month")

    assert (told.days[-1].date, told.days[-1].why) == (date(2026, 2, 28), "第90日,期间届满(民法典第202条)")
    assert told.rules[1] == Rule(text="按月计算,到期月的对应日届满,无对应日的为月末日", source="民法典第202条")


def test_a_notice_period_whose_first_day_counts_begins_with_it() -> None:
    told = account("2024-09-10T09:00", 5, count_first_day=True)

    assert [day.number for day in told.days] == [1, 2, 3, 4, 5]
    assert told.rules[0] == Rule(text="依事项规定,起算当日计入", source="民法典第204条")


def test_half_days_are_told_with_the_session_that_is_not_counted() -> None:
    told = account("2026-03-02T10:00", 4, "half_day")

    assert said(told) == [("03-02", 1, "计1个半日,累计1个半日"), ("03-03", 3, "计2个半日,累计3个半日"),
                          ("03-04", 4, "计1个半日,累计4个半日")]


def test_the_session_of_the_afternoon_leaves_its_day_out() -> None:
    told = account("2026-03-02T15:00", 1, "half_day")

    assert said(told)[0] == ("03-02", None, "起算的半日不计(民法典第201条)") and told.due == "2026-03-03T12:00"


def test_working_hours_are_told_in_hours_and_minutes() -> None:
    told = account("2026-02-14T15:30", 4, "working_hour")

    assert said(told)[0] == ("02-14", 90, f"调休上班,计1小时30分,累计1小时30分({NOTICE})")
    assert said(told)[-1] == ("02-24", 240, "计2小时30分,累计4小时")
    assert told.rules[0] == Rule(text="按小时计算的,自事件发生时起算", source="民法典第201条第2款")


def test_an_event_after_the_close_has_no_working_hours_on_its_day() -> None:
    told = account("2026-03-02T17:30", 1, "working_hour")

    assert said(told) == [("03-02", None, "下班后起算,当日无工作时间(民法典第203条)"), ("03-03", 60, "计1小时,累计1小时")]


def test_clock_hours_that_end_at_midnight_are_due_on_a_day_that_is_not_counted() -> None:
    told = account("2026-02-14T00:00", 24, "hour")

    assert said(told) == [("02-14", 1440, "计24小时,累计24小时"), ("02-15", None, "零时届满,当日不计")]


@pytest.mark.parametrize(("at", "unit", "codes"), [
    ("2026-02-13T10:00", "workday", ["same_day"]),
    ("2026-02-21T10:00", "workday", ["holiday", "holiday", "holiday", "same_day"]),
    ("2026-03-02T17:30", "working_hour", ["after_hours", "same_day"]),
    ("2026-03-07T10:00", "hour", ["weekend", "weekend", "same_day"]),
    ("2026-03-07T10:00", "calendar_day", ["same_day", "rolled", "rolled"]),
])
def test_a_limit_of_nothing_counts_no_day_and_is_due_the_same_business_day(at: str, unit: str, codes: list[str]) -> None:
    told = account(at, 0, unit)

    assert [day.code for day in told.days] == codes
    assert not any(day.counted for day in told.days)
    assert told.rules[0] == Rule(text="时限为0(即办件),当日办结", source="行政许可法第34条")


def test_a_limit_of_no_days_that_falls_on_a_saturday_moves_to_monday() -> None:
    told = account("2026-03-07T10:00", 0, "calendar_day")

    assert said(told)[0] == ("03-07", None, "即办件,当日逢周六,顺延(民法典第203条)") and told.due == "2026-03-09"


def test_a_filing_after_hours_is_told_until_it_counts_as_received() -> None:
    told = account("2025-01-27T17:30", 1, event="submitted")

    assert said(told)[0] == ("01-27", None, "周一下班后提交,下一工作日为收件日(民法典第203条)")
    assert said(told)[1] == ("01-28", None, "春节放假,尚未收件(国办发明电〔2024〕12号)")
    assert said(told)[-2:] == [("02-05", None, "收件当日不计(民法典第201条)"), ("02-06", 1, "第1个工作日")]
    assert told.rules[0] == Rule(text="下班后或休息日提交的,下一工作日为收件日", source="民法典第203条第2款")


def test_an_open_stop_is_told_until_it_begins_or_as_far_as_asked() -> None:
    stops = (("2026-06-03", None, "hearing"),)

    short, long = account("2026-06-01T09:00", 5, stops=stops), account("2026-06-01T09:00", 5, stops=stops, until="2026-06-06")

    assert (short.due, short.due_on, short.provisional) == (None, None, False)
    assert said(short)[-1] == ("06-03", 2, "第2个工作日,停表当日计入")
    assert [day.code for day in long.days[3:]] == ["suspended", "suspended", "weekend"]
    assert long.rules[-1] == Rule(text="停表尚未结束,到期日待恢复后计算", source="行政许可法第45条")


def test_an_extension_is_counted_on_from_the_original_start() -> None:
    told = account("2026-03-02T09:00", 3, extra=2)

    assert [day.number for day in told.days if day.counted] == [1, 2, 3, 4, 5] and told.amount == 5
    assert told.rules[-1] == Rule(text="经批准延长,共5个工作日,自原起算日连续计算", source="行政许可法第42条")


def test_an_account_of_a_lifetime_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more than the 20000 days") as refused:
        account("2026-03-02T09:00", 20_000, "calendar_day")

    assert refused.value.field == "limit.amount"
    with pytest.raises(InvalidInput, match="more than the 20000 days") as refused:
        account("2026-03-02T09:00", 3, stops=(("2026-03-03", None, "hearing"),), until="2099-01-01")
    assert refused.value.field == "until"
    assert len(account("2026-03-02T09:00", 19_990, "calendar_day").days) <= 20_000


def test_a_question_that_has_no_deadline_has_no_account() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        explain(CALENDAR, Limit(amount=1), datetime(2026, 3, 2, 9))  # noqa: DTZ001
    with pytest.raises(InvalidInput, match=r"extensions\.unit"):
        explain(CALENDAR, Limit(amount=1), datetime(2026, 3, 2, 9, tzinfo=SHANGHAI),
                extensions=[Extension(amount=1, unit=Unit.HOUR)])
