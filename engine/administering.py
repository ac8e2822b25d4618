"""Who may change the people of an office: enter and change accounts, grant and end roles, say who is away, register mandates
(domain rules §6).

::

    系统管理员 system_admin                     everybody, every role
    部门管理员 department_admin, 园区管理员     the people of his own unit, and the roles of its work
    三员分立                                    system_admin, security_admin, audit_admin: three natural persons
    督查员 supervisor                           changes no case data, so that he holds no other role beside

Whoever may change an account's person says with what it signs in; the security administrator 安全管理员 may also bar it.
Nobody gives himself anything, under whichever of his accounts. While no system administrator is in office, one is entered at
the machine itself, and that is all that can be entered there; over the network nobody can: else the first stranger to reach
an empty office, or one whose administrator has left, would make himself its master.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from engine.duties import Grant, People
from engine.errors import Forbidden
from engine.sentences import say

SYSTEM_ADMIN, DEPARTMENT_ADMIN, PARK_ADMIN, SUPERVISOR = "system_admin", "department_admin", "park_admin", "supervisor"
SECURITY_ADMIN, AUDIT_ADMIN = "security_admin", "audit_admin"
THREE: Mapping[str, str] = {SYSTEM_ADMIN: "系统管理员", SECURITY_ADMIN: "安全管理员", AUDIT_ADMIN: "审计管理员"}
"""Whom one natural person never is two of."""

OF_THE_OFFICE = frozenset({*THREE, DEPARTMENT_ADMIN, PARK_ADMIN, SUPERVISOR, "designer", "head_of_office",
                           "head_of_government", "legal_officer", "connector"})
"""Roles that reach beyond the daily work of a unit: only a system administrator gives and takes them."""

REGISTRARS = frozenset({"clerk"})
"""Who takes in 委托书 besides the administrators: it is handed in at the window."""

_FOUND_ONE = say("this office has no system administrator 系统管理员 in office; whoever runs the machine gives it one there: "
                 "jiban init ACCOUNT NAME")


def founds(people: People, role: str, on: date, *, is_local: bool) -> bool:
    """Is this how an office gets a system administrator when it has none? `is_local`: said at the machine itself."""
    return is_local and role == SYSTEM_ADMIN and not has_system_admin(people, on)


def has_system_admin(people: People, on: date) -> bool:
    """Is a system administrator in office on a day?"""
    return any(grant.role == SYSTEM_ADMIN and grant.is_in_force(on) and people.is_in_office(id, on)
               for id, grants in people.grants.items() for grant in grants)


def may_change(
    people: People, by: str, units: Collection[str], on: date, *, command: str, account: str = "",
) -> None:
    """Somebody may enter or change people of these units; `account`: who is there already and is changed, "" for nobody. Raises
    Forbidden."""
    held = _administered(people, by, on, command)
    if _is_system_admin(held):
        return
    own = sorted({unit for _, unit in held if unit})
    foreign = next((unit for unit in units if unit not in own), None)
    if foreign is not None:
        raise Forbidden(command, say(
            "{by} administers {own}, not “{foreign}”; the administrator of that unit 部门管理员 does it, or the system "
            "administrator 系统管理员", by=by, own="、".join(own) or say("no unit"), foreign=foreign))
    beyond = next((grant.role for grant in _grants_of_natural(people, account) if grant.role in OF_THE_OFFICE
                   and (grant.until_on is None or on <= grant.until_on)), None)
    if beyond is not None:
        raise Forbidden(command, say(
            "{account} holds the role “{role}”; only the system administrator 系统管理员 changes such people",
            account=account, role=beyond))


def may_grant(people: People, by: str, to: str, asked: Grant, on: date, *, is_local: bool = False) -> None:
    """Somebody may give an account that is entered a role within a scope. Raises Forbidden."""
    if not founds(people, asked.role, on, is_local=is_local):
        may_give(people, by, to, on)
        _within_his_unit(people, by, _administered(people, by, on, "grant"), to, asked, on, "grant")
    stay_apart(people, to, asked)


def may_give(people: People, by: str, to: str, on: date) -> None:
    """Somebody may give an account roles at all, whichever: it is of his unit, and not his own. Raises Forbidden."""
    _administered(people, by, on, "grant")
    if people.natural(to) == people.natural(by):
        raise Forbidden("grant", say(
            "{to} and {by} are one natural person: nobody grants himself a role; another administrator 系统管理员 does",
            to=to, by=by))
    may_change(people, by, [_unit_of(people, to)], on, command="grant")


def may_end(people: People, by: str, holder: str, granted: Grant, on: date) -> None:
    """Somebody may end a granted role: whoever could give it, and that also of himself. Raises Forbidden."""
    _within_his_unit(people, by, _administered(people, by, on, "end the role"), holder, granted, on, "end the role")


def stay_apart(people: People, to: str, asked: Grant) -> None:
    """A role goes with those its natural person holds in the same days. Raises Forbidden."""
    for grant in _grants_of_natural(people, to):
        if grant.role == asked.role or not _overlap(grant, asked):
            continue
        if grant.role in THREE and asked.role in THREE:
            raise Forbidden("grant", say(
                "{to} is {duty} ({held}) in these days, and one natural person is never also {other_duty} ({asked}): "
                "三员分立. Give it to another, or end the first",
                to=to, duty=THREE[grant.role], held=grant.role, other_duty=THREE[asked.role], asked=asked.role))
        if SUPERVISOR in (grant.role, asked.role):
            raise Forbidden("grant", say(
                "{to} holds the role “{held}” in these days, which does not go with “{asked}”: a supervisor 督查员 changes no "
                "case data and holds no other role. Give it to another, or end the first",
                to=to, held=grant.role, asked=asked.role))


def may_keep_account(people: People, by: str, account: str, on: date, *, command: str) -> None:
    """Somebody may say with what an account signs in: whoever may change its person. Raises Forbidden."""
    may_change(people, by, [_unit_of(people, account)], on, command=command, account=account)


def may_bar(people: People, by: str, account: str, on: date, *, command: str) -> None:
    """Somebody may bar an account from signing in, or let it in again: the security administrator 安全管理员, or whoever keeps
    it; nobody his own. Raises Forbidden."""
    if people.natural(account) == people.natural(by):
        raise Forbidden(command, say(
            "{account} and {by} are one natural person: nobody does that to himself; another administrator does",
            account=account, by=by))
    if people.is_in_office(by, on) and any(grant.role == SECURITY_ADMIN and grant.is_in_force(on)
                                           for grant in people.grants.get(by, ())):
        return
    may_keep_account(people, by, account, on, command=command)


def may_keep_wire(people: People, by: str, on: date, *, command: str) -> None:
    """Somebody may say what is told to other systems: the system administrator 系统管理员. Raises Forbidden."""
    held = _administered(people, by, on, command)
    if not _is_system_admin(held):
        raise Forbidden(command, say("what other systems are told is kept by the system administrator 系统管理员, not by {by}",
                                     by=by))


def may_name_substitute(people: People, by: str, away: str, substitute: str, on: date) -> None:
    """Somebody may say that an account is away, and who does its work: the person himself, or his administrator. Raises
    Forbidden."""
    if people.natural(substitute) == people.natural(by):
        raise Forbidden("name a substitute", say(
            "{substitute} and {by} are one natural person: nobody makes himself the substitute 代理 of another; {away} names "
            "him, or another administrator", substitute=substitute, by=by, away=away))
    may_call_back(people, by, away, on, command="name a substitute")


def may_call_back(people: People, by: str, away: str, on: date, *, command: str = "end the absence") -> None:
    """Somebody may say that an account is back. Raises Forbidden."""
    if people.natural(away) == people.natural(by) and people.person(by, on, command) is not None:
        return
    may_change(people, by, [_unit_of(people, away)], on, command=command, account=away)


def may_entrust(people: People, by: str, agent: str, on: date) -> None:
    """Somebody may register a mandate 委托书 of an agent: a clerk at the window or the agent's administrator, never the agent.
    Raises Forbidden."""
    if people.persons and people.natural(agent) == people.natural(by):
        raise Forbidden("register a mandate", say(
            "{by} is the agent 帮代办员 himself; a clerk at the window 窗口受理人员 registers the applicant's 委托书", by=by))
    _as_registrar(people, by, agent, on, "register a mandate")


def may_revoke(people: People, by: str, agent: str, on: date) -> None:
    """Somebody may enter that a mandate is revoked: as `may_entrust`, or the agent, who lays it down. Raises Forbidden."""
    if people.natural(agent) == people.natural(by) and people.person(by, on, "revoke a mandate") is not None:
        return
    _as_registrar(people, by, agent, on, "revoke a mandate")


def _as_registrar(people: People, by: str, agent: str, on: date, command: str) -> None:
    if people.person(by, on, command) is not None and any(
            grant.role in REGISTRARS and grant.is_in_force(on) for grant in people.grants.get(by, ())):
        return
    may_change(people, by, [_unit_of(people, agent)], on, command=command)


def _administered(people: People, by: str, on: date, command: str) -> list[tuple[Grant, str]]:
    """In which capacities somebody administers people, each with its unit, "" for none. Raises Forbidden when in none."""
    person = people.person(by, on, command) if people.persons else None
    held = [] if person is None else [(grant, _unit(grant, person.unit)) for grant in people.grants.get(by, ())
                                      if grant.role in (SYSTEM_ADMIN, DEPARTMENT_ADMIN, PARK_ADMIN) and grant.is_in_force(on)]
    if not held and not has_system_admin(people, on):
        raise Forbidden(command, _FOUND_ONE)
    if not held:
        raise Forbidden(command, say(
            "{by} administers nobody on {on}; people are changed by the system administrator 系统管理员 (system_admin), or by "
            "the administrator of their unit 部门管理员 (department_admin)", by=by, on=on))
    return held


def _unit(grant: Grant, own: str) -> str:
    """Whose people an administrator changes: those of the unit his role names, or else of his own."""
    return (grant.department if grant.role == DEPARTMENT_ADMIN else grant.park) or own


def _within_his_unit(
    people: People, by: str, held: Collection[tuple[Grant, str]], to: str, asked: Grant, on: date, command: str,
) -> None:
    """A role is of the work of a unit somebody administers, and so is its holder."""
    if _is_system_admin(held):
        return
    may_change(people, by, [_unit_of(people, to)], on, command=command)
    if asked.role in OF_THE_OFFICE:
        raise Forbidden(command, say(
            "the role “{role}” is given and taken by the system administrator 系统管理员 only", role=asked.role))
    if not any(_encloses(grant, unit, asked) for grant, unit in held):
        own = "、".join(unit for _, unit in held)
        raise Forbidden(command, say(
            "{by} gives roles for the work of {own} only, and this one reaches further (park “{park}”, department "
            "“{department}”, process “{process}”, empty: everywhere); narrow it, or ask the system administrator 系统管理员",
            by=by, own=own, park=asked.park, department=asked.department, process=asked.process))


def _encloses(grant: Grant, unit: str, asked: Grant) -> bool:
    of_unit = asked.department if grant.role == DEPARTMENT_ADMIN else asked.park
    return (of_unit == unit != "" and grant.park in ("", asked.park) and grant.department in ("", asked.department)
            and grant.process in ("", asked.process))


def _is_system_admin(held: Collection[tuple[Grant, str]]) -> bool:
    return any(grant.role == SYSTEM_ADMIN for grant, _ in held)


def _unit_of(people: People, id: str) -> str:
    found = people.persons.get(id)
    return found.unit if found else ""


def _grants_of_natural(people: People, id: str) -> Iterator[Grant]:
    natural = people.natural(id)
    for each in people.persons.values():
        if each.natural == natural:
            yield from people.grants.get(each.id, ())


def _overlap(one: Grant, other: Grant) -> bool:
    return ((one.until_on is None or other.since_on <= one.until_on)
            and (other.until_on is None or one.since_on <= other.until_on))
