"""Which use case a verb is: the table of `engine.verbs` joined to the rooms that do it.

Whoever gives commands by name (a page, a program, a test) gives them here, so that a verb of the table without a use case
cannot be overlooked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Connection

from services import (
    accepting,
    asking,
    assigning,
    bundles,
    cases,
    closing,
    oversight,
    ratings,
    returning,
    signing,
    supervising,
    timekeeping,
)
from services.acting import Command, Stepped, TaskCommand
from services.office import Office

UseCase: TypeAlias = Callable[..., Stepped]


def _complete(
    connection: Connection, office: Office, command: TaskCommand, *, outcome: str | None,
    data: Mapping[str, object] | None = None,
) -> Stepped:
    return cases.complete_task(connection, office, cases.Completion(
        task=command.task, outcome=outcome, data=data or {}, by=command.by, version=command.version), now=command.now)


def _asking(kind: str) -> UseCase:
    def ask(
        connection: Connection, office: Office, command: TaskCommand, *, asked: list[tuple[str, str | None]], text: str,
        due_on: date | None = None,
    ) -> Stepped:
        return asking.ask(connection, office, command, kind=kind, asked=asked, text=text, due_on=due_on)

    return ask


OF_TASKS: Mapping[str, UseCase] = {
    "claim": assigning.claim, "unclaim": assigning.unclaim, "assign": assigning.assign, "transfer": assigning.transfer,
    "delegate": assigning.delegate, "resolve": assigning.resolve, "complete_task": _complete, "consult": _asking("consult"),
    "inspection": _asking("inspection"), "distribution": _asking("distribution"), "answer": asking.answer,
    "recall": asking.recall, "answer_rating": ratings.answer_rating, "send_back": returning.send_back,
    "send_straight": returning.send_straight, "take_back": returning.take_back, "add_signer": signing.add,
    "drop_signer": signing.drop,
}
"""Given to one task."""

OF_CASES: Mapping[str, UseCase] = {
    "copy": asking.copy, "receive_message": cases.receive_message, "return_to_applicant": cases.return_to_applicant,
    "withdraw": cases.withdraw, "terminate": cases.terminate, "void": cases.void, "certify": closing.certify,
    "seal": closing.seal, "hand_over": closing.hand_over, "archive": closing.archive, "suspend": timekeeping.suspend,
    "pause": timekeeping.pause, "hold": timekeeping.hold, "examine": timekeeping.examine,
    "resume_case": timekeeping.resume_case, "approve_correction": timekeeping.approve_correction,
    "propose_extension": timekeeping.propose_extension, "approve_extension": timekeeping.approve_extension,
    "refuse_extension": timekeeping.refuse_extension, "offer_hearing": timekeeping.offer_hearing,
    "request_hearing": timekeeping.request_hearing, "schedule_hearing": timekeeping.schedule_hearing,
    "start_clock": timekeeping.start_clock, "ask_again": bundles.ask_again, "remind": oversight.remind,
    "issue_order": oversight.issue_order, "reply_to_order": oversight.reply_to_order, "return_order": oversight.return_order,
    "close_order": oversight.close_order, "appeal": oversight.appeal, "uphold": oversight.uphold,
    "write_off": oversight.write_off, "exempt": oversight.exempt, "supply": accepting.supply,
    "sign_declaration": accepting.sign_declaration, "choose_hand_over": closing.choose_hand_over, "rate": ratings.rate,
    "verify_declaration": accepting.verify_declaration, "find_unmet": accepting.find_unmet,
    "fail_declaration": accepting.fail_declaration, "push_result": supervising.push_result,
    "receive_push": supervising.receive_push, "report_finding": supervising.report_finding,
}
"""Given to a case."""


def give(
    connection: Connection, office: Office, name: str, command: Command | TaskCommand, given: Mapping[str, Any],
) -> Stepped:
    """Do a verb by its name, with what its use case asks for. Raises what the use case raises."""
    use_case = OF_TASKS[name] if isinstance(command, TaskCommand) else OF_CASES[name]
    return use_case(connection, office, command, **given)
