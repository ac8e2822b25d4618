"""External tasks: opened with the token, handed out under a fence, answered once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.errors import AlreadyDecided, Forbidden, InvalidInput, LockLost, NotFound
from services import reentries, returning
from services.acting import TaskCommand
from services.database import reading, writing
from tests.services.desk import Desk
from tests.services.served import SYSTEM, TOPIC, Worker, externals, handed_in, simple

MINUTE = timedelta(minutes=1)


def test_a_service_task_opens_an_external_task_and_no_persons_task(desk: Desk) -> None:
    number = handed_in(desk)

    assert [(each.node, each.topic, each.retries, each.due_at) for each in externals(desk, number)] == [
        ("ask", TOPIC, 3, desk.now)]
    assert desk.tasks(number) == [] and desk.incidents(number) == [] and desk.problems() == []


def test_a_worker_is_handed_what_the_diagram_names_of_the_data_and_nothing_else(desk: Desk) -> None:
    number = handed_in(desk)

    handed, = Worker(desk=desk).fetch()

    assert handed.id.startswith(number) and handed.fence == 1 and handed.locked_until == desk.now + MINUTE
    assert handed.variables == {"credit_code": "91430600MA4L16JQ9B"}


def test_completing_moves_the_token_and_keeps_the_answer(desk: Desk) -> None:
    number = handed_in(desk)
    worker = Worker(desk=desk)
    handed, = worker.fetch()

    worker.complete(handed.id, is_registered=True)

    assert [task.node for task in desk.tasks(number)] == ["look"] and externals(desk, number) == []
    told, = desk.facts(number, "ExternalTaskCompleted")
    assert told["data"]["worker"] == "worker-1" and told["data"]["data"] == {"is_registered": True}
    desk.go(number, "look")
    assert desk.problems() == []


def test_a_task_is_handed_to_one_worker_at_a_time(desk: Desk) -> None:
    handed_in(desk)
    first, second = Worker(desk=desk, name="a"), Worker(desk=desk, name="b")

    assert len(first.fetch()) == 1 and second.fetch() == []

    desk.now += 2 * MINUTE
    again, = second.fetch()
    assert again.fence == 2


def test_a_worker_whose_task_another_has_is_refused_whatever_it_says(desk: Desk) -> None:
    handed_in(desk)
    first, second = Worker(desk=desk, name="a"), Worker(desk=desk, name="b")
    id = first.fetch()[0].id
    desk.now += 2 * MINUTE
    second.fetch()

    for say in (lambda: first.complete(id), lambda: first.fail(id), lambda: first.extend(id),
                lambda: first.throw(id, "NOT_FOUND")):
        with pytest.raises(LockLost):
            say()

    second.complete(id, is_registered=True)


def test_the_fence_tells_two_processes_of_one_name_apart(desk: Desk) -> None:
    handed_in(desk)
    before, after = Worker(desk=desk), Worker(desk=desk)
    id = before.fetch()[0].id
    desk.now += 2 * MINUTE
    after.fetch()

    with pytest.raises(LockLost):
        before.complete(id, is_registered=True)


def test_a_late_answer_is_taken_while_nobody_else_has_begun(desk: Desk) -> None:
    number = handed_in(desk)
    worker = Worker(desk=desk)
    id = worker.fetch()[0].id
    desk.now += 10 * MINUTE

    worker.complete(id, is_registered=False)

    assert [task.node for task in desk.tasks(number)] == ["look"]


def test_an_extended_lock_keeps_others_away(desk: Desk) -> None:
    handed_in(desk)
    first, second = Worker(desk=desk, name="a"), Worker(desk=desk, name="b")
    id = first.fetch()[0].id
    desk.now += timedelta(seconds=50)

    first.extend(id)

    desk.now += timedelta(seconds=50)
    assert second.fetch() == []


def test_an_answer_is_taken_once(desk: Desk) -> None:
    handed_in(desk)
    worker = Worker(desk=desk)
    id = worker.fetch()[0].id
    worker.complete(id, is_registered=True)

    with pytest.raises(AlreadyDecided):
        worker.complete(id, is_registered=True)


def test_what_the_task_does_not_give_is_no_answer(desk: Desk) -> None:
    number = handed_in(desk)
    worker = Worker(desk=desk)
    id = worker.fetch()[0].id

    for data in ({"applicant": "别人"}, {"is_registered": "yes"}, {"unheard_of": 1}):
        with pytest.raises(InvalidInput):
            worker.complete(id, **data)

    assert len(externals(desk, number)) == 1
    with pytest.raises(NotFound):
        worker.complete("43060020260304999999-7")


def test_a_failure_with_retries_left_changes_nothing_of_the_case(desk: Desk) -> None:
    number = handed_in(desk)
    worker = Worker(desk=desk)
    id, version = worker.fetch()[0].id, desk.case(number).version

    assert worker.fail(id) is None

    left, = externals(desk, number)
    assert (left.retries, left.due_at, left.worker, left.error) == (2, desk.now + timedelta(seconds=30), "", "无响应")
    assert desk.case(number).version == version and worker.fetch() == []
    with pytest.raises(LockLost):
        worker.complete(id, is_registered=True)
    desk.now += MINUTE
    assert worker.fetch()[0].error == "无响应" and desk.problems() == []


def test_the_last_failure_calls_a_person_and_nobody_can_fetch_the_task(desk: Desk) -> None:
    number = handed_in(desk)
    worker = Worker(desk=desk)

    stepped = worker.fail(worker.fetch()[0].id, retries=0)

    assert stepped is not None and stepped.incident is not None and stepped.incident.code == "connector_failed"
    raised, = desk.incidents(number)
    assert raised.code == "connector_failed" and "无响应" in raised.message
    desk.now += timedelta(days=30)
    assert worker.fetch() == [] and desk.problems() == []


def test_an_error_goes_the_way_the_diagram_draws_for_its_code(desk: Desk) -> None:
    number = handed_in(desk)
    worker = Worker(desk=desk)

    worker.throw(worker.fetch()[0].id, "NOT_FOUND")

    assert [task.node for task in desk.tasks(number)] == ["mend"] and externals(desk, number) == []
    assert desk.problems() == []


def test_an_error_nobody_catches_is_an_incident(desk: Desk) -> None:
    number = handed_in(desk)
    worker = Worker(desk=desk)

    stepped = worker.throw(worker.fetch()[0].id, "UNHEARD_OF")

    assert stepped.incident is not None and len(desk.incidents(number)) == 1
    assert externals(desk, number)[0].due_at is None and desk.problems() == []


def test_withdrawing_the_case_ends_its_external_task(desk: Desk) -> None:
    number = handed_in(desk)
    worker = Worker(desk=desk)
    id = worker.fetch()[0].id

    desk.command("withdraw", number, reason="不办了")

    assert externals(desk, number) == [] and desk.problems() == []
    with pytest.raises(AlreadyDecided):
        worker.complete(id, is_registered=True)


def test_a_case_that_stands_still_hands_out_nothing_but_takes_an_answer(desk: Desk) -> None:
    number = handed_in(desk)
    worker = Worker(desk=desk)
    id = worker.fetch()[0].id
    desk.now += 2 * MINUTE
    desk.command("hold", number, order="岳法〔2026〕1号", reason="诉讼")

    assert Worker(desk=desk, name="b").fetch() == []
    worker.complete(id, is_registered=True)

    assert [task.node for task in desk.tasks(number)] == ["look"] and desk.problems() == []


def test_where_the_system_is_not_connected_people_enter_what_it_would_have_answered(desk: Desk) -> None:
    number = handed_in(desk, f'topic="{TOPIC}" system="{SYSTEM}" gives="is_registered"', park="湘阴高新区")

    task, = desk.tasks(number)
    assert task.name == "人工录入（二次录入）：查登记" and task.role == "clerk" and externals(desk, number) == []
    with pytest.raises(InvalidInput):
        desk.complete(number, "ask", data={})
    desk.complete(number, "ask", data={"is_registered": True})

    assert [task.node for task in desk.tasks(number)] == ["look"]
    told, = desk.facts(number, "DataReentered")
    assert told["data"]["system"] == SYSTEM and desk.problems() == []


def test_what_was_entered_by_hand_is_counted_by_month_park_and_system(desk: Desk) -> None:
    words = f'topic="{TOPIC}" system="{SYSTEM}" gives="is_registered"'
    for _ in range(2):
        desk.complete(handed_in(desk, words, park="湘阴高新区"), "ask", data={"is_registered": True})
    handed_in(desk, words, park="湘阴高新区")  # opened, and not entered yet

    with reading(desk.database) as connection:
        found = reentries.counted(connection, since="2026-01", until="2026-03")

    assert [tuple(row) for row in found] == [("2026-03", "湘阴高新区", SYSTEM, 2)] and desk.problems() == []
    assert reentries.sheet(found).splitlines()[1] == f"2026-03,湘阴高新区,{SYSTEM},2"


def test_what_people_do_instead_of_a_system_can_be_sent_back_and_is_asked_again(desk: Desk) -> None:
    desk.deploy(simple=simple(f'topic="{TOPIC}" system="{SYSTEM}" gives="is_registered"'))
    number = desk.open("simple", park="湘阴高新区")
    desk.go(number, "hand_in")
    task, = desk.tasks(number)

    with writing(desk.database) as connection:
        returning.send_back(connection, desk.office, TaskCommand(task=f"{number}-{task.token}", by="王", now=desk.now),
                            node="hand_in", reason="补材料")
    assert [each.node for each in desk.tasks(number)] == ["hand_in"] and desk.problems() == []
    desk.go(number, "hand_in")
    assert desk.tasks(number)[0].name.startswith("人工录入") and desk.problems() == []


def test_a_completion_is_taken_back_until_a_worker_has_begun(desk: Desk) -> None:
    for begins in (False, True):
        desk.deploy(simple=simple())
        number = desk.open("simple")
        token = desk.tasks(number)[0].token
        desk.go(number, "hand_in")
        worker = Worker(desk=desk, name="a")
        if begins:
            worker.fetch()

        with writing(desk.database) as connection:
            command = TaskCommand(task=f"{number}-{token}", by="王", now=desk.now)
            if begins:
                with pytest.raises(Forbidden):
                    returning.take_back(connection, desk.office, command)
            else:
                returning.take_back(connection, desk.office, command)

        assert [each.node for each in desk.tasks(number)] == ([] if begins else ["hand_in"]) and desk.problems() == []



def test_workers_that_fetch_at_the_same_time_get_different_tasks(desk: Desk) -> None:
    desk.deploy(simple=simple())
    for _ in range(12):
        desk.go(desk.open("simple"), "hand_in")
    workers = [Worker(desk=desk, name=f"w-{number}") for number in range(4)]

    def work(worker: Worker) -> None:
        while found := worker.fetch(most=2):
            for each in found:
                worker.complete(each.id, is_registered=True)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, workers))

    assert sorted(id for worker in workers for id in worker.held) == sorted(set().union(*(worker.held for worker in workers)))
    assert all(len(desk.facts(number, "ExternalTaskCompleted")) == 1 for number in desk.opened) and desk.problems() == []
