"""Everything a page can do, a program can do too: each page, each act of a book and each verb has its address in the API, or a
reason why only a browser needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from engine.verbs import VERBS
from services.web.admission import API, DEMONSTRATION, PAGES
from services.web.books import BOOKS


@dataclass(frozen=True)
class OfABrowser:
    """Why a page has no address in the API."""

    reason: str


_SIGNING_IN = OfABrowser("a visit is a cookie of a browser; a program bears a token")
_HELP = OfABrowser("text for people to read")
_FORM = OfABrowser("only shows the form of what another address does")

SAME: Mapping[str, str | tuple[str, ...] | OfABrowser] = {
    "static": OfABrowser("scripts, styles and pictures of the pages"),
    "description": OfABrowser("the description of the API itself, open like the health check"),
    **dict.fromkeys(("health.health", "health.ready"), OfABrowser("open to whoever watches the server, without a token")),
    "home.index": OfABrowser("leads to the first page of somebody's menu"),
    "help.index": _HELP, "help.page": _HELP,
    **{f"sign_in.{name}": _SIGNING_IN for name in ("form", "enter", "leave", "password", "change_password")},
    "oidc.begin": _SIGNING_IN, "oidc.arrive": _SIGNING_IN,
    # the counter
    "counter.queue": ("queues.list_queue", "queues.count_queues"), "counter.counted": "queues.count_queues",
    "counter.search": "queues.search",
    "intake.choose": "taking_in.list_choices", "intake.fill_in": "taking_in.get_form", "intake.open_case": "cases.open_case",
    # a case
    "case.show": ("cases.get_case", "tasks.list_tasks", "taking_in.get_foreseen", "taking_in.get_step_form",
                  "documents.list_documents", "paper_checks.list_offered", "uploads.list_uploads", "service.query_code"),
    "case.unmask": "particulars.unmask", "case.process": "particulars.get_diagram",
    "case.offers": ("offers.offers_of_case", "offers.offers_of_task"), "case.complete": "tasks.complete_task",
    "case.of_case": "offers.list_verbs", "case.of_task": ("offers.list_verbs", "verbs.list_returns"),  # each verb: see below
    "papers.attach": "uploads.attach", "papers.remove": "paper_checks.remove_upload", "papers.download": "uploads.get_upload",
    "papers.issue": "documents.issue_document", "papers.printed": "documents.print_document",
    "document_check.ask": "paper_checks.check_document", "document_check.check": "paper_checks.check_document",
    "fragments.account": "explain.explain", "fragments.account_of_clock": "explain.explain_clock",
    # the supervisor
    "wall.board": "watching.show_wall", "wall.now_shown": "watching.show_wall", "wall.list": "watching.list_clocks",
    "wall.export": "watching.export", "wall.case": "watching.get_evidence", "wall.explained": "explain.explain_clock",
    "wall.act": ("oversight.remind", "oversight.issue_order", "oversight.return_order", "oversight.close_order",
                 "oversight.uphold", "oversight.write_off", "oversight.exempt"),
    "wall.figures": ("watching_figures.show_trend", "figures.month_figures", "figures.count_reentries"),
    "wall.reentries": "figures.export_reentries", "wall.heat": "watching_figures.show_heat",
    "wall.picture": "watching_figures.get_diagram", "wall.digest": "watching_figures.show_digest",
    "wall.cards": "oversight.list_cards", "wall.orders": "oversight.list_orders", "messages.inbox": "inbox.list_inbox",
    "messages.read": "inbox.read_message",
    # the drawing board
    "designer.library": ("library.list_processes", "drafts.list_drafts"), "designer.process": "library.get_process",
    "designer.version_source": "library.get_version", "designer.draft_source": "drafts.get_source",
    "designer.begin": "drafts.begin", "designer.draft": ("drafts.get_draft", "drafts.check_draft", "drafts.differences"),
    "designer.submit": "drafts.submit", "designer.take_back": "drafts.take_back", "designer.give_back": "drafts.give_back",
    "designer.publish": "drafts.publish", "designer.drop": "drafts.drop", "drawing.save": "drafts.save",
    "drawing.check": "drafts.check", "drawing.due": "explain.explain", "drawing.vocabulary": "library.vocabulary",
    # the applicant and his agent
    "progress.ask": _FORM, "progress.look": "own_progress.look_up", "progress.show": "own_progress.look_up",
    "progress.leave": OfABrowser("takes the cookie of a query code away"),
    "progress.tablet": OfABrowser("turns the screen at the window round for a rating"),
    "progress.tasks": "own_progress.look_up", "progress.complete": "tasks.complete_task", "progress.supply": _FORM,
    "progress.supplied": "accepting.supply", "progress.declaration": "own_progress.look_up",
    "progress.sign": "service.sign_declaration", "progress.withdrawal": _FORM, "progress.withdraw": "cases.withdraw",
    "progress.hand_over": _FORM, "progress.choose_hand_over": "service.choose_hand_over", "progress.hearing": _FORM,
    "progress.request_hearing": "time.request_hearing", "progress.rating": _FORM, "progress.rate": "service.rate",
    "progress.attach": "uploads.attach", "progress.remove": "paper_checks.remove_upload",
    "progress.download": "uploads.get_upload", "progress.principals": "own_progress.list_principals",
    "progress.find": "own_progress.get_principal",
    **dict.fromkeys(("in_place.matrix", "in_place.sheet", "in_place.workbook"), "linkage.get_matrix"),
    "receipts.index": "pushes.list_pushes", "receipts.receive": "pushes.receive_push",
    "receipts.report": "pushes.report_finding",
    "receipts.figures": "pushes.show_figures", "receipts.figures_sheet": "pushes.show_figures",
    "held_up.open": "incidents.list_incidents", "held_up.retry": "incidents.retry",
    "ratings.waiting": "paper_checks.list_waiting", "ratings.answer": "service.answer_rating",
    # the office
    "administration.index": OfABrowser("the headings of the books, each of which is below"),
    "administration.book": OfABrowser("each book is below"), "administration.row": OfABrowser("each book is below"),
    "administration.act": OfABrowser("each act of each book is below"),
    "account_events.index": "audit.list_events", "account_events.unmaskings": "audit.list_unmaskings",
}
"""Each page, and what of the API does the same."""

_CATALOGUE = {"enter": "catalogue.set_values", "set": "catalogue.set_values", "restore": "catalogue.set_values",
              "end": "catalogue.end_values"}
_CATALOGUE_READ = ("catalogue.list_entries", "catalogue.get_entry", "catalogue.get_history")

READING: Mapping[str, tuple[str, ...]] = {
    "people": ("people.list_people",), "accounts": ("accounts.list_accounts", "accounts.get_account"),
    "contacts": ("contacts.list_contacts", "contacts.list_gaps"), "mandates": ("people.list_mandates",),
    **dict.fromkeys(("matters", "bundles", "supervision", "parks", "departments", "systems"), _CATALOGUE_READ),
    "limits": ("rulings.list_limits",), "commitments": ("rulings.list_commitments",), "policies": ("rulings.list_policies",),
    "calendar": ("calendar.get_calendar", "calendar.list_changes", "calendar.get_change"),
    "empowerment": ("empowerment.list_rows", "empowerment.get_report"),
    "lists": ("decision_lists.list_lists", "decision_lists.list_versions"), "assessments": ("assessments.list_assessments",),
    "linkage": ("linkage.get_matrix", "linkage.get_history"), "rectifications": ("linkage.list_rectifications",),
    "undertakings": ("accepting.list_templates",), "credit": ("accepting.list_credit",),
    "endpoints": ("webhooks.list_endpoints", "webhooks.get_endpoint", "webhooks.list_posts", "webhooks.webhook_schedule"),
    "dead_letters": ("webhooks.list_deliveries", "webhooks.get_delivery"),
    "platforms": ("platforms.list_platforms",), "platform_messages": ("platforms.list_messages", "platforms.get_message"),
    "connectors": ("connectors.list_connectors",),
}
"""Each book of the office, and where its rows and their history are read."""

DOING: Mapping[str, Mapping[str, str]] = {
    "people": {"enter": "people.enter_person", "grant": "people.grant_role", "end_role": "people.end_role",
               "absent": "people.be_absent", "back": "people.be_back", "change": "people.change_person"},
    "accounts": {"password": "accounts.set_password", "disable": "accounts.disable", "enable": "accounts.enable",
                 "unlock": "accounts.unlock", "issue": "accounts.issue_token",
                 "link": "accounts.link", "unlink": "accounts.unlink", "revoke": "accounts.revoke_token"},
    "platforms": {"issue": "platforms.issue_secret", "end": "platforms.end_secret", "answer": "platforms.answer_platform"},
    "platform_messages": {"deliver": "platforms.deliver", "dismiss": "platforms.dismiss"},
    "connectors": {"enter": "connectors.enter", "change": "connectors.enter", "renew": "connectors.enter",
                   "end": "connectors.end"},
    "contacts": {"enter": "contacts.set_contact", "replace": "contacts.set_contact", "end": "contacts.end_contact"},
    "mandates": {"enter": "people.enter_mandate", "revoke": "people.revoke_mandate"},
    **dict.fromkeys(("matters", "bundles", "parks", "departments", "systems"), _CATALOGUE),
    "supervision": {"assign": "catalogue.set_values", "withdraw": "catalogue.set_values"},
    "limits": {"enter": "rulings.enter_limit", "ask": "rulings.effective_limits", "replace": "rulings.enter_limit",
               "end": "rulings.end_limit"},
    "commitments": {"enter": "rulings.enter_commitment", "end": "rulings.end_commitment"},
    "policies": {"enter": "rulings.enter_policy", "replace": "rulings.enter_policy", "end": "rulings.end_policy"},
    "calendar": {"notice": "calendar.propose_notice", "closure": "calendar.propose_closure", "accept": "calendar.accept",
                 "refuse": "calendar.refuse"},
    "empowerment": {"enter": "empowerment.enter_empowerment", "enter_mode": "empowerment.enter_park_mode",
                    "enter_authority": "empowerment.enter_local_authority", "upload": "empowerment.import_rows",
                    "decide_batch": "empowerment.decide", "approve": "empowerment.decide", "refuse": "empowerment.decide",
                    "end": "empowerment.end"},
    "lists": {"enter": "decision_lists.enter_version", "approve": "decision_lists.approve_version",
              "refuse": "decision_lists.refuse_version"},
    "assessments": {"enter": "assessments.enter", "upload": "assessments.import_sheet", "end": "assessments.end"},
    "linkage": {"upload": "linkage.import_checks", "record": "linkage.enter_check", "order": "linkage.order_rectification"},
    "rectifications": {"reply": "linkage.reply_to_rectification", "send_back": "linkage.return_rectification",
                       "close": "linkage.close_rectification"},
    "undertakings": {"enter": "accepting.enter_template", "replace": "accepting.enter_template",
                     "end": "accepting.end_template"},
    "credit": {"enter": "accepting.enter_credit", "confirm": "accepting.confirm_credit", "drop": "accepting.drop_credit",
               "restore": "accepting.restore_credit"},
    "endpoints": {"enter": "webhooks.enter_endpoint", "subscribe": "webhooks.subscribe",
                  "unsubscribe": "webhooks.end_subscription", "test": "webhooks.test_endpoint",
                  "rotate": "webhooks.rotate_secret", "change": "webhooks.change_endpoint", "pause": "webhooks.pause_endpoint",
                  "resume": "webhooks.resume_endpoint", "retire": "webhooks.retire_endpoint"},
    "dead_letters": {"redrive_all": "webhooks.redrive_endpoint", "redrive": "webhooks.redrive_delivery",
                     "dismiss": "webhooks.dismiss_delivery"},
}
"""Each act of each book, and what of the API does the same."""

OTHERWISE_NAMED = {
    "consult": "verbs.ask", "inspection": "verbs.ask", "distribution": "verbs.ask", "send_straight": "verbs.send_back",
    "return_to_applicant": "verbs.return_case", "resume_case": "time.resume", "ask_again": "bundles.retry",
}
"""Verbs whose address has another name than they have."""


def test_every_page_has_its_address_or_a_reason_and_no_other_is_named() -> None:
    assert set(SAME) == set(PAGES)
    assert not set(SAME) & set(DEMONSTRATION)  # the bar of the demonstration switches between its people


def test_every_book_can_be_read_and_every_act_of_it_done() -> None:
    assert set(READING) == set(BOOKS)
    assert {name: set(acts) for name, acts in DOING.items()} == {
        name: {act.name for act in book.acts} for name, book in BOOKS.items()}


@pytest.mark.parametrize("endpoint", sorted({
    *(name for same in SAME.values() if not isinstance(same, OfABrowser)
      for name in ((same,) if isinstance(same, str) else same)),
    *(name for names in READING.values() for name in names), *(name for acts in DOING.values() for name in acts.values()),
    *OTHERWISE_NAMED.values()}))
def test_what_is_named_exists(endpoint: str) -> None:
    assert endpoint in API


def test_every_verb_that_a_page_gives_has_its_address() -> None:
    named = {endpoint.partition(".")[2] for endpoint in API}

    assert {verb for verb in VERBS if verb not in named} == set(OTHERWISE_NAMED)


def test_a_reason_says_something() -> None:
    assert all(same.reason for same in SAME.values() if isinstance(same, OfABrowser))
