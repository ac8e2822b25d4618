"""Which passwords may be chosen, and how they are kept."""

import pytest

from services.passwords import STRONG, PasswordRefused, matches, nobodys, renewed, secret
from services.settings import DEFAULTS, SettingRefused, from_environment
from services.web.words.refusals import reason_in_chinese
from tests.services.staff import QUICK

KNOWN = ("zhangmin", "张敏", "市数据局")


@pytest.mark.parametrize(("password", "words"), [
    ("短密码123", "10至128个字符"),
    ("x" * 129, "10至128个字符"),
    ("ZhangMin-2026!", "本人的账号"),  # the account
    ("我是张敏而且很长的密码", "姓名"),
    ("市数据局的门口有棵树哦", "单位"),
    ("19900307123", "全是数字"),
    ("5201314520", "全是数字"),
    ("aaaaaaaaaa1", "不同的字符"),
    ("hunan2hunan2", "重复"),
    ("Password123!", "常用词"),
    ("P@ssw0rd2026", "常用词"),
    ("woaini1314520", "常用词"),
    ("admin@2026.", "常用词"),
    ("qwertyuiop", "键位"),
    ("a123456789", "键位"),
    ("1q2w3e4r5t", "键位"),
    ("zyxwvutsrq", "键位"),
])
def test_a_password_that_would_be_guessed_is_refused_with_the_reason(password: str, words: str) -> None:
    with pytest.raises(PasswordRefused) as refusal:
        secret(password, KNOWN, QUICK, field="new")

    assert words in reason_in_chinese(refusal.value) and refusal.value.field == "new"
    assert password not in str(refusal.value)


@pytest.mark.parametrize("password", ["洞庭湖上的一叶小轻舟", "correct horse battery", "tr4vel-Light-7"])
def test_a_long_password_needs_no_signs(password: str) -> None:
    kept = secret(password, KNOWN, QUICK)

    assert kept.hash.startswith("$argon2id$") and password not in kept.hash
    assert matches(kept.hash, password, QUICK) and not matches(kept.hash, password + "x", QUICK)


def test_the_same_password_typed_on_another_keyboard_is_the_same() -> None:
    kept = secret("re\u0301sume\u0301 of a clerk", (), QUICK)

    assert matches(kept.hash, "r\u00e9sum\u00e9 of a clerk", QUICK)


def test_a_hash_of_yesterdays_cost_is_renewed_and_one_of_todays_is_kept() -> None:
    kept = secret("洞庭湖上的一叶小轻舟", (), QUICK)

    newer = renewed(kept.hash, "洞庭湖上的一叶小轻舟", STRONG)

    assert newer is not None and matches(newer.hash, "洞庭湖上的一叶小轻舟", STRONG)
    assert renewed(newer.hash, "洞庭湖上的一叶小轻舟", STRONG) is None


def test_nobodys_hash_is_matched_by_nothing_and_an_account_without_password_by_nothing() -> None:
    assert not matches(nobodys(QUICK), "", QUICK) and not matches("", "", QUICK)


def test_no_environment_weakens_what_a_password_costs() -> None:
    settings = from_environment({"JIBAN_HASHING": "1", "JIBAN_ARGON2": "1"})

    assert settings.hashing == DEFAULTS.hashing == STRONG and STRONG.memory_kib >= 46 * 1024


def test_how_long_somebody_stays_signed_in_is_set_by_the_office_within_bounds() -> None:
    assert (DEFAULTS.idle_minutes, DEFAULTS.visit_hours) == (30, 12)
    settings = from_environment({"JIBAN_IDLE_MINUTES": "15", "JIBAN_VISIT_HOURS": "8", "JIBAN_PROXY": "10.0.0.1"})
    assert (settings.idle_minutes, settings.visit_hours, settings.proxy) == (15, 8, "10.0.0.1")
    for wrong in ({"JIBAN_IDLE_MINUTES": "0"}, {"JIBAN_IDLE_MINUTES": "9999"}, {"JIBAN_VISIT_HOURS": "48"}):
        with pytest.raises(SettingRefused):
            from_environment(wrong)
