"""Our words in a diagram: what the schema documents is what is read."""

from pathlib import Path

import pytest
from lxml import etree

from engine.definitions import words as our
from engine.definitions.check import check, load
from engine.definitions.model import MILESTONES, ChildCase
from engine.limits import DRAWN, LimitKind, Unit
from tests.engine.definitions.drawn import END, START, file, flows, task, words

SHELF = Path(__file__).parents[3] / "bpmn"
XS = "{http://www.w3.org/2001/XMLSchema}"
SCHEMA = etree.parse(SHELF / "jiban.xsd")
JB = "{urn:jiban:bpmn:1}"


def attributes(word: str) -> dict[str, str]:
    """Name → required | optional, as the schema has it."""
    element = SCHEMA.find(f"{XS}element[@name='{word}']")
    return {attribute.get("name"): attribute.get("use", "optional") for attribute in element.iter(f"{XS}attribute")}


def choices(word: str, attribute: str) -> set[str]:
    found = SCHEMA.find(f"{XS}element[@name='{word}']").find(f".//{XS}attribute[@name='{attribute}']")
    return {value.get("value") for value in found.iter(f"{XS}enumeration")}


def test_the_schema_documents_every_word_with_its_attributes() -> None:
    documented = {element.get("name") for element in SCHEMA.getroot().findall(f"{XS}element")}

    assert documented == set(our.ATTRIBUTES)
    for word, (required, optional) in our.ATTRIBUTES.items():
        assert attributes(word) == dict.fromkeys(required, "required") | dict.fromkeys(optional, "optional"), word
        assert SCHEMA.find(f"{XS}element[@name='{word}']/{XS}annotation") is not None, word


@pytest.mark.parametrize(("word", "attribute", "values"), [
    ("limit", "kind", {kind.value for kind in DRAWN}), ("limit", "unit", {unit.value for unit in Unit}),
    ("work", "act", our.ACTS), ("milestone", "fact", MILESTONES), ("variable", "type", our.TYPES),
])
def test_the_schema_lists_every_value(word: str, attribute: str, values: set[str]) -> None:
    assert choices(word, attribute) == values


@pytest.mark.parametrize("path", sorted(SHELF.glob("*.bpmn")), ids=lambda path: path.stem)
def test_the_words_of_the_shelf_are_valid_by_the_schema(path: Path) -> None:
    schema = etree.XMLSchema(SCHEMA)

    found = [element for element in etree.parse(path).iter() if isinstance(element.tag, str) and element.tag.startswith(JB)]

    assert found
    for element in found:
        schema.assertValid(etree.ElementTree(etree.fromstring(etree.tostring(element, with_tail=False))))


def limited(limits: str, timer: str = "") -> bytes:
    late = ('<boundaryEvent id="late" attachedToRef="a" cancelActivity="false"><timerEventDefinition>'
            f"{words(timer)}</timerEventDefinition></boundaryEvent>" if timer else "")
    return file(words(limits) + START + END + task("a") + task("b") + late
                + flows("start>a a>end" + (" late>b b>end" if timer else " a>b b>end")))


@pytest.mark.parametrize(("limits", "timer", "code"), [
    ('<jb:limit kind="promised" amount="5"/><jb:limit kind="promised" amount="8"/>', "", "limit_twice"),
    ('<jb:limit kind="promised" amount="5"/>', '<jb:limit kind="promised" amount="8"/>', "limit_differs"),
    ('<jb:limit kind="promised" amount="5"/>', "", "limit_not_drawn"),
    ('<jb:limit kind="promised" amount="9"/><jb:limit kind="statutory" amount="3"/>', "", "promise_beyond_law"),
    ('<jb:limit kind="promised" amount="-1"/>', "", "bad_word"),
    ('<jb:limit kind="promised" amount="5.5"/>', "", "bad_word"),
    ('<jb:limit kind="promise" amount="5"/>', "", "bad_word"),
    ('<jb:limit kind="promised" amount="5" unit="week"/>', "", "bad_word"),
    ('<jb:variable name="2nd"/>', "", "bad_word"),
    ('<jb:variable name="a" type="int" default="五"/>', "", "bad_word"),
])
def test_limits_and_variables_that_contradict_themselves_are_pointed_out(limits: str, timer: str, code: str) -> None:
    assert code in {each.code for each in check(limited(limits, timer), file="x.bpmn").diagnostics}


@pytest.mark.parametrize(("exception", "severity"), [
    ("", "error"), (' exception=" "', "error"),
    (' exception="岳政办〔2022〕5号;市审改办;系统改造期间"', "warning"),  # documented: pointed out, and deployed
])
def test_a_promise_longer_than_the_law_is_refused_unless_its_exception_is_documented(exception: str, severity: str) -> None:
    diagram = limited(f'<jb:limit kind="promised" amount="9"{exception}/><jb:limit kind="statutory" amount="3"/>')

    (found,) = [each for each in check(diagram, file="x.bpmn").diagnostics if each.code == "promise_beyond_law"]

    assert found.severity.value == severity and "9 workday are promised, the law allows 3" in found.message


def test_a_limit_without_a_number_names_the_commitment_that_gives_it() -> None:
    (limit,) = load(limited('<jb:limit kind="promised" item="土地出让公告"/>'), file="x.bpmn").process.limits

    assert limit.needs_commitment and (limit.item, limit.key) == ("土地出让公告", "promised/土地出让公告")
    assert "bad_word" in {each.code for each in check(limited('<jb:limit kind="promised"/>'), file="x.bpmn").diagnostics}


def test_a_limit_is_read_with_its_basis_and_its_way_of_counting() -> None:
    word = ('<jb:limit kind="notice" amount="20" unit="calendar_day" count_first_day="true" roll_off_holiday="false" '
            'basis="条例第三十三条"/>')

    limit = load(limited(word), file="x.bpmn").process.limits[0]

    assert (limit.kind, limit.amount, limit.unit) == (LimitKind.NOTICE, 20, Unit.CALENDAR_DAY)
    assert (limit.count_first_day, limit.roll_off_holiday, limit.basis) == (True, False, "条例第三十三条")


def test_a_case_starts_with_the_defaults_of_its_variables() -> None:
    declared = ('<jb:variable name="wanted" type="bool" default="true"/><jb:variable name="count" type="int" default="-3"/>'
                '<jb:variable name="share" type="double" default="0.5"/><jb:variable name="way" default="技审分离"/>')

    process = load(limited(declared), file="x.bpmn").process

    assert process.defaults == {"wanted": True, "count": -3, "share": 0.5, "way": "技审分离"}


def child(own: str, word: str = '<jb:case mode="child"/>', inner: str = "", called: str = "registration") -> str:
    return f'<callActivity id="{own}" name="{own}" calledElement="{called}">{words(word)}{inner}</callActivity>'


def test_a_call_activity_can_open_a_child_case() -> None:
    word = '<jb:case mode="child" optional="true" after="b" result="licence" gives="code until"/>'
    data = file(START + END + child("a", word) + child("b") + flows("start>b b>a a>end"))

    node = {each.id: each for each in load(data, file="p.bpmn").process.scope.nodes}

    assert node["a"].child == ChildCase(result="licence", optional=True, after=("b",), gives=("code", "until"))
    assert node["b"].child == ChildCase(result="b")
    assert load(data, file="p.bpmn").opens == {"registration"}
    assert load(data, file="p.bpmn").calls == set()


def test_how_a_child_came_out_and_what_it_gives_can_be_asked_for() -> None:
    data = file(START + END + child("a", '<jb:case mode="child" gives="code"/>') + task("b")
                + flows("start>a a>b b>end") + '<exclusiveGateway id="x"/>'
                + '<sequenceFlow sourceRef="b" targetRef="x"><conditionExpression>a == "granted" &amp;&amp; code != ""'
                  '</conditionExpression></sequenceFlow><sequenceFlow sourceRef="x" targetRef="end"/>')

    assert "unknown_variable" not in {found.code for found in check(data, file="p.bpmn").diagnostics}


REPEATED = '<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>'


@pytest.mark.parametrize(("nodes", "code"), [
    (child("a", '<jb:case mode="child" after="z"/>') + child("b"), "unknown_sibling"),
    (child("a", '<jb:case mode="child" after="b"/>') + child("b", '<jb:case mode="child" after="a"/>'), "ordered_in_circle"),
    (child("a", '<jb:case mode="child" after="a"/>') + child("b"), "after_itself"),
    (child("a", '<jb:case mode="child" after="a"/>', REPEATED) + child("b"), None),  # each phase after the one before
    (child("a", called="p") + child("b"), "child_in_file"),
    (child("a", '<jb:case mode="inline" optional="true"/>') + child("b"), "bad_word"),
    (child("a", '<jb:case mode="other"/>') + child("b"), "bad_word"),
    (child("a", '<jb:case mode="child" result="not a name"/>') + child("b"), "bad_word"),
    (child("a-b") + child("a") + child("b"), "bad_word"),  # no condition can write “a-b”
    (child("a", '<jb:case mode="child" optional="perhaps"/>') + child("b"), "bad_word"),
])
def test_children_that_could_never_be_decided_are_refused(nodes: str, code: str | None) -> None:
    found = {each.code for each in check(file(START + END + nodes + flows("start>a a>b b>end")), file="p.bpmn").diagnostics
             if each.severity.value == "error" and each.code != "unreachable" and each.code != "path_stops"}

    assert found == ({code} if code else set())


def test_a_bundle_says_which_children_stop_its_clock() -> None:
    drawn = START + END + child("a") + flows("start>a a>end")

    assert load(file(drawn), file="p.bpmn").process.stopped_by == "all"
    assert load(file(words('<jb:bundle stopped_by="any"/>') + drawn), file="p.bpmn").process.stopped_by == "any"
