"""What stock SpiffWorkflow makes of a diagram and of the texts in it, and what we make of the same file: each test shows both
sides (see `test_stock_bugs`).
"""

from __future__ import annotations

import pytest
from lxml import etree

from engine.definitions.check import check, load
from engine.definitions.diagnostic import Severity
from engine.definitions.model import EventKind
from engine.process import kernel
from engine.process.compile import Program, compile_program
from tests.engine.process.drawing import defined, done, event, open_nodes, program, timer
from tests.engine.process.stock_runner import Stock, workflow_of, xml_of


def loaded(xml: bytes) -> Program:
    """What we make of a file."""
    return compile_program(load(xml, file="p.bpmn"))


def refusals(xml: bytes) -> set[str]:
    """The codes of the errors for which we refuse a file."""
    return {found.code for found in check(xml, file="p.bpmn").diagnostics if found.severity is Severity.ERROR}


def test_a_flow_without_an_id_bypasses_the_approval_in_stock_and_not_here():
    definition = defined("start > approve > end")
    without_ids = xml_of(definition)
    for flow in ("start__approve", "approve__end"):
        for attribute in (f'<sequenceFlow id="{flow}"', f"<incoming>{flow}</incoming>", f"<outgoing>{flow}</outgoing>"):
            without_ids = without_ids.replace(attribute.encode(), b"<sequenceFlow" if attribute[1] == "s" else b"")

    stock = Stock.of_xml(without_ids)
    ours = kernel.start(loaded(without_ids))

    assert stock.is_completed() and stock.names() == []  # nobody was ever asked
    assert [wait.node for wait in ours.opened] == ["approve"] and not ours.is_completed


def test_the_drawing_decides_which_condition_comes_first_in_stock_and_not_here():
    definition = defined("start > xor; xor > small if amount > 1; xor > large if amount > 100; small > end; large > end")
    shapes = "".join(f'<di:BPMNShape xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" bpmnElement="{node}">'
                     f'<dc:Bounds xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" x="0" y="{y}" width="1" height="1"/>'
                     "</di:BPMNShape>" for y, node in enumerate(("large", "small", "start", "xor", "end")))
    pictured = xml_of(definition).replace(b"</definitions>", shapes.encode() + b"</definitions>")

    first_in_stock = workflow_of(pictured, "p").spec.task_specs["xor"].cond_task_specs[0][1]
    ours = kernel.start(compile_program(definition), {"amount": 500})

    assert first_in_stock == "large"  # drawn higher up, though it comes second in the file
    assert [wait.node for wait in ours.opened] == ["small"]


def test_a_condition_on_a_flow_out_of_a_task_is_ignored_by_stock_and_heeded_here():
    definition = defined("start > a; a > b if c == 1; b > end")
    stock = Stock(definition, {"c": 0})

    stock.do("a")
    ours = program("start > a; a > b if c == 1; a > end default; b > end")
    step = done(ours, kernel.start(ours), "a", c=0)

    assert stock.names() == ["b"]
    assert step.is_completed and open_nodes(ours, step) == []


def test_a_signal_end_event_is_a_plain_end_in_stock_and_throws_here():
    text = "start > and; and > catch_s > a > end_a; and > b > end_s"
    signal = event(EventKind.SIGNAL, "s")
    nodes = {"catch_s": {"event": signal}, "end_s": {"event": signal}}
    stock, ours = Stock(defined(text, nodes)), program(text, nodes)

    stock.do("b")
    step = done(ours, kernel.start(ours), "b")

    assert stock.names() == []  # the signal never came
    assert open_nodes(ours, step) == ["a"]


def test_a_link_is_a_dead_end_in_stock_and_a_way_through_here():
    link = '<linkEventDefinition id="d_{}" name="there"/>'
    text = "start > throw_l; catch_l > a > end"
    xml = _with_inner(xml_of(defined(text)), throw_l=link.format("throw_l"), catch_l=link.format("catch_l"))
    stock = Stock.of_xml(xml)
    ours = loaded(xml)

    assert stock.names() == [] == stock.ends()  # neither the task nor an end event is ever reached
    assert open_nodes(ours, kernel.start(ours)) == ["a"]


def _with_inner(xml: bytes, **inner: str) -> bytes:
    root = etree.fromstring(xml)
    for id, text in inner.items():
        [node] = root.xpath(f"//*[@id='{id}']")
        wrapped = etree.fromstring(f'<x xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">{text}</x>')
        node.extend(wrapped)
    return etree.tostring(root)


def test_an_event_subprocess_runs_at_once_in_stock_and_is_refused_here():
    xml = _with_inner(
        xml_of(defined("start > a > end")),
        p='<subProcess id="es" triggeredByEvent="true"><startEvent id="es_s"><outgoing>f1</outgoing>'
          '<errorEventDefinition id="d"/></startEvent><endEvent id="es_e"><incoming>f1</incoming></endEvent>'
          '<sequenceFlow id="f1" sourceRef="es_s" targetRef="es_e"/></subProcess>')

    stock = Stock.of_xml(xml)

    assert stock.ends() == ["es_e"]  # no error was ever thrown
    assert "event_subprocess" in refusals(xml)


def test_a_condition_runs_python_in_stock_and_is_refused_here():
    definition = defined("start > xor; xor > a if ().__class__.__base__.__subclasses__() != []; xor > end default; a > end")

    assert Stock(definition).names() == ["a"]
    assert "expression" in " ".join(refusals(xml_of(definition)))


def test_a_plain_duration_fails_at_run_time_in_stock_and_is_one_here():
    definition = defined("start > catch_t > end", {"catch_t": {"event": timer("P5D")}})
    unquoted = xml_of(definition).replace(b'"P5D"', b"P5D")

    with pytest.raises(Exception, match="P5D"):
        Stock.of_xml(unquoted)

    [wait] = kernel.start(loaded(unquoted)).opened
    assert wait.timer.text == "P5D"
