"""Whose seal the outcome of a routed case carries."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from engine import closing, events
from engine.case import Case
from engine.empowerment import Empowerment, Mode
from engine.errors import Forbidden, InvalidInput
from engine.lifecycle import State
from engine.moves import reach
from engine.routing import Table, route
from tests.engine.telling import NOW, in_state

ROW = Empowerment(park="湘阴高新区", matter="X", mode=Mode.ENTRUSTED, authority="市住建局", batch="第一批", document="文",
                  seal="市住建局2号章", mandate="委1", notice="告1", valid_from=date(2026, 1, 1),
                  valid_until=date(2026, 12, 31))


def routed(state: State = State.CONCLUDED) -> Case:
    """A case that the park decides in the name of the city's bureau."""
    routing = route(Table(empowerments=[ROW]), park="湘阴高新区", matter="X", on=date(2026, 3, 4))
    return replace(in_state(state), routing=routing)


def sealed(case: Case, seal: str) -> str:
    """The seal a document gets when this one is named."""
    fact = closing.seal(case, document="许可证", number="1号", seal=seal, unit="市住建局")
    assert isinstance(fact, events.DocumentSealed)
    return fact.seal


def test_the_certificate_carries_the_seal_and_the_name_of_whom_the_case_was_routed_to() -> None:
    expected = events.CaseCertified(seal="市住建局2号章", in_name_of="市住建局")

    assert closing.certify(routed()) == expected and reach(routed(), "certified", "node", NOW) == expected
    assert closing.certify(in_state(State.CONCLUDED)) == events.CaseCertified()


@pytest.mark.parametrize("named", ["", " 市住建局2号章 "])
def test_a_routed_case_carries_its_seal_whether_it_is_named_or_not(named: str) -> None:
    assert sealed(routed(), named) == "市住建局2号章"


def test_another_seal_is_refused_with_whose_it_has_to_be() -> None:
    with pytest.raises(Forbidden, match="in the name of 市住建局 and carries the seal 市住建局2号章, not “园区章”"):
        sealed(routed(), "园区章")


def test_a_case_that_was_not_routed_carries_the_seal_that_is_named() -> None:
    assert sealed(in_state(State.CONCLUDED), "园区章") == "园区章"
    with pytest.raises(InvalidInput):
        sealed(in_state(State.CONCLUDED), "")
