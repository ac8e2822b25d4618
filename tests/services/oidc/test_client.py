"""What the provider of unified authentication 统一身份认证 says, over real HTTP: when it is believed to vouch for somebody."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey

from services.oidc import attempt
from services.oidc.attempt import Attempt
from services.oidc.client import AT_ONCE, KEPT, Client
from services.oidc.faults import ProviderUnreachable, TokenRefused
from services.oidc.provider import is_safe_way
from services.oidc.wire import LARGEST, ask
from tests.services.unified import (
    CLIENT,
    SECRET,
    SUBJECT,
    Answer,
    Unified,
    back_from,
    curve,
    forged,
    public,
    rsa,
    signed,
    tampered,
    unified,
    unsigned,
)

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def there() -> Iterator[Unified]:
    """A provider at noon of a Wednesday."""
    with unified(NOON) as listening:
        yield listening


def client(there: Unified, *, seconds: float = 10, **other: Any) -> Client:
    return Client(there.provider(**other), seconds=seconds)


def code_for(there: Unified, asking: Client, begun: Attempt, now: datetime = NOON) -> str:
    """The browser goes there and comes back; the code it brings."""
    return parse_qs(urlsplit(back_from(asking.address(begun, now))).query)["code"][0]


def signs_in(there: Unified, asking: Client, *, now: datetime = NOON) -> str:
    begun = attempt.begin("/", now)
    return asking.subject(code_for(there, asking, begun, now), begun, now)


def test_whoever_the_provider_vouches_for_is_known_by_his_subject(there: Unified) -> None:
    assert signs_in(there, client(there)) == SUBJECT
    assert there.asked == ["/park/.well-known/openid-configuration", "/keys", "/authorize", "/token"]


def test_the_browser_is_sent_with_what_only_it_can_answer(there: Unified) -> None:
    begun = attempt.begin("/", NOON)

    sent = parse_qs(urlsplit(client(there).address(begun, NOON, anew=True)).query)

    assert sent["state"] == [begun.state] and sent["nonce"] == [begun.nonce] and sent["prompt"] == ["login"]
    assert sent["code_challenge_method"] == ["S256"] and begun.verifier not in str(sent) and begun.seed not in str(sent)
    assert len({begun.state, begun.nonce, begun.verifier, begun.seed}) == 4 and len(begun.verifier) >= 43
    assert SECRET not in str(sent)


def test_another_claim_may_name_the_subject(there: Unified) -> None:
    there.claims["preferred_username"] = "zhoukai"

    assert signs_in(there, client(there, claim="preferred_username")) == "zhoukai"


@pytest.mark.parametrize("claims", [
    {"nonce": "another"}, {"nonce": None}, {"nonce": ["another"]},
    {"aud": "another"}, {"aud": None}, {"aud": []}, {"aud": ["another"]}, {"aud": 7},
    {"aud": [CLIENT, "another"]},  # for several, without saying for whom
    {"aud": [CLIENT, "another"], "azp": "another"}, {"azp": "another"}, {"aud": "another", "azp": CLIENT},
    {"iss": "https://another.example"}, {"iss": None}, {"iss": ""},
    {"exp": int(NOON.timestamp()) - 60}, {"exp": None}, {"exp": "tomorrow"}, {"exp": True}, {"exp": float("nan")},
    {"iat": int(NOON.timestamp()) + 61}, {"iat": None}, {"nbf": int(NOON.timestamp()) + 61},
    {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 201}, {"sub": "a\nb"}, {"sub": " "},
    {"at_hash": "of another access token"},
], ids=str)
def test_a_token_that_says_anything_wrong_is_not_believed(there: Unified, claims: dict[str, Any]) -> None:
    there.claims = claims

    with pytest.raises(TokenRefused):
        signs_in(there, client(there))


@pytest.mark.parametrize("claims", [
    {"exp": int(NOON.timestamp()) - 59},  # the clocks of two machines may be a minute apart
    {"iat": int(NOON.timestamp()) + 60}, {"aud": [CLIENT]}, {"aud": [CLIENT, "another"], "azp": CLIENT}, {"azp": CLIENT},
], ids=str)
def test_a_token_that_is_right_in_another_way_is_believed(there: Unified, claims: dict[str, Any]) -> None:
    there.claims = claims

    assert signs_in(there, client(there)) == SUBJECT


@pytest.mark.parametrize("raw", [
    unsigned, forged, tampered,
    lambda claims: signed(claims, rsa("first"), "RS256")[:-4] + "AAAA",
    lambda claims: signed(claims, rsa("first"), "RS256").rpartition(".")[0] + ".",
    lambda claims: "", lambda claims: "x", lambda claims: "...", lambda claims: "x" * 200_000, lambda claims: "令牌.令牌.令牌",
    lambda claims: signed(claims, rsa("nobody's"), "RS256"),  # a key that was never published
    lambda claims: signed(claims, OctKey.import_key(SECRET, {"kid": "first"}), "HS256"),
], ids=["none", "HS256 with the public key", "tampered", "seal of another", "no seal", "empty", "no token", "dots", "huge",
        "not ASCII", "unknown key", "HS256 with our secret"])
def test_a_token_that_the_provider_has_not_signed_is_not_believed(
    there: Unified, raw: Callable[[dict[str, Any]], str],
) -> None:
    there.raw = raw

    with pytest.raises(TokenRefused):
        signs_in(there, client(there))


@pytest.mark.parametrize(("key", "algorithm"), [
    (rsa("first"), "RS512"), (rsa("first"), "PS256"), (curve("second"), "ES256")], ids=["RS512", "PS256", "ES256"])
def test_every_asymmetric_seal_of_a_published_key_is_believed(there: Unified, key: Any, algorithm: str) -> None:
    there.key, there.algorithm, there.published = key, algorithm, [public(key)]

    assert signs_in(there, client(there)) == SUBJECT


def test_a_key_that_is_new_is_fetched_once_and_an_unknown_one_is_not_fetched_for_ever(there: Unified) -> None:
    asking = client(there)
    signs_in(there, asking)
    there.key, there.published = rsa("next"), [public(rsa("first")), public(rsa("next"))]
    there.asked.clear()

    assert signs_in(there, asking) == SUBJECT and there.asked == ["/authorize", "/token", "/keys"]
    assert signs_in(there, asking) == SUBJECT and there.asked.count("/keys") == 1
    there.key = rsa("nobody's")
    with pytest.raises(TokenRefused, match="not published"):
        signs_in(there, asking)
    assert there.asked.count("/keys") == 2


def test_a_withdrawn_key_is_believed_for_no_longer_than_an_hour(there: Unified) -> None:
    asking = client(there)
    signs_in(there, asking)
    there.published = [public(rsa("next"))]
    there.at = NOON + KEPT

    with pytest.raises(TokenRefused):
        signs_in(there, asking, now=NOON + KEPT)


def test_what_a_key_set_holds_besides_is_left_out(there: Unified) -> None:
    there.published = [
        {"kty": "AKP", "kid": "first"}, {"kty": "RSA"}, {"kty": "EC", "crv": "SM2", "x": "AA", "y": "AA", "kid": "first"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "first"}, {"kty": "RSA", "n": 7, "e": [], "kid": "first"}, {}, "x", None,  # type: ignore[list-item]
        public(rsa("first")) | {"use": "enc"}, public(rsa("first"))]

    assert signs_in(there, client(there)) == SUBJECT


def test_a_key_seals_only_by_the_algorithm_it_is_published_for(there: Unified) -> None:
    there.published = [public(rsa("first")) | {"alg": "RS512"}]

    with pytest.raises(TokenRefused):
        signs_in(there, client(there))


def test_a_code_counts_once_and_only_for_whoever_asked_for_it(there: Unified) -> None:
    asking, begun, other = client(there), attempt.begin("/", NOON), attempt.begin("/", NOON)
    code = code_for(there, asking, begun)
    asking.subject(code, begun, NOON)

    for used, by in ((code, begun), (code_for(there, asking, begun), other), ("made up", begun)):
        with pytest.raises(TokenRefused, match="invalid_grant"):
            asking.subject(used, by, NOON)


def test_a_provider_that_takes_the_secret_in_the_body_gets_it_there(there: Unified) -> None:
    there.about["token_endpoint_auth_methods_supported"] = ["client_secret_post"]

    assert signs_in(there, client(there)) == SUBJECT


def test_a_wrong_secret_of_ours_is_told_without_it(there: Unified) -> None:
    with pytest.raises(TokenRefused, match="401 'invalid_client'") as refused:
        signs_in(there, client(there, client_secret="wrong-and-secret"))

    assert "wrong-and-secret" not in str(refused.value) and "wrong-and-secret" not in repr(there.provider(
        client_secret="wrong-and-secret"))


@pytest.mark.parametrize("about", [
    {"issuer": "https://another.example"}, {"issuer": None}, {"token_endpoint": None}, {"jwks_uri": 7},
    {"authorization_endpoint": "javascript:alert(1)"}, {"token_endpoint": "http://sso.example.gov.cn/token"},
    {"jwks_uri": "file:///etc/passwd"}, {"authorization_endpoint": "http://10.0.0.9/"},
], ids=str)
def test_a_description_that_leads_elsewhere_is_not_followed(there: Unified, about: dict[str, Any]) -> None:
    there.about = about

    with pytest.raises(ProviderUnreachable):
        client(there).address(attempt.begin("/", NOON), NOON)


@pytest.mark.parametrize("path", ["/park/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize("answer", [
    Answer(500), Answer(302, headers={"Location": "http://127.0.0.1:1/"}), Answer(200, b"<html>"), Answer(200, b"[]"),
    Answer(200, b'{"x":"' + b"x" * LARGEST + b'"}'), Answer(200, b"[" * 100_000), Answer(200, b"{}", {"X": "y" * 70_000}),
    Answer(200, b"{", {"Content-Length": "9"}),
], ids=["500", "redirect", "no JSON", "no object", "huge", "deep", "huge header", "cut off"])
def test_a_provider_that_is_out_of_order_is_not_waited_for(there: Unified, path: str, answer: Answer) -> None:
    there.instead[path] = lambda: answer

    with pytest.raises(ProviderUnreachable):
        signs_in(there, client(there))


def test_an_answer_that_is_too_large_is_not_read_to_its_end(there: Unified) -> None:
    there.instead["/keys"] = lambda: Answer(200, b'{"x":"' + b"x" * LARGEST + b'"}')

    with pytest.raises(ProviderUnreachable, match="more than 262144 bytes"):
        client(there).address(attempt.begin("/", NOON), NOON)


def test_a_provider_that_is_not_there_is_told(there: Unified) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        with pytest.raises(ProviderUnreachable):
            ask(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_only_a_few_wait_for_a_provider_that_hangs(there: Unified) -> None:
    asking, hangs, waits = client(there), Event(), Barrier(AT_ONCE + 1)

    def hang() -> Answer:
        waits.wait(10), hangs.wait(10)
        return Answer(503)

    there.instead["/park/.well-known/openid-configuration"] = hang
    begun, refused = attempt.begin("/", NOON), []

    def ask_in_vain() -> None:
        with pytest.raises(ProviderUnreachable) as fault:
            asking.address(begun, NOON)
        refused.append(str(fault.value))

    threads = [Thread(target=ask_in_vain) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    waits.wait(10)
    ask_in_vain()
    hangs.set()
    for thread in threads:
        thread.join(10)

    assert "wait for" in refused[0] and ["answers 503" in each for each in refused[1:]] == [True] * AT_ONCE
    there.instead.clear()
    assert signs_in(there, asking) == SUBJECT


def test_an_answer_that_drips_is_cut_when_its_time_is_up() -> None:
    cut, pause = Event(), Event()

    def drip(listening: socket.socket) -> None:
        line, _ = listening.accept()
        with line:
            line.recv(4000)
            for _ in range(100):  # never silent for as long as a timeout of the socket
                try:
                    line.sendall(b"H")
                except OSError:
                    cut.set()
                    return
                pause.wait(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=drip, args=[listening], daemon=True)
        thread.start()
        with pytest.raises(ProviderUnreachable):
            ask(f"http://127.0.0.1:{listening.getsockname()[1]}/", seconds=0.3)

        thread.join(10)
        assert cut.is_set(), "the other side noticed"


@pytest.mark.parametrize(("address", "is_safe"), [
    ("https://sso.example.gov.cn/realms/park", True), ("https://sso.example.gov.cn:8443", True), ("http://localhost/x", True),
    ("http://127.0.0.1:8080", True), ("http://[::1]:8080/x", True),
    ("http://sso.example.gov.cn", False), ("http://10.0.0.1", False), ("http://localhost.example.com", False),
    ("https://", False), ("ftp://localhost/", False), ("//localhost", False), ("https://user:word@sso.example.gov.cn", False),
    ("https://a b/", False), ("https://sso.example.gov.cn:99999", False), ("https://市.example/", False),
    ("https://[::1", False), ("", False),
])
def test_the_provider_is_asked_by_https_or_on_this_machine(address: str, is_safe: bool) -> None:
    assert is_safe_way(address) is is_safe


def test_an_attempt_lasts_ten_minutes_and_is_read_as_it_was_written() -> None:
    begun = attempt.begin("/search?q=岳阳&park=临港.1", NOON + timedelta(microseconds=5))

    assert attempt.read(attempt.written(begun)) == begun and begun.begun_at == NOON
    assert [begun.lasts(NOON + late * SECOND) for late in (-1, 0, 599, 600)] == [False, True, True, False]
    assert attempt.begin("/" + "长" * 400, NOON).wanted == ""
    for cookie in ("", "x", "...", "x" * 43, f"{begun.seed}.x./", f"{begun.seed}.²./", f"{begun.seed}.{'9' * 30}./", ".1./"):
        assert attempt.read(cookie) is None


def test_whoever_alters_what_his_browser_keeps_has_begun_something_else() -> None:
    begun = attempt.begin("/", NOON)

    later = attempt.read(attempt.written(begun).replace(str(int(NOON.timestamp())), str(int(NOON.timestamp()) + 60)))

    assert later is not None and not {later.state, later.nonce, later.verifier} & {begun.state, begun.nonce, begun.verifier}
