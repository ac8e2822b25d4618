"""A small bundle for the tests and how it is worked on: an application with a licence, a tax matter, and perhaps a seal."""

from tests.services import diagrams
from tests.services.desk import Desk

DECIDE = ("grant", "refuse")


def call(id: str, process: str, word: str = "") -> str:
    """A call activity that opens a child case; `word`: further attributes of jb:case."""
    return (f'<bpmn:callActivity id="{id}" name="{id}" calledElement="{process}"><bpmn:extensionElements>'
            f'<jb:case mode="child" {word}/></bpmn:extensionElements></bpmn:callActivity>')


def gateway(id: str, kind: str = "parallel") -> str:
    """A gateway without a default."""
    return f'<bpmn:{kind}Gateway id="{id}"/>'


def matter(id: str, *, department: str, variables: str = "applicant:string", promised: int = 2) -> bytes:
    """A child: accepted by its own department, reviewed, decided, concluded."""
    declared = diagrams.words(variables=variables, limits=f"promised:{promised}").replace(
        "<bpmn:extensionElements>", f'<bpmn:extensionElements><jb:matter code="{id}" department="{department}"/>')
    decide = diagrams.task("decide", *DECIDE, role="approver").replace('act="other"', 'act="decide"')
    return diagrams.process(
        id, declared, diagrams.start(), diagrams.task("accept", "accept", "decline"), gateway("how", "exclusive"),
        diagrams.throw("taken", "accepted"), diagrams.end("not_taken", "declined"), diagrams.task("review"), decide,
        gateway("which", "exclusive"), diagrams.throw("granted", "granted"), diagrams.throw("refused", "refused"),
        gateway("join", "exclusive"), diagrams.end("done", "concluded"),
        diagrams.flows("begin", "accept", "how"), diagrams.when("how", "taken", 'accept == "accept"'),
        diagrams.when("how", "not_taken", 'accept == "decline"'), diagrams.flows("taken", "review", "decide", "which"),
        diagrams.when("which", "granted", 'decide == "grant"'), diagrams.when("which", "refused", 'decide == "refuse"'),
        diagrams.flows("granted", "join", "done"), diagrams.flows("refused", "join"), name=id)


def parent(
    *children: str, stopped_by: str = "", variables: str = "applicant:string park:string wants_seal:bool code:string",
) -> bytes:
    """An application: accepted at the window, all children side by side, then handed out and concluded. `children`: call
    activities, by `call`."""
    ids = [child.split('"')[1] for child in children]
    word = f'<jb:bundle stopped_by="{stopped_by}"/>' if stopped_by else ""
    declared = diagrams.words(variables=variables, limits="promised:5").replace(
        "<bpmn:extensionElements>", f'<bpmn:extensionElements><jb:matter code="all" department="政务服务中心"/>{word}')
    return diagrams.process(
        "all", declared, diagrams.start(), diagrams.task("window"), diagrams.throw("taken", "accepted"), gateway("split"),
        *children, gateway("together"), diagrams.task("hand_out"), diagrams.end("done", "concluded"),
        diagrams.flows("begin", "window", "taken", "split"), *(diagrams.flows("split", id, "together") for id in ids),
        diagrams.flows("together", "hand_out", "done"), name="企业开办一件事")


LICENCE = matter("licence", department="市场监管局", variables="applicant:string code:string")
TAX = matter("tax", department="税务局")
SEAL = matter("seal", department="公安局")
BUNDLE = parent(call("licence", "licence", 'gives="code"'), call("tax", "tax"))
ORDERED = parent(call("licence", "licence"), call("tax", "tax", 'after="licence"'))
GRANT = ("accept:accept", "review", "decide:grant")


def go(desk: Desk, number: str, *steps: str) -> None:
    """Complete tasks, each given as “node” or “node:outcome”, and do what the cases ask of each other."""
    for step in steps:
        node, _, outcome = step.partition(":")
        desk.complete(number, node, outcome or None)
        desk.ring()


def applied(desk: Desk, bundle: bytes = BUNDLE, **data: object) -> tuple[str, str, str]:
    """An application accepted at the window: its number, and those of the licence and the tax matter."""
    desk.deploy(all=bundle, licence=LICENCE, tax=TAX)
    number = desk.open("all", applicant="岳阳某公司", park="湘阴高新区", **data)
    go(desk, number, "window")
    licence, tax = desk.children(number)
    return number, licence.number, tax.number
