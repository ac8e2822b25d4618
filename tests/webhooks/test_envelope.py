"""What a fact looks like when it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from webhooks.envelope import CONTENT_TYPE, Event, id_of, written

EVENT = Event(id=id_of("3@2026-03-01", "岳园备2026-1", 7), source="https://spfw.example.cn", kind="CaseAccepted",
              subject="岳园备2026-1", at=datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")), seq=7,
              data={"case": "岳园备2026-1", "fact": {"accepted_on": "2026-03-02"}})


def test_it_is_a_cloud_event_in_structured_json() -> None:
    assert orjson.loads(written(EVENT)) == {
        "specversion": "1.0", "id": EVENT.id, "source": "https://spfw.example.cn", "type": "jiban.CaseAccepted",
        "subject": "岳园备2026-1", "time": "2026-03-02T01:30:00Z", "sequence": "0000000007",
        "datacontenttype": "application/json", "data": {"case": "岳园备2026-1", "fact": {"accepted_on": "2026-03-02"}}}


def test_the_library_of_a_receiver_reads_it() -> None:
    read = from_http_event(HTTPMessage(headers={"content-type": CONTENT_TYPE}, body=written(EVENT)))

    assert (read.get_id(), read.get_subject()) == (EVENT.id, "岳园备2026-1")


def test_the_same_event_is_the_same_bytes() -> None:
    assert written(EVENT) == written(replace(EVENT))


def test_the_id_is_the_same_for_one_fact_at_one_endpoint_and_no_other() -> None:
    ids = {id_of(endpoint, case, seq) for endpoint in ("1", "11") for case in ("c", "c1") for seq in (1, 11)}

    assert len(ids) == 8 and EVENT.id == id_of("3@2026-03-01", "岳园备2026-1", 7)
    assert EVENT.id.isascii() and "." not in EVENT.id  # it goes into a header, and into what is signed
