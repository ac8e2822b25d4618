"""What an applicant does to his case, or his agent for him: each act a page that says what it does, and the use case behind it.

What is refused is said in his words, at the field or above the form, and what he typed stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AlreadyDecided, InvalidInput, Refusal
from engine.ratings import BAD, LEVELS, REASONS
from services import accepting, cases, closing, errands, files, ratings, timekeeping, uploads
from services.acting import Command, Stepped
from services.cases import Completion
from services.database import reading as read
from services.database import writing as write
from services.progress import Own, Progress
from services.settings import files_of
from services.store import reading
from services.web import proof
from services.web.api.uploads import sent
from services.web.door import door, now
from services.web.frame import text
from services.web.pages.progress import done_here, pages, seen_here, shown
from services.web.progress_refusals import fault_of
from services.web.proof import Party

Shown = Response | str | tuple[str, int]
_MOST_REASON = 500


@pages.get("/<number>/tasks")
def tasks(number: str) -> Shown:
    """补正: what is wanted, file by file, and handing it in."""
    return _page(number, "progress_tasks.html", lambda case: bool(case.tasks))


@pages.post("/<number>/tasks")
def complete(number: str) -> Shown:
    """Submit a task of the applicant's, with the files that came for it."""
    def act(case: Progress, party: Party) -> Callable[[], Stepped]:
        own = next((each for each in case.tasks if str(each.token) == request.form.get("token")), None)
        if own is None:
            raise AlreadyDecided(number, "it is over")
        if not case.uploads and request.form.get("without_files") != "yes":
            raise InvalidInput("without_files", "nothing was uploaded")
        completion = Completion(task=own.id, outcome=_outcome(own), by=party.by, data=_task_data(case))
        return lambda: _written(lambda connection: cases.complete_task(connection, door().office, completion, now=now()))

    return _done(number, "progress_tasks.html", act, "submitted")


@pages.get("/<number>/supply")
def supply(number: str) -> Shown:
    """补齐: the materials that are still missing."""
    return _page(number, "progress_supply.html", lambda case: bool(case.missing))


@pages.post("/<number>/supply")
def supplied(number: str) -> Shown:
    """Some of the missing materials have been uploaded."""
    def act(case: Progress, party: Party) -> Callable[[], Stepped]:
        there = {each.material for each in case.uploads}
        names = [name for name in request.form.getlist("materials") if name in there]
        if not names:
            raise InvalidInput("materials", "choose at least one")
        return _given(number, party, accepting.supply, materials=names)

    return _done(number, "progress_supply.html", act, "supplied")


@pages.get("/<number>/declaration")
def declaration(number: str) -> Shown:
    """签署告知承诺: the text whole."""
    return _page(number, "progress_declaration.html", lambda case: case.declaration is not None)


@pages.post("/<number>/declaration")
def sign(number: str) -> Shown:
    """Sign it: by name, and agreed to."""
    def act(case: Progress, party: Party) -> Callable[[], Stepped]:
        if request.form.get("agreed") != "yes":
            raise InvalidInput("agreed", "not agreed to")
        return _given(number, party, accepting.sign_declaration, signer=request.form.get("signer", ""),
                      digest=request.form.get("digest", ""))

    return _done(number, "progress_declaration.html", act, "signed")


@pages.get("/<number>/withdrawal")
def withdrawal(number: str) -> Shown:
    """撤件: what it does."""
    return _page(number, "progress_withdrawal.html", lambda case: "withdraw" in case.offers)


@pages.post("/<number>/withdrawal")
def withdraw(number: str) -> Shown:
    """Withdraw, confirmed."""
    def act(case: Progress, party: Party) -> Callable[[], Stepped]:
        if request.form.get("confirmed") != "yes":
            raise InvalidInput("confirmed", "not confirmed")
        reason = request.form.get("reason", "").strip() or text("申请人撤件")
        if len(reason) > _MOST_REASON:
            raise InvalidInput("reason", "too long")
        return _given(number, party, cases.withdraw, reason=reason)

    return _done(number, "progress_withdrawal.html", act, "withdrawn")


@pages.get("/<number>/hand-over")
def hand_over(number: str) -> Shown:
    """领取方式: at the window, or by post."""
    return _page(number, "progress_hand_over.html", lambda case: "choose_hand_over" in case.offers)


@pages.post("/<number>/hand-over")
def choose_hand_over(number: str) -> Shown:
    """Choose it."""
    def act(case: Progress, party: Party) -> Callable[[], Stepped]:
        return _given(number, party, closing.choose_hand_over, **{
            name: request.form.get(name, "") for name in ("way", "recipient", "phone", "address")})

    return _done(number, "progress_hand_over.html", act, "hand_over")


@pages.get("/<number>/hearing")
def hearing(number: str) -> Shown:
    """听证: within five working days of being told of the right."""
    return _page(number, "progress_hearing.html", lambda case: "request_hearing" in case.offers)


@pages.post("/<number>/hearing")
def request_hearing(number: str) -> Shown:
    """Ask for it."""
    def act(case: Progress, party: Party) -> Callable[[], Stepped]:
        name = request.form.get("applicant", "").strip()
        if not name or len(name) > 100 or not name.isprintable():
            raise InvalidInput("applicant", "no name")
        return _given(number, party, timekeeping.request_hearing, applicant=name)

    return _done(number, "progress_hearing.html", act, "hearing")


@pages.get("/<number>/rating")
def rating(number: str) -> Shown:
    """好差评: five levels, once."""
    return _page(number, "progress_rating.html", lambda case: "rate" in case.offers or case.rated is not None)


@pages.post("/<number>/rating")
def rate(number: str) -> Shown:
    """Rate; a tablet at the counter shows no more after that."""
    def act(case: Progress, party: Party) -> Callable[[], Stepped]:
        level = request.form.get("level", "")
        if level not in map(str, LEVELS):
            raise InvalidInput("level", "no level")
        channel = "window" if party.purpose == proof.RATING else "web"
        return _given(number, party, ratings.rate, level=int(level), reasons=request.form.getlist("reasons"),
                      text=request.form.get("text", ""), channel=channel)

    return _done(number, "progress_rating.html", act, "rated", back="progress.rating", may=(proof.WHOLE, proof.RATING))


@pages.post("/<number>/uploads")
def attach(number: str) -> Shown:
    """Upload one file for one material, and come back to the page it is wanted on."""
    template = _TEMPLATES.get(request.form.get("back", ""), "progress_tasks.html")

    def act(case: Progress, party: Party) -> Callable[[], None]:
        sent, material = request.files.get("file"), request.form.get("material", "")
        if sent is None or not sent.filename:
            raise InvalidInput("file", "none chosen")
        folder = files_of(door().settings)
        kept = files.keep(folder, sent.stream, sent.filename)
        return lambda: _written(lambda connection: uploads.enter(
            connection, folder, number, material, kept, party.by, now(), for_applicant=party.is_agent))

    return _done(number, template, act, "attached", back=f"progress.{_BACK[template]}")


@pages.post("/<number>/uploads/<int:id>/remove")
def remove(number: str, id: int) -> Shown:
    """Take back a file uploaded by mistake."""
    template = _TEMPLATES.get(request.form.get("back", ""), "progress_tasks.html")

    def act(case: Progress, party: Party) -> Callable[[], None]:
        return lambda: _written(lambda connection: uploads.remove(
            connection, number, id, party.by, now(), for_applicant=party.is_agent))

    return _done(number, template, act, "removed", back=f"progress.{_BACK[template]}")


@pages.get("/<number>/uploads/<int:id>")
def download(number: str, id: int) -> Shown:
    """A file of the case, to be saved: never opened in this place's name."""
    seen = seen_here(number)
    if isinstance(seen, Response):
        return seen
    with read(door().database) as connection:
        row = reading.peek_case(connection, number)
        assert row is not None
        file = uploads.found(connection, row.id, id)
    return sent(file)


_TEMPLATES: Mapping[str, str] = {"tasks": "progress_tasks.html", "supply": "progress_supply.html"}
_BACK: Mapping[str, str] = {template: name for name, template in _TEMPLATES.items()}
"""Where a file is wanted."""


def _page(number: str, template: str, is_open: Callable[[Progress], bool]) -> Shown:
    """A page of a case, for whom the case is and while there is something to do on it."""
    seen = seen_here(number)
    if isinstance(seen, Response):
        return seen
    found, party = seen
    if not is_open(found) or (party.purpose == proof.RATING and template != "progress_rating.html"):
        return redirect(url_for("progress.show", number=number), 303)
    return _rendered(template, found, party, {}, None)


def _done(
    number: str, template: str, act: Callable[[Progress, Party], Callable[[], object]], done: str, *,
    back: str = "progress.show", may: tuple[str, ...] = (proof.WHOLE,),
) -> Shown:
    """Do an act and show the case; when it is refused, its page again with what was typed."""
    seen = seen_here(number)
    if isinstance(seen, Response):
        return seen
    found, party = seen
    if party.purpose not in may:
        return redirect(url_for("progress.show", number=number), 303)
    try:
        act(found, party)()
    except Refusal as refusal:
        status = 422 if isinstance(refusal, InvalidInput) else 409
        return _rendered(template, found, party, request.form.to_dict(), fault_of(request.endpoint or "", refusal)), status
    return redirect(url_for(back, number=number, done=done), 303)


def _rendered(
    template: str, found: Progress, party: Party, typed: Mapping[str, str], fault: tuple[str, str] | None,
) -> str:
    return render_template(template, typed=typed, fault=fault, levels=LEVELS, bad=BAD, reasons=REASONS,
                           chosen=request.form.getlist("reasons"), largest=door().settings.file_megabytes,
                           done=None if fault else done_here(), **shown(found, party))


def _given(number: str, party: Party, use_case: Callable[..., Stepped], **said: Any) -> Callable[[], Stepped]:
    command = Command(number=number, by=party.by, now=now())
    return lambda: _written(lambda connection: use_case(connection, door().office, command, **said))


def _written(write_it: Callable[..., Any]) -> Any:
    """In a transaction of its own; what the case asks of others is done right after."""
    with write(door().database) as connection:
        stepped = write_it(connection)
    if isinstance(stepped, Stepped) and stepped.asks:
        errands.run_now(door().database, door().office, now=now())
    return stepped


def _outcome(own: Own) -> str | None:
    """The only outcome, or the one that was chosen."""
    if len(own.outcomes) == 1:
        return own.outcomes[0][0]
    return request.form.get("outcome") if own.outcomes else None


def _task_data(case: Progress) -> dict[str, object]:
    """What was handed in, by the names of the materials and files; and what he adds."""
    documents = [f"{each.material}：{each.name}"[:200] for each in case.uploads][-50:]
    remarks = request.form.get("remarks", "").strip()
    if len(remarks) > 2000:
        raise InvalidInput("remarks", "too long")
    return {"documents": documents, **({"remarks": remarks} if remarks else {})}
