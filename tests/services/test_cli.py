"""The commands as people and programs call them: statuses, one object a line, one sentence when something is wrong."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from services.cli import COMMANDS, FAULT, INTERRUPTED, run
from services.cli import jiban as jiban_group
from services.commands import deadline
from services.settings import SHELF

ROWS = Path(__file__).parents[1] / "engine" / "data" / "deadlines.jsonl"
SHELF_FILES = [str(path) for path in sorted(SHELF.glob("*.bpmn"))]
SETUP = str(SHELF / "company_setup.bpmn")
SCRIPT = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="p"
 isExecutable="true"><startEvent id="s"/><scriptTask id="t"><script>import os</script></scriptTask><endEvent id="e"/>
 <sequenceFlow id="a" sourceRef="s" targetRef="t"/><sequenceFlow id="b" sourceRef="t" targetRef="e"/></process></definitions>"""
DUTY = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="p"
 isExecutable="true"><startEvent id="s"/><userTask id="t" name="审查"/><exclusiveGateway id="g" default="small"/>
 <endEvent id="e"/><endEvent id="f"/><sequenceFlow id="a" sourceRef="s" targetRef="t"/>
 <sequenceFlow id="b" sourceRef="t" targetRef="g"/><sequenceFlow id="small" sourceRef="g" targetRef="e"/>
 <sequenceFlow id="large" sourceRef="g" targetRef="f"><conditionExpression>amount > 100</conditionExpression></sequenceFlow>
 </process></definitions>"""


SHEETS = {("contacts", "export"), ("empowerment", "export"), ("lists", "export"), ("systems", "export")}
"""Commands that print a sheet and nothing else."""


@pytest.fixture
def refused(tmp_path: Path) -> str:
    """A file that is refused."""
    (tmp_path / "脚本.bpmn").write_text(SCRIPT, encoding="utf-8")
    return str(tmp_path / "脚本.bpmn")


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was printed, an object a line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence on standard error."""
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("jiban: ")
    return lines[0]


def jiban(*arguments: str, **given: Any) -> subprocess.CompletedProcess[str]:
    """The program itself, in a process of its own."""
    environment = {**os.environ, **given.pop("env", {})}
    return subprocess.run([sys.executable, "-m", "services.cli", *arguments], capture_output=given.pop("capture_output", True),
                          text=True, encoding="utf-8", timeout=60, env=environment, check=False, **given)


def test_every_worked_deadline_holds_through_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]

    status = run(["deadline", "--vectors", str(ROWS), "--json"])

    assert status == 0
    assert objects(capsys) == [{"id": row["id"], "due": row["due"], "provisional": row["provisional"]} for row in asked]


def test_a_row_that_cannot_be_answered_is_told_in_its_place_and_the_others_are_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    rows = (b'\xef\xbb\xbf{"id": "\xe7\x94\xb2", "at": "2026-02-11T10:00", "limit": {"amount": 5}}\n\n{not json\n'
            b'{"id": 3, "at": "2026-02-11T10:00", "limit": {"amount": 5}, "suspension": []}\n\xff\n[1]\n'
            b'{"id": 6, "at": "2026-02-11T10:00", "limit": {"amount": 5}}')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(rows)))

    status = run(["deadline", "--vectors", "-", "--json"])
    told = capsys.readouterr()
    answers = [json.loads(line) for line in told.out.splitlines()]

    assert status == 1
    assert [sorted(answer) for answer in answers] == [
        ["due", "id", "provisional"], ["error", "id"], ["error", "id"], ["error", "id"], ["error", "id"],
        ["due", "id", "provisional"]]
    assert [answer["id"] for answer in answers] == ["甲", None, 3, None, None, 6]
    assert "line 4" in answers[2]["error"] and "suspension" in answers[2]["error"]
    assert told.err.count("\n") == 1 and "4 rows" in told.err


def test_deadlines_are_printed_for_people_too(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["deadline", "--vectors", str(ROWS)])

    assert status == 0
    assert "1\t2025-02-07" in capsys.readouterr().out


def test_the_shelf_can_be_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["check", "--json", *SHELF_FILES])

    assert status == 0
    assert [(told["file"], told["verdict"]) for told in objects(capsys)] == [(file, "deployable") for file in SHELF_FILES]


def test_files_are_answered_in_the_order_given_with_the_name_given(
    refused: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    files = [f"{tmp_path}/./none.bpmn", refused, str(tmp_path), SHELF_FILES[0], refused]

    status = run(["check", "--json", *files])
    told = objects(capsys)

    assert status == 1
    assert [each["file"] for each in told] == files
    assert [each["verdict"] for each in told] == ["refused", "refused", "refused", "deployable", "refused"]
    assert [each["diagnostics"][0]["code"] for each in told[:3]] == ["unreadable", "script_task", "unreadable"]
    assert set(told[1]["diagnostics"][0]) == {"code", "severity", "element", "line", "message", "hint"}
    assert (told[1]["diagnostics"][0]["element"], told[1]["diagnostics"][0]["severity"]) == ("t", "error")


def test_a_finding_is_shown_to_people_with_its_line_and_the_way_out(
    refused: str, capsys: pytest.CaptureFixture[str],
) -> None:
    run(["check", refused])
    shown = capsys.readouterr().out

    assert f"{refused}: refused 不可部署" in shown
    assert "error script_task (line 2, t)" in shown and "→" in shown
    assert "\033" not in shown  # colours are for terminals


def test_a_file_name_that_is_no_text_comes_back_as_it_was(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.bpmn")

    told = json.loads(jiban("check", "--json", name, cwd=tmp_path).stdout)

    assert told["file"] == name


def test_a_diagram_is_tried_to_its_first_wait(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["try", "--json", str(SHELF / "company_setup.bpmn")])

    assert status == 0
    assert objects(capsys) == [{
        "file": str(SHELF / "company_setup.bpmn"), "outcome": "waiting",
        "waiting_for": [{"id": "register", "kind": "task", "name": "登记收件"}], "trace": [], "end_events": []}]


def test_a_diagram_is_tried_to_its_end_with_what_it_calls_from_the_shelf(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["try", "--json", "--complete", *SHELF_FILES])
    told = objects(capsys)

    assert status == 0
    assert {each["outcome"] for each in told} == {"completed"} and all(each["end_events"] for each in told)
    setup = next(each for each in told if each["file"] == SETUP)
    assert setup["trace"][:2] == ["register", "verify"]


@pytest.mark.parametrize(("data", "end"), [('{"amount": 50}', "e"), ('{"amount": 500}', "f")])
def test_start_variables_decide_the_way_and_count_as_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str, end: str,
) -> None:
    (tmp_path / "duty.bpmn").write_text(DUTY, encoding="utf-8")

    status = run(["try", "--json", "--complete", "--data", data, str(tmp_path / "duty.bpmn")])
    (told,) = objects(capsys)

    assert (status, told["outcome"], told["trace"], told["end_events"]) == (0, "completed", ["t"], [end])


def test_trying_says_why_a_file_is_refused_and_goes_on(refused: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["try", "--json", refused, "/nowhere.bpmn", SHELF_FILES[0]])
    told = objects(capsys)

    assert status == 1
    assert [each["outcome"] for each in told] == ["refused", "refused", "waiting"]
    assert [told[n]["diagnostics"][0]["code"] for n in (0, 1)] == ["script_task", "unreadable"]
    assert "diagnostics" not in told[2]


def test_a_trial_is_shown_to_people(refused: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["try", SETUP, refused])
    shown = capsys.readouterr().out

    assert "waits for task 任务: 登记收件 (register)" in shown and "error script_task" in shown


def test_a_strangers_text_cannot_write_on_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "\x1b]0;x\x07.bpmn"
    file.write_text(DUTY.replace('name="审查"', 'name="审&#x9b;2J&#10;查&#x202e;"'), encoding="utf-8")

    run(["try", "--data", '{"amount": 1}', str(file)])
    shown = capsys.readouterr().out

    assert "审�2J 查� (t)" in shown
    assert all(line.isprintable() for line in shown.splitlines())


def test_a_database_is_migrated_deployed_to_worked_and_verified(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", f"sqlite:///{tmp_path}/new/jiban.db")

    statuses = [run(arguments) for arguments in (
        ["migrate", "--json"], ["migrate", "--json"], ["deploy", "--json"], ["deploy", "--json"],
        ["deploy", "--json", SHELF_FILES[0]], ["work", "--json"], ["verify", "--json"], ["verify", "--fold", "--json"])]
    revision, again, deployed, repeated, one, worked, verified, folded = objects(capsys)

    assert statuses == [0] * 8
    assert revision == again and revision["revision"]
    assert {each["process"] for each in deployed["deployed"]} == {Path(file).stem for file in SHELF_FILES}
    assert [each["new"] for each in deployed["deployed"]] == [True] * len(SHELF_FILES)
    assert [each["new"] for each in repeated["deployed"]] == [False] * len(SHELF_FILES)
    assert [(each["file"], each["version"], each["new"]) for each in one["deployed"]] == [(SHELF_FILES[0], 1, False)]
    assert worked == {"fired": 0, "moved": 0, "parked": 0, "errands": 0, "handed": 0, "delivered": 0, "undelivered": 0}
    assert verified == folded == {"cases": 0, "facts": 0, "audit": "intact", "problems": []}


def test_verify_ends_with_status_1_and_the_rows_when_anything_is_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", f"sqlite:///{tmp_path / 'empty.db'}")

    status = run(["verify", "--json"])
    (told,) = objects(capsys)

    assert (status, told["audit"]) == (1, "broken")
    assert "jiban migrate" in told["problems"][0]["message"]


@pytest.mark.parametrize(("arguments", "words"), [
    (["bogus"], "No such command"),
    (["check"], "Missing argument"),
    (["try"], "Missing argument"),
    (["deadline"], "--vectors"),
    (["check", "--bogus", "x"], "--bogus"),
    (["try", "x", "--data", "{"], "--data"),
    (["try", "x", "--data", "[]"], "JSON object"),
    (["bench", "everything"], "kernel"),
    (["clocks"], "--overdue, --due-within N and --board"),
    (["clocks", "--overdue", "--board"], "ask for one of"),
    (["clocks", "--board", "--kind", "promised"], "leave out --kind"),
    (["clocks", "--due-within", "-1"], "0<=x<=250"),
    (["clocks", "--overdue", "--kind", "x"], "promised"),
])
def test_a_command_that_is_not_understood_ends_with_status_2_and_says_where_to_read_on(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str,
) -> None:
    status = run(arguments)

    assert status == 2
    told = sentence(capsys)
    assert words in told and "--help` explains" in told


@pytest.mark.parametrize(("arguments", "settings", "words"), [
    (["deadline", "--vectors", "/nowhere.jsonl"], {}, "/nowhere.jsonl: No such file or directory"),
    (["deadline", "--vectors", "/"], {}, "/: Is a directory"),
    (["check", "x"], {"JIBAN_SHELF": "/nowhere"}, "JIBAN_SHELF"),
    (["work"], {"JIBAN_DATABASE": "oracle://x"}, "JIBAN_DATABASE"),
    (["work"], {"JIBAN_TICK_SECONDS": "soon"}, "JIBAN_TICK_SECONDS"),
    (["serve"], {"PORT": "http"}, "PORT"),
    (["migrate"], {"JIBAN_DATABASE": "postgresql://nobody@127.0.0.1:1/none"}, "the database is not available"),
    (["verify"], {"JIBAN_DATABASE": "postgresql://nobody@127.0.0.1:1/none"}, "the database is not available"),
    (["work"], {"JIBAN_DATABASE": "sqlite://"}, "run `jiban migrate`"),
    (["deploy"], {"JIBAN_DATABASE": "sqlite://"}, "run `jiban migrate`"),
    (["clocks", "--overdue"], {"JIBAN_DATABASE": "sqlite://"}, "run `jiban migrate`"),
    (["deploy", "/nowhere.bpmn"], {"JIBAN_DATABASE": "sqlite://"}, "/nowhere.bpmn: the file cannot be read"),
    (["demo", "--keep", "/dev/null"], {}, "/dev/null exists already"),
])
def test_what_cannot_be_done_is_one_sentence_that_names_the_thing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], settings: dict[str, str],
    words: str,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    status = run(arguments)

    assert status == 1
    assert words in sentence(capsys)


def test_a_stranger_that_is_refused_is_not_deployed_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, refused: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", f"sqlite:///{tmp_path / 'jiban.db'}")
    run(["migrate"])
    capsys.readouterr()

    status = run(["deploy", SHELF_FILES[-1], refused])

    assert status == 1 and refused in sentence(capsys)
    run(["deploy", "--json", SHELF_FILES[-1]])
    assert objects(capsys)[0]["deployed"][0]["new"]


def test_a_fault_of_ours_is_called_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("JIBAN_DEBUG", raising=False)
    monkeypatch.setattr(deadline, "load_calendar", lambda shelf: 1 / 0)

    status = run(["deadline", "--vectors", str(ROWS)])

    assert status == FAULT
    assert "internal error" in (told := sentence(capsys)) and "JIBAN_DEBUG=1" in told


def test_a_fault_of_ours_shows_its_traceback_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIBAN_DEBUG", "1")
    monkeypatch.setattr(deadline, "load_calendar", lambda shelf: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        run(["deadline", "--vectors", str(ROWS)])


def test_an_interruption_is_no_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(shelf: Path) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(deadline, "load_calendar", interrupt)

    assert run(["deadline", "--vectors", str(ROWS)]) == INTERRUPTED
    assert "interrupted" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text('{"id": 1, "at": "2026-02-11T10:00", "limit": {"amount": 5}}\n' * 50_000)
    writer = subprocess.Popen([sys.executable, "-m", "services.cli", "deadline", "--vectors", str(tmp_path / "many.jsonl")],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None and writer.stderr is not None
    writer.stdout.readline()

    writer.stdout.close()

    assert writer.stderr.read() == b""
    writer.wait(30)
    writer.stderr.close()


def test_a_full_disk_behind_standard_output_is_said() -> None:
    with Path("/dev/full").open("w") as full:
        done = jiban("deadline", "--vectors", str(ROWS), stdout=full, stderr=subprocess.PIPE, capture_output=False)

    assert done.returncode == 1
    assert done.stderr == "jiban: standard output: No space left on device\n"


def test_text_is_utf_8_whatever_the_locale_says() -> None:
    done = jiban("try", SETUP, env={"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"})

    assert done.returncode == 0 and "登记收件" in done.stdout


def _leaves() -> list[tuple[str, ...]]:
    """Every command as it is typed, the commands of a group one by one."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = jiban_group.get_command(click.Context(jiban_group), name)
        found += [(name, each) for each in command.commands] if isinstance(command, click.Group) else [(name,)]
    return found


@pytest.mark.parametrize("command", _leaves(), ids=" ".join)
def test_every_command_explains_itself_with_an_example_and_takes_json(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...],
) -> None:
    status = run([*command, "--help"])
    help_text = capsys.readouterr().out

    assert status == 0
    assert "Example:" in help_text and ("--json" in help_text or command in SHEETS)


def test_the_overview_lists_every_command_and_imports_none(capsys: pytest.CaptureFixture[str]) -> None:
    imported = "import sys; from services.cli import run; run(['--help']); print([m for m in sys.modules if m in sys.argv])"
    done = subprocess.run([sys.executable, "-c", imported, "sqlalchemy", "lxml", "cel", "SpiffWorkflow", "rich", "flask"],
                          capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
