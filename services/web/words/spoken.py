"""The words of a page in its reader's language.

Chinese is the source: a word, or the pattern of a sentence (`engine.sentences`) with places for its values, is looked up in the
catalogue of the application's language. A value that is itself a word of ours comes as a sentence and is looked up too;
anything else is somebody's own and stays as it is. Outside an application, as in a test of a table, all stays Chinese.
"""

from __future__ import annotations

from flask import current_app, has_app_context

from engine.sentences import Sentence, filled, places

LANGUAGE = "jiban words"
"""Where an application keeps its catalogue."""


def text(words: str) -> str:
    """Words of the interface as they are said."""
    if not words or not has_app_context():
        return str(words)
    if isinstance(words, Sentence):
        return _sentence(words)
    return _found(words)


def _sentence(said: Sentence) -> str:
    if not said.pattern:
        return _listed(said)
    pattern = _found(said.pattern)
    if not said.given:
        return pattern
    return filled(pattern, said.given, _shown) if places(pattern) <= said.given.keys() else str(said)


def _listed(said: Sentence) -> str:
    each = said.given.get("each", ())
    assert isinstance(each, tuple)
    return str(said.given.get("between", "")).join(_shown("", value, "") for value in each)


def _shown(_: str, value: object, form: str) -> str:
    return text(value) if isinstance(value, Sentence) else format(value, form)


def _found(words: str) -> str:
    found: str = current_app.extensions[LANGUAGE].gettext(words)
    return found
