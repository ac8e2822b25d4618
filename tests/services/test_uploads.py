"""Files handed in to a case, on both databases: each once on disk, wholly or not at all, and only while something is asked."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from engine.duties import APPLICANT
from engine.errors import Forbidden, InvalidInput, NotFound
from services import files as disk
from services import uploads
from services.database import reading, writing
from services.files import Files
from services.store.uploads import UploadRow
from tests.services.desk import Desk

SCAN = b"%PDF-1.4\nscan"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(folder=tmp_path / "files", largest=1000, largest_case=2000)


def attach(desk: Desk, files: Files, number: str, content: bytes = SCAN, **given: Any) -> UploadRow:
    said = {"material": "身份证明", "name": "证.pdf", "by": APPLICANT, **given}
    with writing(desk.database) as connection:
        return uploads.attach(connection, files, number, stream=BytesIO(content), now=desk.now, **said)


def there(desk: Desk, number: str) -> list[str]:
    with reading(desk.database) as connection:
        return [row.name for row in uploads.of_case(connection, desk.case(number).id)]


def on_disk(files: Files) -> list[Path]:
    return [path for path in files.folder.rglob("*") if path.is_file()]


def test_a_file_lies_under_its_hash_and_never_under_the_name_it_came_with(desk: Desk, files: Files) -> None:
    number = desk.open("filing")

    row, again = attach(desk, files, number), attach(desk, files, number, name="另一个名字.pdf")

    assert (row.media_type, row.size, row.by) == ("application/pdf", len(SCAN), APPLICANT)
    assert on_disk(files) == [files.folder / row.sha256[:2] / row.sha256[2:4] / row.sha256] and again.sha256 == row.sha256
    assert disk.path_of(files, row.sha256).read_bytes() == SCAN
    assert there(desk, number) == ["证.pdf", "另一个名字.pdf"] and desk.problems() == []


@pytest.mark.parametrize(("content", "given", "field"), [
    (b"", {}, "file.empty"), (b"%PDF-" + b"x" * 996, {}, "file.size"), (b"MZ", {}, "file"), (SCAN, {"name": "证.exe"}, "name"),
    (SCAN, {"name": "../证.pdf"}, "name"), (SCAN, {"material": ""}, "material"), (SCAN, {"material": "a\u202eb"}, "material"),
])
def test_what_is_refused_leaves_nothing_behind(
    desk: Desk, files: Files, content: bytes, given: dict[str, str], field: str,
) -> None:
    number = desk.open("filing")

    with pytest.raises(InvalidInput) as refused:
        attach(desk, files, number, content, **given)

    assert refused.value.field == field and there(desk, number) == []
    assert field == "material" or on_disk(files) == []  # a kept file without a row is harmless


def test_the_files_of_a_case_are_bounded_together(desk: Desk, files: Files) -> None:
    number = desk.open("filing")
    for sign in (b"1", b"2"):
        attach(desk, files, number, b"%PDF-" + sign * 900)

    with pytest.raises(InvalidInput, match=r"file\.most"):
        attach(desk, files, number, b"%PDF-" + b"3" * 900)


def test_an_applicant_hands_in_what_is_asked_of_him_and_the_window_at_any_time(desk: Desk, files: Files) -> None:
    number = desk.open("joint_completion_inspection")
    attach(desk, files, number)
    for node, outcome in (("register", "received"), ("verify", "accept")):
        desk.complete(number, node, outcome)

    with pytest.raises(Forbidden, match="nothing is asked"):
        attach(desk, files, number)
    with pytest.raises(Forbidden, match="nothing is asked"):
        attach(desk, files, number, by="帮", for_applicant=True)
    attach(desk, files, number, by="王", name="现场.pdf")
    desk.command("withdraw", number, reason="不办了")
    with pytest.raises(Forbidden, match="has ended"):
        attach(desk, files, number, by="王")
    assert there(desk, number) == ["证.pdf", "现场.pdf"]


def test_whoever_has_handed_it_in_takes_it_back_while_he_may(desk: Desk, files: Files) -> None:
    number, other = desk.open("filing"), desk.open("filing")
    row = attach(desk, files, number)

    with writing(desk.database) as connection:
        with pytest.raises(Forbidden):
            uploads.remove(connection, number, row.id, "王", desk.now)
        with pytest.raises(NotFound):
            uploads.remove(connection, other, row.id, APPLICANT, desk.now)  # each id within its own case alone
        uploads.remove(connection, number, row.id, APPLICANT, desk.now)

    assert there(desk, number) == [] and len(on_disk(files)) == 1
    with reading(desk.database) as connection, pytest.raises(NotFound):
        uploads.found(connection, desk.case(number).id, row.id)


def test_the_scanner_of_the_settings_has_the_last_word(desk: Desk, files: Files) -> None:
    number = desk.open("filing")

    attach(desk, replace(files, scanner=("true",)), number)
    for command in (("false",), ("/no/such/scanner",)):
        with pytest.raises(Forbidden, match="scanner"):
            attach(desk, replace(files, scanner=command), number, b"%PDF-2")

    assert there(desk, number) == ["证.pdf"] and len(on_disk(files)) == 1


def test_a_disk_that_fails_in_the_middle_keeps_nothing(desk: Desk, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    number = desk.open("filing")

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("services.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        attach(desk, files, number)

    assert there(desk, number) == [] and on_disk(files) == []
