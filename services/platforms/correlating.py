"""Which case a platform's message is meant for, by the keys it bears.

The number of a case, ours or that of its application there, names one case or none. A value (a project code, a credit code, any
field of the case) names a case among those that wait for this very message. Whatever names no case or several is not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.platforms import Platform, Told
from engine.sentences import Sentence, say
from services.store import platform_messages, reading
from services.store import platforms as store
from services.store.rows import CaseRow

NUMBER, PLATFORM_NUMBER = "number", "platform_number"
MOST = 1000
"""Cases waiting for one message that are looked through for a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The case that is meant; None: none, and `why`. `may_come`: whether one may still come that is."""

    case: CaseRow | None = None
    why: Sentence | str = ""
    may_come: bool = False


def meant(connection: Connection, platform: Platform, told: Told) -> Meant:
    """Which case is meant."""
    if NUMBER in told.keys or PLATFORM_NUMBER in told.keys:
        return _numbered(connection, platform, told.keys)
    if not told.message:
        return Meant(why=say("it names its case by a value only, and no message a case could wait for"))
    values = told.keys
    waiting = platform_messages.waiting(connection, told.message, MOST + 1)
    if len(waiting) > MOST:
        return Meant(why=say("more than {most} cases wait for “{message}”", most=MOST, message=told.message))
    found = [row.number for row in waiting if _bears(orjson.loads(row.data), values)]
    if len(found) == 1:
        return Meant(case=reading.peek_case(connection, found[0]))
    if found:
        return Meant(why=say("{count} cases that wait for “{message}” are meant: {cases}", count=len(found),
                             message=told.message, cases=tuple(found[:5])))
    return Meant(why=say("no case that waits for “{message}” is meant", message=told.message), may_come=True)


def _numbered(connection: Connection, platform: Platform, keys: Mapping[str, str]) -> Meant:
    found: list[CaseRow | None] = []
    if NUMBER in keys:
        found.append(reading.peek_case(connection, keys[NUMBER]))
    if PLATFORM_NUMBER in keys:
        row = store.submission(connection, platform.name, keys[PLATFORM_NUMBER])
        found.append(reading.peek_case(connection, row.case) if row else None)
    known = {row.id: row for row in found if row is not None}
    if len(known) > 1 or (known and None in found):
        return Meant(why=say("its numbers do not name the same case: {cases}",
                             cases=tuple(row.number for row in known.values())))
    if not known:
        return Meant(why=say("no case has this number, or none yet"), may_come=True)
    case = next(iter(known.values()))
    data: Mapping[str, Any] = orjson.loads(case.data)
    for name, value in keys.items():
        if name not in (NUMBER, PLATFORM_NUMBER) and data.get(name) not in (None, "") and str(data[name]) != value:
            return Meant(why=say("it names case {case}, whose {field} is another", case=case.number, field=name))
    return Meant(case=case)


def _bears(data: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    return all(str(data.get(name)) == value for name, value in values.items())
