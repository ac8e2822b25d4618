"""One guarded post, against receivers that are polite and against receivers that are not."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.webhooks.certificates import Authority
from tests.webhooks.receiving import Receiver, answering, receiver
from webhooks.faults import Failure, Unanswered
from webhooks.guard import Guard, origins_of
from webhooks.networks import networks_of
from webhooks.post import Wire, trusted

HERE = Guard(origins=origins_of("http://*:* https://*:*"), networks=networks_of("127.0.0.1"))
WIRE = Wire(guard=HERE, seconds=1.0)
BODY = '{"subject":"岳园"}'.encode()


def failed(wire: Wire, url: str) -> Unanswered:
    with pytest.raises(Unanswered) as found:
        wire.post(url, BODY, {"webhook-id": "d1"})
    return found.value


def test_what_is_posted_arrives_and_what_is_answered_comes_back() -> None:
    with receiver(answering("202 Accepted", b"taken", "Retry-After: 7\r\n")) as there:
        answer = WIRE.post(there.url + "?park=3", BODY, {"webhook-id": "d1", "Content-Type": "application/cloudevents+json"})

    assert (answer.status, answer.body, answer.is_whole, answer.headers["retry-after"]) == (202, b"taken", True, "7")
    assert there.bodies == [BODY]
    head = there.heads[0].lower()
    assert head.startswith("post /hook?park=3 http/1.1")
    assert f"host: 127.0.0.1:{there.port}\r\n" in head
    assert "webhook-id: d1" in head and "accept-encoding: identity" in head


def test_a_caller_cannot_smuggle_a_second_request_in() -> None:
    with receiver(answering()) as there:
        WIRE.post(there.url, BODY, {"Host": "evil.cn", "Content-Length": "1", "Transfer-Encoding": "chunked"})

    head = there.heads[0].lower()
    assert "evil" not in head and "chunked" not in head
    assert head.count("content-length") == head.count("host:") == 1


def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(answering()) as proxy, receiver(answering()) as there:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        WIRE.post(there.url, BODY, {})

    assert (len(there.heads), len(proxy.heads)) == (1, 0)


def test_a_cookie_is_not_brought_back() -> None:
    with receiver(answering(headers="Set-Cookie: a=b\r\n")) as there:
        WIRE.post(there.url, BODY, {})
        WIRE.post(there.url, BODY, {})

    assert len(there.heads) == 2 and "cookie" not in "".join(there.heads).lower()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_nobody_goes_there(status: int) -> None:
    with receiver(answering()) as elsewhere, receiver(
            answering(f"{status} Go", headers=f"Location: http://127.0.0.1:{elsewhere.port}/\r\n")) as there:
        answer = WIRE.post(there.url, BODY, {})

    assert (answer.status, elsewhere.heads) == (status, [])


def _hang(_: socket.socket) -> None:
    time.sleep(8)


def _drip(head: bytes) -> object:
    def drip(line: socket.socket) -> None:
        line.sendall(head)
        for _ in range(80):
            time.sleep(0.1)
            line.sendall(b"x")
    return drip


@pytest.mark.parametrize("manner", [
    _hang,
    _drip(b"HTTP/1.1 200 OK\r\nX-A: "),  # the headers never end
    _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
    _drip(b"HTTP/1.1 200 OK\r\n\r\n"),  # the body ends with the connection
], ids=["hangs", "drips headers", "drips a body", "drips a body of no length"])
def test_a_receiver_that_hangs_or_drips_is_cut_when_the_time_is_up(manner) -> None:
    with receiver(manner) as there:
        began = time.monotonic()
        found = failed(WIRE, there.url)

    assert found.failure is Failure.TIMED_OUT
    assert 0.9 < time.monotonic() - began < 2.0 and 900 < found.milliseconds < 2000


def test_a_receiver_that_does_not_read_is_cut_when_the_time_is_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(Unanswered) as found:
            WIRE.post(f"http://127.0.0.1:{silent.getsockname()[1]}/", bytes(30_000_000), {})

    assert found.value.failure is Failure.TIMED_OUT and time.monotonic() - began < 2.0


def test_a_receiver_that_begins_no_encryption_is_cut_when_the_time_is_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        found = failed(WIRE, f"https://127.0.0.1:{silent.getsockname()[1]}/")

    assert found.failure is Failure.TIMED_OUT and time.monotonic() - began < 2.0


def test_a_name_that_is_never_resolved_is_cut_when_the_time_is_up() -> None:
    def slowly(host: str, port: int) -> Sequence[str]:
        time.sleep(3)
        return ("127.0.0.1",)
    began = time.monotonic()

    found = failed(Wire(guard=HERE, seconds=0.5, resolve=slowly), "http://slow.cn/")

    assert found.failure is Failure.TIMED_OUT and time.monotonic() - began < 1.5


def _pour(head: bytes, seen: SimpleNamespace) -> object:
    def pour(line: socket.socket) -> None:
        line.sendall(head)
        part = bytes(65536)
        with suppress(OSError):
            while seen.poured < 10_000_000_000:
                seen.poured += line.send(part)
        seen.done.set()
    return pour


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_of_ten_gigabytes_sixty_four_kilobytes_are_read(head: bytes) -> None:
    seen = SimpleNamespace(poured=0, done=threading.Event())
    with receiver(_pour(head, seen)) as there:
        answer = Wire(guard=HERE).post(there.url, BODY, {})
        assert seen.done.wait(5)

    assert (answer.status, len(answer.body), answer.is_whole) == (200, 65536, False)
    assert seen.poured < 20_000_000  # what fits into the buffers of two sockets
    assert answer.milliseconds < 2000


def _endless(part: bytes) -> object:
    def pour(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n" if part[:1] == b"X" else b"")
        while True:
            line.sendall(part * 1000)
    return pour


@pytest.mark.parametrize("part", [b"X-A: b\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"X"])
def test_a_head_without_an_end_is_no_answer(part: bytes) -> None:
    with receiver(_endless(part)) as there:
        found = failed(Wire(guard=HERE), there.url)

    assert found.failure is Failure.BROKEN and found.milliseconds < 2000


def test_a_body_in_tiny_parts_is_read_no_further_than_another() -> None:
    def tiny(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            line.sendall(b"1\r\na\r\n" * 1000)
    with receiver(tiny) as there:
        answer = Wire(guard=HERE).post(there.url, BODY, {})

    assert answer.status == 200 and not answer.is_whole and len(answer.body) < 65536


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    with receiver(answering(body=bomb, headers="Content-Encoding: gzip\r\n")) as there:
        answer = WIRE.post(there.url, BODY, {})

    assert answer.body == bomb[:65536]


@pytest.mark.parametrize("said", [
    b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Le",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n", bytes(range(256)),
], ids=["nothing", "closed mid-body", "another protocol", "closed mid-head", "bad framing", "rubbish"])
def test_an_answer_that_breaks_off_is_none(said: bytes) -> None:
    with receiver(lambda line: line.sendall(said)) as there:
        found = failed(WIRE, there.url)

    assert found.failure is Failure.BROKEN


def test_where_nobody_listens_no_connection_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    assert failed(WIRE, f"http://127.0.0.1:{port}/").failure is Failure.UNREACHABLE


def test_an_answer_that_comes_before_the_body_was_read_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def early() -> None:
            line, _ = listening.accept()
            line.recv(100)
            line.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            line.shutdown(socket.SHUT_WR)
            time.sleep(0.3)
            line.close()
        threading.Thread(target=early, daemon=True).start()
        try:
            status = WIRE.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", bytes(3_000_000), {}).status
        except Unanswered as error:  # a reset may overtake the answer
            status = 413 if error.failure is Failure.BROKEN else 0

    assert status == 413


def test_a_name_that_leads_elsewhere_the_second_time_is_asked_once() -> None:
    """DNS rebinding: the first answer is good, every further one is this machine."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("127.0.0.2",)

    with receiver(answering()) as there:
        Wire(guard=HERE, resolve=rebinding).post(f"http://rebind.cn:{there.port}/", BODY, {})

    assert asked == ["rebind.cn"] and f"host: rebind.cn:{there.port}" in there.heads[0].lower()


@pytest.mark.parametrize("leads_to", ["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "10.0.0.1"])
def test_a_name_that_leads_inside_is_not_followed(leads_to: str) -> None:
    wire = Wire(guard=Guard(origins=HERE.origins), resolve=lambda host, port: (leads_to,))

    with receiver(answering()) as there:
        found = failed(wire, f"http://inside.cn:{there.port}/")

    assert found.failure is Failure.REFUSED and there.heads == []


def test_an_address_off_the_list_is_neither_resolved_nor_reached() -> None:
    asked: list[str] = []
    wire = Wire(guard=Guard(), resolve=lambda host, port: asked.append(host) or ("127.0.0.1",))

    assert failed(wire, "http://127.0.0.1:1/").failure is Failure.REFUSED
    assert asked == []


def test_a_host_without_an_address_is_said_to_have_none() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror("Name or service not known")

    assert failed(Wire(guard=HERE, resolve=unknown), "http://nowhere.cn/").failure is Failure.UNRESOLVED


def _tls(there: Receiver, trust: Path | None) -> Wire:
    return Wire(guard=HERE, seconds=3.0, resolve=lambda host, port: ("127.0.0.1",), trust=trusted(trust))


def test_a_certificate_of_an_authority_of_the_office_is_believed_for_its_own_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    named: list[str | None] = []
    shown = authority.server("hooks.example.cn")
    shown.sni_callback = lambda line, name, context: named.append(name)

    with receiver(answering(), shown) as there:
        assert _tls(there, authority.file).post(f"https://hooks.example.cn:{there.port}/", BODY, {}).status == 200

    assert named == ["hooks.example.cn"]  # SNI: the name, though the connection goes to an address


@pytest.mark.parametrize("wrong", ["another name", "another authority", "no authority"])
def test_a_certificate_that_does_not_fit_is_not_believed(wrong: str, tmp_path: Path) -> None:
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    shown = authority.server("other.cn" if wrong == "another name" else "hooks.example.cn")
    trust = {"another name": authority.file, "another authority": stranger.file, "no authority": None}[wrong]

    with receiver(answering(), shown) as there:
        found = failed(_tls(there, trust), f"https://hooks.example.cn:{there.port}/")

    assert found.failure is Failure.TLS and there.heads == []


def test_what_speaks_no_tls_is_not_taken_for_a_receiver() -> None:
    with receiver(answering()) as there:
        found = failed(WIRE, f"https://127.0.0.1:{there.port}/")

    assert found.failure in (Failure.TLS, Failure.TIMED_OUT)


def test_a_failure_says_nothing_of_what_was_posted_nor_of_the_path() -> None:
    found = failed(Wire(guard=HERE, resolve=lambda host, port: ()), "http://a.cn/T0KEN?key=T0KEN")

    assert "T0KEN" not in str(found) and "岳园" not in str(found)
