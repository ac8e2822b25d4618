"""An upstream platform that sends applications and callbacks, signed as it has agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from secrets import token_bytes
from typing import Any

import orjson
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from services.database import writing
from services.store import platforms as store
from services.store import writing as writing_store
from services.store.platforms import SecretRow
from webhooks.signature import SECRET_BYTES, secret_of, sign

APPLIED = {"spsxslbm": "YY-2026-0001", "spsxbm": "竣工联合验收", "xmmc": "数据产业园二期", "yqmc": "岳阳经开区",
           "sqdw": {"mc": "岳阳某某公司"}}
"""An application of 工改, for a park by its alias."""


@dataclass
class Sender:
    """A platform: its client, the secret it signs with, its clock."""

    client: FlaskClient
    secret: str
    name: str = "gonggai"
    now: datetime = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    ids: count[int] = field(default_factory=lambda: count(1))

    def apply(self, body: Any = None, **changed: Any) -> TestResponse:
        """Send an application; `changed`: of `APPLIED`."""
        given = {name: changed.pop(name) for name in ("id", "at", "secret", "headers") if name in changed}
        return self.send("applications", {**APPLIED, **changed} if body is None else body, **given)

    def call_back(self, body: Any = None, /, **said: Any) -> TestResponse:
        """Send a callback."""
        given = {name: said.pop(name) for name in ("id", "at", "secret", "headers") if name in said}
        return self.send("callbacks", said if body is None else body, **given)

    def send(
        self, room: str, body: Any, *, id: str = "", at: datetime | None = None, secret: str = "",
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """Send something, signed; bytes go as they are."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        signed = headers if headers is not None else sign(
            [secret or self.secret], id=id or f"msg_{next(self.ids)}", at=at or self.now, body=content)
        return self.client.post(f"/api/v1/incoming/{self.name}/{room}", data=content, content_type="application/json",
                                headers=signed)


def agreed(database: Engine, name: str = "gonggai", now: datetime = Sender.now) -> str:
    """A secret that is shared with a platform, in an office that may know nobody yet."""
    row = SecretRow(platform=name, id=0, secret=secret_of(token_bytes(SECRET_BYTES)), issued_by="root", issued_at=now,
                    ended_by=None, ended_at=None)
    with writing(database) as connection:
        store.insert_secret(connection, row._replace(id=writing_store.next_number(connection, "platform_secret")))
    return row.secret
