"""The API of what applicants do: sign a declaration, choose the hand-over, rate; and of the answer to a bad rating.

Whoever calls on behalf of an applicant himself names the actor 申请人. """

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import accepting, closing, query_codes, ratings
from services.database import reading as read
from services.web.auth import API
from services.web.describe import SECURITY, answered, moved
from services.web.door import door
from services.web.once import on_case, on_task
from services.web.seeing import case_here
from services.web.sent import as_json
from services.web.shapes import service as shapes
from services.web.shapes.cases import CasePath, Moved, Moving, TaskPath

api = APIBlueprint("service", __name__, url_prefix=API, abp_tags=[Tag(name="service", description="申请人、好差评")],
                   abp_security=SECURITY)


@api.get("/cases/<number>/query-code", summary="查询码: as the receipt prints it", operation_id="query_code",
         responses=answered(shapes.QueryCode, 404))
def query_code(path: CasePath) -> Response:
    """For whoever prints the receipt 收件凭证, again and again: it is always the same."""
    with read(door().database) as connection:
        code = query_codes.code_of(connection, case_here(connection, path.number).number)
    return as_json(shapes.QueryCode(code=code))


@api.post("/cases/<number>/declaration/sign", summary="签署告知承诺: before acceptance", operation_id="sign_declaration",
          responses=moved(Moved))
def sign_declaration(path: CasePath, header: Moving, body: shapes.SigningDeclaration) -> Response:
    """By the applicant, or an agent whose mandate says so; the text is kept as it is in force (国办发〔2020〕42号)."""
    return on_case(path, header, accepting.sign_declaration, signer=body.signer, digest=body.digest)


@api.post("/cases/<number>/hand-over-choice", summary="选择领取方式: at the window, or by post",
          operation_id="choose_hand_over", responses=moved(Moved))
def choose_hand_over(path: CasePath, header: Moving, body: shapes.ChoosingHandOver) -> Response:
    """Until the result is handed over; the last choice counts."""
    return on_case(path, header, closing.choose_hand_over, way=body.way, recipient=body.recipient, phone=body.phone,
                   address=body.address)


@api.post("/cases/<number>/rating", summary="好差评: once a case", operation_id="rate", responses=moved(Moved))
def rate(path: CasePath, header: Moving, body: shapes.Rating) -> Response:
    """By the applicant himself; a bad one opens a task of the department administrator with a clock (国办发〔2019〕51号)."""
    return on_case(path, header, ratings.rate, level=body.level, reasons=body.reasons, text=body.text, channel=body.channel)


@api.post("/tasks/<id>/answer-rating", summary="差评整改答复", operation_id="answer_rating", responses=moved(Moved))
def answer_rating(path: TaskPath, header: Moving, body: shapes.AnsweringRating) -> Response:
    """By whoever administers the department; the applicant reads it."""
    return on_task(path, header, ratings.answer_rating, text=body.text)
