"""The content of a document: a frozen value, and the canonical JSON it is kept and hashed as.

A content is made once, when the document is issued, and never again: what is printed later is what was written then. Its
written form is JSON in UTF-8 without spaces and with sorted keys; its digest is the SHA-256 of those bytes. Identity numbers
公民身份号码 anywhere in it are masked before it is written (domain rules §5.2); the case keeps the original. """

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import TypeAlias

import orjson

from engine.codes import mask_resident_id, resident_id
from engine.errors import InvalidInput
from engine.sentences import say
from services.documents.kinds import SORTS, DocumentKind

LARGEST = 200_000
"""Bytes of a content: an undertaking of the longest text with everything else."""

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What every document says of its case. "" where the case does not tell. `received_on`: as its days count."""

    case: str
    matter: str
    matter_code: str
    applicant: str
    applicant_code: str
    agent: str
    project: str
    project_code: str
    park: str
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitLine:
    """A limit as it is told: `length` in words, `due` a day or a minute; provisional 暂定 while a year has no calendar."""

    name: str
    length: str
    due: str
    is_provisional: bool
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingLine:
    """A material that may follow 容缺, and its day."""

    name: str
    supply_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """A deadline that was moved."""

    name: str
    was: str
    due: str
    is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """What one of those who took part found."""

    item: str
    result: str
    opinion: str
    by: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredLine:
    """What is handed over."""

    title: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """收件凭证."""

    received_at: str
    documents: tuple[str, ...]
    remarks: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """受理通知书. `deemed`: 视为受理, nobody having told in time what is missing."""

    accepted_on: date
    deemed: bool
    limits: tuple[LimitLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """一次性补正告知书: every defect. `notice`: 1 for the one the law knows; `supply_by`: "" when no period runs."""

    notice: int
    defects: tuple[str, ...]
    opinion: str
    supply_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """不予受理决定书."""

    decided_on: date
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalAcceptance:
    """容缺受理通知书. `pauses`: after the supply period the days of the office stand still."""

    accepted_on: date
    missing: tuple[MissingLine, ...]
    pauses: bool
    limits: tuple[LimitLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """容缺受理承诺书, 告知承诺书: the text as it was signed, with its own digest. The workdays are 0 where none were told."""

    text: str
    signer: str
    signed_on: date
    by_agent: bool
    mandate: str
    text_digest: str
    missing: tuple[MissingLine, ...] = ()
    verify_workdays: int = 0
    correct_workdays: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialProcedure:
    """特别程序告知书: the ground and how long it will take, as a day or a number of working days."""

    ground: str
    basis: str
    since: date
    until: str
    workdays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """延期办理告知书: why, how much, until when."""

    reason: str
    length: str
    is_joint: bool
    moves: tuple[MoveLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """准予 and 不予行政许可决定书. `step`: which decision, as the diagram calls it."""

    step: str
    decided_on: date
    accepted_on: str
    opinion: str
    reasons: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """送达回证. What is "" is filled in by hand, before the hand-over."""

    items: tuple[DeliveredLine, ...]
    recipient: str
    delivery: str
    handed_over_at: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JointInspection:
    """竣工联合验收意见书."""

    is_passed: bool
    decided_on: date
    result: str
    opinion: str
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectification:
    """整改告知书: every defect at once. `mend_by`: "" when no period was set; `is_declaration`: of what was declared
    告知承诺."""

    defects: tuple[str, ...]
    mend_by: str
    is_declaration: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionOrder:
    """督办单."""

    addressee: str
    text: str
    reply_by: date
    issued_by: str
    limits: tuple[LimitLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNotice:
    """黄牌通知书, 红牌通知书. `addressee`: who is told; `rule`: why, in words; `clock`: which limit lapsed."""

    addressee: str
    colour: str
    rule: str
    clock: str
    due: str
    lapsed_at: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """委托书."""

    principal: str
    agent: str
    deeds: tuple[str, ...]
    first_on: str
    last_on: str
    signs_for_him: bool
    signed_on: str


Body: TypeAlias = (Receipt | Acceptance | Correction | Decline | ConditionalAcceptance | Undertaking | SpecialProcedure
                   | Extension | Decision | HandOver | JointInspection | Rectification | SupervisionOrder | CardNotice
                   | Mandate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A content before it is numbered. `unit`: in whose name it is issued; `seal`: the number of the seal it is to bear, ""
    where the case was not routed; `number`: that the fact gives it, "" for the next of its series."""

    unit: str
    body: Body
    seal: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A document as it is kept. `address`: of this server as strangers reach it, "" for none."""

    kind: DocumentKind
    number: str
    issued_on: date
    unit: str
    seal: str
    address: str
    particulars: Particulars
    body: Body


def written(content: Content) -> bytes:
    """The canonical form. Raises InvalidInput when it is too large."""
    said = {**asdict(content), "title": SORTS[content.kind].title}
    tidy = _each_text(orjson.loads(orjson.dumps(said)), _tidy)
    masked = _each_text(tidy, masked_text)
    assert isinstance(masked, dict)
    body = orjson.dumps({**masked, "is_masked": masked != tidy}, option=orjson.OPT_SORT_KEYS)
    if len(body) > LARGEST:
        raise InvalidInput("content", say(
            "the document is {length} bytes long, and {most} are the most: shorten its texts", length=len(body), most=LARGEST))
    return body


def digest_of(body: bytes) -> str:
    """The SHA-256 of a written content, hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def masked_text(text: str) -> str:
    """A text whose identity numbers show the first six and the last four characters."""
    return _IDENTITY.sub(lambda found: mask_resident_id(found[0]) if _is_identity(found[0]) else found[0], text)


def texts(value: object) -> Iterator[str]:
    """Every text in a written content."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def _is_identity(text: str) -> bool:
    try:
        resident_id(text)
    except InvalidInput:
        return False
    return True


def _tidy(text: str) -> str:
    """Line ends are one character, and a tabulator is a space: neither has a glyph."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def _each_text(value: object, change: Callable[[str], str]) -> object:
    match value:
        case str():
            return change(value)
        case dict():
            return {key: _each_text(each, change) for key, each in value.items()}
        case list():
            return [_each_text(each, change) for each in value]
    return value
