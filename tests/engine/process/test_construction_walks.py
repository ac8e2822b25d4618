"""The construction matters walked: what runs side by side, what waits for what, and where no clock may run."""

import pytest

from engine.process.kernel import complete, start, waits
from engine.process.step import Step, Wait, WaitKind
from tests.engine.process.construction_ways import CONSTRUCTION, PLAN
from tests.engine.process.walking import LIBRARY, NODES, Walk, first_outcome, program_of, walked

PERMIT = ["accepted", "reviewing", "granted", "concluded", "certified", "handed_over"]
REFUSAL = ["accepted", "reviewing", "refused", "concluded", "handed_over"]
BUNDLE = ["accepted", "concluded", "handed_over"]


def way(process: str, name: str) -> Walk:
    return walked(CONSTRUCTION[process][name])


def advanced(process: str, until: str, data: dict[str, object] | None = None, **answers: str) -> Step:
    """The case of a process at the moment `until` is open, all else that was open done; other outcomes by task."""
    program = program_of(process)
    step = start(program, data or {})
    while until not in (now := {wait.node for wait in waits(program, step.state)}):
        wait = next(wait for wait in waits(program, step.state) if wait.kind is WaitKind.TASK or wait.kind is WaitKind.CALL)
        ordinary = "granted" if wait.kind is WaitKind.CALL else first_outcome(process, wait.node)
        step = complete(program, step.state, wait.id, {wait.node: answers.get(wait.node, ordinary)})
    assert until in now
    return step


def open_at(process: str, until: str, data: dict[str, object] | None = None, **answers: str) -> list[Wait]:
    return list(waits(program_of(process), advanced(process, until, data, **answers).state))


def clocks(open_waits: list[Wait]) -> set[str]:
    return {wait.node for wait in open_waits if wait.kind is WaitKind.TIMER}


@pytest.mark.parametrize(("process", "name", "milestones"), [
    ("phase_permit", "on time", PERMIT),
    ("phase_permit", "sent back", PERMIT),
    ("phase_permit", "late", PERMIT),
    ("phase_permit", "refused", REFUSAL),
    ("real_estate_registration", "on time", PERMIT),
    ("real_estate_registration", "refused", REFUSAL),
    ("site_permit", "on time", PERMIT),
    ("site_permit", "refused", REFUSAL),
    ("filing", "on time", BUNDLE),  # a filing is no decision
    ("utilities_connection", "on time", ["accepted", "reviewing", "concluded", "handed_over"]),  # no line, no permit
    ("utilities_connection", "outside", ["accepted", "reviewing", "concluded", "handed_over"]),  # no result to hand over yet
    ("utilities_connection", "outside refused", REFUSAL),
    ("road_and_green_occupation", "on time", ["accepted", "reviewing", "granted", "concluded", "handed_over", "archived"]),
    ("road_and_green_occupation", "refused", REFUSAL),
    ("land_supply", "on time", ["accepted"]),  # a sale of land is no permit
    ("construction_support", "in phases", BUNDLE),
    ("project_start", "on time", BUNDLE),
    ("completion_acceptance", "on time", BUNDLE),
    ("completion_acceptance", "failed", BUNDLE),
    ("negotiation_service", "on time", []),
    ("completion_to_certificate", "on time", []),
])
def test_a_matter_passes_the_legal_moments_it_has_and_no_others(process: str, name: str, milestones: list[str]) -> None:
    assert way(process, name).milestones == milestones


@pytest.mark.parametrize(("process", "orders"), [
    ("negotiation_service", ["supervise_assign_late", "supervise_plan_late", "supervise_service_late"]),
    ("land_supply", ["supervise_promise_late", "supervise_result_late"]),
    ("phase_permit", ["supervise_promise", "supervise_statute"]),
    ("utilities_connection", ["supervise_outside_late", "supervise_plan_late", "supervise_switch_late"]),
    ("road_and_green_occupation", ["supervise_statute"]),
    ("real_estate_registration", ["supervise_promise", "supervise_statute"]),
    ("site_permit", ["supervise_promise", "supervise_statute"]),
])
def test_what_lapses_calls_the_supervisor_and_the_case_is_still_finished(process: str, orders: list[str]) -> None:
    late = way(process, "late")
    on_time = way(process, "outside" if process == "utilities_connection" else "on time")

    assert sorted(task for task in late.done if task.startswith("supervise")) == orders
    assert late.milestones == on_time.milestones
    assert set(late.ends) - set(on_time.ends) == {f"{order}_done" for order in orders}


def test_only_what_no_regional_result_covers_is_assessed_for_the_single_project() -> None:
    assert "assess_separately" not in way("negotiation_service", "on time").done
    assert "assess_separately" in way("negotiation_service", "assessed separately").done


def test_the_early_services_run_side_by_side() -> None:
    tasks = {wait.node for wait in open_at("negotiation_service", "select_site") if wait.kind is WaitKind.TASK}

    assert tasks == {"select_site", "review_entry", "judge_ecology", "look_up_results"}


def test_the_promise_of_the_announcement_runs_from_the_agreement_to_the_announcement_only() -> None:
    assert clocks(open_at("land_supply", "register_agreement")) == set()
    assert clocks(open_at("land_supply", "clear_parcel")) == {"promise_late"}
    assert clocks(open_at("land_supply", "publish_announcement")) == {"promise_late"}
    assert "promise_late" not in clocks(open_at("land_supply", "announced_20_days"))


def test_land_is_listed_only_when_the_announcement_has_stood_for_its_days() -> None:
    open_waits = open_at("land_supply", "announced_20_days")

    assert {wait.node for wait in open_waits} == {"announced_20_days", "pre_review_design", "pre_review_drawings"}


def test_the_four_permits_are_opened_when_the_contract_has_its_number_and_never_without_a_sale() -> None:
    done = way("land_supply", "on time").done

    assert done.index("sign_contract") < done.index("four_permits")
    assert "four_permits" not in way("land_supply", "unsold").done
    assert "sign_contract" not in way("land_supply", "unsold").done


def test_every_phase_may_be_applied_for_at_once_and_is_decided_after_the_one_before() -> None:
    children = [wait for wait in open_at("construction_support", "phase_permits", {"phases": PLAN}, choose_plan="phased")
                if wait.node == "phase_permits"]

    assert [wait.item for wait in children] == PLAN
    assert NODES["construction_support", "phase_permits"].child.after == ("phase_permits",)


def test_two_neighbouring_phases_may_be_one_permit() -> None:
    merged = ["土方开挖与基坑支护、基础与地下工程", "地上主体工程"]
    children = [wait for wait in open_at("construction_support", "phase_permits", {"phases": merged}, choose_plan="phased")
                if wait.node == "phase_permits"]

    assert [wait.item for wait in children] == merged


def test_no_clock_runs_while_the_applicant_builds() -> None:
    assert clocks(open_at("utilities_connection", "plan_water")) == {"plan_late"}
    assert clocks(open_at("utilities_connection", "report_works")) == set()
    assert clocks(open_at("utilities_connection", "connect_water")) == {"switch_late"}


def test_the_enterprises_visit_the_site_once_and_plan_side_by_side() -> None:
    every = {"wants_gas": True, "wants_network": True}
    tasks = {wait.node for wait in open_at("utilities_connection", "plan_gas", every) if wait.kind is WaitKind.TASK}

    assert tasks == {"plan_water", "plan_power", "plan_gas", "plan_network"}
    assert way("utilities_connection", "all four").done.count("visit_together") == 1


def test_only_the_lines_that_are_touched_are_reviewed() -> None:
    reviews = {"review_planning", "review_city", "review_garden", "review_traffic"}

    assert reviews & set(way("utilities_connection", "on time").done) == set()
    assert reviews & set(way("utilities_connection", "outside").done) == {"review_planning", "review_city"}
    assert reviews & set(way("utilities_connection", "outside all").done) == reviews
    assert reviews & set(way("utilities_connection", "outside crosses nothing").done) == set()


def test_the_park_enters_each_fee_it_pays_by_itself() -> None:
    assert way("road_and_green_occupation", "three fees").done.count("pay_fees") == 3
    assert "pay_fees" not in way("road_and_green_occupation", "free").done


@pytest.mark.parametrize("name", ["on time", "three fees", "free", "restored at last"])
def test_an_occupation_is_over_only_when_the_restoration_has_been_verified(name: str) -> None:
    done = way("road_and_green_occupation", name).done

    assert done[-2:] == ["verify_restoration", "settle_ledger"]
    assert done.count("verify_restoration") == done.count("register_works") == (3 if name == "restored at last" else 1)


def test_what_is_done_before_completion_runs_side_by_side_and_no_clock_with_it() -> None:
    open_waits = open_at("completion_to_certificate", "survey_together")

    assert {wait.node for wait in open_waits} == {"survey_together", "survey_ownership", "advise_taxes", "check_files"}


def test_registration_is_open_to_the_applicant_the_moment_completion_is_filed() -> None:
    assert {wait.node for wait in open_at("completion_to_certificate", "inspection")} == {"inspection"}
    assert {wait.node for wait in open_at("completion_to_certificate", "registration")} == {
        "registration", "deliver", "transfer_archives", "issue_licences"}
    assert "registration" not in way("completion_to_certificate", "failed").done


@pytest.mark.parametrize("process", ["completion_to_certificate", "completion_acceptance"])
def test_registration_never_begins_before_completion_is_filed(process: str) -> None:
    done = way(process, "on time").done

    assert done.index("inspection") < done.index("record_filing") < done.index("registration")


@pytest.mark.parametrize(("process", "mandatory", "optional"), [
    ("land_supply", {"four_permits"}, set()),
    ("construction_support", {"phase_permits", "whole_permit"}, {"utilities", "occupation"}),
    ("completion_to_certificate", {"inspection", "registration"}, set()),
    ("project_start", {"permits"}, {"temporary_utilities", "occupation", "wage_filing", "site_matters"}),
    ("completion_acceptance", {"inspection"}, {"utilities", "registration"}),
])
def test_a_bundle_opens_its_matters_as_cases_of_their_own(process: str, mandatory: set[str], optional: set[str]) -> None:
    children = {node.id: node.child for node in LIBRARY[process].process.scope.every_node() if node.child is not None}

    assert {id for id, child in children.items() if not child.optional} == mandatory
    assert {id for id, child in children.items() if child.optional} == optional


def test_the_applicant_of_a_bundle_chooses_its_options() -> None:
    options = {"temporary_utilities", "occupation", "wage_filing", "site_matters"}

    assert options & set(way("project_start", "everything").done) == options
    assert options & set(way("project_start", "on time").done) == {"temporary_utilities", "wage_filing"}
    assert options & set(way("project_start", "only the permits").done) == set()


def test_an_option_that_is_withdrawn_does_not_spoil_the_bundle() -> None:
    assert way("project_start", "option withdrawn").ends[-1] == "handed_over"
