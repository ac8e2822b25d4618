"""A database of release 0002 with cases in flight: each is folded anew, and goes on with the hands its people had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import Forbidden
from services import adoption, migrations, refolding
from services.bench.postgres import PostgresServer
from services.database import connect
from services.folded import fold_of
from services.migrations import SchemaRefused, migrate
from services.office import Office
from tests.services.desk import Desk, day
from tests.services.released import copy, release

CASES = 7
RECEIVED, DECIDING = "43060020260304000001", "43060020260304000002"


@pytest.fixture(params=["sqlite", "postgresql"])
def released(request: pytest.FixtureRequest, office: Office, tmp_path: Path) -> Iterator[Desk]:
    """A desk at the released database, whose tables are this release's already; no case is folded anew yet."""
    if request.param == "sqlite":
        url = release("0002", tmp_path / "released.db")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create(f"refold{abs(hash(tmp_path))}")
        copy("0002", url, tmp_path / "released.db")
    database = connect(url)
    migrate(database)
    yield Desk(database=database, office=office, now=day(9))
    database.dispose()


def refold(desk: Desk) -> int:
    """As `jiban migrate` does, after the tables."""
    assert adoption.adopt(desk.database, desk.office, now=desk.now) == 0
    return refolding.refold(desk.database, desk.office)


def test_every_case_is_folded_anew_and_follows_from_its_facts(released: Desk) -> None:
    assert refold(released) == CASES

    migrations.require_current(released.database)
    assert released.problems() == [] and refold(released) == 0


def test_nobody_serves_the_database_before(released: Desk) -> None:
    with pytest.raises(SchemaRefused, match="not all taken over"):
        migrations.require_current(released.database)


def test_whoever_received_or_reviewed_a_case_then_does_not_decide_it_now(released: Desk) -> None:
    refold(released)

    assert fold_of(released.case(DECIDING)).hands == (("receiving", "王"), ("reviewing", "李"))
    for by in ("王", "李"):
        with pytest.raises(Forbidden, match="another natural person"):
            released.complete(DECIDING, "decide_registration", "grant", by=by)
    released.complete(DECIDING, "decide_registration", "grant", by="赵")
    assert released.problems() == []


def test_whose_an_open_task_is_stands_in_its_row(released: Desk) -> None:
    refold(released)

    assert [task.unit for task in released.tasks(RECEIVED)] == ["市市场监管局"]


def test_what_was_broken_off_goes_on_where_it_stopped(released: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refolding, "PORTION", 3)
    seen: list[tuple[int, int]] = []

    refolding.refold(released.database, released.office, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(3, 7), (6, 7), (7, 7), (7, 7)] and released.problems() == []
