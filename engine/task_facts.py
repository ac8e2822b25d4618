"""Facts about tasks and about what people do beside the diagram: who has a task, who was asked, what was sent back.

Frozen, in the past tense, written down once (`engine.events`). `token`: the task's number within its case; one that a person
opened beside the diagram has `engine.side_tasks.FIRST` and the number of the fact that opened it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskClaimed:
    """认领. `person`: who has the task now; another than who acts when it was assigned to him."""

    token: int
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnclaimed:
    """取消认领: nobody has the task any more."""

    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssigned:
    """指派, by whoever administers the department."""

    token: int
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTransferred:
    """转办: for good, with a reason."""

    token: int
    person: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDelegated:
    """委派: `person` does it and gives it back to `owner`, who answers for it."""

    token: int
    person: str
    owner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResolved:
    """What a delegate came to; the task is the owner's again. `natural`: whose hands these were."""

    token: int
    opinion: str
    duty: str
    natural: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSentBack:
    """退回: the task's token went back to an earlier step, `to` in `scope`; `cancelled`: the waits beside it that ended with
    it, `repeats`: the steps between that have to be done again."""

    token: int
    node: str
    to: str
    scope: tuple[str, ...]
    reason: str
    cancelled: tuple[int, ...] = ()
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTakenBack:
    """拿回: the completion of `token` is undone, before anybody acted on it. `completion`: the number of that fact; `restored`:
    the task as it is open again."""

    token: int
    completion: int
    restored: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerAdded:
    """加签. `token`: the signature beside which one more is wanted; `signer`: whose."""

    token: int
    signer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerDropped:
    """减签: the signature of `token` is not wanted any more."""

    token: int
    signer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAsked:
    """A person asks for something beside the diagram: a task opens, whose number is `engine.side_tasks.FIRST` and that of this
    fact. `kind`: consult 征求意见, inspection 联合踏勘, distribution 分送, rework 补办后直送. `host`: the task that asked;
    `is_awaited`: it cannot be completed before this is answered. `unit`, `person`: who is asked; `due_on`: by when, ISO date or
    ""."""

    kind: str
    host: int
    name: str
    role: str | None
    unit: str
    person: str | None
    text: str
    due_on: str = ""
    is_awaited: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpGiven:
    """What was asked for is there. `natural`: whose hands these were, `duty`: at what."""

    token: int
    kind: str
    opinion: str
    data: Mapping[str, object]
    duty: str = ""
    natural: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRecalled:
    """What was asked for is not wanted any more: by whoever asked, or because the task that asked is over."""

    token: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCopied:
    """抄送: somebody may read it; nothing waits for him."""

    to: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSealed:
    """用印: a numbered document bears the seal of whoever decides. `seal`: which one."""

    document: str
    number: str
    seal: str
    unit: str

