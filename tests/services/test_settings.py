"""The provider of unified authentication 统一身份认证 as an installation names it: wholly, safely, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.settings import SettingRefused, from_environment
from services.wire import wire_of

NAMED = {"JIBAN_OIDC_ISSUER": "https://sso.example.gov.cn/realms/park", "JIBAN_OIDC_CLIENT": "jiban",
         "JIBAN_OIDC_SECRET": "a-secret-of-the-park", "JIBAN_ADDRESS": "https://spfw.example.gov.cn/"}


def test_without_a_word_of_it_there_is_no_provider() -> None:
    assert from_environment({"JIBAN_ADDRESS": "https://spfw.example.gov.cn"}).provider is None
    assert from_environment({"JIBAN_OIDC_ISSUER": " "}).provider is None


def test_four_settings_name_a_provider() -> None:
    provider = from_environment(NAMED).provider

    assert provider is not None and (provider.issuer, provider.client_id, provider.client_secret) == (
        "https://sso.example.gov.cn/realms/park", "jiban", "a-secret-of-the-park")
    assert provider.return_to == "https://spfw.example.gov.cn/sign-in/oidc/return"
    assert (provider.label, provider.claim, provider.scopes) == ("", "sub", ("openid",))


def test_the_rest_may_be_said() -> None:
    provider = from_environment(NAMED | {
        "JIBAN_OIDC_LABEL": "湖南政务网登录", "JIBAN_OIDC_CLAIM": "preferred_username",
        "JIBAN_OIDC_SCOPES": "openid profile"}).provider

    assert provider is not None and (provider.label, provider.claim, provider.scopes) == (
        "湖南政务网登录", "preferred_username", ("openid", "profile"))


def test_the_secret_may_lie_in_a_file_and_is_shown_by_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of-the-file\nsecond line\n", encoding="utf-8")
    kept = {name: value for name, value in NAMED.items() if name != "JIBAN_OIDC_SECRET"}

    settings = from_environment(kept | {"JIBAN_OIDC_SECRET_FILE": str(tmp_path / "secret")})

    assert settings.provider is not None and settings.provider.client_secret == "of-the-file"
    assert "of-the-file" not in repr(settings) + str(settings)


@pytest.mark.parametrize("missing", ["JIBAN_OIDC_ISSUER", "JIBAN_OIDC_CLIENT", "JIBAN_OIDC_SECRET", "JIBAN_ADDRESS"])
def test_what_is_missing_is_named_in_a_sentence(missing: str) -> None:
    with pytest.raises(SettingRefused, match=f"{missing}: is missing"):
        from_environment({name: value for name, value in NAMED.items() if name != missing})


@pytest.mark.parametrize(("name", "value"), [
    ("JIBAN_OIDC_ISSUER", "http://sso.example.gov.cn"), ("JIBAN_OIDC_ISSUER", "sso.example.gov.cn"),
    ("JIBAN_OIDC_ISSUER", "https://sso.example.gov.cn/?x=1"), ("JIBAN_OIDC_ISSUER", "https://u:p@sso.example.gov.cn"),
    ("JIBAN_OIDC_CLIENT", "即办"), ("JIBAN_OIDC_SECRET", "two words"), ("JIBAN_OIDC_SECRET", "x" * 501),
    ("JIBAN_ADDRESS", "http://spfw.example.gov.cn"), ("JIBAN_OIDC_SCOPES", "profile"),
    ("JIBAN_OIDC_CLAIM", "a b"),
])
def test_what_is_not_safe_is_refused_and_a_secret_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingRefused, match=name) as refused:
        from_environment(NAMED | {name: value})

    assert "SECRET" not in name or value not in str(refused.value)


def test_a_secret_in_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    kept = {name: value for name, value in NAMED.items() if name != "JIBAN_OIDC_SECRET"}
    (tmp_path / "empty").touch()

    for file in (tmp_path / "none", tmp_path, tmp_path / "empty"):
        with pytest.raises(SettingRefused, match="JIBAN_OIDC_SECRET_FILE"):
            from_environment(kept | {"JIBAN_OIDC_SECRET_FILE": str(file)})


def test_nothing_may_be_posted_anywhere_unless_it_is_said() -> None:
    assert from_environment({}).guard.origins == ()
    told = from_environment({"JIBAN_WEBHOOK_ALLOW": "https://a.cn, https://*.b.cn:*", "JIBAN_WEBHOOK_NETWORKS": "10.20.0.0/16"})

    assert told.guard.target("https://x.b.cn:8443/y") and told.guard.admits("10.20.3.4") and not told.guard.admits("10.21.3.4")


@pytest.mark.parametrize(("name", "value"), [
    ("JIBAN_WEBHOOK_ALLOW", "a.cn"), ("JIBAN_WEBHOOK_NETWORKS", "10.20"), ("JIBAN_WEBHOOK_CA", "/nowhere.pem")])
def test_where_something_may_be_posted_to_is_said_clearly_or_not_at_all(name: str, value: str) -> None:
    with pytest.raises(SettingRefused, match=name):
        from_environment({name: value})


def test_a_file_of_authorities_that_holds_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")

    with pytest.raises(SettingRefused, match="JIBAN_WEBHOOK_CA"):
        wire_of(from_environment({"JIBAN_WEBHOOK_CA": str(file)}))
