"""Drafts of diagrams 流程草稿: drawn by one person, published by another (设计≠发布, domain rules §6).

Decides who may do what with a draft, what its states are, and that nobody publishes what his own hands have drawn, under
whichever of his accounts. It does not know how a file is checked: whoever submits or publishes brings the answer of the gate
about exactly this content.

::

    created ──► drawing ◄──────── returned ◄─┐ with a reason
                   │ saved: with errors too   │
                   ├──submitted: without errors──► submitted ──► published: the next version of its process, for good
                   └──dropped                          └─taken back by whoever drew it──► drawing

A save names the version it began from; when somebody else has saved meanwhile it is refused, and says who. Going back to an
earlier version is a draft made from it, published like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hashlib import sha256

from sqlalchemy import Connection

from engine.case import local_day
from engine.catalogue import Catalogue
from engine.catalogue_checks import require_supervisor
from engine.definitions.diagnostic import Diagnostic, Severity
from engine.duties import People, Work, require_role
from engine.errors import Forbidden, InvalidInput, NotFound, Stale
from engine.sentences import say
from services import deployments
from services.deployments import Deployed
from services.gate.messages import Answer
from services.store import drafts as store
from services.store import reading, writing
from services.store.drafts import DraftRow, EventRow

DESIGNER, LEGAL_OFFICER = "designer", "legal_officer"
MOST_BYTES = 768 * 1024
"""Of a draft: a request of a page holds it as a text of JSON. The largest diagram of the shelf is a sixth of it."""

_MOST_REASON = 1000


class State(Enum):
    """Where a draft stands. The values are stored."""

    DRAWING = "drawing"  # 起草中
    SUBMITTED = "submitted"  # 待审核
    RETURNED = "returned"  # 已退回修改: drawn on
    PUBLISHED = "published"  # 已发布: never changed again
    DROPPED = "dropped"  # 已作废


DRAWN_ON = frozenset({State.DRAWING, State.RETURNED})
"""In which a draft may be saved, submitted and dropped."""


class Origin(Enum):
    """What a draft began from. The values are stored."""

    EMPTY = "empty"
    SHELF = "shelf"
    VERSION = "version"
    UPLOAD = "upload"


class Refused(Forbidden):
    """A draft is not in the state, or not in the hands, for a command. `code`: not_drawn_on | not_submitted | same_hands |
    has_errors | already_there."""

    def __init__(self, code: str, command: str, reason: str) -> None:
        self.code = code
        super().__init__(command, reason)


class SavedMeanwhile(Stale):
    """Somebody else has saved the draft since it was read: `by` at `at`."""

    def __init__(self, row: DraftRow, expected: int) -> None:
        self.by, self.at = row.changed_by, row.changed_at
        super().__init__(say("draft {draft}", draft=row.id), expected, row.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the gate said about a content. `sha256`: of that content."""

    sha256: str
    answer: Answer

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Why it cannot be published."""
        return tuple(each for each in self.answer.diagnostics if each.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """What a draft is begun from: its content, and the file or version it was taken from, as people know it."""

    origin: Origin
    name: str
    source: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who acts, and when, among which people; `catalogue`: of the office, which says who supervises what a process permits."""

    people: People
    by: str
    now: datetime
    catalogue: Catalogue = field(default_factory=Catalogue)

    @property
    def natural(self) -> str:
        """The natural person."""
        return self.people.natural(self.by)


def create(connection: Connection, hand: Hand, began: Began, *, title: str, process: str) -> DraftRow:
    """Begin a draft. `process`: what its file says it draws, "" when it cannot be read. Raises Forbidden, InvalidInput."""
    _admit(hand, DESIGNER, process, "draw")
    row = DraftRow(
        id=writing.next_number(connection, "draft"), process=process, name=_title(title), state=State.DRAWING.value,
        source=_bounded(began.source), sha256=digest_of(began.source), version=1, origin=began.origin.value,
        origin_name=began.name[:500], drawn_by=hand.by, drawn_at=hand.now, changed_by=hand.by, changed_at=hand.now,
        definition_id=None)
    store.insert_draft(connection, row)
    _tell(connection, hand, row, "created")
    return row


def save(
    connection: Connection, hand: Hand, draft_id: int, source: bytes, *, version: int, title: str, process: str,
) -> DraftRow:
    """Keep what was drawn, with errors too. `version`: of the draft, when the drawing began. Raises NotFound, SavedMeanwhile,
    Forbidden, InvalidInput."""
    row = found(connection, draft_id)
    for each in (row.process, process):
        _admit(hand, DESIGNER, each, "save")
    _require_drawn_on(row, "save")
    return _change(connection, hand, row, version, "saved", source=_bounded(source), sha256=digest_of(source),
                   name=_title(title), process=process)


def submit(connection: Connection, hand: Hand, draft_id: int, checked: Checked, *, version: int) -> DraftRow:
    """Hand a draft to the legal officer 法制审核员. Raises NotFound, SavedMeanwhile, Forbidden while it has errors."""
    row = found(connection, draft_id)
    _admit(hand, DESIGNER, row.process, "submit")
    _require_drawn_on(row, "submit")
    _require_sound(row, checked, "submit", version)
    return _change(connection, hand, row, version, "submitted", state=State.SUBMITTED.value)


def take_back(connection: Connection, hand: Hand, draft_id: int, *, version: int) -> DraftRow:
    """Whoever draws takes a submitted draft back to draw on. Raises NotFound, SavedMeanwhile, Forbidden."""
    row = found(connection, draft_id)
    _admit(hand, DESIGNER, row.process, "take back")
    _require_submitted(row, "take back")
    return _change(connection, hand, row, version, "taken_back", state=State.DRAWING.value)


def give_back(connection: Connection, hand: Hand, draft_id: int, reason: str, *, version: int) -> DraftRow:
    """The legal officer returns a submitted draft 退回修改 with a reason. Raises NotFound, SavedMeanwhile, Forbidden,
    InvalidInput."""
    row = found(connection, draft_id)
    _admit(hand, LEGAL_OFFICER, row.process, "return")
    _require_submitted(row, "return")
    _require_other_hands(connection, hand, row, "return")
    return _change(connection, hand, row, version, "returned", reason=_reason(reason), state=State.RETURNED.value)


def publish(connection: Connection, hand: Hand, draft_id: int, checked: Checked, *, version: int) -> tuple[DraftRow, Deployed]:
    """The legal officer publishes a submitted draft: the next version of its process, on which new cases run. Raises NotFound,
    SavedMeanwhile, Forbidden for whoever has drawn on it and while nobody supervises what it permits, DefinitionError."""
    row = found(connection, draft_id)
    _admit(hand, LEGAL_OFFICER, row.process, "publish")
    _require_submitted(row, "publish")
    _require_other_hands(connection, hand, row, "publish")
    _require_sound(row, checked, "publish", version)
    require_supervisor(hand.catalogue, row.process, "publish")
    writing.next_number(connection, "draft")  # publications take turns: else two became the same version
    deployed = deployments.publish(connection, f"{row.process}.bpmn", row.source, now=hand.now)
    if not deployed.is_new:
        raise Refused("already_there", "publish", say(
            "version {version} of {process} says exactly this already; return the draft, or drop it", version=deployed.version,
            process=deployed.process))
    definition = reading.latest_definition(connection, deployed.process)
    assert definition is not None
    kept = _change(connection, hand, row, version, "published", state=State.PUBLISHED.value, process=deployed.process,
                   definition_id=definition.id)
    return kept, deployed


def drop(connection: Connection, hand: Hand, draft_id: int, *, version: int) -> DraftRow:
    """A draft is given up; its history stays. Raises NotFound, SavedMeanwhile, Forbidden."""
    row = found(connection, draft_id)
    _admit(hand, DESIGNER, row.process, "drop")
    _require_drawn_on(row, "drop")
    return _change(connection, hand, row, version, "dropped", state=State.DROPPED.value)


def found(connection: Connection, draft_id: int) -> DraftRow:
    """A draft. Raises NotFound."""
    row = store.draft(connection, draft_id)
    if row is None:
        raise NotFound("draft", str(draft_id))
    return row


def digest_of(source: bytes) -> str:
    """What a content is known by."""
    return sha256(source).hexdigest()


def may_publish(connection: Connection, hand: Hand, draft_id: int) -> str:
    """Why this person may not publish this draft; "" when he may. Nothing is changed."""
    row = found(connection, draft_id)
    try:
        _admit(hand, LEGAL_OFFICER, row.process, "publish")
        _require_other_hands(connection, hand, row, "publish")
    except Forbidden as refusal:
        return refusal.reason
    return ""


def may_draw(hand: Hand, process: str) -> bool:
    """May this person draw on a draft of this process?"""
    try:
        _admit(hand, DESIGNER, process, "draw")
    except Forbidden:
        return False
    return True


def _admit(hand: Hand, role: str, process: str, command: str) -> None:
    work = Work(role=role, duty=None, park="", unit="", process=process)
    require_role(hand.people, hand.by, [role], work, local_day(hand.now), command=command)


def _require_drawn_on(row: DraftRow, command: str) -> None:
    if State(row.state) not in DRAWN_ON:
        raise Refused("not_drawn_on", command, say(
            "draft {draft} is {draft_state}: only one that is being drawn is changed; take it back first, or begin a new one "
            "from the version it became", draft=row.id, draft_state=row.state))


def _require_submitted(row: DraftRow, command: str) -> None:
    if State(row.state) is not State.SUBMITTED:
        raise Refused("not_submitted", command, say("draft {draft} is {draft_state}, not submitted", draft=row.id,
                                                   draft_state=row.state))


def _require_other_hands(connection: Connection, hand: Hand, row: DraftRow, command: str) -> None:
    """设计≠发布, by natural person. Hands are compared as they were recorded and as they are known now."""
    for event in store.events(connection, row.id):
        drew = event.kind in ("created", "saved", "submitted")
        if drew and hand.natural in (event.natural, hand.people.natural(event.by)):
            raise Refused("same_hands", command, say(
                "{drawer} has drawn on this draft and is the same natural person as {by}: another legal officer 法制审核员 "
                "publishes or returns it (设计与发布分离)", drawer=event.by, by=hand.by))


def _require_sound(row: DraftRow, checked: Checked, command: str, version: int) -> None:
    if checked.sha256 != row.sha256:
        raise SavedMeanwhile(row, version)
    if checked.answer.verdict != "deployable":
        count = len(checked.errors)
        raise Refused("has_errors", command, say(
            "draft {draft} has errors ({count}); the list of the check says where and what to do", draft=row.id, count=count))


def _change(
    connection: Connection, hand: Hand, row: DraftRow, version: int, kind: str, *, reason: str = "", **changes: object,
) -> DraftRow:
    """Write a change of a draft and tell it. Raises SavedMeanwhile."""
    kept = row._replace(version=row.version + 1, changed_by=hand.by, changed_at=hand.now)
    kept = kept._replace(**changes)  # type: ignore[arg-type]
    if row.version != version or not store.change_draft(connection, kept, read_version=version):
        raise SavedMeanwhile(found(connection, row.id), version)
    _tell(connection, hand, kept, kind, reason)
    return kept


def _tell(connection: Connection, hand: Hand, row: DraftRow, kind: str, reason: str = "") -> None:
    store.tell(connection, EventRow(draft_id=row.id, place=0, kind=kind, by=hand.by, natural=hand.natural, at=hand.now,
                                    sha256=row.sha256, reason=reason))


def _bounded(source: bytes) -> bytes:
    if not source or len(source) > MOST_BYTES:
        raise InvalidInput("xml", say("a draft has 1 to {most:,} bytes, this {length:,}: split the diagram into processes that "
                                      "call each other", most=MOST_BYTES, length=len(source)))
    return source


def _title(text: str) -> str:
    kept = " ".join(text.split())
    if not kept or len(kept) > 200 or not kept.isprintable():
        raise InvalidInput("title", "expected 1 to 200 printable characters")
    return kept


def _reason(text: str) -> str:
    kept = text.strip()
    if not kept or len(kept) > _MOST_REASON:
        raise InvalidInput("reason", say("say in 1 to {most} characters what has to be mended",
                                         most=_MOST_REASON))
    return kept


NAMES: Mapping[State, str] = {
    State.DRAWING: "起草中", State.SUBMITTED: "待审核", State.RETURNED: "已退回修改", State.PUBLISHED: "已发布",
    State.DROPPED: "已作废"}
"""As designers read them."""
