"""Deployed definitions: numbered, immutable, and bound to what they call on the day they were deployed."""

from __future__ import annotations

import pytest

from engine.errors import DefinitionError
from services import deployments
from services.database import reading as read
from services.settings import SHELF
from tests.services import diagrams
from tests.services.desk import Desk


def version(task: str, *, id: str = "small") -> bytes:
    """A process with one task."""
    return diagrams.process(id, diagrams.start(), diagrams.task(task), diagrams.end(), diagrams.flows("begin", task, "done"))


def test_the_shelf_deploys_what_is_called_before_what_calls(desk: Desk) -> None:
    shelf = {path.stem: path.read_bytes() for path in SHELF.glob("*.bpmn")}

    deployed = desk.deploy(**shelf)

    assert deployed[0].process == "receipt" and len(deployed) == len(shelf)
    assert not any(each.is_new for each in deployed)  # they were there already


def test_the_same_meaning_again_is_the_same_version_however_it_is_drawn(desk: Desk) -> None:
    first = desk.deploy(small=version("fill"))[0]

    drawn_anew = version("fill").replace(b"<bpmn:process", "<!-- 重画 -->\n\n  <bpmn:process".encode())
    again = desk.deploy(other=drawn_anew)[0]

    assert (first.version, first.is_new) == (1, True)
    assert (again.version, again.is_new, again.hash) == (1, False, first.hash)


def test_another_meaning_is_the_next_version_and_the_old_one_again_is_still_the_first(desk: Desk) -> None:
    desk.deploy(small=version("fill"))

    assert desk.deploy(small=version("check"))[0].version == 2
    assert desk.deploy(small=version("fill"))[0].version == 1


def test_a_new_version_leaves_running_cases_alone_and_new_cases_use_it(desk: Desk) -> None:
    desk.deploy(small=version("fill"))
    old = desk.open("small")
    desk.deploy(small=version("check"))

    new = desk.open("small")

    assert [desk.tasks(number)[0].node for number in (old, new)] == ["fill", "check"]
    desk.complete(old, "fill")
    assert desk.case(old).ended_at is not None and desk.problems() == []


CALLER = diagrams.process("caller", diagrams.start(), '<bpmn:callActivity id="call" calledElement="small"/>', diagrams.end(),
                          diagrams.flows("begin", "call", "done"))


def test_a_caller_is_bound_to_the_version_it_was_deployed_with(desk: Desk) -> None:
    desk.deploy(small=version("fill"), caller=CALLER)
    first = desk.open("caller")
    desk.deploy(small=version("check"))
    second = desk.open("caller")

    desk.deploy(caller=CALLER)  # now bound anew
    third = desk.open("caller")

    assert [desk.tasks(number)[0].node for number in (first, second, third)] == ["fill", "fill", "check"]
    assert desk.problems() == []


def test_a_call_of_what_is_not_there_is_an_incident_for_a_person(desk: Desk) -> None:
    desk.deploy(caller=CALLER)

    number = desk.open("caller")

    assert [incident.code for incident in desk.incidents(number)] == ["no_called_process"]
    assert desk.problems() == []


def test_a_diagram_that_cannot_be_run_is_refused_and_nothing_of_the_call_is_kept(desk: Desk) -> None:
    before = desk.rows("definition")

    with pytest.raises(DefinitionError, match=r"bad\.bpmn"):
        desk.deploy(small=version("fill"), bad=b"<not-bpmn/>")

    assert desk.rows("definition") == before


def test_a_deployment_is_loaded_as_it_was_compiled(desk: Desk) -> None:
    deployed = desk.deploy(small=version("fill"))[0]

    with read(desk.database) as connection:
        loaded = deployments.load(connection, deployments.find(connection, "small"))

    assert (loaded.hash, loaded.program.hash) == (deployed.hash, deployed.hash)
