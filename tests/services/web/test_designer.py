"""The designer's pages: a draft is begun, drawn, handed in, returned, published by another, and gone back from."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.database import writing
from services.settings import SHELF
from services.store import drafts as store
from services.store import reading
from tests.services import diagrams
from tests.services.staff import hire
from tests.services.web.conftest import sign_in

SMALL = diagrams.process("small", diagrams.start(), diagrams.task("fill"), diagrams.end(),
                         diagrams.flows("begin", "fill", "done"))
BROKEN = SMALL.replace(b'targetRef="done"', b'targetRef="nowhere"')
NAUGHTY = '<img src=x onerror=alert(1)>"\'</script>'


@pytest.fixture(autouse=True)
def office_people(database: Engine) -> None:
    """A designer 流程设计员, two legal officers 法制审核员, of whom one also draws, and a clerk."""
    with writing(database) as connection:
        for id, *roles in (("sheji", "designer"), ("fazhi", "legal_officer"), ("both", "designer", "legal_officer"),
                           ("clerk", "clerk")):
            hire(connection, id, *roles)


@pytest.fixture
def as_(client: FlaskClient, database: Engine):
    """A client who is somebody and sends what the board does, with its mark."""
    def become(id: str) -> FlaskClient:
        client.environ_base["HTTP_X_CSRF"] = sign_in(client, database, id).csrf
        return client

    return become


def begin(client: FlaskClient, **form: Any) -> str:
    """Begin a draft; its address."""
    answer = client.post("/designer/drafts", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def upload(client: FlaskClient, source: bytes = SMALL, name: str = "small.bpmn") -> str:
    return begin(client, origin="upload", file=(io.BytesIO(source), name))


def save(client: FlaskClient, address: str, source: bytes, version: int = 1, title: str = "小流程") -> Any:
    return client.post(f"{address}/save", json={"xml": source.decode(), "title": title, "version": version})


def test_a_newcomer_draws_hands_in_and_another_publishes(as_, database: Engine) -> None:
    address = begin(as_("sheji"), origin="empty", process="water_permit", title="取水许可")
    drawn = as_("sheji").get(address)
    handed_in = as_("sheji").post(f"{address}/submit", data={"version": "1"})
    shown = as_("fazhi").get(address)
    published = as_("fazhi").post(f"{address}/publish", data={"version": "2"})

    assert 'id="board"' in drawn.text and handed_in.status_code == published.status_code == 303
    assert "发布流程" in shown.text and "这是一个新流程" in shown.text
    assert "已发布为第 1 版" in as_("fazhi").get(address).text
    assert "取水许可" in as_("sheji").get("/designer/processes/water_permit").text
    with database.connect() as connection:
        row = reading.latest_definition(connection, "water_permit")
    assert row is not None and row.name == "取水许可"


@pytest.mark.parametrize(("form", "status", "why"), [
    ({"origin": "empty", "process": "Water Permit", "title": "取水许可"}, 422, "流程标识只能用"),
    ({"origin": "empty", "process": "water", "title": " "}, 422, "名称"),
    ({"origin": "shelf", "shelf": "../setup.cfg"}, 404, "没有找到"),
    ({"origin": "version", "definition": "x"}, 422, ""),
    ({"origin": "version", "definition": "999999"}, 404, "没有找到"),
    ({"origin": "upload"}, 422, "请选择一个 BPMN 文件"),
])
def test_a_draft_that_cannot_be_begun_keeps_what_was_typed(as_, form: dict[str, str], status: int, why: str) -> None:
    answer = as_("sheji").post("/designer/drafts", data=form, content_type="multipart/form-data")

    assert answer.status_code == status and why in answer.text
    assert f'value="{form.get("process", "")}"' in answer.text


@pytest.mark.parametrize(("source", "why"), [
    (b"not xml", "文件不是完整的 XML"), (b"<html/>", "文件不是 BPMN 2.0"),
    (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
    (SMALL + b" " * 800_000, "太大"),
])
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(as_, source: bytes, why: str) -> None:
    answer = as_("sheji").post("/designer/drafts", content_type="multipart/form-data",
                               data={"origin": "upload", "file": (io.BytesIO(source), "x.bpmn")})

    assert answer.status_code == 422 and why in answer.text


def test_what_is_drawn_is_checked_as_one_draws(as_) -> None:
    sound = as_("sheji").post("/designer/check", json={"xml": SMALL.decode()}).json
    broken = as_("sheji").post("/designer/check", json={"xml": BROKEN.decode()}).json

    assert sound["verdict"] == "deployable" and sound["process"] == "small"
    dangling = next(each for each in broken["findings"] if each["code"] == "dangling_flow")
    assert broken["verdict"] == "refused" and dangling["element"] == "fill_done"
    assert dangling["words"].startswith("连线没有接好两端") and dangling["hint"] == "请重新连接"


def test_a_broken_draft_is_kept_and_not_handed_in(as_) -> None:
    address = upload(as_("sheji"))
    saved = save(as_("sheji"), address, BROKEN)

    refused = as_("sheji").post(f"{address}/submit", data={"version": str(saved.json["version"])})

    assert saved.status_code == 200 and saved.json["verdict"] == "refused" and saved.json["version"] == 2
    assert refused.status_code == 409 and "流程图还有错误" in refused.text
    assert as_("sheji").get(f"{address}.bpmn").data == BROKEN


def test_who_saves_over_anothers_work_is_told_who_saved(as_) -> None:
    address = upload(as_("sheji"))
    save(as_("both"), address, SMALL.replace(b"fill", b"check"))

    refused = save(as_("sheji"), address, SMALL.replace(b"fill", b"sign"))

    assert refused.status_code == 409
    assert refused.json["by"] == "both" and refused.json["version"] == 2 and "both 已于" in refused.json["reason"]


def test_who_has_drawn_is_not_offered_to_publish_and_is_refused(as_) -> None:
    address = upload(as_("both"))
    as_("both").post(f"{address}/submit", data={"version": "1"})

    shown, refused = as_("both").get(address), as_("both").post(f"{address}/publish", data={"version": "2"})

    assert "发布流程" not in shown.text and "设计与发布须由不同的人办" in shown.text
    assert refused.status_code == 409 and "设计与发布须分离" in refused.text


def test_a_draft_is_returned_with_a_reason_that_the_board_shows(as_) -> None:
    address = upload(as_("sheji"))
    as_("sheji").post(f"{address}/submit", data={"version": "1"})

    without = as_("fazhi").post(f"{address}/return", data={"version": "2", "reason": " "})
    returned = as_("fazhi").post(f"{address}/return", data={"version": "2", "reason": "承诺时限缺少依据"})

    assert without.status_code == 422 and "请写明需要修改什么" in without.text
    assert returned.status_code == 303 and "承诺时限缺少依据" in as_("sheji").get(address).text


def test_a_stale_decision_changes_nothing(as_) -> None:
    address = upload(as_("sheji"))
    as_("sheji").post(f"{address}/submit", data={"version": "1"})

    stale = as_("fazhi").post(f"{address}/publish", data={"version": "1"})

    assert stale.status_code == 409 and "sheji 已于" in stale.text
    assert "发布流程" in as_("fazhi").get(address).text


def test_the_legal_officer_sees_what_a_new_version_says_differently(as_) -> None:
    source = (SHELF / "receipt.bpmn").read_bytes()
    address = upload(as_("sheji"), source.replace(b'kind="notice" amount="5"', b'kind="notice" amount="3"'), "receipt.bpmn")
    as_("sheji").post(f"{address}/submit", data={"version": "1"})

    shown = as_("fazhi").get(address).text

    assert "与现行第 1 版的不同" in shown
    assert "5个工作日（行政许可法第三十二条）" in shown and "3个工作日（行政许可法第三十二条）" in shown


def test_going_back_to_an_earlier_version_takes_another_person_too(as_, database: Engine) -> None:
    first = upload(as_("sheji"))
    as_("sheji").post(f"{first}/submit", data={"version": "1"})
    as_("fazhi").post(f"{first}/publish", data={"version": "2"})
    second = upload(as_("sheji"), SMALL.replace(b"fill", b"check"))
    as_("sheji").post(f"{second}/submit", data={"version": "1"})
    as_("fazhi").post(f"{second}/publish", data={"version": "2"})
    with database.connect() as connection:
        oldest = store.versions(connection, "small")[-1]

    back = begin(as_("sheji"), origin="version", definition=str(oldest.id))
    as_("sheji").post(f"{back}/submit", data={"version": "1"})
    as_("fazhi").post(f"{back}/publish", data={"version": "2"})

    with database.connect() as connection:
        versions = store.versions(connection, "small")
    assert [each.version for each in versions] == [3, 2, 1] and versions[0].hash == versions[2].hash
    page = as_("fazhi").get("/designer/processes/small?version=1").text
    assert "退回到这一版" not in page and "不是最新" in page  # a legal officer looks, and draws nothing
    assert "退回到这一版" in as_("sheji").get("/designer/processes/small?version=1").text


@pytest.mark.parametrize("who", ["clerk", "fazhi"])
def test_who_is_no_designer_draws_nothing(as_, who: str) -> None:
    address = upload(as_("sheji"))

    begun = as_(who).post("/designer/drafts", data={"origin": "empty", "process": "p", "title": "流程"})
    saved = save(as_(who), address, SMALL)
    dropped = as_(who).post(f"{address}/drop", data={"version": "1"})

    assert {begun.status_code, saved.status_code, dropped.status_code} == {403}
    assert 'id="board"' not in as_(who).get(address).text and "流程设计员" in dropped.text
    assert 'id="board"' in as_("sheji").get(address).text


def test_a_limit_is_answered_with_its_due_day(as_) -> None:
    due = as_("sheji").get("/designer/due?on=2026-02-13&limit=5workday").json
    unknown = as_("sheji").get("/designer/due?on=2026-12-30&limit=5workday").json
    wrong = as_("sheji").get("/designer/due?on=2026-02-13&limit=5lightyears")

    assert due == {"due": "2026-02-27", "provisional": False, "days": 15}  # 14 is a make-up Saturday, 15–23 are off
    assert unknown["provisional"] is True and wrong.status_code == 422


def test_the_panel_is_told_the_forms_roles_and_processes(as_) -> None:
    told = as_("sheji").get("/designer/vocabulary").json

    assert {"id": "designer", "name": "流程设计员"} in told["roles"] and told["today"]
    assert {each["id"] for each in told["forms"]} == {path.name for path in (SHELF / "forms").glob("*.json")}
    assert "filing" in {each["id"] for each in told["processes"]}


@pytest.mark.parametrize("body", [
    {}, {"xml": 1}, {"xml": ""}, {"xml": "x" * 800_000}, {"xml": "<a/>", "title": "t"},
    {"xml": "<a/>", "title": "t", "version": "1"}, {"xml": "<a/>", "title": "t", "version": True},
    {"xml": "<a/>", "title": ["t"], "version": 1},
])
def test_a_save_that_says_something_else_is_refused(as_, body: dict[str, object]) -> None:
    address = upload(as_("sheji"))

    refused = as_("sheji").post(f"{address}/save", json=body)

    assert refused.status_code == 422 and refused.json["reason"]


def test_names_in_a_diagram_stay_text_on_every_page(as_) -> None:
    source = SMALL.decode().replace('name="small"', 'name="&lt;img src=x onerror=alert(1)&gt;&quot;\'&lt;/script&gt;"')
    address = begin(as_("sheji"), origin="upload", file=(io.BytesIO(source.encode()), f"{NAUGHTY}.bpmn"), title=NAUGHTY)
    as_("sheji").post(f"{address}/submit", data={"version": "1"})
    as_("fazhi").post(f"{address}/return", data={"version": "2", "reason": NAUGHTY})
    again = as_("sheji").post(f"{address}/submit", data={"version": "3"})
    as_("fazhi").post(f"{address}/publish", data={"version": "4"})

    pages = [as_("sheji").get(path).text for path in ("/designer/", address, f"{address}?look=1", "/designer/processes/small")]

    assert again.status_code == 303 and all("<img" not in page for page in pages)
    assert all("&lt;img" in page for page in pages)


def test_a_diagram_is_handed_out_as_a_file_and_never_shown_as_a_page(as_) -> None:
    address = upload(as_("sheji"))

    kept = as_("sheji").get(f"{address}.bpmn")

    assert kept.headers["Content-Disposition"].startswith("attachment") and kept.mimetype == "application/octet-stream"


@pytest.mark.parametrize("path", ["/designer/processes/nothing", "/designer/drafts/99", "/designer/drafts/99.bpmn",
                                  "/designer/versions/9999.bpmn"])
def test_what_is_not_there_is_said_to_be_missing(as_, path: str) -> None:
    assert as_("sheji").get(path, headers={"Accept": "text/html"}).status_code == 404


def test_no_page_of_the_designer_carries_a_script_or_a_style_of_its_own() -> None:
    templates = Path(__file__).parents[3] / "services" / "web" / "templates" / "designer"

    for path in templates.glob("*.html"):
        text = path.read_text()
        assert "style=" not in text and "onclick" not in text and "<script>" not in text and "|safe" not in text
