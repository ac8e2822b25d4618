"""What the stories of the house have in common: steps told by working day and hour, and the ordinary ones by their name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from services.demo.days import Days
from services.demo.script import Act, Open, Story, done

Step: TypeAlias = tuple[int, str, Act]
"""So many working days after the first day, at this hour, this act."""
Steps: TypeAlias = Sequence[Step]
When: TypeAlias = tuple[int, str]
"""A working day and an hour."""


def story(days: Days, title: str, process: str, filed: When, data: Mapping[str, object], *steps: Steps) -> Story:
    """An application and what became of it so far."""
    told = [days.on(workdays, clock, act) for group in steps for workdays, clock, act in group]
    return Story(title=title, process=process, scenes=(days.on(*filed, Open(data=data)), *told))


def step(workdays: int, clock: str, act: Act) -> Steps:
    """One step."""
    return ((workdays, clock, act),)


def registered(workdays: int, clock: str, of: str = "") -> Steps:
    """登记收件."""
    return step(workdays, clock, done("register", of=of, remarks="当面核对原件"))


def taken_in(workdays: int, clock: str, of: str = "") -> Steps:
    """登记收件, and 受理 at once."""
    return (*registered(workdays, clock, of), *step(workdays, clock, done("verify", of=of, opinion="材料齐全，符合法定形式")))


def handed_over(workdays: int, clock: str, of: str = "") -> Steps:
    """送达, at the window."""
    return step(workdays, clock, done("hand_over", of=of, delivery="窗口领取", recipient="经办人"))
