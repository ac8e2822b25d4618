"""Tasks beside the diagram: what a person asks another for while a case goes on (征求意见, 联合踏勘, 分送, 补办后直送).

The diagram's tokens know nothing of them. Such a task opens with the fact that asks, and its number is `FIRST` and the number
of that fact: far above what the kernel counts to, and the same in every replay. What is awaited holds up the task that asked;
when that one is over by other means, nothing is wanted any more. """

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

FIRST = 1_000_000_000


class Help(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An open side task. `host`: the task that asked; `node`: what it is called in the facts that complete it."""

    token: int
    host: int
    kind: str
    is_awaited: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpKind:
    """A kind of side task. `act`: what is done there; `is_awaited`: does the task that asked wait for it?"""

    label: str
    act: str
    is_awaited: bool


KINDS: Mapping[str, HelpKind] = {
    "consult": HelpKind(label="征求意见", act="other", is_awaited=True),
    "inspection": HelpKind(label="联合踏勘", act="inspect", is_awaited=True),
    "distribution": HelpKind(label="分送", act="other", is_awaited=False),
    "rework": HelpKind(label="补办后直送", act="other", is_awaited=True),
}


def token_of(seq: int) -> int:
    """The number of the side task that fact `seq` opened."""
    return FIRST + seq


def is_beside(token: int) -> bool:
    """Is it a task beside the diagram?"""
    return token >= FIRST
