"""The official documents over the API, and the open page that checks them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.services.desk import WEDNESDAY
from tests.services.documents.lived import COMPANY, DOCUMENTS
from tests.services.web.conftest import Api


@pytest.fixture
def received(api: Api, clock: Callable[[datetime], None]) -> str:
    """A case whose documents are registered, by 王."""
    clock(WEDNESDAY)
    opened = api.open(applicant=COMPANY)
    answer = api.post(f"tasks/{opened['tasks'][0]['id']}/complete", {"outcome": "received", "data": {"documents": DOCUMENTS}})
    return str(answer.json["number"])


def test_a_document_is_issued_listed_and_printed(api: Api, received: str) -> None:
    issued = api.post(f"cases/{received}/documents", {"kind": "receipt"}, X_Jiban_Actor=quote("王"))
    again = api.post(f"cases/{received}/documents", {"kind": "receipt"})
    listed = api.get(f"cases/{received}/documents").json
    pdf = api.get(f"cases/{received}/documents/1.pdf")

    assert issued.status_code == 200 and issued.json == again.json and listed == {"items": [issued.json], "next": None}
    assert (issued.json["number"], issued.json["title"], issued.json["by"]) == ("岳园收〔2026〕00001号", "收件凭证", "王")
    assert issued.json["pdf"] == f"/api/v1/cases/{received}/documents/1.pdf"
    assert pdf.content_type == "application/pdf" and pdf.data.startswith(b"%PDF-") and pdf.data == api.get(
        f"cases/{received}/documents/1.pdf").data
    assert pdf.headers["X-Content-Type-Options"] == "nosniff"
    assert pdf.headers["Content-Disposition"].endswith(f"filename*=UTF-8''{quote('收件凭证 岳园收〔2026〕00001号.pdf')}")


def test_what_cannot_be_issued_is_refused_with_the_way_out(api: Api, received: str) -> None:
    early = api.post(f"cases/{received}/documents", {"kind": "acceptance"})
    unknown = api.post(f"cases/{received}/documents", {"kind": "licence"})
    extra = api.post(f"cases/{received}/documents", {"kind": "receipt", "number": "1"})

    assert early.status_code == 409 and "accepts it 受理 first" in early.json["detail"]
    assert (unknown.status_code, unknown.json["field"]) == (422, "kind")
    assert (extra.status_code, extra.json["field"]) == (422, "number")
    for path in (f"cases/{received}/documents/1.pdf", "cases/1/documents", "cases/1/documents/1.pdf"):
        assert api.get(path).status_code == 404, path
    assert api.client.get(f"/api/v1/cases/{received}/documents/1.pdf").status_code == 401


def test_a_stranger_checks_a_document_and_learns_its_kind_and_day(api: Api, client: FlaskClient, received: str) -> None:
    issued = api.post(f"cases/{received}/documents", {"kind": "receipt"}).json
    path = f"/documents/check/{quote(issued['number'])}"

    scanned = client.get(f"{path}?h={issued['digest'][:16]}")
    typed = client.get("/documents/check/", query_string={"number": issued["number"], "h": issued["digest"]})
    wrong = client.get(f"{path}?h={'0' * 16}")
    guessed = client.get(f"/documents/check/{quote('岳园收〔2026〕00002号')}?h={'0' * 16}")

    for real in (scanned, typed):
        assert real.status_code == 200 and "核验通过" in real.text and "收件凭证" in real.text and "2026年3月4日" in real.text
        assert COMPANY not in real.text and received not in real.text
    for invalid in (wrong, guessed):
        assert invalid.status_code == 200 and "核验未通过" in invalid.text and "收件凭证" not in invalid.text
    assert wrong.text.replace("00001", "00002") == guessed.text


def test_the_check_shows_what_was_typed_as_text_and_asks_when_nothing_was(client: FlaskClient) -> None:
    asked = client.get("/documents/check/")
    hostile = client.get(f"/documents/check/{quote('<script>alert(1)</script>', safe='')}", query_string={"h": '"><img>'})

    assert asked.status_code == 200 and "文书编号" in asked.text and "核验未通过" not in asked.text
    assert "<script>" not in hostile.text and '"><img>' not in hostile.text and "核验未通过" in hostile.text
    assert client.post("/documents/check/").status_code == 405
