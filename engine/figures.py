"""The figures of a month, each with the sentence that defines it, as it is printed below every report.

Decides what is made of the sums of `engine.tallies`: counts, and rates and means as exact fractions. A rate without a
denominator has no value: nothing is divided by 0, and what had to be left out of a comparison is counted beside it. The on-time
rate has the open overdue cases in its denominator; to leave them out is how such a rate is usually embellished (domain rules
§4.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.sentences import Sentence, say, sentence_of
from engine.tallies import Tally

CASES = "件"
"""The unit of a count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A rate or a mean, not reduced: its two numbers are counts that the report shows too."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """The quotient; None when the denominator is 0."""
        return self.numerator / self.denominator if self.denominator else None


Value: TypeAlias = "int | Ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure: its name for programs, its label and its definition as printed. `unit`: 件, 工作日, 自然日, or % for a rate."""

    name: str
    label: str
    definition: str
    unit: str
    of: Callable[[Tally], Value]


def _count(name: str, label: str, definition: str) -> Figure:
    """A sum as it is."""
    return Figure(name=name, label=label, definition=definition, unit=CASES, of=lambda tally: int(getattr(tally, name)))


def _made(name: str, label: str, definition: str, of: Callable[[Tally], int]) -> Figure:
    """A count made of sums."""
    return Figure(name=name, label=label, definition=definition, unit=CASES, of=of)


def _rate(name: str, label: str, definition: str, of: Callable[[Tally], tuple[int, int]]) -> Figure:
    return Figure(name=name, label=label, definition=definition, unit="%", of=_ratio(of))


def _mean(name: str, label: str, definition: str, unit: str, total: str) -> Figure:
    """A sum of days for each timed case."""
    return Figure(name=name, label=label, definition=definition, unit=unit,
                  of=_ratio(lambda tally: (getattr(tally, total), tally.timed)))


def _ratio(of: Callable[[Tally], tuple[int, int]]) -> Callable[[Tally], Ratio]:
    def made(tally: Tally) -> Ratio:
        numerator, denominator = of(tally)
        return Ratio(numerator=numerator, denominator=denominator)

    return made


def _answered(tally: Tally) -> int:
    """Applications the office has accepted or turned away."""
    return tally.accepted + tally.declined + tally.not_applicable + tally.returned


def _apart(stopped: str) -> Sentence:
    """The definition of the days left out of a span for one kind of stop."""
    return say("跨度用时中{stopped}的自然日，合计÷计时办结件；几种停表重叠的日子只算一次，归入先开始的一种。",
               stopped=sentence_of(stopped))


FIGURES: tuple[Figure, ...] = (
    _count("accepted", "受理件", "受理日在本月的办件，含视为受理的（行政许可法第三十二条）；一件事的申请不计，"
                              "另列“一件事受理”，所含事项办件各计一件。"),
    _count("concluded", "办结件", "办结日在本月的办件；撤件、终止、作废的不计。"),
    _count("early", "提前办结", "办结日早于到期日的办结件；到期日取承诺时限的，没有承诺的取力争时限的，都没有的取法定时限的。"),
    _count("on_time", "按时办结", "办结日就是到期日、没有超过时限的办结件；没有时限的办结件也计入，另列“无时限办结”。"),
    _count("late", "超期办结", "办结日晚于到期日的办结件，含到期日当天超过半日、小时时限的。"),
    _made("late_promised", "承诺超期办结", "超期办结中没有超过法定时限的，含超过力争时限的。",
          lambda tally: tally.late - tally.late_statutory),
    _count("late_statutory", "法定超期办结", "超期办结中办结日晚于法定时限到期日的。"),
    _count("overdue", "期末超期未办结", "到期日不晚于月末（本月未满的，不晚于昨日）、月末尚未办结也未撤件或终止的办件；"
                                 "月末以后才办结的仍计入本月。"),
    _rate("on_time_rate", "按时办结率", "（提前办结＋按时办结）÷（办结件＋期末超期未办结）。",
          lambda tally: (tally.early + tally.on_time, tally.concluded + tally.overdue)),
    _count("unlimited", "无时限办结", "没有任何时限的办结件，已计入按时办结。"),
    _count("exempted", "容错件", "超期办结和期末超期未办结中认定容错免责的；仍计入上述各数，不计入问责超期件。"),
    _made("accountable", "问责超期件", "超期办结＋期末超期未办结－容错件。",
          lambda tally: tally.late + tally.overdue - tally.exempted),
    _mean("mean_net", "平均用时（净）", "办结件自受理次日起至办结日止的工作日，扣除各种停表的工作日，合计÷计时办结件。",
          "工作日", "net_workdays"),
    _mean("mean_span", "跨度用时", "办结件自受理次日起至办结日止的自然日（含停表），合计÷计时办结件。", "自然日", "span_days"),
    _mean("mean_special", "特别程序时长", _apart("特别程序（行政许可法第四十五条）"), "自然日", "special_days"),
    _mean("mean_pause", "暂停时长", _apart("依规定暂停（整改、审查补正等）"), "自然日", "pause_days"),
    _mean("mean_hold", "挂起时长", _apart("依法院或上级指令挂起"), "自然日", "hold_days"),
    _mean("mean_examination", "审图时长", _apart("施工图审查"), "自然日", "examination_days"),
    _count("timed", "计时办结件", "有受理日的办结件，以上用时和时长都除以此数。"),
    _rate("compression", "承诺压缩比", "1－承诺时限合计÷法定时限合计；只计两者都以工作日计、法定时限不为0的办结件，不含延长。",
          lambda tally: (tally.promised_statutory_workdays - tally.promised_workdays, tally.promised_statutory_workdays)),
    _made("uncompressed", "未计入压缩比", "办结件中没有承诺时限或法定时限、不以工作日计、或者法定时限为0的。",
          lambda tally: tally.concluded - tally.compared),
    _rate("acceleration", "实际提速率", "1－净用时合计÷法定时限合计；只计法定时限以工作日计且不为0的计时办结件，不含延长；"
                                  "用时超过法定时限时为负。",
          lambda tally: (tally.used_statutory_workdays - tally.used_workdays, tally.used_statutory_workdays)),
    _made("unaccelerated", "未计入提速率", "办结件中没有法定时限、不以工作日计、法定时限为0或没有受理日的。",
          lambda tally: tally.concluded - tally.accelerated),
    _count("instant", "即办件", "时限为0的办结件（行政许可法第三十四条当场决定）。"),
    _count("on_the_spot", "当场办结", "即办件中没有超期的：受理当日办结，非工作日受理的下一工作日办结。"),
    _rate("instant_rate", "即办件率（按办件）", "即办件÷办结件。", lambda tally: (tally.instant, tally.concluded)),
    _rate("instant_matter_rate", "即办件率（按事项）", "本月有即办件的事项数÷本月有办结件的事项数。",
          lambda tally: (len(tally.instant_processes), len(tally.processes))),
    _count("special", "特别程序件", "经过特别程序的办结件。"),
    _rate("special_rate", "特别程序率", "特别程序件÷办结件。", lambda tally: (tally.special, tally.concluded)),
    _count("declined", "不予受理", "本月作出不予受理决定的申请，以流程结束日计。"),
    _count("not_applicable", "不受理", "本月告知不受理的申请：不属本机关职权或者不需要许可，以流程结束日计。"),
    _count("returned", "退件", "本月受理前退回申请人的申请，以流程结束日计。"),
    _rate("declined_rate", "不予受理率", "不予受理÷（受理件＋不予受理＋不受理＋退件）。",
          lambda tally: (tally.declined, _answered(tally))),
    _count("refiled", "撤件后重新申请", "受理件中，同一申请人三十日内撤件后就同一事项重新申请的。"),
    _count("bundles_accepted", "一件事受理", "受理日在本月的一件事申请，一次申请计一件，不论开出几个事项办件；不计入受理件。"),
    _count("bundles", "一件事办件", "办结日在本月的一件事申请，一次申请计一件；不计入办结件。"),
    _count("bundle_matters", "一件事所含事项办件", "办结件中由一件事申请开出的事项办件，一个事项计一件。"),
    _count("bundles_overdue", "一件事期末超期未办结", "到期日不晚于月末（本月未满的，不晚于昨日）、月末尚未办结也未撤件或终止的"
                                              "一件事申请。"),
    _rate("bundles_on_time_rate", "一件事按时办结率", "一件事办件中没有超期的÷（一件事办件＋一件事期末超期未办结）。",
          lambda tally: (tally.bundles_on_time, tally.bundles + tally.bundles_overdue)),
    _rate("returned_rate", "退件率", "退件÷（受理件＋不予受理＋不受理＋退件）。",
          lambda tally: (tally.returned, _answered(tally))),
    _count("rated", "评价数", "评价日在本月的好差评，一件办件只评价一次；没有评价的不计入，不作默认好评。"),
    _rate("praise_rate", "好评率", "评价数中非常满意、满意、基本满意的÷评价数；没有评价的不计入。",
          lambda tally: (tally.praised, tally.rated)),
    _rate("participation_rate", "参评率", "办结件中月末以前已评价的÷办结件。",
          lambda tally: (tally.rated_concluded, tally.concluded)),
    _count("bad", "差评", "评价数中不满意、非常不满意的。"),
    _count("unmended", "差评逾期未整改", "整改期限已满、月末（本月未满的，昨日）尚未答复的差评，不论评价在哪个月。"),
    _rate("mended_rate", "差评按期整改率", "本月答复的差评中没有逾期的÷（本月答复的差评＋差评逾期未整改）。",
          lambda tally: (tally.mended_in_time, tally.mended + tally.unmended)),
)
"""Every figure, in the order it is printed."""

BY_NAME: Mapping[str, Figure] = {figure.name: figure for figure in FIGURES}

DEFINITIONS: Mapping[str, tuple[str, str]] = {figure.name: (figure.label, figure.definition) for figure in FIGURES}
"""Name → label and definition: no figure is shown without its definition."""

Figures: TypeAlias = Mapping[str, Value]


def figures(tally: Tally) -> Figures:
    """Every figure of a group, by name."""
    return {figure.name: figure.of(tally) for figure in FIGURES}


def as_json(values: Figures) -> dict[str, int | dict[str, int | float | None]]:
    """The figures as they are stored and sent: a ratio as ``{"numerator", "denominator", "value"}``, `value` null when there is
    nothing to divide by."""
    return {name: _fraction(value) if isinstance(value, Ratio) else value for name, value in values.items()}


def from_json(stored: Mapping[str, int | Mapping[str, int]]) -> Figures:
    """Stored figures as values again."""
    return {name: value if isinstance(value, int) else Ratio(numerator=value["numerator"], denominator=value["denominator"])
            for name, value in stored.items()}


def _fraction(ratio: Ratio) -> dict[str, int | float | None]:
    return {"numerator": ratio.numerator, "denominator": ratio.denominator, "value": ratio.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure that is not what it was."""

    name: str
    was: Value
    becomes: Value

    @property
    def sentence(self) -> str:
        """As a correction says it: 超期办结 1→0."""
        return f"{BY_NAME[self.name].label} {_shown(self.was)}→{_shown(self.becomes)}"


def changes(was: Figures, becomes: Figures) -> tuple[Change, ...]:
    """The figures that differ, in the order they are printed. A figure only one side has is none: the release that made that
    side knew another set."""
    return tuple(Change(name=name, was=was[name], becomes=becomes[name])
                 for name in BY_NAME if name in was and name in becomes and was[name] != becomes[name])


def _shown(value: Value) -> str:
    return f"{value.numerator}/{value.denominator}" if isinstance(value, Ratio) else str(value)
