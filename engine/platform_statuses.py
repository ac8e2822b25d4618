"""What a platform is told of a case: which of its codes a fact means, and the body it understands.

The facts of the case so far are all that is asked, so that what is sent late or again says the same. Nothing personal is among
the words a body may use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine import events
from engine.calendar import SHANGHAI
from engine.events import Recorded
from engine.platforms import AS_BEFORE, Platform

_OF_THE_FACT = ("deemed", "kind", "act")


def code_of(platform: Platform, facts: Iterable[Recorded]) -> str | None:
    """The code of the last of some facts, which are all of a case so far; None: it has none."""
    known = list(facts)
    code = _code(platform, known)
    return _before(platform, known) if code == AS_BEFORE else code


def status_body(
    platform: Platform, facts: Iterable[Recorded], *, number: str, matter: str, department: str, park: str,
) -> dict[str, Any] | None:
    """What the platform is told of the last of some facts, which are all of a case so far, in its own shape; None: its codes
    have no word for it. `number`: of the application there."""
    known = list(facts)
    code = code_of(platform, known)
    if code is None:
        return None
    last = known[-1]
    said = {"number": last.case, "platform_number": number, "code": code, "code_name": platform.codes[code],
            "at": last.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "at_local": f"{last.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}", "fact": last.kind, "seq": last.seq,
            "matter": matter, "department": department, "park": park}
    body: dict[str, Any] = {}
    for path, word in platform.shape.items():
        _put(body, path, word[1:] if word.startswith("=") else said[word])
    return body


def _code(platform: Platform, facts: Iterable[Recorded]) -> str | None:
    last, circumstances = _circumstances(facts)
    if last is None:
        return None
    told_of = {**circumstances, **{name: getattr(last.fact, name) for name in _OF_THE_FACT if hasattr(last.fact, name)}}
    return next((rule.code for rule in platform.rules if rule.fact == last.kind
                 and all(told_of.get(name) == value for name, value in rule.when.items())), None)


def _circumstances(facts: Iterable[Recorded]) -> tuple[Recorded | None, dict[str, object]]:
    """The last fact, and how the case stood with it: of several decisions one refusal is enough to refuse (`engine.case`)."""
    last: Recorded | None = None
    granted, conditional, stops = None, False, {0: ""}
    for last in facts:
        match last.fact:
            case events.DecisionMade(granted=is_granted):
                granted = is_granted and granted is not False
            case events.CaseBroughtIn(granted=was_granted, refused=refused) if was_granted or refused:
                granted = was_granted and not refused
            case events.AcceptedConditionally():
                conditional = True
            case events.CaseSuspended(kind=kind):
                stops |= {last.seq: kind, 0: kind}
    ended = stops.get(last.fact.stop, "") if last is not None and isinstance(last.fact, events.CaseResumed) else ""
    return last, {"granted": granted, "conditional": conditional, "kind": ended}


def _before(platform: Platform, facts: Sequence[Recorded]) -> str | None:
    """What was told before the last question about a withdrawal, however often it was asked."""
    for count in range(len(facts) - 1, 0, -1):
        code = None if isinstance(facts[count - 1].fact, events.WithdrawalAsked) else _code(platform, facts[:count])
        if code not in (None, AS_BEFORE):
            return code
    return None


def _put(body: dict[str, Any], path: str, value: object) -> None:
    *outer, last = path.split(".")
    for name in outer:
        body = body.setdefault(name, {})
    body[last] = value
