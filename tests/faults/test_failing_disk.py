"""A disk fails at any write, in the log or in the file, also in the middle of one: what could not be written is said (503) and
is not there, what was said to be done is, and there is work again as soon as there is room."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from services.database import connect
from services.office import Office
from tests.faults.clerks import Wire
from tests.faults.nodes import Node
from tests.faults.reached import Reached, size
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

FAILURES = size("JIBAN_DISK_FAILURES", 25)
"""Five hundred: ``make faults``."""

AT_ONCE, SEED = 3, 20260312
ANY = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def test_a_disk_that_fails_anywhere_is_said_and_nothing_is_half_written(
    sqlite_url: str, office: Office, tmp_path: Path,
) -> None:
    desk, file = Desk(database=connect(sqlite_url), office=office), tmp_path / "jiban.db"
    reached, random = Reached(fault="failing disk", seed=SEED), Random(SEED)
    node, wire, refused, opened = Node(url=sqlite_url, log=tmp_path / "node.log"), Wire(), 0, list[str]()
    node.start()
    assert node.pid is not None

    for number in range(FAILURES):
        bodies = {f"disk{number}-{each}": {"process": "company_setup", "data": {"remarks": "一" * random.randrange(1500)}}
                  for each in range(AT_ONCE)}
        resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (room(file, random), resource.RLIM_INFINITY))
        failing = [wire.ask(node.port, "POST", "/api/v1/cases", body, key) for key, body in bodies.items()]
        assert (wire.ask(node.port, "GET", "/api/v1/cases") or (0,))[0] == 200
        resource.prlimit(node.pid, resource.RLIMIT_FSIZE, ANY)
        again = [wire.ask(node.port, "POST", "/api/v1/cases", body, key) for key, body in bodies.items()]

        assert all(answer is not None and answer[0] in (201, 503) for answer in failing), failing
        assert all(answer is not None and answer[0] == 201 for answer in again), again
        assert all(first == second for first, second in zip(failing, again, strict=True) if first and first[0] == 201)
        refused += sum(answer is not None and answer[0] == 503 for answer in failing)
        opened += [answer[1]["number"] for answer in again if answer is not None]
        reached.so_far(failures=number, refused=refused)
    node.stop()

    assert refused > 0 and len(set(opened)) == desk.rows("case") == FAILURES * AT_ONCE
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert desk.problems() == []
    reached.note(failures=FAILURES, commands=FAILURES * AT_ONCE, refused=refused, integrity="ok", problems=0)
    desk.database.dispose()


def room(file: Path, random: Random) -> int:
    """How large a file may be: so that the log cannot grow, or the database, or neither further than in part of a page."""
    sizes = [each.stat().st_size for each in (file, file.with_name(f"{file.name}-wal")) if each.exists()]
    return random.choice([random.randrange(max(sizes) + 1), max(sizes) + random.randrange(40_000), min(sizes) + 1])
