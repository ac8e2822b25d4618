"""Cases of an office's own diagrams: one that awaits a message, one that cannot go on."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from services import deployments
from services.database import writing

PAYMENT = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jb="urn:jiban:bpmn:1" targetNamespace="t">
  <message id="m" name="paid"/>
  <process id="payment" name="缴费" isExecutable="true">
    <extensionElements><jb:variable name="amount" type="int"/></extensionElements>
    <startEvent id="begun"/>
    <sequenceFlow id="f1" sourceRef="begun" targetRef="wait"/>
    <intermediateCatchEvent id="wait" name="等待缴费"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
    <sequenceFlow id="f2" sourceRef="wait" targetRef="confirm"/>
    <userTask id="confirm" name="确认到账"/>
    <sequenceFlow id="f3" sourceRef="confirm" targetRef="enough"/>
    <exclusiveGateway id="enough"/>
    <sequenceFlow id="f4" sourceRef="enough" targetRef="over">
      <conditionExpression>amount &gt; 100</conditionExpression></sequenceFlow>
    <sequenceFlow id="f5" sourceRef="enough" targetRef="confirm">
      <conditionExpression>amount &lt; 100</conditionExpression></sequenceFlow>
    <endEvent id="over"/>
  </process>
</definitions>"""


@pytest.fixture(autouse=True)
def payment(database: Engine) -> None:
    """The diagram, deployed."""
    with writing(database) as connection:
        deployments.deploy(connection, {"payment.bpmn": PAYMENT.encode()}, now=datetime(2026, 1, 5, tzinfo=UTC))


def test_a_case_is_told_the_message_it_waits_for(api) -> None:
    opened = api.open("payment")
    case = api.get(f"cases/{opened['number']}").json

    told = api.post(f"cases/{opened['number']}/messages", {"name": "paid", "data": {"amount": 120}}, If_Match="1",
                    X_Jiban_Actor="财政".encode().decode("latin-1"))

    assert opened["tasks"] == [] and opened["incident"] is None and case["messages"] == ["paid"]
    assert told.status_code == 200 and [task["name"] for task in told.json["tasks"]] == ["确认到账"]
    assert "MessageReceived" in [fact["kind"] for fact in api.get(f"cases/{opened['number']}").json["facts"]]
    assert api.get(f"cases/{opened['number']}").json["facts"][-1]["by"] == "财政"


def test_a_task_without_outcomes_is_completed_without_one(api) -> None:
    opened = api.open("payment")
    moved = api.post(f"cases/{opened['number']}/messages", {"name": "paid", "data": {"amount": 120}}).json

    with_one = api.post(f"tasks/{moved['tasks'][0]['id']}/complete", {"outcome": "done"})
    without = api.post(f"tasks/{moved['tasks'][0]['id']}/complete", {})

    assert moved["tasks"][0]["outcomes"] == [] and with_one.status_code == 422 and with_one.json["field"] == "outcome"
    assert without.status_code == 200 and without.json["tasks"] == [] and without.json["state"] == "concluded"


def test_when_the_diagram_cannot_go_on_the_task_stays_and_the_incident_is_named(api) -> None:
    opened = api.open("payment")
    moved = api.post(f"cases/{opened['number']}/messages", {"name": "paid", "data": {"amount": 100}}).json
    task = f"tasks/{moved['tasks'][0]['id']}/complete"

    stuck = api.post(task, {}, Idempotency_Key="stuck")
    open_incidents = [incident["code"] for incident in api.get(f"cases/{opened['number']}").json["incidents"]]
    mended = api.post(task, {"data": {"amount": 101}}, Idempotency_Key="mended")

    assert stuck.status_code == 200 and stuck.json["incident"]["code"] == "no_path"
    assert [t["id"] for t in stuck.json["tasks"]] == [t["id"] for t in moved["tasks"]]
    assert open_incidents == ["no_path"]
    assert api.get(f"cases/{opened['number']}").json["incidents"] == []
    assert mended.status_code == 200 and mended.json["incident"] is None and mended.json["state"] == "concluded"
