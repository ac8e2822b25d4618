"""`jiban documents`: the official documents 文书 of a case."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from engine.case import local_day
from services import issuing
from services.commands import terminal
from services.commands.opened import opened
from services.documents.kinds import SORTS, DocumentKind
from services.issuing import IssuedDocument
from services.office import open_office
from services.settings import from_environment

_KINDS = click.Choice([kind.value for kind in DocumentKind])


@click.group(name="documents")
def command() -> None:
    """The official documents of a case: receipt, acceptance, correction, decision …

    \b
    Example:
      jiban documents issue 43060020260304000001 acceptance --by 王
      1  受理通知书  岳园受〔2026〕00001号  2026-03-04
    """


@command.command(name="kinds")
@terminal.as_json
def kinds(as_json: bool) -> None:
    """List the kinds of documents.

    \b
    Example:
      jiban documents kinds
    """
    if as_json:
        terminal.print_json({"kinds": [{"kind": kind.value, "title": sort.title, "sign": sort.sign}
                                       for kind, sort in SORTS.items()]})
        return
    for kind, sort in SORTS.items():
        click.echo(f"{terminal.padded(kind.value, 24)}{sort.title}")


@command.command(name="list")
@click.argument("case")
@terminal.as_json
def list_(case: str, as_json: bool) -> None:
    """List the documents of CASE.

    \b
    Example:
      jiban documents list 43060020260304000001
    """
    with opened() as connection:
        found = issuing.list_documents(connection, case)
    if as_json:
        terminal.print_json({"documents": [_as_object(each) for each in found]})
        return
    for each in found:
        click.echo(_line(each))


@command.command(name="issue")
@click.argument("case")
@click.argument("kind", type=_KINDS)
@click.option("--seq", type=click.IntRange(1), help="The number of the fact it is about, where several will do.")
@click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who does it, for the record.")
@terminal.as_json
def issue(case: str, kind: str, seq: int | None, by: str, as_json: bool) -> None:
    """Issue a document of KIND about CASE; the one about the same fact if it was issued before.

    \b
    Example:
      jiban documents issue 43060020260304000001 correction
    """
    office = open_office(from_environment())
    with opened(writes=True) as connection:
        issued = issuing.issue(connection, office, case, DocumentKind(kind), by=by, now=datetime.now(UTC), seq=seq)
    terminal.print_json(_as_object(issued)) if as_json else click.echo(_line(issued))


@command.command(name="print")
@click.argument("number")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
@terminal.as_json
def print_(number: str, file: str, as_json: bool) -> None:
    """Print the document of NUMBER into FILE, as PDF.

    \b
    Example:
      jiban documents print 岳园受〔2026〕00001号 受理通知书.pdf
    """
    office = open_office(from_environment())
    with opened() as connection:
        pdf = issuing.reprint(connection, office, number)
    Path(file).write_bytes(pdf)
    if as_json:
        terminal.print_json({"number": number, "file": file, "bytes": len(pdf)})


def _as_object(issued: IssuedDocument) -> dict[str, object]:
    return {"case": issued.case, "place": issued.place, "kind": issued.kind.value, "title": issued.title,
            "number": issued.number, "issued_at": issued.issued_at.isoformat(), "by": issued.by, "seq": issued.seq,
            "digest": issued.digest, "seal": issued.sealed.seal if issued.sealed else None}


def _line(issued: IssuedDocument) -> str:
    sealed = f"  已用印 {issued.sealed.seal}" if issued.sealed else ""
    return terminal.safe(f"{issued.place}  {issued.title}  {issued.number}  {local_day(issued.issued_at)}{sealed}")
