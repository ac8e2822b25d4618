"""How a document is printed: its fonts, hostile texts, the same bytes every time, what no font has."""

from __future__ import annotations

import hashlib
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from pypdf import PdfReader

from engine.errors import Forbidden, InvalidInput
from services import query_codes
from services.database import reading
from services.documents import fonts, qr
from services.documents.cmap import characters_of
from services.documents.fonts import SHIPPED, load_fonts
from services.documents.kinds import DocumentKind as Kind
from services.documents.rendering import TEMPLATES, render
from services.store import documents as store
from tests.services.desk import Desk
from tests.services.documents import lived
from tests.services.documents.conftest import Issue, Print
from tests.services.documents.test_content import said

HOSTILE = '岳阳#panic("x")[*某*]_$x^2$_`raw`<label>@ref//注/*释*/\\u{41}--"引"公司'
RARE = "\N{CJK UNIFIED IDEOGRAPH-20BB7}"  # 𠮷, in no list of ours


def faces_of(pdf: bytes) -> list[str]:
    """The names of the fonts in a PDF, each of which it carries."""
    found = [face.get_object() for page in PdfReader(io.BytesIO(pdf)).pages for face in page["/Resources"]["/Font"].values()]
    assert all("/FontFile3" in face["/DescendantFonts"][0].get_object()["/FontDescriptor"] for face in found)
    return [str(face["/BaseFont"]) for face in found]


@pytest.mark.parametrize("name", orjson.loads((SHIPPED / "manifest.json").read_bytes())["fonts"])
def test_a_shipped_font_is_the_one_of_the_manifest(name: str) -> None:
    entry = orjson.loads((SHIPPED / "manifest.json").read_bytes())["fonts"][name]

    file = SHIPPED / name
    assert hashlib.sha256(file.read_bytes()).hexdigest() == entry["sha256"]
    assert len(characters_of(file)) == entry["characters"]
    assert "SIL OPEN FONT LICENSE Version 1.1" in (SHIPPED / "OFL.txt").read_text()


def test_the_fonts_have_all_of_gbk_and_the_rare_characters_of_names() -> None:
    hanzi = {code for high in range(0x81, 0xFF) for low in range(0x40, 0xFF) if low != 0x7F
             for code in map(ord, bytes([high, low]).decode("gbk", "ignore")) if 0x4E00 <= code <= 0x9FA5}
    rare = "㭎䶮𬭎𬬭𬒈鿏𫖯𬙂"  # of names, in 通用规范汉字表 and beyond GBK

    assert len(hanzi) == 20902 and hanzi | set(map(ord, rare)) <= load_fonts().characters
    assert set(map(ord, "①⑩㎡〔〕《》—…“”·□￥％")) <= load_fonts().characters


def test_every_template_belongs_to_a_kind_and_every_kind_has_one() -> None:
    shared = {"layout", "undertaking", "card"}

    assert {file.stem for file in TEMPLATES.glob("*.typ")} - shared == {kind.value for kind in Kind}


def test_a_print_carries_its_fonts_and_no_other(issue: Issue, printed: Print) -> None:
    pdf = printed(issue(Kind.GRANT).number)

    assert sorted(name.partition("+")[2].partition("-")[0] for name in faces_of(pdf)) == ["JibanHeiBold", "JibanSong"]
    metadata = PdfReader(io.BytesIO(pdf)).metadata
    assert metadata and metadata.title == "准予行政许可决定书 岳园许准〔2026〕00001号"


def test_a_print_is_fit_for_the_archive(issue: Issue, printed: Print) -> None:
    root = PdfReader(io.BytesIO(printed(issue(Kind.GRANT).number))).root_object

    told = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in told and "<pdfaid:conformance>A</pdfaid:conformance>" in told
    assert root["/Lang"] == "zh-CN" and root["/MarkInfo"]["/Marked"]


def test_a_print_has_the_same_bytes_every_time(hall: Desk, issue: Issue, printed: Print) -> None:
    number = issue(Kind.GRANT).number
    first = printed(number)

    hall.now = lived.day(28)
    fonts.load_fonts.cache_clear()

    assert printed(number) == first
    metadata = PdfReader(io.BytesIO(first)).metadata
    assert metadata and metadata.creation_date == datetime(2026, 3, 13, tzinfo=UTC)  # of the document, not of the print


def test_what_is_printed_is_what_was_typed_even_where_it_looks_like_a_program(
    desk: Desk, issue_at: Issue, print_at: Print,
) -> None:
    number = lived.declined(desk, reason=f"{HOSTILE}\n= 标题\n- 项\n#set page(fill: red)")

    text = said(print_at(issue_at(Kind.DECLINE, number).number))

    assert HOSTILE in text and "=标题-项#setpage(fill:red)" in text


def test_a_hostile_name_is_printed_as_it_is(desk: Desk, issue_at: Issue, print_at: Print) -> None:
    number = lived.opened(desk, applicant=HOSTILE)

    assert said(print_at(issue_at(Kind.RECEIPT, number).number)).count(HOSTILE) == 2


@pytest.mark.parametrize(("name", "named"), [
    (f"岳阳{RARE}野公司", r"“𠮷” U\+20BB7"), ("岳阳\u202e公司", r"RIGHT-TO-LEFT OVERRIDE” U\+202E"),
    ("岳阳\u200b公司", r"U\+200B"),
])
def test_a_character_no_font_has_is_refused_and_takes_no_number(
    desk: Desk, issue_at: Issue, name: str, named: str,
) -> None:
    number = lived.opened(desk, applicant=name)

    with pytest.raises(InvalidInput, match=f"{named}.*JIBAN_FONTS"):
        issue_at(Kind.RECEIPT, number)

    assert issue_at(Kind.RECEIPT, lived.opened(desk)).number == "岳园收〔2026〕00001号"


def test_a_font_of_the_office_prints_what_ours_lack(desk: Desk, issue_at: Issue, print_at: Print) -> None:
    desk.office.fonts = Path(__file__).parent / "data"  # holds a font with this one character
    number = lived.opened(desk, applicant=f"岳阳{RARE}野公司")

    pdf = print_at(issue_at(Kind.RECEIPT, number).number)

    assert f"岳阳{RARE}野公司" in said(pdf) and "JibanRare" in str(faces_of(pdf))


def test_missing_and_changed_fonts_are_told_of(tmp_path: Path) -> None:
    with pytest.raises(Forbidden, match=r"JIBAN_FONTS.*not there any more"):
        load_fonts(tmp_path / "gone")
    with pytest.raises(Forbidden, match=r"manifest\.json.*install the release again"):
        load_fonts(shipped=tmp_path / "gone")

    shutil.copytree(SHIPPED, tmp_path / "fonts")
    (tmp_path / "fonts" / "JibanHei-Bold.otf").write_bytes(b"OTTO")
    with pytest.raises(Forbidden, match=r"JibanHei-Bold\.otf.*SHA-256 differs"):
        load_fonts(shipped=tmp_path / "fonts")
    (tmp_path / "fonts" / "JibanHei-Bold.otf").unlink()
    with pytest.raises(Forbidden, match="is missing"):
        load_fonts.__wrapped__(shipped=tmp_path / "fonts")


@pytest.mark.parametrize("data", [b"", b"OTTO", b"ttcf" + bytes(40), b"\x00\x01\x00\x00\x00\x09" + bytes(30)])
def test_what_is_no_font_has_no_characters(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "no.otf").write_bytes(data)

    assert characters_of(tmp_path / "no.otf") == frozenset()


def test_a_long_document_goes_on_each_page_with_its_code_and_the_signature_never_alone(
    desk: Desk, issue_at: Issue, print_at: Print,
) -> None:
    number = lived.corrected(desk, defects=[f"第{place}项材料" + "需要重新出具并加盖公章" * 8 for place in range(1, 41)])

    reader = PdfReader(io.BytesIO(print_at(issue_at(Kind.CORRECTION, number).number)))

    last = reader.pages[-1].extract_text()
    assert len(reader.pages) > 3 and "（盖章）" in last and "事项名称" in last
    assert all("内容校验值" in page.extract_text() for page in reader.pages)


def test_the_code_leads_to_the_check_or_holds_number_and_digest() -> None:
    digest = "0123456789abcdef" * 4

    assert qr.checked_by("https://spfw.example.cn/", "岳园受〔2026〕1号", digest) == (
        "https://spfw.example.cn/documents/check/%E5%B2%B3%E5%9B%AD%E5%8F%97%E3%80%942026%E3%80%951%E5%8F%B7?h=0123456789abcdef")
    assert qr.checked_by("", "岳园受〔2026〕1号", digest) == "岳园受〔2026〕1号 0123456789abcdef"
    assert qr.svg("岳园受") == qr.svg("岳园受") != qr.svg("岳园收")


def test_a_content_changed_in_the_database_does_not_become_another_document(hall: Desk, issue: Issue, printed: Print) -> None:
    issued = issue(Kind.RECEIPT)
    printed(issued.number)

    content = b'{"kind":"receipt","address":"","number":"x","issued_on":"2026-03-13"}'
    with pytest.raises(Forbidden, match="not the one that was issued"):
        render(content, issued.digest, load_fonts())


def test_a_receipt_prints_the_query_code_which_no_content_keeps(desk: Desk, issue_at: Issue, print_at: Print) -> None:
    number = lived.opened(desk)

    issued = issue_at(Kind.RECEIPT, number)

    with reading(desk.database) as connection:
        code = query_codes.code_of(connection, number)
        kept = store.document_numbered(connection, issued.number)
    printed = said(print_at(issued.number))
    assert f"查询码：{code}" in printed and "查看办理进度" in printed and printed == said(print_at(issued.number))
    assert kept is not None and code.encode() not in kept.content
