"""`jiban webhooks`: whom facts are told, what of, with which secrets; what waits, what is dead, what was sent and answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import Connection

from services.administering import Instruction
from services.commands import terminal
from services.commands import webhook_lines as lines
from services.commands.opened import opened
from services.database import connect
from services.deliveries import dead_letters, endpoints, health, probing, subscriptions
from services.deliveries.endpoints import CONCURRENCY, NewEndpoint
from services.deliveries.subscriptions import KINDS, NewSubscription
from services.office import open_office
from services.settings import from_environment
from services.store import deliveries as store
from services.wire import wire_of
from webhooks.schedule import schedule as printed

by_option = click.option("--by", default="command line", show_default=True, metavar="ACCOUNT", help="Who does it, by account.")
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)


@click.group(name="webhooks")
def command() -> None:
    """Tell other systems what happens to cases: signed, at least once, in the order of each case.

    Nothing is posted to an address that JIBAN_WEBHOOK_ALLOW does not name.

    \b
    Example:
      jiban webhooks enter 市平台 https://hooks.example.gov.cn/jiban --by 张敏
      jiban webhooks subscribe 1 --kind CaseAccepted --kind DecisionMade --by 张敏
      jiban webhooks test 1 --by 张敏
    """


@command.command(name="list")
@terminal.as_json
def list_(as_json: bool) -> None:
    """List the endpoints, with their backlog and their breaker.

    \b
    Example:
      jiban webhooks list
    """
    now = datetime.now(UTC)
    with opened() as connection:
        found = health.healths(connection, now, with_retired=True)
    if as_json:
        terminal.print_json({"endpoints": [lines.endpoint_object(each) for each in found]})
        return
    for each in found:
        for line in lines.endpoint_lines(each):
            click.echo(terminal.safe(line))


@command.command()
@click.argument("name")
@click.argument("url")
@click.option("--concurrency", default=CONCURRENCY, show_default=True, metavar="N", help="Cases it is told of at once.")
@by_option
@terminal.as_json
def enter(name: str, url: str, concurrency: int, by: str, as_json: bool) -> None:
    """Enter an endpoint at URL; its secret is shown once.

    \b
    Example:
      jiban webhooks enter 市平台 https://hooks.example.gov.cn/jiban --by 张敏
    """
    guard, new = from_environment().guard, NewEndpoint(name=name, url=url, concurrency=concurrency)
    with opened(writes=True) as connection:
        row, secret = endpoints.enter(connection, guard, told(by), new)
    _show_secret(row.id, secret, as_json)


@command.command()
@click.argument("endpoint", type=int)
@click.option("--name", metavar="TEXT", help="Another name.")
@click.option("--url", metavar="URL", help="Another address; what waits goes there.")
@click.option("--concurrency", type=int, metavar="N", help="Cases it is told of at once.")
@by_option
@terminal.as_json
def change(endpoint: int, name: str | None, url: str | None, concurrency: int | None, by: str, as_json: bool) -> None:
    """Give an ENDPOINT another name, address or concurrency.

    \b
    Example:
      jiban webhooks change 1 --url https://new.example.gov.cn/jiban --by 张敏
    """
    guard = from_environment().guard
    with opened(writes=True) as connection:
        row = endpoints.found(connection, endpoint)
        endpoints.change(connection, guard, told(by), endpoint, NewEndpoint(
            name=name or row.name, url=url or row.url, concurrency=concurrency or row.concurrency))
    _show(endpoint, as_json)


@command.command()
@click.argument("endpoint", type=int)
@click.option("--overlap-hours", default=24, show_default=True, metavar="N", help="So long the secret before signs on.")
@by_option
@terminal.as_json
def rotate(endpoint: int, overlap_hours: int, by: str, as_json: bool) -> None:
    """Make a new secret for an ENDPOINT, shown once; meanwhile both sign.

    \b
    Example:
      jiban webhooks rotate 1 --overlap-hours 48 --by 张敏
    """
    with opened(writes=True) as connection:
        _, secret = endpoints.rotate(connection, told(by), endpoint, overlap=timedelta(hours=overlap_hours))
    _show_secret(endpoint, secret, as_json)


@command.command()
@click.argument("endpoint", type=int)
@by_option
@terminal.as_json
def pause(endpoint: int, by: str, as_json: bool) -> None:
    """Post nothing to an ENDPOINT for now; what happens waits.

    \b
    Example:
      jiban webhooks pause 1 --by 张敏
    """
    _do(lambda connection: endpoints.pause(connection, told(by), endpoint), endpoint, as_json)


@command.command()
@click.argument("endpoint", type=int)
@by_option
@terminal.as_json
def resume(endpoint: int, by: str, as_json: bool) -> None:
    """Post to an ENDPOINT again; its breaker is closed.

    \b
    Example:
      jiban webhooks resume 1 --by 张敏
    """
    _do(lambda connection: endpoints.resume(connection, told(by), endpoint), endpoint, as_json)


@command.command()
@click.argument("endpoint", type=int)
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with all that it was not told.")
@by_option
@terminal.as_json
def retire(endpoint: int, reason: str, by: str, as_json: bool) -> None:
    """Tell an ENDPOINT nothing any more, for good; what waits for it is dismissed.

    \b
    Example:
      jiban webhooks retire 1 --reason 系统下线 --by 张敏
    """
    _do(lambda connection: endpoints.retire(connection, told(by), endpoint, reason=reason), endpoint, as_json)


@command.command()
@click.argument("endpoint", type=int)
@by_option
@terminal.as_json
def test(endpoint: int, by: str, as_json: bool) -> None:
    """Post a test to an ENDPOINT now and show what it answers.

    \b
    Example:
      jiban webhooks test 1 --by 张敏
    """
    settings = from_environment()
    wire, database = wire_of(settings), connect(settings.database)
    try:
        _do_quietly(lambda connection: endpoints.ask_test(connection, told(by), endpoint))
        probing.run(database, wire, clock=lambda: datetime.now(UTC))
    finally:
        database.dispose()
    _show_log(endpoint, 1, as_json)


@command.command()
@click.argument("endpoint", type=int)
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="A kind of fact, several times.  [default: every kind]")
@click.option("--matter", default="", metavar="MATTER", help="Only cases of this matter, by code, process or name.")
@click.option("--park", default="", metavar="PARK", help="Only cases in this park.")
@click.option("--supervisor", default="", metavar="DEPARTMENT", help=(
    "Only what is pushed to this supervising department (双推送); nothing of it is archived before the endpoint has taken it."))
@click.option("--personal", "basis", default="", metavar="BASIS", help=(
    "Send personal data unmasked, on the basis of this document."))
@by_option
@terminal.as_json
def subscribe(
    endpoint: int, kinds: Sequence[str], matter: str, park: str, supervisor: str, basis: str, by: str, as_json: bool,
) -> None:
    """Tell an ENDPOINT what happens from now on. `jiban webhooks kinds` lists the kinds.

    \b
    Example:
      jiban webhooks subscribe 1 --kind CaseAccepted --park 湘阴高新区 --by 张敏
      jiban webhooks subscribe 2 --supervisor 市城管局 --by 张敏
    """
    new = NewSubscription(endpoint=endpoint, kinds=tuple(kinds), matter=matter, park=park, supervisor=supervisor,
                          is_personal=bool(basis), basis=basis)
    office = open_office(from_environment())
    with opened(writes=True) as connection:
        office.refresh(connection)
        row = subscriptions.subscribe(connection, office, told(by), new)
    terminal.print_json(lines.subscription_object(row)) if as_json else click.echo(terminal.safe(lines.subscription_line(row)))


@command.command()
@click.argument("subscription", type=int)
@by_option
@terminal.as_json
def unsubscribe(subscription: int, by: str, as_json: bool) -> None:
    """End a SUBSCRIPTION; what was handed over by it is still posted.

    \b
    Example:
      jiban webhooks unsubscribe 3 --by 张敏
    """
    with opened(writes=True) as connection:
        row = subscriptions.end(connection, told(by), subscription)
    terminal.print_json(lines.subscription_object(row)) if as_json else click.echo(terminal.safe(lines.subscription_line(row)))


@command.command()
@terminal.as_json
def kinds(as_json: bool) -> None:
    """List the kinds of facts that are told outside.

    \b
    Example:
      jiban webhooks kinds
    """
    terminal.print_json({"kinds": list(KINDS)}) if as_json else click.echo("\n".join(KINDS))


@command.command()
@terminal.as_json
def schedule(as_json: bool) -> None:
    """Print when a post that failed is tried again.

    \b
    Example:
      jiban webhooks schedule
    """
    pauses = printed()
    if as_json:
        terminal.print_json({"pauses": [lines.pause_object(each) for each in pauses]})
        return
    for each in pauses:
        click.echo(lines.pause_line(each))


@command.command()
@click.option("--endpoint", type=int, metavar="N", help="Only those of this endpoint.")
@click.option("--state", type=click.Choice(["waiting", "delivered", "dead", "dismissed"]), help="Only those that stand so.")
@click.option("--case", "number", metavar="NUMBER", help="Only those of this case.")
@click.option("--most", default=50, show_default=True, metavar="N", help="How many.")
@terminal.as_json
def deliveries(endpoint: int | None, state: str | None, number: str | None, most: int, as_json: bool) -> None:
    """List deliveries, those of the latest cases first.

    \b
    Example:
      jiban webhooks deliveries --state dead
    """
    with opened() as connection:
        found = store.page(connection, endpoint=endpoint, state=state, number=number, before=None, most=most)
    if as_json:
        terminal.print_json({"deliveries": [lines.delivery_object(each) for each in found]})
        return
    for each in found:
        click.echo(terminal.safe(lines.delivery_line(each)))


@command.command()
@click.argument("endpoint", type=int)
@click.option("--most", default=20, show_default=True, metavar="N", help="How many.")
@terminal.as_json
def log(endpoint: int, most: int, as_json: bool) -> None:
    """Show what was sent to an ENDPOINT and answered, the latest first.

    \b
    Example:
      jiban webhooks log 1
    """
    _show_log(endpoint, most, as_json)


@command.command()
@click.argument("delivery", required=False)
@click.option("--endpoint", type=int, metavar="N", help="Every dead one of this endpoint.")
@by_option
@terminal.as_json
def redrive(delivery: str | None, endpoint: int | None, by: str, as_json: bool) -> None:
    """Try a dead DELIVERY again, under the same id, or every dead one of an endpoint.

    \b
    Example:
      jiban webhooks redrive --endpoint 1 --by 张敏
    """
    if (delivery is None) is (endpoint is None):
        raise click.UsageError("name one delivery, or an endpoint with --endpoint")
    with opened(writes=True) as connection:
        if delivery is not None:
            dead_letters.redrive(connection, told(by), delivery)
        count = 1 if delivery is not None else dead_letters.redrive_all(connection, told(by), endpoint or 0)
    terminal.print_json({"redriven": count}) if as_json else click.echo(f"redriven {count}")


@command.command()
@click.argument("delivery")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is given up.")
@by_option
@terminal.as_json
def dismiss(delivery: str, reason: str, by: str, as_json: bool) -> None:
    """Give up a dead DELIVERY, so that the later ones of its case go on.

    \b
    Example:
      jiban webhooks dismiss evt_… --reason 对方已人工补录 --by 张敏
    """
    with opened(writes=True) as connection:
        shown = dead_letters.dismiss(connection, told(by), delivery, reason=reason)
    terminal.print_json(lines.delivery_object(shown)) if as_json else click.echo(terminal.safe(lines.delivery_line(shown)))


def told(by: str) -> Instruction:
    """Who does it, now."""
    return Instruction(by=by, now=datetime.now(UTC))


def _do(act: Callable[[Connection], object], endpoint: int, as_json: bool) -> None:
    _do_quietly(act)
    _show(endpoint, as_json)


def _do_quietly(act: Callable[[Connection], object]) -> None:
    with opened(writes=True) as connection:
        act(connection)


def _show(endpoint: int, as_json: bool) -> None:
    with opened() as connection:
        found = health.health(connection, endpoint, datetime.now(UTC))
    if as_json:
        terminal.print_json(lines.endpoint_object(found))
        return
    for line in lines.endpoint_lines(found):
        click.echo(terminal.safe(line))


def _show_secret(endpoint: int, secret: str, as_json: bool) -> None:
    if as_json:
        terminal.print_json({"endpoint": endpoint, "secret": secret})
        return
    click.echo(f"endpoint {endpoint}")
    click.echo(secret)
    click.echo("This secret is shown once; give it to the receiver by a way that can be trusted.", err=True)


def _show_log(endpoint: int, most: int, as_json: bool) -> None:
    with opened() as connection:
        endpoints.found(connection, endpoint)
        found = store.latest_attempts(connection, endpoint, before=_LATEST, most=most)
    if as_json:
        terminal.print_json({"attempts": [lines.attempt_object(each) for each in found]})
        return
    for each in found:
        click.echo(terminal.safe(lines.attempt_line(each)))
