"""管理: the books an office keeps about itself, each with its history, the particulars of its rows, and acts.

Who may read a book or do an act is said by the book; whether what was asked for is done, by its use case. Nothing is done by a
page that is only looked at; what an act would do is shown before it is done, and what was typed stands in the form again when
it was refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.errors import Forbidden, InvalidInput, NotFound, Refusal
from engine.sentences import say
from services.database import reading as read
from services.database import writing as write
from services.people import ROLES
from services.web.books import BOOKS, SHELVES
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section
from services.web.door import door, issuer, now
from services.web.fields import Schema, fields, typed
from services.web.frame import text
from services.web.visiting import visitor
from services.web.words.refusals import in_chinese, reason_in_chinese

pages = Blueprint("administration", __name__, url_prefix="/administration")

_LONGEST_KEY, _LONGEST_SEARCH = 300, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A book on the first page. `also`: who keep it beside those who keep every book of its shelf, in words; `waiting`: how
    many rows wait for a second person."""

    book: Book
    also: str
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Books under one heading. `keepers`: who keep all of them, in words."""

    title: str
    keepers: str
    cards: tuple[Card, ...]


@pages.get("")
def index() -> str:
    """The books this visitor may read, by their headings."""
    held = visitor().roles
    with read(door().database) as connection:
        door().office.refresh(connection)
        shelves = [_shelf(title, held, _asked(connection)) for title in SHELVES]
    return render_template("administration.html", shelves=[shelf for shelf in shelves if shelf.cards])


@pages.get("/<book>")
def book(book: str) -> str:
    """The rows of a book, those in force or with its history; narrowed by a text."""
    wanted, history = request.args.get("q", "").strip()[:_LONGEST_SEARCH], bool(request.args.get("history"))
    held = visitor().roles
    shown = _readable(book, held)
    with read(door().database) as connection:
        door().office.refresh(connection)
        rows = shown.rows(_asked(connection, with_history=history))
    found = [row for row in rows if wanted in " ".join((*row.cells, row.tag))]
    return render_template(
        "book.html", book=shown, rows=found[:EVERY], q=wanted, history=history, is_cut=len(found) > EVERY, count=len(found),
        acts=_acts(shown, held), done=_done(shown))


@pages.get("/<book>/row")
def row(book: str) -> str:
    """The particulars of a row, and what may be done to it."""
    key, held = _key(), visitor().roles
    shown = _readable(book, held)
    with read(door().database) as connection:
        door().office.refresh(connection)
        asked = _asked(connection, key=key)
        found = _found(shown, asked)
        sections = shown.details(asked) if shown.details else ()
    return render_template("book_row.html", book=shown, row=found, sections=sections, acts=_acts(shown, held))


@pages.route("/<book>/<act>", methods=["GET", "POST"])
def act(book: str, act: str) -> Response | str | tuple[str, int]:
    """One act of a book: what it does, what it asks; then it is done."""
    key, held = _key(), visitor().roles
    shown = _readable(book, held)
    chosen = _allowed(shown, act, held)
    with read(door().database) as connection:
        door().office.refresh(connection)
        asked = _asked(connection, key=key)
        sheet = _Sheet(book=shown, act=chosen, row=_found(shown, asked) if chosen.is_about_row else None,
                       schema=chosen.asks(asked), sections=chosen.foresees(asked))
        given = chosen.given(asked)
    if request.method == "GET":
        return sheet.shown(given)
    return _done_or_told(sheet, key, typed(sheet.schema, request.form, files=request.files))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """The page of an act."""

    book: Book
    act: Act
    row: Row | None
    schema: Schema
    sections: Sequence[Section]

    def shown(self, said: Said, *, faults: Mapping[str, str] | None = None, refusal: str = "",
              preview: Sequence[Section] = ()) -> str:
        """With what was typed, and what is wrong with it."""
        return render_template("book_act.html", book=self.book, act=self.act, row=self.row, sections=self.sections,
                               fields=fields(self.schema, said, faults or {}), refusal=refusal, preview=preview,
                               has_file=any(each.get("format") == "file" for each in self._questions().values()))

    def refused(self, said: Said, wrong: InvalidInput) -> tuple[str, int]:
        """At the field it concerns, when that is asked here."""
        name = wrong.field.removeprefix("data.")
        at = next((each for each in self._questions() if name == each or name.startswith((f"{each}.", f"{each}["))), None)
        if at is None:
            return self.shown(said, refusal=in_chinese(wrong)), 422
        reason = reason_in_chinese(wrong) if name == at else in_chinese(wrong)
        return self.shown(said, faults={f"data.{at}": reason}), 422

    def _questions(self) -> Mapping[str, Schema]:
        found: Mapping[str, Schema] = self.schema.get("properties", {})
        return found


def _done_or_told(sheet: _Sheet, key: str, said: dict[str, Any]) -> Response | str | tuple[str, int]:
    act = sheet.act
    try:
        _require(sheet.schema, said)
        with read(door().database) as connection:
            door().office.refresh(connection)
            asked = _asked(connection, key=key)
            if act.preview is not None and (act.do is None or "preview" in request.form):
                return sheet.shown(said, preview=act.preview(asked, said))
            ready = act.readies(asked, said)
        with write(door().database) as connection:
            door().office.refresh(connection)
            once = act.do(_asked(connection, key=key), ready) if act.do else None
    except InvalidInput as wrong:
        return sheet.refused(said, wrong)
    except Refusal as refusal:
        return sheet.shown(said, refusal=in_chinese(refusal)), 409
    if once is not None:
        return render_template("book_once.html", book=sheet.book, act=act, row=sheet.row, sections=once)
    return redirect(url_for(".book", book=sheet.book.name, done=act.name), 303)


def _require(schema: Schema, said: Said) -> None:
    for name in schema.get("required", ()):
        if said.get(name) in (None, "", []):
            raise InvalidInput(name, "is missing")


def _asked(connection: Connection, *, key: str = "", with_history: bool = False) -> Asked:
    return Asked(connection=connection, office=door().office, by=visitor().id, now=now(), key=key, with_history=with_history,
                 hashing=door().settings.hashing, issuer=issuer(), guard=door().settings.guard)


def _key() -> str:
    return request.args.get("key", "")[:_LONGEST_KEY]


def _shelf(title: str, held: frozenset[str], asked: Asked) -> Shelf:
    books = [book for book in BOOKS.values() if book.shelf == title]
    common = frozenset.intersection(*(book.keepers for book in books))
    return Shelf(title=title, keepers=_named(common), cards=tuple(
        Card(book=book, also=_named(book.keepers - common), waiting=book.waiting(asked) if book.waiting else 0)
        for book in books if held & book.readers))


def _named(roles: frozenset[str]) -> str:
    return "、".join(name.partition("(")[0] for role, name in ROLES.items() if role in roles)


def _acts(shown: Book, held: frozenset[str]) -> dict[str, Act]:
    return {act.name: act for act in shown.acts if held & act.roles}


def _found(shown: Book, asked: Asked) -> Row:
    """The row asked for: in force, or else of the history. Raises NotFound."""
    for with_history in (False, True):
        rows = shown.rows(replace(asked, key="", with_history=with_history))
        found = next((row for row in rows if row.key == asked.key), None)
        if found is not None:
            return found
    raise NotFound("row of this book", asked.key)


def _readable(name: str, held: frozenset[str]) -> Book:
    """A book this visitor may read. Raises NotFound."""
    found = BOOKS.get(name)
    if found is None or not held & found.readers:
        raise NotFound("book", name)
    return found


def _allowed(shown: Book, name: str, held: frozenset[str]) -> Act:
    """An act this visitor may do. Raises NotFound, Forbidden."""
    found = shown.act(name)
    if found is None:
        raise NotFound("act", name)
    if not held & found.roles:
        raise Forbidden(name, say("it is done by {roles}", roles=tuple(sorted(found.roles))))
    return found


def _done(shown: Book) -> str:
    chosen = shown.act(request.args.get("done", ""))
    return text("已办：{act}").format(act=chosen.label) if chosen else ""
