"""文书核验: is a document real? Open to everybody, and told as little as answers that: its kind, its day, yes or no.

The code printed on a document leads here. Whoever tries numbers without the digest learns nothing: a wrong digest and a number
that was never given look the same. """

from __future__ import annotations

from flask import Blueprint, render_template, request

from services import issuing
from services.database import reading as read
from services.issuing import Checked
from services.web.door import door

pages = Blueprint("document_check", __name__, url_prefix="/documents/check")

WORDS = {
    "title": "文书核验", "number": "文书编号", "digest": "校验值（前16位或全部）", "check": "核验", "kind": "文书种类",
    "day": "出具日期",
    "valid": "核验通过：本文书由本系统出具，内容校验值一致。",
    "invalid": "核验未通过：没有这份文书，或者校验值不一致。请核对文书编号和校验值；如有疑问，请向出具机关查询。",
    "hint": "文书编号和校验值印在每页下方，也可以扫描二维码直接核验。",
}
_LONGEST = 200


@pages.get("/")
def ask() -> str:
    """Number and digest, typed in."""
    number, shown = (request.args.get(name, "").strip()[:_LONGEST] for name in ("number", "h"))
    return _answered(number, shown) if number or shown else _shown("", "", None)


@pages.get("/<path:number>")
def check(number: str) -> str:
    """The address in the code of a document."""
    return _answered(number[:_LONGEST], request.args.get("h", "").strip()[:_LONGEST])


def _answered(number: str, shown: str) -> str:
    with read(door().database) as connection:
        return _shown(number, shown, issuing.check(connection, number, shown))


def _shown(number: str, shown: str, checked: Checked | None) -> str:
    return render_template("document_check.html", words=WORDS, number=number, shown=shown, checked=checked)
