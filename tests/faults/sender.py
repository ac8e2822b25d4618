"""A sender to be killed: one pass over a database, as of an instant. `python sender.py URL INSTANT`."""

from __future__ import annotations

import sys
from datetime import datetime

from services.database import connect
from services.deliveries import outgoing
from services.office import open_office
from services.settings import Settings
from webhooks.guard import Guard, origins_of
from webhooks.networks import networks_of
from webhooks.post import Wire

if __name__ == "__main__":
    guard = Guard(origins=origins_of("http://127.0.0.1:*"), networks=networks_of("127.0.0.1"))
    sent = outgoing.run(connect(sys.argv[1]), open_office(Settings()), Wire(guard=guard),
                        now=datetime.fromisoformat(sys.argv[2]))
    print(sent.delivered)
