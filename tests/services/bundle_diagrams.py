"""A small bundle for the tests: an application with a licence, a tax matter, and a seal that the applicant may leave out."""

from tests.services import diagrams

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
