"""What an endpoint is told 订阅: kinds of facts, of which matter, in which park, from when on; with personal data or without.

The systems of a supervising department are told of the results that were pushed to it 双推送双报告, of their receipt and of its
findings, and of nothing else: until they have taken a result, its case is not archived (`services.pushed`).

A subscription is of what happens from then on: an endpoint hears nothing of what a case was before, though cases that are in
progress go on being told of. It is never changed, only ended; who wants it otherwise makes another and ends the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from engine import administering as rules
from engine.catalogue import suggestions
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.outbound import LEAVES
from engine.sentences import listed, say
from services import deployments
from services.administering import Instruction
from services.deliveries import endpoints
from services.office import Office
from services.people import people_in_force
from services.store import endpoints as store
from services.store import reading, writing
from services.store.endpoints import SubscriptionRow
from services.store.handing import SUPERVISED

KINDS = tuple(sorted(kind.__name__ for kind in LEAVES))
"""Kinds of facts that are told outside."""

_LONGEST_BASIS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription:
    """A subscription to be made. `kinds`: () for every kind; `matter`: a matter by its code, a process by its id or Chinese
    name, "" for any; `park`: "" for any; `supervisor`: only of what was pushed to this department, "" for anything;
    `is_personal`: personal data go with it, on the `basis` named."""

    endpoint: int
    kinds: tuple[str, ...] = ()
    matter: str = ""
    park: str = ""
    supervisor: str = ""
    is_personal: bool = False
    basis: str = ""


def subscribe(connection: Connection, office: Office, told: Instruction, new: NewSubscription) -> SubscriptionRow:
    """Make a subscription. Raises NotFound, Forbidden, InvalidInput."""
    rules.may_keep_wire(people_in_force(connection), told.by, told.today, command="subscribe")
    _check(new)
    process, park = _process(connection, office, new.matter), office.park(new.park, told.today) if new.park else ""
    supervisor = _department(office, new.supervisor, told.today)
    book = store.next_edition(connection)
    endpoint = endpoints.found(connection, new.endpoint, is_held=True)
    if endpoint.retired_at is not None:
        raise Forbidden("subscribe", say("“{name}” was retired; enter another endpoint", name=endpoint.name))
    row = SubscriptionRow(
        id=writing.next_number(connection, "subscription"), endpoint=new.endpoint, kinds=",".join(sorted(set(new.kinds))),
        process=process, park=park, supervisor=supervisor, is_personal=new.is_personal,
        basis=new.basis.strip() if new.is_personal else "", made_by=told.by, since_at=told.now, since_book=book)
    store.insert_subscription(connection, row)
    return row


def end(connection: Connection, told: Instruction, id: int) -> SubscriptionRow:
    """A subscription ends; what was handed over by it is still posted. Raises NotFound, Forbidden."""
    rules.may_keep_wire(people_in_force(connection), told.by, told.today, command="end a subscription")
    book = store.next_edition(connection)
    row = store.subscription(connection, id)
    if row is None:
        raise NotFound("subscription", str(id), "list them first")
    if not store.end_subscription(connection, id, by=told.by, at=told.now, book=book):
        return row
    return row._replace(ended_by=told.by, ended_at=told.now, until_book=book)


def kinds_of(row: SubscriptionRow) -> Sequence[str]:
    """The kinds of a subscription; () for every kind."""
    return tuple(row.kinds.split(",")) if row.kinds else ()


def _check(new: NewSubscription) -> None:
    unknown = next((kind for kind in new.kinds if kind not in KINDS), None)
    if unknown is not None:
        raise InvalidInput("kinds", say("no fact “{kind}” is told outside; those are: {known}", kind=unknown, known=KINDS))
    other = next((kind for kind in new.kinds if kind not in SUPERVISED), None)
    if new.supervisor and other is not None:
        raise InvalidInput("kinds", say(
            "a supervising department is told only of what is pushed to it: {known}, and not {kind}",
            known=SUPERVISED, kind=other))
    if new.is_personal and not 1 <= len(new.basis.strip()) <= _LONGEST_BASIS:
        raise InvalidInput("basis", say("personal data leave only on a basis: name the document, in 1 to {most} characters",
                                        most=_LONGEST_BASIS))


def _process(connection: Connection, office: Office, name: str) -> str:
    """The process of a matter; "" for any. Raises InvalidInput."""
    if not name:
        return ""
    latest = [office.deployment(connection, row.id) for row in reading.latest_definitions(connection)]
    found = next((each.process for each in latest if name in (each.process, each.matter)), None)
    if found is not None:
        return found
    try:
        return office.deployment(connection, deployments.find(connection, name)).process
    except NotFound as error:
        raise InvalidInput("matter", say("no matter “{name}” is deployed", name=name)) from error


def _department(office: Office, name: str, on: date) -> str:
    """The standard name of a department named by it, or by an alias in use on a day; "" for none. A catalogue without
    departments takes every name. Raises InvalidInput."""
    known = office.catalogue.departments.values()
    if not name or not known:
        return name.strip()
    found = office.catalogue.department(name, on)
    if found is not None:
        return found.name
    near = suggestions(known, name)
    hint = say(": perhaps {near}", near=listed(near, "、")) if near else ""
    raise InvalidInput("supervisor", say("“{name}” is no department of the catalogue{hint}", name=name[:40], hint=hint))
