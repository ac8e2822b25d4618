"""Forms as a page puts them, filled in as somebody would, and laden with what no page asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

HERE = "湘阴高新区"
OVER: Mapping[str, str] = {
    "by": "张敏", "now": "2020-01-01T00:00:00Z", "at": "2020-01-01T00:00:00Z", "version": "1", "seq": "1", "state": "granted",
    "status": "archived", "park": HERE, "department": "市公安局", "unit": "市公安局", "role": "system_admin",
    "roles": "system_admin", "actor": "张敏", "X-Jiban-Actor": "张敏", "natural": "张敏", "assignee": "外人", "person": "外人",
    "is_admin": "1", "entered_by": "张敏", "approved_by": "张敏", "signed_by": "张敏", "decided_by": "张敏", "number": "1",
    "id": "1", "definition_id": "1", "process": "four_permits", "is_approved": "1", "must_change": "0",
    **{f"data.{name}": value for name, value in {
        "park": HERE, "by": "张敏", "at": "2020-01-01", "state": "granted", "__class__": "x", "roles.0": "system_admin",
        "entered_by": "张敏", "approved_by": "张敏", "natural": "张敏", "version": "1", "id": "1", "signed_by": "张敏",
        "since_on": "2020-01-01", "unit": "市公安局", "is_approved": "yes"}.items()},
}
"""What no form asks everywhere, and a program might send along."""

_ASIDE = {name: OVER[name] for name in ("by", "now", "actor", "person", "role", "is_admin")}
_OF_A_ROW = re.compile(r"\.\d+\.")
_DAY, _NUMBER, _TEXT = "2026-03-20", "3", "试办"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A file of a form, sent as often as one likes."""

    data: bytes
    name: str


@dataclass(slots=True, kw_only=True)
class Question:
    """A field of a form. `values`: what stands in it; `options`: what may be chosen."""

    name: str
    kind: str
    is_required: bool = False
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    def answer(self, *, whole: bool) -> list[str]:
        """What somebody fills in who does the least, or (`whole`) leaves nothing empty."""
        is_needed = self.is_required and not _OF_A_ROW.search(self.name)  # a row may be left out
        if any(self.values) or not (is_needed or whole):
            return self.values
        if self.kind in ("select", "radio", "checkbox"):
            return [each for each in self.options if each][:1]
        return {"date": [_DAY], "number": [_NUMBER], "hidden": [], "file": []}.get(self.kind, [_TEXT])


class Forms(HTMLParser):
    """The forms of a page that are sent, by their addresses; "" of one that is sent to the page itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, Question]] = {}
        self._open: dict[str, Question] | None = None
        self._in: Question | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = {} if given.get("method") == "post" else None
            if self._open is not None:
                self.found.setdefault(given.get("action", ""), self._open)
        elif self._open is not None and tag in ("input", "select", "textarea") and given.get("name", "csrf") != "csrf":
            self._ask(tag, given)
        elif tag == "option" and self._in is not None:
            self._in.options.append(given.get("value", ""))
            if "selected" in given:
                self._in.values.append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._in is not None and self._in.kind == "textarea":
            self._in.values = ["".join([*self._in.values, data])]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._in = None
        elif tag == "form":
            self._open = None

    def _ask(self, tag: str, given: Mapping[str, str]) -> None:
        assert self._open is not None
        kind = "number" if "inputmode" in given else given.get("type", "text") if tag == "input" else tag
        asked = self._open.setdefault(given["name"], Question(name=given["name"], kind=kind))
        asked.is_required |= "aria-required" in given or "required" in given
        if kind in ("radio", "checkbox"):
            asked.options.append(given.get("value", ""))
            asked.is_required |= kind == "radio"
            asked.values += [given.get("value", "")] if "checked" in given else []
        elif tag == "input":
            asked.values.append(given.get("value", ""))
        else:
            self._in = asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form that is sent. `who`: "" for nobody who is signed in. `asks`: what else it asks, and was left empty. `before`: what
    is sent before it. `is_json`: the drawing board's, which sends an object."""

    endpoint: str
    address: str
    form: Mapping[str, Any] = field(default_factory=dict)
    who: str = "办"
    asks: frozenset[str] = frozenset()
    before: Sequence[Sent] = ()
    is_json: bool = False

    @property
    def over(self) -> dict[str, str]:
        """What it does not ask."""
        return {name: value for name, value in OVER.items() if name not in self.form and name not in self.asks}

    def at(self, *, laden: bool) -> str:
        """Its address; laden, with what no address asks."""
        return f"{self.address}{'&' if '?' in self.address else '?'}{urlencode(_ASIDE)}" if laden else self.address

    def body(self, csrf: str, *, laden: bool) -> dict[str, Any]:
        """What the test client is to send; laden, with all that is not asked in the body, and a name in the headers."""
        over = self.over if laden else {}
        if self.is_json:
            return {"json": {**over, **self.form}, "headers": {"X-CSRF": csrf}}
        files = {name: (BytesIO(value.data), value.name) for name, value in self.form.items() if isinstance(value, Scan)}
        return {"data": {**over, **self.form, **files, "csrf": [csrf, "x"] if laden else csrf},
                "content_type": "multipart/form-data",
                "headers": {"X-Jiban-Actor": "wang", "X-Forwarded-User": "wang"} if laden else {}}


def filled(page: str, action: str = "", *, whole: bool = False) -> tuple[dict[str, Any], frozenset[str]]:
    """A form of a page filled in, and all it asks."""
    questions = Forms(page).found[action]
    answers = {name: asked.answer(whole=whole) for name, asked in questions.items()}
    return {name: given for name, given in answers.items() if given}, frozenset(questions)
