"""Passwords: which may be chosen, how they are kept, how one is compared. The only room that knows argon2.

A password is kept as its argon2id hash (RFC 9106) and nowhere else. What it costs to compare one is the same for everybody:
whoever has no password is compared with `nobodys` hash, so that the clock does not tell who has an account. The rules are
those of NIST SP 800-63B §3.1.1: length, and not what anybody would guess; no rules of composition, which only make people
write passwords down.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import InvalidInput
from engine.sentences import Sentence, say

SHORTEST, LONGEST = 10, 128
"""Characters of a password. The upper bound only keeps a request small."""

_FEWEST_KINDS = 5
_SHORTEST_PART = 3
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
         "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0")
"""Along which fingers run."""

_GUESSED_FIRST = frozenset({
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "passwd", "admin", "administrator", "root", "system", "user", "test",
    "guest", "welcome", "letmein", "changeme", "secret", "default", "master", "login", "qwerty", "qwer", "asdf", "zxcv", "abc",
    "abcd", "abcdef", "iloveyou", "monkey", "dragon", "sunshine", "princess", "football", "woaini", "wodemima", "mima",
    "nihao", "zhongguo", "china", "woaizhongguo", "yueyang", "hunan", "yuanqu", "jiban", "zhengwu", "zwfw", "aini", "woaiwojia",
    "密码", "管理员", "我爱你", "我爱中国", "中国", "岳阳", "岳阳市", "湖南", "园区", "即办", "政务服务", "窗口",
})
"""What is tried first: such a word with digits and signs around it is no password."""


_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of a first password: without those that are taken for each other when they are read out."""
_GROUPS, _GROUP = 4, 4


class PasswordRefused(InvalidInput):
    """A password that may not be chosen, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashing:
    """What a hash costs: OWASP's first recommendation for argon2id. Set in code only: no environment can weaken it. Tests are
    given less."""

    memory_kib: int = 47104
    passes: int = 1
    lanes: int = 1


STRONG = Hashing()
"""What production takes."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that was found good, as it is kept."""

    hash: str


NO_PASSWORD = Secret("")
"""Of an account that cannot sign in, but may have tokens."""


def first() -> str:
    """A password nobody has chosen, to be handed over and changed."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def secret(password: str, known: Iterable[str], cost: Hashing, *, field: str = "password") -> Secret:
    """A new password as it is kept. `known`: the account, the name, the unit of its owner, which it must not hold. Raises
    PasswordRefused naming `field`, with the reason."""
    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise PasswordRefused(field, say("expected a password of {least} to {most} characters, found {count}", least=SHORTEST,
                                         most=LONGEST, count=len(text)))
    weakness = next(_weaknesses(text.casefold(), [_normal(each).casefold() for each in known]), None)
    if weakness is not None:
        raise PasswordRefused(field, weakness)
    return Secret(_hasher(cost).hash(text))


def matches(hash: str, password: str, cost: Hashing) -> bool:
    """Is this the password? Takes as long for a wrong one."""
    try:
        return _hasher(cost).verify(hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def renewed(hash: str, password: str, cost: Hashing) -> Secret | None:
    """The same password at the cost of today; None when its hash has that already."""
    return Secret(_hasher(cost).hash(_normal(password))) if _hasher(cost).check_needs_rehash(hash) else None


@lru_cache(maxsize=4)
def nobodys(cost: Hashing) -> str:
    """The hash of a password that nobody knows, to compare with where there is none."""
    return _hasher(cost).hash(secrets.token_urlsafe(32))


def _hasher(cost: Hashing) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)


def _normal(password: str) -> str:
    """The same password from every keyboard (RFC 8265 §4.2): one form of each character."""
    return unicodedata.normalize("NFC", password)


def _weaknesses(text: str, known: Iterable[str]) -> Iterator[Sentence]:
    """Why a password would be guessed."""
    held = next((each for each in known if len(each) > 1 and each in text), None)
    if held is not None:
        yield say("it holds “{known}”, which everybody knows of its owner", known=held)
    if text.isdecimal():
        yield say("digits alone are a date or a number of the telephone")
    if len(set(text)) < _FEWEST_KINDS:
        yield say("it has fewer than {least} different characters", least=_FEWEST_KINDS)
    if re.fullmatch(r"(.{1,8})\1+", text):
        yield say("it says the same thing several times")
    word = text.strip("0123456789!@#$%^&*()-_=+.,?~ ")
    if word in _GUESSED_FIRST or re.sub(r"[\d\W_]", "", word) in _GUESSED_FIRST:
        yield say("a word everybody thinks of, with digits or signs, is what is tried first")
    if len(_outside_rows(text)) < _SHORTEST_PART:
        yield say("it only follows the digits, the alphabet or the keyboard")


def _outside_rows(text: str) -> str:
    """What is left of a password without the runs of four and more along a row, either way."""
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for length in range(len(row), 3, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start:start + length], "")
    return text
