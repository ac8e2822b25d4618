"""All words of the interface stand in one catalogue, so that another language is a file: nothing on a page is said past it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from babel.messages.frontend import CommandLineInterface
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.office import Office
from services.settings import SettingRefused, Settings, from_environment
from services.web.app import create_app
from services.web.words import catalogue
from services.web.words.extracting import CHINESE, left_out
from tests.services.staff import QUICK
from tests.services.web.conftest import sign_in

ROOT = Path(__file__).parents[3]
WEB = ROOT / "services/web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
PAGES = sorted([*WEB.glob("pages/*.py"), *WEB.glob("books/*.py")])
_WRAPPED = re.compile(r"⟦[^⟦⟧]*⟧")


def _bare(source: str) -> Iterator[str]:
    """Chinese that a template says without asking for its translation."""
    tokens = [token for token in jinja2.Environment(extensions=["jinja2.ext.i18n"]).lex(source) if token[1] != "whitespace"]
    is_translated, asking = False, 0
    for at, (line, kind, text) in enumerate(tokens):
        if kind == "block_begin":
            is_translated = {"trans": True, "endtrans": False}.get(tokens[at + 1][2], is_translated)
        if kind == "operator" and text == "(" and (asking or tokens[at - 1][2] in ("_", "ngettext")):
            asking += 1
        if kind == "operator" and text == ")" and asking:
            asking -= 1
        if kind in ("data", "string") and CHINESE.search(text) and not is_translated and not asking:
            yield f"{line}: {text.strip()}"


def test_the_catalogue_for_translators_is_what_make_words_gathers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # given the templates, pages and tables as they are
    monkeypatch.chdir(ROOT)

    # when their words are gathered anew
    gathered = tmp_path / "interface.pot"
    CommandLineInterface().run(["pybabel", "-q", "extract", "-F", "pyproject.toml", "--no-location", "--omit-header", "-o",
                                str(gathered), "."])

    # then they are those of the file that is kept
    assert gathered.read_text() == (WEB / "words/interface.pot").read_text(), "run `make words` and commit the result"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(WEB / "templates").as_posix())
def test_no_template_says_a_chinese_word_past_the_catalogue(path: Path) -> None:
    assert list(_bare(path.read_text())) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_says_a_chinese_word_past_the_catalogue(path: Path) -> None:
    assert list(left_out(ast.parse(path.read_text()))) == []


def test_a_word_past_the_catalogue_is_found_where_it_stands() -> None:
    # given a template and a page that each say one word past the catalogue
    template = '{# 说明 #}<p>{{ _("受理") }}</p>\n<p title="{{ "退件" }}">{% trans %}办结{% endtrans %}</p>'
    page = 'NAMES = {"a": "受理"}\ndef say(n):\n    """说明"""\n    return text("办结"), f"剩{n}天"'

    # when they are looked through, then that word is found, and no other
    assert list(_bare(template)) == ['2: "退件"']
    assert [word for _, word in left_out(ast.parse(page))] == ["剩", "天"]


def test_a_translation_is_read_as_translators_editors_write_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # given a file with a comment, a text over two lines, a doubtful entry, an empty one and a plural
    (tmp_path / "en.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        '# 按钮\nmsgid "受理"\nmsgstr "Acc"\n"ept \\"it\\""\n\n#, fuzzy\nmsgid "退件"\nmsgstr "Go"\n\n'
        'msgid "办结"\nmsgstr ""\n\n'
        'msgid "%(num)d 项"\nmsgid_plural "%(num)d 项"\nmsgstr[0] "%(num)d item"\nmsgstr[1] "%(num)d items"\n')
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)

    # when the language is loaded, then its words are said, and what is doubtful or missing stays Chinese
    words = catalogue.load("en")
    assert [words.gettext(word) for word in ("受理", "退件", "办结")] == ['Accept "it"', "退件", "办结"]
    assert [words.ngettext("%(num)d 项", "%(num)d 项", n) for n in (1, 2)] == ["%(num)d item", "%(num)d items"]


def test_a_language_nobody_has_translated_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "en.po").write_text('msgid "受理"\nmsgstr "Accept"\n')
    (tmp_path / "mn.po").write_text("受理 = Accept\n")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    with pytest.raises(SettingRefused, match=r"no words in “fr”; there are zh, en, mn"):
        catalogue.load("fr")
    with pytest.raises(SettingRefused, match=r"mn\.po cannot be read"):
        catalogue.load("mn")
    with pytest.raises(SettingRefused, match="not a language"):
        from_environment({"JIBAN_LANGUAGE": "../../etc"})


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Engine, office: Office) -> FlaskClient:
    """The pages in a language that says every word of the catalogue in ⟦ ⟧."""
    marked = re.sub(r'^msgid "(.+)"\nmsgstr ""$', r'msgid "\1"\nmsgstr "⟦\1⟧"',
                    (WEB / "words/interface.pot").read_text(), flags=re.M)
    (tmp_path / "xx.po").write_text(_joined(marked))
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    return create_app(database, office, Settings(language="xx", hashing=QUICK)).test_client()


def _joined(pot: str) -> str:
    """Texts over several lines are marked as well."""
    return re.sub(r'^msgid ""\n((?:".*"\n)+)msgstr ""$', lambda each: (
        f'msgid ""\n{each[1]}msgstr "⟦"\n{each[1]}"⟧"'), pot, flags=re.M)


def _unsaid(page: str, content: set[str]) -> set[str]:
    """The Chinese on a page that neither the catalogue nor the office's own data says."""
    while _WRAPPED.search(page):
        page = _WRAPPED.sub("", page)
    for known in sorted(content, key=len, reverse=True):
        page = page.replace(known, "")
    return set(re.findall(r"[\u3400-\u9fff]+", page))


@pytest.mark.parametrize("path", [
    "/documents/check/?number=x&h=1234567890123456", "/queues/to_accept", "/search?q=某某公司", "/account-events",
    "/administration", "/administration/people/grant?key=王", "/password"])
def test_pages_in_another_language_say_no_word_in_chinese(
    path: str, foreign: FlaskClient, database: Engine, office: Office,
) -> None:
    # given somebody who may see them all, and what of the pages are names of the office: people, units, parks
    browser = sign_in(foreign, database, "王", "clerk", "system_admin", "audit_admin")
    content = {"王某", "王", "市住建局", "某某公司", *(park.name for park in office.catalogue.parks.values())}

    # when a page is shown, then every word of the interface was said by the catalogue
    answer = browser.get(path)
    assert answer.status_code == 200
    assert "⟦" in answer.text and _unsaid(answer.text, content) == set()
