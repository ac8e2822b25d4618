"""The register of granted permits, on both databases: granted, under conditions, and what a later case may do to one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.errors import Forbidden, InvalidInput, NotFound
from engine.notices import Scope
from services import calendar_changes, credit, jobs, permits, undertakings
from services.database import reading, writing
from services.permits import Granted
from services.settings import SHELF
from services.undertakings import Kind, NewTemplate
from tests.services.desk import Desk, day
from tests.services.test_accepting import TO_GRANT, do

CODE = "91430600MA40000130"


def at(year: int, month: int, number: int) -> datetime:
    """10:00 in Shanghai."""
    return datetime(year, month, number, 2, tzinfo=UTC)


def certified(desk: Desk, *given: dict[str, Any], accept: str = "accept", **task: Any) -> str:
    """Four permits granted and certified now, with these permits filled in; the number of the case."""
    number = desk.open("four_permits", applicant="岳阳某某公司", credit_code=CODE, park="湘阴高新区",
                       planning_review="告知承诺")
    do(desk, number, "register:received")
    desk.complete(number, "verify", accept, **task)
    do(desk, number, *TO_GRANT)
    desk.complete(number, "certify", "certified", data={"permits": list(given)})
    return number


def pointing(desk: Desk, permit: str, act: str, **given: Any) -> str:
    """A new case about a granted permit."""
    return desk.open("permit_change", applicant="岳阳某某公司", permit=permit, permit_act=act,
                     **{"ground": "行政许可申请人申请", **given})


def granted_to(desk: Desk, number: str) -> None:
    """Such a case is granted, certified and handed over."""
    do(desk, number, "register:received", "verify:accept", "review_change:propose_grant", "decide_change:grant",
       "certify:certified", "hand_over:handed_over")


def register(desk: Desk) -> dict[str, Granted]:
    """What the register holds, by number."""
    with reading(desk.database) as connection:
        return {each.row.number: each for each in permits.permits(connection)}


def state(desk: Desk, permit: str) -> tuple[str, int]:
    """The state of a permit and the version of its content."""
    row = register(desk)[permit].row
    return row.state, row.version


def settle(desk: Desk) -> int:
    """What is due between cases."""
    return permits.settle_due(desk.database, desk.office, now=desk.now)


def condition(desk: Desk, what: str, permit: str, **given: Any) -> None:
    """Meet or extend a condition."""
    use_case = {"meet": permits.meet_condition, "extend": permits.extend_condition}[what]
    with writing(desk.database) as connection:
        use_case(connection, desk.office, permit=permit, condition="begin_work", by="李", now=desk.now, **given)  # type: ignore[operator]


def test_certifying_grants_permits_with_numbers_of_their_own(desk: Desk) -> None:
    number = certified(desk, {"sort": "construction"}, {"sort": "planning", "number": "建字第430600202600001号"})
    second = certified(desk, {"sort": "construction"}, {"sort": "planning"})

    found = register(desk)
    assert list(found) == ["430600202603040001", "建字第430600202600001号", "430600202603040002", "建字第430600202600002号"]
    first = found["430600202603040001"]
    assert (first.case, found["430600202603040002"].case) == (number, second)
    assert (first.row.name, first.row.holder, first.row.holder_code, first.row.park) == (
        "建筑工程施工许可证", "岳阳某某公司", CODE, "湘阴高新区")
    assert (first.row.granted_on, first.row.valid_until, first.row.state, first.row.authority) == (
        "2026-03-04", None, "in_force", "市资规局")
    assert desk.problems() == []


@pytest.mark.parametrize(("given", "field"), [
    ({"sort": "passport"}, "data.permits.0.sort"),
    ({"sort": "general", "valid_until": "2026-03-03"}, "data.permits.0.valid_until"),  # yesterday
    ({"sort": "general", "valid_until": "2026-02-30"}, "data.permits.0.valid_until"),
    ({"sort": "general", "number": "岳许1\u0007"}, "data.permits.0.number"),
])
def test_a_wrong_permit_is_refused_with_its_field_and_nothing_is_certified(
    desk: Desk, given: dict[str, Any], field: str,
) -> None:
    with pytest.raises(InvalidInput) as refused:
        certified(desk, given)

    assert refused.value.field == field and register(desk) == {}
    assert desk.case(desk.opened[-1]).state == "concluded" and desk.problems() == []


def test_a_number_is_never_used_twice(desk: Desk) -> None:
    certified(desk, {"sort": "general", "number": "岳许〔2026〕7号"})

    with pytest.raises(InvalidInput, match="has been granted already"):
        certified(desk, {"sort": "general", "number": "岳许〔2026〕7号"})


def test_work_begins_within_three_months_counted_as_the_law_counts_months(desk: Desk) -> None:
    desk.now = at(2025, 11, 30)
    number = certified(desk, {"sort": "construction"})
    clock = desk.clocks(number)[next(name for name in desk.clocks(number) if name.endswith(":begin_work"))]

    assert (clock.amount, clock.unit, clock.due) == (3, "month", "2026-02-28")  # no 30 February; a Saturday, but worked


def test_a_permit_whose_work_has_not_begun_is_announced_and_lapses_of_itself(desk: Desk) -> None:
    desk.now = at(2025, 11, 30)
    number = certified(desk, {"sort": "construction"})
    desk.complete(number, "hand_over", "handed_over")
    permit = next(iter(register(desk)))

    desk.now = at(2026, 1, 30)
    desk.ring()
    assert desk.facts(number, "Escalated")[-1]["data"]["rung"] == "follow_up_ends" and state(desk, permit) == ("in_force", 1)

    desk.now = at(2026, 3, 2)
    desk.ring()
    assert state(desk, permit) == ("lapsed", 1)
    assert {clock.kind for clock in desk.clocks(number).values()} == {"push", "order"}  # nobody has signed for it
    assert desk.facts(number, "PermitLapsed")[0]["data"] == {
        "basis": "建筑法第九条", "condition": "begin_work", "permit": permit}
    assert desk.facts(number, "CardIssued") == [] and desk.problems() == []
    assert desk.ring().total == 0


def test_the_time_to_begin_is_extended_twice_and_not_a_third_time(desk: Desk) -> None:
    desk.now = at(2025, 11, 30)
    number = certified(desk, {"sort": "construction"})
    permit = next(iter(register(desk)))

    for due in ("2026-06-01", "2026-08-31"):  # 30 May is a Saturday, so is 30 August a Sunday
        condition(desk, "extend", permit, document="岳建延〔2026〕1号")
        assert next(iter(each for name, each in desk.clocks(number).items() if "begin_work" in name)).due == due
    with pytest.raises(Forbidden, match=r"extended 2 times, and 建筑法第九条 allows 2"):
        condition(desk, "extend", permit, document="岳建延〔2026〕3号")

    condition(desk, "meet", permit, met_on=date(2025, 11, 30))
    assert not [name for name in desk.clocks(number) if "begin_work" in name] and desk.problems() == []
    with pytest.raises(Forbidden, match="has been met already"):
        condition(desk, "meet", permit, met_on=date(2025, 11, 30))


def test_an_extension_after_the_time_is_over_is_refused(desk: Desk) -> None:
    certified(desk, {"sort": "construction"})
    permit = next(iter(register(desk)))
    desk.now = at(2026, 6, 8)  # 4 June was the last day

    with pytest.raises(Forbidden, match="an extension is asked for before"):
        condition(desk, "extend", permit, document="岳建延〔2026〕1号")


def test_a_permit_expires_on_its_last_day_and_can_then_only_be_cancelled(desk: Desk) -> None:
    number = certified(desk, {"sort": "food", "valid_until": "2026-03-20"})
    permit = next(iter(register(desk)))
    desk.now = day(21)
    desk.ring()

    assert state(desk, permit) == ("expired", 1) and desk.facts(number, "PermitExpired")
    with pytest.raises(Forbidden, match=r"is expired: it can only be cancelled 注销 \(行政许可法 art. 70\)"):
        pointing(desk, permit, "change", new_holder="新公司")
    granted_to(desk, pointing(desk, permit, "cancel"))
    assert state(desk, permit) == ("cancelled", 1) and settle(desk) == 1 and desk.problems() == []


def test_a_change_makes_a_further_version_of_the_permit(desk: Desk) -> None:
    number = certified(desk, {"sort": "general"})
    permit = next(iter(register(desk)))

    granted_to(desk, pointing(desk, permit, "change", new_holder="岳阳新名公司"))

    row = register(desk)[permit].row
    assert (row.state, row.version, row.holder) == ("in_force", 2, "岳阳新名公司")
    assert settle(desk) == 1 and settle(desk) == 0
    assert desk.facts(number, "PermitActTold")[0]["data"]["act"] == "change" and desk.problems() == []


@pytest.mark.parametrize(("act", "ended"), [("annul", "annulled"), ("revoke", "revoked"), ("cancel", "cancelled")])
def test_an_act_that_ends_a_permit_stops_what_ran_for_it(desk: Desk, act: str, ended: str) -> None:
    number = certified(desk, {"sort": "construction", "valid_until": "2027-03-03"})
    permit = next(iter(register(desk)))
    assert len([name for name in desk.clocks(number) if name.startswith("follow_up")]) == 2

    granted_to(desk, pointing(desk, permit, act))
    assert state(desk, permit) == (ended, 1)
    settle(desk)

    assert not [name for name in desk.clocks(number) if name.startswith("follow_up")]
    desk.now = at(2027, 4, 1)
    desk.ring()
    assert state(desk, permit) == (ended, 1) and desk.problems() == []


def test_a_refused_act_leaves_the_permit_as_it_was(desk: Desk) -> None:
    certified(desk, {"sort": "general"})
    permit = next(iter(register(desk)))
    number = pointing(desk, permit, "annul", ground="以欺骗手段取得")

    do(desk, number, "register:received", "verify:accept", "review_change:propose_refuse", "decide_change:refuse",
       "hand_over_refusal:handed_over")

    assert state(desk, permit) == ("in_force", 1) and settle(desk) == 0 and desk.problems() == []


def test_a_renewal_grants_the_permit_that_follows(desk: Desk) -> None:
    certified(desk, {"sort": "food", "valid_until": "2026-06-30"})
    permit = next(iter(register(desk)))
    number = pointing(desk, permit, "renew")
    do(desk, number, "register:received", "verify:accept", "review_change:propose_grant", "decide_change:grant")
    assert state(desk, permit) == ("in_force", 1)  # until the new one is made

    desk.complete(number, "certify", "certified", data={"permits": [{"sort": "food", "valid_until": "2031-06-30"}]})

    assert state(desk, permit) == ("renewed", 1)
    new = next(each.row for each in register(desk).values() if each.row.number != permit)
    assert (new.follows, new.state, new.valid_until) == (permit, "in_force", "2031-06-30")
    assert settle(desk) == 1 and desk.problems() == []


def test_a_renewal_later_than_thirty_days_before_the_end_needs_a_reason(desk: Desk) -> None:
    certified(desk, {"sort": "food", "valid_until": "2026-04-02"})
    permit = next(iter(register(desk)))

    with pytest.raises(Forbidden, match=r"ends on 2026-04-02; a renewal is applied for thirty days before, by 2026-03-03"):
        pointing(desk, permit, "renew")

    number = pointing(desk, permit, "renew", late_reason="疫情期间无法办理")
    assert desk.facts(number, "PermitNamed")[0]["data"]["late_reason"] == "疫情期间无法办理"


def test_a_permit_has_one_open_case_of_a_kind(desk: Desk) -> None:
    certified(desk, {"sort": "general"})
    permit = next(iter(register(desk)))
    first = pointing(desk, permit, "annul")

    with pytest.raises(Forbidden, match=f"case {first} is about the same act"):
        pointing(desk, permit, "annul")

    pointing(desk, permit, "cancel")  # another act may be asked for meanwhile
    desk.command("withdraw", first, reason="撤回申请")
    pointing(desk, permit, "annul")
    assert desk.problems() == []


@pytest.mark.parametrize(("given", "kind"), [
    ({"permit": "没有这个证"}, NotFound), ({"permit_act": "burn"}, InvalidInput), ({"ground": " "}, InvalidInput),
    ({"permit": ""}, InvalidInput), ({"permit_act": "change"}, InvalidInput),
])
def test_a_case_about_a_permit_names_it_and_the_act(desk: Desk, given: dict[str, str], kind: type[Exception]) -> None:
    certified(desk, {"sort": "general"})
    before = desk.rows("case")

    with pytest.raises(kind):
        pointing(desk, **{"permit": next(iter(register(desk))), "act": "annul", **{  # type: ignore[arg-type]
            {"permit_act": "act"}.get(name, name): value for name, value in given.items()}})

    assert desk.rows("case") == before


def test_the_history_of_a_permit_names_each_case_and_fact(desk: Desk) -> None:
    number = certified(desk, {"sort": "construction"})
    permit = next(iter(register(desk)))
    condition(desk, "extend", permit, document="岳建延〔2026〕1号")
    change = pointing(desk, permit, "change", new_seal="园区专用章")
    granted_to(desk, change)
    settle(desk)

    with reading(desk.database) as connection:
        found = permits.history(connection, permit)

    assert [(event.kind, case, event.state) for event, case in found.events] == [
        ("PermitGranted", number, "in_force"), ("ConditionExtended", number, "in_force"), ("PermitNamed", change, "in_force"),
        ("PermitActedOn", change, "in_force"), ("PermitActTold", number, "in_force")]
    assert found.open_cases == [] and found.granted.case == number


def test_a_false_declaration_opens_the_case_that_annuls_the_permit(desk: Desk) -> None:
    new = NewTemplate(kind=Kind.DECLARED, process="", text="承诺", basis="岳审改〔2026〕3号")
    with writing(desk.database) as connection:
        undertakings.enter_template(connection, new, by="法制", now=desk.now)
    number = certified(desk, {"sort": "construction"}, accept="declare", data={"signer": "赵"})
    permit = next(iter(register(desk)))

    desk.command("fail_declaration", number, findings="未取得土地")
    done = jobs.catch_up(desk.database, desk.office, now=desk.now)

    assert done.settled == 1
    with reading(desk.database) as connection:
        (opened,) = permits.history(connection, permit).open_cases
        assert [each.state for each in credit.records(connection, code=CODE)] == ["proposed"]
    assert opened.act == "annul" and "承诺不实：未取得土地" in desk.facts(opened.number, "PermitNamed")[0]["data"]["ground"]
    granted_to(desk, opened.number)
    settle(desk)
    assert state(desk, permit) == ("annulled", 1) and desk.problems() == []


def test_where_the_process_is_not_deployed_yet_the_permit_goes_on_asking_for_its_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch,
) -> None:
    new = NewTemplate(kind=Kind.DECLARED, process="", text="承诺", basis="岳审改〔2026〕3号")
    with writing(desk.database) as connection:
        undertakings.enter_template(connection, new, by="法制", now=desk.now)
    number = certified(desk, {"sort": "general"}, accept="declare", data={"signer": "赵"})
    desk.command("fail_declaration", number, findings="不实\n第二行\u0007")
    with monkeypatch.context() as without:
        without.setattr(permits, "PROCESS", "no_such_process")
        assert settle(desk) == 0

    assert settle(desk) == 1 and settle(desk) == 0 and desk.problems() == []


def test_a_permit_whose_renewal_was_asked_for_in_time_and_not_decided_on_is_deemed_renewed(desk: Desk) -> None:
    granting = certified(desk, {"sort": "food", "valid_until": "2026-04-03"})
    permit = next(iter(register(desk)))
    number = pointing(desk, permit, "renew")
    do(desk, number, "register:received", "verify:accept", "review_change:propose_grant")
    desk.now = at(2026, 4, 7)
    desk.ring()
    assert state(desk, permit) == ("in_force", 1) and desk.facts(granting, "PermitExpired") == []
    assert desk.facts(granting, "PermitDeemedRenewed")[0]["data"] == {"permit": permit, "by_case": number}
    do(desk, number, "decide_change:grant")

    desk.complete(number, "certify", "certified", data={"permits": [{"sort": "food", "valid_until": "2031-04-03"}]})

    assert state(desk, permit) == ("renewed", 1) and settle(desk) == 1 and desk.problems() == []


def test_a_late_renewal_does_not_keep_the_permit_from_expiring_and_may_still_be_granted(desk: Desk) -> None:
    certified(desk, {"sort": "food", "valid_until": "2026-04-02"})
    permit = next(iter(register(desk)))
    number = pointing(desk, permit, "renew", late_reason="不可抗力")
    do(desk, number, "register:received", "verify:accept", "review_change:propose_grant", "decide_change:grant")
    desk.now = at(2026, 4, 7)
    desk.ring()
    assert state(desk, permit) == ("expired", 1)

    desk.complete(number, "certify", "certified", data={"permits": [{"sort": "food", "valid_until": "2031-04-03"}]})

    assert state(desk, permit) == ("renewed", 1) and settle(desk) == 1 and desk.problems() == []


def test_a_crash_between_the_two_cases_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    certified(desk, {"sort": "construction"})
    permit = next(iter(register(desk)))
    granted_to(desk, pointing(desk, permit, "revoke"))
    with monkeypatch.context() as broken:
        broken.setattr(permits.permitting, "told", lambda *given, **named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settle(desk)

    assert desk.problems() == [] and settle(desk) == 1 and settle(desk) == 0 and desk.problems() == []


def test_a_permit_missing_from_the_register_is_found_by_verify(desk: Desk) -> None:
    certified(desk, {"sort": "construction"})
    desk.sql("UPDATE permit SET state = 'lapsed'")

    assert [problem.check for problem in desk.problems()] == ["fold:permit"]


def test_nothing_is_granted_before_the_decision_or_by_a_case_that_ends_a_permit(desk: Desk) -> None:
    certified(desk, {"sort": "general"})
    permit = next(iter(register(desk)))
    number = pointing(desk, permit, "cancel")
    do(desk, number, "register:received", "verify:accept", "review_change:propose_grant", "decide_change:grant")

    with pytest.raises(Forbidden, match="only a renewal 延续 grants another one"):
        desk.complete(number, "certify", "certified", data={"permits": [{"sort": "general"}]})


def test_a_closure_of_the_last_day_moves_the_beginning_of_work_of_a_case_that_has_ended(desk: Desk) -> None:
    number = certified(desk, {"sort": "construction"})
    desk.complete(number, "hand_over", "handed_over")
    with writing(desk.database) as connection:
        proposed = calendar_changes.propose_closure(
            connection, SHELF, scope=Scope.CITY, place="", first=date(2026, 6, 4), last=date(2026, 6, 5), by="王", now=desk.now,
            reference="岳停〔2026〕9号", approver="市政府办公室", reason="防汛")
        calendar_changes.accept(connection, SHELF, proposed.change.id, by="李", now=desk.now)

    jobs.catch_up(desk.database, desk.office, now=desk.now)

    (clock,) = [clock for clock in desk.clocks(number).values() if clock.kind == "follow_up"]
    assert (clock.kind, clock.due) == ("follow_up", "2026-06-08")  # the 4th was the day; the 6th and 7th are a weekend
    assert desk.problems() == []


def test_what_is_done_to_a_permit_is_pushed_to_who_supervises_that_permit(desk: Desk) -> None:
    granting = certified(desk, {"sort": "construction"})
    permit = next(iter(register(desk)))
    desk.now = day(9)

    number = pointing(desk, permit, "cancel")
    granted_to(desk, number)

    (fact,) = desk.facts(number, "ResultPushed")
    assert (fact["data"]["department"], fact["data"]["result"], fact["data"]["matter"]) == ("市住建局", "cancel", "SJ-SZBL")
    assert desk.case(granting).state != "archived" and desk.problems() == []
