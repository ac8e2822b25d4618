"""`jiban verify --fold`: every case follows from its facts, byte for byte, on any machine; what does not is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services import fold
from services.database import reading as read
from services.store import reading
from tests.services import diagrams
from tests.services.conftest import Story
from tests.services.desk import WAY, Desk, day
from tests.services.tampering import Hands, hands

ROOT = Path(__file__).parents[2]


def live(desk: Desk) -> None:
    """Cases with loops, several instances, cycles, messages, lapses, overlapping stops, an extension, incidents, cards, an
    order, and every kind of ending."""
    desk.deploy(many=MANY, cycle=CYCLE, paying=PAYING, staged=STAGED, choosing=CHOOSING)
    late = desk.open(wants_fund=False)
    desk.go(late, *WAY)
    stopped, mended = desk.open("four_permits", applicant="某公司", planning_review="告知承诺"), desk.open()
    desk.go(stopped, "register", "verify")
    desk.suspend(stopped)
    desk.complete(mended, "register", data={"documents": ["营业执照", "章程"]})
    for turn in range(3):
        if turn:
            desk.command("approve_correction", mended, role="legal_officer", reason="前次告知有遗漏")
        desk.complete(mended, "verify", "correct", data={"missing_documents": ["章程"]})
        desk.complete(mended, "supplement", "resubmitted")
    desk.command("void", desk.open("receipt"), reason="录入错误")
    many, cycle, paying = desk.open("many", people=["王", "李", "张"]), desk.open("cycle"), desk.open("paying")
    desk.complete_id(f"{many}-{desk.tasks(many)[1].token}", "yes")
    desk.receive(paying, "paid", amount=7.5)
    staged = desk.open("staged")
    desk.suspend(staged)
    desk.open("choosing", **dict.fromkeys(CHOICES.split(), True))
    desk.now = day(6)
    desk.ring()
    desk.command("hold", staged, order="岳中法〔2026〕9号", reason="诉讼保全")
    desk.resume(staged, stop=desk.facts(staged, "CaseSuspended")[0]["seq"])
    desk.resume(stopped)
    desk.command("propose_extension", stopped, amount=10, reason="专家意见不一")
    desk.command("approve_extension", stopped, role="head_of_office", document="岳延〔2026〕3号", by="局长")
    desk.command("appeal", late, card=desk.facts(late, "CardIssued")[0]["seq"], reason="系统故障")
    desk.command("issue_order", late, addressee="王", text="说明原因", due_on=date(2026, 3, 11), by="孙")
    desk.command("terminate", cycle, reason="主体灭失")
    desk.open("cycle")


@pytest.fixture
def lived(tell: Callable[[Story], Desk]) -> Desk:
    """A desk where they have been lived."""
    return tell(live)


MANY = diagrams.process(
    "many", diagrams.words(variables="people:list"), diagrams.start(),
    diagrams.task("vote", "yes", "no").replace("</bpmn:userTask>", """<bpmn:multiInstanceLoopCharacteristics>
      <bpmn:loopDataInputRef>people</bpmn:loopDataInputRef><bpmn:inputDataItem id="person" name="person"/>
      </bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"""),
    diagrams.end(), diagrams.flows("begin", "vote", "done"))

CYCLE = diagrams.process(
    "cycle", diagrams.start(), diagrams.task("fill"), diagrams.timer("remind", "R5/P1D", on="fill", interrupting=False),
    diagrams.task("reminder", role="supervisor"), diagrams.end(),
    diagrams.flows("begin", "fill", "done"), diagrams.flows("remind", "reminder", "done"))

STAGED = diagrams.process(
    "staged", diagrams.words(limits="statutory:20"), diagrams.start(), diagrams.throw("accepted", "accepted"),
    diagrams.task("review"), diagrams.limit("stage", "stage", 3, on="review", interrupting=False), diagrams.end(),
    diagrams.end("told"), diagrams.flows("begin", "accepted", "review", "done"), diagrams.flows("stage", "told"))

CHOICES = "north south east west up down left right"
CHOOSING = diagrams.process(
    "choosing", diagrams.words(variables=" ".join(f"{choice}:bool" for choice in CHOICES.split())), diagrams.start(),
    diagrams.task("fill"), '<bpmn:exclusiveGateway id="way" default="way_other"/>', diagrams.end("all"), diagrams.end("other"),
    diagrams.flows("begin", "fill", "way", "other"), diagrams.when("way", "all", CHOICES.replace(" ", " &amp;&amp; ")))

_DEFINITION, _AWAITS = diagrams.message("payment", "paid")
PAYING = diagrams.process(
    "paying", diagrams.words(variables="amount:double"), diagrams.start(), _AWAITS, diagrams.task("fill"),
    '<bpmn:exclusiveGateway id="way" default="way_other"/>', diagrams.end("much"), diagrams.end("other"),
    diagrams.flows("begin", "payment", "fill", "way", "other"), diagrams.when("way", "much", "amount > 7.0"),
    before=_DEFINITION)


def test_every_case_follows_from_its_facts(lived: Desk) -> None:
    seen: list[int] = []

    with read(lived.database) as connection:
        problems = fold.fold(connection, lived.office, progress=seen.append)

    assert problems == [] and seen == list(range(1, 11))


def test_pages_do_not_show(lived: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "CASES", 2)
    monkeypatch.setattr(reading, "_HISTORY", 3)

    with read(lived.database) as connection:
        assert fold.fold(connection, lived.office) == []


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_of_the_machine_comes_to_the_same_bytes(lived: Desk, seed: str) -> None:
    url = lived.database.url.set(drivername=lived.database.url.drivername.replace("sqlite+jiban", "sqlite"))
    environment = {**os.environ, "PYTHONHASHSEED": seed, "JIBAN_DATABASE": url.render_as_string(hide_password=False)}

    done = subprocess.run([sys.executable, "-m", "services.cli", "verify", "--fold", "--json"], cwd=ROOT, env=environment,
                          capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["audit"] == "intact"


TAMPERINGS: dict[str, tuple[Callable[[Hands], object], str]] = {
    # case 1 is late, case 2 is suspended, case 3 was corrected three times
    "tokens of another case": (lambda db: db.do(
        'UPDATE "case" SET tokens = (SELECT tokens FROM "case" WHERE id = 3) WHERE id = 1'), "fold:tokens"),
    "the folded case of an earlier day": (lambda db: db.do(
        'UPDATE "case" SET fold = (SELECT fold FROM "case" WHERE id = 3) WHERE id = 1'), "fold:fold"),
    "data nobody entered": (lambda db: db.do('UPDATE "case" SET data = ? WHERE id = 1', b'{"wants_fund":true}'), "fold:data"),
    "a standing by hand": (lambda db: db.do("""UPDATE "case" SET standing = 'early' WHERE id = 1"""), "fold:standing"),
    "a due date by hand": (lambda db: db.do("""UPDATE "case" SET due_on = '2026-12-31' WHERE id = 1"""), "fold:due_on"),
    "a task of another role": (lambda db: db.do("UPDATE task SET role = 'approver' WHERE case_id = 3"), "fold:task"),
    "an outcome nobody drew": (lambda db: db.do("""UPDATE task SET outcomes = '[["free","放行"]]' WHERE case_id = 3"""),
                               "fold:task"),
    "a task more": (lambda db: db.do(
        "INSERT INTO task SELECT case_id, 77, node, name, act, role, form, outcomes, opened_at, unit, assignee, owner, host, "
        "park, department, process, phase, warns_at, late_at "
        "FROM task WHERE case_id = 3"),
        "fold:task"),
    "a task less": (lambda db: db.do("DELETE FROM task WHERE case_id = 3"), "fold:task"),
    "a reminder put off by a second": (lambda db: db.do("UPDATE timer SET due_at = due_at + 1000000"), "fold:timer"),
    "a period that nobody set": (lambda db: db.do("UPDATE timer SET kind = 'date'"), "fold:timer"),
    "a deadline put off by a second": (lambda db: db.do("UPDATE clock SET lapses_at = lapses_at + 1000000 WHERE case_id = 3"),
                                       "fold:clock"),
    "a clock more": (lambda db: db.do("UPDATE clock SET clock = 'promised' WHERE case_id = 3"), "fold:clock"),
    "a clock less": (lambda db: db.do("DELETE FROM clock WHERE case_id = 3"), "fold:clock"),
    "a card of another colour": (lambda db: db.do("UPDATE card SET colour = 'green' WHERE case_id = 1"), "fold:card"),
    "a card less": (lambda db: db.do("DELETE FROM card WHERE case_id = 1"), "fold:card"),
    "an order nobody answered is closed": (lambda db: db.do("UPDATE supervision_order SET state = 'closed'"), "fold:order"),
    "an order less": (lambda db: db.do("DELETE FROM supervision_order"), "fold:order"),
    "a message less": (lambda db: db.do("INSERT INTO message VALUES (1, 3, 'a', 'paid')"), "fold:message"),
    "a completion that was never possible": (lambda db: db.rewrite(
        1, 2, lambda body: body.replace(b'"token":4', b'"token":3')), "fold:replay"),
    "a fact of another make": (lambda db: db.rewrite(1, 2, lambda body: body.replace(b"TaskCompleted", b"TaskConjured")),
                               "fold:replay"),
    "no facts": (lambda db: db.do("DELETE FROM fact WHERE case_id = 1"), "fold:replay"),
    "another diagram": (lambda db: db.do(
        "UPDATE definition SET source = (SELECT source FROM definition WHERE process = 'cycle') WHERE process = 'paying'"),
        "fold:replay"),
    "a diagram that means something else": (lambda db: db.do(
        "UPDATE definition SET source = ? WHERE process = 'cycle'", CYCLE.replace(b"R5/P1D", b"R5/P9D")), "fold:definition"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_does_not_follow_is_named(lived: Desk, name: str) -> None:
    tampering, check = TAMPERINGS[name]
    with hands(lived.database) as db:
        tampering(db)
    lived.office.cache.clear()

    with read(lived.database) as connection:
        problems = fold.fold(connection, lived.office)

    assert check in {problem.check for problem in problems}, problems
    assert all(problem.case and problem.message for problem in problems)
