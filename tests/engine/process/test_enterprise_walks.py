"""The matters of an enterprise's life, walked from start to every end event, on time and late."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from engine.case import Case
from engine.definitions.model import NodeKind
from engine.lifecycle import TARGETS, State
from engine.moves import reach
from engine.process.compile import Program
from engine.process.kernel import correlate
from engine.process.step import Step, Wait, WaitKind
from tests.engine.process.test_shelf_walks import SHELVES
from tests.engine.process.walking import LIBRARY, Walk, ends_of


@dataclass(kw_only=True)
class Way(Walk):
    """A walk on which time passes: a period drawn on the way (公示期) is over when there is nothing else to do. `heard`:
    messages that come as soon as they are awaited."""

    heard: frozenset[str] = frozenset()

    def _next(self, open_waits: tuple[Wait, ...]) -> Wait | None:
        due = [wait for wait in open_waits if wait.kind is WaitKind.TIMER and wait.node in self.lapses]
        come = [wait for wait in open_waits if wait.kind is WaitKind.MESSAGE and wait.node in self.heard]
        work = [wait for wait in open_waits if wait.kind in (WaitKind.TASK, WaitKind.CALL)]
        passing = [wait for wait in open_waits if wait.kind is WaitKind.TIMER and wait.node in PERIODS]
        return next(iter(due + come + work + passing), None)

    def _move(self, program: Program, step: Step, wait: Wait, answers: dict[str, list[str]]) -> Step:
        if wait.kind is WaitKind.MESSAGE:
            self.heard -= {wait.node}
            return correlate(program, step.state, wait.event or "", wait_id=wait.id)
        return super()._move(program, step, wait, answers)


PERIODS = {node.id for definition in LIBRARY.values() for node in definition.process.scope.every_node()
           if node.kind is NodeKind.CATCH_EVENT}
KINDS = ("food", "hygiene", "tobacco", "pharmacy", "hotel")
ALL_PERMITS = {f"wants_{kind}": True for kind in KINDS}
CHANGES = ("name", "address", "representative", "scope", "shareholders", "capital")
FILING = {"tax_service": "日常申报", "filing_due_on": "2026-03-16"}
OF_THE_SETUP = ("seal_engraving", "invoice_issuing", "insurance_registration", "fund_registration", "bank_appointment")
OF_THE_LICENCE = ("food_business_permit", "public_hygiene_permit", "tobacco_retail_permit", "pharmacy_permit", "hotel_permit")
DECLARABLE = {"food_business_permit": "food_declared", "public_hygiene_permit": "hygiene_declared",
              "tobacco_retail_permit": "tobacco_declared"}


def child_of(process: str, *timers: str) -> dict[str, Way]:
    return {
        "on time": Way(process=process),
        "sent back": Way(process=process, answers={"decide": ["send_back", "send_back"]}),
        "refused": Way(process=process, answers={"decide": ["refuse"]}),
        "late": Way(process=process, lapses=frozenset(timers)),
        **({"declared": Way(process=process, data={DECLARABLE[process]: True})} if process in DECLARABLE else {}),
    }


WAYS: dict[str, dict[str, Way]] = {
    "company_registration": child_of("company_registration", "promise", "statute"),
    **{process: child_of(process, "promise") for process in OF_THE_SETUP},
    **{process: child_of(process, "statute") for process in OF_THE_LICENCE},
    "company_setup_bundle": {
        "on time": Way(process="company_setup_bundle"),
        "nothing chosen": Way(process="company_setup_bundle", data={"wants_fund": False, "wants_bank": False}),
        "not registered": Way(process="company_setup_bundle", answers={"registration": ["refused"]}),
        "registration withdrawn": Way(process="company_setup_bundle", answers={"registration": ["withdrawn"]}),
        "not accepted": Way(process="company_setup_bundle", answers={"verify": ["decline"]}),
        "late": Way(process="company_setup_bundle", lapses=frozenset({"promise"})),
    },
    "one_licence": {
        "on time": Way(process="one_licence", data=ALL_PERMITS),
        "licence first": Way(process="one_licence", data={**ALL_PERMITS, "licence_first": True}),
        "no permit": Way(process="one_licence"),
        "permit refused": Way(process="one_licence", data=ALL_PERMITS, answers={"hotel": ["refused"]}),
        "given up": Way(process="one_licence", data=ALL_PERMITS, answers={"food": ["refused"], "choose_scope": ["give_up"]}),
        "not registered": Way(process="one_licence", data=ALL_PERMITS,
                              answers={"registration": ["refused"], **{kind: ["terminated"] for kind in KINDS}}),
        "not accepted": Way(process="one_licence", answers={"verify": ["return"]}),
        "late": Way(process="one_licence", data=ALL_PERMITS, lapses=frozenset({"statute"})),
    },
    "company_change": {
        "on time": Way(process="company_change", data={f"changes_{kind}": True for kind in CHANGES}),
        "moved": Way(process="company_change", data={"changes_address": True, "moves_district": True, "has_permits": True,
                                                     "has_bank_account": True}),
        "other": Way(process="company_change"),
        "sent back": Way(process="company_change", data={"changes_scope": True}, answers={"decide_change": ["send_back"]}),
        "refused": Way(process="company_change", data={"changes_capital": True}, answers={"decide_change": ["refuse"]}),
        "not accepted": Way(process="company_change", answers={"verify": ["decline"]}),
        "late": Way(process="company_change", data={f"changes_{kind}": True for kind in CHANGES},
                    lapses=frozenset({"statute"})),
    },
    "company_tax": {
        "on time": Way(process="company_tax"),
        "general taxpayer": Way(process="company_tax", data={"is_general_taxpayer": True}),
        "sent back": Way(process="company_tax", answers={"decide_invoices": ["send_back"]}),
        "refused": Way(process="company_tax", answers={"decide_invoices": ["refuse"]}),
        "filed": Way(process="company_tax", data=FILING),
        "filed late": Way(process="company_tax", data=FILING, lapses=frozenset({"filing_overdue"})),
        "not accepted": Way(process="company_tax", answers={"verify": ["not_applicable"]}),
    },
    "company_deregistration": {
        "simple": Way(process="company_deregistration"),
        "departments silent": Way(process="company_deregistration", lapses=frozenset({"notice_days"})),
        "tax objects": Way(process="company_deregistration", answers={"check_tax": ["object"]}),
        "insurance objects": Way(process="company_deregistration", answers={"check_insurance": ["object"]}),
        "customs objects": Way(process="company_deregistration", answers={"check_customs": ["object"]}),
        "creditor objects": Way(process="company_deregistration", heard=frozenset({"objection_received"})),
        "not filed": Way(process="company_deregistration", lapses=frozenset({"window_over"})),
        "sole trader": Way(process="company_deregistration", answers={"guide": ["sole_trader"]}),
        "general": Way(process="company_deregistration", answers={"guide": ["general"]}),
        "simple refused": Way(process="company_deregistration", answers={"simple_decide": ["refuse"]}),
        "general refused": Way(process="company_deregistration", answers={
            "guide": ["general"], "general_decide": ["send_back", "refuse"]}),
        "not accepted": Way(process="company_deregistration", answers={"verify": ["return"]}),
        "general not accepted": Way(process="company_deregistration", answers={"guide": ["general"], "verify": ["return"]}),
        "simple late": Way(process="company_deregistration", lapses=frozenset({"on_the_spot", "statute_simple"})),
        "general late": Way(process="company_deregistration", answers={"guide": ["general"]}, lapses=frozenset({
            "statute", "promise", "team_late", "notification_late", "publication_late"})),
    },
    "policy_grant_automatic": {
        "on time": Way(process="policy_grant_automatic"),
        "not matched": Way(process="policy_grant_automatic", answers={"match": ["not_matched"]}),
        "declined": Way(process="policy_grant_automatic", answers={"confirm": ["declined"]}),
        "no answer": Way(process="policy_grant_automatic", lapses=frozenset({"unanswered"})),
        "objection unfounded": Way(process="policy_grant_automatic", heard=frozenset({"objection_received"})),
        "objection upheld": Way(process="policy_grant_automatic", heard=frozenset({"objection_received"}),
                                answers={"check_objection": ["upheld"], "decide_grant": ["refuse"]}),
        "sent back": Way(process="policy_grant_automatic", answers={"decide_grant": ["send_back"]}),
        "not rated": Way(process="policy_grant_automatic", answers={"rate": ["not_rated"]}),
        "late": Way(process="policy_grant_automatic", lapses=frozenset({"target"})),
    },
    "policy_grant_on_application": {
        "on time": Way(process="policy_grant_on_application"),
        "refused": Way(process="policy_grant_on_application", answers={"review_jointly": ["disagree"],
                                                                       "decide_grant": ["refuse"]}),
        "objection upheld": Way(process="policy_grant_on_application", heard=frozenset({"objection_received"}),
                                answers={"check_objection": ["upheld"], "decide_grant": ["refuse"]}),
        "sent back": Way(process="policy_grant_on_application", answers={"decide_grant": ["send_back"]}),
        "not accepted": Way(process="policy_grant_on_application", answers={"verify": ["decline"]}),
        "late": Way(process="policy_grant_on_application", lapses=frozenset({"target"})),
    },
    "agent_service": {
        "on time": Way(process="agent_service"),
        "declined": Way(process="agent_service", answers={"register_request": ["declined"]}),
        "not mandated": Way(process="agent_service", answers={"sign_mandate": ["not_signed"]}),
        "obstacle": Way(process="agent_service", answers={"visit": ["proceed", "exception", "finished"]}),
        "applicant signs": Way(process="agent_service", answers={"visit": ["commitment"]}),
        "agent signs": Way(process="agent_service", data={"may_sign_commitment": True}, answers={"visit": ["commitment"]}),
        "late": Way(process="agent_service", lapses=frozenset({"assignment"})),
    },
}
"""Ways through each process."""

GRANTED = ["accepted", "reviewing", "granted", "concluded"]
REFUSED = ["accepted", "reviewing", "refused", "concluded"]
every_way = pytest.mark.parametrize(("process", "way"), [(process, way) for process, ways in WAYS.items() for way in ways])


def walked(process: str, way: str) -> Way:
    drawn = WAYS[process][way]
    fresh = Way(process=process, data=drawn.data, answers=drawn.answers, lapses=drawn.lapses, heard=drawn.heard)
    fresh.go()
    return fresh


def test_every_process_on_the_shelf_is_walked() -> None:
    assert {*SHELVES, *WAYS} == set(LIBRARY)


@pytest.mark.parametrize("process", sorted(WAYS))
def test_every_end_event_of_a_diagram_is_reached_by_some_way(process: str) -> None:
    ends = {end for way in WAYS[process] for end in walked(process, way).ends}

    assert ends_of(LIBRARY[process]) <= ends


@every_way
def test_every_way_comes_to_an_end(process: str, way: str) -> None:
    assert walked(process, way).is_completed


@every_way
def test_no_way_draws_a_legal_moment_that_the_lifecycle_forbids(process: str, way: str) -> None:
    now = datetime(2026, 2, 11, 1, tzinfo=UTC)
    case = Case(number="1", process=process, state=State.RECEIVED, opened_at=now, received_on=now.date(), seq=1, head=b"",
                recorded_at=now)

    for milestone in walked(process, way).milestones:
        case = replace(case, state=TARGETS[type(reach(case, milestone, way, now))])

    assert case.state is not State.RECEIVED


@pytest.mark.parametrize(("process", "way", "on_time", "orders"), [
    ("company_registration", "late", "on time", ["supervise_promise", "supervise_statute"]),
    *((process, "late", "on time", ["supervise_promise"]) for process in OF_THE_SETUP),
    *((process, "late", "on time", ["supervise_statute"]) for process in OF_THE_LICENCE),
    ("company_setup_bundle", "late", "on time", ["supervise_promise"]),
    ("one_licence", "late", "on time", ["supervise_statute"]),
    ("company_change", "late", "on time", ["supervise_statute"]),
    ("company_deregistration", "simple late", "simple", ["supervise_on_the_spot", "supervise_statute_simple"]),
    ("company_deregistration", "general late", "general", ["supervise_promise", "supervise_statute"]),
    ("policy_grant_automatic", "late", "on time", ["supervise_target"]),
    ("policy_grant_on_application", "late", "on time", ["supervise_target"]),
    ("agent_service", "late", "on time", ["supervise_assignment"]),
])
def test_a_late_case_calls_the_supervisor_and_still_comes_to_its_good_end(
    process: str, way: str, on_time: str, orders: list[str],
) -> None:
    late, punctual = walked(process, way), walked(process, on_time)

    assert sorted(task for task in late.done if task.startswith("supervise")) == orders
    assert late.milestones == punctual.milestones
    assert {f"{order}_done" for order in orders} <= set(late.ends)
    assert set(punctual.ends) <= set(late.ends)


@pytest.mark.parametrize("process", ["company_registration", *OF_THE_LICENCE])
def test_a_child_that_issues_a_licence_passes_the_legal_moments_in_order(process: str) -> None:
    assert walked(process, "on time").milestones == [*GRANTED, "certified"]
    assert walked(process, "sent back").milestones == [*GRANTED, "certified"]
    assert walked(process, "refused").milestones == REFUSED


@pytest.mark.parametrize("process", OF_THE_SETUP)
def test_a_child_of_the_setup_is_accepted_reviewed_and_decided(process: str) -> None:
    assert walked(process, "on time").milestones == GRANTED
    assert walked(process, "refused").milestones == REFUSED


@pytest.mark.parametrize(("process", "way", "milestones"), [
    ("company_setup_bundle", "on time", [*GRANTED, "handed_over"]),
    ("company_setup_bundle", "not registered", [*REFUSED, "handed_over"]),
    ("one_licence", "on time", [*GRANTED, "handed_over", "archived"]),
    ("one_licence", "given up", ["accepted", "reviewing", "concluded"]),
    ("company_change", "on time", [*GRANTED, "handed_over"]),
    ("company_tax", "on time", [*GRANTED, "handed_over"]),
    ("company_tax", "filed", ["accepted", "reviewing", "concluded", "certified", "handed_over"]),
    ("company_deregistration", "simple", [*GRANTED, "handed_over"]),
    ("company_deregistration", "tax objects", [*GRANTED, "handed_over"]),
    ("company_deregistration", "not filed", ["returned"]),
    ("company_deregistration", "general refused", [*REFUSED, "handed_over"]),
    ("policy_grant_automatic", "on time", [*GRANTED, "handed_over"]),
    ("policy_grant_automatic", "declined", ["returned"]),
    ("policy_grant_on_application", "refused", [*REFUSED, "handed_over"]),
    ("agent_service", "on time", ["accepted", "reviewing", "concluded"]),
    ("agent_service", "not mandated", ["accepted", "concluded"]),
])
def test_a_case_passes_the_legal_moments_in_order(process: str, way: str, milestones: list[str]) -> None:
    assert walked(process, way).milestones == milestones


def test_the_company_is_registered_before_the_other_departments_are_asked() -> None:
    done = walked("company_setup_bundle", "on time").done

    assert [task for task in done if task in {"seal", "invoices", "insurance", "fund", "bank"}] == done[3:-1]
    assert done[2] == "registration"
    assert {"seal", "invoices", "insurance"}.isdisjoint(walked("company_setup_bundle", "not registered").done)
    assert {"fund", "bank"}.isdisjoint(walked("company_setup_bundle", "nothing chosen").done)


def test_a_declared_permit_is_decided_without_a_review() -> None:
    for process in DECLARABLE:
        assert walked(process, "declared").done[:2] == ["verify_commitment", "decide"]
        assert walked(process, "on time").done[:2] == ["review", "decide"]


def test_after_a_refused_permit_the_applicant_chooses_the_scope_of_the_licence() -> None:
    assert "choose_scope" in walked("one_licence", "permit refused").done
    assert "hand_over" in walked("one_licence", "permit refused").done
    assert walked("one_licence", "given up").ends[-1] == "given_up"
    assert "choose_scope" not in walked("one_licence", "on time").done


def test_the_permits_wait_for_the_registration_to_be_decided() -> None:
    children = {node.id: node.child for node in LIBRARY["one_licence"].process.scope.every_node() if node.child is not None}

    assert {kind: children[kind].after for kind in KINDS} == dict.fromkeys(KINDS, ("registration",))
    assert all(children[kind].optional for kind in KINDS)
    assert not children["registration"].optional


def test_only_what_changes_is_reviewed_and_only_whom_it_concerns_is_told() -> None:
    reviewed = {task for task in walked("company_change", "moved").done if task.startswith("review_")}
    told = {task for task in walked("company_change", "moved").done if task.startswith("change_")}

    assert reviewed == {"review_address"}
    assert told == {"change_tax", "change_insurance", "change_permits", "change_bank"}
    assert "fetch_file" in walked("company_change", "moved").done
    assert "fetch_file" not in walked("company_change", "on time").done


def test_the_clock_of_a_change_has_stopped_before_the_other_departments_follow() -> None:
    step_by_step = walked("company_change", "on time")

    assert step_by_step.milestones.index("concluded") < step_by_step.milestones.index("handed_over")
    assert step_by_step.ends.index("change_over") < step_by_step.ends.index("follow_over")


@pytest.mark.parametrize("way", ["tax objects", "insurance objects", "customs objects", "creditor objects"])
def test_an_objection_ends_the_simple_procedure_and_leads_to_the_general_one(way: str) -> None:
    done = walked("company_deregistration", way).done

    assert "record_objection" in done and "clear_tax" in done and "general_decide" in done
    assert "apply_simple" not in done and "simple_decide" not in done


def test_departments_that_say_nothing_during_the_notice_do_not_object() -> None:
    walk = walked("company_deregistration", "departments silent")

    assert {"check_tax", "check_insurance", "check_customs"}.isdisjoint(walk.done)
    assert walk.ends[-1] == "simple_cancelled"


def test_a_sole_trader_needs_no_notice() -> None:
    done = walked("company_deregistration", "sole trader").done

    assert "publish_notice" not in done and "apply_simple" not in done
    assert done[:3] == ["guide", "register", "verify"]


def test_who_does_not_file_within_the_window_is_guided_and_nothing_is_accepted() -> None:
    walk = walked("company_deregistration", "not filed")

    assert walk.done[-1] == "guide_again"
    assert "register" not in walk.done


def test_an_enterprise_that_does_not_answer_is_reminded_and_not_dropped() -> None:
    walk = walked("policy_grant_automatic", "no answer")

    assert "remind" in walk.done
    assert walk.milestones == walked("policy_grant_automatic", "on time").milestones


def test_an_unfounded_objection_is_published_over_again_and_a_founded_one_goes_to_the_decision() -> None:
    assert walked("policy_grant_automatic", "objection unfounded").done.count("publish_list") == 2
    assert walked("policy_grant_automatic", "objection upheld").done.count("publish_list") == 1
    assert "pay" not in walked("policy_grant_automatic", "objection upheld").done


def test_an_agent_signs_a_commitment_only_when_the_mandate_says_so() -> None:
    assert {"applicant_signs", "agent_signs"} & set(walked("agent_service", "applicant signs").done) == {"applicant_signs"}
    assert {"applicant_signs", "agent_signs"} & set(walked("agent_service", "agent signs").done) == {"agent_signs"}


def test_a_return_that_is_filed_late_is_reminded_of_and_still_paid() -> None:
    done = walked("company_tax", "filed late").done

    assert "remind_filing" in done and "pay_taxes" in done and "issue_certificate" in done


@pytest.mark.parametrize(("process", "timers"), [
    ("company_registration", {"promise", "statute"}),
    ("company_setup_bundle", {"promise"}),
    ("one_licence", {"statute"}),
    ("company_change", {"statute"}),
    ("policy_grant_automatic", {"target"}),
    ("policy_grant_on_application", {"target"}),
])
def test_the_clocks_of_a_case_are_set_after_acceptance_and_gone_after_the_conclusion(
    process: str, timers: set[str],
) -> None:
    seen: list[tuple[set[str], list[str]]] = []

    class Watched(Way):
        def _next(self, open_waits: tuple[Wait, ...]) -> Wait | None:
            seen.append(({wait.node for wait in open_waits if wait.kind is WaitKind.TIMER} & timers, list(self.milestones)))
            return super()._next(open_waits)

    Watched(process=process, data=WAYS[process]["on time"].data).go()

    for running, passed in seen:
        assert running == (timers if "accepted" in passed and "concluded" not in passed else set())
