"""Whom a fact is told: a subscription held against a fact that leaves the house.

One rule for whoever hands facts over and for whoever asks to whom one must go. It knows no edition: whether a
subscription was in force is asked before. `services.verify.deliveries` says the same once more, from outside.
"""

from __future__ import annotations

from services.store.endpoints import SubscriptionRow
from services.store.handing import Leaving


def tells(subscription: SubscriptionRow, platform: str, fact: Leaving) -> bool:
    """Is an endpoint told of a fact by a subscription in force? `platform`: which upstream platform the endpoint is, "" for
    none; a platform is told of the cases it has sent."""
    return (platform in ("", fact.platform) and fact.created_at >= subscription.since_at
            and subscription.process in ("", fact.process) and subscription.park in ("", fact.park)
            and subscription.supervisor in ("", fact.department)
            and (not subscription.kinds or fact.kind in subscription.kinds.split(",")))
