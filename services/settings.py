"""What an installation may set, all from the environment with the prefix ``JIBAN_``; sensible without any of it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import InvalidInput, JibanError
from services.files import MEGABYTE, Files
from services.oidc.provider import Provider, is_safe_way
from services.passwords import STRONG, Hashing
from webhooks.guard import NOWHERE, Guard, origins_of
from webhooks.networks import networks_of

SHELF = Path(__file__).resolve().parent.parent / "bpmn"
"""The shelf of this checkout."""

NUMBERING = "岳园{sign}〔{year}〕{number}号"
"""How documents are numbered, after GB/T 9704: the office's word, that of the series, the year, the count in it."""

RETURN_PATH = "/sign-in/oidc/return"
"""Where the provider sends people back to, below the address of this server; a test compares it with the route."""

_NEEDED = {
    "JIBAN_OIDC_ISSUER": "the address of the provider, as its tokens name it",
    "JIBAN_OIDC_CLIENT": "the id under which this server is registered at the provider",
    "JIBAN_ADDRESS": "the provider sends people back to it, and only to an address that is registered there",
}
_LONGEST_LABEL = 20


class SettingRefused(JibanError):
    """A setting cannot be used; says which, why and what would do."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"{name}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`database`: SQLAlchemy URL. `token`: bearer token of the API, None when unset. `tick_seconds`: how often the
    embedded scheduler rings. `running_months`: for how long a concluded case shows that a row of the empowerment list runs
    有效运行. `idle_minutes`, `visit_hours`: after how long without a request, and how long at most, somebody is signed in.
    `proxy`: the address of the one reverse proxy whose word is taken for who asks and whether by https; None: there is none.
    `address`: of this server as strangers reach it, for the code on documents; "" for none. `numbering`: how documents are
    numbered, with {sign}, {year} and {number}. `fonts`: a folder with more fonts for documents, None for none. `files`: where
    handed-in files lie; None: beside the database. `file_megabytes`, `case_megabytes`: how large one may be, and those of a
    case together. `scanner`: the command that looks at each, () for none.
    `drain_seconds`: how long a node that was told to end still answers, so that whoever shares requests out notices;
    `stop_seconds`: how long what it has begun may take to end. `metrics_port`, `metrics_host`: where whoever watches the node
    is answered; None: nowhere. `log_json`: lines for programs instead of people.
    `otlp_endpoint`: where traces are sent; None: there are none.
    `guard`: where facts may be posted to, nowhere unless it is said; `authorities`: a file with certificates that are believed
    there besides the system's, None for none. `language`: zh, or one the pages are translated to. `provider`: of unified
    authentication 统一身份认证; None: people have passwords alone. `hashing`: what comparing a password costs; no environment
    changes it."""

    database: str = "sqlite:///data/jiban.db"
    token: str | None = None
    shelf: Path = SHELF
    host: str = "127.0.0.1"
    port: int = 8000
    tick_seconds: float = 5.0
    drain_seconds: float = 0.5
    stop_seconds: float = 25.0
    metrics_port: int | None = None
    metrics_host: str = "127.0.0.1"
    log_json: bool = False
    otlp_endpoint: str | None = None
    running_months: int = 6
    idle_minutes: int = 30
    visit_hours: int = 12
    proxy: str | None = None
    address: str = ""
    numbering: str = NUMBERING
    fonts: Path | None = None
    files: Path | None = None
    file_megabytes: int = 20
    case_megabytes: int = 200
    scanner: tuple[str, ...] = ()
    guard: Guard = NOWHERE
    authorities: Path | None = None
    provider: Provider | None = None
    hashing: Hashing = STRONG
    language: str = "zh"


DEFAULTS = Settings()


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises SettingRefused with one sentence."""
    given = {name: value for name, value in environment.items() if value.strip()}
    shelf = Path(given.get("JIBAN_SHELF", SHELF)).resolve()
    if not shelf.is_dir():
        raise SettingRefused("JIBAN_SHELF", f"“{shelf}” is not a folder; it should hold *.bpmn, forms/ and calendars/")
    return Settings(
        database=_database(given.get("JIBAN_DATABASE", DEFAULTS.database)), token=given.get("JIBAN_TOKEN"), shelf=shelf,
        host=given.get("JIBAN_HOST", DEFAULTS.host), port=_port(given), tick_seconds=_tick(given),
        drain_seconds=_seconds(given, "JIBAN_DRAIN_SECONDS", DEFAULTS.drain_seconds, most=20),
        metrics_port=_metrics_port(given), metrics_host=given.get("JIBAN_METRICS_HOST", DEFAULTS.metrics_host),
        otlp_endpoint=_otlp(given.get("JIBAN_OTLP_ENDPOINT")), log_json=_is_json(given.get("JIBAN_LOG", "text")),
        stop_seconds=_seconds(given, "JIBAN_STOP_SECONDS", DEFAULTS.stop_seconds, most=600),
        running_months=_number(given, "JIBAN_RUNNING_MONTHS", DEFAULTS.running_months, "months", most=120),
        idle_minutes=_number(given, "JIBAN_IDLE_MINUTES", DEFAULTS.idle_minutes, "minutes", most=12 * 60),
        visit_hours=_number(given, "JIBAN_VISIT_HOURS", DEFAULTS.visit_hours, "hours", most=24), proxy=given.get("JIBAN_PROXY"),
        address=_address(given.get("JIBAN_ADDRESS", "")), fonts=_fonts(given.get("JIBAN_FONTS")),
        numbering=_numbering(given.get("JIBAN_DOCUMENT_NUMBER", NUMBERING)),
        files=Path(given["JIBAN_FILES"]).resolve() if "JIBAN_FILES" in given else None,
        file_megabytes=_megabytes(given, "JIBAN_FILE_MEGABYTES", DEFAULTS.file_megabytes),
        case_megabytes=_megabytes(given, "JIBAN_CASE_MEGABYTES", DEFAULTS.case_megabytes),
        scanner=tuple(shlex.split(given.get("JIBAN_SCANNER", ""))), language=_language(given), provider=_provider(given),
        guard=_guard(given), authorities=_authorities(given.get("JIBAN_WEBHOOK_CA")))


def _database(url: str) -> str:
    """PostgreSQL is reached through psycopg, whatever the URL's short form says."""
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise SettingRefused("JIBAN_DATABASE", "expected sqlite:///path/to/file.db or postgresql://user@host/name")
    return url


def _metrics_port(given: Mapping[str, str]) -> int | None:
    if "JIBAN_METRICS_PORT" not in given:
        return None
    return _port({"JIBAN_METRICS_PORT": given["JIBAN_METRICS_PORT"]}, "JIBAN_METRICS_PORT")


def _otlp(text: str | None) -> str | None:
    """As other programs read it: where it names no path, the usual one of traces."""
    if text is None:
        return None
    if not re.fullmatch(r"https?://[!-~]{1,200}", text.strip()):
        raise SettingRefused("JIBAN_OTLP_ENDPOINT", f"“{text[:100]}” is not an address like http://localhost:4318")
    kept = text.strip().rstrip("/")
    return kept if "/" in kept.partition("://")[2] else f"{kept}/v1/traces"


def _is_json(text: str) -> bool:
    if text not in ("json", "text"):
        raise SettingRefused("JIBAN_LOG", f"“{text[:40]}” is neither json nor text")
    return text == "json"


def _port(given: Mapping[str, str], name: str = "") -> int:
    name = name or ("JIBAN_PORT" if "JIBAN_PORT" in given else "PORT")
    text = given.get(name, str(DEFAULTS.port))
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise SettingRefused(name, f"“{text}” is not a port number (0–65535)")
    return int(text)


def _tick(given: Mapping[str, str]) -> float:
    text = given.get("JIBAN_TICK_SECONDS", str(DEFAULTS.tick_seconds))
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise SettingRefused("JIBAN_TICK_SECONDS", f"“{text}” is not a number of seconds from 0.1 to 3600")
    return seconds


def _seconds(given: Mapping[str, str], name: str, default: float, *, most: int) -> float:
    text = given.get(name, str(default))
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) or float(text) > most:
        raise SettingRefused(name, f"“{text[:40]}” is not a number of seconds from 0 to {most}")
    return float(text)


def _number(given: Mapping[str, str], name: str, default: int, unit: str, *, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= most):
        raise SettingRefused(name, f"“{text}” is not a number of {unit} from 1 to {most}")
    return int(text)


def files_of(settings: Settings) -> Files:
    """Where the files of these settings lie, and how large they may be: beside an SQLite database, else in ``data/files``."""
    return Files(folder=settings.files or _beside(settings.database), largest=settings.file_megabytes * MEGABYTE,
                 largest_case=settings.case_megabytes * MEGABYTE, scanner=settings.scanner)


def _beside(database: str) -> Path:
    file = database.removeprefix("sqlite:///") if database.startswith("sqlite:///") else ""
    return (Path(file).parent if file and file != ":memory:" else Path("data")) / "files"


def _guard(given: Mapping[str, str]) -> Guard:
    """Where something may be posted to, and into which networks besides the public internet."""
    name = "JIBAN_WEBHOOK_ALLOW"
    try:
        origins = origins_of(given.get(name, ""))
        name = "JIBAN_WEBHOOK_NETWORKS"
        return Guard(origins=origins, networks=networks_of(given.get(name, "")))
    except InvalidInput as error:
        raise SettingRefused(name, error.reason) from error


def _authorities(text: str | None) -> Path | None:
    if text is None:
        return None
    if not (file := Path(text)).is_file():
        raise SettingRefused("JIBAN_WEBHOOK_CA", f"“{text}” is not a file; it should hold certificates in PEM")
    return file.resolve()


def _megabytes(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 10_000):
        raise SettingRefused(name, f"“{text}” is not a number of megabytes from 1 to 10000")
    return int(text)


def _address(text: str) -> str:
    """The address of this server, without a slash at its end."""
    kept = text.strip().rstrip("/")
    if kept and not re.fullmatch(r"https?://[!-~]{1,200}", kept):
        raise SettingRefused("JIBAN_ADDRESS", f"“{text[:100]}” is not an address like https://spfw.example.gov.cn")
    return kept


def _numbering(text: str) -> str:
    kept = text.strip()
    if any(kept.count(part) != 1 for part in ("{sign}", "{year}", "{number}")) or len(kept) > 60 or not kept.isprintable():
        raise SettingRefused("JIBAN_DOCUMENT_NUMBER", "expected a pattern of at most 60 characters with {sign}, {year} and "
                                                      f"{{number}} once each, like {NUMBERING}")
    return kept


def _language(given: Mapping[str, str]) -> str:
    kept = given.get("JIBAN_LANGUAGE", DEFAULTS.language).strip()
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", kept):
        raise SettingRefused("JIBAN_LANGUAGE", f"“{kept[:40]}” is not a language like zh, en or mn_CN")
    return kept


def _provider(given: Mapping[str, str]) -> Provider | None:
    """The provider of unified authentication 统一身份认证; None when nothing is said of one."""
    if not any(name.startswith("JIBAN_OIDC_") for name in given):
        return None
    for name, what in _NEEDED.items():
        if name not in given:
            raise SettingRefused(name, f"is missing: {what}; or unset every JIBAN_OIDC_…")
    return Provider(
        issuer=_issuer(given["JIBAN_OIDC_ISSUER"].strip()), client_id=_plain(given, "JIBAN_OIDC_CLIENT"),
        client_secret=_client_secret(given), return_to=_return_to(given["JIBAN_ADDRESS"]),
        label=given.get("JIBAN_OIDC_LABEL", "").strip()[:_LONGEST_LABEL], claim=_claim(given.get("JIBAN_OIDC_CLAIM", "sub")),
        scopes=_scopes(given.get("JIBAN_OIDC_SCOPES", "openid")))


def _issuer(text: str) -> str:
    if not is_safe_way(text) or "?" in text or "#" in text:
        raise SettingRefused("JIBAN_OIDC_ISSUER", f"“{text[:100]}” is not an address like https://sso.example.gov.cn/park; "
                                                  "without https only this machine itself will do")
    return text


def _return_to(address: str) -> str:
    kept = _address(address)
    if not is_safe_way(kept):
        raise SettingRefused("JIBAN_ADDRESS", f"“{kept[:100]}” is not https: with JIBAN_OIDC_ISSUER the provider sends people "
                                              "back here with what lets them in")
    return f"{kept}{RETURN_PATH}"


def _client_secret(given: Mapping[str, str]) -> str:
    if "JIBAN_OIDC_SECRET" in given:
        return _plain(given, "JIBAN_OIDC_SECRET")
    file = given.get("JIBAN_OIDC_SECRET_FILE")
    if file is None:
        raise SettingRefused("JIBAN_OIDC_SECRET", "is missing: what the provider gave for this client, or the file with it in "
                                                  "JIBAN_OIDC_SECRET_FILE; or unset every JIBAN_OIDC_…")
    try:
        return _plain({"JIBAN_OIDC_SECRET_FILE": Path(file).read_text("utf-8").partition("\n")[0]}, "JIBAN_OIDC_SECRET_FILE")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingRefused("JIBAN_OIDC_SECRET_FILE", f"“{file}” cannot be read: {type(error).__name__}") from error


def _plain(given: Mapping[str, str], name: str) -> str:
    """What goes into a header as it is. It may be a secret, so that the refusal does not repeat it."""
    kept = given[name].strip()
    if not re.fullmatch(r"[!-~]{1,500}", kept):
        raise SettingRefused(name, "expected 1 to 500 ASCII characters without spaces")
    return kept


def _claim(text: str) -> str:
    kept = text.strip()
    if not re.fullmatch(r"[!-~]{1,100}", kept):
        raise SettingRefused("JIBAN_OIDC_CLAIM", f"“{kept[:100]}” is no name of a claim like sub or preferred_username")
    return kept


def _scopes(text: str) -> tuple[str, ...]:
    kept = tuple(text.replace(",", " ").split())
    if "openid" not in kept:
        raise SettingRefused("JIBAN_OIDC_SCOPES", f"“{text[:100]}” lacks openid, without which there is no ID token")
    return kept


def _fonts(text: str | None) -> Path | None:
    if text is None:
        return None
    folder = Path(text).resolve()
    if not folder.is_dir():
        raise SettingRefused("JIBAN_FONTS", f"“{folder}” is not a folder; it should hold fonts (*.otf, *.ttf, *.ttc)")
    return folder
