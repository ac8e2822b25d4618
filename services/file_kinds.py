"""What a file is, by what is in it: PDF, JPEG, PNG, and the documents that are archives (OFD, DOCX, XLSX). Nothing else is
taken in.

Neither the name nor what a browser calls it is believed. An archive is looked at without unpacking it: how many entries it has,
what they would come to, and whether they overlap, as those of a bomb do. The directory of an archive is measured before it is
read, because reading it is where a bomb begins.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from engine.errors import InvalidInput
from engine.sentences import say

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
OFD = "application/ofd"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ENDINGS: Mapping[str, tuple[str, ...]] = {
    PDF: ("pdf",), JPEG: ("jpg", "jpeg"), PNG: ("png",), OFD: ("ofd",), DOCX: ("docx",), XLSX: ("xlsx",)}
"""How the name of a file of each kind ends."""

LONGEST_NAME = 150
MOST_ENTRIES = 2000
LARGEST_UNPACKED = 300 * 1024 * 1024
HIGHEST_RATIO = 100
"""An entry unpacks to at most so many times its size, when it is larger than `_SMALL`: text in XML comes to twenty."""

_SMALL = 1024 * 1024
_LARGEST_DIRECTORY = 1024 * 1024
_MAGIC = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
_ARCHIVE, _END, _END_OF_64 = b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x07"
_LONGEST_END = 65_535 + 22  # a comment of the archive, and what comes before it
_INNER = (("OFD.xml", OFD), ("word/document.xml", DOCX), ("xl/workbook.xml", XLSX))
_PROGRAMS = (".exe", ".dll", ".com", ".scr", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jar", ".sh", ".lnk", ".zip",
             ".rar", ".7z", "vbaproject.bin")


def kind_of(file: IO[bytes], size: int) -> str:
    """The media type of a file, by its content. Raises InvalidInput, its field “file” or, where more can be said, a
    part of it."""
    file.seek(0)
    head = file.read(8)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if not head.startswith(_ARCHIVE):
        raise InvalidInput("file", "expected a PDF, JPEG, PNG, OFD, DOCX or XLSX, found something else")
    return _kind_of_archive(file, size)


def checked_name(name: str, kind: str) -> str:
    """A file's name as it may be shown and sent: one line without a path, ending as its kind does. Raises InvalidInput, field
    “name”."""
    kept = unicodedata.normalize("NFC", name).strip()
    if not kept or len(kept) > LONGEST_NAME:
        raise InvalidInput("name", say("expected a file name of 1 to {most} characters", most=LONGEST_NAME))
    if "/" in kept or "\\" in kept or any(unicodedata.category(each)[0] == "C" for each in kept) or not kept.isprintable():
        raise InvalidInput("name", "a file name has no path, no control characters and none that cannot be seen: rename the "
                                   "file")
    stem, dot, ending = kept.rpartition(".")
    if not dot or not stem.strip(" .") or ending.lower() not in ENDINGS[kind]:
        raise InvalidInput("name", say(
            "the file is {kind}, so its name ends in .{ending}: rename the file, or save it again in that form",
            kind=kind, ending=ENDINGS[kind][0]))
    return kept


def _kind_of_archive(file: IO[bytes], size: int) -> str:
    _measure_directory(file, size)
    try:
        with ZipFile(file) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
        raise InvalidInput("file", "expected a PDF, JPEG, PNG, OFD, DOCX or XLSX; the archive is damaged") from error
    _check_entries(entries, size)
    names = {entry.filename for entry in entries}
    kind = next((kind for name, kind in _INNER if name in names), None)
    if kind is None:
        raise InvalidInput("file", "expected a PDF, JPEG, PNG, OFD, DOCX or XLSX, found another archive: hand in each document "
                                   "by itself")
    return kind


def _measure_directory(file: IO[bytes], size: int) -> None:
    """The directory at the end of an archive, measured before anybody reads it."""
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read(_LONGEST_END)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < 22 or _END_OF_64 in tail:
        raise InvalidInput("file", "expected a PDF, JPEG, PNG, OFD, DOCX or XLSX; the archive is damaged or of a kind for huge "
                                   "files")
    entries, length = struct.unpack("<HI", tail[place + 10:place + 16])
    if entries > MOST_ENTRIES or length > _LARGEST_DIRECTORY:
        raise _too_many(entries)
    file.seek(0)


def _check_entries(entries: list[ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise _too_many(len(entries))
    if sum(entry.compress_size for entry in entries) > size or len({entry.header_offset for entry in entries}) < len(entries):
        raise InvalidInput("file.contents", "the entries of the archive overlap, as those of a zip bomb do")
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise InvalidInput("file.contents", say(
            "unpacked it would be larger than {megabytes} MB", megabytes=LARGEST_UNPACKED // 2**20))
    for entry in entries:
        _check_entry(entry)


def _check_entry(entry: ZipInfo) -> None:
    name = entry.filename
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or "\0" in name:
        raise InvalidInput("file.contents", "an entry of the archive leads out of it")
    if entry.flag_bits & 0x1:
        raise InvalidInput("file.locked", "the document is locked with a password: hand it in without")
    if name.lower().endswith(_PROGRAMS):
        raise InvalidInput("file.contents", "the document contains a program or a further archive: save it without")
    if entry.file_size > _SMALL and entry.file_size > HIGHEST_RATIO * max(1, entry.compress_size):
        raise InvalidInput("file.contents", say(
            "an entry of the archive unpacks to more than {times} times its size, as a zip bomb does", times=HIGHEST_RATIO))


def _too_many(entries: int) -> InvalidInput:
    return InvalidInput("file.contents", say(
        "the archive has {count} entries; a document has at most {most}", count=entries, most=MOST_ENTRIES))
