"""A platform's file as a value, and what contradicts itself in it.

The file has passed its JSON Schema (`bpmn/platforms/schema.json`), which says what may stand where. Here it is decided whether
it makes sense: every code that is used is one of its codes, every fact is one there is, no rule hides the one after it, every
word of a body is known. Whoever keeps the file is told which entry is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine import events
from engine.errors import InvalidInput
from engine.platforms import (
    AS_BEFORE,
    CIRCUMSTANCES,
    WORDS,
    Application,
    Ask,
    Asked,
    Callback,
    Field,
    Key,
    Platform,
    Rule,
    Sort,
)
from engine.sentences import say


def read_platform(name: str, data: Mapping[str, Any]) -> Platform:
    """The platform of a file called `name`. Raises InvalidInput naming the entry."""
    application, callback = data["application"], data["callback"]
    platform = Platform(
        name=name, title=data["title"], codes=data["codes"],
        application=Application(
            number=application["number"], matter=application["matter"], matters=application.get("matters", {}),
            fields=_fields(application["fields"]), passed_over=frozenset(application.get("passed_over", ())),
            is_open=application.get("open", False)),
        callback=Callback(
            code=callback.get("code", ""), message=callback.get("message", ""), reason=callback.get("reason", ""),
            keys=tuple(Key(path=path, by=by) for path, by in callback["keys"].items()),
            fields=_fields(callback.get("fields", {})), codes=_asked(callback.get("codes", {})),
            messages=_asked(callback.get("messages", {}))),
        rules=tuple(Rule(fact=rule["fact"], code=rule["code"], when=rule.get("when", {})) for rule in data["status"]["rules"]),
        shape=data["status"]["shape"])
    for path, reason in _contradictions(platform):
        raise InvalidInput(path, reason)
    return platform


def _fields(data: Mapping[str, Any]) -> tuple[Field, ...]:
    """Ours by name, each a path or an object with more about it."""
    return tuple(Field(name=name, path=said) if isinstance(said, str) else Field(
        name=name, path=said["path"], sort=Sort(said.get("as", Sort.AS_IS.value)), values=said.get("values", {}))
        for name, said in data.items())


def _asked(data: Mapping[str, Any]) -> dict[str, Asked]:
    return {name: Asked(ask=Ask(said["ask"]), message=said.get("message", ""), node=said.get("node", ""),
                        outcome=said.get("outcome")) for name, said in data.items()}


def _contradictions(platform: Platform) -> Iterator[tuple[str, str]]:
    """What is wrong, by the entry it stands at."""
    yield from _of_asks("callback.codes", platform.callback.codes, platform)
    yield from _of_asks("callback.messages", platform.callback.messages, platform)
    yield from _of_rules(platform)
    for path, word in platform.shape.items():
        if not word.startswith("=") and word not in WORDS:
            yield f"status.shape.{path}", say(
                "“{word}” is no word of a status: there are {known}; a fixed text begins with “=”", word=word, known=WORDS)
        if any(other != path and other.startswith(f"{path}.") for other in platform.shape):
            yield f"status.shape.{path}", say("is a value here, and an object at another place")


def _of_asks(where: str, asks: Mapping[str, Asked], platform: Platform) -> Iterator[tuple[str, str]]:
    for name, asked in asks.items():
        if where.endswith("codes") and name not in platform.codes:
            yield f"{where}.{name}", say("“{code}” is none of its codes", code=name)
        if asked.ask is Ask.TASK and not asked.node:
            yield f"{where}.{name}.node", say("is missing: the id of the applicant's task in the diagram")
        if asked.ask is Ask.MESSAGE and where.endswith("codes") and not asked.message:
            yield f"{where}.{name}.message", say("is missing: the name of the message in the diagram")


def _of_rules(platform: Platform) -> Iterator[tuple[str, str]]:
    for place, rule in enumerate(platform.rules):
        at = f"status.rules[{place}]"
        if rule.fact not in events.KINDS:
            yield f"{at}.fact", say("there is no fact “{fact}”", fact=rule.fact)
        if rule.code not in (AS_BEFORE, *platform.codes):
            yield f"{at}.code", say("“{code}” is none of its codes", code=rule.code)
        for word in rule.when:
            if word not in CIRCUMSTANCES:
                yield f"{at}.when.{word}", say("is no circumstance: there are {known}", known=CIRCUMSTANCES)
        if _is_hidden(rule, platform.rules[:place]):
            yield at, say("never counts: a rule before it fits wherever this one does")


def _is_hidden(rule: Rule, before: Sequence[Rule]) -> bool:
    return any(other.fact == rule.fact and other.when.items() <= rule.when.items() for other in before)
