"""Standard Webhooks: two live secrets, five minutes, and nothing a stranger can learn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks import Webhook

from webhooks.faults import SignatureRefused
from webhooks.signature import secret_of, sign, verify

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
OLD, NEW, OTHERS = (secret_of(bytes([n]) * 32) for n in (1, 2, 3))
BODY = '{"specversion":"1.0","subject":"岳园备2026-1"}'.encode()


def test_the_signature_is_that_of_the_published_example() -> None:
    """The example that the specification and its libraries share."""
    headers = sign(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], id="msg_p5jXN8AQM9LWM0D4loKWxJek",
                   at=datetime.fromtimestamp(1614265330, UTC), body=b'{"test": 2432232314}')

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_during_a_rotation_holders_of_either_secret_find_their_signature() -> None:
    headers = sign([NEW, OLD], id="d1", at=AT, body=BODY)

    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (OLD, NEW):
        assert verify([secret], headers, BODY, AT).id == "d1"
    with pytest.raises(SignatureRefused):
        verify([OTHERS], headers, BODY, AT)


def test_an_instant_of_another_offset_is_signed_as_the_same_instant() -> None:
    there = AT.astimezone(ZoneInfo("Asia/Shanghai"))

    assert sign([NEW], id="d1", at=there, body=BODY) == sign([NEW], id="d1", at=AT, body=BODY)


@pytest.mark.parametrize(("apart", "taken"), [
    (timedelta(minutes=5), True), (timedelta(minutes=-5), True),
    (timedelta(minutes=5, seconds=1), False), (timedelta(minutes=-5, seconds=-1), False), (timedelta(days=9000), False),
])
def test_five_minutes_either_way_are_taken_and_not_a_second_more(apart: timedelta, taken: bool) -> None:
    headers = sign([NEW], id="d1", at=AT, body=BODY)

    if taken:
        assert verify([NEW], headers, BODY, AT + apart).at == AT
    else:
        with pytest.raises(SignatureRefused, match="5 minutes"):
            verify([NEW], headers, BODY, AT + apart)


@pytest.mark.parametrize(("header", "value"), [
    ("webhook-id", "d2"),  # another message's
    ("webhook-id", ""),
    ("webhook-id", "\ud800"),
    ("webhook-timestamp", str(int(AT.timestamp()) + 1)),
    ("webhook-timestamp", "yesterday"),
    ("webhook-timestamp", "-1"),
    ("webhook-timestamp", "１７６"),
    ("webhook-timestamp", "9" * 400),
    ("webhook-timestamp", "1e9"),
    ("webhook-signature", "v1,"),
    ("webhook-signature", "v1"),
    ("webhook-signature", "v1,%%%"),
    ("webhook-signature", "v2," + "A" * 44),
    ("webhook-signature", ""),
    ("webhook-signature", "岳"),
])
def test_a_header_that_was_changed_is_refused_with_a_sentence(header: str, value: str) -> None:
    headers = sign([NEW], id="d1", at=AT, body=BODY) | {header: value}

    with pytest.raises(SignatureRefused):
        verify([NEW], headers, BODY, AT)


@pytest.mark.parametrize("body", [BODY + b" ", BODY[:-1], b"", b"\xff"])
def test_a_body_that_was_changed_is_refused(body: bytes) -> None:
    headers = sign([NEW], id="d1", at=AT, body=BODY)

    with pytest.raises(SignatureRefused, match="fits none"):
        verify([NEW], headers, body, AT)


def test_the_names_of_headers_are_read_in_any_case_and_strange_signatures_beside_ours_do_no_harm() -> None:
    signed = sign([NEW], id="d1", at=AT, body=BODY)
    headers = {"Webhook-Id": "d1", "WEBHOOK-TIMESTAMP": signed["webhook-timestamp"],
               "Webhook-Signature": "v1a,zzzz v1,AAAA " + signed["webhook-signature"]}

    assert verify([NEW], headers, BODY, AT).id == "d1"


def test_nobody_is_let_in_where_no_secret_is_shared() -> None:
    with pytest.raises(SignatureRefused):
        verify([], sign([NEW], id="d1", at=AT, body=BODY), BODY, AT)


def test_what_we_sign_the_library_of_a_receiver_verifies() -> None:
    now = datetime.now(UTC)

    Webhook(NEW).verify(BODY, sign([OLD, NEW], id="d1", at=now, body=BODY))
