"""Every refusal can be said in Chinese: nothing is raised that the catalogue lacks, and it has nothing that nobody raises."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

import pytest

from engine.cards import CardState
from engine.definitions.reader import read
from engine.errors import AlreadyDecided, DefinitionError, Forbidden, InvalidInput, JibanError, NotFound, Stale
from engine.lifecycle import State
from engine.limits import LimitKind, Unit
from engine.moves import MILESTONE_FACTS
from engine.sentences import listed, places, say
from engine.stops import StopKind
from engine.verbs import VERBS
from services.web.words import refusals
from tests.services.web.sites import Site, calls_of_say, composed, diagnostics, is_of_the_interface, sites, texts

_SAID_BY_A_WORD = frozenset({"asked", "done", "held", "kind", "needed", "other", "seq"})
"""Places that Chinese may leave out: codes and kinds in English, of which the sentence has the word beside them."""
_FRAMES = frozenset({"{technical}"})
"""What is made elsewhere than at a place where it is raised."""


def _raised(sort: str) -> dict[str, Site]:
    return {site.text: site for site in sites()
            if site.sort == sort and re.search("[a-z]{2}", site.text) and not is_of_the_interface(site.text)}


def _named(table: str) -> dict[str, str]:
    return dict(tomllib.loads((refusals.FOLDER / refusals.NAMES_FILE).read_text("utf-8"))[table])


def test_every_sentence_that_is_raised_has_its_chinese() -> None:
    said = refusals.sentences()

    lacking = [f"{site.where}: {text}" for text, site in _raised("sentence").items() if text not in said]

    assert not lacking, "write their Chinese in services/web/words/zh:\n" + "\n".join(lacking)


def test_the_catalogue_says_nothing_that_nobody_raises() -> None:
    assert refusals.sentences().keys() - {site.text for site in sites()} - _FRAMES == set()


def test_each_sentence_stands_in_the_catalogue_once() -> None:
    rooms = [room for file in sorted(refusals.FOLDER.glob("*.toml")) if file.name != refusals.NAMES_FILE
             for room in tomllib.loads(file.read_text("utf-8")).values()]

    counted = Counter(english for room in rooms for english in room)

    assert [english for english, count in counted.items() if count > 1] == []


def test_the_chinese_has_the_places_of_the_english() -> None:
    differing = {english: said for english, said in refusals.sentences().items()
                 if places(said) - places(english) or (places(english) - places(said)) - _SAID_BY_A_WORD}

    assert not differing


def test_the_chinese_is_chinese() -> None:
    strange = {english: said for english, said in refusals.sentences().items()
               if re.search(r"[,;:?!]\s|[a-z]{2,} [a-z]{2,} [a-z]{2,}", re.sub(r"`[^`]*`|jiban [^；。]*", "", said))}

    assert strange.keys() <= {"expected corners like 113.09 29.37; 113.10 29.37; 113.10 29.36",
                              'the body must be one JSON object, like {"process": …}',
                              'expected an object like {"promised": "yellow"}, found {type}',
                              "each corner is its longitude and its latitude in degrees, like [113.09, 29.37]"}


def test_every_place_of_a_sentence_gets_its_value() -> None:
    wrong = [f"{where}: {node.args[0].value!r}" for where, node in calls_of_say()
             if isinstance(node.args[0], ast.Constant)
             and places(str(node.args[0].value)) != {each.arg for each in node.keywords}]

    assert not wrong


def test_a_sentence_is_written_out_where_it_is_said() -> None:
    """A pattern that is computed could not be looked up."""
    assert [where for where, node in calls_of_say() if not isinstance(node.args[0], ast.Constant)] == []


def test_no_sentence_is_put_together_of_pieces() -> None:
    """What is put together is in no catalogue, so that pages would show it in English."""
    assert composed() == [], "raise say(pattern, …) there"


def test_every_command_has_its_word() -> None:
    said = _named("command").keys() | VERBS.keys()

    assert {text: site.where for text, site in _raised("command").items() if text not in said} == {}
    assert MILESTONE_FACTS.keys() <= said
    assert {kind.value for kind in StopKind} - {StopKind.CHILDREN.value} <= said


def test_no_command_has_a_word_in_vain() -> None:
    assert _named("command").keys() - texts() == {"hearing request"}  # the name of a clock, without its _


def test_every_kind_of_thing_has_its_word() -> None:
    assert {text: site.where for text, site in _raised("kind").items() if text not in _named("kind")} == {}
    assert _named("kind").keys() - {site.text for site in sites() if site.sort == "kind"} == set()


def test_every_field_has_its_word() -> None:
    unsaid = {text: site.where for text, site in _raised("field").items()
              if re.search("[a-z]{2}", refusals.field_name(text))}

    assert unsaid == {}


_MADE_UP = frozenset({
    "deadlock", "not_proved",  # tables of soundness
    "promise_beyond_law",  # an error or a warning
    "crashed", "too_hungry", "too_slow", "unreadable",  # of the gate
    "error_without_code", "escalation_without_code", "message_unnamed", "message_without_name", "signal_unnamed",
    "signal_without_name",  # made of the kind of event
})
"""Codes that are not written out where a diagnostic is made."""


def test_every_diagnostic_of_a_diagram_has_its_chinese() -> None:
    said, codes = _named("diagnostic"), diagnostics()

    assert {code: where for code, where in codes.items() if code not in said} == {}
    assert said.keys() - codes.keys() - _MADE_UP == set()
    assert said.keys() >= _MADE_UP


def test_a_diagram_that_cannot_be_run_is_said_in_chinese() -> None:
    with pytest.raises(DefinitionError) as refused:
        read(b"<!DOCTYPE x><definitions/>", "四证并联.bpmn")

    assert refusals.in_chinese(refused.value) == "四证并联.bpmn：文件声明了文档类型（DTD）：请删除该声明"


@pytest.mark.parametrize(("path", "name"), [
    ("due_on", "期限"),
    ("data.applicant", "申请人"),  # of the form of a case, which has its own title
    ("data", "办件数据"),
    ("items.0.key", "定制单事项第1项编号"),  # people count from one
    ("matters[1].step", "事项第2项环节"),
    ("line 5", "第5行"),
    ("line 5 角色", "第5行角色"),  # of a sheet, with its column
    ("row 2 amount", "第2行数量"),
    ("parks.json", "parks.json"),  # a file keeps its name
    ("2027.json: holidays[0].first", "2027.json 假期第1项第一日"),
    ("data.xmmc", "xmmc"),  # a field only a form knows keeps its code
])
def test_a_field_is_named_as_people_call_it(path: str, name: str) -> None:
    assert refusals.field_name(path) == name


class _Strange(Enum):
    ODD = "odd"


@pytest.mark.parametrize(("value", "shown"), [
    (State.ACCEPTED, "已受理"),
    (LimitKind.PROMISED, "承诺时限"),
    (CardState.WRITTEN_OFF, "已核销"),
    (date(2026, 11, 25), "2026-11-25"),
    (datetime(2026, 11, 25, 1, 30, tzinfo=UTC), "2026-11-25 09:30"),  # by the clock on the wall
    ((State.ACCEPTED, State.CONCLUDED), "已受理、已办结"),
    (listed(("甲", "乙"), "; "), "甲；乙"),
    (say("{amount} {unit}", amount=5, unit=Unit.WORKDAY), "5个工作日"),
    (_Strange.ODD, "odd"),  # a word nobody has written
    ("accepted", "accepted"),  # a text of somebody's, not a state
])
def test_values_are_shown_for_people(value: object, shown: str) -> None:
    told = say("{technical}", technical=value)

    assert refusals.said(told) == f"格式不符合要求（{shown}）"


def test_what_the_catalogue_does_not_have_is_said_in_english() -> None:
    assert refusals.in_chinese(JibanError("something odd")) == "something odd"
    assert refusals.in_chinese(JibanError()) == ""
    assert refusals.in_chinese(Forbidden("dance", "not here")) == "不能dance：not here"
    assert refusals.said("{field}: {reason}") == "{field}: {reason}"  # somebody's text, by chance


def test_a_form_names_its_own_fields() -> None:
    refused = InvalidInput("data.xmmc", say("is longer than {value} characters", value=40))

    assert refusals.in_chinese(refused, {"data.xmmc": "项目名称"}) == "项目名称：不得超过40个字"
    assert refusals.reason_in_chinese(Forbidden("seal", say("case {case} has ended with it", case="7"))) == "办件7已随之结束"


@dataclass(frozen=True)
class _Told:
    error: JibanError
    chinese: str


@pytest.mark.parametrize("told", [
    _Told(Stale("43060020260211000001", 3, 5), "43060020260211000001是按第3版读取的，现已是第5版：请刷新后重新办理"),
    _Told(Stale("43060020260211000001", 3, None), "43060020260211000001是按第3版读取的，他人刚刚作了改动：请刷新后重新办理"),
    _Told(NotFound("case", "43060020260211000009"), "没有办件“43060020260211000009”"),
    _Told(AlreadyDecided("7-3", "somebody else has just completed it"), "环节7-3不能再办理：他人刚刚办结了该环节"),
    _Told(DefinitionError("x.bpmn", []), "x.bpmn：不是流程定义"),
])
def test_the_frames_of_errors(told: _Told) -> None:
    assert refusals.in_chinese(told.error) == told.chinese
