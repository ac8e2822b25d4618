"""The shapes of accounts: how people sign in, tokens of their programs, and what has happened. A password and a token are shown
once, where they are given; nothing else here tells anything of either."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.account_events import Kind
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _day, _Query

_REASON, _SHORT = 500, 100
_Scope = Literal["read", "work", "rule", "administer"]


class AccountsQuery(_Query):
    """Which accounts, in the order their persons were entered."""

    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class TokenPath(BaseModel):
    """Which token."""

    id: int = Field(ge=1, le=2**62, description="The `id` of the token.")


class BarredAccount(_Body):
    """Why an account is barred, or let in again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "调离"}]})

    reason: str = Field(min_length=1, max_length=_REASON)


class NewLink(_Body):
    """Whom the provider of unified authentication knows by which subject."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"subject": "248289761001"}]})

    subject: str = Field(min_length=1, max_length=200, description="As the provider names him in the claim of the settings.")


class NewAccountToken(_Body):
    """A token for a program that acts for the account."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"name": "一体化平台对接", "scopes": ["read", "work"], "expires_on": "2027-03-31"}]})

    name: str = Field(min_length=1, max_length=_SHORT, description="Which system, and what for.")
    scopes: list[_Scope] = Field(min_length=1, max_length=4)
    expires_on: Annotated[date, BeforeValidator(_day)] = Field(description="Its last day, at most 366 days from now.")


class AccountToken(BaseModel):
    """A token as it is known afterwards. `revoked_at`, `last_used_at`: null when it never was."""

    id: int
    person: str
    name: str
    scopes: list[_Scope]
    issued_by: str
    issued_at: datetime
    expires_on: date
    revoked_at: datetime | None
    last_used_at: datetime | None


class IssuedToken(AccountToken):
    """A token as it is issued."""

    token: str = Field(description="Shown this once: only its digest is kept.")


class AccountEvent(BaseModel):
    """What happened to an account. Their numbers have no gap."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    kind: str = Field(json_schema_extra={"enum": [each.value for each in Kind]})
    person: str
    by: str
    detail: str


class AccountSummary(BaseModel):
    """An account. `password_changed_at`, `locked_until`, `disabled_at`, `disabled_by`: null when it never was. `subject`: as
    which unified authentication knows its owner, null when it is not linked. `tokens`: how many are in force."""

    id: str
    name: str
    unit: str
    access: Literal["unset", "disabled", "locked", "to_change", "ready"]
    subject: str | None
    password_changed_at: datetime | None
    locked_until: datetime | None
    disabled_at: datetime | None
    disabled_by: str | None
    tokens: int


class Accounts(BaseModel):
    """A page of accounts."""

    items: list[AccountSummary]
    next: str | None = Field(description="Null on the last page.")


class AccountDetails(BaseModel):
    """An account with all its tokens and the last twenty things that happened to it, the latest first."""

    account: AccountSummary
    tokens: list[AccountToken]
    events: list[AccountEvent]


class FirstPassword(BaseModel):
    """A first password. Its owner has to change it when he first signs in."""

    account: str
    password: str = Field(description="Shown this once: only its hash is kept.")


class AccountEventsQuery(AccountsQuery):
    """Which events, the latest first."""

    account: str | None = Field(None, max_length=_SHORT, description="Only those of this account.")


class AccountEvents(BaseModel):
    """A page of what happened to accounts."""

    items: list[AccountEvent]
    next: str | None = Field(description="Null on the last page.")


class UnmaskingsQuery(AccountsQuery):
    """Which looks at personal data, the latest first."""

    number: str | None = Field(None, max_length=40, description="Only those at this case.")


class Unmasking(BaseModel):
    """Somebody has looked at the personal data of a case. Their numbers have no gap."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    by: str
    number: str
    reason: str


class Unmaskings(BaseModel):
    """A page of looks at personal data."""

    items: list[Unmasking]
    next: str | None = Field(description="Null on the last page.")


BODIES = (BarredAccount, NewAccountToken)
"""Bodies with examples."""
