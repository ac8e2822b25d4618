"""The file of a backup: a ZIP of parts, and a manifest that says what each part must hash to.

`rows/TABLE` holds the rows of a table, in portions; `files/SHA256` a file that was handed in; `manifest.json` stands last, so
that a file broken off in the middle has none. It knows no database. It is written beside its place under another name, brought
to the disk, and appears whole or not at all; nothing that is there is overwritten.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec

from engine.errors import JibanError

FORMAT = 1
_MANIFEST = "manifest.json"
_CHUNK = 1024 * 1024
_LENGTH = 4
"""Bytes that say how long the next portion is."""


class BackupRefused(JibanError):
    """A backup cannot be taken to, or restored from, this file; says why. Nothing was changed."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part as it must be: `size` in bytes, `rows` of a table."""

    sha256: str
    size: int
    rows: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `revision`: of the tables. `missing`: files that were handed in and lay on no disk any more."""

    format: int
    revision: str
    release: str
    dialect: str
    taken_at: str
    cases: int
    parts: dict[str, Part]
    missing: tuple[str, ...] = ()

    def tables(self) -> list[str]:
        """The tables whose rows it holds."""
        return [name.removeprefix("rows/") for name in self.parts if name.startswith("rows/")]

    def files(self) -> list[str]:
        """The hashes of the files it holds."""
        return [name.removeprefix("files/") for name in self.parts if name.startswith("files/")]


class Writer:
    """Writes the parts one after another."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1)
        self.parts: dict[str, Part] = {}

    def write_rows(self, table: str, portions: Iterable[list[tuple[Any, ...]]]) -> int:
        """Write the rows of a table. Returns how many."""
        rows = 0

        def packed() -> Iterator[bytes]:
            nonlocal rows
            for portion in portions:
                rows += len(portion)
                body = msgspec.msgpack.encode(portion)
                yield len(body).to_bytes(_LENGTH, "big") + body

        self._write(f"rows/{table}", packed(), lambda: rows, zipfile.ZIP_DEFLATED)
        return rows

    def write_file(self, digest: str, stream: IO[bytes]) -> None:
        """Write a file that was handed in."""
        self._write(f"files/{digest}", iter(lambda: stream.read(_CHUNK), b""), lambda: 0, zipfile.ZIP_STORED)

    def close(self, manifest: Manifest) -> None:
        """Write what it all must be."""
        self._zip.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        self._zip.close()

    def _write(self, name: str, chunks: Iterable[bytes], rows: Callable[[], int], how: int) -> None:
        digest, size = sha256(), 0
        info = zipfile.ZipInfo(name)
        info.compress_type = how
        with self._zip.open(info, "w", force_zip64=True) as part:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                part.write(chunk)
        self.parts[name] = Part(sha256=digest.hexdigest(), size=size, rows=rows())


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """A backup that appears at `target` when it is whole. Raises BackupRefused when something is there."""
    if target.exists():
        raise BackupRefused(f"“{target}” is there already, and a backup never overwrites: name another file, or move that one")
    unfinished = target.with_name(f"{target.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BackupRefused(f"“{unfinished}” is there: another backup is being written to it, or one was broken off; remove it "
                            "if none is") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield Writer(file)
            file.flush()
            os.fsync(file.fileno())
        _appear(unfinished, target)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _appear(unfinished: Path, target: Path) -> None:
    try:
        os.link(unfinished, target)
    except FileExistsError as error:
        raise BackupRefused(f"“{target}” has come to be there meanwhile: name another file") from error
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Reader:
    """Reads a backup whose every part has been found to be what the manifest says."""

    def __init__(self, source: Path) -> None:
        """Raises BackupRefused for what is no backup, is damaged, or is of a newer release."""
        try:
            self._zip = zipfile.ZipFile(source)
            self.manifest = msgspec.json.decode(self._zip.read(_MANIFEST), type=Manifest)
        except FileNotFoundError as error:
            raise BackupRefused(f"there is no file “{source}”") from error
        except (zipfile.BadZipFile, zlib.error, KeyError, msgspec.DecodeError, NotImplementedError, EOFError) as error:
            raise BackupRefused(f"“{source}” is no backup of Jiban, or was broken off or damaged: "
                                f"{type(error).__name__}") from error
        if self.manifest.format > FORMAT:
            raise BackupRefused(f"“{source}” was written by a newer release ({self.manifest.release}): install that one")

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._zip.close()

    def check(self, told: Callable[[str], None] = lambda text: None) -> None:
        """Read all of it. Raises BackupRefused when a part is not what it must be."""
        for name, part in self.manifest.parts.items():
            told(f"checking {name}")
            digest, size = sha256(), 0
            try:
                with self._zip.open(name) as stream:
                    while chunk := stream.read(_CHUNK):
                        digest.update(chunk)
                        size += len(chunk)
            except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, EOFError, OSError) as error:
                raise BackupRefused(f"the backup is damaged in “{name}”: {type(error).__name__}; take another") from error
            if (digest.hexdigest(), size) != (part.sha256, part.size):
                raise BackupRefused(f"the backup is damaged in “{name}”: it is not what the manifest says; take another")

    def rows(self, table: str) -> Iterator[list[Any]]:
        """The rows of a table."""
        with self._zip.open(f"rows/{table}") as stream:
            while length := stream.read(_LENGTH):
                yield from msgspec.msgpack.decode(stream.read(int.from_bytes(length, "big")))

    def file(self, digest: str) -> IO[bytes]:
        """A file that was handed in."""
        return self._zip.open(f"files/{digest}")
