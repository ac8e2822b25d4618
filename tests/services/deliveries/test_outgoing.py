"""What has happened is told outside: every fact once at least, in the order of its case, whatever a receiver does."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from socket import socket

import pytest

from services.database import reading, writing
from services.deliveries import dead_letters, endpoints, outgoing, sending, subscriptions
from services.store import lanes
from tests.services.desk import Desk
from tests.services.receiving import GUARD, Wired, events, ids, kinds, wired
from tests.webhooks.receiving import Receiver, answering, receiver
from webhooks.guard import Guard
from webhooks.post import Wire
from webhooks.schedule import ATTEMPTS
from webhooks.signature import verify


@pytest.fixture
def office_wire(desk: Desk) -> Wired:
    return wired(desk)


def saying(*statuses: int) -> Callable[[socket], None]:
    """One status after the other, the last for ever."""
    left = list(statuses)

    def answer(line: socket) -> None:
        status = left.pop(0) if len(left) > 1 else left[0]
        answering(f"{status} Said", f"said {status}".encode())(line)
    return answer


def test_what_happens_to_a_case_is_told_in_its_order_signed_and_once(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        office_wire.connect(there)
        number = office_wire.desk.open(company_name="岳阳临港新材料有限公司")
        office_wire.desk.go(number, "register", "verify")

        sent = office_wire.run()
        again = office_wire.run()

    told = events(there)
    assert [each["type"] for each in told] == ["jiban.CaseOpened", "jiban.CaseAccepted", "jiban.ReviewStarted"]
    assert sent.delivered == 3
    assert again == outgoing.Sent()
    assert {each["subject"] for each in told} == {number} and told[1]["data"]["state"] == "accepted"
    assert told[0]["sequence"] < told[1]["sequence"] and told[0]["data"]["process"] == "company_setup"
    for head, body, id in zip(there.heads, there.bodies, ids(there), strict=True):
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
        assert verify([office_wire.secret], headers, body, office_wire.desk.now).id == id
    assert ids(there) == [each["id"] for each in told]
    assert office_wire.desk.problems() == []


def test_where_nobody_has_subscribed_nothing_piles_up(office_wire: Wired) -> None:
    office_wire.desk.open()

    assert office_wire.run().handed == 1
    assert office_wire.rows("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]
    assert office_wire.states() == [] and office_wire.desk.problems() == []


def test_a_subscription_tells_what_happens_from_then_on(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        number = office_wire.desk.open()
        office_wire.desk.now += timedelta(minutes=1)
        office_wire.connect(there)
        office_wire.desk.now += timedelta(minutes=1)
        office_wire.desk.go(number, "register", "verify")
        office_wire.run()

    assert [each["type"] for each in events(there)] == ["jiban.CaseAccepted", "jiban.ReviewStarted"]
    assert office_wire.desk.problems() == []


@pytest.mark.parametrize(("given", "told"), [
    ({}, True), ({"kinds": ("CaseOpened",)}, True), ({"kinds": ("CaseAccepted", "CardIssued")}, False),
    ({"matter": "company_setup"}, True), ({"matter": "food_business_permit"}, False),
])
def test_an_endpoint_is_told_only_what_it_has_subscribed_to(given: dict, told: bool, office_wire: Wired) -> None:
    with receiver(answering()) as there:
        office_wire.subscribe(office_wire.enter(there.url), **given)
        office_wire.desk.open()
        office_wire.run()

    assert len(there.bodies) == told and office_wire.desk.problems() == []


def test_two_subscriptions_of_one_endpoint_tell_a_fact_once_and_two_endpoints_each(office_wire: Wired) -> None:
    with receiver(answering()) as one, receiver(answering()) as other:
        first = office_wire.connect(one)
        office_wire.subscribe(first, kinds=("CaseOpened",))
        office_wire.connect(other)
        office_wire.desk.open()
        office_wire.run()

    assert len(one.bodies) == len(other.bodies) == 1 and ids(one) != ids(other)


def test_an_ended_subscription_tells_nothing_more(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        endpoint = office_wire.enter(there.url)
        row = office_wire.subscribe(endpoint)
        office_wire.do(subscriptions.end, row.id)
        office_wire.desk.open()
        office_wire.run()

    assert there.bodies == [] and office_wire.desk.problems() == []


@pytest.mark.parametrize("granted", [False, True])
def test_personal_data_leave_only_where_they_are_granted(granted: bool, office_wire: Wired) -> None:
    with receiver(answering()) as there:
        endpoint = office_wire.enter(there.url)
        office_wire.subscribe(endpoint, is_personal=granted, basis="岳园办〔2026〕3号" if granted else "")
        office_wire.desk.open(phone="13873012345", remarks="经办人身份证430602199003071231")
        office_wire.run()

    body = there.bodies[0].decode()
    assert ("13873012345" in body) is granted and ("430602199003071231" in body) is granted


def test_what_fails_is_tried_again_under_the_same_id_until_it_is_taken(office_wire: Wired) -> None:
    with receiver(saying(500, 503, 302, 204)) as there:
        office_wire.connect(there)
        office_wire.desk.open()
        assert office_wire.run().failed == 1
        assert office_wire.run().posted == 0  # not before its time
        office_wire.run_through(0.2)

    assert len(set(ids(there))) == 1 and len(ids(there)) == 4 and len(set(there.bodies)) == 1
    assert [state for _, state, _ in office_wire.states()] == ["delivered"]
    assert office_wire.rows("SELECT status FROM attempt ORDER BY at") == [(500,), (503,), (302,), (204,)]


def test_what_is_not_taken_holds_the_later_ones_of_its_case_back_and_no_other_case(office_wire: Wired) -> None:
    stuck: list[str] = []

    def answer(line: socket) -> None:
        said = there.bodies[-1].decode()
        answering("422 No" if stuck and stuck[0] in said and "CaseOpened" in said else "200 OK")(line)

    with receiver(answer) as there:
        office_wire.connect(there, concurrency=1)
        stuck.append(office_wire.desk.open())
        other = office_wire.desk.open()
        for number in (stuck[0], other):
            office_wire.desk.go(number, "register", "verify")
        office_wire.run()

        assert kinds(there, stuck[0]) == ["CaseOpened"]
        assert kinds(there, other) == ["CaseOpened", "CaseAccepted", "ReviewStarted"]
    assert office_wire.desk.problems() == []


def test_after_its_last_try_it_is_dead_until_somebody_redrives_it(office_wire: Wired) -> None:
    with receiver(saying(*[400] * ATTEMPTS, 200)) as there:
        office_wire.connect(there)
        number = office_wire.desk.open()
        office_wire.desk.go(number, "register", "verify")
        sent = office_wire.run_through()

        assert (sent.dead, sent.failed, sent.delivered) == (1, ATTEMPTS - 1, 0)
        assert [(state, attempts) for _, state, attempts in office_wire.states()] == [
            ("dead", ATTEMPTS), ("waiting", 0), ("waiting", 0)]
        assert office_wire.run().posted == 0 and office_wire.desk.problems() == []

        id = ids(there)[0]
        assert office_wire.do(dead_letters.redrive, id).delivery.redriven == 1
        assert office_wire.run().delivered == 3

    assert [each["type"] for each in events(there)][-3:] == ["jiban.CaseOpened", "jiban.CaseAccepted", "jiban.ReviewStarted"]
    assert set(ids(there)[:-2]) == {id} and office_wire.desk.problems() == []


def test_a_dead_one_that_is_dismissed_lets_the_later_ones_go_on(office_wire: Wired) -> None:
    with receiver(saying(*[400] * ATTEMPTS, 200)) as there:
        office_wire.connect(there)
        number = office_wire.desk.open()
        office_wire.desk.go(number, "register", "verify")
        office_wire.run_through()
        office_wire.do(dead_letters.dismiss, ids(there)[0], reason="对方已人工补录")
        office_wire.run()

    assert [state for _, state, _ in office_wire.states()] == ["dismissed", "delivered", "delivered"]
    assert office_wire.desk.problems() == []


def test_all_dead_ones_of_an_endpoint_are_redriven_at_once(office_wire: Wired) -> None:
    with receiver(saying(*[400] * (3 * ATTEMPTS), 200)) as there:
        endpoint = office_wire.connect(there)
        for _ in range(3):
            office_wire.desk.open()
        office_wire.run_through()
        assert office_wire.do(dead_letters.redrive_all, endpoint.id) == 3
        office_wire.run()

    assert {state for _, state, _ in office_wire.states()} == {"delivered"}


def test_an_endpoint_that_answers_nothing_is_left_alone_and_probed_by_one(office_wire: Wired) -> None:
    with receiver(saying(500)) as there:
        endpoint = office_wire.connect(there)
        for _ in range(20):
            office_wire.desk.open()
        office_wire.run()
        first = len(there.bodies)
        office_wire.run(office_wire.desk.now + timedelta(seconds=10))
        meanwhile = len(there.bodies)
        office_wire.run(office_wire.desk.now + timedelta(seconds=200))

    assert 5 <= first < 5 + endpoint.concurrency and meanwhile == first and len(there.bodies) == first + 1
    assert sum(attempts for _, _, attempts in office_wire.states()) == first + 1  # what was not posted lost no try


def test_a_paused_endpoint_is_told_when_it_is_resumed(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        endpoint = office_wire.connect(there)
        office_wire.do(endpoints.pause, endpoint.id)
        office_wire.desk.open()
        office_wire.run()
        assert there.bodies == []
        office_wire.desk.now += timedelta(minutes=1)
        office_wire.do(endpoints.resume, endpoint.id)
        office_wire.run()

    assert len(there.bodies) == 1


def test_a_retired_endpoint_is_told_nothing_more_and_owes_nothing(office_wire: Wired) -> None:
    with receiver(saying(500)) as there:
        endpoint = office_wire.connect(there)
        office_wire.desk.open()
        office_wire.run()
        office_wire.do(endpoints.retire, endpoint.id, reason="系统下线")
        office_wire.desk.open()
        office_wire.run_through(0.1)

    assert len(there.bodies) == 1 and [state for _, state, _ in office_wire.states()] == ["dismissed"]
    assert office_wire.desk.problems() == []


def test_after_a_rotation_both_secrets_sign_until_the_old_one_expires(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        endpoint = office_wire.connect(there)
        old = office_wire.secret
        _, new = office_wire.do(endpoints.rotate, endpoint.id, overlap=timedelta(hours=24))
        for hours in (0, 23, 24):
            office_wire.desk.now += timedelta(hours=hours - office_wire.desk.now.hour + 2)
            office_wire.desk.open()
            office_wire.run()

    signed = [next(line for line in head.split("\r\n") if line.lower().startswith("webhook-signature")).count("v1,")
              for head in there.heads]
    assert signed == [2, 2, 1] and old != new and old.startswith("whsec_")


def test_an_answer_that_echoes_the_secrets_or_people_is_kept_without_them(office_wire: Wired) -> None:
    def echo(line: socket) -> None:
        answering("500 No", (there.heads[-1] + office_wire.secret + " 13873012345\0").encode())(line)

    with receiver(echo) as there:
        office_wire.connect(there)
        office_wire.desk.open()
        office_wire.run()

    [(said,)] = office_wire.rows("SELECT said FROM attempt")
    signature = next(line for line in there.heads[0].split("\r\n") if line.lower().startswith("webhook-signature"))
    assert office_wire.secret[6:] not in said and signature.split("v1,")[1] not in said and "13873012345" not in said
    assert "POST /hook" in said and len(said) <= sending.KEPT


def test_a_receiver_that_hangs_holds_up_nobody_else_and_no_step(office_wire: Wired) -> None:
    def hang(line: socket) -> None:
        time.sleep(5)

    with receiver(hang) as stuck, receiver(answering()) as there:
        office_wire.wire = Wire(guard=GUARD, seconds=1.0)
        office_wire.connect(stuck, concurrency=2)
        office_wire.connect(there)
        for _ in range(12):
            office_wire.desk.open()
        began = time.monotonic()
        sent = office_wire.run()

    assert len(there.bodies) == 12 and sent.delivered == 12
    assert time.monotonic() - began < 8 and sent.failed <= 6  # the breaker opens


def test_what_the_installation_does_not_allow_is_never_posted(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        office_wire.connect(there)
        office_wire.wire = Wire(guard=Guard(origins=GUARD.origins))
        office_wire.desk.open()
        office_wire.run()

    assert there.bodies == [] and office_wire.rows("SELECT failure FROM attempt") == [("refused",)]
    assert office_wire.rows("SELECT failures FROM endpoint") == [(0,)]  # no fault of the receiver's


def test_a_sender_that_wakes_after_its_lease_overwrites_nothing(office_wire: Wired) -> None:
    desk = office_wire.desk
    with receiver(answering()) as there:
        endpoint = office_wire.connect(there)
        desk.open()
        outgoing.fan_out(desk.database, now=desk.now)
        with writing(desk.database) as connection:
            [frozen] = sending.lease(connection, endpoint.id, desk.now, 1)
        with reading(desk.database) as connection:
            message = sending.next_message(connection, desk.office, frozen, desk.now)
        assert message is not None
        later = desk.now + sending.LEASE + timedelta(seconds=1)
        office_wire.run(later)  # another sender finds the lease over

        failed = sending.Outcome(answer=replace(_answer(there, office_wire), status=500))
        with writing(desk.database) as connection:
            assert sending.record(connection, frozen, message, failed, later) == ("", False)

    assert [state for _, state, _ in office_wire.states()] == ["delivered"]
    assert sorted(office_wire.rows("SELECT status, is_late FROM attempt")) == [(200, 0), (500, 1)]


def test_a_node_that_dies_keeps_an_endpoint_waiting_for_half_a_minute_at_most(office_wire: Wired) -> None:
    desk = office_wire.desk
    with receiver(answering()) as there:
        endpoint = office_wire.connect(there, concurrency=1)
        for _ in range(2):
            desk.open()
        outgoing.fan_out(desk.database, now=desk.now)
        with writing(desk.database) as connection:
            assert len(sending.lease(connection, endpoint.id, desk.now, 16)) == 1  # by the node that dies

        held_up = office_wire.run(desk.now + timedelta(seconds=20))
        gone_on = office_wire.run(desk.now + timedelta(seconds=30))

    assert (held_up.posted, gone_on.delivered) == (0, 2) and desk.problems() == []


def _answer(there: Receiver, office_wire: Wired):
    return office_wire.wire.post(there.url, b"{}", {"webhook-id": "x"})


def test_several_passes_at_once_post_everything_once_and_in_order(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        office_wire.connect(there)
        numbers = [office_wire.desk.open() for _ in range(15)]
        for number in numbers:
            office_wire.desk.go(number, "register", "verify")
        with ThreadPoolExecutor(3) as pool:
            sent = sum((each.result() for each in [pool.submit(office_wire.run) for _ in range(3)]), outgoing.Sent())
        sent += office_wire.run()

    assert sent.delivered == 45 and len(set(ids(there))) == len(there.bodies) == 45
    for number in numbers:
        assert kinds(there, number) == ["CaseOpened", "CaseAccepted", "ReviewStarted"]
    assert office_wire.desk.problems() == []


def test_what_cannot_be_written_is_dead_in_the_end_and_stops_nothing_else(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        office_wire.connect(there)
        stuck, fine = office_wire.desk.open(), office_wire.desk.open()
        outgoing.fan_out(office_wire.desk.database, now=office_wire.desk.now)
        with writing(office_wire.desk.database) as connection:
            row = lanes.head(connection, 1, _id(office_wire, stuck))
            assert row is not None
            lanes.change_delivery(connection, row, seq=999)
        office_wire.run_through()

    assert [each["subject"] for each in events(there)] == [fine]
    assert ("dead",) in office_wire.rows("SELECT state FROM delivery")
    assert set(office_wire.rows("SELECT failure FROM attempt WHERE status IS NULL")) == {("unwritten",)}


def _id(office_wire: Wired, number: str) -> int:
    return int(office_wire.rows('SELECT id FROM "case" WHERE number = :number', number=number)[0][0])


def test_a_test_reaches_a_receiver_without_a_case(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        endpoint = office_wire.enter(there.url)
        office_wire.do(endpoints.ask_test, endpoint.id)
        assert office_wire.run().tests == 1
        assert office_wire.run().tests == 0

    assert events(there)[0]["type"] == "jiban.Test" and office_wire.rows("SELECT status FROM attempt") == [(200,)]
