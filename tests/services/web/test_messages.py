"""The page of the inbox 站内消息: what was told to somebody, and that it is marked as read by whom it was meant for."""

from __future__ import annotations

import re

from tests.services.desk import Desk, day
from tests.services.web.conftest import Reader
from tests.services.web.supervised import LATE, enter

READ = r'action="(/messages/[^"]*/read)"'


def unread(reader: Reader) -> int:
    """How many unread messages stand beside somebody's queues."""
    return sum(map(int, re.findall(r'未读消息<span class="count">(\d+)', reader.get("/queues/in_hand/counts").text)))


def test_who_is_reminded_sees_it_beside_his_queues_until_he_has_read_it(supervisor: Reader, watched: Desk) -> None:
    number, reviewer = watched.opened[LATE], supervisor.instead("李")
    before = unread(reviewer)
    supervisor.instead("孙涛").post(f"/wall/cases/{number}/remind", addressee="李", text="请今日办结")

    reviewer = supervisor.instead("李")
    noticed, found = unread(reviewer), reviewer.get("/messages/").text
    (row,) = [each for each in found.split("<tr") if "请今日办结" in each]
    marked = reviewer.post(re.findall(READ, row)[0])

    assert noticed == before + 1 and unread(reviewer) == before
    assert f'href="/cases/{number}"' in row
    assert marked.status_code == 303 and "已标为已读" in reviewer.get(marked.headers["Location"]).text


def test_a_message_is_marked_as_read_by_whom_it_was_meant_for(supervisor: Reader, watched: Desk) -> None:
    watched.now = day(16)
    watched.ring()
    unread = supervisor.get("/messages/").text
    (address,) = re.findall(READ, unread)[:1]

    marked = supervisor.post(address)

    assert watched.opened[LATE] in unread and marked.status_code == 303
    assert address not in supervisor.get("/messages/").text
    assert "2026-03-16 10:00" in supervisor.get("/messages/?show=all").text


def test_nobody_marks_what_he_was_not_told(supervisor: Reader, watched: Desk) -> None:
    watched.now = day(16)
    watched.ring()
    address = next(each for each in re.findall(READ, supervisor.get("/messages/").text) if watched.opened[LATE] in each)
    enter(watched, "sun", {"role": "supervisor", "park": "岳阳经发区"})
    supervisor = supervisor.instead("sun")

    shown = supervisor.get("/messages/").text

    assert supervisor.post(address).status_code == 404
    assert address not in shown and watched.opened[LATE] not in shown
