"""The API of what people do with a task besides completing it, and with a case after its decision.

Each is a move of the case like any other: once per `Idempotency-Key`, guarded by `If-Match`, answered with where the case
stands. """

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import asking, assigning, cases, closing, returning, signing
from services.database import reading as read
from services.web.auth import API
from services.web.describe import SECURITY, answered, moved
from services.web.door import door
from services.web.once import on_case, on_task
from services.web.sent import as_json
from services.web.shapes import cases as shapes
from services.web.shapes import verbs

api = APIBlueprint("verbs", __name__, url_prefix=API, abp_tags=[Tag(name="verbs", description="环节与办件的操作")],
                   abp_security=SECURITY)
_MOVED = moved(shapes.Moved)


@api.post("/tasks/<id>/claim", summary="认领: take a task", operation_id="claim_task", responses=_MOVED)
def claim(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Nothing) -> Response:
    """Nobody else can complete it then. Its owner gets a delegated task back like this; a substitute takes over."""
    return on_task(path, header, assigning.claim)


@api.post("/tasks/<id>/unclaim", summary="取消认领: give a task up", operation_id="unclaim_task", responses=_MOVED)
def unclaim(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Nothing) -> Response:
    """Everybody of its role may claim it again."""
    return on_task(path, header, assigning.unclaim)


@api.post("/tasks/<id>/assign", summary="指派: give a task to somebody", operation_id="assign_task", responses=_MOVED)
def assign(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Assigning) -> Response:
    """By an administrator of the department or the park; whoever gets it must be admitted to it."""
    return on_task(path, header, assigning.assign, person=body.person)


@api.post("/tasks/<id>/transfer", summary="转办: pass a task on for good", operation_id="transfer_task", responses=_MOVED)
def transfer(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Passing) -> Response:
    """By whoever has it, with a reason."""
    return on_task(path, header, assigning.transfer, person=body.person, reason=body.reason)


@api.post("/tasks/<id>/delegate", summary="委派: let another do it", operation_id="delegate_task", responses=_MOVED)
def delegate(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Passing) -> Response:
    """It comes back with an opinion (resolve), and whoever delegated it completes it."""
    return on_task(path, header, assigning.delegate, person=body.person, reason=body.reason)


@api.post("/tasks/<id>/resolve", summary="Give a delegated task back", operation_id="resolve_task", responses=_MOVED)
def resolve(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Resolving) -> Response:
    """With what the delegate has come to."""
    return on_task(path, header, assigning.resolve, opinion=body.opinion)


@api.post("/tasks/<id>/ask", summary="征求意见、联合踏勘、分送", operation_id="ask", responses=_MOVED)
def ask(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Asking) -> Response:
    """Opens a task for each who is asked. An opinion or an inspection is awaited before the task that asked can be completed;
    no clock stands still for it."""
    return on_task(path, header, asking.ask,
                   kind=body.kind, asked=[(each.unit, each.person) for each in body.asked], text=body.text, due_on=body.due_on)


@api.post("/tasks/<id>/answer", summary="Answer what was asked", operation_id="answer", responses=_MOVED)
def answer(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Answering) -> Response:
    """Closes a task beside the diagram."""
    return on_task(path, header, asking.answer, opinion=body.opinion, data=body.data)


@api.post("/tasks/<id>/recall", summary="Take a question back", operation_id="recall", responses=_MOVED)
def recall(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Reasoned) -> Response:
    """By whoever has the task that asked."""
    return on_task(path, header, asking.recall, reason=body.reason)


@api.get("/tasks/<id>/returns", summary="退回: to which steps a task may be sent back", operation_id="list_returns",
         responses=answered(verbs.Returns, 404))
def list_returns(path: shapes.TaskPath) -> Response:
    """Computed from the diagram, from where the case stands and from what it has reached: legal steps first, each with what
    sending back there does; then the others, each with the reason why not."""
    with read(door().database) as connection:
        found = returning.targets(connection, door().office, path.id)
    return as_json(verbs.Returns(items=[verbs.Return(
        node=each.node, name=each.name, is_legal=not each.reason, reason=each.reason, consequence=each.consequence,
        cancels=list(each.cancels), ends=list(each.ends), repeats=list(each.repeats), rearms=list(each.rearms),
        done_by=each.done_by)
        for each in found]))


@api.post("/tasks/<id>/send-back", summary="退回: to an earlier step", operation_id="send_back", responses=_MOVED)
def send_back(path: shapes.TaskPath, header: shapes.Moving, body: verbs.SendingBack) -> Response:
    """That step and everything between are done again; or, `straight`, whoever did it mends it and it comes straight back. No
    clock of the case moves."""
    verb = returning.send_straight if body.straight else returning.send_back
    return on_task(path, header, verb, node=body.node, reason=body.reason)


@api.post("/tasks/<id>/take-back", summary="拿回: undo what one has just completed", operation_id="take_back", responses=_MOVED)
def take_back(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Nothing) -> Response:
    """Within ten minutes, before anybody has acted, and when nothing of it has left the office."""
    return on_task(path, header, returning.take_back)


@api.post("/tasks/<id>/signers", summary="加签: one more signature", operation_id="add_signer", responses=_MOVED)
def add_signer(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Signing) -> Response:
    """Beside those of a countersigned task that is open."""
    return on_task(path, header, signing.add, signer=body.signer, reason=body.reason)


@api.post("/tasks/<id>/drop", summary="减签: a signature is not wanted any more", operation_id="drop_signer",
          responses=_MOVED)
def drop_signer(path: shapes.TaskPath, header: shapes.Moving, body: verbs.Reasoned) -> Response:
    """When those who have signed are then enough, the task is done."""
    return on_task(path, header, signing.drop, reason=body.reason)


@api.post("/cases/<number>/copy", summary="抄送: let somebody read it", operation_id="copy_case", responses=_MOVED)
def copy(path: shapes.CasePath, header: shapes.Moving, body: verbs.Copying) -> Response:
    """Into the inbox of people, departments or roles; nothing waits for them."""
    return on_case(path, header, asking.copy, to=body.to, text=body.text)


@api.post("/cases/<number>/return", summary="退件: return it to the applicant before acceptance", operation_id="return_case",
          responses=_MOVED)
def return_case(path: shapes.CasePath, header: shapes.Moving, body: verbs.Reasoned) -> Response:
    """Ends the case, with a reason."""
    return on_case(path, header, cases.return_to_applicant, reason=body.reason)


@api.post("/cases/<number>/certify", summary="制证", operation_id="certify", responses=_MOVED)
def certify(path: shapes.CasePath, header: shapes.Moving, body: verbs.Nothing) -> Response:
    """Where the diagram has no step for it."""
    return on_case(path, header, closing.certify)


@api.post("/cases/<number>/seal", summary="用印", operation_id="seal", responses=_MOVED)
def seal(path: shapes.CasePath, header: shapes.Moving, body: verbs.Sealing) -> Response:
    """A numbered document of the decision gets the seal of whoever decides."""
    return on_case(path, header, closing.seal, document=body.document, number=body.number, seal=body.seal)


@api.post("/cases/<number>/hand-over", summary="送达", operation_id="hand_over", responses=_MOVED)
def hand_over(path: shapes.CasePath, header: shapes.Moving, body: verbs.Nothing) -> Response:
    """Where the diagram has no step for it."""
    return on_case(path, header, closing.hand_over)


@api.post("/cases/<number>/archive", summary="归档", operation_id="archive", responses=_MOVED)
def archive(path: shapes.CasePath, header: shapes.Moving, body: verbs.Nothing) -> Response:
    """The last step of all."""
    return on_case(path, header, closing.archive)
