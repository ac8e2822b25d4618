"""Documents 文书 are issued, listed, printed again and checked by strangers.

A document is about one fact of its case and is made once: issuing it again gives the same one. What it says is kept as
canonical JSON with its SHA-256; printing reads only that, so every print has the same bytes. It is numbered in the series of
its kind and year, or bears the number a person has given it with the fact (特别程序, 延期, 决定); a number is never used twice.

The seal 用印 stays the verb it is: a document of the decision is issued, sealed under its number (`services.closing.seal`), and
from then on every print shows whose seal it bears, as the fact tells. Until then it prints room for it. """

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from sqlalchemy import Connection

from engine import duties
from engine.case import Case, local_day
from engine.duties import Work
from engine.errors import Forbidden, NotFound, Stale
from engine.events import DocumentSealed, Recorded
from engine.sentences import say
from services import query_codes
from services.deployments import Deployment
from services.documents import rendering
from services.documents.content import Content, DeliveredLine, Draft, digest_of, written
from services.documents.drafting import about, candidates, draft
from services.documents.fonts import load_fonts
from services.documents.kinds import SORTS, DocumentKind
from services.documents.qr import SHOWN
from services.documents.rendering import Sealed
from services.documents.source import COMMAND, Source, particulars
from services.folded import fold_of
from services.office import Office
from services.store import documents as store
from services.store import reading, writing
from services.store.documents import DocumentRow
from services.store.rows import CaseRow, HeldCase

_HANDED_OVER = frozenset({DocumentKind.GRANT, DocumentKind.REFUSAL, DocumentKind.JOINT_INSPECTION, DocumentKind.DECLINE})
"""What a 送达回证 lists of what was issued."""

_ASKED = re.compile(rf"[0-9a-f]{{{SHOWN},64}}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedDocument:
    """A document of a case. `place`: in the case, from 1; `seq`: the number of the fact it is about; `digest`: the SHA-256 of
    its content; `sealed`: the seal it bears, None while it bears none."""

    case: str
    place: int
    kind: DocumentKind
    title: str
    number: str
    issued_at: datetime
    by: str
    seq: int
    digest: str
    sealed: Sealed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a stranger is told. `kind` and `issued_on` are None of a document that is not valid: whoever guesses numbers learns
    nothing."""

    is_valid: bool
    title: str | None = None
    issued_on: date | None = None


def issue(
    connection: Connection, office: Office, number: str, kind: DocumentKind, *, by: str, now: datetime, seq: int | None = None,
    version: int | None = None,
) -> IssuedDocument:
    """Issue a document about a fact of case `number`, or give back the one that was issued about it. `seq`: the number of that
    fact, None where only one will do; `version`: of the case as it was read, None to accept any. Raises NotFound, Stale,
    Forbidden (nothing of the kind has happened, what it must say is lacking, or the role is), InvalidInput (which fact has to
    be said; a character no font has)."""
    row = reading.load_case(connection, number)
    if row is None:
        raise NotFound("case", number)
    if version not in (None, row.version):
        raise Stale(number, version, row.version)
    office.refresh(connection, row.rules)
    case = fold_of(row)
    _entitle(office, case, kind, by, now)
    facts = reading.history(connection, row.id)
    source = _source(connection, office, row, case, facts, by)
    found = store.document_of_fact(connection, row.id, kind.value, about(source, kind, seq).seq)
    if found is None:
        recorded, made = draft(source, kind, seq)
        found = _entered(connection, office, row.id, source, kind, recorded, made, by, now)
    return _issued(number, found, _seals(facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A document somebody may issue now: its kind, about the fact `seq`, which happened at `at`."""

    kind: DocumentKind
    seq: int
    at: datetime


def offered(connection: Connection, office: Office, number: str, *, by: str, now: datetime) -> list[Offered]:
    """The documents of a case that have not been issued and that this person may issue, in the order of the facts. Whether
    what they must say is there is only known when one is issued. Raises NotFound."""
    row = reading.peek_case(connection, number)
    if row is None:
        raise NotFound("case", number)
    office.refresh(connection)
    case, facts = fold_of(row), reading.history(connection, row.id)
    source = _source(connection, office, row, case, facts, by)
    issued = {(each.kind, each.seq) for each in store.documents_of(connection, row.id)}
    return sorted((Offered(kind=kind, seq=each.seq, at=each.at) for kind in DocumentKind if _may(office, case, kind, by, now)
                   for each in candidates(source, kind) if (kind.value, each.seq) not in issued), key=lambda each: each.seq)


def list_documents(connection: Connection, number: str, *, after: int = 0, most: int = store.EVERY) -> list[IssuedDocument]:
    """The documents of a case, in the order they were issued, from place `after` + 1. Raises NotFound."""
    row = _peeked(connection, number)
    seals = _seals(reading.history(connection, row.id))
    return [_issued(number, each, seals) for each in store.documents_of(connection, row.id, after=after, most=most)]


def reprint(connection: Connection, office: Office, document_number: str) -> bytes:
    """A document as PDF, by its number: the same bytes every time. Raises NotFound; Forbidden when the fonts are not there."""
    row = store.document_numbered(connection, document_number)
    if row is None:
        raise NotFound("document", document_number, "list the documents of its case")
    return _printed(connection, office, row)


def print_at(connection: Connection, office: Office, number: str, place: int) -> tuple[IssuedDocument, bytes]:
    """A document of a case by its place, and its PDF. Raises NotFound."""
    case = _peeked(connection, number)
    row = store.document_at(connection, case.id, place)
    if row is None:
        raise NotFound("document", f"{number}/{place}", "list the documents of the case")
    seals = _seals(reading.history(connection, case.id))
    return _issued(number, row, seals), _printed(connection, office, row)


def check(connection: Connection, document_number: str, shown: str) -> Checked:
    """What may be told to a stranger who holds a document: is it real, and of which kind and day. `shown`: the first 16
    hexadecimal characters of its digest, as the code on it has them, or more of it."""
    row = store.document_numbered(connection, document_number[:200])
    asked = shown.strip().lower()
    if row is None or not _ASKED.fullmatch(asked) or not hmac.compare_digest(digest_of(row.content)[:len(asked)], asked):
        return Checked(is_valid=False)
    return Checked(is_valid=True, title=SORTS[DocumentKind(row.kind)].title, issued_on=local_day(row.issued_at))


def _entitle(office: Office, case: Case, kind: DocumentKind, by: str, now: datetime) -> None:
    work = Work(role=None, duty=None, park=case.park, unit=case.department, process=case.process, project=case.project)
    duties.require_role(office.people, by, SORTS[kind].roles, work, local_day(now), command=COMMAND)


def _may(office: Office, case: Case, kind: DocumentKind, by: str, now: datetime) -> bool:
    try:
        _entitle(office, case, kind, by, now)
    except Forbidden:
        return False
    return True


def _source(
    connection: Connection, office: Office, row: HeldCase | CaseRow, case: Case, facts: list[Recorded], by: str,
) -> Source:
    deployment = office.deployment(connection, row.definition_id)
    matter = office.catalogue.matter_of(case.process)
    issued = tuple(DeliveredLine(title=SORTS[DocumentKind(each.kind)].title, number=each.number)
                   for each in store.documents_of(connection, row.id) if DocumentKind(each.kind) in _HANDED_OVER)
    return Source(case=case, facts=facts, data=orjson.loads(row.data), matter=matter, by=by, people=office.people,
                  issued=issued, matter_name=matter.name if matter else deployment.definition.process.name or case.process,
                  labels=_labels(deployment))


def _labels(deployment: Deployment) -> Mapping[tuple[str, str], str]:
    return {(node.id, outcome.key): outcome.label
            for node in deployment.nodes.values() if node.work for outcome in node.work.outcomes}


def _entered(
    connection: Connection, office: Office, case_id: int, source: Source, kind: DocumentKind, recorded: Recorded, made: Draft,
    by: str, now: datetime,
) -> DocumentRow:
    """Number the content, make sure that it can be printed, and write it down."""
    at = max(now, recorded.at)  # a door read its clock before it waited for the case
    particular, issued_on = particulars(source), local_day(at)
    number = made.number or _next_number(connection, office, kind, issued_on.year)
    if store.is_taken(connection, number):
        raise _taken(number)
    content = written(Content(kind=kind, number=number, issued_on=issued_on, unit=made.unit, seal=made.seal,
                              address=office.address, particulars=particular, body=made.body))
    rendering.check_printable(content, load_fonts(office.fonts))
    row = DocumentRow(case_id=case_id, place=store.next_place(connection, case_id), kind=kind.value, seq=recorded.seq,
                      number=number, issued_at=at, by=by, content=content, digest=digest_of(content))
    if not store.insert_document(connection, row):
        raise _taken(number)
    return row


def _taken(number: str) -> Forbidden:
    return Forbidden(COMMAND, say(
        "the number “{number}”, which was entered with the fact, is that of another document: a number is never used twice; "
        "enter the next one of the series, or leave it empty", number=number))


def _next_number(connection: Connection, office: Office, kind: DocumentKind, year: int) -> str:
    """The next number of a series. One that a person has given by hand is passed over."""
    while True:
        count = writing.next_number(connection, f"document-{kind.value}-{year}")
        number = (office.numbering.replace("{sign}", SORTS[kind].sign).replace("{year}", str(year))
                  .replace("{number}", f"{count:05d}"))
        if not store.is_taken(connection, number):
            return number


def _printed(connection: Connection, office: Office, row: DocumentRow) -> bytes:
    """Of a receipt with the query code, which is computed and never kept."""
    sealed = _seals(reading.history(connection, row.case_id)).get(row.number)
    code = ""
    if row.kind == DocumentKind.RECEIPT.value:
        code = query_codes.code_of(connection, orjson.loads(row.content)["particulars"]["case"])
    return rendering.render(row.content, row.digest, load_fonts(office.fonts), sealed, query_code=code)


def _seals(facts: list[Recorded]) -> dict[str, Sealed]:
    """The seals of a case by the number of the document that bears them; the first counts."""
    seals: dict[str, Sealed] = {}
    for each in facts:
        if isinstance(fact := each.fact, DocumentSealed):
            seals.setdefault(fact.number, Sealed(seal=fact.seal, unit=fact.unit, on=local_day(each.at)))
    return seals


def _issued(case: str, row: DocumentRow, seals: Mapping[str, Sealed]) -> IssuedDocument:
    kind = DocumentKind(row.kind)
    return IssuedDocument(case=case, place=row.place, kind=kind, title=SORTS[kind].title, number=row.number,
                          issued_at=row.issued_at, by=row.by, seq=row.seq, digest=row.digest, sealed=seals.get(row.number))


def _peeked(connection: Connection, number: str) -> CaseRow:
    row = reading.peek_case(connection, number)
    if row is None:
        raise NotFound("case", number)
    return row
