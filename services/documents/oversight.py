"""Documents of supervision: 督办单, 黄牌通知书, 红牌通知书. They are issued in the name of the supervisor's own unit."""

from __future__ import annotations

from engine.bells import RED_AFTER_YELLOW
from engine.cards import CardState
from engine.errors import Forbidden
from engine.events import CardIssued, OrderIssued, Recorded
from engine.limit_words import said
from engine.limits import CASE_CLOCKS, NAMES
from engine.sentences import say
from services.documents.content import CardNotice, Draft, LimitLine, SupervisionOrder
from services.documents.source import COMMAND, Source, clock_name, fact_of, lacking, minute

_RULES = {RED_AFTER_YELLOW: "黄牌后仍未办结", **{f"{kind.value}_lapsed": f"{name}届满未办结" for kind, name in NAMES.items()}}
_TAKEN_BACK = frozenset({CardState.WRITTEN_OFF, CardState.EXEMPTED})


def supervision_order(source: Source, recorded: Recorded) -> Draft:
    """督办单: what is to be done, by whom, answered by when."""
    fact = fact_of(recorded, OrderIssued)
    lines = tuple(LimitLine(name=NAMES[clock.kind], length=said(clock.amount, clock.unit), due=clock.due or "",
                            is_provisional=clock.is_provisional, basis=clock.basis)
                  for clock in source.case.clocks if clock.token is None and clock.kind in CASE_CLOCKS)
    return Draft(unit=_supervisor(source, recorded.by), body=SupervisionOrder(
        addressee=fact.addressee, text=fact.text, reply_by=fact.due_on, issued_by=source.name(recorded.by), limits=lines))


def card_notice(source: Source, recorded: Recorded) -> Draft:
    """黄牌 or 红牌通知书: which limit lapsed, and when; not of a card that was taken back."""
    fact = fact_of(recorded, CardIssued)
    card = next((card for card in source.case.cards if card.seq == recorded.seq), None)
    if card is not None and card.state in _TAKEN_BACK:
        raise Forbidden(COMMAND, say("the card of fact {number} was taken back ({state}); there is nothing to notify",
                                     number=recorded.seq, state=card.state))
    holder = source.name(fact.holder) if fact.holder else ""
    addressee = source.case.department or holder
    if not addressee:
        raise lacking("who is told of the card (被亮牌单位)", "its designer names the department in the diagram")
    return Draft(unit=_supervisor(source, source.by), body=CardNotice(
        addressee=addressee, colour=fact.colour, rule=_RULES.get(fact.rule, fact.rule), clock=clock_name(fact.clock),
        due=fact.due_on.isoformat() if fact.due_on else "", lapsed_at=minute(fact.scheduled_at), holder=holder))


def _supervisor(source: Source, account: str) -> str:
    person = source.people.persons.get(account)
    if person is None:
        raise lacking(say("the unit of “{account}”, who supervises (督查单位)", account=account),
                      "the system administrator 系统管理员 enters the supervisor 督查员 with his unit among the people (jiban "
                      "people enter)")
    return person.unit
