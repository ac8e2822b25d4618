"""An endpoint that is an upstream platform: told of the cases it has sent, in its own words and codes, and of nothing else.

It is made so before it is told anything, and stays so: what it was told can then be held against what it had to be told.
"""

from __future__ import annotations

from sqlalchemy import Connection

from engine.errors import Forbidden, InvalidInput
from engine.platforms import Platform
from engine.sentences import say
from services.administering import Instruction
from services.deliveries import endpoints, subscriptions
from services.deliveries.subscriptions import KINDS, NewSubscription
from services.office import Office
from services.platforms import shared_secrets
from services.store import endpoints as store
from services.store.endpoints import SubscriptionRow


def answer(connection: Connection, office: Office, told: Instruction, endpoint: int, platform: str) -> SubscriptionRow:
    """From now on an endpoint is told of a platform's cases what has a code there. Raises NotFound, Forbidden for one that was
    told something else before, InvalidInput for a platform that has a code for nothing."""
    known = shared_secrets.known(office.platforms, platform)
    row = endpoints.found(connection, endpoint)
    if row.platform or store.subscriptions(connection, endpoint):
        raise Forbidden("answer a platform", say(
            "“{name}” is told something already: enter an endpoint of its own for the platform", name=row.name))
    kinds = told_kinds(known)
    if not kinds:
        raise InvalidInput("platform", say("no fact that is told outside has a code of {platform}", platform=known.title))
    store.change_endpoint(connection, endpoint, platform=known.name)
    return subscriptions.subscribe(connection, office, told, NewSubscription(endpoint=endpoint, kinds=kinds))


def told_kinds(platform: Platform) -> tuple[str, ...]:
    """The kinds of facts that a platform may be told of."""
    return tuple(sorted({rule.fact for rule in platform.rules} & set(KINDS)))
