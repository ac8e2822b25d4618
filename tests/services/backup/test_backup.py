"""A backup taken while people work is one moment of the office; restored, it is that office again, on either database."""

from __future__ import annotations

import os
import re
import threading
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, inspect, select, text

from engine.duties import APPLICANT
from engine.errors import AlreadyDecided, InvalidInput, NotFound, Stale
from services import tables as t
from services import uploads
from services.backup.archive import BackupRefused, Reader
from services.backup.restoring import restore
from services.backup.taking import LEFT_OUT, take
from services.bench.postgres import PostgresServer
from services.database import DatabaseUnavailable, connect, reading, writing
from services.files import Files, path_of
from services.migrations import require_current
from services.office import Office
from services.store import reading as stored
from tests.faults.busy import BUSY
from tests.services.desk import Desk

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
BACKUPS = int(os.environ.get("JIBAN_BACKUPS", "3"))
"""Twenty: ``make backups``."""
WRITERS = 8
PAPER = b"%PDF-1.4\n" + b"1 0 obj <<>> endobj\n" * 50 + b"trailer <<>>\n%%EOF\n"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Where the files of the office lie."""
    return Files(folder=tmp_path / "files")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """Where a backup is restored: on the same database as it was taken from, and on the other."""
    if request.param == "sqlite":
        return connect(f"sqlite:///{tmp_path / 'restored.db'}")
    server: PostgresServer = request.getfixturevalue("postgres")
    return connect(server.create(f"restored_{abs(hash(tmp_path))}"))


def everything(database: Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows, by table."""
    with reading(database) as connection:
        return {table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in t.metadata.sorted_tables if table.name not in LEFT_OUT}


def lived(desk: Desk, files: Files) -> str:
    """Something has happened, and a file was handed in; its hash."""
    number = desk.open("filing", applicant="岳阳某某商贸有限公司")
    with writing(desk.database) as connection:
        row = uploads.attach(connection, files, number, "身份证明", BytesIO(PAPER), "证.pdf", APPLICANT, desk.now)
    other = desk.open()
    desk.go(other, "register", "verify")
    return row.sha256


def test_what_is_restored_is_what_was_there_on_the_same_database_or_the_other(
    desk: Desk, files: Files, empty: Engine, tmp_path: Path,
) -> None:
    digest = lived(desk, files)
    elsewhere = Files(folder=tmp_path / "elsewhere")

    manifest, _ = take(desk.database, files, tmp_path / "office.zip", now=NOW)
    with Reader(tmp_path / "office.zip") as backup:
        report = restore(empty, elsewhere, backup)

    assert manifest.cases == 2 and manifest.files() == [digest] and manifest.missing == ()
    assert report is not None and report.problems == ()
    assert everything(empty) == everything(desk.database)
    assert path_of(elsewhere, digest).read_bytes() == PAPER
    assert (tmp_path / "office.zip").stat().st_mode & 0o077 == 0
    require_current(empty)
    again = Desk(database=empty, office=desk.office, now=desk.now)
    again.go(desk.opened[1], "review_registration")
    assert again.problems() == []
    empty.dispose()


def test_backups_while_eight_work_are_each_one_moment_and_sound(
    database_url: str, office: Office, files: Files, tmp_path: Path,
) -> None:
    desk, stop = Desk(database=connect(database_url), office=office), threading.Event()
    desk.deploy(busy=BUSY)
    for _ in range(6):
        desk.open("busy")
    writers = [threading.Thread(target=_work, args=(desk, number, stop)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        cases, facts = [], []
        for number in range(BACKUPS):
            _, report = take(desk.database, files, tmp_path / f"{number}.zip", now=NOW)
            assert report.problems == ()
            facts.append(report.facts)
            restored = connect(f"sqlite:///{tmp_path / f'{number}.db'}")
            with Reader(tmp_path / f"{number}.zip") as backup:
                found = restore(restored, files, backup)
            assert found is not None and (found.problems, found.facts) == ((), report.facts)
            cases.append(found.cases)
            restored.dispose()
    finally:
        stop.set()
        for writer in writers:
            writer.join()

    assert facts == sorted(facts) and facts[-1] > facts[0], "nobody has worked meanwhile"
    assert desk.problems() == []
    desk.database.dispose()


def _work(desk: Desk, number: int, stop: threading.Event) -> None:
    random = Random(number)
    while not stop.is_set():
        try:
            with reading(desk.database) as connection:
                tasks = [f"{case}-{task.token}" for case, _, task in stored.tasks_page(connection, most=50)]
                nodes = [task.node for _, _, task in stored.tasks_page(connection, most=50)]
            if not tasks or random.random() < 0.2:
                desk.open("busy")
                continue
            at = random.randrange(min(len(tasks), len(nodes)))
            desk.complete_id(tasks[at], {"fill": "filled", "check": "back", "reminder": "seen"}[nodes[at]])
        except (Stale, AlreadyDecided, DatabaseUnavailable, NotFound, InvalidInput):
            stop.wait(0.01)


def test_nothing_that_is_there_is_overwritten(desk: Desk, files: Files, tmp_path: Path) -> None:
    lived(desk, files)
    target = tmp_path / "office.zip"
    take(desk.database, files, target, now=NOW)
    before = target.read_bytes()

    with pytest.raises(BackupRefused, match="never overwrites"):
        take(desk.database, files, target, now=NOW)
    with Reader(target) as backup, pytest.raises(BackupRefused, match="nothing is ever overwritten"):
        restore(desk.database, files, backup)

    assert target.read_bytes() == before and desk.problems() == [] and not list(tmp_path.glob("*.part"))


@pytest.fixture
def taken(sqlite_url: str, office: Office, files: Files, tmp_path: Path) -> Path:
    """A backup of an office where something has happened."""
    desk = Desk(database=connect(sqlite_url), office=office)
    lived(desk, files)
    take(desk.database, files, tmp_path / "office.zip", now=NOW)
    desk.database.dispose()
    return tmp_path / "office.zip"


def test_a_damaged_backup_is_refused_and_writes_nothing_or_is_still_the_same(taken: Path, tmp_path: Path) -> None:
    """A hundred bytes changed, one at a time; what no part of the content depends on may change unnoticed."""
    whole, random, refused = taken.read_bytes(), Random(20260304), 0
    with Reader(taken) as backup:
        manifest = backup.manifest
    for _ in range(100):
        place = random.randrange(len(whole))
        taken.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << random.randrange(8)]) + whole[place + 1:])
        try:
            with Reader(taken) as backup:
                backup.check()
                assert backup.manifest == manifest
        except BackupRefused:
            refused += 1

    assert refused > 90


@pytest.mark.parametrize("kept", [0, 10, 0.3, 0.9, 0.999])
def test_a_backup_that_was_broken_off_is_refused_and_nothing_is_made(
    taken: Path, files: Files, tmp_path: Path, kept: float,
) -> None:
    whole = taken.read_bytes()
    taken.write_bytes(whole[:int(kept if kept > 1 else kept * len(whole))])
    database = connect(f"sqlite:///{tmp_path / 'restored.db'}")

    with pytest.raises(BackupRefused, match="broken off or damaged"), Reader(taken) as backup:
        restore(database, files, backup)

    assert inspect(database).get_table_names() == []
    database.dispose()


def test_a_part_that_was_exchanged_is_refused_and_nothing_is_made(
    taken: Path, files: Files, empty: Engine, tmp_path: Path,
) -> None:
    """The archive is whole, and the rows of one table are another's."""
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(taken) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read("rows/task" if name == "rows/clock" else name))

    with Reader(other) as backup, pytest.raises(BackupRefused, match="damaged in “rows/clock”"):
        restore(empty, files, backup)

    assert inspect(empty).get_table_names() == []
    empty.dispose()


def test_a_backup_of_a_newer_release_is_refused(taken: Path, files: Files, empty: Engine, tmp_path: Path) -> None:
    newer = tmp_path / "newer.zip"
    with zipfile.ZipFile(taken) as source, zipfile.ZipFile(newer, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            body = re.sub(rb'"revision": "\d+"', b'"revision": "9999"', body) if name == "manifest.json" else body
            target.writestr(name, body)

    with Reader(newer) as backup, pytest.raises(BackupRefused, match="newer release"):
        restore(empty, files, backup)

    assert inspect(empty).get_table_names() == []
    empty.dispose()


def test_what_was_not_sound_is_said_when_it_is_backed_up_and_not_restored_unless_that_is_wanted(
    sqlite_url: str, office: Office, files: Files, empty: Engine, tmp_path: Path,
) -> None:
    desk = Desk(database=connect(sqlite_url), office=office)
    lived(desk, files)
    with writing(desk.database) as connection:
        connection.execute(text("UPDATE fact SET body = CAST('{}' AS BLOB) WHERE seq = 1"))

    _, report = take(desk.database, files, tmp_path / "office.zip", now=NOW)
    with Reader(tmp_path / "office.zip") as backup:
        with pytest.raises(BackupRefused, match="not sound"):
            restore(empty, files, backup)
        kept = inspect(empty).get_table_names()
        found = restore(empty, files, backup, must_be_sound=False)

    assert report.problems and kept == [] and found is not None and found.problems == report.problems
    empty.dispose()
    desk.database.dispose()


def test_a_file_that_lies_on_no_disk_any_more_is_named(desk: Desk, files: Files, tmp_path: Path) -> None:
    digest = lived(desk, files)
    path_of(files, digest).unlink()

    manifest, _ = take(desk.database, files, tmp_path / "office.zip", now=NOW)

    assert manifest.missing == (digest,) and manifest.files() == []
