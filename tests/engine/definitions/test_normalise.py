"""What SpiffWorkflow passes over in silence is put straight: flows without ids, links, choices without a default."""

import pytest

from engine.definitions.check import check, load
from engine.definitions.diagnostic import Severity
from engine.definitions.model import MultiInstance, Scope
from tests.engine.definitions.drawn import END, START, TASKS, file, flows, task, words


def scope(data: bytes) -> Scope:
    return load(data, file="x.bpmn").process.scope


def test_flows_without_ids_get_the_same_ids_each_time() -> None:
    data = file(START + END + task("a") + task("b") + flows("start>a a>b b>end") + flows("a>end"))

    first, again = scope(data), scope(data)

    assert [flow.id for flow in first.flows] == ["start__a", "a__b", "b__end", "a__end"]
    assert first == again


def test_a_made_id_never_collides_with_a_given_one() -> None:
    data = file(START + END + task("a") + flows("start>a a>end") + '<sequenceFlow id="a__end" sourceRef="a" targetRef="end"/>')

    ids = [flow.id for flow in scope(data).flows]

    assert len(set(ids)) == 3


def test_a_pair_of_links_is_a_flow() -> None:
    links = ('<intermediateThrowEvent id="out"><linkEventDefinition name="转入"/></intermediateThrowEvent>'
             '<intermediateCatchEvent id="in"><linkEventDefinition name="转入"/></intermediateCatchEvent>')
    data = file(START + END + task("a") + links + flows("start>a a>out in>end"))

    assert ("out", "in") in {(flow.source, flow.target) for flow in scope(data).flows}


def test_the_only_flow_without_a_condition_is_the_default() -> None:
    data = file(TASKS + '<exclusiveGateway id="g"/>' + flows("start>g g>a g>b:x a>c b>c c>d d>end"))

    checked = check(data, file="x.bpmn", known="x")

    assert checked.definition is not None
    gateway = next(node for node in checked.definition.process.scope.nodes if node.id == "g")
    assert gateway.default == "g__a"
    assert [each.code for each in checked.diagnostics] == ["default_made"]


def test_a_task_keeps_its_default_flow_and_its_conditions() -> None:
    chooses = '<userTask id="a" default="otherwise"/><sequenceFlow id="otherwise" sourceRef="a" targetRef="c"/>'
    data = file(START + END + chooses + task("b") + task("c") + flows("start>a a>b:x b>end c>end"))

    checked = check(data, file="x.bpmn", known="x")

    assert checked.definition is not None
    node = next(node for node in checked.definition.process.scope.nodes if node.id == "a")
    assert node.default == "otherwise"
    assert {flow.condition for flow in checked.definition.process.scope.flows if flow.source == "a"} == {None, 'x == "yes"'}


def test_a_collection_of_another_engine_is_a_list_to_go_through() -> None:
    several = ('<userTask id="a"><multiInstanceLoopCharacteristics flowable:collection="${reviewers}" '
               'flowable:elementVariable="reviewer"><completionCondition>${nrOfCompletedInstances >= 1}'
               "</completionCondition></multiInstanceLoopCharacteristics></userTask>")
    process = load(file(START + END + several + flows("start>a a>end")), file="x.bpmn").process

    assert next(node for node in process.scope.nodes if node.id == "a").loop == MultiInstance(
        sequential=False, collection="reviewers", element="reviewer", completion="nrOfCompletedInstances >= 1")
    assert process.variables == {"reviewers": "list"}


def test_countersigning_asks_everybody_on_the_list_or_enough_of_them() -> None:
    def loop_of(word: str) -> object:
        signed = f'<userTask id="a">{words(word)}</userTask>'
        found = scope(file(START + END + signed + flows("start>a a>end")))
        return next(node for node in found.nodes if node.id == "a").loop

    everybody = loop_of('<jb:countersign mode="all" signers="experts"/>')
    anybody = loop_of('<jb:countersign mode="any" signers="experts"/>')
    enough = loop_of('<jb:countersign mode="ratio" ratio="0.67" signers="experts"/>')

    assert everybody == MultiInstance(sequential=False, collection="experts", element="signer")
    assert isinstance(anybody, MultiInstance) and anybody.completion == "nrOfCompletedInstances >= 1"
    assert isinstance(enough, MultiInstance) and "0.67" in (enough.completion or "")


def test_a_vote_counts_an_outcome_of_the_task_and_no_other() -> None:
    def checked(word: str) -> tuple[list[str], object]:
        signed = '<userTask id="a">' + words(f'{word}<jb:outcome key="yes"/>') + "</userTask>"
        found = check(file(START + END + signed + flows("start>a a>end")), file="x.bpmn")
        loop = None if found.definition is None else next(
            node for node in found.definition.process.scope.nodes if node.id == "a").loop
        return [each.message for each in found.diagnostics if each.severity is Severity.ERROR], loop

    _, vote = checked('<jb:countersign mode="all" signers="experts" agree="yes"/>')
    errors, _ = checked('<jb:countersign mode="all" signers="experts" agree="no"/>')

    assert isinstance(vote, MultiInstance) and vote.agree == "yes"
    assert vote.completion == "nrOfCompletedInstances >= nrOfInstances"
    assert errors == ["agree=“no” is no outcome of the task"]


@pytest.mark.parametrize(("word", "hash"), [
    ('<jb:countersign mode="all" signers="experts"/>', "c27509135f80a93739d2817ded32cf3323830af47208b53571223f5ab0d05c2f"),
    ('<jb:countersign mode="any" signers="experts"/>', "e7b95deec864fae325d056931057cb27aa7b203c674aae0dd1bb89585cd94315"),
    ('<jb:countersign mode="ratio" ratio="0.67" signers="experts"/>',
     "34f4f7b3fbe9dbcafe30dbfd019002103d7bd07dacbaa72554b577a6fc5688e3"),
])
def test_what_was_deployed_before_votes_could_be_counted_keeps_its_hash(word: str, hash: str) -> None:
    signed = f'<userTask id="a">{words(word)}</userTask>'

    assert load(file(START + END + signed + flows("start>a a>end")), file="x.bpmn").hash == hash
