"""Drafts of diagrams and the library through the API: begun, saved, handed in, published by another, gone back from."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest

from services import api_tokens
from services.api_tokens import NewToken, Scope
from services.database import writing
from services.settings import SHELF
from tests.services.desk import WEDNESDAY
from tests.services.staff import enter
from tests.services.web.conftest import BEARER
from tests.services.web.test_designer import BROKEN, SMALL

ROLES = {"设": ("designer",), "审": ("legal_officer",), "兼": ("designer", "legal_officer"), "窗": ("clerk",)}


@pytest.fixture
def board(api, database, clock):
    """A designer, a legal officer, one who is both, and a clerk."""
    with writing(database) as connection:
        for id, roles in ROLES.items():
            enter(connection, id, *roles)
    clock(WEDNESDAY)
    return api


def by(name: str, version: int | None = None) -> dict[str, str]:
    """The headers of whoever acts on what he has read."""
    return {"X_Jiban_Actor": quote(name)} | ({} if version is None else {"If_Match": f'"{version}"'})


def begun(board, **body: object) -> int:
    """A draft of 设; its number."""
    answer = board.post("drafts", {"origin": "upload", "file": "small.bpmn", "xml": SMALL.decode()} | body, **by("设"))
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def published(board, **body: object) -> dict:
    """A draft of 设 that 审 has published; what was answered."""
    id = begun(board, **body)
    board.post(f"drafts/{id}/submit", **by("设", 1))
    answer = board.post(f"drafts/{id}/publish", **by("审", 2))
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_a_draft_is_begun_empty_drawn_on_handed_in_and_published_by_another(board) -> None:
    begun = board.post("drafts", {"origin": "empty", "process": "water_permit", "title": "取水许可"}, **by("设"))
    drawn = board.client.get(begun.json["bpmn"], headers=BEARER)
    saved = board.post(f"drafts/{begun.json['id']}/save", {"xml": drawn.text.replace("办理", "审查"), "title": "取水许可"},
                       **by("设", 1))
    handed_in = board.post(f"drafts/{begun.json['id']}/submit", **by("设", 2))
    out = board.post(f"drafts/{begun.json['id']}/publish", **by("审", 3))
    library = board.get("processes/water_permit").json

    assert begun.status_code == 201 and begun.headers["ETag"] == '"1"' and drawn.content_type == "application/xml"
    assert saved.status_code == 200 and saved.json["verdict"] == "deployable" and saved.headers["ETag"] == '"2"', saved.text
    assert handed_in.json["state"] == "submitted" and out.json["state"] == "published"
    assert [each["kind"] for each in out.json["events"]] == ["created", "saved", "submitted", "published"]
    assert library["version"] == 1 and library["versions"][0]["published_by"] == "审"
    assert library["versions"][0]["id"] == out.json["definition_id"] and library["name"] == "取水许可"


def test_a_draft_asked_for_twice_under_one_key_is_begun_once(board) -> None:
    body = {"origin": "empty", "process": "water_permit", "title": "取水许可"}

    first, again = (board.post("drafts", body, **by("设"), Idempotency_Key="d1") for _ in range(2))
    other = board.post("drafts", body | {"title": "别的"}, **by("设"), Idempotency_Key="d1")

    assert first.status_code == again.status_code == 201 and first.data == again.data
    assert first.headers["Location"] == f"/api/v1/drafts/{first.json['id']}" and other.status_code == 422
    assert len(board.get("drafts").json["items"]) == 1


def test_whoever_has_drawn_does_not_publish_and_is_told_why_before(board) -> None:
    id = board.post("drafts", {"origin": "upload", "xml": SMALL.decode(), "title": "小"}, **by("兼")).json["id"]
    board.post(f"drafts/{id}/submit", **by("兼", 1))

    refused = board.post(f"drafts/{id}/publish", **by("兼", 2))
    barred = board.client.get(f"/api/v1/drafts/{id}", headers=BEARER | {"X-Jiban-Actor": quote("兼")}).json["barred"]

    assert refused.status_code == 409 and "设计与发布分离" in refused.json["detail"] and "设计与发布分离" in barred


def test_a_stale_save_is_refused_with_the_version_that_stands(board) -> None:
    id = begun(board)
    board.post(f"drafts/{id}/save", {"xml": BROKEN.decode(), "title": "小"}, **by("兼", 1))

    refused = board.post(f"drafts/{id}/save", {"xml": SMALL.decode(), "title": "小"}, **by("设", 1))
    unnamed = board.post(f"drafts/{id}/save", {"xml": SMALL.decode(), "title": "小"}, **by("设"))

    assert refused.status_code == 409 and refused.json["version"] == 2
    assert unnamed.status_code == 422 and unnamed.json["field"] == "If-Match"


def test_a_draft_with_errors_is_kept_and_not_handed_in(board) -> None:
    id = begun(board)
    saved = board.post(f"drafts/{id}/save", {"xml": BROKEN.decode(), "title": "小"}, **by("设", 1))

    refused = board.post(f"drafts/{id}/submit", **by("设", 2))

    assert [each["element"] for each in saved.json["findings"] if each["code"] == "dangling_flow"] == ["fill_done"]
    assert refused.status_code == 409 and board.get(f"drafts/{id}/check").json["verdict"] == "refused"


def test_a_draft_is_returned_with_a_reason_taken_back_and_dropped(board) -> None:
    id = begun(board)
    board.post(f"drafts/{id}/submit", **by("设", 1))
    returned = board.post(f"drafts/{id}/return", {"reason": "缺少依据"}, **by("审", 2))
    board.post(f"drafts/{id}/submit", **by("设", 3))
    taken = board.post(f"drafts/{id}/take-back", **by("设", 4))
    dropped = board.post(f"drafts/{id}/drop", **by("设", 5))

    assert returned.json["state"] == "returned" and returned.json["events"][-1]["reason"] == "缺少依据"
    assert taken.json["state"] == "drawing" and dropped.json["state"] == "dropped"
    assert board.get("drafts", state="dropped").json["items"][0]["id"] == id


def test_one_goes_back_to_an_earlier_version_by_a_draft_made_from_it(board) -> None:
    first = published(board)
    published(board, xml=SMALL.decode().replace('name="fill"', 'name="填写"'))

    back = board.post("drafts", {"origin": "version", "definition": first["definition_id"]}, **by("设")).json
    told = board.get(f"drafts/{back['id']}/differences").json
    board.post(f"drafts/{back['id']}/submit", **by("设", 1))
    out = board.post(f"drafts/{back['id']}/publish", **by("审", 2))

    assert told["is_compared"] and [(each["id"], each["aspects"]) for each in told["items"]] == [("fill", ["name"])]
    assert out.status_code == 200 and board.get("processes/small").json["version"] == 3


def test_the_library_says_where_a_process_is_used(board) -> None:
    published(board)

    listed = board.get("processes").json["items"]
    version = board.get("processes/small").json["versions"][0]
    source = board.get(version["bpmn"].removeprefix("/api/v1/"))

    assert "small" in {each["process"] for each in listed} and source.data == SMALL
    assert source.headers["Content-Disposition"].endswith("small-1.bpmn") and version["running"] == 0
    assert board.get("processes/none").status_code == 404 and board.get("processes/versions/999999.bpmn").status_code == 404


def test_what_diagrams_are_drawn_with_is_told(board) -> None:
    told = board.get("vocabulary").json

    assert "designer" in {each["id"] for each in told["roles"]} and told["today"] == "2026-03-04"
    assert set(told["shelf"]) == {path.name for path in SHELF.glob("*.bpmn")}


def test_a_diagram_is_checked_without_being_kept(board) -> None:
    told = board.post("diagrams/check", {"xml": BROKEN.decode()})

    assert told.json["verdict"] == "refused" and told.json["process"] == "small"
    assert board.get("drafts").json == {"items": [], "next": None}


@pytest.mark.parametrize(("body", "status", "field"), [
    ({"origin": "empty", "process": "Water Permit", "title": "取水"}, 422, "process"),
    ({"origin": "empty", "process": "water", "title": " "}, 422, "title"),
    ({"origin": "shelf", "file": "../setup.cfg"}, 404, None),
    ({"origin": "version", "definition": 999999}, 404, None),
    ({"origin": "upload", "xml": "not xml", "title": "小"}, 422, "xml"),
    ({"origin": "upload", "xml": "", "title": "小"}, 422, "xml"),
    ({"origin": "nowhere"}, 422, "origin"), ({"origin": "empty", "state": "published"}, 422, "state"),
])
def test_what_a_draft_cannot_be_begun_from_is_named(board, body: dict[str, object], status: int, field: str | None) -> None:
    refused = board.post("drafts", body, **by("设"))

    assert refused.status_code == status and refused.json.get("field") == field, refused.text


def test_pages_of_drafts_join_without_gap_or_overlap(board) -> None:
    made = [begun(board) for _ in range(3)]

    first = board.get("drafts", limit=2).json
    second = board.get("drafts", limit=2, after=first["next"]).json

    assert [each["id"] for page in (first, second) for each in page["items"]] == made[::-1] and second["next"] is None


def test_a_token_of_a_clerk_draws_nothing_and_one_of_a_designer_publishes_nothing(board, database) -> None:
    id = begun(board)
    told = {}
    for person in ("窗", "设"):
        with writing(database) as connection:
            token, _ = api_tokens.issue(connection, NewToken(
                person=person, name="x", scopes=frozenset(Scope), expires_on=date(2026, 6, 30)), by=person, now=WEDNESDAY)
        bearer = {"Authorization": f"Bearer {token}"}
        board.client.post(f"/api/v1/drafts/{id}/submit", headers={**bearer, "If-Match": "1"})
        told[person] = (board.client.get("/api/v1/drafts", headers=bearer).status_code,
                        board.client.post(f"/api/v1/drafts/{id}/publish", headers={**bearer, "If-Match": "2"}).status_code)

    assert told == {"窗": (403, 403), "设": (200, 409)}
