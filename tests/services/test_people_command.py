"""`jiban people` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli import run

HEADER = "账号,姓名,单位,证件号码,角色,园区,部门,事项\n"


@pytest.fixture(autouse=True)
def an_office(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An office whose system administrator is 张, entered at the machine."""
    monkeypatch.setenv("JIBAN_DATABASE", database_url)
    assert run(["people", "enter", "张", "张敏", "--unit", "市数据局", "--role", "system_admin", "--since", "2026-01-01"]) == 0
    capsys.readouterr()


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What a command answers a program."""
    assert run(["people", *arguments, "--json"]) == 0, capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 1) -> str:
    """The sentence a command refuses with."""
    assert run(["people", *arguments]) == status
    return capsys.readouterr().err


def test_the_machine_enters_a_system_administrator_once_and_nobody_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert "“command line” is not among the people" in refusal(capsys, "enter", "陈", "陈", "--role", "system_admin")

    found = answer(capsys, "list")["people"]

    assert [(each["id"], each["name"], each["roles"][0]["role"]) for each in found] == [("张", "张敏", "system_admin")]
    assert "identity" not in found[0]


def test_a_person_is_entered_given_a_role_changed_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "enter", "周", "周凯", "--unit", "市住建局", "--since", "2026-01-01", "--by", "张")
    granted = answer(capsys, "grant", "周", "reviewer", "--department", "市住建局", "--since", "2026-01-01", "--reason", "任命",
                     "--by", "张")
    assert run(["people", "change", "周", "--name", "周恺", "--by", "张"]) == 0

    assert capsys.readouterr().out == ("周 周恺 市住建局, since 2026-01-01\n"
                                       f"  {granted['id']} reviewer 审查人(承办人): 市住建局, since 2026-01-01\n")
    assert [each["id"] for each in answer(capsys, "list", "--role", "reviewer")["people"]] == ["周"]
    ended = answer(capsys, "end", str(granted["id"]), "--until", "2026-01-31", "--by", "张")
    assert (ended["until_on"], ended["ended_by"]) == ("2026-01-31", "张")
    assert answer(capsys, "list", "--role", "reviewer")["people"] == []
    assert run(["people", "list", "--unit", "市住建局", "--history"]) == 0
    assert "2026-01-01 to 2026-01-31" in capsys.readouterr().out


def test_somebody_is_away_and_back(capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "enter", "周", "周凯", "--since", "2026-01-01", "--by", "张")

    away = answer(capsys, "absent", "周", "张", "--from", "2026-01-01", "--to", "2099-12-31", "--reason", "出差", "--by", "周")

    assert (away["person"], away["substitute"]) == ("周", "张")
    assert answer(capsys, "back", "周", "--by", "张") == {"ended": 1}


def test_a_mandate_is_registered_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "enter", "帮", "帮", "--role", "agent", "--by", "张")
    answer(capsys, "mandate", "委1", "帮", "某公司", "--deed", "supply", "--deed", "apply", "--from", "2026-03-01", "--to",
           "2026-12-31", "--by", "张")

    assert run(["people", "revoke", "委1", "--by", "张"]) == 0
    assert capsys.readouterr().out == "委1: 帮 for 某公司, apply,supply, revoked\n"
    assert [each["is_revoked"] for each in answer(capsys, "mandates", "--agent", "帮")["mandates"]] == [True]


def test_a_sheet_of_people_is_imported_whole_or_not_at_all(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    good, bad = tmp_path / "人员.csv", tmp_path / "错.csv"
    good.write_text(f"{HEADER}周,周凯,市住建局,,审查人,,市住建局,\n周,周凯,市住建局,,审批人,,市住建局,\n", encoding="gb18030")
    bad.write_text(f"{HEADER}吴,吴越,市住建局,,窗口受理人员,,,\n张,张敏,,,审批人,,,\n", encoding="utf-8")

    assert answer(capsys, "import", str(good), "--by", "张") == {"people": 1, "roles": 2}
    assert "line 3 账号: “张” is entered already" in refusal(capsys, "import", str(bad), "--by", "张")
    assert [each["id"] for each in answer(capsys, "list")["people"]] == ["张", "周"]


@pytest.mark.parametrize(("arguments", "told"), [
    (("enter", "周", "周", "--since", "2026-2-1"), "--since: expected a date like"),
    (("mandate", "委1", "张", "某", "--deed", "bribe", "--from", "2026-03-01", "--to", "2026-03-02"), "'bribe' is not one of"),
    (("end", "x"), "'x' is not a valid integer"),
])
def test_what_was_typed_wrongly_is_explained(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str,
) -> None:
    assert told in refusal(capsys, *arguments, status=2)


def test_every_command_explains_itself_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("list", "enter", "import", "change", "grant", "end", "absent", "back", "mandate", "mandates", "revoke"):
        assert run(["people", name, "--help"]) == 0
        assert f"jiban people {name}" in capsys.readouterr().out.partition("Example:")[2], name
