"""The papers of a case as its page shows them: materials with their scans, official documents, the query code."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from engine.catalogue import Material
from services import issuing, query_codes, uploads
from services.documents.kinds import SORTS
from services.issuing import IssuedDocument, Offered
from services.store.rows import CaseRow
from services.store.uploads import UploadRow
from services.web.door import door, now
from services.web.visiting import visitor

OTHER = "其他材料"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A material of the matter with the files that are there for it. `material` None: what is none of the matter's."""

    name: str
    material: Material | None
    files: tuple[UploadRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """`materials`: the checklist; `issued`: documents, `offered`: those this visitor may issue now, with their titles. `code`:
    the query code of the case."""

    materials: tuple[Wanted, ...]
    issued: tuple[IssuedDocument, ...]
    offered: tuple[tuple[Offered, str], ...]
    code: str


def papers_of(connection: Connection, row: CaseRow) -> Papers:
    """The papers of a case as this visitor sees them."""
    office = door().office
    found = issuing.offered(connection, office, row.number, by=visitor().id, now=now())
    return Papers(
        materials=_checklist(connection, row), issued=tuple(issuing.list_documents(connection, row.number)),
        offered=tuple((each, SORTS[each.kind].title) for each in found), code=query_codes.code_of(connection, row.number))


def _checklist(connection: Connection, row: CaseRow) -> tuple[Wanted, ...]:
    """The matter's materials in their order, then what else was handed in."""
    there = [each for each in uploads.of_case(connection, row.id) if each.removed_at is None]
    matter = door().office.catalogue.matter_of(row.process)
    named = {each.name: each for each in (matter.materials if matter else ())}
    known = [Wanted(name=name, material=material, files=tuple(each for each in there if each.material == name))
             for name, material in named.items()]
    others = tuple(each for each in there if each.material not in named)
    return (*known, Wanted(name=OTHER, material=None, files=others))
