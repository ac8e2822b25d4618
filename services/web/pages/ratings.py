"""差评整改: the bad ratings that wait for an answer, for whoever administers the departments concerned."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidInput, NotFound, Refusal
from engine.ratings import LEVELS, REASONS
from services import ratings, sight
from services.acting import TaskCommand
from services.database import reading as read
from services.database import writing as write
from services.web.door import door, now
from services.web.frame import text
from services.web.visiting import visitor

pages = Blueprint("ratings", __name__, url_prefix="/ratings")

_WRONG = "请填写整改和回访情况，最多 1000 字。"
_REFUSED = "没有办成：这条评价可能已经答复、转给了别人，或者不在您的权限范围内。"
_DONE = "答复已送达申请人。"


@pages.get("")
def waiting() -> str:
    """Those not answered yet, the most urgent first."""
    return _page({}, "")


@pages.post("/<task>")
def answer(task: str) -> Response | tuple[str, int]:
    """What was done about one."""
    said = request.form.get("text", "")
    _require_there(task)
    try:
        with write(door().database) as connection:
            ratings.answer_rating(connection, door().office, TaskCommand(task=task, by=visitor().id, now=now()), text=said)
    except NotFound:
        raise
    except Refusal as refusal:
        is_wrong = isinstance(refusal, InvalidInput)
        return _page({task: said}, text(_WRONG if is_wrong else _REFUSED)), 422 if is_wrong else 409
    return redirect(url_for("ratings.waiting", done="answered"), 303)


def _require_there(task: str) -> None:
    """Whoever may not see a case is told that there is no rating of it. Raises NotFound."""
    with read(door().database) as connection:
        sight.visible_task(connection, door().office, visitor().id, task, now())


def _page(typed: dict[str, str], fault: str) -> str:
    at = now()
    with read(door().database) as connection:
        lines = ratings.waiting(connection, door().office, visitor().id, now=at)
    return render_template("ratings.html", lines=lines, levels=LEVELS, reasons=REASONS, typed=typed, fault=fault,
                           done=text(_DONE) if request.args.get("done") == "answered" else None)
