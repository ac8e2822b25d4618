"""An office in which every form of the pages can be sent with success, on Friday 13 March 2026; and those forms that are not of
a verb or a book."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from orjson import loads
from sqlalchemy import Connection

from engine.accepting import digest_of
from engine.duties import Deed
from engine.linkage import Item
from services import linking, ratings, supervising, undertakings
from services.acting import Command
from services.administering import Instruction
from services.credit import NewRecord, propose
from services.database import reading, writing
from services.people import NewMandate, entrust
from services.query_codes import code_of
from services.store import endpoints, handing
from services.store.endpoints import EndpointRow, SecretRow, SubscriptionRow
from services.store.handing import DeliveryRow
from services.store.writing import next_number
from services.undertakings import Kind, NewTemplate
from services.web.admission import PAGES
from tests.services.desk import Desk, day
from tests.services.served import Worker, handed_in
from tests.services.staff import PASSWORD, hire
from tests.services.test_accepting import SIGNED, received
from tests.services.web.laden import Scan, Sent
from tests.services.web.two_parks import SMALL

NOW = day(13)
CLERK, OTHER, WATCHER, AGENT = "办", "又", "督", "代"
"""Who does all that is no supervisor's or agent's; a second such person; a supervisor; an agent."""

MISSING, TEXT = "授权书原件", "第一条 已知悉。"
SCAN = Scan(data=b"%PDF-1.4\nscan", name="证.pdf")
LATE, FRESH, REVIEWED, CORRECTED, CONDITIONAL, DECLARED, WITHDRAWN, RATED, STOPPED, EXTENDED, DECIDED, PUSHED = range(12)
"""The cases of the story, each before another form."""


def told(desk: Desk) -> None:
    """Told in an office without people, who are entered at its end."""
    _late(desk)
    desk.now = NOW
    desk.ring()
    desk.open(applicant="岳阳某某公司")
    desk.complete(desk.opened[FRESH], "register", data={"documents": ["统一申请表"]})
    desk.open(applicant="岳阳某某公司")
    desk.go(desk.opened[REVIEWED], "register", "verify")
    desk.command("offer_hearing", desk.opened[REVIEWED], document="岳听告〔2026〕1号")
    desk.open(applicant="岳阳某某公司")
    desk.complete(desk.opened[CORRECTED], "register")
    desk.complete(desk.opened[CORRECTED], "verify", "correct", data={"missing_documents": ["章程"]})
    desk.complete(received(desk, planning_review="告知承诺"), "verify", "accept_conditionally", data={
        **SIGNED, "missing_materials": [{"name": MISSING, "supply_on": "2026-03-16"}]})
    desk.open("four_permits", applicant="岳阳某某公司")
    for _ in (WITHDRAWN, RATED):
        desk.command("withdraw", desk.open(applicant="岳阳某某公司"), reason="改期")
    for _ in (STOPPED, EXTENDED, DECIDED):
        desk.go(desk.open(applicant="岳阳某某公司"), "register", "verify")
    desk.suspend(desk.opened[STOPPED])
    desk.command("propose_extension", desk.opened[EXTENDED], by="李", amount=1, reason="资料核对")
    desk.go(desk.opened[DECIDED], "review_registration", "decide_registration")
    _pushed(desk)
    _books(desk)
    _held_up(desk)
    _people(desk)


def _late(desk: Desk) -> None:
    """Due on the 12th: its card is yellow, and one of its two orders is answered."""
    desk.now = day(2)
    number = desk.open("joint_completion_inspection")
    for outcome in ("received", "accept"):
        desk.complete(number, desk.tasks(number)[0].node, outcome, by="王")
    for text in ("说明原因", "说明进度"):
        desk.command("issue_order", number, by=WATCHER, addressee=CLERK, text=text, due_on=date(2026, 3, 20))
    desk.command("reply_to_order", number, by="王", order=seq(desk, number, "OrderIssued"), text="在办")
    desk.command("remind", number, by=WATCHER, addressee=CLERK, text="请抓紧办理")


def _pushed(desk: Desk) -> None:
    """Two results with whoever supervises them, the second signed for."""
    for is_signed in (False, True):
        number = desk.open("seal_engraving", applicant="岳阳某某公司")
        while desk.case(number).concluded_on is None:
            task = desk.tasks(number)[0]
            outcomes = loads(task.outcomes)
            desk.complete(number, task.node, outcomes[0][0] if outcomes else None, by=f"办{task.token}")
        if is_signed:
            with writing(desk.database) as connection:
                supervising.receive_push(connection, desk.office, Command(number=number, by="监", now=desk.now),
                                         push=seq(desk, number, "ResultPushed"))


def _linked(connection: Connection, desk: Desk) -> None:
    """A system that is not connected, with one rectification to be answered and one to be closed."""
    known, told = desk.office.catalogue, Instruction(by=OTHER, now=desk.now)
    for item in (Item.PORT, Item.DATA):
        linking.order(connection, told, known, linking.NewRectification(
            park="岳阳经发区", system="gonggai", item=item, owner=CLERK, text="到位", due_on=date(2026, 3, 20)))
    linking.reply(connection, told, 1, text="已到位")
    linking.enter(connection, told, known, linking.NewCheck(
        park="岳阳经发区", system="gonggai", item=Item.PORT, is_in_place=True, evidence="联调记录3号",
        checked_on=date(2026, 3, 12)))


def _books(desk: Desk) -> None:
    with writing(desk.database) as connection:
        undertakings.enter_template(connection, NewTemplate(
            kind=Kind.DECLARED, process="four_permits", text=TEXT, basis="岳审改〔2026〕3号"), by="法制", now=desk.now)
        ratings.rate(connection, desk.office, Command(number=desk.opened[RATED], by="申请人", now=desk.now), level=1,
                     reasons=["late"])
        _linked(connection, desk)
        for place in (1, 2):
            propose(connection, NewRecord(code="91350100M000100Y43", name="某公司", reason="承诺不实", document=""),
                    case_number=f"430600-{place}", by=OTHER, now=desk.now)
        _wire(connection, desk.now)


def _wire(connection: Connection, now: datetime) -> None:
    """Two endpoints that were told something they did not take, of which one is paused."""
    for id, paused_at in ((1, None), (2, now)):
        endpoints.insert_endpoint(connection, EndpointRow(
            id=id, name="市平台", url="https://hooks.example.gov.cn/", concurrency=4, made_by="管", made_at=now,
            paused_at=paused_at))
        endpoints.insert_secret(connection, SecretRow(id, 1, "管", now, None), "whsec_x")
        next_number(connection, "endpoint")
    endpoints.insert_subscription(connection, SubscriptionRow(
        id=next_number(connection, "subscription"), endpoint=1, kinds="", process="", park="", supervisor="", is_personal=False,
        basis="", made_by="管", since_at=now, since_book=endpoints.next_edition(connection)))
    handing.open_lanes(connection, [(1, 1), (2, 1)])
    handing.insert_deliveries(connection, [DeliveryRow(
        case_id=1, seq=1, endpoint=id, id=f"evt_{id}", kind="CaseOpened", is_personal=False, made_at=now, state="dead",
        attempts=14, redriven=0, settled_at=None, dismissed_by=None, reason=None) for id in (1, 2)])


def _held_up(desk: Desk) -> None:
    """A case whose connector has failed for good."""
    handed_in(desk)
    worker = Worker(desk=desk)
    worker.fail(worker.fetch()[0].id, retries=0)


def _people(desk: Desk) -> None:
    wanted = frozenset().union(*(each for each in PAGES.values() if isinstance(each, frozenset)))
    with writing(desk.database) as connection:
        for id in (CLERK, OTHER):
            hire(connection, id, *sorted(wanted - {"supervisor", "agent"}), unit="市数据局")
        hire(connection, WATCHER, "supervisor")
        hire(connection, AGENT, "agent")
        entrust(connection, NewMandate(number="委1", agent=AGENT, principal="岳阳某某公司", deeds=frozenset({Deed.WITHDRAW}),
                                       first_on=date(2026, 1, 1), last_on=date(2026, 12, 31)), by="管", now=desk.now)


def forms(desk: Desk) -> list[Sent]:
    """All that is sent to another address than a verb's, a book's or a step's."""
    return [*_of_visits(desk), *_of_cases(desk), *_of_the_pushed(desk), *_of_the_wall(desk), *_of_drafts(),
            *_of_applicants(desk)]


def _of_visits(desk: Desk) -> Iterator[Sent]:
    new = "汨罗江畔的一盏小油灯"
    yield Sent(endpoint="sign_in.enter", who="", address="/sign-in", form={"account": OTHER, "password": PASSWORD},
               asks=frozenset({"next"}))
    yield Sent(endpoint="sign_in.leave", address="/sign-out")
    yield Sent(endpoint="sign_in.change_password", address="/password", form={
        "password": PASSWORD, "new_password": new, "new_password_again": new})
    number = desk.opened[LATE]
    yield Sent(endpoint="messages.read", address=f"/messages/{number}-{seq(desk, number, 'CaseReminded')}-0/read")


def _of_cases(desk: Desk) -> Iterator[Sent]:
    case = f"/cases/{desk.opened[FRESH]}"
    attached = Sent(endpoint="papers.attach", address=f"{case}/uploads", form={"file": SCAN, "material": "申请表"})
    yield attached
    yield Sent(endpoint="papers.remove", address=f"{case}/uploads/1/remove", before=[attached])
    yield Sent(endpoint="papers.issue", address=f"{case}/documents", form={"kind": "receipt", "seq": "1"})
    yield Sent(endpoint="case.unmask", address=f"{case}/particulars", form={"reason": "核对身份"})
    held_up = desk.opened[-1]
    yield Sent(endpoint="held_up.retry", address="/incidents/retry", form={
        "incident": f"{held_up}/{desk.incidents(held_up)[0].seq}", "reason": "登记系统已恢复", "way": "retry"},
        asks=frozenset({"data.park"}))
    rated = desk.opened[RATED]
    yield Sent(endpoint="ratings.answer", address=f"/ratings/{rated}-{desk.tasks(rated)[0].token}", form={"text": "已致歉"})


def _of_the_pushed(desk: Desk) -> Iterator[Sent]:
    for place, act, form in ((PUSHED, "receive", {}), (PUSHED + 1, "report", {"sort": "check", "text": "与许可不符"})):
        number = desk.opened[place]
        yield Sent(endpoint=f"receipts.{act}", address=f"/pushes/{number}/{seq(desk, number, 'ResultPushed')}/{act}", form=form,
                   asks=frozenset({"stands"}))


def _of_the_wall(desk: Desk) -> Iterator[Sent]:
    number = desk.opened[LATE]
    card, replied = seq(desk, number, "CardIssued"), seq(desk, number, "OrderIssued")
    appealed = Sent(endpoint="case.of_case", address=f"/cases/{number}/do/appeal", form={
        "data.card": str(card), "data.reason": "停电", "version": str(desk.case(number).version), "seq": "1"})
    reason = {"reason": "核实无误"}
    for verb, form, before in (
        ("remind", {"addressee": "李", "text": "请办"}, []),
        ("issue_order", {"addressee": "李", "text": "请说明", "due_on": "2026-03-20"}, []),
        (f"return_order/{replied}", {**reason, "due_on": "2026-03-20"}, []), (f"close_order/{replied}", {"text": "已办"}, []),
        (f"write_off/{card}", reason, []),
        (f"exempt/{card}", {"conclusion": "exempt", "document": "岳容〔2026〕1号", **reason}, []),
        (f"uphold/{card}", reason, [appealed]),
    ):
        version = str(desk.case(number).version + len(before))
        yield Sent(endpoint="wall.act", who=WATCHER, address=f"/wall/cases/{number}/{verb}", before=before,
                   form={**form, "version": version})


def _of_drafts() -> Iterator[Sent]:
    draft, version = "/designer/drafts/1", {"version": "1"}
    begun = Sent(endpoint="designer.begin", address="/designer/drafts", form={
        "origin": "upload", "file": Scan(data=SMALL, name="small.bpmn")}, asks=frozenset({"title", "process", "definition"}))
    submitted = Sent(endpoint="designer.submit", address=f"{draft}/submit", form=version, before=[begun])
    saved = {"xml": SMALL.decode(), "title": "盖章", "version": 1}
    yield from (begun, submitted)
    yield Sent(endpoint="designer.begin", address="/designer/drafts", form={
        "origin": "empty", "process": "water", "title": "取水"})
    yield Sent(endpoint="designer.drop", address=f"{draft}/drop", form=version, before=[begun])
    yield Sent(endpoint="drawing.check", address="/designer/check", form={"xml": SMALL.decode()}, is_json=True)
    yield Sent(endpoint="drawing.save", address=f"{draft}/save", form=saved, is_json=True, before=[begun])
    for endpoint, path, who, form in (("take_back", "take-back", CLERK, {}), ("publish", "publish", OTHER, {}),
                                      ("give_back", "return", OTHER, {"reason": "缺少依据"})):
        yield Sent(endpoint=f"designer.{endpoint}", address=f"{draft}/{path}", who=who, form={"version": "2", **form},
                   before=[begun, submitted])


def _of_applicants(desk: Desk) -> Iterator[Sent]:
    def looked(place: int) -> Sent:
        with reading(desk.database) as connection:
            code = code_of(connection, desk.opened[place])
        return Sent(endpoint="progress.look", who="", address="/progress", form={"number": desk.opened[place], "code": code})

    def own(place: int, name: str, path: str, before: Sent | None = None, **form: str | Scan) -> Sent:
        return Sent(endpoint=f"progress.{name}", who="", address=f"/progress/{desk.opened[place]}/{path}", form=form,
                    before=[looked(place), *([before] if before else [])])

    attached = own(CORRECTED, "attach", "uploads", file=SCAN, material="章程", back="tasks")
    scanned = own(CONDITIONAL, "attach", "uploads", file=SCAN, material=MISSING, back="supply")
    token = str(desk.tasks(desk.opened[CORRECTED])[0].token)
    yield from (looked(CORRECTED), attached, own(CORRECTED, "remove", "uploads/1/remove", attached, back="tasks"))
    yield own(CORRECTED, "complete", "tasks", attached, token=token)
    yield own(CONDITIONAL, "supplied", "supply", scanned, materials=MISSING)
    yield own(DECLARED, "sign", "declaration", signer="赵经理", agreed="yes", digest=digest_of(TEXT))
    yield own(FRESH, "withdraw", "withdrawal", confirmed="yes", reason="改期")
    yield own(FRESH, "choose_hand_over", "hand-over", way="post", recipient="赵", phone="0730-8880000", address="岳阳市")
    yield own(REVIEWED, "request_hearing", "hearing", applicant="岳阳某某公司")
    yield own(WITHDRAWN, "rate", "rating", level="1", reasons="late", text="慢")
    yield own(FRESH, "leave", "leave")
    yield Sent(endpoint="progress.tablet", address=f"/progress/{desk.opened[WITHDRAWN]}/tablet")
    yield Sent(endpoint="progress.find", who=AGENT, address="/progress/principals", form={"number": desk.opened[FRESH]})


def seq(desk: Desk, number: str, kind: str) -> int:
    """The number of the last fact of a kind."""
    return int(desk.facts(number, kind)[-1]["seq"])
