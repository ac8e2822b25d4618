"""Who may use which address: one table, and whoever is not in it is in nobody's.

A page is open to everybody, to whoever is signed in, or to the holders of certain roles. An address of the API needs a scope
of the token and, where it names roles, one of them held by its account. This is the outer door: what somebody may do to a case,
and in which park, is judged again where it is done (`engine.duties`). A test compares the table with the routes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from flask import g

from engine.errors import NotAdmitted
from engine.sentences import say
from services.api_tokens import Scope
from services.visits import Visitor


class Open(Enum):
    """Whom a page is open to without a role."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed_in"
    SIGNED = "signed"  # not a page: whoever signs what he sends with a secret shared with him, which the view asks first


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What a token needs: a scope, and of its account one of the roles; no roles: whatever they are."""

    scope: Scope
    roles: frozenset[str] = frozenset()


Admission: TypeAlias = Open | frozenset[str] | Api

EVERYBODY, SIGNED_IN, SIGNED = Open.EVERYBODY, Open.SIGNED_IN, Open.SIGNED

KEEPERS = frozenset({"system_admin", "department_admin", "park_admin"})
"""Who keep people and what is brought in."""

CONNECTORS = frozenset({"system_admin"})
"""Who connects upstream platforms: gives them secrets, and takes them away."""

RULERS = KEEPERS | {"legal_officer", "head_of_office"}
"""Who keep the office's own lists and limits; most of them need a second person besides."""

WORKERS = frozenset({"clerk", "reviewer", "approver", "head_of_office", "head_of_government", "legal_officer", "certifier",
                     "department_admin", "park_admin", "agent"})
"""Whose daily work is cases. Which they see, and what they may do to one, is asked of the case."""

TAKERS = frozenset({"clerk", "agent"})
"""Who take applications in, or bring them."""

AT_THE_WINDOW = frozenset({"clerk", "certifier"})
"""Who deal with applicants face to face: they print the query code 查询码 and turn the screen round for a rating."""

WATCHERS = frozenset({"supervisor"})
"""Who watches the clocks of others."""

SUPERVISING = frozenset({"reviewer", "approver", "department_admin", "head_of_office"})
"""Who sign for what was pushed to their department, and report what they find; of which department, the case is asked."""

DRAWERS = frozenset({"designer", "legal_officer"})
"""Who draw diagrams, and who publish what another has drawn."""

READERS = RULERS | {"security_admin", "audit_admin", "supervisor", "clerk", "reviewer", "approver", "agent"}
"""Who read books of the office; each book says by whom it is read, and each of its acts who does it."""

_READ, _WORK = Api(scope=Scope.READ), Api(scope=Scope.WORK)
_PRINT = Api(scope=Scope.READ, roles=AT_THE_WINDOW)
_RULE = Api(scope=Scope.RULE, roles=RULERS)
_CALENDAR = Api(scope=Scope.RULE, roles=RULERS | {"supervisor"})  # who signs off a closure of days past
_JUDGE = Api(scope=Scope.RULE, roles=RULERS | {"supervisor"})
_CREDIT = Api(scope=Scope.RULE, roles=RULERS | {"clerk", "reviewer", "approver"})
_KEEP = Api(scope=Scope.ADMINISTER, roles=KEEPERS)
_PLATFORMS = Api(scope=Scope.READ, roles=KEEPERS)
_CONNECTING = Api(scope=Scope.ADMINISTER, roles=CONNECTORS)
_REGISTER = Api(scope=Scope.ADMINISTER, roles=KEEPERS | {"clerk"})  # 委托书 are handed in at the window
_SHELVED = Api(scope=Scope.READ, roles=DRAWERS)
_COUNTER, _TAKE = Api(scope=Scope.READ, roles=WORKERS), Api(scope=Scope.READ, roles=TAKERS)
_LOOK = Api(scope=Scope.READ, roles=WORKERS | WATCHERS)
_WATCH = Api(scope=Scope.READ, roles=WATCHERS)
_INBOX, _NOTE = Api(scope=Scope.READ, roles=WORKERS | WATCHERS), Api(scope=Scope.WORK, roles=WORKERS | WATCHERS)
_ATTACH = Api(scope=Scope.WORK, roles=frozenset({"clerk", "agent", "certifier", "reviewer"}))
_MEND = Api(scope=Scope.READ, roles=frozenset({"department_admin", "park_admin"}))
_PUSHED = Api(scope=Scope.READ, roles=SUPERVISING | WATCHERS)
_AGENT = Api(scope=Scope.READ, roles=frozenset({"agent"}))
_AUDIT = Api(scope=Scope.READ, roles=frozenset({"audit_admin"}))
_DOORS = Api(scope=Scope.READ, roles=KEEPERS | {"security_admin", "audit_admin"})
_BAR = Api(scope=Scope.ADMINISTER, roles=KEEPERS | {"security_admin"})
_LOOK_AT_INCIDENTS, _RETRY = Api(scope=Scope.READ, roles=KEEPERS), Api(scope=Scope.WORK, roles=KEEPERS)
_CONNECT = Api(scope=Scope.ADMINISTER, roles=frozenset({"system_admin"}))
_SERVE = Api(scope=Scope.WORK, roles=frozenset({"connector"}))
_WIRED = Api(scope=Scope.READ, roles=frozenset({"system_admin", "security_admin", "audit_admin"}))
_WIRE = Api(scope=Scope.ADMINISTER, roles=frozenset({"system_admin"}))
_DRAW, _PUBLISH = Api(scope=Scope.RULE, roles=frozenset({"designer"})), Api(scope=Scope.RULE, roles=DRAWERS)


def _each(admission: Api, room: str, *names: str) -> dict[str, Admission]:
    """Several endpoints of one room."""
    return {f"{room}.{name}": admission for name in names}


PAGES: Mapping[str, Admission] = {
    "static": EVERYBODY,
    "description": EVERYBODY,
    "health.health": EVERYBODY,
    "health.ready": EVERYBODY,
    "sign_in.form": EVERYBODY,
    "document_check.ask": EVERYBODY,
    **{f"progress.{name}": EVERYBODY for name in (
        "ask", "look", "show", "leave", "tasks", "complete", "supply", "supplied", "declaration", "sign", "withdrawal",
        "withdraw", "hand_over", "choose_hand_over", "hearing", "request_hearing", "rating", "rate", "attach", "remove",
        "download")},
    "progress.tablet": AT_THE_WINDOW,
    "progress.principals": frozenset({"agent"}),
    "progress.find": frozenset({"agent"}),
    "ratings.waiting": frozenset({"department_admin", "park_admin"}),
    "ratings.answer": frozenset({"department_admin", "park_admin"}),
    **{f"receipts.{name}": SUPERVISING | WATCHERS for name in ("index", "figures", "figures_sheet")},
    **{f"receipts.{name}": SUPERVISING for name in ("receive", "report")},
    "held_up.open": KEEPERS,
    "held_up.retry": KEEPERS,
    "document_check.check": EVERYBODY,
    "sign_in.enter": EVERYBODY,
    "oidc.begin": EVERYBODY,
    "oidc.arrive": EVERYBODY,
    "sign_in.leave": SIGNED_IN,
    "sign_in.password": SIGNED_IN,
    "sign_in.change_password": SIGNED_IN,
    "account_events.index": frozenset({"audit_admin"}),
    "account_events.unmaskings": frozenset({"audit_admin"}),
    "home.index": SIGNED_IN,
    "help.index": EVERYBODY,
    "help.page": EVERYBODY,
    "counter.queue": WORKERS,
    "counter.counted": WORKERS,
    "counter.search": WORKERS | {"supervisor"},
    "case.show": WORKERS | {"supervisor"},
    "case.unmask": WORKERS | {"supervisor"},
    "case.process": WORKERS | {"supervisor"},
    "case.offers": WORKERS | {"supervisor"},
    "case.of_case": WORKERS | {"supervisor"},
    "case.of_task": WORKERS,
    "case.complete": WORKERS,
    "papers.download": WORKERS | {"supervisor"},
    "papers.printed": WORKERS | {"supervisor"},
    "papers.issue": WORKERS | {"supervisor"},
    "papers.attach": frozenset({"clerk", "agent", "certifier", "reviewer"}),
    "papers.remove": frozenset({"clerk", "agent", "certifier", "reviewer"}),
    "intake.choose": TAKERS,
    "intake.fill_in": TAKERS,
    "intake.open_case": TAKERS,
    **{f"wall.{name}": WATCHERS for name in (
        "board", "now_shown", "list", "export", "case", "explained", "act", "figures", "reentries", "heat", "picture", "digest",
        "cards", "orders")},
    "messages.inbox": WORKERS | WATCHERS,
    "messages.read": WORKERS | WATCHERS,
    **{f"designer.{name}": DRAWERS for name in (
        "library", "process", "version_source", "draft_source", "draft", "take_back", "give_back", "publish")},
    **{f"designer.{name}": frozenset({"designer"}) for name in ("begin", "submit", "drop")},
    **{f"drawing.{name}": DRAWERS for name in ("check", "due", "vocabulary")},
    "drawing.save": frozenset({"designer"}),
    **{f"in_place.{name}": RULERS | WATCHERS for name in ("matrix", "sheet", "workbook")},
    "administration.index": READERS,
    "administration.book": READERS,
    "administration.row": READERS,
    "administration.act": READERS,
    "fragments.account": SIGNED_IN,
    "fragments.account_of_clock": SIGNED_IN,
}
"""The pages."""

API: Mapping[str, Admission] = {
    **_each(_READ, "cases", "list_cases", "get_case"),
    **_each(_WORK, "cases", "open_case", "withdraw", "terminate", "void", "receive_message"),
    **_each(_WORK, "time", "suspend", "pause", "hold", "examine", "resume", "propose_extension", "approve_extension",
            "refuse_extension", "approve_correction", "offer_hearing", "request_hearing", "schedule_hearing", "start_clock"),
    **_each(_READ, "oversight", "list_cards", "list_orders", "list_notifications"),
    **_each(_WORK, "oversight", "remind", "issue_order", "reply_to_order", "return_order", "close_order", "appeal", "uphold",
            "write_off", "exempt", "read_notification"),
    **_each(_READ, "tasks", "list_tasks"),
    **_each(_WORK, "tasks", "complete_task"),
    **_each(_READ, "verbs", "list_returns"),
    **_each(_WORK, "verbs", "claim", "unclaim", "assign", "transfer", "delegate", "resolve", "ask", "answer", "recall",
            "send_back", "take_back", "add_signer", "drop_signer", "copy", "return_case", "certify", "seal", "hand_over",
            "archive"),
    **_each(_READ, "clocks", "list_clocks", "show_board"),
    **_each(_READ, "explain", "explain", "explain_clock"),
    **_each(_READ, "calendar", "get_calendar", "list_changes", "get_change"),
    **_each(_CALENDAR, "calendar", "propose_notice", "propose_closure", "accept", "refuse"),
    **_each(_READ, "rulings", "list_limits", "effective_limits", "list_commitments", "list_policies"),
    **_each(_RULE, "rulings", "enter_limit", "end_limit", "enter_commitment", "end_commitment", "enter_policy", "end_policy"),
    **_each(_READ, "contacts", "list_contacts", "list_gaps"),
    **_each(_RULE, "contacts", "set_contact", "end_contact", "import_contacts"),
    **_each(_READ, "empowerment", "list_rows", "resolve", "get_report"),
    **_each(_RULE, "empowerment", "enter_empowerment", "enter_park_mode", "enter_local_authority", "import_rows", "decide",
            "end"),
    **_each(_READ, "catalogue", "check", "list_entries", "get_entry", "get_history"),
    **_each(_RULE, "catalogue", "set_values", "end_values"),
    **_each(_READ, "decision_lists", "list_lists", "list_versions", "ask_list"),
    **_each(_RULE, "decision_lists", "enter_version", "approve_version", "refuse_version"),
    **_each(_READ, "projects", "list_projects", "get_project", "get_history", "get_promises", "get_verdicts"),
    **_each(_WORK, "projects", "open_project", "change_profile", "give_code", "enter_agreement", "assign_team", "reach_stage",
            "make_plan", "attach_case", "open_ready"),
    **_each(_READ, "documents", "list_documents", "print_document"),
    **_each(_PRINT, "service", "query_code"),
    **_each(_WORK, "service", "sign_declaration", "choose_hand_over", "rate", "answer_rating"),
    **_each(_READ, "uploads", "list_uploads", "get_upload"),
    **_each(_WORK, "uploads", "attach"),
    **_each(_WORK, "documents", "issue_document"),
    **_each(_READ, "assessments", "list_assessments"),
    **_each(_RULE, "assessments", "enter", "end", "import_sheet"),
    **_each(_READ, "brought_in", "find"),
    **_each(_KEEP, "brought_in", "bring_in", "bring_in_sheet"),
    **_each(_WORK, "accepting", "supply", "verify_declaration", "find_unmet", "fail_declaration"),
    **_each(_READ, "accepting", "list_templates", "list_credit"),
    **_each(_RULE, "accepting", "enter_template", "end_template"),
    **_each(_CREDIT, "accepting", "enter_credit", "confirm_credit", "drop_credit", "restore_credit"),
    **_each(_READ, "permits", "list_permits", "list_sorts", "get_permit"),
    **_each(_WORK, "permits", "meet_condition", "extend_condition"),
    **_each(_READ, "people", "list_people", "list_mandates"),
    **_each(_KEEP, "people", "enter_person", "change_person", "grant_role", "end_role"),
    **_each(_WORK, "people", "be_absent", "be_back"),
    **_each(_REGISTER, "people", "enter_mandate"),
    **_each(_WORK, "people", "revoke_mandate"),
    **_each(_READ, "figures", "month_figures", "count_reentries", "export_reentries"),
    **_each(_READ, "linkage", "get_matrix", "get_history", "list_rectifications"),
    **_each(_RULE, "linkage", "enter_check", "import_checks"),
    **_each(_JUDGE, "linkage", "order_rectification", "return_rectification", "close_rectification"),
    **_each(_WORK, "linkage", "reply_to_rectification"),
    **_each(_PUSHED, "pushes", "list_pushes", "show_figures"),
    **_each(_WORK, "pushes", "push_result", "receive_push", "report_finding"),
    **_each(_WORK, "bundles", "retry"),
    **_each(_SHELVED, "library", "list_processes", "get_process", "get_version", "vocabulary"),
    **_each(_SHELVED, "drafts", "list_drafts", "get_draft", "get_source", "check_draft", "differences", "check"),
    **_each(_DRAW, "drafts", "begin", "save", "submit", "drop"),
    **_each(_PUBLISH, "drafts", "take_back", "give_back", "publish"),
    **_each(_DOORS, "accounts", "list_accounts", "get_account"),
    **_each(_KEEP, "accounts", "set_password", "link", "unlink", "issue_token"),
    **_each(_BAR, "accounts", "disable", "enable", "unlock", "revoke_token"),
    **_each(_WIRED, "webhooks", "list_endpoints", "get_endpoint", "list_posts", "list_deliveries", "get_delivery",
            "webhook_schedule"),
    **_each(_WIRE, "webhooks", "enter_endpoint", "change_endpoint", "rotate_secret", "pause_endpoint", "resume_endpoint",
            "retire_endpoint", "test_endpoint", "redrive_endpoint", "subscribe", "end_subscription", "redrive_delivery",
            "dismiss_delivery"),
    **_each(_AUDIT, "audit", "list_events", "list_unmaskings"),
    **_each(_COUNTER, "queues", "count_queues", "list_queue"),
    **_each(_LOOK, "queues", "search"),
    **_each(_TAKE, "taking_in", "list_choices", "get_form"),
    **_each(_LOOK, "taking_in", "get_foreseen", "get_step_form"),
    **_each(_WATCH, "watching", "show_wall", "list_clocks", "export", "get_evidence"),
    **_each(_INBOX, "inbox", "list_inbox"),
    **_each(_NOTE, "inbox", "read_message"),
    **_each(_WATCH, "watching_figures", "show_trend", "show_heat", "get_diagram", "show_digest"),
    **_each(_LOOK, "particulars", "unmask", "get_diagram"),
    **_each(_LOOK, "paper_checks", "list_offered"),
    **_each(_READ, "paper_checks", "check_document"),
    **_each(_ATTACH, "paper_checks", "remove_upload"),
    **_each(_MEND, "paper_checks", "list_waiting"),
    **_each(_READ, "own_progress", "look_up"),
    **_each(_AGENT, "own_progress", "list_principals", "get_principal"),
    **_each(_PLATFORMS, "platforms", "list_platforms", "list_messages", "get_message", "preview_status"),
    **_each(_CONNECTING, "platforms", "issue_secret", "end_secret", "answer_platform"),
    **_each(_KEEP, "platforms", "deliver", "dismiss"),
    **_each(_SERVE, "external_tasks", "fetch_and_lock", "extend_lock", "complete", "fail", "throw"),
    **_each(_CONNECT, "connectors", "list_connectors", "enter", "end"),
    **_each(_LOOK_AT_INCIDENTS, "incidents", "list_incidents"),
    **_each(_RETRY, "incidents", "retry"),
    **_each(_READ, "offers", "list_verbs", "offers_of_task", "offers_of_case"),
}
"""The API. Who is told to what he may do nothing is told so by the duties."""

DEMONSTRATION: Mapping[str, Admission] = {
    f"demo.{name}": EVERYBODY for name in ("welcome", "switch", "arrive", "move", "clock")}
"""The pages that only a demonstration has."""

INCOMING: Mapping[str, Admission] = {f"incoming.{name}": SIGNED for name in ("apply", "call_back")}
"""Where upstream platforms send what they sign."""

ADMITTED: Mapping[str, Admission] = {**PAGES, **API, **INCOMING}
"""Every endpoint, and whom it admits."""


def admission_of(endpoint: str) -> Admission:
    """Whom an endpoint admits. Raises NotAdmitted for one that is not in the table."""
    found = ADMITTED.get(endpoint) or DEMONSTRATION.get(endpoint)
    if found is None:
        raise NotAdmitted("this address", "it is in no list of who may use it; tell whoever runs this server")
    return found


def may(endpoint: str) -> bool:
    """Is whoever looks at this page admitted to another? What is not is not offered."""
    found: Visitor | None = g.get("visitor")
    admission = ADMITTED.get(endpoint)
    if isinstance(admission, frozenset):
        return found is not None and bool(admission & found.roles)
    return admission is EVERYBODY or (admission is SIGNED_IN and found is not None)


def admit_token(endpoint: str, scopes: Iterable[Scope], roles: Iterable[str]) -> None:
    """A token of an account comes to an address of the API. Raises NotAdmitted."""
    admission = admission_of(endpoint)
    if not isinstance(admission, Api):
        raise NotAdmitted("this address", "it is a page, for a browser")
    if admission.scope not in scopes:
        raise NotAdmitted("this address", say("the token needs the scope “{scope}”; issue one that has it",
                                              scope=admission.scope))
    if admission.roles and not admission.roles & frozenset(roles):
        needed = tuple(sorted(admission.roles))
        raise NotAdmitted("this address", say("its account holds none of the roles {roles}; the system administrator "
                                              "系统管理员 grants them", roles=needed), needed)


def admit_visitor(endpoint: str, roles: Iterable[str]) -> None:
    """Somebody who is signed in comes to a page. Raises NotAdmitted."""
    admission = admission_of(endpoint)
    if isinstance(admission, Api):
        raise NotAdmitted("this address", "it is the API's, for programs with a token")
    if isinstance(admission, frozenset) and not admission & frozenset(roles):
        needed = tuple(sorted(admission))
        raise NotAdmitted("this page", say("it is for the roles {roles}; the system administrator 系统管理员 grants them",
                                           roles=needed), needed)
