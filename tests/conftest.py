"""What holds for every test: the modules and the tests themselves are kept for the whole run, so that they are loaded with the
collector of garbage at rest, and it passes them over afterwards. Otherwise a tenth of the run is spent looking through them."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.services import compiled


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_configure() -> None:
    compiled.share()
