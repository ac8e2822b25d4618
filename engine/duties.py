"""Who may act: roles with their scope, separation of duties by natural person, substitutes, mandates of agents (domain rules
§6).

A *person* here is an account; two accounts of one *natural person* count as one, so nobody can receive an application under one
name and decide it under another. What somebody has done on a case stays with the case as *hands*: (duty, natural person). The
checks are made when a task is claimed, when it is handed to somebody, and again when it is completed.

::

    受理 receiving ≠ 审查 reviewing ≠ 审批 deciding        one natural person, one of them, on one case
    帮代办 agent     ≠ all of them                         who files for the applicant decides nothing
    a substitute 代理 or delegate 委派 acts with the bans of both: his own and those of whom he stands in for

An office that has entered nobody states roles at its doors, as before there were people; separation holds all the same, by
name. """

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TypeAlias

from engine.errors import Forbidden
from engine.sentences import say

Hand: TypeAlias = tuple[str, str]
"""What one natural person has done on a case: (value of the duty, the person)."""


class Duty(Enum):
    """What must not come together in one pair of hands. The values are stored."""

    RECEIVING = "receiving"  # 收件、核验、受理
    REVIEWING = "reviewing"  # 审查、踏勘
    DECIDING = "deciding"  # 决定
    AGENT = "agent"  # 帮代办: acts for the applicant


NAMES: Mapping[Duty, str] = {
    Duty.RECEIVING: "受理", Duty.REVIEWING: "审查", Duty.DECIDING: "审批", Duty.AGENT: "帮代办"}

_OF_ACTS = {"receive": Duty.RECEIVING, "verify": Duty.RECEIVING, "accept": Duty.RECEIVING, "review": Duty.REVIEWING,
            "inspect": Duty.REVIEWING, "decide": Duty.DECIDING}
APPLICANT_ROLE = "applicant"
"""Of a task that is the applicant's: who may do it is not a matter of roles here."""

APPLICANT = "申请人"
"""By whom a fact is that the applicant gives himself, having proved that the case is his. No account is called so; who he is,
the case says."""

PLATFORM = "平台:"
"""Begins by whom a fact is that another system gives, before the platform's name. No account begins so."""

_OF_ROLES = {"clerk": Duty.RECEIVING, "reviewer": Duty.REVIEWING, "approver": Duty.DECIDING}
AGENT_ROLE, SUPERVISOR_ROLE = "agent", "supervisor"


class Deed(Enum):
    """What an agent may be entrusted with (委托书). The values are stored."""

    APPLY = "apply"  # 申请
    SUPPLY = "supply"  # 提交、补正材料
    WITHDRAW = "withdraw"  # 撤件
    COLLECT = "collect"  # 领取结果
    DECLARE = "declare"  # 签署告知承诺: only if the mandate says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account. `natural`: the natural person behind it, which is the first account of the same identity document. In office
    from `since_on` to `until_on`, both counted; None: without end."""

    id: str
    name: str
    unit: str
    natural: str
    since_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role within a scope; "" in a place means everywhere. `department`: of the task's unit, or else of the case."""

    role: str
    park: str = ""
    department: str = ""
    process: str = ""
    since_on: date
    until_on: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Is it held on this day?"""
        return _in_force(self.since_on, self.until_on, on)

    def covers(self, work: Work, on: date) -> bool:
        """Does it cover this work on this day?"""
        return (self.role == work.role and _in_force(self.since_on, self.until_on, on)
                and self.park in ("", work.park) and self.process in ("", work.process)
                and self.department in ("", work.unit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is away from `first_on` to `last_on`, and `substitute` does his work (代理)."""

    substitute: str
    first_on: date
    last_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """委托书 `number`: an agent may do `deeds` for `principal` (the applicant), in one project or everywhere ("")."""

    number: str
    principal: str
    deeds: frozenset[Deed]
    first_on: date
    last_on: date
    project: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A piece of work on a case, as far as it matters who does it. `unit`: whose people; `duty`: None when it is none of those
    that are kept apart."""

    role: str | None
    duty: Duty | None
    park: str
    unit: str
    process: str
    project: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, after the checks, and at what. `natural`: the persons whose hands these are; `on_behalf`: whom he stands in
    for, "" for nobody; `mandate`: the 委托书 under which he acts for the applicant (代办), "" when he does not."""

    id: str
    natural: tuple[str, ...]
    duty: Duty | None = None
    on_behalf: str = ""
    mandate: str = ""

    @property
    def duty_name(self) -> str:
        """The duty as facts have it; "" for none."""
        return self.duty.value if self.duty else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody an office has entered, by account."""

    persons: Mapping[str, Person] = field(default_factory=dict)
    grants: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)
    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    mandates: Mapping[str, tuple[Mandate, ...]] = field(default_factory=dict)

    def natural(self, id: str) -> str:
        """The natural person behind an account; an account nobody entered is its own."""
        found = self.persons.get(id)
        return id if found is None else found.natural

    def natural_named(self, name: str) -> tuple[str, ...]:
        """The natural persons a name may mean: that of an account, or else those of everybody who is called so."""
        if name in self.persons:
            return (self.persons[name].natural,)
        return tuple(dict.fromkeys(each.natural for each in self.persons.values() if each.name == name))

    def person(self, id: str, on: date, command: str) -> Person | None:
        """The person of an account in office on a day; None when the office has entered nobody at all. Raises Forbidden."""
        if not self.persons:
            return None
        found = self.persons.get(id)
        if found is None:
            raise Forbidden(command, say(
                "“{id}” is not among the people of this office; the system administrator 系统管理员 enters whoever works here",
                id=id))
        if not _in_force(found.since_on, found.until_on, on):
            raise Forbidden(command, say(
                "{person} ({id}) is not in office on {on}; the department administrator 部门管理员 gives the work to somebody "
                "who is", person=found.name, id=id, on=on))
        return found

    def is_in_office(self, id: str, on: date) -> bool:
        """Is somebody whom the office has entered there on a day?"""
        found = self.persons.get(id)
        return found is not None and _in_force(found.since_on, found.until_on, on)

    def has_role(self, id: str, work: Work, on: date) -> bool:
        """Does somebody hold the role of this work in its scope?"""
        return work.role is None or any(grant.covers(work, on) for grant in self.grants.get(id, ()))

    def is_agent(self, id: str, on: date) -> bool:
        """Does somebody act for applicants on a day?"""
        return any(grant.role == AGENT_ROLE and _in_force(grant.since_on, grant.until_on, on)
                   for grant in self.grants.get(id, ()))

    def away_for(self, substitute: str, on: date) -> Iterable[str]:
        """Whose work somebody does on a day because they are away."""
        for id, absences in self.absences.items():
            if any(each.substitute == substitute and each.first_on <= on <= each.last_on for each in absences):
                yield id

    def mandate(self, agent: str, principals: Iterable[str], project: str, on: date) -> Mandate | None:
        """The mandate under which an agent acts for an applicant on a day; None when he has none."""
        named = {each for each in principals if each}
        return next((each for each in self.mandates.get(agent, ()) if each.principal in named
                     and each.project in ("", project) and each.first_on <= on <= each.last_on), None)


def stands_outside(by: str) -> bool:
    """Is it the applicant himself, or a platform that speaks for him? Neither is among the people of an office."""
    return by == APPLICANT or by.startswith(PLATFORM)


def duty_of(act: str, role: str | None) -> Duty | None:
    """Which of the duties that are kept apart a task is; None when it is none of them. A reviewer who verifies reviews."""
    if act not in _OF_ACTS:
        return None
    return _OF_ROLES.get(role or "", _OF_ACTS[act])


def admit(
    people: People, by: str, work: Work, hands: Iterable[Hand], on: date, *, command: str, holder: str | None = None,
    reviewer_may_decide: bool = False,
) -> Actor:
    """Who acts, once it is clear that he may: he is in office, holds the role in the scope (or stands in for somebody who does
    and is away, `holder` before all others), and his hands are free for this duty. Raises Forbidden saying which of it is
    wanting and who can act."""
    if work.role is None:
        keep_off(people, by, on, command=command)
    on_behalf = _stands_in_for(people, by, work, on, command, holder)
    natural = tuple(dict.fromkeys(people.natural(id) for id in (by, on_behalf) if id))
    for person in natural:
        separate(person, work.duty, hands, command=command, reviewer_may_decide=reviewer_may_decide)
    return Actor(id=by, natural=natural, duty=work.duty, on_behalf=on_behalf)


def admit_for_applicant(
    people: People, by: str, deed: Deed, principals: Iterable[str], work: Work, hands: Iterable[Hand], on: date, *,
    command: str,
) -> Actor:
    """Who does what is the applicant's to do: the applicant himself, a platform he has used, whoever enters it for him at the
    window, or an agent whose mandate covers it. Raises Forbidden."""
    mandate = entrusted(people, by, deed, principals, work.project, on, command=command)
    natural = people.natural(by)
    if stands_outside(by):
        return Actor(id=by, natural=(by,))
    if mandate is None:
        people.person(by, on, command)
        return Actor(id=by, natural=(natural,))
    separate(natural, Duty.AGENT, hands, command=command)
    return Actor(id=by, natural=(natural,), duty=Duty.AGENT, mandate=mandate.number)


def separate(
    natural: str, duty: Duty | None, hands: Iterable[Hand], *, command: str, reviewer_may_decide: bool = False,
) -> None:
    """Separation of duties on one case (domain rules §6). `reviewer_may_decide`: an office's explicit setting for 即办件.
    Raises Forbidden."""
    if duty is None:
        return
    allowed = {duty.value, *((Duty.REVIEWING.value, Duty.DECIDING.value)
                             if reviewer_may_decide and duty in (Duty.REVIEWING, Duty.DECIDING) else ())}
    done = next((did for did, who in hands if who == natural and did not in allowed), None)
    if done is not None:
        raise Forbidden(command, say(
            "{person} has done {duty} ({done}) on this case, so that {other_duty} ({other}) has to be done by another natural "
            "person (受理、审查、审批三分离); transfer the task 转办, or let a colleague claim it",
            person=natural, duty=NAMES[Duty(done)], done=done, other_duty=NAMES[duty], other=duty))


def require_role(people: People, by: str, roles: Iterable[str], work: Work, on: date, *, command: str) -> None:
    """Somebody acts in one of these roles. Raises Forbidden; an office without people states roles at its doors."""
    wanted = sorted(roles)
    if people.person(by, on, command) is None:
        return
    if not any(grant.role in wanted and _within(grant, work, on) for grant in people.grants.get(by, ())):
        raise Forbidden(command, say("{by} holds none of the roles {wanted} for this case", by=by, wanted=tuple(wanted)))


def keep_off(people: People, by: str, on: date, *, command: str) -> None:
    """A supervisor 督查员 changes no case data and no deadline (domain rules §6). Raises Forbidden."""
    if any(grant.role == SUPERVISOR_ROLE and grant.is_in_force(on) for grant in people.grants.get(by, ())):
        raise Forbidden(command, say(
            "{by} is a supervisor 督查员, who changes no case and no deadline; whoever handles the case does, and a "
            "supervisor reminds 催办 or orders 督办", by=by))


def entrusted(
    people: People, by: str, deed: Deed, principals: Iterable[str], project: str, on: date, *, command: str,
) -> Mandate | None:
    """The mandate under which an agent does a deed for an applicant; None when whoever acts is no agent. Raises Forbidden
    when he is one and his mandate is missing, over or too narrow."""
    if not people.is_agent(by, on):
        return None
    named = [each for each in principals if each]
    whom = named[0] if named else say("this applicant")
    mandate = people.mandate(by, named, project, on)
    if mandate is None:
        past = [each for each in people.mandates.get(by, ()) if each.principal in named]
        why = (say("mandate {mandate} ran from {first_on} to {last_on}", mandate=past[-1].number, first_on=past[-1].first_on,
                   last_on=past[-1].last_on) if past else say("there is none"))
        raise Forbidden(command, say(
            "agent 帮代办员 {by} has no mandate 委托书 for {whom} on {on}: {why}; the applicant signs one, or acts himself",
            by=by, whom=whom, on=on, why=why))
    if deed not in mandate.deeds:
        raise Forbidden(command, say(
            "mandate 委托书 {mandate} of {whom} does not cover “{deed}”, only {deeds}; the applicant does it himself, or "
            "extends the mandate",
            mandate=mandate.number, whom=whom, deed=deed, deeds=tuple(sorted(mandate.deeds, key=lambda each: each.value))))
    return mandate


def may_sign(people: People, number: str, principals: Iterable[str], project: str, on: date, *, command: str) -> None:
    """An agent signs an undertaking for an applicant only under a mandate that says so (domain rules §6). `number`: of the
    委托书. Raises Forbidden; an office that has entered nobody is told at its doors what the mandate says."""
    if not people.persons:
        return
    named = {each for each in principals if each}
    found = next((each for held in people.mandates.values() for each in held if each.number == number.strip()), None)
    if found is None or found.principal not in named or found.project not in ("", project):
        raise Forbidden(command, say(
            "no mandate 委托书 “{number}” of this applicant is entered: the window enters it, or the applicant signs himself",
            number=number))
    if not found.first_on <= on <= found.last_on:
        raise Forbidden(command, say(
            "mandate 委托书 {number} runs from {first_on} to {last_on}, not on {on}: the applicant signs himself, or a new one",
            number=number, first_on=found.first_on, last_on=found.last_on, on=on))
    if Deed.DECLARE not in found.deeds:
        raise Forbidden(command, say(
            "mandate 委托书 {number} does not say that the agent may sign 告知承诺: the applicant signs himself, or extends "
            "the mandate", number=number))


def _stands_in_for(people: People, by: str, work: Work, on: date, command: str, holder: str | None) -> str:
    """Whom somebody stands in for at this work, "" when he does it in his own right. Raises Forbidden."""
    person = people.person(by, on, command)
    if person is None:
        return ""
    away = list(people.away_for(by, on))
    if holder is not None and holder in away:
        return holder
    if people.has_role(by, work, on):
        return ""
    for id in away:
        if people.has_role(id, work, on):
            return id
    scope = "、".join(each for each in (work.park, work.unit, work.process) if each)
    raise Forbidden(command, say(
        "{person} ({by}) does not hold the role “{role}” for {scope} on {on}; whoever does can claim the task, and the "
        "department administrator 部门管理员 can grant the role",
        person=person.name, by=by, role=work.role, scope=scope or say("this case"), on=on))


def _within(grant: Grant, work: Work, on: date) -> bool:
    return (_in_force(grant.since_on, grant.until_on, on) and grant.park in ("", work.park)
            and grant.process in ("", work.process) and grant.department in ("", work.unit))


def _in_force(since_on: date, until_on: date | None, on: date) -> bool:
    return since_on <= on and (until_on is None or on <= until_on)
