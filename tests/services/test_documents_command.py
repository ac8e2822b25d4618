"""`jiban documents`: issue, list and print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from services import cli
from tests.services.desk import Desk
from tests.services.documents import lived


@pytest.fixture
def jiban(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    """Run a command on the desk's database; what it printed. A status other than 0 is printed first."""
    monkeypatch.setenv("JIBAN_DATABASE", database_url)

    def run(*arguments: str) -> str:
        status = cli.run(list(arguments))
        printed = capsys.readouterr()
        return printed.out if status == 0 else f"{status}: {printed.err}"

    return run


def test_documents_are_issued_listed_and_printed(desk: Desk, jiban: Callable[..., str], tmp_path: Path) -> None:
    number, file = lived.opened(desk), tmp_path / "收件凭证.pdf"

    issued = jiban("documents", "issue", number, "receipt", "--by", "王")
    listed = orjson.loads(jiban("documents", "list", number, "--json"))["documents"]
    printed = jiban("documents", "print", listed[0]["number"], str(file))

    assert issued.startswith(f"1  收件凭证  {listed[0]['number']}  ") and jiban("documents", "list", number) == issued
    assert printed == "" and f'"file":"{file}"' in jiban("documents", "print", listed[0]["number"], str(file), "--json")
    assert file.read_bytes().startswith(b"%PDF-")
    assert "竣工联合验收意见书" in jiban("documents", "kinds")


def test_what_cannot_be_issued_or_printed_is_said(desk: Desk, jiban: Callable[..., str], tmp_path: Path) -> None:
    number = lived.opened(desk)

    assert jiban("documents", "issue", number, "grant").startswith("1: ") and "grants it 准予 first" in jiban(
        "documents", "issue", number, "grant")
    assert "no document “岳园”" in jiban("documents", "print", "岳园", str(tmp_path / "x.pdf"))
