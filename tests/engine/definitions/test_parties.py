"""jb:party on a lane: whose its tasks are."""

import pytest

from engine.definitions.check import check, load
from engine.definitions.model import Party
from engine.routing import PARTIES
from tests.engine.definitions.drawn import TASKS, file, flows, words
from tests.engine.definitions.test_words import choices

ON_THEIR_WAY = flows("start>a a>b b>c c>d d>end")
WITHOUT_THE_WORD = "04b6a426263f6a769c063a676c3a8264b703b53f95290da6e521765835b5eda6"
"""The meaning of `laned` without any jb:party, as the release before the word had it."""


def lane(word: str, *nodes: str, inner: str = "") -> str:
    """A lane, with the nodes in it."""
    references = "".join(f"<flowNodeRef>{node}</flowNodeRef>" for node in nodes)
    return f'<lane id="l{"".join(nodes)}" name="窗口">{words(word) if word else ""}{references}{inner}</lane>'


def laned(*lanes: str) -> bytes:
    """A process with the tasks a, b, c, d in these lanes."""
    return file(words('<jb:matter code="X" department="市住建局"/>') + f"<laneSet>{''.join(lanes)}</laneSet>" + TASKS
                + ON_THEIR_WAY)


def parties(data: bytes) -> dict[str, Party | None]:
    """Task → what its lane is said to be."""
    return {node.id: node.party for node in load(data, file="x.bpmn").process.scope.nodes if node.id in "abcd"}


def test_a_task_is_said_to_be_what_its_lane_is() -> None:
    found = parties(laned(lane('<jb:party as="receiver"/>', "a"), lane('<jb:party unit=" 市 资规局 "/>', "b"), lane("", "c")))

    assert found == {"a": Party(name="receiver"), "b": Party(unit="市 资规局"), "c": None, "d": None}


def test_a_lane_within_a_lane_is_what_it_says_or_else_what_the_outer_says() -> None:
    nested = "<childLaneSet>" + lane("", "b") + lane('<jb:party as="decider"/>', "c") + "</childLaneSet>"

    found = parties(laned(lane('<jb:party as="reviewer"/>', "a", inner=nested)))

    assert found == {"a": Party(name="reviewer"), "b": Party(name="reviewer"), "c": Party(name="decider"), "d": None}


@pytest.mark.parametrize("word", [
    "<jb:party/>", '<jb:party as="receiver" unit="市资规局"/>', '<jb:party as="boss"/>', '<jb:party unit=" "/>',
    '<jb:party role="receiver"/>', '<jb:work act="decide"/>', f'<jb:party unit="{"长" * 101}"/>',
])
def test_a_lane_that_says_nothing_we_know_is_an_error(word: str) -> None:
    assert check(laned(lane(word, "a")), file="x.bpmn").verdict == "refused"


def test_a_diagram_without_the_word_keeps_the_hash_it_was_deployed_with() -> None:
    assert load(laned('<lane id="l" name="窗口"><flowNodeRef>a</flowNodeRef></lane>'), file="x").hash == WITHOUT_THE_WORD


def test_a_lane_with_the_word_is_another_meaning() -> None:
    ways = ("", '<jb:party as="receiver"/>', '<jb:party unit="甲"/>')

    hashes = {load(laned(lane(word, "a")), file="x").hash for word in ways}

    assert len(hashes) == 3


def test_the_schema_lists_every_party() -> None:
    assert choices("party", "as") == set(PARTIES)


def test_a_matter_names_the_field_that_says_the_situation() -> None:
    data = file(words('<jb:matter code="X" situation="building_kind"/>') + TASKS + ON_THEIR_WAY)

    assert load(data, file="x").process.situation == "building_kind"
