"""State bytes: compact, flat over a case's life, refused whenever they are not what this program wrote; and still readable
when they were written by the first release of the format (`data/states_1.json`).

A change of the format gets a new number and a file of its own beside the old one:
``python -c "from tests.engine.process.test_codec import write; write()"``.
"""

import json
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definitions.model import Definition, EventKind, Process, TimerKind
from engine.errors import StateCorrupt
from engine.process import kernel
from engine.process.codec import MAGIC, load, save, tokens_made
from engine.process.compile import compile_program
from tests.engine.process.drawing import done, drawn, edge, event, fired, program, several, timer

GOLDEN = Path(__file__).parent / "data" / "states_1.json"
TOP = drawn(
    "start > and_s; and_s > a > and_j; and_s > sub > and_j; and_s > vote > and_j; and_s > call > and_j; "
    "and_s > first > catch_t > and_j; first > catch_m > and_j; and_j > end; edge_t > b > end_b", {
        "sub": {"body": drawn("start_i > or_s > c > or_j; or_s > d > or_j; or_j > end_i"), **several("2", element="n")},
        "vote": several(None, collection="who", element="one"), "call": {"called": "q"}, "catch_t": {"event": timer()},
        "catch_m": {"event": event(EventKind.MESSAGE, "m")},
        "edge_t": edge("a", timer("R3/PT1H", TimerKind.CYCLE, repetitions=3), interrupting=False)})
PROCESSES = {name: Process(id=name, name=name, scope=scope)
             for name, scope in {"p": TOP, "q": drawn("start_q > e > end_q")}.items()}
PROCESS = compile_program(Definition(primary="p", processes=PROCESSES, hash="what no change of the model's shape can change"))
DATA = {"who": ["张", "王"], "amount": 12.5, "is_new": True}
STATES = {
    "begun": lambda p: kernel.start(p, DATA),
    "halfway": lambda p: done(p, fired(p, kernel.start(p, DATA), "edge_t"), "a", "c", "vote", x=1),
    "called": lambda p: fired(p, done(p, kernel.start(p, DATA), "d", "d", "c", "e", y="是"), "edge_t", "catch_t"),
    "cancelled": lambda p: kernel.cancel(p, kernel.start(p, DATA).state),
}


def described(process, state):
    """What can be seen of a state: its waits."""
    return [[wait.id, wait.kind.value, wait.node, wait.index, wait.item, wait.remaining, list(wait.scope)]
            for wait in kernel.waits(process, state)]


def finished(process, state):
    """Complete whatever can be completed, oldest first; the ends reached."""
    ends = []
    while waits := [wait for wait in kernel.waits(process, state) if wait.kind.value in ("task", "timer")]:
        move = kernel.complete if waits[0].kind.value == "task" else kernel.fire
        step = move(process, state, waits[0].id)
        state = step.state
        ends += [passed.node for passed in step.passed if passed.is_end]
    return ends


def write() -> None:
    """Write the golden states anew: only when the format has a new number."""
    states = {name: make(PROCESS).state for name, make in STATES.items()}
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps({name: {"state": state.hex(), "waits": described(PROCESS, state),
                                         "ends": finished(PROCESS, state)} for name, state in states.items()},
                                 ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", sorted(STATES))
def test_a_state_of_the_first_release_of_this_format_is_read_and_goes_on(name):
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))[name]
    state = bytes.fromhex(golden["state"])

    assert described(PROCESS, state) == golden["waits"]
    assert finished(PROCESS, state) == golden["ends"]


@pytest.mark.parametrize("name", sorted(STATES))
def test_reading_a_state_and_writing_it_again_gives_the_same_bytes(name):
    state = STATES[name](PROCESS).state

    assert bytes(save(PROCESS, load(PROCESS, state))) == bytes(state)


def test_a_state_says_how_many_tokens_there_have_been():
    step = kernel.start(PROCESS, DATA)

    assert tokens_made(step.state) >= max(wait.id for wait in step.opened)


def test_a_state_does_not_grow_with_the_rounds_a_case_has_gone():
    process = program(
        "start > xor_i > and_s; and_s > a > and_j; and_s > b > and_j; and_j > c > xor; xor > xor_i if again == 1; "
        "xor > end default; edge_t > d > end_d", {"edge_t": edge("a", timer(), interrupting=False)})
    step, sizes = kernel.start(process), []

    for _ in range(1000):
        step = done(process, step, "a", "b", "c", again=1)
        sizes.append(len(step.state))

    assert sizes[-1] == sizes[99] <= sizes[9] + 12  # the first hundred rounds bring ids of three bytes instead of one


def sealed(body: bytes) -> bytes:
    """Bytes with a right checksum."""
    return MAGIC + crc32(body).to_bytes(4, "big") + body


STATE = bytes(STATES["halfway"](PROCESS).state)


@pytest.mark.parametrize(("state", "sentence"), [
    (b"", "not the state of a process instance"),
    (b"JK", "not the state of a process instance"),
    (STATE[:14], "not the state of a process instance"),
    (STATE[:-1], "checksum"),
    (STATE + b"\0", "checksum"),
    (b"PK" + STATE[2:], "not the state of a process instance"),
    (b'{"tasks": [], "typename": "BpmnWorkflow"}', "not the state of a process instance"),
    (STATE[:2] + b"\x63" + STATE[3:], "format 99"),
    (sealed(b"12345678" + STATE[15:]), "another process definition"),
    (sealed(STATE[7:15]), "cannot be read"),
    (sealed(STATE[7:15] + b"\x93\x01\xc2\x90"), "cannot be read"),  # no instance at all
])
def test_bytes_that_are_no_state_of_this_program_are_refused_with_the_reason(state, sentence):
    with pytest.raises(StateCorrupt, match=sentence):
        kernel.waits(PROCESS, state)


@given(st.binary(max_size=80))
def test_no_bytes_at_all_do_anything_but_being_refused(state):
    for bytes_ in (state, MAGIC + state, sealed(STATE[7:15] + state)):
        with pytest.raises(StateCorrupt):
            load(PROCESS, bytes_)


@given(st.data())
def test_a_damaged_state_is_refused_wherever_it_is_damaged(data):
    at = data.draw(st.integers(0, len(STATE) - 1))
    by = data.draw(st.integers(1, 255))

    with pytest.raises(StateCorrupt):
        load(PROCESS, STATE[:at] + bytes([STATE[at] ^ by]) + STATE[at + 1:])


@given(st.data())
def test_a_forged_state_with_a_right_checksum_is_read_or_refused_and_nothing_else(data):
    body = bytearray(STATE[7:])
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(8, len(body) - 1))] = data.draw(st.integers(0, 255))

    try:
        run = load(PROCESS, sealed(bytes(body)))
    except StateCorrupt:
        return
    assert run.top.host is None
