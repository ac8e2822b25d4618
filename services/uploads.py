"""Files handed in to a case: materials 申请材料 that applicants send or the window scans.

A file is no move of the case: what it means is said by the fact that comes after it (the correction is submitted, materials are
supplied). An applicant hands in what he is asked for and as long as he is; the office as long as the case is open. Who may see
a case is asked at the doors.
"""

from __future__ import annotations

from datetime import datetime
from typing import IO

from sqlalchemy import Connection

from engine.case import Case
from engine.duties import APPLICANT
from engine.errors import Forbidden, InvalidInput, NotFound, Stale
from engine.lifecycle import State
from engine.sentences import say
from services import files as disk
from services.files import Files, Kept
from services.folded import fold_of
from services.store import reading
from services.store import uploads as store
from services.store.uploads import UploadRow

MOST = 200
"""Files of a case."""
_LONGEST_MATERIAL = 200
_ASKED = frozenset({State.RECEIVED, State.CORRECTING})


def attach(
    connection: Connection, files: Files, case: str, material: str, stream: IO[bytes], name: str, by: str, now: datetime, *,
    for_applicant: bool = False,
) -> UploadRow:
    """Keep a file and enter it. `for_applicant`: an agent does, in the applicant's stead. Raises NotFound, Forbidden,
    InvalidInput. Where many come at once, `files.keep` first and `enter` in a transaction after it holds up nobody."""
    return enter(connection, files, case, material, disk.keep(files, stream, name), by, now, for_applicant=for_applicant)


def enter(
    connection: Connection, files: Files, case: str, material: str, kept: Kept, by: str, now: datetime, *,
    for_applicant: bool = False, version: int | None = None,
) -> UploadRow:
    """Enter a file that is kept as one of the case's. `version`: of the case as it was read, None to accept any. Raises as
    `attach`, and Stale."""
    row = reading.load_case(connection, case)
    if row is None:
        raise NotFound("case", case)
    if version not in (None, row.version):
        raise Stale(case, version, row.version)
    guard(fold_of(row), is_applicants=for_applicant or by == APPLICANT)
    count, size = store.size_of(connection, row.id)
    if count >= MOST or size + kept.size > files.largest_case:
        raise InvalidInput("file.most", say(
            "the files of a case are at most {most}, and {megabytes} MB together; there are {count}: remove what is not "
            "needed, or hand the rest in at the window", most=MOST, megabytes=files.largest_case // disk.MEGABYTE, count=count))
    return store.insert_upload(connection, UploadRow(
        id=0, case_id=row.id, material=_material(material), name=kept.name, media_type=kept.media_type, size=kept.size,
        sha256=kept.sha256, by=by, at=now, removed_at=None))


def guard(case: Case, *, is_applicants: bool) -> None:
    """May a file be handed in now? Raises Forbidden."""
    if case.ended_at is not None:
        raise Forbidden("upload", say("case {case} has ended; nothing is handed in to it any more", case=case.number))
    if is_applicants and case.state not in _ASKED and case.supply is None:
        raise Forbidden("upload", say(
            "nothing is asked of the applicant in case {case}, which is {state}", case=case.number, state=case.state))


def of_case(connection: Connection, case_id: int) -> list[UploadRow]:
    """The files of a case, in the order they came."""
    return store.of_case(connection, case_id)


def found(connection: Connection, case_id: int, id: int) -> UploadRow:
    """One file of a case. Raises NotFound."""
    row = store.upload(connection, case_id, id)
    if row is None:
        raise NotFound("upload", str(id), "list those of the case")
    return row


def remove(
    connection: Connection, case: str, id: int, by: str, now: datetime, *, for_applicant: bool = False,
) -> None:
    """Whoever has handed a file in by mistake takes it back, as long as he might hand in another. Raises NotFound,
    Forbidden."""
    held = reading.load_case(connection, case)
    if held is None:
        raise NotFound("case", case)
    row = found(connection, held.id, id)
    if row.by != by:
        raise Forbidden("remove", say("file {id} was handed in by {by}, who alone takes it back", id=id, by=row.by))
    guard(fold_of(held), is_applicants=for_applicant or by == APPLICANT)
    store.remove(connection, id, now)


def _material(material: str) -> str:
    kept = material.strip()
    if not kept or len(kept) > _LONGEST_MATERIAL or not kept.isprintable():
        raise InvalidInput("material", say(
            "expected the name of a material, of 1 to {most} printable characters", most=_LONGEST_MATERIAL))
    return kept
