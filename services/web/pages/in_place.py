"""四到位 in one view: parks × systems × four checks on a day, with the rates; and the same as a sheet."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from engine.case import local_day
from engine.linkage import ITEMS, Item, Place
from services import linkage_sheets, linking
from services.database import reading as read
from services.linking import Matrix
from services.web.books.linkage import BLANK, IN_PLACE, UNMET, percent, said
from services.web.door import door, now
from services.web.frame import text
from services.web.sent import as_file

pages = Blueprint("in_place", __name__, url_prefix="/linkage")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLOURS = {IN_PLACE: "green", UNMET: "red", BLANK: "grey"}


@pages.get("")
def matrix() -> str:
    """The register as it stood on a day."""
    found = _matrix()
    return render_template("in_place.html", found=found, items=ITEMS, cell=lambda park, system, item: found.cells.get(
        Place(park=park, system=system, item=Item(item))), said=said, percent=percent, colours=_COLOURS)


@pages.get("/sheet.csv")
def sheet() -> Response:
    """Every cell, to be filled in and uploaded to the book."""
    found = _matrix()
    return as_file(linkage_sheets.write_sheet(found).encode(), "text/csv; charset=utf-8",
                   text("系统对接台账{on}.csv").format(on=found.on))


@pages.get("/sheet.xlsx")
def workbook() -> Response:
    """The same for a spreadsheet."""
    found = _matrix()
    return as_file(linkage_sheets.write_workbook(found), _XLSX, text("系统对接台账{on}.xlsx").format(on=found.on))


def _matrix() -> Matrix:
    """Of the day that is asked for; of today where that is none."""
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        on = local_day(now())
    with read(door().database) as connection:
        door().office.refresh(connection)
        return linking.matrix(connection, door().office.catalogue, on=on)
