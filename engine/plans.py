"""The customised plan 定制单 of a project: which matters, in which order, whose, by when; and where each stands.

A plan is a list of items. Each names a matter (a process), what has to be done before it, the department and the person who
answer for it, the day it should be done by, and the documents it takes. An item *is* never in a state: where it stands follows
from its case. An item is ready when the case of each item before it was concluded without a refusal; a refusal stops what
comes after it until the plan is changed or a new case granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from engine.errors import InvalidInput
from engine.lifecycle import State
from engine.sentences import say

MOST_ITEMS = 100
"""Items of a plan: the longest list of a park has forty."""

_LONGEST = 200


class ItemState(Enum):
    """Where an item of a plan stands."""

    BLOCKED = "blocked"  # 待前置事项
    READY = "ready"  # 可开办
    OPEN = "open"  # 办理中
    DONE = "done"  # 已办结
    REFUSED = "refused"  # 不予许可
    ENDED = "ended"  # 已撤件、退件、终止: may be opened again


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """A matter of a plan. `key`: its name in the plan; `after`: the keys of what comes before it; `due_on`: the day it should
    be done by, None when none is set; `data`: of its application, beside what the project file fills in."""

    key: str
    process: str
    title: str = ""
    after: Sequence[str] = ()
    department: str = ""
    responsible: str = ""
    due_on: date | None = None
    materials: Sequence[str] = ()
    data: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How far a case is, as a plan asks. `has_refusal`: one of its decisions was a refusal."""

    number: str
    state: State
    has_refusal: bool = False


_DONE = frozenset({State.CONCLUDED, State.CERTIFIED, State.HANDED_OVER, State.ARCHIVED})
_ENDED = frozenset({State.DECLINED, State.NOT_APPLICABLE, State.RETURNED, State.DEEMED_WITHDRAWN, State.WITHDRAWN,
                    State.TERMINATED, State.VOIDED})


def check(items: Sequence[PlanItem]) -> None:
    """A plan can be carried out. Raises InvalidInput naming the item: a key twice, something before it that is not in the plan,
    or a circle, in which nothing could ever begin."""
    if not 0 < len(items) <= MOST_ITEMS:
        raise InvalidInput("items", say("a plan has 1 to {most} matters, this one {count}", most=MOST_ITEMS, count=len(items)))
    by_key: dict[str, PlanItem] = {}
    for place, item in enumerate(items):
        for name in ("key", "process"):
            if not (text := getattr(item, name)) or len(text) > _LONGEST or not text.isprintable():
                raise InvalidInput(f"items.{place}.{name}", say("expected 1 to {most} printable characters", most=_LONGEST))
        if item.key in by_key:
            raise InvalidInput(f"items.{place}.key", say(
                "“{item}” is in the plan already; each matter has a key of its own", item=item.key))
        by_key[item.key] = item
    for place, item in enumerate(items):
        for before in item.after:
            if before not in by_key:
                raise InvalidInput(f"items.{place}.after", say(
                    "“{before}” is not in the plan: {known}", before=before[:_LONGEST], known='、'.join(by_key)))
    if circle := _circle(by_key):
        raise InvalidInput("items", say(
            "{circle}: each of them waits for the one before, so none could begin", circle=' → '.join(circle)))


def standings(items: Iterable[PlanItem], cases: Mapping[str, Stand]) -> dict[str, ItemState]:
    """Where each item stands, by key. `cases`: by key, the last case of the item."""
    listed = list(items)
    done = {item.key for item in listed if (case := cases.get(item.key)) is not None and _of(case) is ItemState.DONE}
    return {item.key: _standing(item, cases.get(item.key), done) for item in listed}


def ready(items: Iterable[PlanItem], cases: Mapping[str, Stand]) -> list[PlanItem]:
    """The items that can be opened now, in the order of the plan."""
    listed = list(items)
    found = standings(listed, cases)
    return [item for item in listed if found[item.key] is ItemState.READY]


def _standing(item: PlanItem, case: Stand | None, done: set[str]) -> ItemState:
    if case is not None:
        return _of(case)
    return ItemState.READY if done.issuperset(item.after) else ItemState.BLOCKED


def _of(case: Stand) -> ItemState:
    if case.state in _ENDED:
        return ItemState.ENDED
    if case.state in _DONE:
        return ItemState.REFUSED if case.has_refusal else ItemState.DONE
    return ItemState.OPEN


def _circle(by_key: Mapping[str, PlanItem]) -> list[str]:
    """A circle of items, each after the one before it; empty when there is none. Walked without recursion: a plan may be one
    chain."""
    finished: set[str] = set()
    for begin in by_key:
        path: list[str] = []
        left: list[tuple[str, bool]] = [(begin, False)]
        while left:
            key, is_done = left.pop()
            if is_done:
                finished.add(path.pop())
            elif key in path:
                return [*path[path.index(key):], key][::-1]
            elif key not in finished:
                path.append(key)
                left.append((key, True))
                left += [(before, False) for before in by_key[key].after]
    return []
