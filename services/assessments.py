"""The register of regional assessments 区域评估: what was assessed for a whole park, kept with its history, and what that
means to a project.

Decides how a result is entered and read from a sheet; what it means is decided in `engine.assessments`. A result entered again
under its number ends the entry before, so that it can be told what a plan was made on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
import orjson
from sqlalchemy import Connection

from engine.assessments import KINDS, Assessment, Site, Use, Verdict, verdicts
from engine.case import local_day
from engine.errors import InvalidInput, NotFound
from engine.projects import MOST_CORNERS, Project, corners
from engine.sentences import say
from services import sheets
from services.sheets import SheetRow
from services.store import assessments as store
from services.store import writing
from services.store.assessments import AssessmentRow

EVERY = 100_000
"""More rows than any register has: a list that is not read page by page."""

COLUMNS: Mapping[str, str] = {
    "kind": "评估类型", "park": "所属园区", "document": "成果编号", "valid_from": "生效日期", "valid_until": "有效期至",
    "parcels": "覆盖地块", "area": "范围坐标", "excluded": "负面清单", "mode": "适用方式",
}
"""Of a sheet; the last four may be missing: a result then covers the whole park, excludes nothing, and exempts."""

_NEEDED = ("kind", "park", "document", "valid_from", "valid_until")
_MODES = {"免评估": Use.EXEMPT, "不再单独评估": Use.EXEMPT, "": Use.EXEMPT, "exempt": Use.EXEMPT, "告知承诺": Use.DECLARED,
          "declared": Use.DECLARED}
_MOST_NAMED, _LONGEST = 1000, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What entering many results did."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0


def enter(connection: Connection, new: Assessment, *, by: str, now: datetime) -> AssessmentRow:
    """Enter a result; the same number of the same kind and park follows the entry before, the same again changes nothing.
    Raises InvalidInput naming the field."""
    return _enter(connection, new, by, now)[0]


def enter_all(connection: Connection, new: Iterable[Assessment], *, by: str, now: datetime) -> Entered:
    """Enter many results, all or none (the transaction is the caller's). Raises InvalidInput."""
    counts = {"added": 0, "replaced": 0, "unchanged": 0}
    for each in new:
        counts[_enter(connection, each, by, now)[1]] += 1
    return Entered(**counts)


def end(connection: Connection, *, kind: str, park: str, document: str, now: datetime) -> AssessmentRow:
    """Take a result out of the register, as when it is withdrawn. Plans made on it keep its number. Raises NotFound."""
    writing.next_number(connection, "assessment")  # as when one is entered: nobody else writes in the register meanwhile
    held = store.standing(connection, kind=kind, park=park, document=document)
    if held is None:
        raise NotFound("assessment", f"{park} {KINDS.get(kind, kind)} {document}", "the list has those in force")
    until = max(now, held.since)
    store.end(connection, held.id, until)
    return held._replace(until=until)


def assessments(
    connection: Connection, *, park: str | None = None, kind: str | None = None, with_history: bool = False, after: int = 0,
    most: int = EVERY,
) -> list[AssessmentRow]:
    """Results in the order they were entered, from number `after` + 1; None asks for all."""
    return store.page(connection, park=park, kind=kind, with_history=with_history, after=after, most=most)


def verdicts_of(
    connection: Connection, project: Project, *, now: datetime, kinds: Sequence[str] = tuple(KINDS),
) -> list[Verdict]:
    """What the register says of a project today, for each kind. Raises InvalidInput for a kind there is not."""
    for kind in kinds:
        _check_kind(kind)
    profile, parcel = project.profile, project.profile.parcel
    site = Site(park=profile.park, industry=profile.industry, traits=profile.traits, parcel=parcel.id if parcel else "",
                polygon=parcel.polygon if parcel else ())
    register = [assessment_of(row) for row in store.in_force(connection, profile.park, now)]
    return verdicts(site, register, on=local_day(now), kinds=kinds)


def assessment_of(row: AssessmentRow) -> Assessment:
    """The result a row holds."""
    body = orjson.loads(row.body)
    return Assessment(
        kind=row.kind, park=row.park, document=row.document, valid_from=date.fromisoformat(row.valid_from),
        valid_until=date.fromisoformat(row.valid_until), parcels=tuple(body["parcels"]), area=tuple(map(tuple, body["area"])),
        excluded=tuple(body["excluded"]), mode=body["mode"])


def read_sheet(data: bytes) -> list[Assessment]:
    """The results of a CSV or XLSX file. Raises InvalidInput that tells of every wrong line."""
    optional = [name for name in COLUMNS if name not in _NEEDED]
    return sheets.every(sheets.read_sheet(data, file="the register", columns=COLUMNS, optional=optional), _of_line)


def _of_line(row: SheetRow) -> Assessment:
    cell = row.values
    by_name = {sheets.plain(name): kind for kind, name in KINDS.items()}
    kind = by_name.get(sheets.plain(cell["kind"]), cell["kind"])
    if cell["mode"] not in _MODES:
        raise InvalidInput("mode", say("expected 免评估 or 告知承诺, found “{found}”", found=cell['mode'][:40]))
    return check(Assessment(
        kind=kind, park=cell["park"], document=cell["document"], valid_from=_day(cell["valid_from"], "valid_from"),
        valid_until=_day(cell["valid_until"], "valid_until"), parcels=_listed(cell["parcels"]), area=_corners(cell["area"]),
        excluded=_listed(cell["excluded"]), mode=_MODES[cell["mode"]].value))


def check(new: Assessment) -> Assessment:
    """A result as it is kept. Raises InvalidInput naming the field."""
    _check_kind(new.kind)
    if new.valid_until < new.valid_from:
        raise InvalidInput("valid_until", say(
            "{valid_until} lies before the result holds, {valid_from}", valid_until=new.valid_until, valid_from=new.valid_from))
    if new.mode not in (Use.EXEMPT.value, Use.DECLARED.value):
        raise InvalidInput("mode", say(
            "a result exempts (exempt) or is used by declared compliance (declared), not “{mode}”", mode=new.mode[:40]))
    if len(new.parcels) > _MOST_NAMED or len(new.excluded) > _MOST_NAMED:
        raise InvalidInput("parcels", say(
            "expected at most {most} parcels and {most} excluded sorts of project", most=_MOST_NAMED))
    if len(new.area) > MOST_CORNERS or 0 < len(new.area) < 3:
        raise InvalidInput("area", say(
            "expected 3 to {most} corners, or none, found {count}", most=MOST_CORNERS, count=len(new.area)))
    return Assessment(
        kind=new.kind, park=_text(new.park, "park"), document=_text(new.document, "document"), valid_from=new.valid_from,
        valid_until=new.valid_until, parcels=tuple(_text(each, "parcels") for each in new.parcels),
        area=corners(new.area, "area"), excluded=tuple(_text(each, "excluded") for each in new.excluded), mode=new.mode)


def _enter(connection: Connection, new: Assessment, by: str, now: datetime) -> tuple[AssessmentRow, str]:
    """The row in force afterwards, and what was done."""
    row = _row(check(new), by, now)
    number = writing.next_number(connection, "assessment")
    held = store.standing(connection, kind=row.kind, park=row.park, document=row.document)
    if held is not None and held._replace(id=0, since=row.since, entered_by=row.entered_by) == row:
        return held, "unchanged"
    since = now if held is None else max(now, held.since)
    if held is not None:
        store.end(connection, held.id, since)
    entered = row._replace(id=number, since=since)
    store.insert_assessment(connection, entered)
    return entered, "added" if held is None else "replaced"


def _row(new: Assessment, by: str, now: datetime) -> AssessmentRow:
    body = {"parcels": new.parcels, "area": new.area, "excluded": new.excluded, "mode": new.mode}
    return AssessmentRow(
        id=0, kind=new.kind, park=new.park, document=new.document, valid_from=new.valid_from.isoformat(),
        valid_until=new.valid_until.isoformat(), body=msgspec.json.encode(body), since=now, until=None,
        entered_by=_text(by, "by"))


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        known = "、".join(f"{name} ({each})" for each, name in KINDS.items())
        raise InvalidInput("kind", say("“{kind}” is no kind of regional assessment: {known}", kind=kind[:40], known=known))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[、,，;；\n]", text) if part.strip())


def _corners(text: str) -> tuple[tuple[float, float], ...]:
    """“113.09 29.37; 113.10 29.37; …”."""
    corners: list[tuple[float, float]] = []
    for part in re.split(r"[;；\n]", text):
        found = re.fullmatch(r"\s*(-?\d{1,3}(?:\.\d{1,12})?)[\s,，]+(-?\d{1,2}(?:\.\d{1,12})?)\s*", part, re.ASCII)
        if found is not None:
            corners.append((float(found[1]), float(found[2])))
        elif part.strip():
            raise InvalidInput("area", "expected corners like 113.09 29.37; 113.10 29.37; 113.10 29.36")
    return tuple(corners)


def _day(text: str, field: str) -> date:
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00)?", text, re.ASCII)
    try:
        if found is None:
            raise ValueError
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise InvalidInput(field, say("expected a date like 2026-03-02, found “{found}”", found=text[:40])) from None


def _text(value: str, field: str) -> str:
    kept = value.strip()
    if not kept or len(kept) > _LONGEST or not kept.isprintable():
        raise InvalidInput(field, say("expected 1 to {most} printable characters on one line", most=_LONGEST))
    return kept
