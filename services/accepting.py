"""What people do about an undertaking: supply what was missing 补齐, verify what was declared 核查.

Each command tells one fact, whose guard stands in `engine.accepting`; clocks, the annulling of a permit and the proposal for
the credit register follow from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from engine import accepting
from services.acting import Command, Stepped, move
from services.office import Office


def supply(
    connection: Connection, office: Office, command: Command, *, materials: Sequence[str], role: str = "",
) -> Stepped:
    """补齐: missing materials have come. After the supply period `role` is the approver's."""
    return move(connection, office, command, "supply", lambda chapter: accepting.supply(
        chapter.case, names=materials, role=role, by=chapter.by, now=chapter.now))


def verify_declaration(connection: Connection, office: Office, command: Command, *, findings: str) -> Stepped:
    """核查属实: what was declared holds."""
    return move(connection, office, command, "verify_declaration", lambda chapter: accepting.verified(
        chapter.case, findings=findings))


def find_unmet(connection: Connection, office: Office, command: Command, *, findings: str, document: str) -> Stepped:
    """限期整改: what was declared is not yet met; the applicant was told to mend it."""
    return move(connection, office, command, "find_unmet", lambda chapter: accepting.unmet(
        chapter.case, findings=findings, document=document))


def fail_declaration(connection: Connection, office: Office, command: Command, *, findings: str) -> Stepped:
    """承诺不实: the permit is to be annulled, the applicant proposed for the credit register."""
    return move(connection, office, command, "fail_declaration", lambda chapter: accepting.failed(
        chapter.case, findings=findings))
