"""Whatever a stranger's file does, the gate has an answer, and the next file is served as if nothing had been."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import DefinitionError
from services.gate import door
from services.gate.door import Gate, GateUnavailable
from services.gate.files import READ_MOST, is_on_shelf, read_file
from services.gate.library import Library
from services.gate.messages import Attempt, Request
from services.settings import SHELF

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
GOOD = (SHELF / "receipt.bpmn").read_bytes()

HOSTILE_CHILD = """
import os, signal, sys, time
from services.gate import child

real = child.check

def check(data, *, file, known=()):
    match file:
        case "hungry": bytearray(3 << 30)
        case "greedy": [bytes(1 << 20) for _ in range(3000)]
        case "busy":
            while True: pass
        case "asleep": time.sleep(60)
        case "dead": os.kill(os.getpid(), signal.SIGSEGV)
        case "gone": os._exit(7)
        case "wrong": raise RuntimeError("a fault of ours")
        case "nonsense": os.write(0, b"\\0\\0\\0\\5hello")
        case "chatty": os.write(0, b"\\xff\\xff\\xff\\xff")
        case "writing": open(sys.argv[2], "w").write("x" * 100_000)
        case "secret": assert not [name for name in os.environ if "JIBAN" in name]
    return real(data, file=file, known=known)

child.check = check
child.main(sys.argv[-1])
"""


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """The shipped gate."""
    with Gate(SHELF) as opened:
        yield opened


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Gate]:
    """A gate whose child misbehaves as the name of the file says."""
    script = tmp_path / "child.py"
    script.write_text(HOSTILE_CHILD, encoding="utf-8")
    with Gate(SHELF, command=(sys.executable, str(script), str(tmp_path / "written"))) as opened:
        yield opened


def process(body: str, *, root: str = "") -> bytes:
    """A file with one process."""
    return (f'<?xml version="1.0"?>{root}<definitions xmlns="{BPMN}" targetNamespace="t">'
            f'<process id="p" isExecutable="true">{body}</process></definitions>').encode()


def flow(id: str, source: str, target: str) -> str:
    return f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}"/>'


LAUGHS = ('<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)) + "]>")
ENDLESS = process('<startEvent id="s"/><exclusiveGateway id="a"/><exclusiveGateway id="b" default="ba"/><endEvent id="e"/>'
                  '<sequenceFlow id="be" sourceRef="b" targetRef="e"><conditionExpression>1 == 2</conditionExpression>'
                  '</sequenceFlow>' + flow("sa", "s", "a") + flow("ab", "a", "b") + flow("ba", "b", "a"))
NESTED = process("".join(
    f'<startEvent id="s{n}"/><endEvent id="e{n}"/>{flow(f"a{n}", f"s{n}", f"u{n}")}{flow(f"b{n}", f"u{n}", f"e{n}")}'
    f'<subProcess id="u{n}">' for n in range(240)) + '<startEvent id="s"/><endEvent id="e"/>' + flow("se", "s", "e")
    + "</subProcess>" * 240)

REFUSED = {
    "entities that multiply": (process("&m;", root=LAUGHS), "document_type"),
    "an outside entity": (process("&a;", root='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'), "document_type"),
    "a document type in UTF-16": (process("", root="<!DOCTYPE x>").decode().encode("utf-16"), "document_type"),
    "ten megabytes": (b"<a>" + b"x" * 10_000_000 + b"</a>", "too_large"),
    "nothing": (b"", "not_xml"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_xml"),
    "zeros": (bytes(1_000_000), "not_xml"),
    "another language": (b"<html/>", "not_bpmn"),
    "deep elements": (b"<a>" * 100_000, "not_xml"),
    "deep sub-processes": (NESTED, "too_deep"),
    "an empty process": (process(""), "no_process"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_file_is_refused_with_a_reason_and_a_way_out(gate: Gate, data: bytes, code: str) -> None:
    answer = gate.ask(Request(file="x.bpmn", data=data))

    assert answer.verdict == "refused"
    assert answer.diagnostics[0].message and answer.diagnostics[0].hint
    assert code == answer.diagnostics[0].code


def test_a_diagram_that_runs_in_circles_is_an_incident_and_never_hangs(gate: Gate) -> None:
    answer = gate.ask(Request(file="x.bpmn", data=ENDLESS, attempt=Attempt(complete=True)))

    assert answer.attempted is not None
    assert answer.attempted.outcome == "incident" and "loops" in str(answer.attempted.message)


@pytest.mark.parametrize(("file", "code"), [
    ("hungry", "too_hungry"),  # one piece larger than it may have
    ("greedy", "too_hungry"),  # many small ones
    ("busy", "too_slow"),  # its CPU clock ends it
    ("asleep", "too_slow"),  # the parent's wall clock ends it
    ("dead", "crashed"),
    ("gone", "crashed"),
    ("wrong", "crashed"),
    ("nonsense", "crashed"),
    ("chatty", "too_hungry"),  # announces four gigabytes
])
def test_a_child_that_misbehaves_is_ended_and_replaced(hostile: Gate, file: str, code: str) -> None:
    before = hostile.ask(Request(file="good", data=GOOD))
    refused = hostile.ask(Request(file=file, data=GOOD))
    after = hostile.ask(Request(file="good", data=GOOD))

    assert (refused.verdict, [found.code for found in refused.diagnostics]) == ("refused", [code])
    assert before == after and after.verdict == "deployable"


def test_a_busy_child_is_ended_by_its_own_clock_however_patient_we_are(
    hostile: Gate, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "WALL_SECONDS", 30)

    refused = hostile.ask(Request(file="busy", data=GOOD))

    assert refused.diagnostics[0].code == "too_slow"


def test_the_child_writes_no_file(hostile: Gate, tmp_path: Path) -> None:
    refused = hostile.ask(Request(file="writing", data=GOOD))

    assert refused.diagnostics[0].code == "crashed"
    assert not (tmp_path / "written").exists() or not (tmp_path / "written").read_bytes()


def test_the_child_knows_no_setting_and_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JIBAN_TOKEN", "secret")
    script = tmp_path / "child.py"
    script.write_text(HOSTILE_CHILD, encoding="utf-8")

    with Gate(SHELF, command=(sys.executable, str(script))) as opened:
        answer = opened.ask(Request(file="secret", data=GOOD))

    assert answer.verdict == "deployable"


def test_an_answer_is_due_well_within_two_seconds() -> None:
    assert door.WALL_SECONDS <= 1.5


def test_a_child_that_cannot_be_started_is_said_in_a_sentence() -> None:
    with pytest.raises(GateUnavailable, match="could not be started"), Gate(SHELF, command=("/nonexistent",)):
        pass
    with Gate(SHELF, command=(sys.executable, "-c", "raise SystemExit(9)")) as opened, \
            pytest.raises(GateUnavailable, match="exit status 9"):
        opened.ask(Request(file="good", data=GOOD))


def test_leaving_the_gate_ends_its_child() -> None:
    with Gate(SHELF) as opened:
        opened.ask(Request(file="good", data=GOOD))
        child = opened._serving

    assert child is not None and child.process.poll() is not None


def test_from_the_first_death_on_another_child_is_in_reserve(hostile: Gate) -> None:
    hostile.ask(Request(file="gone", data=GOOD))
    reserve = hostile._reserve
    hostile.ask(Request(file="gone", data=GOOD))

    assert reserve is not None and hostile._serving is reserve and hostile._reserve not in (None, reserve)
    hostile.__exit__(None, None, None)
    assert reserve.process.poll() is not None


def test_start_variables_that_no_state_can_hold_are_refused(gate: Gate) -> None:
    answer = gate.ask(Request(file="x.bpmn", data=GOOD, attempt=Attempt(variables={"verify": {"a": {"b": 1}}})))

    assert (answer.verdict, answer.attempted, answer.diagnostics[0].code) == ("refused", None, "bad_data")
    assert "data.verify" in answer.diagnostics[0].message


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "device"])
def test_what_is_no_regular_file_cannot_be_read_and_does_not_keep_us_waiting(tmp_path: Path, kind: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    named = {"missing": tmp_path / "none", "folder": tmp_path, "pipe": pipe, "device": Path("/dev/zero")}[kind]

    with pytest.raises(DefinitionError) as refused:
        read_file(named)

    assert refused.value.diagnostics[0].code == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(GOOD)
    (tmp_path / "a.bpmn").chmod(0)

    with pytest.raises(DefinitionError, match=r"a\.bpmn: the file cannot be read: Permission denied"):
        read_file(tmp_path / "a.bpmn")


def test_what_is_far_too_large_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.bpmn").open("wb") as opened:
        opened.truncate(READ_MOST * 100)

    with pytest.raises(DefinitionError) as refused:
        read_file(tmp_path / "huge.bpmn")

    assert refused.value.diagnostics[0].code == "too_large"


def test_a_link_to_the_shelf_is_on_the_shelf_and_a_way_out_of_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "link.bpmn").symlink_to(SHELF / "receipt.bpmn")

    assert is_on_shelf(tmp_path / "link.bpmn", SHELF)
    assert not is_on_shelf(SHELF / ".." / "README.md", SHELF)


def test_called_processes_are_found_in_other_files_directly_and_through_others(gate: Gate, tmp_path: Path) -> None:
    def caller(name: str, calls: str) -> str:
        body = ('<startEvent id="s"/><callActivity id="c" calledElement="' + calls + '"/><endEvent id="e"/>'
                + flow("sc", "s", "c") + flow("ce", "c", "e"))
        file = tmp_path / f"{name}.bpmn"
        file.write_bytes(process(body).replace(b'id="p"', f'id="{name}"'.encode()))
        return str(file)

    files = [caller("first", "second"), caller("second", "receipt"), caller("round", "first"), str(tmp_path / "missing")]
    library = Library(gate, [*files, str(SHELF / "receipt.bpmn")])

    homes = library.homes_of(files[0], ["second", "nowhere"])

    assert homes == {"second": files[1], "receipt": str(SHELF / "receipt.bpmn")}
