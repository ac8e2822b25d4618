"""亮灯与亮牌规则: when a lamp turns yellow, which lapse issues which card, the ladder; the common values as a form, the whole
of a policy as JSON beneath it."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from engine import policies as policy_json
from engine.errors import InvalidInput
from engine.jurisdiction import Place
from engine.limits import LimitKind
from engine.sentences import say
from engine.supervision import COUNTS, Policy
from services import governing, rulings
from services.store.rulings import PolicyRow
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section, at, held
from services.web.books.forms import asking, long, number, one_of, text, whole, yes_no
from services.web.books.limits import parks, processes, rules, told
from services.web.books.shelves import READERS, RULERS, TIME
from services.web.fields import Schema
from services.web.words import COLOURS, LIMITS

_WORDS = {
    "warn_workdays": "预警：剩余几个工作日", "warn_percent": "预警：剩余时限的百分之几",
    "long_limit_workdays": "长时限：不少于几个工作日",
    "long_warn_workdays": "长时限预警：剩余几个工作日", "short_warn_minutes": "一日以内的时限预警：剩余几分钟",
    "yellows_per_quarter": "一个季度几张黄牌转红牌（0为不转）",
    "red_after_yellow_workdays": "黄牌后几个工作日未办转红牌（0为不转）", "transfer_workdays": "收件转送几个工作日（0为不限）",
    "rectify_workdays": "差评整改几个工作日（0为不限）", "receipt_workdays": "推送签收几个工作日（0为不限）"}
_CLAIMS = {"target_cards": "力争时限也亮黄牌", "reviewer_may_decide": "审查人可以决定（仅限即办件）"}
_SHIPPED = "默认"
_PARTS = {**_WORDS, **_CLAIMS, "cards": "亮牌", "ladder": "逐级告知"}
"""What a policy says, by the names in its JSON."""
_CARD_COLOURS = {"": "不亮牌", **{colour.value: word for colour, word in COLOURS.items()}}
_VALUE_COLUMNS = ("项目", "数值")
_LADDER_COLUMNS = ("级次", "届满后工作日", "适用时限", "发督办单")
_HISTORY_COLUMNS = ("自", "至", "预警", "亮牌", "录入人")
_CHANGE_COLUMNS = ("项目", "现行", "改为")


def _rows(asked: Asked) -> Sequence[Row]:
    names = processes(asked)
    rows = [_row(asked, row, names) for row in
            reversed(rulings.policies(asked.connection, with_history=asked.with_history, most=EVERY))]
    cells = (frame.text("各事项"), frame.text("各园区"), *_brief(Policy()), frame.text("随系统发布"), "")
    return [*rows, Row(key="shipped", cells=cells, tag=_SHIPPED, colour="grey")]


def _row(asked: Asked, row: PolicyRow, names: dict[str, str]) -> Row:
    return Row(key=f"{row.process}:{row.park}" if row.until is None else f"old:{row.id}", is_over=row.until is not None,
               acts=() if row.until or not rules(asked, Place(park=row.park, process=row.process)) else ("replace", "end"),
               cells=(
        names.get(row.process, row.process) or frame.text("各事项"), row.park or frame.text("各园区"),
        *_brief(rulings.policy_of(row)), held(row.since, row.until), row.entered_by))


def _brief(policy: Policy) -> tuple[str, str]:
    warns = frame.text("剩{days}个工作日或{percent}%；{long}个工作日以上的剩{long_days}个").format(
        days=policy.warn_workdays, percent=policy.warn_percent, long=policy.long_limit_workdays,
        long_days=policy.long_warn_workdays)
    cards = "、".join(f"{frame.text(LIMITS[kind])}{frame.text(COLOURS[colour])}" for kind, colour in policy.cards.items())
    return warns, cards + (frame.text("、力争时限黄牌") if policy.target_cards else "")


def _policy(asked: Asked) -> Policy:
    """The policy of the row asked for; the shipped one when there is none."""
    found = next((row for row in rulings.policies(asked.connection, with_history=True)
                  if asked.key == (f"{row.process}:{row.park}" if row.until is None else f"old:{row.id}")), None)
    return rulings.policy_of(found) if found else Policy()


def _details(asked: Asked) -> Sequence[Section]:
    policy = _policy(asked)
    ladder = tuple((rung.label, str(rung.workdays), "、".join(frame.text(LIMITS[kind]) for kind in rung.kinds),
                    frame.text("是") if rung.issues_order else "") for rung in policy.ladder)
    return [Section(title=frame.text("各项数值"), columns=_VALUE_COLUMNS, rows=(
                *((frame.text(word), str(getattr(policy, name))) for name, word in _WORDS.items()),
                *((frame.text(word), frame.text("是" if getattr(policy, name) else "否")) for name, word in _CLAIMS.items()),
                *((_lapse(kind), frame.text(COLOURS[colour])) for kind, colour in policy.cards.items()))),
            Section(title=frame.text("逐级告知"), columns=_LADDER_COLUMNS, rows=ladder), *_history(asked)]


def _lapse(kind: LimitKind) -> str:
    return frame.text("{limit}届满").format(limit=frame.text(LIMITS[kind]))


def _history(asked: Asked) -> Sequence[Section]:
    process, _, park = asked.key.partition(":")
    rows = rulings.policies(asked.connection, process=process, park=park, with_history=True) if ":" in asked.key else []
    return [Section(title=frame.text("历次规定"), columns=_HISTORY_COLUMNS, rows=tuple(
        (at(row.since), at(row.until) or frame.text("现行"), *_brief(rulings.policy_of(row)), row.entered_by)
        for row in reversed(rows)))]


def _values() -> dict[str, dict[str, object]]:
    cards = {f"card_{kind.value}": one_of(_lapse(kind), {colour or "none": word for colour, word in _CARD_COLOURS.items()})
             for kind in Policy().cards}
    return {**{name: number(word) for name, word in _WORDS.items()}, **{name: yes_no(word) for name, word in _CLAIMS.items()},
            **cards, "whole": long("整套规则（JSON）", 20000,
                                   "少用的项目（如逐级告知）在这里改；上面各栏与此不同的，以上面为准")}


def _form(asked: Asked) -> Schema:
    return asking((), process=one_of("事项流程（不选为各事项）", processes(asked)),
                  park=one_of("园区（不选为各园区）", parks(asked)), **_values())


def _given(asked: Asked) -> Said:
    policy = _policy(asked)
    written = policy_json.to_json(policy)
    return {**{name: getattr(policy, name) for name in (*COUNTS, *_CLAIMS)},
            **{f"card_{kind.value}": policy.cards[kind].value if kind in policy.cards else "none" for kind in Policy().cards},
            "whole": orjson.dumps(written, option=orjson.OPT_INDENT_2).decode()}


def _read(said: Said) -> Policy:
    """What was typed: the JSON, and over it the readable values. Raises InvalidInput."""
    data = _json(text(said, "whole"))
    data |= {name: whole(said, name, 0) for name in COUNTS if name in said}
    data |= {name: said[name] for name in _CLAIMS if name in said}
    cards = data.get("cards", {})
    chosen = {kind.value: text(said, f"card_{kind.value}") for kind in LimitKind if f"card_{kind.value}" in said}
    if isinstance(cards, dict):
        data["cards"] = {kind: colour for kind, colour in {**cards, **chosen}.items() if colour != "none"}
    try:
        return policy_json.from_json(data)
    except InvalidInput as refusal:
        at_form = refusal.field in (*COUNTS, *_CLAIMS)
        raise refusal if at_form else InvalidInput("whole", say(
            "{field}: {reason}", field=refusal.field, reason=refusal.reason)) from refusal


def _json(typed: str) -> dict[str, object]:
    try:
        data = orjson.loads(typed or "{}")
    except orjson.JSONDecodeError as error:
        raise InvalidInput("whole", say("is not a JSON file: {technical}", technical=error)) from error
    if not isinstance(data, dict):
        raise InvalidInput("whole", say("expected an object, found {type}", type=type(data).__name__))
    return data


def _preview(asked: Asked, said: Said) -> Sequence[Section]:
    place = asked.key if asked.key else f"{text(said, 'process')}:{text(said, 'park')}"
    process, _, park = place.partition(":")
    before, after = asked.office.policies.of(process, park), _read(said)
    old, new = policy_json.to_json(before), policy_json.to_json(after)
    return [Section(title=frame.text("与现行规则相比"), columns=_CHANGE_COLUMNS, rows=tuple(
        (_named(name), _short(old[name]), _short(new[name])) for name in new if old[name] != new[name]),
        note=frame.text("亮灯在下一次查看时按新规则显示；已亮的牌不变。"))]


def _named(part: str) -> str:
    return frame.text(_PARTS.get(part, part))


def _short(value: object) -> str:
    return orjson.dumps(value).decode()[:300]


def _enter(asked: Asked, said: Said) -> None:
    process = rulings.process_named(asked.connection, text(said, "process"))
    governing.enter_policy(asked.connection, told(asked), _read(said), Place(park=text(said, "park"), process=process))


def _replace(asked: Asked, said: Said) -> None:
    governing.enter_policy(asked.connection, told(asked), _read(said), _place(asked))


def _end(asked: Asked, said: Said) -> None:
    governing.end_policy(asked.connection, told(asked), _place(asked))


def _place(asked: Asked) -> Place:
    """Of a row in force."""
    process, _, park = asked.key.partition(":")
    return Place(park=park, process=process)


BOOK = Book(
    name="policies", title="亮灯与亮牌规则",
    note="何时预警、何种届满亮何种牌、逐级告知谁。园区的该事项规则先于该事项的、园区的、各处的；一套规则整体适用。",
    shelf=TIME, columns=("事项流程", "园区", "预警", "亮牌", "有效", "录入人"), rows=_rows, readers=READERS, details=_details,
    acts=(
        Act(name="enter", label="规定规则",
            consequence="自此刻起适用于所选事项和园区，在办的办件也按此亮灯；原规则留在历史中。", roles=RULERS, asks=_form,
            do=_enter, given=_given, preview=_preview),
        Act(name="replace", label="改定", consequence="自此刻起按新规则亮灯亮牌；原规则留在历史中，已亮的牌不变。",
            roles=RULERS,
            asks=lambda asked: asking((), **_values()), do=_replace, given=_given, preview=_preview, is_about_row=True),
        Act(name="end", label="废止", consequence="改用范围更大的规则，最后是随系统发布的默认规则。", roles=RULERS,
            asks=lambda asked: asking(), do=_end, is_about_row=True, foresees=_details)))
