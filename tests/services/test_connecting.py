"""Systems are asked over HTTP for what service tasks wait for: signed, under a key that never changes, outside of every
case."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from socket import socket
from typing import Any

import pytest

from engine.errors import InvalidInput
from services import connecting, connectors
from services.administering import Instruction
from services.connecting import Asked
from services.connectors import NewConnector
from services.database import reading, writing
from services.store.connectors import ConnectorRow
from tests.services.desk import Desk
from tests.services.served import TOPIC, Worker, externals, handed_in
from tests.webhooks.receiving import Receiver, answering, receiver
from webhooks.calling import Call
from webhooks.guard import Guard, origins_of
from webhooks.networks import networks_of
from webhooks.post import Wire
from webhooks.signature import verify

GUARD = Guard(origins=origins_of("http://127.0.0.1:*"), networks=networks_of("127.0.0.0/8"))
FOUND = answering(body=b'{"data": {"registered": true}}')


@pytest.fixture
def desk(desk: Desk) -> Iterator[Desk]:
    """A desk whose clock shows what the machine's does: a request is signed at its instant."""
    desk.now = datetime.now(UTC)
    yield desk


def enter(desk: Desk, found: Receiver, **given: Any) -> tuple[ConnectorRow, str | None]:
    """A connector that asks the receiver."""
    call = Call(url=found.url, sends={"code": "credit_code"}, reads=given.pop("reads", {"is_registered": "/data/registered"}),
                errors={"404": "NOT_FOUND"}, method=given.pop("method", "POST"))
    new = NewConnector(name="登记系统", topic=TOPIC, call=call, seconds=given.pop("seconds", 10), **given)
    with writing(desk.database) as connection:
        return connectors.enter(connection, GUARD, Instruction(by="管", now=desk.now), new)


def ask(desk: Desk) -> Asked:
    """One pass."""
    return connecting.run(desk.database, desk.office, Wire(guard=GUARD), now=desk.now)


def test_a_system_is_asked_with_the_named_fields_and_its_answer_moves_the_case(desk: Desk) -> None:
    number = handed_in(desk)
    with receiver(FOUND) as found:
        _, secret = enter(desk, found)

        assert ask(desk) == Asked(answered=1) and ask(desk) == Asked()

    assert [json.loads(body) for body in found.bodies] == [{"code": "91430600MA4L16JQ9B"}]
    assert [task.node for task in desk.tasks(number)] == ["look"] and desk.problems() == []
    told, = desk.facts(number, "ExternalTaskCompleted")
    assert told["by"] == "连接器" and told["data"]["data"] == {"is_registered": True}
    headers = dict(line.split(": ", 1) for line in found.heads[0].split("\r\n")[1:] if ": " in line)
    assert headers["idempotency-key"].startswith(number) and secret is not None
    assert verify([secret], headers, found.bodies[0], datetime.now(UTC)).id == headers["idempotency-key"]


def test_a_get_asks_in_its_query(desk: Desk) -> None:
    handed_in(desk)
    with receiver(FOUND) as found:
        enter(desk, found, method="GET")
        ask(desk)

    assert found.heads[0].startswith("GET /hook?code=91430600MA4L16JQ9B ")


def test_a_status_the_connector_knows_is_an_error_of_the_diagram(desk: Desk) -> None:
    number = handed_in(desk)
    with receiver(answering("404 Not Found")) as found:
        enter(desk, found)

        assert ask(desk) == Asked(answered=1)

    assert [task.node for task in desk.tasks(number)] == ["mend"] and desk.problems() == []


def test_a_system_that_is_busy_is_asked_again_under_the_same_key(desk: Desk) -> None:
    number = handed_in(desk)
    answers = iter((answering("503 Busy", headers="Retry-After: 7\r\n"), FOUND))
    with receiver(lambda line: next(answers)(line)) as found:
        enter(desk, found)

        assert ask(desk) == Asked(failed=1) and ask(desk) == Asked()
        left, = externals(desk, number)
        assert left.retries == 2 and left.due_at is not None and left.due_at - desk.now < timedelta(seconds=20)
        desk.now += timedelta(seconds=20)
        assert ask(desk) == Asked(answered=1)

    keys = {line for head in found.heads for line in head.split("\r\n") if line.startswith("idempotency-key")}
    assert len(found.heads) == 2 and len(keys) == 1 and desk.problems() == []


@pytest.mark.parametrize("manner", [
    answering("400 Bad Request"), answering("302 Found", headers="Location: http://169.254.169.254/\r\n"),
    answering(body=b"no JSON"), answering(body=b'{"data": {}}'), answering(body=b'{"data": {"registered": "perhaps"}}')],
    ids=["refused", "redirected", "no JSON", "nothing there", "another kind"])
def test_what_no_repetition_mends_calls_a_person_at_once(desk: Desk, manner: Any) -> None:
    number = handed_in(desk)
    with receiver(manner) as found:
        enter(desk, found)

        assert ask(desk) == Asked(held_up=1)

    assert [each.code for each in desk.incidents(number)] == ["connector_failed"] and len(found.heads) == 1
    assert "91430600MA4L16JQ9B" not in desk.incidents(number)[0].message and desk.problems() == []


def test_a_system_that_hangs_holds_nobody_up_for_long_and_is_asked_again(desk: Desk) -> None:
    number = handed_in(desk)

    def hang(line: socket) -> None:
        line.recv(1)

    with receiver(hang) as found:
        enter(desk, found, seconds=1)
        assert ask(desk) == Asked(failed=1)

    assert externals(desk, number)[0].retries == 2


def test_nobody_is_asked_but_whom_the_installation_allows(desk: Desk) -> None:
    with pytest.raises(InvalidInput), writing(desk.database) as connection:
        connectors.enter(connection, GUARD, Instruction(by="管", now=desk.now), NewConnector(
            name="别处", topic=TOPIC, call=Call(url="https://elsewhere.example/")))


def test_a_change_is_a_new_version_and_an_ended_connector_is_asked_no_more(desk: Desk) -> None:
    handed_in(desk)
    with receiver(FOUND) as found:
        first, secret = enter(desk, found)
        second, kept = enter(desk, found, reads={})
        assert (first.version, second.version, kept) == (1, 2, None) and secret is not None
        with writing(desk.database) as connection:
            connectors.end(connection, Instruction(by="管", now=desk.now), "登记系统", reason="下线")

        assert ask(desk) == Asked()

    with reading(desk.database) as connection:
        assert [row.version for row in connectors.page(connection, most=10)] == [1, 2]
    assert len(Worker(desk=desk).fetch()) == 1
