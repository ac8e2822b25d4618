"""Drafts 流程草稿: one person draws, another publishes; what was published stays, and nobody's work is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, event

from engine.catalogue import Catalogue, Matter
from engine.duties import Grant, People, Person
from engine.errors import Forbidden, InvalidInput
from services import drafts, library
from services.drafts import Began, Checked, Hand, Origin
from services.gate.door import Gate
from services.gate.messages import Request
from services.settings import SHELF
from services.store import drafts as store
from services.store import reading
from tests.services import diagrams
from tests.services.desk import Desk

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
SINCE = date(2026, 1, 1)


def small(task: str = "fill", *, id: str = "small") -> bytes:
    return diagrams.process(id, diagrams.start(), diagrams.task(task), diagrams.end(), diagrams.flows("begin", task, "done"))


BROKEN = small().replace(b'targetRef="done"', b'targetRef="nowhere"')


def person(id: str, *, natural: str = "") -> Person:
    return Person(id=id, name=id, unit="数据局", natural=natural or id, since_on=SINCE)


PEOPLE = People(
    persons={each.id: each for each in (person("设计员"), person("审核员"), person("审核员乙"), person("窗口"),
                                        person("小号", natural="设计员"), person("食品设计员"))},
    grants={"设计员": (Grant(role="designer", since_on=SINCE),), "审核员": (Grant(role="legal_officer", since_on=SINCE),),
            "审核员乙": (Grant(role="legal_officer", since_on=SINCE), Grant(role="designer", since_on=SINCE)),
            "小号": (Grant(role="legal_officer", since_on=SINCE),), "窗口": (Grant(role="clerk", since_on=SINCE),),
            "食品设计员": (Grant(role="designer", process="food_business_permit", since_on=SINCE),)})


def hand(by: str) -> Hand:
    return Hand(people=PEOPLE, by=by, now=NOW)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(SHELF)


@pytest.fixture
def check(gate: Gate):
    """What the gate says of a content."""
    return lambda source: Checked(sha256=drafts.digest_of(source), answer=gate.ask(Request(file="draft.bpmn", data=source)))


def begin(connection: Connection, source: bytes = small(), *, by: str = "设计员", process: str = "small") -> drafts.DraftRow:
    return drafts.create(connection, hand(by), Began(origin=Origin.UPLOAD, name="small.bpmn", source=source),
                         title="小流程", process=process)


def submitted(connection: Connection, check, source: bytes = small()) -> drafts.DraftRow:
    drawn = begin(connection, source)
    return drafts.submit(connection, hand("设计员"), drawn.id, check(source), version=drawn.version)


def test_a_designer_draws_and_a_legal_officer_publishes(connection: Connection, check) -> None:
    drawn = submitted(connection, check)

    published, deployed = drafts.publish(connection, hand("审核员"), drawn.id, check(small()), version=drawn.version)

    assert (deployed.process, deployed.version, deployed.is_new) == ("small", 1, True)
    assert published.state == "published"
    assert [(e.kind, e.by) for e in store.events(connection, drawn.id)] == [
        ("created", "设计员"), ("submitted", "设计员"), ("published", "审核员")]
    assert store.versions(connection, "small")[0].draft_id == drawn.id
    assert list(store.publishers(connection, "small").values()) == [("审核员", NOW)]


@pytest.mark.parametrize(("by", "why"), [
    ("设计员", "holds none of the roles legal_officer"),
    ("小号", "same natural person"),  # a second account of the designer
    ("窗口", "holds none of the roles legal_officer"),
])
def test_who_has_drawn_does_not_publish_under_any_account(connection: Connection, check, by: str, why: str) -> None:
    drawn = submitted(connection, check)

    for act in (lambda: drafts.publish(connection, hand(by), drawn.id, check(small()), version=drawn.version),
                lambda: drafts.give_back(connection, hand(by), drawn.id, "改一下", version=drawn.version)):
        with pytest.raises(Forbidden, match=why):
            act()

    assert reading.latest_definition(connection, "small") is None


def test_whoever_helped_to_draw_does_not_publish_either(connection: Connection, check) -> None:
    drawn = begin(connection)
    saved = drafts.save(connection, hand("审核员乙"), drawn.id, small("check"), version=1, title="小流程", process="small")
    sent = drafts.submit(connection, hand("设计员"), drawn.id, check(small("check")), version=saved.version)

    with pytest.raises(Forbidden, match="设计与发布分离"):
        drafts.publish(connection, hand("审核员乙"), drawn.id, check(small("check")), version=sent.version)

    assert "same natural person" in drafts.may_publish(connection, hand("审核员乙"), drawn.id)
    assert drafts.may_publish(connection, hand("审核员"), drawn.id) == ""


def test_in_an_office_without_people_drawing_and_publishing_are_kept_apart_by_name(connection: Connection, check) -> None:
    nobody = People()
    one, other = (Hand(people=nobody, by=name, now=NOW) for name in ("甲", "乙"))
    drawn = drafts.create(connection, one, Began(origin=Origin.EMPTY, name="", source=small()), title="小流程", process="small")
    sent = drafts.submit(connection, one, drawn.id, check(small()), version=1)

    with pytest.raises(Forbidden, match="same natural person"):
        drafts.publish(connection, one, drawn.id, check(small()), version=sent.version)
    _, deployed = drafts.publish(connection, other, drawn.id, check(small()), version=sent.version)

    assert deployed.version == 1


def test_a_draft_with_errors_is_kept_but_not_submitted(connection: Connection, check) -> None:
    drawn = begin(connection)

    saved = drafts.save(connection, hand("设计员"), drawn.id, BROKEN, version=1, title="小流程", process="")

    assert drafts.found(connection, drawn.id).source == BROKEN
    with pytest.raises(Forbidden, match=r"has errors \(3\)"):
        drafts.submit(connection, hand("设计员"), drawn.id, check(BROKEN), version=saved.version)
    with pytest.raises(drafts.SavedMeanwhile):  # a check of something else proves nothing
        drafts.submit(connection, hand("设计员"), drawn.id, check(small()), version=saved.version)


def test_who_saves_over_somebody_elses_work_is_told_who_saved(connection: Connection) -> None:
    drawn = begin(connection)
    drafts.save(connection, hand("审核员乙"), drawn.id, small("check"), version=1, title="小流程", process="small")

    with pytest.raises(drafts.SavedMeanwhile) as refused:
        drafts.save(connection, hand("设计员"), drawn.id, small("sign"), version=1, title="小流程", process="small")

    assert (refused.value.by, refused.value.at, refused.value.found) == ("审核员乙", NOW, 2)
    assert b"check" in drafts.found(connection, drawn.id).source


def test_a_returned_draft_says_why_and_is_drawn_on(connection: Connection, check) -> None:
    drawn = submitted(connection, check)

    returned = drafts.give_back(connection, hand("审核员"), drawn.id, "承诺时限缺少依据", version=drawn.version)
    saved = drafts.save(connection, hand("设计员"), drawn.id, small("check"), version=returned.version, title="小流程",
                        process="small")

    assert returned.state == "returned" and saved.version == returned.version + 1
    assert store.events(connection, drawn.id)[2].reason == "承诺时限缺少依据"
    with pytest.raises(InvalidInput, match="reason"):
        again = drafts.submit(connection, hand("设计员"), drawn.id, check(small("check")), version=saved.version)
        drafts.give_back(connection, hand("审核员"), drawn.id, " ", version=again.version)


def test_a_submitted_draft_is_not_changed_until_it_is_taken_back(connection: Connection, check) -> None:
    drawn = submitted(connection, check)

    with pytest.raises(Forbidden, match="take it back first"):
        drafts.save(connection, hand("设计员"), drawn.id, small("check"), version=drawn.version, title="x", process="small")
    taken = drafts.take_back(connection, hand("设计员"), drawn.id, version=drawn.version)

    assert taken.state == "drawing"


@pytest.mark.parametrize("command", ["save", "submit", "drop", "take_back"])
def test_a_published_draft_is_never_changed_again(connection: Connection, check, command: str) -> None:
    drawn = submitted(connection, check)
    published, _ = drafts.publish(connection, hand("审核员"), drawn.id, check(small()), version=drawn.version)
    commands = {
        "save": lambda: drafts.save(connection, hand("设计员"), drawn.id, small("x"), version=published.version, title="x",
                                    process="small"),
        "submit": lambda: drafts.submit(connection, hand("设计员"), drawn.id, check(small()), version=published.version),
        "drop": lambda: drafts.drop(connection, hand("设计员"), drawn.id, version=published.version),
        "take_back": lambda: drafts.take_back(connection, hand("设计员"), drawn.id, version=published.version)}

    with pytest.raises(Forbidden, match="is published"):
        commands[command]()


def test_going_back_makes_the_old_diagram_the_next_version(desk: Desk, gate: Gate, check) -> None:
    desk.deploy(small=small("fill"))
    desk.deploy(small=small("check"))
    old = desk.open("small")

    with desk.database.begin() as connection:
        drawn = submitted(connection, check, small("fill"))
        _, deployed = drafts.publish(connection, hand("审核员"), drawn.id, check(small("fill")), version=drawn.version)
    new = desk.open("small")

    assert deployed.version == 3
    assert [desk.tasks(number)[0].node for number in (old, new)] == ["check", "fill"]
    assert desk.deploy(small=small("fill"))[0].version == 3  # the same meaning again is the newest version that has it
    desk.complete(new, "fill")
    assert desk.problems() == []


def test_a_drawing_moved_is_published_though_its_meaning_is_the_same(connection: Connection, check) -> None:
    first = submitted(connection, check)
    drafts.publish(connection, hand("审核员"), first.id, check(small()), version=first.version)
    moved = small().replace(b"<bpmn:process", "<!-- 重画 -->\n<bpmn:process".encode())
    second, third = submitted(connection, check, moved), submitted(connection, check, moved)

    _, deployed = drafts.publish(connection, hand("审核员"), second.id, check(moved), version=second.version)

    assert deployed.version == 2
    with pytest.raises(Forbidden, match="says exactly this already"):
        drafts.publish(connection, hand("审核员"), third.id, check(moved), version=third.version)


def test_a_role_for_one_process_draws_no_other(connection: Connection) -> None:
    with pytest.raises(Forbidden, match="holds none of the roles designer"):
        begin(connection, by="食品设计员")
    theirs = begin(connection)

    with pytest.raises(Forbidden, match="holds none of the roles designer"):
        drafts.save(connection, hand("食品设计员"), theirs.id, small(), version=1, title="x", process="food_business_permit")


@pytest.mark.parametrize(("source", "title", "field"), [
    (b"", "小流程", "xml"), (b"x" * (drafts.MOST_BYTES + 1), "小流程", "xml"), (small(), " ", "title"),
    (small(), "x" * 201, "title"),
])
def test_what_cannot_be_kept_is_named(connection: Connection, source: bytes, title: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        drafts.create(connection, hand("设计员"), Began(origin=Origin.UPLOAD, name="x", source=source), title=title, process="")

    assert refused.value.field == field


def test_the_library_tells_where_a_process_is_used_and_what_runs_on_it(desk: Desk) -> None:
    desk.open("filing")
    with desk.database.connect() as connection:
        desk.office.refresh(connection)
        receipt = library.process(connection, desk.office, "receipt")
        filing = library.process(connection, desk.office, "filing")

    assert "filing" in {each.id for each in receipt.called_by} and receipt.opened_by == ()
    assert [each.id for each in filing.opened_by] == ["project_start"]
    assert {each.id for each in filing.calls} == {"receipt"}
    assert [(each.version, each.running) for each in filing.versions] == [(1, 1)]
    assert filing.matters and filing.bundles and filing.is_used


def test_the_library_asks_one_statement_however_many_versions_there_are(desk: Desk) -> None:
    for task in ("fill", "check", "sign"):
        desk.deploy(small=small(task))
    with desk.database.connect() as connection:
        library.processes(connection, desk.office)
        asked: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(str(given[2])))

        shelved = library.processes(connection, desk.office)

    mine = next(each for each in shelved if each.process == "small")
    assert len(asked) == 1 and [each.version for each in mine.versions] == [3, 2, 1]


def test_a_matter_is_published_only_when_the_responsibility_list_says_who_supervises_it(connection: Connection, check) -> None:
    drawn = submitted(connection, check)
    unlisted, listed = (replace(hand("审核员"), catalogue=Catalogue(matters={"M": Matter(
        code="M", name="小许可", process="small", supervisor=supervisor)})) for supervisor in ("", "市城管局"))

    with pytest.raises(Forbidden, match=r"nobody supervises what M 小许可 permits.*names one.*publish again"):
        drafts.publish(connection, unlisted, drawn.id, check(small()), version=drawn.version)
    published, deployed = drafts.publish(connection, listed, drawn.id, check(small()), version=drawn.version)

    assert (published.state, deployed.version) == ("published", 1)
