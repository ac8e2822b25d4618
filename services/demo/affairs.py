"""Every story of the demonstration's house."""

from __future__ import annotations

from services.demo import xiangyin
from services.demo.days import Days
from services.demo.script import Story


def stories(days: Days) -> tuple[Story, ...]:
    """All of them, of all parks."""
    return (*xiangyin.stories(days),)
