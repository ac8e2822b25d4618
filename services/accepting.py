"""What people do about an undertaking: sign a declaration 告知承诺, supply what was missing 补齐, verify what was declared
核查.

Each command tells one fact, whose guard stands in `engine.accepting`; clocks, the annulling of a permit and the proposal for
the credit register follow from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from engine import accepting
from engine.accepting import Signature
from engine.duties import APPLICANT, Deed
from engine.events import Fact
from services import undertakings
from services.acting import Command, Stepped, mandate_for, move
from services.chapter import Chapter
from services.office import Office


def supply(
    connection: Connection, office: Office, command: Command, *, materials: Sequence[str], role: str = "",
) -> Stepped:
    """补齐: missing materials have come, from the applicant, his agent, or through the window. After the supply period `role`
    is the approver's; an applicant has none."""
    def fact(chapter: Chapter) -> Fact:
        mandate = mandate_for(chapter, command.by, Deed.SUPPLY, "supply")
        is_for_himself = mandate or command.by == APPLICANT
        return accepting.supply(chapter.case, names=materials, role="" if is_for_himself else role, by=chapter.by,
                                now=chapter.now, mandate=mandate)

    return move(connection, office, command, "supply", fact)


def sign_declaration(connection: Connection, office: Office, command: Command, *, signer: str, digest: str) -> Stepped:
    """签署告知承诺: the applicant, or an agent whose mandate says so, signs the text in force before acceptance. `digest`: of
    the text that was read."""
    def fact(chapter: Chapter) -> Fact:
        mandate = mandate_for(chapter, command.by, Deed.DECLARE, "sign")
        signature = Signature(signer=signer, is_agent=bool(mandate), mandate=mandate, may_sign=True)
        return undertakings.sign(connection, chapter.case, chapter.data, signature, digest=digest, now=chapter.now)

    return move(connection, office, command, "sign_declaration", fact)


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
