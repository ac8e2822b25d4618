"""Diagrams with a service task, and workers at a desk that serve it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine.errors import Refusal
from services import external_tasks
from services.acting import Stepped
from services.database import reading, writing
from services.external_tasks import Handed, Holding
from services.store import reading as store
from services.store.rows import ExternalTaskRow
from tests.services.desk import Desk
from tests.services.diagrams import end, flows, process, start, task, throw

TOPIC, SYSTEM = "registry.lookup", "SYS-REGISTRY"
ERROR = '<bpmn:error id="lost" errorCode="NOT_FOUND"/>'
CAUGHT = ('<bpmn:boundaryEvent id="missing" attachedToRef="ask"><bpmn:errorEventDefinition errorRef="lost"/>'
          "</bpmn:boundaryEvent>")


def service(id: str = "ask", words: str = f'topic="{TOPIC}" takes="credit_code" gives="is_registered"') -> str:
    """A service task."""
    return (f'<bpmn:serviceTask id="{id}" name="查登记"><bpmn:extensionElements><jb:connector {words}/>'
            "</bpmn:extensionElements></bpmn:serviceTask>")


def variables(**kinds: str) -> str:
    """The variables a process declares."""
    words = "".join(f'<jb:variable name="{name}" type="{kind}"/>' for name, kind in kinds.items())
    return f"<bpmn:extensionElements>{words}</bpmn:extensionElements>"


def served(words: str = f'topic="{TOPIC}" takes="credit_code" gives="is_registered"') -> bytes:
    """A service task between two people's, which may come out as an error."""
    return process(
        "served", variables(credit_code="string", applicant="string", is_registered="bool", park="string"), start(),
        task("hand_in"), throw("taken", "accepted"), service(words=words), CAUGHT, task("look"), task("mend"), end(),
        end("given_up"), flows("begin", "hand_in", "taken", "ask", "look", "done"), flows("missing", "mend", "given_up"),
        before=ERROR)


def simple(words: str = f'topic="{TOPIC}" gives="is_registered"') -> bytes:
    """A task and a service task, and nothing the law has a word for."""
    return process("simple", variables(is_registered="bool", park="string"), start(), task("hand_in"), service(words=words),
                   end(), flows("begin", "hand_in", "ask", "done"))


@dataclass(kw_only=True)
class Worker:
    """A worker at a desk, by name; `held`: what it was handed and has not answered."""

    desk: Desk
    name: str = "worker-1"
    held: dict[str, Handed] = field(default_factory=dict)

    def fetch(self, *topics: str, most: int = 10, seconds: int = 60) -> list[Handed]:
        """Fetch and lock."""
        with writing(self.desk.database) as connection:
            found = external_tasks.fetch_and_lock(connection, worker=self.name, topics=topics or (TOPIC,), now=self.desk.now,
                                                  duration=timedelta(seconds=seconds), most=most)
        self.held |= {each.id: each for each in found}
        return found

    def complete(self, id: str, **data: object) -> Stepped:
        """Answer."""
        with writing(self.desk.database) as connection:
            return external_tasks.complete(connection, self.desk.office, self.holding(id), data=data)

    def fail(self, id: str, error: str = "无响应", **given: Any) -> Stepped | None:
        """Give back."""
        with writing(self.desk.database) as connection:
            return external_tasks.fail(connection, self.desk.office, self.holding(id), error=error, **given)

    def throw(self, id: str, code: str, **data: object) -> Stepped:
        """Answer with an error."""
        with writing(self.desk.database) as connection:
            return external_tasks.throw(connection, self.desk.office, self.holding(id), code=code, data=data)

    def extend(self, id: str, seconds: int = 60) -> None:
        """Go on."""
        with writing(self.desk.database) as connection:
            external_tasks.extend_lock(connection, self.holding(id), duration=timedelta(seconds=seconds))

    def holding(self, id: str) -> Holding:
        """The task as this worker was handed it last; one it never had under a fence that none has."""
        fence = self.held[id].fence if id in self.held else 0
        return Holding(task=id, worker=self.name, fence=fence, by="对接程序", now=self.desk.now)


def externals(desk: Desk, number: str) -> list[ExternalTaskRow]:
    """The open external tasks of a case."""
    with reading(desk.database) as connection:
        return store.externals_of(connection, desk.case(number).id)


def handed_in(desk: Desk, words: str | None = None, **data: object) -> str:
    """A case that waits for its service task."""
    desk.deploy(served=served() if words is None else served(words))
    number = desk.open("served", **{"credit_code": "91430600MA4L16JQ9B", "applicant": "岳阳某某公司", **data})
    desk.go(number, "hand_in")
    return number


def is_refused(command: Any, *given: Any, **named: Any) -> bool:
    """Does the command refuse?"""
    try:
        command(*given, **named)
    except Refusal:
        return True
    return False
