"""What is refused, what is pointed out and what is read without a remark, each with a diagram that shows it."""

import pytest

from engine.definitions.check import check, load
from engine.definitions.diagnostic import Severity
from engine.errors import DefinitionError
from tests.engine.definitions.drawn import END, START, TASKS, file, flows, task, words

LINE = flows("start>a a>end")
MESSAGE = '<message id="m" name="材料到齐"/>'


def found(data: bytes, severity: Severity) -> set[str]:
    return {each.code for each in check(data, file="x.bpmn").diagnostics if each.severity is severity}


def plain(inner: str) -> bytes:
    """start → a → end, with `inner` beside."""
    return file(START + END + task("a") + LINE + inner)


def worded(word: str) -> bytes:
    """start → a → end, with one of our words on a."""
    return file(START + END + f'<userTask id="a">{words(word)}</userTask>' + LINE)


@pytest.mark.parametrize(("data", "code"), [
    (b"", "not_xml"),
    (b"<definitions", "not_xml"),
    (b"<html/>", "not_bpmn"),
    (b'<!DOCTYPE x [<!ENTITY a "b">]>' + file(TASKS), "document_type"),
    (b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><definitions/>', "document_type"),
    ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "document_type"),
    (b" " * (2 * 1024 * 1024 + 1), "too_large"),
    (file(""), "no_process"),
    (file(START + "<scriptTask id='a'><script>1</script></scriptTask>" + END + LINE), "script_task"),
    (plain("<complexGateway id='g'/>"), "complex_gateway"),
    (plain("<adHocSubProcess id='g'/>"), "ad_hoc"),
    (plain("<subProcess id='g' triggeredByEvent='true'/>"), "event_subprocess"),
    (plain("<boundaryEvent id='b' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"), "unsupported_event"),
    (plain("<boundaryEvent id='b' attachedToRef='a'><conditionalEventDefinition/></boundaryEvent>"), "unsupported_event"),
    (plain("<userTask id='a'/>"), "duplicate_id"),
    (plain("<userTask/>"), "no_id"),
    (plain("<userTask id='z'/>"), "unreachable"),
    (plain(flows("a>nowhere")), "dangling_flow"),
    (file(START + task("a") + flows("start>a")), "no_end"),
    (file(TASKS + flows("start>a start>b b>c c>d d>end")), "path_stops"),
    (file(TASKS + '<startEvent id="again"/>' + flows("start>a a>b b>c c>d d>end again>b")), "several_starts"),
    (file(START + END + '<userTask id="a" default="f9"/>' + LINE), "bad_default"),
    (file(START + END + '<exclusiveGateway id="g"/>' + task("a") + task("b") + flows("start>g g>a g>b a>end b>end")),
     "no_condition"),
    (file(START + END + '<parallelGateway id="g"/>' + task("a", "yes") + task("b") + flows("start>a a>g g>b:a b>end")),
     "condition_not_asked"),
    (file(START + END + '<eventBasedGateway id="g"/>' + task("a") + flows("start>g g>a a>end")), "bad_event_gateway"),
    (plain("<boundaryEvent id='b' attachedToRef='end'><errorEventDefinition/></boundaryEvent>"), "bad_boundary"),
    (file(START + END + '<callActivity id="a"/>' + LINE), "no_called_process"),
    (file(START + END + '<callActivity id="a" calledElement="${which}"/>' + LINE), "dynamic_call"),
    (file(START + END + '<receiveTask id="a"/>' + LINE), "message_without_name"),
    (file(START + END + '<userTask id="a"><multiInstanceLoopCharacteristics/></userTask>' + LINE), "no_cardinality"),
    (file(START + END + '<userTask id="a"><multiInstanceLoopCharacteristics><loopCardinality>200000</loopCardinality>'
          "</multiInstanceLoopCharacteristics></userTask>" + LINE), "too_many_instances"),
    (file(START + END + '<userTask id="a"><standardLoopCharacteristics/></userTask>' + LINE), "bad_loop"),
    (file(START + END + '<userTask id="a" startQuantity="2"/>' + LINE), "token_quantity"),
    (plain(f"<userTask id='{'长' * 201}'/>"), "too_long"),
    (plain(f"<userTask id='b' name='{'长' * 401}'/>"), "too_long"),
    (worded(f'<jb:work role="{"r" * 101}"/>'), "too_long"),
    (worded("<jb:wrok/>"), "unknown_word"),
    (worded('<jb:work akt="review"/>'), "bad_word"),
    (worded('<jb:work act="stamp"/>'), "bad_word"),
    (file(START + END + '<intermediateThrowEvent id="a"><linkEventDefinition name="l"/></intermediateThrowEvent>' + LINE),
     "bad_link"),
])
def test_what_cannot_be_run_is_refused_with_its_reason(data: bytes, code: str) -> None:
    checked = check(data, file="x.bpmn")

    assert checked.verdict == "refused"
    assert code in {each.code for each in checked.diagnostics if each.severity is Severity.ERROR}
    assert all(each.message and each.hint for each in checked.diagnostics if each.severity is Severity.ERROR)


@pytest.mark.parametrize("timer", [
    "<timeDuration>P99999999999D</timeDuration>", "<timeDuration>-PT5S</timeDuration>", "<timeDuration>soon</timeDuration>",
    "<timeDate>2026-13-45</timeDate>", "<timeCycle>0 0 9 * * ?</timeCycle>", "<timeCycle>R/PT0S</timeCycle>",
    "<timeCycle>R999999999/PT0.000001S</timeCycle>", "<timeCycle>R0/PT1H</timeCycle>", "",
])
def test_a_timer_that_never_or_always_fires_is_refused(timer: str) -> None:
    event = f'<intermediateCatchEvent id="a"><timerEventDefinition>{timer}</timerEventDefinition></intermediateCatchEvent>'

    assert "bad_timer" in found(file(START + END + event + LINE), Severity.ERROR)


@pytest.mark.parametrize("expression", [
    "__import__('os').system('id')", "().__class__.__base__.__subclasses__()", "open('/etc/passwd')", "a.b.c == 1",
    "${execution.getVariable('x').delete()}", "[1].map(x, [2].map(y, x + y)) == []", "x := 1", "lambda: 1", "",
    "nosuchfunction(a) == 1",
])
def test_a_condition_that_is_more_than_a_question_about_the_case_is_refused(expression: str) -> None:
    gateway = '<exclusiveGateway id="g" default="no"/><sequenceFlow id="no" sourceRef="g" targetRef="b"/>'
    asked = (f'<sequenceFlow id="yes" sourceRef="g" targetRef="a"><conditionExpression>{expression}'
             "</conditionExpression></sequenceFlow>")
    data = file(TASKS + gateway + asked + flows("start>g a>c b>c c>d d>end"))

    assert check(data, file="x.bpmn").verdict == "refused"


def test_a_condition_over_a_name_nobody_declared_is_refused_unless_it_is_given() -> None:
    data = file(TASKS + '<exclusiveGateway id="g"/>' + flows("start>g g>a:approved g>b a>c b>c c>d d>end"))

    refused, given = check(data, file="x.bpmn"), check(data, file="x.bpmn", known=["approved"])

    assert [(each.code, each.element) for each in refused.diagnostics if each.severity is Severity.ERROR] == [
        ("unknown_variable", "g")]
    assert given.verdict == "deployable"


@pytest.mark.parametrize("declared", [
    '<extensionElements><jb:variable name="approved" type="string"/></extensionElements>',
    '<dataObject id="d" name="approved"/>',
])
def test_a_declared_variable_is_known(declared: str) -> None:
    inner = TASKS + '<exclusiveGateway id="g"/>' + flows("start>g g>a:approved g>b a>c b>c c>d d>end")

    assert check(file(declared + inner), file="x.bpmn").verdict == "deployable"


def test_a_variable_that_a_form_outside_the_file_may_give_is_pointed_out_only() -> None:
    form = '<userTask id="a" camunda:formKey="embedded:app:review.html"/>'
    data = file(START + END + form + task("b") + '<exclusiveGateway id="g"/>' + flows("start>a a>g g>b:approved g>end b>end"))

    assert check(data, file="x.bpmn").verdict == "deployable"
    assert "unknown_variable" in found(data, Severity.WARNING)


def test_the_meaning_of_a_diagram_does_not_depend_on_its_drawing() -> None:
    inner = TASKS + flows("start>a a>b b>c c>d d>end")
    drawn = file(inner).replace(b"</definitions>", b'''<BPMNDiagram xmlns="http://www.omg.org/spec/BPMN/20100524/DI">
        <BPMNPlane bpmnElement="p"/></BPMNDiagram></definitions>''')
    moved = b"\n\n" + file(inner).replace(b"<userTask", b"\n  <userTask").lstrip()

    hashes = {load(data, file="x.bpmn").hash for data in (file(inner), drawn, moved.strip())}

    assert len(hashes) == 1


def test_a_changed_condition_or_order_of_flows_is_another_meaning() -> None:
    gateway = TASKS + '<exclusiveGateway id="g"/>'
    ways = ["start>g g>a:c g>b:d g>d a>d b>d d>c c>end", "start>g g>b:d g>a:c g>d a>d b>d d>c c>end"]

    one, other = (check(file(gateway + flows(way)), file="x.bpmn", known="cd").definition for way in ways)

    assert one is not None and other is not None
    assert one.hash != other.hash


def test_loading_a_refused_file_raises_with_every_reason() -> None:
    with pytest.raises(DefinitionError) as refused:
        load(plain("<userTask id='a'/><complexGateway id='g'/>"), file="坏图.bpmn")

    assert {each.code for each in refused.value.diagnostics} >= {"duplicate_id", "complex_gateway"}
    assert "坏图.bpmn" in str(refused.value)


def test_a_finding_names_the_line_of_the_file() -> None:
    data = file(START + "\n" + END + "\n<scriptTask id='a'/>\n" + LINE)

    finding = next(each for each in check(data, file="x.bpmn").diagnostics if each.code == "script_task")

    assert (finding.element, finding.line) == ("a", 3)


def test_a_message_that_is_named_can_be_waited_for() -> None:
    receive = '<receiveTask id="a" messageRef="m"/>'

    definition = load(file(START + END + receive + LINE, outside=MESSAGE), file="x.bpmn")

    node = next(node for node in definition.process.scope.nodes if node.id == "a")
    assert node.event is not None and node.event.name == "材料到齐"


def test_a_file_of_ten_thousand_tasks_is_refused_in_a_moment() -> None:
    many = "".join(f'<userTask id="t{n}"/>' for n in range(10_000))

    assert "too_many_nodes" in found(file(START + many), Severity.ERROR)


def test_sub_processes_nested_without_end_are_refused() -> None:
    inner = "<subProcess id='s{}'>" * 200 + "</subProcess>" * 200

    assert check(file(START + inner.replace("{}", "0")), file="x.bpmn").verdict == "refused"
