"""What a file is by its content, and what no file may be: bombs, programs, names that lead elsewhere."""

from __future__ import annotations

import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from engine.errors import InvalidInput
from services.file_kinds import DOCX, JPEG, MOST_ENTRIES, OFD, PDF, PNG, XLSX, checked_name, kind_of
from tests.services.hostile import HOSTILE


def archive(*entries: tuple[str, bytes], **changes: object) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as made:
        for name, content in entries:
            info = ZipInfo(name)
            info.compress_type = ZIP_DEFLATED
            made.writestr(info, content)
    return written.getvalue()


def kind(content: bytes) -> str:
    return kind_of(BytesIO(content), len(content))


DOCUMENT = (("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))


@pytest.mark.parametrize(("content", "expected"), [
    (b"%PDF-1.7\nx", PDF),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", JPEG),
    (b"\x89PNG\r\n\x1a\n....", PNG),
    (archive(("OFD.xml", b"<ofd/>"), ("Doc_0/Document.xml", b"x")), OFD),
    (archive(*DOCUMENT), DOCX),
    (archive(("xl/workbook.xml", b"<w/>")), XLSX),
])
def test_a_file_is_known_by_what_is_in_it(content: bytes, expected: str) -> None:
    assert kind(content) == expected


@pytest.mark.parametrize("content", [
    b"MZ\x90\x00This program cannot be run", b"\x7fELF", b"#!/bin/sh\nrm -rf /", b"<html><script>alert(1)</script>",
    b"<svg onload=alert(1)>", b"GIF89a", b"Rar!\x1a\x07", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", b" %PDF-1.7", b"PK\x03\x04",
    b"PK\x03\x04" + b"\0" * 500, archive(("evil.txt", b"x")), archive(*DOCUMENT)[:-30],
])
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        kind(content)


@pytest.mark.parametrize("entry", [
    "../../etc/passwd", "/etc/passwd", "word\\..\\..\\x", "word/run.exe", "word/macro.vbs", "word/vbaProject.bin", "inner.zip",
])
def test_an_archive_with_a_program_or_a_way_out_is_refused(entry: str) -> None:
    with pytest.raises(InvalidInput, match=r"file\.contents"):
        kind(archive(*DOCUMENT, (entry, b"x")))


def test_a_bomb_is_refused_without_unpacking_it() -> None:
    with pytest.raises(InvalidInput, match="100 times"):
        kind(archive(*DOCUMENT, ("word/media/x.xml", b"\0" * 50_000_000)))


def test_a_document_with_too_many_entries_is_refused() -> None:
    with pytest.raises(InvalidInput, match="entries"):
        kind(archive(*DOCUMENT, *((f"word/{each}.xml", b"") for each in range(MOST_ENTRIES))))


def test_a_directory_that_lies_about_its_length_is_not_read() -> None:
    content = bytearray(archive(*DOCUMENT))
    place = content.rfind(b"PK\x05\x06")
    content[place + 12:place + 16] = struct.pack("<I", 2**31)

    with pytest.raises(InvalidInput, match="entries"):
        kind(bytes(content))


def test_entries_that_overlap_are_refused() -> None:
    content = bytearray(archive(*DOCUMENT))
    second = content.find(b"PK\x01\x02", content.find(b"PK\x01\x02") + 1)
    content[second + 42:second + 46] = struct.pack("<I", 0)  # both entries begin at the same place

    with pytest.raises(InvalidInput, match=r"overlap|damaged"):
        kind(bytes(content))


def test_a_locked_document_is_refused_with_what_to_do() -> None:
    content = bytearray(archive(*DOCUMENT))
    directory = content.find(b"PK\x01\x02")
    content[directory + 8] |= 1

    with pytest.raises(InvalidInput, match="without"):
        kind(bytes(content))


@pytest.mark.parametrize("name", [
    "营业执照.pdf", "a b (1).PDF", "“副本”.pdf", "<script>.pdf", "{{7*7}}.pdf", "a.exe.pdf", "..x.pdf"])
def test_a_name_people_give_is_kept(name: str) -> None:
    assert checked_name(f" {name} ", PDF) == name


@pytest.mark.parametrize("name", [
    "", " ", ".pdf", "..pdf", "a", "a.exe", "a.pdf.exe", "a.png", "../a.pdf", "/etc/a.pdf", "C:\\a.pdf", "a\0.pdf", "a\n.pdf",
    "a\u202efdp.exe.pdf", "a\u200b.pdf", "a\ufeff.pdf", "\ud800.pdf", "x" * 200 + ".pdf", "a\u2028.pdf", "\ue000.pdf",
])
def test_a_name_with_a_path_or_with_what_cannot_be_seen_or_of_another_kind_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="name"):
        checked_name(name, PDF)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_refused_or_is_one_printable_line_without_a_path(text: str) -> None:
    try:
        kept = checked_name(f"{text}.pdf", PDF)
    except InvalidInput:
        return
    assert kept.isprintable() and "/" not in kept and "\\" not in kept and kept.endswith(".pdf")
