"""Matters for the test of time: one diagram, with limits of several lengths and units."""

from __future__ import annotations

from tests.services import diagrams
from tests.services.time_clocks import OFFICE, Length

_OWN: dict[str, dict[str, Length]] = {
    "ordinary": {"promised": (5, "workday"), "statutory": (20, "workday"), "stage": (3, "workday")},
    "at_once": {"promised": (0, "workday"), "statutory": (3, "workday"), "stage": (1, "workday")},
    "joint": {"promised": (8, "workday"), "statutory": (45, "workday"), "stage": (5, "workday")},
    "by_the_hour": {"promised": (10, "working_hour"), "statutory": (3, "workday"), "stage": (4, "working_hour")},
    "by_the_calendar": {"promised": (10, "calendar_day"), "statutory": (1, "month"), "stage": (3, "half_day")},
    "aimed_at": {"target": (5, "workday"), "statutory": (15, "workday"), "stage": (24, "hour")},
}
_AT_RECEIPT: dict[str, Length] = {"notice": (5, "workday"), "applicant": (30, "calendar_day")}
LIMITS = {name: {**limits, **_AT_RECEIPT} for name, limits in _OWN.items()}
"""The limits of each matter, by kind."""

OUTCOMES = {"check": ("accept", "correct", "decline"), "review": ("done",), "decide": ("grant", "send_back", "refuse"),
            "finish": ("done",), "supplement": ("done",), "hand_over": ("done",), "supervise": ("done",)}
"""The tasks of a matter, and what each may come to."""


def matters() -> dict[str, bytes]:
    """The diagrams, by name."""
    return {name: _matter(name, limits) for name, limits in LIMITS.items()}


def _matter(name: str, limits: dict[str, Length]) -> bytes:
    """A process with everything that has a limit: the receipt with its notice, a review with its stage, a hand-over."""
    promise = next(kind for kind in OFFICE if kind in limits)
    return diagrams.process(
        name, "<bpmn:extensionElements>", *(_limit(kind, limits[kind]) for kind in OFFICE if kind in limits),
        '<jb:variable name="park" type="string"/></bpmn:extensionElements>',
        diagrams.start(), _gateway("to_check"), diagrams.task("check", *OUTCOMES["check"]),
        _gateway("checked", "checked_accepted"), diagrams.throw("correcting", "correcting"),
        diagrams.task("supplement", "done"), diagrams.throw("resubmitted", "resubmitted"), diagrams.end("declined", "declined"),
        _timer("notice", limits["notice"], "check"), diagrams.throw("deemed", "deemed_accepted"),
        _timer("applicant", limits["applicant"], "supplement"), diagrams.end("withdrawn", "deemed_withdrawn"),
        diagrams.throw("accepted", "accepted"), _gateway("to_review"), diagrams.throw("reviewing", "reviewing"),
        _gateway("again"), diagrams.task("review", "done"), diagrams.task("decide", *OUTCOMES["decide"]),
        _gateway("way", "way_again"), _timer("stage", limits["stage"], "review", interrupting=False), diagrams.end("told"),
        _timer(promise, limits[promise], "review", interrupting=False), diagrams.task("supervise", "done", role="supervisor"),
        diagrams.end("supervised"), diagrams.throw("granted", "granted"), diagrams.throw("refused", "refused"),
        _gateway("decided"), diagrams.task("finish", "done"), diagrams.throw("concluded", "concluded"),
        diagrams.task("hand_over", "done"), diagrams.end("handed_over", "handed_over"),
        diagrams.flows("begin", "to_check", "check", "checked", "accepted", "to_review", "reviewing", "again", "review",
                       "decide", "way", "again"),
        diagrams.when("checked", "correcting", 'check == "correct"'), diagrams.flows("notice", "deemed", "to_review"),
        diagrams.when("checked", "declined", 'check == "decline"'),
        diagrams.flows("correcting", "supplement", "resubmitted", "to_check"),
        diagrams.flows("applicant", "withdrawn"), diagrams.flows("stage", "told"),
        diagrams.flows(promise, "supervise", "supervised"), diagrams.when("way", "granted", 'decide == "grant"'),
        diagrams.when("way", "refused", 'decide == "refuse"'), diagrams.flows("granted", "decided"),
        diagrams.flows("refused", "decided", "finish", "concluded", "hand_over", "handed_over"))


def _limit(kind: str, length: Length) -> str:
    return f'<jb:limit kind="{kind}" amount="{length[0]}" unit="{length[1]}" basis="试"/>'


def _timer(kind: str, length: Length, on: str, *, interrupting: bool = True) -> str:
    return (f'<bpmn:boundaryEvent id="{kind}" attachedToRef="{on}" cancelActivity="{str(interrupting).lower()}">'
            f"<bpmn:timerEventDefinition><bpmn:extensionElements>{_limit(kind, length)}</bpmn:extensionElements>"
            "</bpmn:timerEventDefinition></bpmn:boundaryEvent>")


def _gateway(id: str, default: str = "") -> str:
    return f'<bpmn:exclusiveGateway id="{id}"' + (f' default="{default}"/>' if default else "/>")
