"""The command line: `jiban COMMAND`. One door for people in a terminal and for programs that read its JSON.

Decides how a command is found and how it fails: whatever goes wrong becomes one sentence on standard error and an exit
status, never a traceback. 0: done. 1: done, and something was refused or is off, or it could not be done. 2: the command
was not understood. 70: a fault of ours. 130: interrupted. A command's module is imported only when it is called, and with the
collector of garbage at rest: what a program loads is kept for good, and going through it over and over is a fifth of a start.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

import click

from engine.errors import JibanError
from services.commands import terminal

COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo", "play nine cases across a Spring Festival and print their timelines"),
    "deadline": ("deadline", "answer worked deadlines from a file of rows"),
    "check": ("check", "say whether diagrams can be deployed, and why not"),
    "try": ("attempt", "run diagrams in memory: where they wait, how they end"),
    "migrate": ("migrate", "bring the database to the tables of this release"),
    "deploy": ("deploy", "deploy diagrams, by default those of the shelf"),
    "serve": ("serve", "serve the API and the pages, and fire what is due"),
    "work": ("work", "fire what is due, once or in a loop"),
    "backup": ("backup", "write the whole installation to one file, while it works"),
    "restore": ("restore", "make an installation of a backup, in an empty database"),
    "cluster": ("cluster", "several nodes on this machine, for trying a cluster"),
    "verify": ("verify", "check a database from outside"),
    "clocks": ("clocks", "list what is overdue or will be soon; show the lamp board"),
    "digest": ("digest", "show a supervisor what is overdue, due next, and new since the last digest"),
    "connectors": ("connectors", "say which systems are asked over HTTP for what service tasks wait for"),
    "incidents": ("incidents", "list what is held up over all cases; have it tried again"),
    "bundle": ("bundle", "show the cases of one application; try again between two of them"),
    "explain": ("explain", "explain a deadline day by day"),
    "stats": ("stats", "show the figures of a month"),
    "calendar": ("calendar", "show, check and change the calendar of working days"),
    "limits": ("rulings", "say whose limit counts; enter an office's own and a project's"),
    "policies": ("policies", "say when lamps warn, cards are issued, and who is told"),
    "empowerment": ("empowerment", "keep the empowerment list: whose a case is in which park"),
    "init": ("init", "enter the first administrator, who signs in to the pages"),
    "accounts": ("accounts", "say who may sign in; set passwords, bar and let in, issue tokens"),
    "people": ("people", "keep the people of the office, their roles, who is away, mandates"),
    "contacts": ("contacts", "keep the contact book of those who are told"),
    "catalogue": ("catalogue", "keep the catalogue of matters, parks, departments and systems"),
    "systems": ("systems", "keep the register of connected systems, and have what is missing mended"),
    "lists": ("decision_lists", "keep the decision lists that pick a branch"),
    "cases": ("cases", "bring in cases in progress from another system"),
    "projects": ("projects", "keep the file of a project; open the cases of its plan"),
    "assessments": ("assessments", "keep the register of regional assessments; ask it about a project"),
    "permits": ("permits", "look at the register of granted permits; meet and extend conditions"),
    "documents": ("documents", "issue, list and print the official documents of a case"),
    "undertakings": ("undertakings", "keep the templates of undertakings that applicants sign"),
    "credit": ("credit", "keep the credit register, whose records bar from declarations"),
    "webhooks": ("webhooks", "tell other systems what happens; see what waits, what is dead, what was answered"),
    "platforms": ("platforms", "keep the secrets of upstream platforms; give what they tell to its case"),
    "bench": ("bench", "measure what a step costs"),
}
"""Each command: its module in services.commands, and what it does in one line."""

FAULT = 70
INTERRUPTED = 130


class _Commands(click.Group):
    """The commands of the table above, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found = import_module(f"services.commands.{COMMANDS[cmd_name][0]}").command
        assert isinstance(found, click.Command)
        if not gc.isenabled():  # `main` has put it to rest; whoever calls `run` in a program of his own has not
            gc.freeze()
            gc.enable()
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jiban", message="jiban %(version)s")
def jiban() -> None:
    """Jiban 即办: government approval pipelines, their clocks and their escalations.

    Settings come from the environment: JIBAN_DATABASE, JIBAN_TOKEN, JIBAN_SHELF, JIBAN_HOST, JIBAN_PORT, JIBAN_TICK_SECONDS,
    JIBAN_RUNNING_MONTHS, JIBAN_IDLE_MINUTES, JIBAN_VISIT_HOURS, JIBAN_PROXY, JIBAN_ADDRESS, JIBAN_DOCUMENT_NUMBER,
    JIBAN_FONTS; with JIBAN_OIDC_ISSUER, JIBAN_OIDC_CLIENT, JIBAN_OIDC_SECRET people sign in by unified authentication
    统一身份认证 too (the README says how). `jiban COMMAND --help` explains a command with an example.
    """


def main() -> NoReturn:
    """The entry point of the program `jiban`."""
    gc.disable()  # until the command is loaded
    signal.signal(signal.SIGTERM, _terminated)
    terminal.prepare()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command. Returns its exit status; what went wrong is said on standard error in one sentence."""
    try:
        status = jiban.main(list(arguments), prog_name="jiban", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        click.echo(help_wanted.ctx.get_help() if help_wanted.ctx else "", err=True)
        return help_wanted.exit_code
    except click.ClickException as wrong:
        terminal.complain(_usage(wrong))
        return wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        terminal.complain("interrupted; what was begun is wholly done or wholly not")
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return 1
    except JibanError as refusal:
        terminal.complain(str(refusal))
        return 1
    except OSError as error:
        return _operating_system(error)
    except Exception as fault:  # noqa: BLE001 - the door of the program: a person gets a sentence, never a traceback
        return _fault(fault)
    return status if isinstance(status, int) else 0


def _usage(wrong: click.ClickException) -> str:
    """What was wrong with the command as typed, with where to read on."""
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "jiban"
    return f"{wrong.format_message().rstrip('.')}; `{path} --help` explains the command"


def _operating_system(error: OSError) -> int:
    with suppress(OSError):
        terminal.complain(f"{error.filename or 'standard output'}: {error.strerror or error}")
    _forget_output()
    return 1


def _fault(fault: Exception) -> int:
    if os.environ.get("JIBAN_DEBUG"):
        raise fault
    terminal.complain(f"internal error, a fault of ours: {type(fault).__name__}: {fault}; set JIBAN_DEBUG=1 to see where")
    return FAULT


def _forget_output() -> None:
    """Nobody reads standard output any more: what is left in it must not fail again when the program ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminated(number: int, frame: object) -> NoReturn:
    """SIGTERM ends the program as an exception, so that temporary databases and child processes are cleared away."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
