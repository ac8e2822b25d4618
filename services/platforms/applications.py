"""New applications from an upstream platform: each opens exactly one case, however often and from how many sides it comes.

::

    number not seen ──► opened as at the window, by the platform ──► number written, in the same transaction
    number seen, the same content ──► the case it opened, again
    number seen, another content ──► refused, and kept for a person

What holds it is a row that the database has once for each number of a platform. Two of the same at once: the later is rolled
back with the case it had opened, and finds the earlier's. What is compared is what was applied for as this office reads it, not
how it was written. A field that is refused is named as the platform has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.catalogue import Catalogue
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.platform_reading import submission, their_field
from engine.platforms import Platform, Submission
from engine.sentences import say
from services import cases
from services.office import Office
from services.store import platforms as store
from services.store import reading
from services.store.platforms import SubmissionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became of an application. `is_new`: False when its case was there. `asks`: whether other cases are asked for
    something, which the door has done next. `doubts`: what is odd about a field, by the platform's name for it."""

    number: str
    platform_number: str
    is_new: bool
    asks: bool = False
    doubts: Mapping[str, str] = field(default_factory=dict)


class Differs(Forbidden):
    """The same number has come with another content. `number`: there; `case`: what it opened."""

    def __init__(self, platform: str, number: str, case: str) -> None:
        self.number, self.case = number, case
        super().__init__("submit", say(
            "“{number}” of {platform} has opened case {case} with another content: a person looks at it; an application of its "
            "own needs a number of its own", number=number, platform=platform, case=case))


def submit(connection: Connection, office: Office, platform: Platform, body: Mapping[str, Any], *, now: datetime) -> TakenIn:
    """Open the case of an application, or find the one it has opened. Raises InvalidInput naming the platform's field, NotFound
    for a matter nobody handles here, Differs, Raced when the same has just come in, Incident when the diagram cannot begin."""
    asked = submission(platform, body)
    digest = _digest(asked)
    if (known := store.submission(connection, platform.name, asked.number)) is not None:
        if known.digest != digest:
            raise Differs(platform.name, asked.number, known.case)
        return TakenIn(number=known.case, platform_number=asked.number, is_new=False)
    office.refresh(connection)
    try:
        opened = cases.open_case(connection, office, process=_process(office.catalogue, asked.matter), data=asked.data,
                                 by=platform.actor, now=now,
                                 as_known={"platform": platform.name, "platform_number": asked.number})
    except InvalidInput as refusal:
        raise InvalidInput(their_field(platform, refusal.field), refusal.reason) from refusal
    except NotFound as refusal:
        raise InvalidInput(platform.application.matter, refusal.sentence) from refusal
    row = reading.peek_case(connection, opened.number)
    assert row is not None
    store.insert_submission(connection, SubmissionRow(platform=platform.name, number=asked.number, case_id=row.id,
                                                      case=opened.number, digest=digest, received_at=now))
    return TakenIn(number=opened.number, platform_number=asked.number, is_new=True, asks=opened.asks,
                   doubts={their_field(platform, name): doubt for name, doubt in opened.doubts.items()})


def _process(catalogue: Catalogue, matter: str) -> str:
    """The process of a matter, named by its code, its implementation code 实施编码, or as a process is."""
    found = catalogue.matters.get(matter) or next(
        (each for each in catalogue.matters.values() if matter == each.implementation_code), None)
    if found is not None and found.process:
        return found.process
    bundle = catalogue.bundles.get(matter)
    return bundle.process if bundle is not None and bundle.process else matter


def _digest(asked: Submission) -> bytes:
    return hashlib.sha256(orjson.dumps({"data": asked.data, "matter": asked.matter}, option=orjson.OPT_SORT_KEYS)).digest()
