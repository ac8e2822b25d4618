"""Every fact of a case is told in Chinese, or another of the same moment says it better."""

import dataclasses
import typing
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from types import NoneType, UnionType

import pytest

from engine import events
from services.telling import SILENT, told
from services.telling.naming import Telling

TELLING = Telling(labels={("check", "passed"): "审查通过"}, person=lambda id: {"li": "李伟"}.get(id, id))
_NAMED = {"clock": "promised", "unit": "workday", "kind": "special", "colour": "yellow", "source": "", "rung": "late",
          "ground": "expert_review", "due": "2026-03-11", "was": "2026-03-10", "result": "granted", "act": "renew",
          "conclusion": "lenient", "due_on": "2026-03-11"}


def _example(of: type) -> typing.Any:
    """A fact of a type with something in each of its fields."""
    hints = typing.get_type_hints(of)
    return of(**{field.name: _value(hints[field.name], field.name) for field in dataclasses.fields(of)})


def _value(hint: typing.Any, name: str) -> typing.Any:
    if typing.get_origin(hint) in (typing.Union, UnionType):
        hint = next(each for each in typing.get_args(hint) if each is not NoneType)
    plain = {str: _NAMED.get(name, "某"), int: 2, bool: False, date: date(2026, 3, 11),
             datetime: datetime(2026, 3, 11, 9, tzinfo=UTC)}
    if hint in plain:
        return plain[hint]
    match typing.get_origin(hint):
        case origin if origin in (tuple, Sequence):
            return (_value(typing.get_args(hint)[0], name),)
        case origin if origin is Mapping:
            return {}
    return _example(hint) if dataclasses.is_dataclass(hint) else None


@pytest.mark.parametrize("kind", sorted(events.KINDS))
def test_every_fact_has_its_sentence(kind: str) -> None:
    fact = _example(events.KINDS[kind])
    if isinstance(fact, events.ClockStarted):
        fact = dataclasses.replace(fact, kind="promised")

    sentence = told(fact, TELLING)

    assert (sentence is None) == (type(fact) in SILENT), sentence


def test_a_completed_step_is_told_by_what_its_outcome_is_called() -> None:
    done = events.TaskCompleted(token=3, node="check", name="审查", act="review", outcome="passed",
                                data={"opinion": "符合条件"})

    assert told(done, TELLING) == "审查:审查通过(符合条件)"


def test_who_gets_a_task_is_told_by_name() -> None:
    assert told(events.TaskTransferred(token=3, person="li", reason="出差"), TELLING) == "转办给李伟:出差"


def test_what_an_applicant_does_is_told_with_its_reasons_and_whose_mandate_it_was() -> None:
    for fact, sentence in (
        (events.ServiceRated(level=1, reasons=("late", "pushed"), text="等了一天"),
         "网上评价:非常不满意(超过承诺时间、推诿扯皮):等了一天"),
        (events.ServiceRated(level=5, channel="window"), "窗口评价:非常满意"),
        (events.RatingAnswered(token=1_000_003, text="已致歉"), "差评整改答复:已致歉"),
        (events.HandOverChosen(way="window"), "选择窗口领取"),
        (events.HandOverChosen(way="post", recipient="赵", phone="0730-8880000", address="岳阳市", mandate="委1"),
         "选择邮寄送达:赵,0730-8880000,岳阳市,代办(委托书委1)"),
    ):
        assert told(fact, TELLING) == sentence
