"""The way out of this installation, as its settings say: where something may be posted to, whose certificates are believed."""

from __future__ import annotations

import ssl

from services.settings import SettingRefused, Settings
from webhooks.post import Wire, trusted


def wire_of(settings: Settings) -> Wire:
    """The wire of these settings. Raises SettingRefused when the file of authorities cannot be read."""
    try:
        return Wire(guard=settings.guard, trust=trusted(settings.authorities))
    except (OSError, ssl.SSLError) as error:
        raise SettingRefused("JIBAN_WEBHOOK_CA",
                             f"“{settings.authorities}” is no file of certificates in PEM: {error}") from error
