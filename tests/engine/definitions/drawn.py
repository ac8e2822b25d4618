"""Diagrams for the tests, in a few words: nodes as XML, flows as `a>b`, or `a>b:x` with the condition x == "yes"."""

HEAD = ('<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:jb="urn:jiban:bpmn:1" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
        'xmlns:flowable="http://flowable.org/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'targetNamespace="urn:test">')


def file(inner: str, *, outside: str = "", process: str = "p") -> bytes:
    """A file with one executable process; `outside` stands beside it."""
    return f'{HEAD}{outside}<process id="{process}" name="试办" isExecutable="true">{inner}</process></definitions>'.encode()


def flows(text: str) -> str:
    """Flows without ids."""
    return "".join(_flow(word) for word in text.split())


def _flow(word: str) -> str:
    ends, _, asked = word.partition(":")
    source, _, target = ends.partition(">")
    condition = f"<conditionExpression>{asked} == \"yes\"</conditionExpression>" if asked else ""
    return f'<sequenceFlow sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>'


def words(inner: str) -> str:
    """Extension elements."""
    return f"<extensionElements>{inner}</extensionElements>"


def task(own: str, *outcomes: str) -> str:
    """A user task."""
    given = "".join(f'<jb:outcome key="{outcome}"/>' for outcome in outcomes)
    return f'<userTask id="{own}" name="{own}">{words(given) if given else ""}</userTask>'


START, END = '<startEvent id="start"/>', '<endEvent id="end"/>'
TASKS = START + END + "".join(task(own) for own in "abcd")
"""start, end and the user tasks a, b, c, d."""
