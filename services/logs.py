"""What is logged and how: lines for people, or JSON with `JIBAN_LOG=json`; each with the id of its request or pass.

No line holds personal data. Modules log sentences of their own with numbers, ids and names of things, never of people; and of
an exception only what it is and where it came from, for its message may quote whatever somebody has entered. Whoever needs the
message finds it where it was shown: in the answer, or as the incident of the case.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name

from services import correlation

FIELDS = ("method", "route", "status", "ms", "job", "role")
"""What a line may hold besides its sentence; anything else a library adds is left out."""

_CHATTY = {"apscheduler": logging.CRITICAL, "procrastinate": logging.CRITICAL, "alembic": logging.WARNING,
           "psycopg": logging.ERROR, "waitress": logging.ERROR}
_FRAMES = 12
_Line = MutableMapping[str, Any]


def start(*, is_json: bool, stream: TextIO | None = None) -> None:
    """From now on everything that is logged in this process goes to a stream, standard error if none is named."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(ProcessorFormatter(
        foreign_pre_chain=[add_log_level, add_logger_name, ExtraAdder(allow=FIELDS), _belonging,
                           structlog.processors.TimeStamper(fmt="iso", utc=True)],
        processors=[_without_values, ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False) if is_json else _readable]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in _CHATTY.items():
        logging.getLogger(name).setLevel(level)


def of(error: BaseException) -> str:
    """What an exception is, and what it came of, without a word of its messages."""
    chain: list[str] = []
    present: BaseException | None = error
    while present is not None and len(chain) < 5:
        chain.append(type(present).__name__)
        present = present.__cause__ or present.__context__
    return " of ".join(chain)


def _belonging(logger: Any, method: str, line: _Line) -> _Line:
    if id := correlation.current():
        line["request"] = id
    return line


def _without_values(logger: Any, method: str, line: _Line) -> _Line:
    """An exception as its kind and the places it passed."""
    record = line.get("_record")
    told = getattr(record, "exc_info", None) or line.pop("exc_info", None)
    line.pop("exc_info", None)
    if told and told[1] is not None:
        line["error"] = of(told[1])
        line["at"] = [f"{frame.filename.rsplit('site-packages/', 1)[-1]}:{frame.lineno} {frame.name}"
                      for frame in traceback.extract_tb(told[2])[-_FRAMES:]]
    return line


def _readable(logger: Any, method: str, line: _Line) -> str:
    at, level, name = line.pop("timestamp"), line.pop("level"), line.pop("logger")
    sentence, places = line.pop("event"), line.pop("at", [])
    more = "".join(f" {key}={value}" for key, value in line.items())
    return "\n    ".join([f"{at} {level.upper()} {name}: {sentence}{more}", *places])
