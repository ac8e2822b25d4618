"""What a fact looks like when it leaves: a CloudEvent 1.0 in structured JSON.

::

    {"specversion":"1.0","id":"evt_…","source":"https://…","type":"jiban.CaseAccepted","subject":"岳园备2026-…",
     "time":"2026-03-02T01:30:00Z","sequence":"0000000007","datacontenttype":"application/json","data":{…}}

`sequence` is the extension of that name: the number of the fact in its case, with zeros before it so that it sorts as text.
What is in `data`, and what of it a receiver may see, is decided above.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"
TYPES = "jiban."
"""Before the kind of a fact, in `type`."""

_FORMAT = JSONFormat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact for one receiver. `subject`: the number of the case; `seq`: the fact's in it; `data`: values of JSON."""

    id: str
    source: str
    kind: str
    subject: str
    at: datetime
    seq: int
    data: Mapping[str, Any]


def id_of(endpoint: str, case: str, seq: int) -> str:
    """The same for the same fact at the same endpoint, whoever computes it and whenever: over every retry, after a redrive,
    from a database that was restored. `endpoint`: what tells it from every other, here and elsewhere."""
    return "evt_" + sha256(f"{endpoint}\n{case}\n{seq}".encode()).hexdigest()[:32]


def written(event: Event) -> bytes:
    """An event as the bytes of a body, the same for the same event."""
    return _FORMAT.write(CloudEvent({
        "specversion": "1.0", "id": event.id, "source": event.source, "type": TYPES + event.kind, "subject": event.subject,
        "time": event.at.astimezone(UTC), "sequence": f"{event.seq:010d}", "datacontenttype": "application/json",
    }, dict(event.data)))
