"""Upstream platforms that send everything at once and again, over real HTTP: each application has one case, each callback is
given once."""

from __future__ import annotations

import http.client
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any

import orjson
from waitress.server import create_server

from services import cases
from services.database import reading, writing
from services.settings import Settings
from services.store import platform_messages as store
from services.store import reading as stored
from services.web.app import create_app
from tests.services import diagrams
from tests.services.desk import Desk
from tests.services.web.platform_sender import APPLIED, agreed
from webhooks.signature import sign

OBJECTION, AWAITED = diagrams.message("wait", "objection")
WAITING_CASE = diagrams.process("waiting_case", diagrams.start(), AWAITED, diagrams.task("answer", "done"), diagrams.end(),
                                diagrams.flows("begin", "wait", "answer", "done"), before=OBJECTION)


@contextmanager
def served(desk: Desk) -> Iterator[int]:
    """The desk's database over HTTP, with as many threads as an office has; the port."""
    app = create_app(desk.database, desk.office, Settings(), clock=lambda: desk.now)
    server: Any = create_server(app, host="127.0.0.1", port=0, threads=8, connection_limit=400, asyncore_use_poll=True)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(5)


def post(port: int, path: str, secret: str, id: str, body: dict[str, Any], desk: Desk) -> tuple[int, dict[str, Any]]:
    content = orjson.dumps(body)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", f"/api/v1/incoming/{path}", content, {
        "Content-Type": "application/json", **sign([secret], id=id, at=desk.now, body=content)})
    answer = connection.getresponse()
    told = answer.status, orjson.loads(answer.read())
    connection.close()
    return told


def test_fifty_of_the_same_application_at_once_open_one_case(desk: Desk) -> None:
    secret, barrier = agreed(desk.database), Barrier(50)

    def apply(place: int) -> tuple[int, dict[str, Any]]:
        barrier.wait()
        return post(port, "gonggai/applications", secret, f"msg_{place % 40}", APPLIED, desk)

    with served(desk) as port, ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(apply, range(50)))

    with reading(desk.database) as connection:
        opened = [row.number for row in stored.cases_page(connection, most=10)]
    assert len(opened) == 1 and {answer["number"] for _, answer in answers} == set(opened)
    assert {status for status, _ in answers} <= {200, 201} and desk.problems() == []


def test_two_hundred_callbacks_with_retries_are_each_given_once(desk: Desk) -> None:
    secret = agreed(desk.database, "yiwangtongban")
    desk.deploy(waiting_case=WAITING_CASE)
    with writing(desk.database) as connection:
        numbers = [cases.open_case(connection, desk.office, process="waiting_case", data={}, by="王", now=desk.now).number
                   for _ in range(200)]
    sent = [number for number in numbers for _ in range(3)]
    random.Random(6).shuffle(sent)

    with served(desk) as port, ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(lambda number: post(
            port, "yiwangtongban/callbacks", secret, f"msg_{number}", {"event": "objection", "caseNo": number}, desk), sent))

    assert Counter(status for status, _ in answers) == {200: 600}
    assert all(len({orjson.dumps(answer) for (_, answer), to in zip(answers, sent, strict=True) if to == number}) == 1
               for number in numbers[:20])
    assert [len(desk.facts(number, "MessageReceived")) for number in numbers] == [1] * 200
    with reading(desk.database) as connection:
        assert Counter(row.state for row in store.messages(connection, is_open=False, before=2**62, most=300)) == {"done": 200}
    assert desk.problems() == []
