"""The clocks of the wall as lines in Chinese, and as a workbook, for the supervisor's pages and the API alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.cards import Card, CardState
from engine.case import local_day
from engine.supervision import Colour, Lamp
from services import watchlists, workbooks
from services.office import Office
from services.store.clocks import Key
from services.watching import Within
from services.watchlists import Listed, Watched
from services.web import words
from services.web.cursor import cursor, instant, microseconds, named_key_of
from services.web.frame import text

MOST_ROWS = 10_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DUE = {"overdue": "已超期", "today": "今日到期", "tomorrow": "下一工作日到期"}
_HEADER = ("亮灯", "办件编号", "事项名称", "时限", "到期日", "剩余工作日", "超期工作日", "所属园区", "受理部门", "当前环节",
           "承办人", "牌况")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A clock as a list shows it, in Chinese; empty texts are not shown. `late`, `left`: in working days."""

    number: str
    clock: str
    lamp: Lamp
    matter: str
    limit: str
    due: str
    is_provisional: bool
    slack: str
    late: int
    left: int
    park: str
    department: str
    steps: str
    holders: str
    cards: str
    has_red_card: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which clocks: of a lamp, or of what is due; None: of any. `within`: what may be seen and was asked for."""

    within: Within
    lamp: Lamp | None
    due: str | None


def page(connection: Connection, office: Office, asked: Asked, *, now: datetime, after: Key | None, most: int) -> Listed:
    """A page of the clocks behind a number, the worst first."""
    if asked.due is not None:
        return watchlists.due_list(connection, office, asked.within, which=asked.due, now=now, after=after, most=most)
    return watchlists.behind(connection, office, asked.within, lamp=asked.lamp, now=now, after=after, most=most)


def workbook(connection: Connection, office: Office, asked: Asked, *, now: datetime) -> tuple[str, bytes]:
    """导出: all of them, at most `MOST_ROWS`, with the name of the file; its cells are texts and numbers, never formulas."""
    items, is_cut = _all(connection, office, asked, now)
    title = text(DUE[asked.due]) if asked.due else text(words.LAMPS[asked.lamp]) if asked.lamp else text("在办时限")
    cut = text("仅列前{count}项，请按部门、事项或园区分别导出").format(count=MOST_ROWS)
    rows = [_cells(line) for line in with_tasks(connection, items)] + ([[cut]] if is_cut else [])
    return f"{title}-{local_day(now):%Y%m%d}.xlsx", workbooks.write_rows(title, [text(name) for name in _HEADER], rows)


def with_tasks(connection: Connection, items: tuple[Watched, ...]) -> list[Line]:
    """Clocks as lines, with who has their cases."""
    return lines_of(watchlists.with_tasks(connection, items))


def lines_of(items: Sequence[Watched]) -> list[Line]:
    """Clocks as lists show them."""
    return [line_of(each) for each in items]


def line_of(found: Watched) -> Line:
    """A clock as a list shows it."""
    case, clock = found.case, found.clock
    return Line(
        number=case.number, clock=clock.name, lamp=found.lamp, matter=found.matter, limit=words.LIMITS[clock.kind],
        due=(clock.due or "").replace("T", " "), is_provisional=clock.is_provisional, slack=_slack(found),
        late=found.late_workdays, left=found.left_workdays, park=case.park, department=case.department,
        steps="、".join(dict.fromkeys(task.name for task in found.tasks)),
        holders="、".join(dict.fromkeys(task.assignee for task in found.tasks if task.assignee)),
        cards=_cards(found), has_red_card=any(card.colour == Colour.RED.value for card in standing(found)))


def standing(found: Watched) -> list[Card]:
    """The cards of the case that stand."""
    return [card for card in found.case.cards if card.state not in (CardState.WRITTEN_OFF, CardState.EXEMPTED)]


def clock_key(sent: str | None) -> Key | None:
    """After which clock a page begins; None: with the first. Raises InvalidInput."""
    if not sent:
        return None
    (lapses_at, case_id), name = named_key_of(sent[:200], parts=3, field="after")
    return Key(instant(lapses_at), case_id, name)


def clock_cursor(key: Key | None) -> str | None:
    """The cursor of the page after a clock; None: nothing follows."""
    return None if key is None else cursor(microseconds(key.lapses_at), key.case_id, key.clock)


def _all(connection: Connection, office: Office, asked: Asked, now: datetime) -> tuple[tuple[Watched, ...], bool]:
    """Every clock of a list, and whether it was cut."""
    items: tuple[Watched, ...] = ()
    after: Key | None = None
    while len(items) < MOST_ROWS:
        read = page(connection, office, asked, now=now, after=after, most=MOST_ROWS - len(items))
        items, after = items + read.items, read.next
        if after is None:
            return items, False
    return items, True


def _slack(found: Watched) -> str:
    """剩余时限 as it is said."""
    if found.clock.due_on is None:
        return text("停止计时")
    if found.lamp is Lamp.RED:
        return text("已超{days}个工作日").format(days=found.late_workdays) if found.late_workdays else text("已超期")
    return text("剩{days}个工作日").format(days=found.left_workdays) if found.left_workdays else text("今日到期")


def _cards(found: Watched) -> str:
    """牌况: the cards that stand."""
    counts = {text(label): sum(card.colour == colour.value for card in standing(found))
              for colour, label in words.COLOURS.items()}
    return "、".join(f"{label}{count if count > 1 else ''}" for label, count in reversed(counts.items()) if count)


def _cells(line: Line) -> list[str | int]:
    due = text("{due}（暂定）").format(due=line.due) if line.is_provisional else line.due
    return [text(words.LAMPS[line.lamp]), line.number, line.matter, text(line.limit), due, line.left, line.late, line.park,
            line.department, line.steps, line.holders, line.cards]
