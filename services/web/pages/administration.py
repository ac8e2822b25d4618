"""管理: the books an office keeps about itself, each with its history and acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.errors import Forbidden, InvalidInput, NotFound, Refusal
from engine.sentences import say
from services.database import reading as read
from services.database import writing as write
from services.web.books import BOOKS
from services.web.books.book import EVERY, Act, Asked, Book
from services.web.door import door, now
from services.web.fields import Schema, fields, typed
from services.web.frame import text
from services.web.visiting import visitor
from services.web.words.refusals import in_chinese, reason_in_chinese

pages = Blueprint("administration", __name__, url_prefix="/administration")


@pages.get("")
def index() -> str:
    """The books this visitor may read."""
    held = visitor().roles
    return render_template("administration.html", books=[book for book in BOOKS.values() if held & book.readers])


@pages.get("/<book>")
def book(book: str) -> str:
    """The rows of a book, those in force or with its history; narrowed by a text."""
    wanted, history = request.args.get("q", "").strip()[:100], bool(request.args.get("history"))
    held = visitor().roles
    shown = _readable(book, held)
    with read(door().database) as connection:
        door().office.refresh(connection)
        rows = shown.rows(_asked(connection, with_history=history))
    found = [row for row in rows if wanted in " ".join(row.cells)]
    return render_template(
        "book.html", book=shown, rows=found[:EVERY], q=wanted, history=history, is_cut=len(found) > EVERY,
        acts={act.name: act for act in shown.acts if held & act.roles}, done=_done(shown))


@pages.route("/<book>/<act>", methods=["GET", "POST"])
def act(book: str, act: str) -> Response | str | tuple[str, int]:
    """One act of a book: what it does, what it asks; then it is done."""
    key = request.args.get("key", "")[:300]
    held = visitor().roles
    shown = _readable(book, held)
    chosen = _allowed(shown, act, held)
    with read(door().database) as connection:
        door().office.refresh(connection)
        asked = _asked(connection, key=key)
        schema, given = chosen.asks(asked), chosen.given(asked)
    if request.method == "GET":
        return _form(shown, chosen, key, schema, given, {}, "")
    said = typed(schema, request.form)
    try:
        _require(schema, said)
        with write(door().database) as connection:
            door().office.refresh(connection)
            chosen.do(_asked(connection, key=key), said)
    except InvalidInput as wrong:
        field = f"data.{wrong.field.removeprefix('data.')}"
        is_asked = wrong.field.removeprefix("data.") in schema.get("properties", {})
        return _form(shown, chosen, key, schema, said, {field: reason_in_chinese(wrong)} if is_asked else {},
                     "" if is_asked else in_chinese(wrong)), 422
    except Refusal as refusal:
        return _form(shown, chosen, key, schema, said, {}, in_chinese(refusal)), 409
    return redirect(url_for(".book", book=book, done=act), 303)


def _form(
    shown: Book, chosen: Act, key: str, schema: Schema, said: Mapping[str, Any], faults: Mapping[str, str], refusal: str,
) -> str:
    return render_template("book_act.html", book=shown, act=chosen, key=key, fields=fields(schema, said, faults),
                           refusal=refusal)


def _require(schema: Schema, said: Mapping[str, Any]) -> None:
    for name in schema.get("required", ()):
        if said.get(name) in (None, "", []):
            raise InvalidInput(name, "must be filled in")


def _asked(connection: Connection, *, key: str = "", with_history: bool = False) -> Asked:
    return Asked(connection=connection, office=door().office, by=visitor().id, now=now(), key=key, with_history=with_history)


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
        raise Forbidden(name, say("it is done by {wanted}", wanted=tuple(sorted(found.roles))))
    return found


def _done(shown: Book) -> str:
    chosen = shown.act(request.args.get("done", ""))
    return text("已办：{act}").format(act=chosen.label) if chosen else ""
