"""The people of the demonstration's house: nineteen who work in two parks, a city department and the city's own offices, each
in one role, so that nobody holds two that conflict; and who of them does what in the stories.

Whoever takes in a park's applications has the whole park for his scope 园区事园区办, whoever reviews or decides his own
department's work in it, and what other departments have stationed there. The account of a person is his name, as lists and
timelines show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from engine.case import local_day
from engine.duties import APPLICANT, APPLICANT_ROLE, Deed, Work
from engine.errors import Forbidden, NotFound
from services import administering
from services.acting import work_at
from services.administering import Entry, Instruction
from services.folded import fold_of
from services.office import Office
from services.passwords import STRONG, nobodys
from services.people import NewGrant, NewMandate, NewPerson
from services.store import accounts
from services.store.accounts import SecretRow
from services.store.rows import CaseRow, TaskRow

XIANGYIN, LINGANG = "湘阴高新区", "临港高新区(含综合区)"
BUREAU, POLICE, CENTRE, REFORM = "临港高新区行政审批局", "市公安局", "市行政审批服务局", "市审改办"
INVESTOR_SERVED = "岳阳湘江智能装备有限公司"
"""For whom the agent 帮代办员 holds a mandate."""

_SINCE = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a role is held; "" in a place: everywhere."""

    park: str = ""
    department: str = ""
    process: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of the people."""

    id: str
    role: str
    unit: str
    scopes: tuple[Scope, ...] = (Scope(),)


_STATIONED = "联办环节进驻园区窗口"
STAFF: tuple[Member, ...] = (
    Member(id="陈静", role="clerk", unit=XIANGYIN, scopes=(Scope(park=XIANGYIN),)),
    Member(id="李娟", role="clerk", unit=BUREAU, scopes=(Scope(park=LINGANG),)),
    Member(id="周凯", role="reviewer", unit=XIANGYIN, scopes=(
        Scope(park=XIANGYIN, department=XIANGYIN),
        *(Scope(park=XIANGYIN, department=each, reason=_STATIONED) for each in ("市市场监管局", "市税务局", "市住建局")))),
    Member(id="王磊", role="reviewer", unit=BUREAU, scopes=(
        Scope(park=LINGANG, department=BUREAU),
        *(Scope(park=LINGANG, department=each, reason=_STATIONED)
          for each in ("市市场监管局", "市税务局", "市资规局", "市住建局")))),
    Member(id="吴刚", role="reviewer", unit=POLICE, scopes=(Scope(department=POLICE),)),
    Member(id="罗敏", role="approver", unit=XIANGYIN,
           scopes=(Scope(park=XIANGYIN, department=XIANGYIN),)),
    Member(id="刘芳", role="approver", unit=BUREAU, scopes=(Scope(park=LINGANG, department=BUREAU),)),
    Member(id="秦越", role="approver", unit=POLICE, scopes=(Scope(department=POLICE),)),
    Member(id="彭辉", role="head_of_office", unit=BUREAU,
           scopes=(Scope(park=LINGANG, department=BUREAU), Scope(park=XIANGYIN, reason="分管两园区审批工作"))),
    Member(id="何莉", role="certifier", unit=CENTRE),
    Member(id="孙涛", role="supervisor", unit=REFORM),
    Member(id="林晓", role="designer", unit=CENTRE),
    Member(id="许文", role="legal_officer", unit=CENTRE),
    Member(id="郑伟", role="department_admin", unit=POLICE, scopes=(Scope(department=POLICE),)),
    Member(id="钟慧", role="park_admin", unit=XIANGYIN, scopes=(Scope(park=XIANGYIN),)),
    Member(id="唐敏", role="agent", unit=BUREAU, scopes=(Scope(park=LINGANG),)),
    Member(id="张敏", role="system_admin", unit=CENTRE),
    Member(id="沈洁", role="security_admin", unit=CENTRE),
    Member(id="高峰", role="audit_admin", unit=CENTRE),
)
"""In the order in which they are shown and entered; the system administrator enters the others."""

_FOUNDER = "张敏"
_KEEPER = "钟慧"
"""Who keeps the files of projects, for the parks' investment offices."""


def member(id: str) -> Member:
    """One of them. Raises NotFound."""
    found = next((each for each in STAFF if each.id == id), None)
    if found is None:
        raise NotFound("person of the demonstration", id)
    return found


def enter(connection: Connection, *, now: datetime) -> None:
    """Enter them all, as an office does: the first system administrator at the machine, the others by him; and the agent's
    mandate at the window."""
    since = local_day(now)
    founder = member(_FOUNDER)
    administering.enter(connection, Instruction(by=_FOUNDER, now=now, is_local=True), _entry(founder, since))
    administering.enter_all(connection, Instruction(by=_FOUNDER, now=now),
                            [_entry(each, since) for each in STAFF if each is not founder])
    administering.entrust(connection, Instruction(by="李娟", now=now), NewMandate(
        number=f"帮委〔{since:%Y}〕017号", agent="唐敏", principal=INVESTOR_SERVED,
        deeds=frozenset({Deed.APPLY, Deed.SUPPLY, Deed.COLLECT}), first_on=since, last_on=since + _SINCE + _SINCE))
    for each in STAFF:  # they may sign in, but not by a password: the bar of the demonstration lets anybody be any of them
        accounts.insert_secret(connection, SecretRow(
            person=each.id, hash=nobodys(STRONG), changed_at=now, must_change=False, failures=0, locked_until=None,
            disabled_at=None, disabled_by=None))


def _entry(of: Member, since: date) -> Entry:
    return Entry(person=NewPerson(id=of.id, name=of.id, unit=of.unit, since_on=since), grants=tuple(
        NewGrant(person=of.id, role=of.role, park=scope.park, department=scope.department, process=scope.process,
                 since_on=since, reason=scope.reason) for scope in of.scopes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Employed:
    """The cast of the house: whoever of its people may do it, in the order of entry. `office`: who works here."""

    office: Office
    investment: str = _KEEPER
    agent: str = "唐敏"

    def clerk(self, park: str) -> str:
        """Whose window it is."""
        return next(each.id for each in STAFF if each.role == "clerk" and park in {scope.park for scope in each.scopes})

    def worker(self, case: CaseRow, task: TaskRow, at: datetime) -> str:
        """Whoever holds the task's role in its scope; what is the applicant's to do, the applicant does."""
        if task.assignee is not None:
            return task.assignee
        if task.role == APPLICANT_ROLE:
            return APPLICANT
        work = work_at(fold_of(case), task)
        return self._first(self._holding(work, at), f"{task.name} of {work.unit} in {work.park}")

    def holder(self, role: str, case: CaseRow, at: datetime) -> str:
        """Whoever holds the role for the case."""
        folded = fold_of(case)
        work = Work(role=role, duty=None, park=folded.park, unit=folded.department, process=case.process)
        return self._first(self._holding(work, at), f"{role} of {folded.department} in {folded.park}")

    def supervising(self, department: str, case: CaseRow, at: datetime) -> str | None:
        """Whoever of its people reviews there; what came to the police is left for whoever looks."""
        work = Work(role="reviewer", duty=None, park=case.park, unit=department, process=case.process)
        return None if department == POLICE else next(self._holding(work, at), None)

    def _holding(self, work: Work, at: datetime) -> Iterator[str]:
        return (each.id for each in STAFF if self.office.people.has_role(each.id, work, local_day(at)))

    def _first(self, found: Iterator[str] | Sequence[str], what: str) -> str:
        try:
            return next(iter(found))
        except StopIteration:
            raise Forbidden("act", f"nobody in the demonstration's house can do it: {what}") from None
