"""What a command shows: an object a line for programs, sentences for people, one changing line while it works.

Answers go to standard output, everything else to standard error. Text is UTF-8 whatever the locale says; a byte of a file
name that is no text comes out as the escape JSON has for it. What a stranger wrote is shown to people without its control
characters, with which a name could rewrite the terminal.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
from types import TracebackType

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")


def prepare() -> None:
    """Make the streams of this program speak UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def print_json(value: object) -> None:
    """One object on one line."""
    click.echo(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def complain(sentence: str) -> None:
    """One sentence on standard error."""
    click.echo(f"jiban: {safe(' '.join(sentence.split()))}", err=True)


def safe(text: str) -> str:
    """A stranger's text as it may be shown: what is not printable becomes a mark."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def padded(text: str, columns: int) -> str:
    """A text cut or filled up to a number of columns."""
    while width(text) > columns:
        text = text[:-1]
    return text + " " * (columns - width(text))


def width(text: str) -> int:
    """How many columns a text takes; a Chinese character takes two."""
    return sum(1 if ord(letter) < 0x2E80 else 2 for letter in text)


class Progress:
    """A line on the terminal that says what is being done, and is gone afterwards; nothing when nobody watches."""

    def __init__(self) -> None:
        self._is_watched = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.clear()

    def show(self, text: str) -> None:
        """Replace the line."""
        if self._is_watched:
            sys.stderr.write(f"\r\033[K{padded(safe(text[:300]), shutil.get_terminal_size().columns - 1).rstrip()}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._is_watched:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
