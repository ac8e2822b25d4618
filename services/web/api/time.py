"""The API of the time of a case: stop and resume it, extend it, hold a hearing, approve a further correction, start a clock.

What may be done, on what it has to rest and who does it is decided by the engine; its refusals are 409 with the article and
with what is allowed instead, or 422 for a value that is wrong. Nothing has changed then.
"""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import timekeeping
from services.web.auth import API
from services.web.describe import SECURITY, moved
from services.web.incoming import expect_nothing
from services.web.once import on_case
from services.web.shapes import time as shapes
from services.web.shapes.cases import CasePath, Moved, Moving

api = APIBlueprint("time", __name__, url_prefix=f"{API}/cases/<number>", abp_security=SECURITY,
                   abp_tags=[Tag(name="time", description="停表、延长、听证")])


@api.post("/suspend", summary="特别程序开始 (行政许可法 art. 45)", operation_id="suspend", responses=moved(Moved))
def suspend(path: CasePath, header: Moving, body: shapes.Suspending) -> Response:
    """From tomorrow on no day counts, until the case is resumed; the applicant has been told in writing for how long. Its tasks
    wait meanwhile. When it lasts longer than was told, an alarm is raised."""
    return on_case(path, header, timekeeping.suspend,
                   ground=body.ground, document=body.document, expected_end=body.expected_end, basis=body.basis)


@api.post("/pause", summary="暂停: by a rule with its basis (整改, 审查补正)", operation_id="pause", responses=moved(Moved))
def pause(path: CasePath, header: Moving, body: shapes.Pausing) -> Response:
    """From tomorrow on no day counts, until the case is resumed. None of the grounds of 行政许可法 art. 45, so that the figures
    count it apart; work on the case goes on."""
    return on_case(path, header, timekeeping.pause,
                   ground=body.ground, basis=body.basis, document=body.document, expected_end=body.expected_end)


@api.post("/hold", summary="挂起: by order of a court or a superior", operation_id="hold", responses=moved(Moved))
def hold(path: CasePath, header: Moving, body: shapes.Holding) -> Response:
    """From tomorrow on no day counts, until the case is resumed; its tasks wait. The order's number is required."""
    return on_case(path, header, timekeeping.hold, order=body.order, reason=body.reason)


@api.post("/examine", summary="审图: the drawings go to their examiner", operation_id="examine", responses=moved(Moved))
def examine(path: CasePath, header: Moving, body: shapes.Examining) -> Response:
    """The examiner's days (住建部令第13号) are not the office's: his clock starts, the office's stand still."""
    return on_case(path, header, timekeeping.examine, size=body.size, examiner=body.examiner)


@api.post("/resume", summary="恢复: a stop is over", operation_id="resume", responses=moved(Moved))
def resume(path: CasePath, header: Moving, body: shapes.Resuming) -> Response:
    """Today does not count, the next day does; the limits move by the days that were stopped (行政许可法 art. 45). Where
    several stops last, `stop` says which is over, and the days stand still until the last one is."""
    return on_case(path, header, timekeeping.resume_case, stop=body.stop)


@api.post("/extensions", summary="延期申请 (行政许可法 art. 42)", operation_id="propose_extension", responses=moved(Moved))
def propose_extension(path: CasePath, header: Moving, body: shapes.Proposing) -> Response:
    """Proposed by the reviewer, once a case and before the limit lapses; it counts when the head of the office approves it."""
    return on_case(path, header, timekeeping.propose_extension, amount=body.amount, reason=body.reason, is_joint=body.is_joint)


@api.post("/extensions/approve", summary="批准延期 (行政许可法 art. 42)", operation_id="approve_extension",
          responses=moved(Moved))
def approve_extension(path: CasePath, header: Moving, body: shapes.Approving) -> Response:
    """By the head of the office, another person than who proposed it, before the limit lapses. The days are added to the
    limit's original start."""
    return on_case(path, header, timekeeping.approve_extension, role=body.role, document=body.document)


@api.post("/extensions/refuse", summary="不批准延期", operation_id="refuse_extension", responses=moved(Moved))
def refuse_extension(path: CasePath, header: Moving, body: shapes.Refusing) -> Response:
    """The deadlines stay as they are; another extension may be proposed (行政许可法 art. 42)."""
    return on_case(path, header, timekeeping.refuse_extension, reason=body.reason)


@api.post("/corrections/approve", summary="批准再次补正告知 (行政许可法 art. 32(4))", operation_id="approve_correction",
          responses=moved(Moved))
def approve_correction(path: CasePath, header: Moving, body: shapes.ApprovingCorrection) -> Response:
    """The law knows one complete notice (一次告知). A further one is approved by the legal officer or the head of the office,
    with a reason, and given by the task that gives it."""
    return on_case(path, header, timekeeping.approve_correction, role=body.role, reason=body.reason)


@api.post("/hearings/offer", summary="告知听证权利 (行政许可法 art. 47)", operation_id="offer_hearing", responses=moved(Moved))
def offer_hearing(path: CasePath, header: Moving, body: shapes.OfferingHearing) -> Response:
    """The applicant has five working days to ask for a hearing, on a clock of its own."""
    return on_case(path, header, timekeeping.offer_hearing, document=body.document)


@api.post("/hearings/request", summary="申请听证 (行政许可法 art. 47)", operation_id="request_hearing", responses=moved(Moved))
def request_hearing(path: CasePath, header: Moving, body: shapes.RequestingHearing) -> Response:
    """In time, it gives the office twenty working days to hold the hearing. The days of the hearing are not counted once the
    case is suspended on the ground `hearing` (art. 45)."""
    return on_case(path, header, timekeeping.request_hearing, applicant=body.applicant)


@api.post("/hearings/schedule", summary="确定听证日期 (行政许可法 art. 48)", operation_id="schedule_hearing",
          responses=moved(Moved))
def schedule_hearing(path: CasePath, header: Moving, body: shapes.SchedulingHearing) -> Response:
    """The day is told at least seven days ahead, with a chair who has not handled the case."""
    return on_case(path, header, timekeeping.schedule_hearing, held_on=body.held_on, chair=body.chair, document=body.document)


@api.post("/clocks/<token>/start", summary="Start a clock whose number was missing", operation_id="start_clock",
          responses=moved(Moved))
def start_clock(path: shapes.ClockPath, header: Moving) -> Response:
    """Of a drawn limit whose number only the project's agreement gives (承诺清单), once the commitment is entered. It counts
    from now: nobody can be late for what nobody had promised."""
    expect_nothing()
    return on_case(path, header, timekeeping.start_clock, token=path.token)
