"""Whose a case is: the empowerment list asked once, on the day of receipt, and the unit of every task after that.

`route` is a decision table with one hit: park × matter × situation × day → who receives, accepts, reviews, decides, seals, is
liable, supervises (P: the park's body, A: the empowering department, L: the local authority, W: the window):

    mode                        receives  accepts  reviews  decides  in the name and with the seal of, liable
    直接赋权 direct               P         P        P        P        P (the pilot's one seal, else its own)
    委托行使 entrusted            P         P        P        P        A (行政许可法 art. 24)
    服务前移 stationed            A         A        A        A        A
    审批直报 direct_report        P         P        P        A        A (the park's review: art. 43)
    委托收件 received_only        P         A        A        A        A
    未赋权 none                   W or L    W or L   L        L        L

A park without a hall receives at the centre's window W, whatever the mode. What a park has been given and has not effectively
taken over 未有效承接 is received_only. In the pilot what the park decides in its own name is one lane under one seal.

`unit_of` says whose a task is: by the word on its lane, else by its act. It decides on values alone; which rows there are, and
who may enter them, it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from engine.case_facts import CaseRouted
from engine.empowerment import (
    OWN_DEPARTMENT,
    Empowerment,
    Hall,
    LocalAuthority,
    Mode,
    ParkMode,
    Taking,
    is_valid,
    named,
)
from engine.errors import InvalidInput
from engine.sentences import say

PARTIES = ("receiver", "reviewer", "decider", "sealer", "liable", "supervisor", "applicant", "agent")
"""What a lane may be said to be."""

APPLICANT, AGENT = "申请人", "经办人"
"""The unit of a task that the applicant, or who acts for him, does himself."""

FIRST_REVIEW_WORKDAYS = 20
"""下级审查: what a park has for its review before the city decides (行政许可法 art. 43)."""

_PARK, _AUTHORITY = "park", "authority"
_WHO: Mapping[Mode, tuple[str, str, str, str, str]] = {
    Mode.DIRECT: (_PARK, _PARK, _PARK, _PARK, _PARK),
    Mode.ENTRUSTED: (_PARK, _PARK, _PARK, _PARK, _AUTHORITY),
    Mode.STATIONED: (_AUTHORITY, _AUTHORITY, _AUTHORITY, _AUTHORITY, _AUTHORITY),
    Mode.DIRECT_REPORT: (_PARK, _PARK, _PARK, _AUTHORITY, _AUTHORITY),
    Mode.RECEIVED_ONLY: (_PARK, _AUTHORITY, _AUTHORITY, _AUTHORITY, _AUTHORITY),
}
"""Who receives, accepts, reviews, decides; in whose name."""

_EXERCISED = frozenset({Mode.DIRECT, Mode.ENTRUSTED})
"""What a park has to be able to do itself."""

_FIELDS = {"receiver": "receives", "acceptor": "accepts", "reviewer": "reviews", "decider": "decides", "sealer": "seals",
           "liable": "liable", "supervisor": "supervises"}
_BY_ACT = {"receive": "receiver", "hand_over": "receiver", "verify": "acceptor", "accept": "acceptor", "review": "reviewer",
           "inspect": "reviewer", "decide": "decider", "certify": "sealer"}
_NEVER_THE_WINDOWS = frozenset({"verify", "accept", "decide"})
"""Acts with an effect in law: a lane of the receiver does not take them from whom the list gives them to."""

_Rule = TypeVar("_Rule", Empowerment, ParkMode, LocalAuthority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The approved rows that may concern a case: of its park, at least."""

    empowerments: Sequence[Empowerment] = ()
    modes: Sequence[ParkMode] = ()
    authorities: Sequence[LocalAuthority] = ()


def route(
    table: Table, *, park: str, matter: str, situation: str = "", on: date, department: str = "",
) -> CaseRouted:
    """Whose a case is that is received on a day. `department`: whose matter it is by its diagram, "" for nobody's. Raises
    InvalidInput for the park when neither a row nor a local authority is in force: the one gap in the table that nobody but a
    person can fill."""
    mode = _valid(table.modes, park, "", "", on)
    row = _valid(table.empowerments, park, matter, situation, on) or _valid(table.empowerments, park, matter, "", on)
    if row is not None:
        return _empowered(row, mode, situation)
    local = _valid(table.authorities, park, matter, "", on) or _valid(table.authorities, park, "", "", on)
    own = department if local is not None and local.department == OWN_DEPARTMENT else local.department if local else ""
    if local is None or not own:
        raise InvalidInput("park", say(
            "nothing says whose the matter “{matter}” is in “{park}” on {on}: no row of the empowerment list 赋权清单 is in "
            "force, and no local authority 属地 is entered; 市行政审批服务局 enters the department (`jiban empowerment import "
            "--kind local_authority`), and a second person approves it", matter=matter, park=park, on=on))
    return _local(local, own, mode, matter, situation)


def unit_of(routing: CaseRouted | None, *, act: str, party: str = "", unit: str = "", department: str = "") -> str:
    """Whose a task is. `party`, `unit`: what its lane says it is, "" for nothing; `department`: the process's own, which has
    what nobody else has, and everything of a case that was not routed."""
    if party in ("applicant", "agent"):
        return APPLICANT if party == "applicant" else AGENT
    if routing is None:
        return unit or department
    if unit:
        return routing.decides if collapses(routing) and act in _BY_ACT else unit
    name = _BY_ACT.get(act, "") if not party or (party == "receiver" and act in _NEVER_THE_WINDOWS) else party
    return str(getattr(routing, _FIELDS[name])) if name else department


def collapses(routing: CaseRouted) -> bool:
    """一个主体、一枚印章: are all lanes of the permit one?"""
    return routing.hall == Hall.PILOT.value and routing.mode == Mode.DIRECT.value


def reviews_first(routing: CaseRouted) -> bool:
    """审批直报: does one body review before another decides (行政许可法 art. 43)?"""
    return routing.mode == Mode.DIRECT_REPORT.value


def effective_mode(row: Empowerment) -> Mode:
    """How a row is carried out: what a park has not effectively taken over, it only receives (measure 15)."""
    return Mode.RECEIVED_ONLY if row.taking is Taking.NOT_TAKEN_OVER and row.mode in _EXERCISED else row.mode


def _valid(rules: Sequence[_Rule], park: str, matter: str, situation: str, on: date) -> _Rule | None:
    """The row in force for exactly this key; there is one at most, because a second is refused on entry."""
    return next((rule for rule in rules
                 if (rule.park, rule.matter, rule.situation) == (park, matter, situation) and is_valid(rule, on)), None)


def _empowered(row: Empowerment, mode: ParkMode | None, situation: str) -> CaseRouted:
    carried = effective_mode(row)
    is_pilot = mode is not None and mode.hall is Hall.PILOT
    body = mode.body if mode is not None and is_pilot else row.holder or (mode.body if mode else "") or row.park
    units = {_PARK: body, _AUTHORITY: row.authority}
    receives, accepts, reviews, decides, name = (units[who] for who in _WHO[carried])
    seal = mode.seal if mode is not None and is_pilot and name == body else row.seal
    why = f"{named(row)}: {carried.value}"
    if carried is not row.mode:
        why += f", because the park has not effectively taken over what was given as {row.mode.value}"
    return _received(mode, CaseRouted(
        rule=row.id, source="empowerment", mode=carried.value, hall=_hall(mode), matter=row.matter, situation=situation,
        receives=receives, accepts=accepts, reviews=reviews, decides=decides, seals=name, seal=seal, in_name_of=name,
        liable=name, supervises=row.supervisor or row.authority, why=why))


def _local(local: LocalAuthority, own: str, mode: ParkMode | None, matter: str, situation: str) -> CaseRouted:
    window = local.window or own
    return _received(mode, CaseRouted(
        rule=local.id, source="local_authority", mode=Mode.NONE.value, hall=_hall(mode), matter=matter, situation=situation,
        receives=window, accepts=window, reviews=own, decides=own, seals=own, seal=local.seal, in_name_of=own, liable=own,
        supervises=local.supervisor or own, why=f"no empowerment is in force; local authority 属地: {named(local)}"))


def _received(mode: ParkMode | None, routed: CaseRouted) -> CaseRouted:
    """Where there is no hall the centre's window receives, and accepts where who receives accepts."""
    if mode is None or mode.hall is not Hall.NO_HALL:
        return routed
    accepts = mode.window if routed.accepts == routed.receives else routed.accepts
    return replace(routed, receives=mode.window, accepts=accepts, why=f"{routed.why}; no hall: received at {mode.window}")


def _hall(mode: ParkMode | None) -> str:
    return (mode.hall if mode else Hall.HALL).value
