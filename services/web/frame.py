"""What the frame of every page needs: its menu, the addresses of static files, the words in the reader's language.

The menu shows a page only to whom the table of admission admits to it. Interface text is wrapped in `_()` in templates and in
`text()` here (`words/spoken`); words that a template is handed from a table go through its filter `worded`, which escapes as
any value. Chinese is the source language, so that a catalogue (`words/catalogue`) is only needed for another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for

from services.masking import hidden
from services.web.admission import may
from services.web.topics import of_page
from services.web.visiting import csrf, csrf_field, present
from services.web.words import catalogue
from services.web.words.extracting import script_words
from services.web.words.refusals import said
from services.web.words.spoken import LANGUAGE
from services.web.words.spoken import text as text

_STATIC = Path(__file__).parent / "static"
_MENU: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("counter.queue", "办件", {"queue": "to_accept"}),
    ("intake.choose", "收件", {}),
    ("progress.principals", "代办", {}),
    ("ratings.waiting", "差评整改", {}),
    ("receipts.index", "监管推送", {}),
    ("wall.board", "效能监督", {}),
    ("messages.inbox", "消息", {}),
    ("in_place.matrix", "系统对接", {}),
    ("designer.library", "流程设计", {}),
    ("held_up.open", "运行故障", {}),
    ("administration.index", "管理", {}),
    ("account_events.index", "账号日志", {}),
    ("help.index", "帮助", {}),
)


_WITHIN = {"case": "counter", "drawing": "designer"}
"""Rooms without an entry of their own stand within that of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A way from the menu. `is_here`: the page shown is among those it leads to."""

    address: str
    label: str
    is_here: bool


def install(app: Flask, language: str) -> None:
    """Give an application what the frame of its pages needs. Raises SettingRefused for a language there are no words in."""
    words = app.extensions[LANGUAGE] = catalogue.load(language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    is_source = language == catalogue.SOURCE
    app.jinja_env.globals.update(asset=asset, language="zh-CN" if is_source else language.replace("_", "-"),
                                 script_words={} if is_source else _of_scripts(words.gettext))
    app.jinja_env.filters.update(said=said, worded=text, hidden=hidden)
    app.context_processor(_given)


def _of_scripts(gettext: Callable[[str], str]) -> dict[str, str]:
    """What the scripts of the drawing board say, by their Chinese."""
    return {said: gettext(said) for file in sorted((_STATIC / "designer").glob("*.js"))
            for _, said in script_words(file.read_text("utf-8"))}


@lru_cache(maxsize=64)
def _mark(name: str) -> str:
    """Ends the address of a static file, so that a browser never keeps an old one."""
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file, as it is now."""
    return url_for("static", filename=name, v=_mark(name))


def _given() -> dict[str, Any]:
    return {"visitor": present(), "menu": menu, "may": may, "endpoints": current_app.view_functions, "csrf": csrf,
            "csrf_field": csrf_field, "help_address": _help}


def _help() -> str:
    """Where the help for the page shown stands."""
    reader = present()
    topic = of_page(request.endpoint or "", reader.roles if reader else ())
    return url_for("help.page", topic=topic) if topic else url_for("help.index")


def menu() -> list[Entry]:
    """The entries this visitor is admitted to."""
    room = (request.endpoint or "").partition(".")[0]
    here = _WITHIN.get(room, room)
    return [Entry(address=url_for(endpoint, **given), label=text(label), is_here=endpoint.partition(".")[0] == here)
            for endpoint, label, given in _MENU if endpoint in current_app.view_functions and may(endpoint)]
