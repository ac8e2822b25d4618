"""Every story of the demonstration's house, and the cases that somebody who tries it is led to."""

from __future__ import annotations

from services.demo import lingang, settling, sites, xiangyin
from services.demo.days import Days
from services.demo.script import Story

NEWCOMER, DUE_TODAY, LATE = xiangyin.NEWCOMER, xiangyin.DUE_TODAY, xiangyin.LATE
LATE_AT_NOON, LATE_SINCE_YESTERDAY = lingang.LATE_AT_NOON, lingang.LATE_SINCE_YESTERDAY


def stories(days: Days) -> tuple[Story, ...]:
    """All of them, of both parks."""
    return (*xiangyin.stories(days), *sites.stories(days), *lingang.stories(days), settling.story(days))
