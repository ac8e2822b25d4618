"""What an office works with all day: the law of the calendar, its policy and the programs already compiled.

One value per process of the operating system, made at start and passed down; it holds no case. A deployed definition never
changes, so a compiled program is kept as long as there is room. The law does change, through any process: whoever counts days
refreshes the office in the transaction that counts them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from engine.calendar import Calendar
from engine.case import Case
from engine.case_facts import CaseOpened, CaseRouted
from engine.catalogue import Catalogue, MatterKind
from engine.consequences import Terms
from engine.decision_lists import Shape
from engine.duties import People
from engine.errors import InvalidInput, NotFound
from engine.platforms import Platform
from services import decision_lists, deployments, empowerment, permit_register
from services.catalogue import Shelved, assemble, load_catalogue, read_shelf
from services.deployments import Deployment
from services.law import Law, law_version, load_law, shelf_law
from services.people import people_in_force
from services.platform_shelf import read_platforms
from services.rulings import InForce, Policies, effective_limits, has_limits, policies_in_force
from services.settings import NUMBERING, Settings
from services.store import reading

_KEPT = 256


@dataclass(slots=True, kw_only=True)
class Office:
    """The terms of one office. `rules`: how often what it rules had changed when it was last read. `has_limits`: whether it or
    a project has a limit of its own; `is_empowering`: whether its empowerment list says whose any matter is; `people`: who
    works here. `shelved`: the catalogue as shipped, `catalogue`: with the office's values. `shapes`: of the decision lists on
    the shelf; `lists`: their approved versions. `platforms`: upstream, by name. `address`, `numbering`, `fonts`: of its
    documents, as its settings say. `rehearses`: a command given to it runs up to where it would write, and writes nothing.
    `cache`: its deployments by definition id, bounded; it never holds anything mutable."""

    law: Law
    shelf: Path
    shelved: Shelved = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=Catalogue)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    lists: Mapping[str, tuple[decision_lists.InForce, ...]] = field(default_factory=dict)
    platforms: Mapping[str, Platform] = field(default_factory=dict)
    policies: Policies = field(default_factory=Policies)
    has_limits: bool = False
    is_empowering: bool = False
    people: People = field(default_factory=People)
    address: str = ""
    numbering: str = NUMBERING
    fonts: Path | None = None
    rules: int = 0
    rehearses: bool = False
    cache: OrderedDict[int, Deployment] = field(default_factory=OrderedDict)

    @property
    def calendar(self) -> Calendar:
        """The city's calendar, of cases that no closure of a park, window or system binds."""
        return self.law.calendar()

    def refresh(self, connection: Connection, rules: int | None = None) -> None:
        """Take up what is in force, when it has changed since it was last read. `rules`: what was read of the number of
        changes in this transaction; None: read it, which is one small statement."""
        rules = reading.rules(connection) if rules is None else rules
        if rules == self.rules:
            return
        if law_version(connection) != self.law.version:
            self.law = load_law(connection, self.shelf)
        self.policies = policies_in_force(connection, self.policies)
        self.has_limits = has_limits(connection)
        self.is_empowering = empowerment.is_asked(connection)
        self.people = people_in_force(connection)
        self.catalogue = load_catalogue(connection, self.shelved)
        self.lists = decision_lists.load_lists(connection, self.shapes)
        self.rules = rules

    def deployment(self, connection: Connection, definition_id: int) -> Deployment:
        """The compiled definition of a case, read once and kept."""
        if (kept := self.cache.get(definition_id)) is not None:
            return kept
        loaded = deployments.load(connection, definition_id)
        self.cache[definition_id] = loaded
        while len(self.cache) > _KEPT:
            self.cache.popitem(last=False)
        return loaded

    def terms(self, deployment: Deployment, case: Case) -> Terms:
        """Under what terms a case of this definition runs."""
        supervised_by, matter = self.supervised_by(case.process, case.routing)
        return replace(self.general_terms(case), limits=deployment.definition.process.limits,
                       hands_over=deployment.hands_over, supervised_by=supervised_by, matter=matter)

    def terms_of(self, connection: Connection, deployment: Deployment, case: Case) -> Terms:
        """As `terms`, also of a case that does something to a granted permit: whoever supervises that permit supervises it."""
        terms = self.terms(deployment, case)
        if case.subject is None or (granted_by := permit_register.process_of(connection, case.subject.permit)) is None:
            return terms
        department, matter = self.supervised_by(granted_by)
        return replace(terms, supervised_by=department, matter=matter) if department else terms

    def general_terms(self, case: Case) -> Terms:
        """As `terms`, without what its diagram says: enough to count the clocks that it has."""
        return Terms(limits=(), law=self.law.version, policy=self.policies.of(case.process, case.park),
                     calendar=self.law.calendar(park=case.park, window=case.window, system=case.system))

    def supervised_by(self, process: str, routing: CaseRouted | None = None) -> tuple[str | None, str]:
        """Which department supervises what a process grants, by the responsibility list 监管责任清单 unless its case's routing
        says another, and the code of its matter: "" for nobody yet, None for what nobody has to, a service or no matter of
        the catalogue."""
        matter = self.catalogue.matter_of(process)
        if matter is None or matter.kind is MatterKind.SERVICE:
            return None, ""
        return (routing.supervises if routing else "") or matter.supervisor, matter.code

    def limits(self, connection: Connection, deployment: Deployment, case: Case, now: datetime) -> InForce:
        """What competes with the limits of the case's diagram. One statement, or none when nobody has a limit of his own."""
        listed = self.catalogue.limits_of(deployment.process)
        if not self.has_limits:
            return InForce(process=deployment.process, catalogue=listed)
        return effective_limits(connection, process=deployment.process, park=case.park, project=case.project, at=now,
                                catalogue=listed)

    def route(self, connection: Connection, deployment: Deployment, opened: CaseOpened) -> CaseRouted | None:
        """Whose a case is that is opened. None: it is in no park, or the office has no empowerment list. One statement, or
        none. Raises InvalidInput when the list does not say."""
        if not opened.park or not self.is_empowering:
            return None
        situation = opened.data.get(deployment.definition.process.situation or "situation")
        try:
            return empowerment.resolve(connection, park=opened.park, matter=deployment.matter, on=opened.received_on,
                                       situation=situation if isinstance(situation, str) else "",
                                       department=deployment.department)
        except InvalidInput as refusal:
            raise InvalidInput(f"data.{refusal.field}", refusal.reason) from refusal

    def park(self, name: str, on: date) -> str:
        """The standard name of the park a name means on a day. Raises InvalidInput for none of the catalogue's."""
        return empowerment.park_named(name, self.catalogue, on)

    def matter(self, connection: Connection, name: str) -> tuple[str, str]:
        """The code the empowerment list knows a matter by, and whose it is: of a deployed process named by its id, its Chinese
        name or its code; anything else is taken for a code, and is nobody's."""
        try:
            found = self.deployment(connection, deployments.find(connection, name))
        except NotFound:
            latest = (self.deployment(connection, row.id) for row in reading.latest_definitions(connection))
            return next(((each.matter, each.department) for each in latest if each.matter == name), (name, ""))
        return found.matter, found.department


def open_office(settings: Settings) -> Office:
    """The office of these settings under the law and the catalogue as shipped, until it is refreshed from a database. Raises
    JibanError when a notice contradicts itself or the catalogue cannot be read."""
    shelved = read_shelf(settings.shelf)
    return Office(law=shelf_law(settings.shelf), shelf=settings.shelf, shelved=shelved, catalogue=assemble(shelved, ()),
                  shapes=decision_lists.read_shapes(settings.shelf), platforms=read_platforms(settings.shelf),
                  address=settings.address, numbering=settings.numbering,
                  fonts=settings.fonts)
