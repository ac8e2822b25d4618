"""What is logged: whole lines, with what belongs together, and nothing about anybody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from services import correlation, logs

LOG = logging.getLogger("services.somewhere")


@pytest.fixture(params=[True, False], ids=["json", "text"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged from now on; the log of the tests is put back."""
    root = logging.getLogger()
    before, level, stream = root.handlers[:], root.level, io.StringIO()
    logs.start(is_json=request.param, stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_bears_the_id_of_what_it_belongs_to(written: io.StringIO) -> None:
    with correlation.under("a3f0c2d1e4b5"):
        LOG.info("answered", extra={"route": "/api/v1/cases", "status": 200})

    line = written.getvalue()
    assert "a3f0c2d1e4b5" in line and "/api/v1/cases" in line and "services.somewhere" in line


def test_an_exception_is_told_without_a_word_of_its_messages(written: io.StringIO) -> None:
    try:
        try:
            raise ValueError("张三 430602199001011234")
        except ValueError as error:
            raise KeyError("13873012345") from error
    except KeyError:
        LOG.exception("a batch failed")

    line = written.getvalue()
    assert "KeyError of ValueError" in line and "test_logs.py" in line
    assert not any(personal in line for personal in ("张三", "430602", "13873012345"))


def test_what_a_library_adds_to_a_line_is_left_out(written: io.StringIO) -> None:
    LOG.warning("refused", extra={"parameters": "张三", "ms": 3})

    assert "张三" not in written.getvalue() and "3" in written.getvalue()


def test_lines_for_programs_are_one_json_object_each() -> None:
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    logs.start(is_json=True, stream=stream)
    LOG.info("one\ntwo")
    LOG.warning("three")
    root.handlers[:] = before
    root.setLevel(level)

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["event"], line["level"], line["logger"]) for line in lines] == [
        ("one\ntwo", "info", "services.somewhere"), ("three", "warning", "services.somewhere")]
    assert all(line["timestamp"].endswith("Z") for line in lines)


@pytest.mark.parametrize("said", [
    None, "", "short", "x" * 65, "has space in it", "a/b/c/d/e/f", "13873012345", "430602199001011234", "43060219900101123X",
    "id-13873012345",  # a number is no better for standing behind something
])
def test_what_does_not_look_like_an_id_is_replaced(said: str | None) -> None:
    taken = correlation.taken(said)

    assert taken != said and len(taken) == 16


def test_an_id_that_somebody_has_sent_is_kept() -> None:
    assert correlation.taken("7f0c9a52-1e0b-4b57-9a61") == "7f0c9a52-1e0b-4b57-9a61"
