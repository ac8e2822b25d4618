"""The counter: eight fixed queues with their counts, and the search for a case.

A queue is a list of one-line cases, what lapses first on top; its counts, and that of unread messages, stay fresh by themselves
while somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.errors import NotFound
from engine.queues import Queue
from engine.supervision import Lamp
from services import queues
from services.database import reading as read
from services.queues import MOST_COUNTED, Line
from services.web import words
from services.web.api.queues import queue_cursor, queue_key
from services.web.door import door, now
from services.web.frame import text
from services.web.pages.messages import unread, waiting
from services.web.visiting import visitor

pages = Blueprint("counter", __name__)

PAGE = 50
FOUND = 30
NAMES: Mapping[Queue, str] = {
    Queue.TO_ACCEPT: "待受理", Queue.IN_HAND: "办理中", Queue.DUE_SOON: "即将超期", Queue.OVERDUE: "已超期",
    Queue.STOPPED: "补正/暂停", Queue.RESULT: "待出件/送达", Queue.TO_ARCHIVE: "待归档", Queue.DONE: "已办",
}
_COLOURS = {Queue.DUE_SOON: "yellow", Queue.OVERDUE: "red"}
_EMPTY: Mapping[Queue, str] = {
    Queue.TO_ACCEPT: "没有等待受理的办件。", Queue.IN_HAND: "手头没有办理中的办件。", Queue.DUE_SOON: "没有即将超期的办件。",
    Queue.OVERDUE: "没有超期的办件。", Queue.STOPPED: "没有补正中或停止计时的办件。",
    Queue.RESULT: "没有等待出件、送达的办件。", Queue.TO_ARCHIVE: "没有等待归档的办件。", Queue.DONE: "您还没有办结过环节。",
}


@pages.get("/queues/<queue>")
def queue(queue: str) -> str:
    """A page of one queue, beside the counts of all."""
    shown, after = _named(queue), queue_key(request.args.get("after"))
    at = now()
    with read(door().database) as connection:
        counts, told = queues.counts(connection, door().office, visitor().id, now=at), _told(connection)
        found = queues.page(connection, door().office, visitor().id, shown, after=after, most=PAGE + 1, now=at)
    lines, following = found[:PAGE], queue_cursor(found[PAGE - 1].key) if len(found) > PAGE else None
    return render_template("queue.html", lines=lines, next=following, is_first=after is None, empty=_EMPTY[shown],
                           rows=[_row(line) for line in lines], **told, **_rail(counts, shown))


@pages.get("/queues/<queue>/counts")
def counted(queue: str) -> str:
    """The counts alone, for a page that stays open."""
    with read(door().database) as connection:
        counts, told = queues.counts(connection, door().office, visitor().id, now=now()), _told(connection)
    return render_template("queue_counts.html", **told, **_rail(counts, _named(queue)))


@pages.get("/search")
def search() -> Response | str:
    """Cases by number, applicant or code, within what one may see; a number that is exactly one case opens it."""
    wanted = request.args.get("q", "").strip()[:100]
    found: list[Line] = []
    if wanted:
        with read(door().database) as connection:
            found = queues.search(connection, door().office, visitor().id, wanted, most=FOUND, now=now())
    if len(found) == 1 and found[0].number == wanted:
        return redirect(url_for("case.show", number=wanted), 303)
    return render_template("search.html", q=wanted, lines=found, rows=[_row(line) for line in found], most=FOUND)


def first_of(queue: str, *, besides: str) -> Line | None:
    """The next case of a queue somebody works through: its first line that is of another case."""
    if queue not in {each.value for each in Queue} or queue == Queue.DONE.value:
        return None
    with read(door().database) as connection:
        found = queues.page(connection, door().office, visitor().id, Queue(queue), most=5, now=now())
    return next((line for line in found if line.number != besides), None)


def _told(connection: Connection) -> dict[str, int]:
    """What waits for a visitor beside the queues: messages to be read, pushed results to be signed for."""
    return {"messages": unread(connection), "pushes": len(waiting(connection))}


def _rail(counts: Mapping[Queue, int], shown: Queue) -> dict[str, object]:
    return {"queue": shown, "name": text(NAMES[shown]), "queues": [
        (each, text(NAMES[each]), _count(counts.get(each, 0)), _COLOURS.get(each, "") if counts.get(each) else "")
        for each in Queue if each is not Queue.DONE or each in counts] + (
            [] if Queue.DONE in counts else [(Queue.DONE, text(NAMES[Queue.DONE]), "", "")])}


def _count(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def _row(line: Line) -> dict[str, str]:
    """What a line says in words."""
    stops = "、".join(text(words.STOPS[kind]) for kind in line.stops)
    return {"state": stops or text(words.STATES[line.state]), "lamp": _lamp(line), "colour": line.lamp.value,
            "left": _left(line), "due": (line.due or "").replace("T", " ")}


def _lamp(line: Line) -> str:
    """The lamp in a word; a case that does not count days is not stopped."""
    return text(words.UNCOUNTED if line.lamp is Lamp.GREY and not line.is_stopped else words.LAMPS[line.lamp])


def _left(line: Line) -> str:
    if line.is_stopped:
        return text("停止计时")
    if line.left_workdays is None:
        return ""
    if line.left_workdays < 0:
        return text("已超{days}个工作日").format(days=-line.left_workdays)
    return text("剩{days}个工作日").format(days=line.left_workdays) if line.left_workdays else text("今日到期")


def _named(name: str) -> Queue:
    try:
        return Queue(name)
    except ValueError:
        raise NotFound("queue", name) from None
