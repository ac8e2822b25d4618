"""Documents of receipt and acceptance: 收件凭证, 受理通知书, 一次性补正告知书, 不予受理决定书, 容缺受理通知书, 承诺书,
委托书."""

from __future__ import annotations

from engine.case_facts import CaseAccepted, CaseOpened, CorrectionRequested, TaskCompleted
from engine.clock_facts import ClockStarted
from engine.duties import Deed
from engine.duties import Mandate as Held
from engine.events import AcceptedConditionally, ComplianceDeclared, Recorded
from engine.limits import LimitKind
from engine.sentences import say
from engine.undertakings import OnLapse
from services.documents.content import (
    Acceptance,
    ConditionalAcceptance,
    Correction,
    Decline,
    Draft,
    Mandate,
    MissingLine,
    Receipt,
    Undertaking,
)
from services.documents.source import (
    Source,
    checked_number,
    day,
    fact_of,
    kind_of,
    lacking,
    limits_told,
    lines_of,
    minute,
    own_number,
    told,
    unit_of,
)

_DEEDS = {Deed.APPLY: "代为提出申请", Deed.SUPPLY: "代为提交、补正材料", Deed.WITHDRAW: "代为撤件",
          Deed.COLLECT: "代为领取结果", Deed.DECLARE: "代为签署告知承诺书"}
_UNKNOWN_STEP = TaskCompleted(token=0, node="", name="", act="", outcome=None, data={})


def receipt(source: Source, recorded: Recorded) -> Draft:
    """收件凭证: what was received, and when."""
    register = _registration(source)
    if register is None:
        raise lacking("that it was received", "the clerk 窗口受理人员 completes 登记收件 first")
    task, by = register
    documents = lines_of(task.data.get("documents"))
    if not documents:
        raise lacking("收到的申请材料 (the documents received)", say(
            "the clerk 窗口受理人员 enters them when completing “{task}” (documents); take it back 拿回 within ten minutes "
            "to do so", task=task.name))
    return Draft(unit=unit_of(source, "receives"), number=own_number(task.data, "receipt_number"),
                 body=Receipt(received_at=minute(recorded.at), documents=documents, remarks=told(task.data, "remarks"),
                              by=source.name(by)))


def acceptance(source: Source, recorded: Recorded) -> Draft:
    """受理通知书, with the limits that began."""
    fact = fact_of(recorded, CaseAccepted)
    step = source.step(recorded)
    return Draft(unit=unit_of(source, "accepts"), number=own_number(step[0].data) if step else "", body=Acceptance(
        accepted_on=fact.accepted_on, deemed=fact.deemed, limits=limits_told(source, recorded)))


def correction(source: Source, recorded: Recorded) -> Draft:
    """一次性补正告知书: everything that is missing, told at once (行政许可法 art. 32(4))."""
    fact = fact_of(recorded, CorrectionRequested)
    task = (source.step(recorded) or (_UNKNOWN_STEP, ""))[0]
    defects = lines_of(task.data.get("missing_documents"))
    if not defects:
        raise lacking("需补正的全部内容 (what has to be corrected)", "the clerk 窗口受理人员 lists all of it when completing "
                      "核验材料 (missing_documents); take it back 拿回 within ten minutes to do so")
    period = next((clock for clock in source.with_it(recorded, ClockStarted) if kind_of(clock) is LimitKind.APPLICANT), None)
    return Draft(unit=unit_of(source, "accepts"), number=own_number(task.data), body=Correction(
        notice=fact.number, defects=defects, opinion=told(task.data, "opinion"), supply_by=(period and period.due) or ""))


def decline(source: Source, recorded: Recorded) -> Draft:
    """不予受理决定书, with the reasons."""
    task = (source.step(recorded) or (_UNKNOWN_STEP, ""))[0]
    reasons = told(task.data, "reason")
    if not reasons:
        raise lacking("不予受理的理由 (why it was not accepted)", "the clerk 窗口受理人员 enters it when completing 核验材料 "
                      "(reason); take it back 拿回 within ten minutes to do so")
    return Draft(unit=unit_of(source, "accepts"), number=own_number(task.data), seal=_seal(source),
                 body=Decline(decided_on=day(recorded.at), reasons=reasons))


def conditional_acceptance(source: Source, recorded: Recorded) -> Draft:
    """容缺受理通知书: what may follow, and until when."""
    fact = fact_of(recorded, AcceptedConditionally)
    accepted = source.of_kind(CaseAccepted)[-1]
    return Draft(unit=unit_of(source, "accepts"), body=ConditionalAcceptance(
        accepted_on=fact_of(accepted, CaseAccepted).accepted_on, missing=_missing(fact),
        pauses=fact.on_lapse == OnLapse.PAUSE.value, limits=limits_told(source, accepted)))


def supply_undertaking(source: Source, recorded: Recorded) -> Draft:
    """容缺受理承诺书, as it was signed."""
    fact = fact_of(recorded, AcceptedConditionally)
    return Draft(unit=unit_of(source, "accepts"), body=_undertaking(fact, missing=_missing(fact)))


def declaration(source: Source, recorded: Recorded) -> Draft:
    """告知承诺书, as it was signed (国办发〔2020〕42号)."""
    fact = fact_of(recorded, ComplianceDeclared)
    return Draft(unit=unit_of(source, "accepts"), body=_undertaking(
        fact, verify_workdays=fact.verify_workdays, correct_workdays=fact.correct_workdays))


def mandate(source: Source, recorded: Recorded) -> Draft:
    """委托书: as it was entered at a step of 帮代办, or that the case was filed under."""
    fact = recorded.fact
    if isinstance(fact, TaskCompleted):
        return _entered_mandate(source, fact)
    number = fact_of(recorded, CaseOpened).mandate
    found = next((each for each in _held(source) if each[1].number == number), None)
    if found is None:
        raise lacking(say("the mandate 委托书 “{number}”", number=number),
                      "the department administrator 部门管理员 enters it among the mandates (people mandates)")
    agent, held = found
    return Draft(unit=source.name(agent), number=checked_number(number), body=Mandate(
        principal=held.principal if held.principal != source.case.applicant else source.text("applicant") or held.principal,
        agent=source.name(agent), deeds=tuple(_DEEDS[deed] for deed in Deed if deed in held.deeds and deed is not Deed.DECLARE),
        first_on=held.first_on.isoformat(), last_on=held.last_on.isoformat(), signs_for_him=Deed.DECLARE in held.deeds,
        signed_on=""))


def _entered_mandate(source: Source, task: TaskCompleted) -> Draft:
    data = task.data
    principal = told(data, "principal") or source.text("applicant")
    agent = told(data, "agent_name") or source.text("agent_name")
    if not agent:
        raise lacking("受托人 (the agent)", say(
            "whoever completes “{task}” enters the agent 帮代办员 (agent_name)", task=task.name))
    return Draft(unit=principal, number=own_number(data, "mandate_number"), body=Mandate(
        principal=principal, agent=agent, deeds=lines_of(data.get("scope")), first_on=told(data, "valid_from"),
        last_on=told(data, "valid_until"), signs_for_him=data.get("may_sign_commitment") is True,
        signed_on=told(data, "signed_on")))


def _held(source: Source) -> list[tuple[str, Held]]:
    return [(agent, held) for agent, mandates in source.people.mandates.items() for held in mandates]


def _registration(source: Source) -> tuple[TaskCompleted, str] | None:
    """The step at which the receipt was registered, and by whom; None while it was not."""
    return next(((each.fact, each.by) for each in source.facts
                 if isinstance(each.fact, TaskCompleted) and each.fact.act == "receive"), None)


def _undertaking(
    fact: AcceptedConditionally | ComplianceDeclared, *, missing: tuple[MissingLine, ...] = (), verify_workdays: int = 0,
    correct_workdays: int = 0,
) -> Undertaking:
    signed = fact.undertaking
    return Undertaking(
        text=signed.text, signer=signed.signer, signed_on=signed.signed_on, by_agent=bool(signed.agent), mandate=signed.mandate,
        text_digest=signed.digest, missing=missing, verify_workdays=verify_workdays, correct_workdays=correct_workdays)


def _missing(fact: AcceptedConditionally) -> tuple[MissingLine, ...]:
    return tuple(MissingLine(name=each.name, supply_on=each.supply_on) for each in fact.missing)


def _seal(source: Source) -> str:
    """The seal of whoever decides, where he accepts himself."""
    routing = source.case.routing
    return routing.seal if routing is not None and routing.accepts == routing.seals else ""
