"""The codes of people, bodies, projects, matters and licences: what a number must look like, and its check digit.

Decides whether a code can be true, and in what form it is kept: half-width, capital letters, no blanks. It looks nothing up: a
code that passes may belong to nobody. Division codes inside are never judged, because old ones stay valid after a district has
been renamed or merged.

A *doubt* is told and does not refuse: the check digit of a project code was measured on published codes, not read in the
standard, and codes given out before 2020-12 have none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from engine.errors import InvalidInput
from engine.sentences import say, sentence_of

DISTRICT = "430600"
"""The division whose offices run here, 岳阳市: at the head of the numbers we give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code as it is kept. `doubt`: what is odd about it though it is taken, "" when nothing is."""

    value: str
    doubt: str = ""


_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_RESIDENT_DIGITS = "10X98765432"
_RESIDENCE_PERMITS = ("81", "82", "83")
_FIRST_BIRTH_YEAR = 1850
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PROJECT = re.compile(r"(\d{4})-?(\d{6})-?(\d{2})-?(\d{2})-?(\d{6})", re.ASCII)
_NEW_PROJECT_CODES = 2012  # YYMM: the last province gives codes of the new form from December 2020 on
_MATTER = re.compile(r"[0-9A-Z]+", re.ASCII)
_MATTER_LEVELS = "123456789"
_LICENCE_ROOT = "1.2.156.3005.2."
_LICENCE = re.compile(r"1\.2\.156\.3005\.2\.([0-9A-Z]+)\.([0-9A-Z]+)\.([0-9A-Z]+)\.(\d{3})\.([0-9A-Z])", re.ASCII)


def credit_code(text: str, field: str = "credit_code", *, with_organisation: bool = False) -> Code:
    """统一社会信用代码 (GB 32100-2015), 18 characters. `with_organisation`: doubt it when characters 9 to 17 fail as an
    organisation code 组织机构代码 (GB 11714). Raises InvalidInput."""
    code = normalised(text)
    if len(code) != 18:
        raise InvalidInput(field, say("统一社会信用代码 takes 18 characters (应为18位), found {count}", count=len(code)))
    if strange := next((letter for letter in code if letter not in _CREDIT_LETTERS), None):
        raise InvalidInput(field, say(
            "统一社会信用代码 never holds “{strange}” (不含I、O、S、V、Z): perhaps it is a digit", strange=strange))
    if credit_check(code) != code[17]:
        raise InvalidInput(field, say(
            "校验位不符: the 统一社会信用代码 “{code}” cannot end in {last}; compare it with the licence 营业执照",
            code=code, last=code[17]))
    doubt = say("组织机构代码校验位不符: characters 9 to 17 are no organisation code; compare them with the licence 营业执照")
    return Code(value=code, doubt=doubt if with_organisation and not _is_organisation(code[8:17]) else "")


def credit_check(code: str) -> str:
    """The check character of the first 17. A sum that 31 divides gives 0, not 31 (the standard's formula read carelessly)."""
    total = sum(_CREDIT_LETTERS.index(letter) * weight for letter, weight in zip(code, _CREDIT_WEIGHTS, strict=False))
    return _CREDIT_LETTERS[(31 - total % 31) % 31]


def resident_id(text: str, field: str = "resident_id", *, on: date | None = None) -> Code:
    """公民身份号码 (GB 11643-1999) or the number of a 港澳台居民居住证 (81, 82, 83), 18 characters. `on`: the day on which its
    holder must have been born already; None: not asked. Raises InvalidInput, which never repeats the number."""
    code = normalised(text)
    if len(code) == 15 and code.isdigit():
        raise InvalidInput(field, "15位身份证号已停用: an identity number of 15 digits is out of use since 2013; enter the 18 "
                           "of the card")
    if not re.fullmatch(r"\d{17}[\dX]", code, re.ASCII):
        raise InvalidInput(field, "an identity number 身份证号 takes 17 digits and then a digit or X (应为18位)")
    born = _born(code)
    if born is None or born.year < _FIRST_BIRTH_YEAR:
        raise InvalidInput(field, "digits 7 to 14 of the identity number are no date (身份证号中的出生日期不存在)")
    if on is not None and born > on:
        raise InvalidInput(field, say(
            "whoever holds this identity number is born after {on} (身份证号中的出生日期在将来)", on=on))
    total = sum(int(digit) * weight for digit, weight in zip(code, _RESIDENT_WEIGHTS, strict=False))
    if _RESIDENT_DIGITS[total % 11] != code[17]:
        raise InvalidInput(field, "校验位不符: a digit of the identity number 身份证号 is wrong; compare it with the card")
    return Code(value=code)


def is_residence_permit(code: str) -> bool:
    """Is it the number of a 港澳台居民居住证, which follows the same rule?"""
    return code.startswith(_RESIDENCE_PERMITS)


def mask_resident_id(code: str) -> str:
    """As a page shows it: the first six and the last four 前6后4; anything shorter not at all."""
    return f"{code[:6]}{'*' * (len(code) - 10)}{code[-4:]}" if len(code) > 10 else "*" * len(code)


def project_code(text: str, field: str = "project_code") -> Code:
    """投资项目代码 (发改投资〔2020〕1439号; GB/T 40058-2021): 4-6-2-2-6 digits, with its hyphens or without. The first four are
    the year in old codes, year and month (2603) in new ones, whose last digit checks the others (ISO 7064 MOD 11,10): if it
    does not, that is a doubt. Raises InvalidInput."""
    match = _PROJECT.fullmatch(re.sub(r"[\u2010-\u2015\u2212]", "-", normalised(text)))
    if match is None:
        raise InvalidInput(field, "a project code 项目代码 has four, six, two, two and six digits, as 2603-430600-04-01-123456")
    begun, digits = match[1], "".join(match.groups())
    is_year, is_month = "1990" <= begun <= "2099", int(begun) >= _NEW_PROJECT_CODES and 1 <= int(begun[2:]) <= 12
    if not is_year and not is_month:
        raise InvalidInput(field, say(
            "a project code 项目代码 begins with a year (2020) or year and month (2603), found {found}", found=begun))
    is_certain = is_month and not is_year
    doubt = "" if not is_certain or _hybrid(digits[:19], 10) == digits[19] else say(
        "校验位不符: look this 项目代码 up in the project platform 投资项目在线审批监管平台 before accepting")
    return Code(value="-".join(match.groups()), doubt=doubt)


def matter_code(text: str, field: str = "matter_code") -> Code:
    """事项编码 (GB/T 39554.1-2020): 基本编码 of 12 characters, 实施编码 of 31 (the office's credit code, its level, the basic
    code) or 业务办理项编码 of 33. Raises InvalidInput."""
    code = normalised(text)
    if len(code) not in (12, 31, 33) or not _MATTER.fullmatch(code):
        raise InvalidInput(field, say(
            "a matter's code 事项编码 takes 12 (基本), 31 (实施) or 33 (业务办理项) letters and digits, found {count} "
            "characters", count=len(code)))
    if len(code) > 12:
        try:
            credit_code(code[:18])
        except InvalidInput as wrong:
            raise InvalidInput(field, say(
                "事项编码 begins with the credit code of its office: {reason}", reason=sentence_of(wrong.reason))) from wrong
        if code[18] not in _MATTER_LEVELS:
            raise InvalidInput(field, say(
                "character 19 of a 事项编码 is its level 行使层级, 1 to 9, found {level}", level=code[18]))
    return Code(value=code)


def licence_id(text: str, field: str = "licence_id") -> Code:
    """电子证照标识 (GB/T 36904-2018): 1.2.156.3005.2.<kind>.<issuer>.<number>.<version>.<check>, the check (ISO 7064 MOD 37,36)
    over the four parts without their dots. Raises InvalidInput."""
    code = normalised(text)
    match = _LICENCE.fullmatch(code)
    if match is None:
        raise InvalidInput(field, say("an 电子证照标识 is {root}证照类型.颁发机构.流水号.版本号.校验位", root=_LICENCE_ROOT))
    if _hybrid("".join(match.groups()[:4]), 36) != match[5]:
        raise InvalidInput(field, say(
            "校验位不符: the 电子证照标识 cannot end in {last}; copy it from the licence again", last=match[5]))
    return Code(value=code)


FORMATS: Mapping[str, Callable[[str, str, date | None], Code]] = {
    "unified-social-credit-code": lambda text, field, on: credit_code(text, field, with_organisation=True),
    "resident-id": lambda text, field, on: resident_id(text, field, on=on),
    "project-code": lambda text, field, on: project_code(text, field),
    "matter-code": lambda text, field, on: matter_code(text, field),
    "licence-id": lambda text, field, on: licence_id(text, field),
}
"""What a form's `format` may ask for: a text, where it stands, and the day (None: any)."""


def normalised(text: str) -> str:
    """A code as it is kept: half-width capitals without blanks; what people type and copy is full of the others."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _is_organisation(code: str) -> bool:
    total = sum(_LETTERS.index(letter) * weight for letter, weight in zip(code, _ORGANISATION_WEIGHTS, strict=False))
    return "0123456789X0"[11 - total % 11] == code[8]


def _born(code: str) -> date | None:
    """The birth date inside an identity number; None when there is no such day."""
    try:
        return date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return None


def _hybrid(text: str, modulus: int) -> str:
    """The check character of ISO 7064's hybrid systems, MOD 11,10 and MOD 37,36."""
    rest = modulus
    for letter in text:
        rest = ((rest + _LETTERS.index(letter)) % modulus or modulus) * 2 % (modulus + 1)
    return _LETTERS[(1 - rest) % modulus]
