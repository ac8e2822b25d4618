"""What a legal officer is told that a new version says differently."""

from __future__ import annotations

from engine.definitions.check import load
from engine.definitions.differences import Change, differences
from engine.definitions.model import Definition
from engine.limits import Limit
from services.settings import SHELF


def of(file: str, *changes: tuple[str, str]) -> Definition:
    source = (SHELF / file).read_text()
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return load(source.encode(), file=file)


def test_the_same_meaning_drawn_elsewhere_is_no_difference() -> None:
    assert differences(of("filing.bpmn"), of("filing.bpmn", ('x="312"', 'x="412"'))) == ()


def test_a_limit_a_name_and_an_outcome_are_told_apart() -> None:
    old = of("receipt.bpmn")
    new = of("receipt.bpmn", ('kind="notice" amount="5"', 'kind="notice" amount="3"'), ('name="登记收件"', 'name="收件登记"'),
             ('key="received" label="收件"', 'key="received" label="收下"'))

    found = {each.id: each for each in differences(old, new)}

    lapsed = found["notice_lapsed"]
    assert isinstance(lapsed.was, Limit) and isinstance(lapsed.now, Limit)
    assert (lapsed.was.amount, lapsed.now.amount, lapsed.aspects) == (5, 3, ("event",))
    assert (found["register"].name, found["register"].aspects) == ("收件登记", ("name", "work"))
    assert set(found) == {"notice_lapsed", "register"}


def test_the_limit_of_a_process_and_a_new_way_are_told() -> None:
    old = of("phase_permit.bpmn")
    limit = next(limit for limit in old.process.limits)
    new = of("phase_permit.bpmn", (f'amount="{limit.amount}"', f'amount="{limit.amount - 1}"'))

    told = [each for each in differences(old, new) if each.subject == "limit"]

    assert told and told[0].change is Change.CHANGED and told[0].name == limit.kind.value


def test_what_was_added_and_removed_is_told_with_its_ways() -> None:
    added = differences(of("filing.bpmn"), of("filing.bpmn", (
        '<bpmn:sequenceFlow id="file_record_to_case_concluded" sourceRef="file_record" targetRef="case_concluded"/>',
        '<bpmn:userTask id="sign" name="签字"/><bpmn:sequenceFlow id="a" sourceRef="file_record" targetRef="sign"/>'
        '<bpmn:sequenceFlow id="b" sourceRef="sign" targetRef="case_concluded"/>')))

    assert [(each.change, each.subject, each.name) for each in added] == [
        (Change.ADDED, "node", "签字"), (Change.ADDED, "flow", "登记备案 → 签字"), (Change.ADDED, "flow", "签字 → 办结"),
        (Change.REMOVED, "flow", "登记备案 → 办结")]
