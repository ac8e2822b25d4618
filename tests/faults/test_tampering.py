"""Hands in the chain of facts, at random: whatever they change, add, take or move is found."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, text

from services.database import connect
from services.office import Office
from services.verify import verify
from tests.faults.reached import Reached, size
from tests.services.desk import Desk
from tests.services.test_verify import live

pytestmark = pytest.mark.faults

TAMPERINGS = size("JIBAN_TAMPERINGS", 40)
"""Five thousand: ``make faults``."""

SEED = 20260313
Tampering = Callable[[Connection, Any, Random], None]


def test_whatever_hands_do_to_the_chain_is_found(sqlite_url: str, office: Office) -> None:
    desk = Desk(database=connect(sqlite_url), office=office)
    live(desk)
    assert desk.problems() == []
    reached, random, done = Reached(fault="tampering with the chain", seed=SEED), Random(SEED), Counter[str]()

    with desk.database.connect() as connection:
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        connection.commit()
        facts = connection.execute(text("SELECT case_id, seq FROM fact ORDER BY case_id, seq")).all()
        connection.rollback()
        for _ in range(TAMPERINGS):
            tampering, fact = random.choice(KINDS), random.choice(facts)
            with connection.begin() as transaction:
                tampering(connection, fact, random)
                found = verify(connection).problems
                transaction.rollback()
            assert found, f"{tampering.__name__} of fact {fact} was not found"
            done[tampering.__name__] += 1
            reached.so_far(tamperings=done.total())
        assert not verify(connection).problems
        connection.rollback()

    reached.note(tamperings=done.total(), found=done.total(), **done)
    desk.database.dispose()


def flip(connection: Connection, fact: Any, random: Random) -> None:
    body = bytearray(_body(connection, fact))
    body[random.randrange(len(body))] ^= 1 << random.randrange(8)
    _write(connection, fact, bytes(body))


def flip_hash(connection: Connection, fact: Any, random: Random) -> None:
    link = bytearray(_one(connection, "SELECT hash FROM fact WHERE case_id = :case AND seq = :seq", fact))
    link[random.randrange(len(link))] ^= 1 << random.randrange(8)
    _do(connection, "UPDATE fact SET hash = :link WHERE case_id = :case AND seq = :seq", fact, link=bytes(link))


def delete(connection: Connection, fact: Any, random: Random) -> None:
    _do(connection, "DELETE FROM fact WHERE case_id = :case AND seq = :seq", fact)


def truncate(connection: Connection, fact: Any, random: Random) -> None:
    _do(connection, "DELETE FROM fact WHERE case_id = :case AND seq >= :seq", fact)


def swap(connection: Connection, fact: Any, random: Random) -> None:
    last = _one(connection, "SELECT max(seq) FROM fact WHERE case_id = :case AND :seq = :seq", fact)
    other = (fact[0], random.choice([seq for seq in range(1, last + 1) if seq != fact[1]]))
    one, two = _body(connection, fact), _body(connection, other)
    _write(connection, fact, two)
    _write(connection, other, one)


def put_in(connection: Connection, fact: Any, random: Random) -> None:
    last = _one(connection, "SELECT max(seq) FROM fact WHERE case_id = :case AND :seq = :seq", fact)
    _do(connection, "INSERT INTO fact SELECT case_id, :next, kind, at, body, hash, NULL, NULL FROM fact "
                    "WHERE case_id = :case AND seq = :seq", fact, next=last + 1)


def hash_tail_anew(connection: Connection, fact: Any, random: Random) -> None:
    """A byte is changed and all hashes after it are made anew: only the case's own row still knows."""
    flip(connection, fact, random)
    link = bytes(32) if fact[1] == 1 else bytes(_one(
        connection, "SELECT hash FROM fact WHERE case_id = :case AND seq = :seq - 1", fact))
    bodies = connection.execute(text("SELECT seq, body FROM fact WHERE case_id = :case AND seq >= :seq ORDER BY seq"),
                                {"case": fact[0], "seq": fact[1]}).all()
    for seq, body in bodies:
        link = hashlib.sha256(link + bytes(body)).digest()
        _do(connection, "UPDATE fact SET hash = :link WHERE case_id = :case AND seq = :seq", (fact[0], seq), link=link)


def set_time(connection: Connection, fact: Any, random: Random) -> None:
    _do(connection, "UPDATE fact SET at = at + :step WHERE case_id = :case AND seq = :seq", fact,
        step=random.choice((-1, 1, 10**9)))


KINDS: tuple[Tampering, ...] = (flip, flip, flip_hash, delete, truncate, swap, put_in, hash_tail_anew, set_time)


def _body(connection: Connection, fact: Any) -> bytes:
    return bytes(_one(connection, "SELECT body FROM fact WHERE case_id = :case AND seq = :seq", fact))


def _write(connection: Connection, fact: Any, body: bytes) -> None:
    _do(connection, "UPDATE fact SET body = :body WHERE case_id = :case AND seq = :seq", fact, body=body)


def _one(connection: Connection, statement: str, fact: Any) -> Any:
    return connection.execute(text(statement), {"case": fact[0], "seq": fact[1]}).scalar_one()


def _do(connection: Connection, statement: str, fact: Any, **given: object) -> None:
    connection.execute(text(statement), {"case": fact[0], "seq": fact[1], **given})
