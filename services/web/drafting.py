"""What the drawing board's pages and the API do alike: who draws, what the gate says of a content, what a draft begins from.

What a draft is and who may do what with it is decided by `services.drafts`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from sqlalchemy import Connection

from engine.case import local_day
from engine.definitions.check import load as read_definition
from engine.definitions.diagnostic import Diagnostic
from engine.definitions.differences import Difference, differences
from engine.errors import InvalidInput, NotFound
from engine.sentences import quoted
from services import drafts, people
from services.database import reading as read
from services.drafts import Began, Checked, Hand, Origin, State
from services.gate.door import Gate
from services.gate.messages import Request
from services.store import reading
from services.store.drafts import DraftRow
from services.store.rows import DefinitionRow
from services.web.door import door, now

_GATE = "jiban_gate"
_PROCESS = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
_UNREADABLE = frozenset({"unreadable", "too_large", "not_xml", "not_bpmn", "document_type", "too_slow", "too_hungry",
                         "crashed"})


class Unreadable(InvalidInput):
    """No draft begins from a content that cannot be read: `finding` says why."""

    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding
        super().__init__("xml", quoted(finding.message))


def hand(by: str) -> Hand:
    """Who acts in this request, among the people of the office as they are now."""
    with read(door().database) as connection:
        door().office.refresh(connection)
    return Hand(people=door().office.people, by=by, now=now(), catalogue=door().office.catalogue)


def gate() -> Gate:
    """The child that reads what people draw and bring, started when it is first asked."""
    kept = current_app.extensions.setdefault(_GATE, Gate(door().office.shelf))
    assert isinstance(kept, Gate)
    return kept


def checked(source: bytes) -> Checked:
    """What the gate says about a content. Raises GateUnavailable."""
    return Checked(sha256=drafts.digest_of(source), answer=gate().ask(Request(file="draft.bpmn", data=source)))


def checked_draft(draft_id: int) -> Checked:
    """What the gate says of a draft, asked before the transaction begins: a slow file holds nobody up. Raises NotFound."""
    with read(door().database) as connection:
        source = drafts.found(connection, draft_id).source
    return checked(source)


def process_of(found: Checked) -> str:
    """The process a content draws; "" when it cannot be read."""
    return found.answer.drawn[0][:200] if found.answer.drawn else ""


def empty(process: str, title: str) -> Began:
    """A new process of one task. Raises InvalidInput."""
    if not _PROCESS.fullmatch(process):
        raise InvalidInput("process", "a lower-case letter, then letters, digits and _")
    if not title.strip():
        raise InvalidInput("title", "expected 1 to 200 printable characters")
    source = render_template("designer/empty.xml", process=process, name=" ".join(title.split())).encode()
    return Began(origin=Origin.EMPTY, name="", source=source)


def from_version(definition_id: int) -> tuple[Began, str]:
    """A version as it was published, and the name of its process. Raises NotFound."""
    with read(door().database) as connection:
        row = reading.definition(connection, definition_id)
    return Began(origin=Origin.VERSION, name=f"{row.process} {row.version}", source=row.source), row.name


def shelf_files() -> list[str]:
    """The diagrams that came with this release."""
    return sorted(path.name for path in door().office.shelf.glob("*.bpmn"))


def from_shelf(file: str) -> Began:
    """A diagram of the shelf, by the name of its file. Raises NotFound."""
    if file not in shelf_files():
        raise NotFound("shelf diagram", file)
    return Began(origin=Origin.SHELF, name=file, source=(door().office.shelf / file).read_bytes())


def from_file(name: str, source: bytes) -> Began:
    """A file somebody has brought, by the name it had with him."""
    kept = "".join(each for each in name.replace("\\", "/").rsplit("/")[-1] if each.isprintable())[:200]
    return Began(origin=Origin.UPLOAD, name=kept, source=source)


def readable(began: Began) -> Checked:
    """What the gate says of what a draft is begun from, which may have errors. Raises Unreadable."""
    found = checked(began.source)
    if not found.answer.drawn and any(each.code in _UNREADABLE for each in found.errors):
        raise Unreadable(found.errors[0])
    return found


def compared(before: DefinitionRow | None, row: DraftRow, verdict: str) -> tuple[Difference, ...] | None:
    """What a draft says differently from the newest version of its process; None: there is none, or the draft has become it, or
    has not passed the gate: only what has is read on this side of it."""
    if before is None or verdict != "deployable" or row.state == State.PUBLISHED.value:
        return None
    return differences(read_definition(before.source, file=before.file), read_definition(row.source, file="draft.bpmn"))


def vocabulary(connection: Connection) -> dict[str, Any]:
    """What diagrams are drawn with: forms of the shelf, roles, deployed processes, departments, systems; and the day."""
    office = door().office
    return {
        "forms": [{"id": path.name, "name": _form_name(path)} for path in sorted((office.shelf / "forms").glob("*.json"))],
        "roles": [{"id": id, "name": name} for id, name in people.ROLES.items()],
        "processes": [{"id": row.process, "name": row.name} for row in reading.latest_definitions(connection)],
        "departments": sorted(each.name for each in office.catalogue.departments.values()),
        "systems": [{"id": each.code, "name": each.name} for each in office.catalogue.systems.values()],
        "today": local_day(now()).isoformat()}


def _form_name(path: Path) -> str:
    """The title of a form; its file name when it has none or cannot be read."""
    try:
        return str(json.loads(path.read_bytes()).get("title") or path.stem)
    except (OSError, ValueError, AttributeError):
        return path.stem
