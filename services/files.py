"""Files on disk: kept under the hash of their content, each once, wholly or not at all; never under a name somebody gave.

A file is written beside its place, brought to the disk, and moved there: whatever is killed in between leaves at most a
temporary file, which nobody reads. A file without a row is harmless: the row is written afterwards. What a file may be is
decided by `services.file_kinds`; an installation may name a command that looks at every file before it is kept (a virus
scanner) and ends with 0 when it may be.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from engine.errors import Forbidden, InvalidInput, NotFound
from engine.sentences import say
from services.file_kinds import checked_name, kind_of

MEGABYTE = 1024 * 1024
_CHUNK = 256 * 1024
_SCAN_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where files lie, and how large they may be: one, and those of a case together, in bytes. `scanner`: the command that is
    given the path of a file and ends with 0 when it is clean; () for none."""

    folder: Path
    largest: int = 20 * MEGABYTE
    largest_case: int = 200 * MEGABYTE
    scanner: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that lies on disk."""

    name: str
    media_type: str
    size: int
    sha256: str


def keep(files: Files, stream: IO[bytes], name: str) -> Kept:
    """Keep a file, and no transaction meanwhile. Raises InvalidInput for what may not be taken in, Forbidden when the scanner
    refuses it."""
    folder = files.folder / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, delete=False) as written:
        try:
            kept = _taken_in(files, stream, written, name)
            _place(files, Path(written.name), kept.sha256)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(written.name)
    return kept


def path_of(files: Files, digest: str) -> Path:
    """Where a kept file lies. Raises NotFound when the disk has it no more."""
    path = _path(files, digest)
    if not path.is_file():
        raise NotFound("file", digest, "it was kept and is no longer there: tell the system administrator 系统管理员")
    return path


def put_back(files: Files, stream: IO[bytes], digest: str) -> None:
    """Put a file that was kept once in its place again. Raises InvalidInput when it is another than its hash says."""
    folder = files.folder / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, delete=False) as written:
        try:
            found = sha256()
            while chunk := stream.read(_CHUNK):
                found.update(chunk)
                written.write(chunk)
            if found.hexdigest() != digest:
                raise InvalidInput("file", "its content is not what its hash says")
            written.flush()
            os.fsync(written.fileno())
            _place(files, Path(written.name), digest)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(written.name)


def _taken_in(files: Files, stream: IO[bytes], written: IO[bytes], name: str) -> Kept:
    size, digest = 0, sha256()
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > files.largest:
            raise InvalidInput("file.size", say(
                "the file is larger than {megabytes} MB: hand it in in parts, or scanned more coarsely",
                megabytes=files.largest // MEGABYTE))
        digest.update(chunk)
        written.write(chunk)
    if not size:
        raise InvalidInput("file.empty", "the file is empty: choose another")
    written.flush()
    with open(written.name, "rb") as file:
        kind = kind_of(file, size)
    kept = Kept(name=checked_name(name, kind), media_type=kind, size=size, sha256=digest.hexdigest())
    _scan(files, written.name)
    os.fsync(written.fileno())
    return kept


def _scan(files: Files, path: str) -> None:
    if not files.scanner:
        return
    try:
        done = subprocess.run([*files.scanner, path], stdin=subprocess.DEVNULL, capture_output=True, timeout=_SCAN_SECONDS,
                              check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Forbidden("upload", "the scanner that looks at every file does not answer: try again later, or tell the system "
                                  "administrator 系统管理员") from error
    if done.returncode:
        raise Forbidden("upload", "the scanner has refused the file: it may carry a virus")


def _place(files: Files, written: Path, digest: str) -> None:
    """Move a file that is on the disk to its place, unless the same one lies there."""
    path = _path(files, digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    os.chmod(written, 0o640)
    os.replace(written, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _path(files: Files, digest: str) -> Path:
    return files.folder / digest[:2] / digest[2:4] / digest
