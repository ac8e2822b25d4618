"""Accounts through the API: a first password, barring, tokens; and what the audit administrator reads of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest

from services import api_tokens, unmasking
from services.api_tokens import NewToken, Scope
from services.database import reading, writing
from services.oidc.client import Client
from services.oidc.provider import Provider
from services.store import accounts as store
from services.store import reading as store_reading
from services.web.door import door, hang
from tests.services.desk import WEDNESDAY
from tests.services.staff import enter, hire

TOKEN = {"name": "平台对接", "scopes": ["read", "work"], "expires_on": "2026-06-30"}


@pytest.fixture
def hall(api, database, clock):
    """A system and a security administrator, an auditor, and a clerk who has no password yet, on Wednesday 4 March 2026."""
    with writing(database) as connection:
        hire(connection, "张", "system_admin"), hire(connection, "沈", "security_admin"), hire(connection, "计", "audit_admin")
        enter(connection, "窗", "clerk")
    clock(WEDNESDAY)
    return api


def by(name: str) -> dict[str, str]:
    """The header of whoever acts."""
    return {"X_Jiban_Actor": quote(name)}


def bearing(hall, database, person: str, *scopes: Scope):
    """What a program with a token of somebody sends and is answered."""
    with writing(database) as connection:
        token, _ = api_tokens.issue(connection, NewToken(person=person, name="x", scopes=frozenset(scopes),
                                                         expires_on=date(2026, 6, 30)), by=person, now=WEDNESDAY)
    return lambda method, path, body=None: hall.client.open(
        f"/api/v1/{path}", method=method, json=body, headers={"Authorization": f"Bearer {token}"})


def path(person: str, act: str = "") -> str:
    """The address of an account."""
    return f"accounts/{quote(person)}" + (f"/{act}" if act else "")


def test_a_first_password_is_answered_once_and_has_to_be_changed(hall) -> None:
    before = hall.get(path("窗")).json["account"]["access"]
    given = hall.post(path("窗", "password"), **by("张"))
    after = hall.get(path("窗"))

    assert before == "unset" and given.status_code == 200 and len(given.json["password"]) == 19
    assert after.json["account"]["access"] == "to_change" and given.json["password"] not in after.text
    assert [each["kind"] for each in after.json["events"]] == ["password_set"]


def test_an_account_is_linked_to_a_subject_of_the_provider_and_unlinked(hall, house) -> None:
    unnamed = hall.post(path("窗", "link"), {"subject": "248289761001"}, **by("张"))
    with house.app_context():
        hang(house, replace(door(), vouching=Client(Provider(
            issuer="https://sso.example.gov.cn", client_id="jiban", client_secret="x", return_to="https://localhost/"))))

    own = hall.post(path("张", "link"), {"subject": "1"}, **by("张"))
    linked = hall.post(path("窗", "link"), {"subject": "248289761001"}, **by("张"))
    listed = {each["id"]: each["subject"] for each in hall.get("accounts").json["items"]}
    unlinked = hall.post(path("窗", "unlink"), **by("张"))

    assert (unnamed.status_code, own.status_code) == (404, 409)
    assert (linked.json["subject"], linked.json["access"], listed["窗"]) == ("248289761001", "ready", "248289761001")
    assert (unlinked.json["subject"], unlinked.json["access"]) == (None, "unset")


def test_nobody_sets_his_own_password_or_one_of_an_account_he_does_not_keep(hall) -> None:
    own, clerks = hall.post(path("张", "password"), **by("张")), hall.post(path("张", "password"), **by("窗"))

    assert own.status_code == clerks.status_code == 409
    assert hall.post(path("无", "password"), **by("张")).status_code == 404


def test_an_account_is_barred_at_once_and_let_in_again(hall, database) -> None:
    program = bearing(hall, database, "窗", Scope.READ)
    worked = program("GET", "cases").status_code

    barred = hall.post(path("窗", "disable"), {"reason": "调离"}, **by("沈"))
    refused = program("GET", "cases").status_code
    enabled = hall.post(path("窗", "enable"), {"reason": "调回"}, **by("沈"))

    assert (worked, refused) == (200, 401)
    assert (barred.json["access"], barred.json["disabled_by"], barred.json["tokens"]) == ("disabled", "沈", 0)
    assert enabled.json["access"] == "unset" and enabled.json["disabled_at"] is None
    assert hall.post(path("沈", "disable"), {"reason": "试"}, **by("沈")).status_code == 409
    assert hall.post(path("窗", "disable"), {"reason": " \n"}, **by("沈")).json["field"] == "reason"


def test_a_lock_is_lifted(hall, database) -> None:
    with writing(database) as connection:
        row = store.lock_secret(connection, "计")
        store.save_secret(connection, row._replace(failures=5, locked_until=WEDNESDAY.replace(hour=23)))
    locked = hall.get(path("计")).json["account"]["access"]

    unlocked = hall.post(path("计", "unlock"), **by("沈"))

    assert locked == "locked" and unlocked.json["access"] == "ready" and unlocked.json["locked_until"] is None


def test_a_token_is_issued_once_used_and_revoked(hall) -> None:
    issued = hall.post(path("窗", "tokens"), TOKEN, **by("张"))
    bearer = {"Authorization": f"Bearer {issued.json['token']}"}
    worked = hall.client.get("/api/v1/cases", headers=bearer).status_code
    revoked = hall.post(f"accounts/tokens/{issued.json['id']}/revoke", **by("沈"))
    refused = hall.client.get("/api/v1/cases", headers=bearer).status_code
    shown = hall.get(path("窗"))

    assert issued.json["scopes"] == ["read", "work"] and issued.json["issued_by"] == "张"
    assert (worked, refused) == (200, 401) and revoked.json["revoked_at"]
    assert shown.json["tokens"][0]["id"] == issued.json["id"] and issued.json["token"] not in shown.text
    assert hall.post("accounts/tokens/999/revoke", **by("沈")).status_code == 404


def test_no_answer_that_holds_a_secret_is_kept_under_a_key(hall, database) -> None:
    hall.post(path("窗", "password"), **by("张"), Idempotency_Key="k1")
    first, second = (hall.post(path("窗", "tokens"), TOKEN, **by("张"), Idempotency_Key="k2") for _ in range(2))

    with reading(database) as connection:
        assert store_reading.answer(connection, "k1") is None and store_reading.answer(connection, "k2") is None
    assert first.json["token"] != second.json["token"]


@pytest.mark.parametrize(("changed", "field"), [
    ({"name": " "}, "name"), ({"scopes": []}, "scopes"), ({"scopes": ["everything"]}, "scopes.0"),
    ({"expires_on": "2028-01-01"}, "expires_on"), ({"expires_on": "2026-03-03"}, "expires_on"), ({"person": "张"}, "person"),
])
def test_a_token_that_cannot_be_issued_names_the_value(hall, changed: dict[str, object], field: str) -> None:
    refused = hall.post(path("窗", "tokens"), TOKEN | changed, **by("张"))

    assert refused.status_code == 422 and refused.json["field"] == field


def test_a_token_gives_no_token_what_it_has_not(hall, database) -> None:
    program = bearing(hall, database, "张", Scope.READ, Scope.ADMINISTER)

    more = program("POST", path("窗", "tokens"), TOKEN)
    same = program("POST", path("窗", "tokens"), TOKEN | {"scopes": ["read"]})

    assert more.status_code == 422 and more.json["field"] == "scopes" and "work" in more.json["detail"]
    assert same.status_code == 200 and same.json["issued_by"] == "张"


def test_who_may_read_accounts_and_who_may_read_what_happened(hall, database) -> None:
    read = {person: bearing(hall, database, person, Scope.READ) for person in ("张", "沈", "计", "窗")}

    told = {person: tuple(ask("GET", each).status_code for each in ("accounts", "account-events", "unmaskings"))
            for person, ask in read.items()}

    assert told == {"张": (200, 403, 403), "沈": (200, 403, 403), "计": (200, 200, 200), "窗": (403, 403, 403)}


def test_pages_of_accounts_and_events_join_without_gap_or_overlap(hall) -> None:
    for person in ("窗", "计", "沈"):
        hall.post(path(person, "password"), **by("张"))

    for address, name in (("accounts", "id"), ("account-events", "person")):
        whole = [each[name] for each in hall.get(address).json["items"]]
        pages, cursor = [], None
        while not pages or cursor:
            page = hall.get(address, limit=1, **({"after": cursor} if cursor else {})).json
            pages.append([each[name] for each in page["items"]])
            cursor = page["next"]

        assert [each for page in pages for each in page] == whole and len(whole) >= 3
    assert [each["person"] for each in hall.get("account-events", account="窗").json["items"]] == ["窗"]


def test_looks_at_personal_data_are_listed_with_their_reasons(hall, database) -> None:
    with writing(database) as connection:
        unmasking.record(connection, "4306001", by="窗", reason="核对证件", now=WEDNESDAY)
        unmasking.record(connection, "4306002", by="窗", reason="电话通知", now=WEDNESDAY)

    listed = hall.get("unmaskings").json["items"]

    assert [(each["number"], each["reason"], each["by"]) for each in listed] == [
        ("4306002", "电话通知", "窗"), ("4306001", "核对证件", "窗")]
    assert [each["number"] for each in hall.get("unmaskings", number="4306001").json["items"]] == ["4306001"]
