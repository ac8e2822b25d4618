"""All words of the interface stand in one catalogue, so that another language is a file: nothing on a page is said past it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from babel.messages.frontend import CommandLineInterface

from services.settings import SettingRefused, from_environment
from services.web.words import catalogue
from services.web.words.extracting import CHINESE, left_out, script_words, unsaid, words

ROOT = Path(__file__).parents[3]
WEB = ROOT / "services/web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SCRIPTS = sorted(path for path in (WEB / "static").rglob("*.js") if "vendor" not in path.parts)
IN_CHINESE = {
    "services/bench/": "data of a bench", "services/demo/": "the people and cases of a demonstration",
    "services/migrations/": "speaks to technicians", "services/verify/": "speaks to technicians",
    "services/commands/": "the command line, whose words are no page's", "services/settings.py": "the form of a number",
    "services/documents/": "documents of law, in Chinese whatever the reader's language",
    "services/web/api/": "describes the API", "services/web/shapes/": "describes the API",
    "services/web/describe.py": "describes the API", "services/empowerment_sheets.py": "what cells of a workbook hold",
    "services/adoption.py": "becomes part of a case's record",
    "services/push_lists.py": "columns of a workbook", "services/altered.py": "notifications as they are kept",
    "services/linkage_sheets.py": "columns of a workbook, dates in one",
    "services/connecting.py": "by whom a fact is, as it is kept",
    "services/asking.py": "a notification as it is kept", "services/ringing.py": "notifications as they are kept",
    "services/oversight.py": "a notification as it is kept",
    "services/permits.py": "why a case is opened, as it is kept",
    "services/permit_register.py": "the basis of an act, as it is kept",
    "services/waiting.py": "the name of a task, as it is kept", "services/calendar_changes.py": "a change as it is kept",
    "services/case_sheets.py": "columns of a workbook", "services/people_sheets.py": "columns of a workbook",
    "services/reentries.py": "columns of a sheet",
    "services/assessments.py": "columns of a workbook, dates in one", "services/decision_lists.py": "columns of a workbook",
    "services/contacts.py": "what cells of a workbook hold; a command's name", "services/branching.py": "an outcome of a list",
    "services/passwords.py": "what is guessed first", "services/figure_causes.py": "a report of the API and the command line",
    "services/projects.py": "a report of the API and the command line", "services/people.py": "a kind of thing in a refusal",
}
"""Rooms whose Chinese is no word of the interface, and why."""


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


def _gathered() -> set[Path]:
    """The Python files whose words `make words` gathers."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    patterns = next(each["pattern"] for each in mappings if each["method"].endswith(":extract"))
    return {path for pattern in patterns for path in ROOT.glob(pattern)}


def test_no_room_says_a_chinese_word_past_the_catalogue() -> None:
    # given every source of the services, but those that say in Chinese what is no word of the interface
    sources = {path: ast.parse(path.read_text()) for path in sorted((ROOT / "services").rglob("*.py"))
               if not path.relative_to(ROOT).as_posix().startswith(tuple(IN_CHINESE))}
    gathered = _gathered()

    # when they are looked through for what nobody can translate
    past = [f"{path.relative_to(ROOT)}:{line}: {said}" for path, tree in sources.items() for line, said in left_out(tree)]
    lost = [f"{path.relative_to(ROOT)}:{line}: {said}" for path, tree in sources.items() if path not in gathered
            for line, said in words(tree)]

    # then there is nothing: neither past `text` and `say`, nor in a file that is not gathered
    assert (past, lost) == ([], [])


@pytest.mark.parametrize("room", IN_CHINESE)
def test_every_room_that_may_speak_chinese_is_there(room: str) -> None:
    assert (ROOT / room).exists()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(WEB / "static").as_posix())
def test_no_script_says_a_chinese_word_past_the_catalogue(path: Path) -> None:
    # given a script of ours; what a table of words holds is said where it is used
    source = path.read_text()
    is_table = path.name in ("words.js", "chinese.js")

    # when its Chinese is looked for, then all is said, nothing is put together, and nothing stands where none is gathered
    assert list(unsaid(source)) == []
    assert is_table or [said for _, said in script_words(source)
                        if not re.search(rf"say\([\"']{re.escape(said)}", source)] == []
    assert path.parent.name == "designer" or list(script_words(source)) == []


def test_a_word_past_the_catalogue_is_found_where_it_stands() -> None:
    # given a template and a page that each say one word past the catalogue
    template = '{# 说明 #}<p>{{ _("受理") }}</p>\n<p title="{{ "退件" }}">{% trans %}办结{% endtrans %}</p>'
    page = 'NAMES = {"a": "受理"}\ndef say(n):\n    """说明"""\n    return text("办结"), f"剩{n}天"'

    # when they are looked through, then that word is found, and no other
    assert list(_bare(template)) == ['2: "退件"']
    assert [word for _, word in left_out(ast.parse(page))] == ["剩", "天"]
    assert list(unsaid("// 说明\nsay(`还有${n}处`); say(\"受理\")")) == [(2, "`还有${n}处`")]


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
