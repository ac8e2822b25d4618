"""An upstream platform 一网通办, 工改: what its fields and its status codes mean to us, and ours to it. As configuration.

Decides, from a platform's file alone: which field of an application is which of ours; what a status code that comes in asks of
us; which facts of a case are told the platform, by which of its codes and in which words. Pure: a value in, a value out. It
does not know where the file lies (`engine.platform_files` reads one), who signs what, or which case is meant.

::

    in    application ─ fields, matter ─► the data of a case      callback ─ code, keys ─► an ask: note, message, task, …
    out   facts of a case ─ the first rule that fits ─► a code ─ shape ─► the body the platform understands

`engine.platform_reading` reads what comes in, `engine.platform_statuses` says what goes out; here are the values of both. A
path is names with dots (`applicant.name`): objects inside objects, no lists. A code nobody has mapped asks for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from engine.duties import PLATFORM


class Ask(Enum):
    """What something that comes in asks of us. The values are those of the files."""

    NOTE = "note"  # nothing: it is written down
    MESSAGE = "message"  # a case may wait for this message
    TASK = "task"  # the applicant has done there what is a task of his here
    WITHDRAWAL = "withdrawal"  # the applicant wants the case withdrawn: a person confirms it
    PERSON = "person"  # somebody has to read it


class Sort(Enum):
    """As what a value of the platform is read."""

    AS_IS = "as_is"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of ours, and at which `path` the platform has it. `values`: its words, each with ours."""

    name: str
    path: str
    sort: Sort = Sort.AS_IS
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """How an application is written. `number`: the path of its number there; `matter`: of what is applied for: a code of the
    catalogue, an implementation code 实施编码, or a word in `matters`. `passed_over`: what we do not read; with `is_open` so is
    everything that is not named."""

    number: str
    matter: str
    matters: Mapping[str, str]
    fields: tuple[Field, ...]
    passed_over: frozenset[str]
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """By what a callback names a case: `by` number (ours), platform_number (of its application there), or a value of the case
    of that name."""

    path: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What comes in, as far as it asks for something. `message`: which one; `node`, `outcome`: of the applicant's task."""

    ask: Ask
    message: str = ""
    node: str = ""
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """How a callback is written: where its code, its message, its keys and the values it brings stand. `reason`: where the
    applicant's own words stand, "" for nowhere."""

    code: str
    message: str
    reason: str
    keys: tuple[Key, ...]
    fields: tuple[Field, ...]
    codes: Mapping[str, Asked]
    messages: Mapping[str, Asked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A fact of this kind means this code, when the circumstances are these (`Circumstances`, or fields of the fact)."""

    fact: str
    code: str
    when: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform by its `name`, which stands in addresses; `title`: what people call it. `codes`: its status codes and what
    it calls them; `rules`: which facts mean which; `shape`: of the body that tells it one: by path a word of `WORDS`, or a text
    after “=”."""

    name: str
    title: str
    codes: Mapping[str, str]
    application: Application
    callback: Callback
    rules: tuple[Rule, ...]
    shape: Mapping[str, str]

    @property
    def actor(self) -> str:
        """By whom facts are that it gives."""
        return f"{PLATFORM}{self.name}"


AS_BEFORE = "="
"""The code of a rule that takes back what was said last: the one that was told before it."""

WORDS = ("number", "platform_number", "code", "code_name", "at", "at_local", "fact", "seq", "matter", "department", "park")
"""What a status body may say; nothing in it is personal."""

CIRCUMSTANCES = ("granted", "conditional", "deemed", "kind", "act")
"""What a rule may ask: whether the case was granted, whether it was accepted conditionally 容缺; of the fact, `deemed`, `kind`
(of the stop it begins or ends) and `act` (on a permit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An application as it came: `number` there, `matter` as it is written there, the `data` under our names."""

    number: str
    matter: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A callback as it came. `keys`: by what it names the case; `data`: the values it brings, under our names; `reason`: the
    applicant's words."""

    code: str
    message: str
    asked: Asked
    keys: Mapping[str, str]
    data: Mapping[str, object]
    reason: str
