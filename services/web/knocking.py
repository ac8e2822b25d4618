"""Whoever comes with a number and a query code 查询码: is it the code of the case? Tries are counted, for pages and API
together, by the address they come from and by the number they are about, so that nobody tries all day.
"""

from __future__ import annotations

from datetime import datetime

from flask import request

from services import query_codes, throttling
from services.database import reading as read
from services.database import writing as write
from services.throttling import Throttle
from services.web.door import door

LONGEST = 40
_OF_ADDRESS, _OF_NUMBER = Throttle("progress", 20), Throttle("progress-number", 10)
"""Tries of query codes a minute."""


def knock(number: str, code: str, at: datetime) -> bool | None:
    """Is it the code? A right one does not count as a try. None: there were too many in this minute, and it was not looked
    at."""
    keys = ((_OF_ADDRESS, throttling.network(request.remote_addr or "")), (_OF_NUMBER, number))
    with write(door().database) as connection:
        admitted = [throttling.admit(connection, throttle, key, at) for throttle, key in keys]  # each is counted
    if not all(admitted):
        return None
    with read(door().database) as connection:
        is_right = query_codes.is_code_of(connection, number, code)
    if is_right:
        with write(door().database) as connection:
            for throttle, key in keys:
                throttling.forgive(connection, throttle, key, at)
    return is_right
