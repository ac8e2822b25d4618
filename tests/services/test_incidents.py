"""What is held up is listed with what can be done about it, and tried again by whoever has looked."""

from datetime import timedelta
from typing import Any

import pytest

from engine.errors import Forbidden, InvalidInput, NotFound
from services import incidents
from services.acting import Command, Stepped
from services.database import reading, writing
from services.incidents import Way
from services.store.incidents import Standing
from tests.services import diagrams
from tests.services.desk import Desk
from tests.services.served import Worker, externals, handed_in, variables


def standing(desk: Desk, code: str | None = None) -> list[Standing]:
    """What is open."""
    with reading(desk.database) as connection:
        return incidents.page(connection, code=code, most=50)


def retry(desk: Desk, found: Standing, **given: Any) -> Stepped:
    """Whoever has looked has it tried again."""
    command = Command(number=found.number, by=given.pop("by", "管"), now=desk.now)
    with writing(desk.database) as connection:
        return incidents.retry(connection, desk.office, command, seq=found.incident.seq,
                               reason=given.pop("reason", "已联系对方"), **given)


def failed(desk: Desk) -> tuple[str, Worker, Standing]:
    """A case whose connector has failed for good."""
    number = handed_in(desk)
    worker = Worker(desk=desk)
    worker.fail(worker.fetch()[0].id, retries=0)
    found, = standing(desk)
    return number, worker, found


def test_a_failed_connector_is_listed_with_its_error_and_what_can_be_done(desk: Desk) -> None:
    number, _, found = failed(desk)

    assert (found.number, found.incident.code, found.topic, found.error) == (
        number, "connector_failed", "registry.lookup", "无响应")
    assert incidents.ways(found) == (Way.RETRY, Way.BY_HAND)
    assert standing(desk, "dead_end") == [] and standing(desk, "connector_failed") == [found]


def test_trying_again_is_a_fact_and_the_task_can_be_fetched_anew(desk: Desk) -> None:
    number, worker, found = failed(desk)

    retry(desk, found)

    told, = desk.facts(number, "IncidentRetried")
    assert told["by"] == "管" and told["data"]["reason"] == "已联系对方"
    assert standing(desk) == [] and externals(desk, number)[0].retries == 3 and desk.problems() == []
    worker.complete(worker.fetch()[0].id, is_registered=True)
    assert [task.node for task in desk.tasks(number)] == ["look"] and desk.problems() == []


def test_values_the_task_takes_are_mended_and_handed_out(desk: Desk) -> None:
    number, worker, found = failed(desk)

    retry(desk, found, data={"credit_code": "91430600MA4L16JQ9B", "is_registered": False})

    assert worker.fetch()[0].variables == {"credit_code": "91430600MA4L16JQ9B"}
    assert desk.facts(number, "IncidentRetried")[0]["data"]["data"]["is_registered"] is False and desk.problems() == []


def test_values_nobody_declared_are_not_mended(desk: Desk) -> None:
    number, _, found = failed(desk)

    for data in ({"unheard_of": 1}, {"is_registered": "perhaps"}):
        with pytest.raises(InvalidInput):
            retry(desk, found, data=data)
    with pytest.raises(InvalidInput):
        retry(desk, found, reason="  ")

    assert len(desk.incidents(number)) == 1


def test_people_do_by_hand_what_the_connector_could_not(desk: Desk) -> None:
    number, worker, found = failed(desk)

    retry(desk, found, by_hand=True)

    assert externals(desk, number) == [] and worker.fetch() == [] and desk.problems() == []
    desk.complete(number, "ask", data={"is_registered": True})
    assert len(desk.facts(number, "DataReentered")) == 1 and desk.problems() == []


def test_a_timer_that_could_not_be_fired_rings_again(desk: Desk) -> None:
    desk.deploy(late=diagrams.process(
        "late", variables(way="string"), diagrams.start(),
        diagrams.timer("pause", "PT1H"), '<bpmn:exclusiveGateway id="choose"/>', diagrams.end(), diagrams.end("other"),
        diagrams.flows("begin", "pause", "choose"), diagrams.when("choose", "done", 'way == "a"'),
        diagrams.when("choose", "other", 'way == "b"')))
    number = desk.open("late")
    desk.now += timedelta(hours=2)
    desk.ring()
    found, = standing(desk)
    assert incidents.ways(found) == (Way.RETRY,)

    retry(desk, found, data={"way": "b"})

    assert desk.problems() == []
    desk.ring()
    assert desk.case(number).ended_at is not None and standing(desk) == [] and desk.problems() == []


def test_what_is_mended_elsewhere_says_so(desk: Desk) -> None:
    desk.deploy(stuck=diagrams.process(
        "stuck", variables(way="string"), diagrams.start(), diagrams.task("fill"),
        '<bpmn:exclusiveGateway id="choose"/>', diagrams.end(), diagrams.end("other"),
        diagrams.flows("begin", "fill", "choose"), diagrams.when("choose", "done", 'way == "a"'),
        diagrams.when("choose", "other", 'way == "b"')))
    number = desk.open("stuck")
    desk.go(number, "fill")
    found, = standing(desk)

    assert incidents.ways(found) == (Way.MEND,)
    with pytest.raises(Forbidden):
        retry(desk, found)
    with pytest.raises(NotFound):
        retry(desk, found._replace(incident=found.incident._replace(seq=1)))
