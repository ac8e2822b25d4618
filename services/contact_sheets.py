"""The contact book as a sheet: the columns of annex 1, as offices fill them in with a spreadsheet.

Decides what the words of the form mean and that a place is named once; how a file is read is decided in `services.sheets`. All
lines are right, or nothing is entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.errors import InvalidInput
from engine.ladder import Rank
from engine.sentences import say
from services import sheets
from services.contacts import Contact, NewContact, check
from services.sheets import LARGEST as LARGEST
from services.sheets import SheetRow

WORDS: Mapping[Rank, str] = {Rank.LEADER: "分管领导", Rank.HEAD: "市直科室(园区)负责人", Rank.LIAISON: "联络员"}

_COLUMNS = {"unit": "单位", "rank": "类别", "name": "姓名", "title": "职务", "office_phone": "办公电话", "mobile": "联系手机",
            "note": "备注"}
COLUMNS = tuple(_COLUMNS.values())
"""In the order of annex 1."""

_HEADS = ("负责人", "科室负责人", "园区负责人")


def read_sheet(data: bytes) -> list[NewContact]:
    """The contacts of a CSV or XLSX file with the columns of annex 1, in any order. Raises InvalidInput: its field is the first
    wrong line and column, its reason tells of every wrong line, up to twenty."""
    found: dict[tuple[str, Rank], int] = {}

    def contact(row: SheetRow) -> NewContact:
        entered = _contact(row)
        earlier = found.setdefault((entered.unit, entered.rank), row.line)
        if earlier != row.line:
            raise InvalidInput("", say(
                "{unit} has a {rank} on line {line} already", unit=entered.unit, rank=WORDS[entered.rank], line=earlier))
        return entered

    return sheets.every(sheets.read_sheet(data, file="the sheet", columns=_COLUMNS), contact)


def write_sheet(contacts: Iterable[Contact]) -> str:
    """Contacts as a CSV file that spreadsheets open as it is. No cell begins like a formula, because no contact may."""
    return sheets.write_sheet(COLUMNS, ((each.unit, WORDS[each.rank], each.name, each.title, each.office_phone, each.mobile,
                                         each.note) for each in contacts))


def _contact(row: SheetRow) -> NewContact:
    """Raises InvalidInput naming the field."""
    rank = _rank(row.values["rank"])
    if rank is None:
        raise InvalidInput("rank", say(
            "expected one of {known}, found “{found}”", known='、'.join(WORDS.values()), found=row.values['rank'][:40]))
    return check(NewContact(**{**row.values, "rank": rank}))  # type: ignore[arg-type]


def _rank(word: str) -> Rank | None:
    """The rank a word of the form means, in brackets of either width; None: it means none."""
    asked = sheets.plain(word)
    return Rank.HEAD if asked in _HEADS else next((rank for rank, known in WORDS.items() if sheets.plain(known) == asked), None)
