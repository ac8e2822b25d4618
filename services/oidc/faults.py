"""What can go wrong with the provider: it is not reached, or what it says cannot be believed. Why is for the log; whoever wants
to sign in is told in words of the page."""

from __future__ import annotations

from engine.errors import JibanError


class ProviderUnreachable(JibanError):
    """The provider does not answer, in time, or with what can be read."""


class TokenRefused(JibanError):
    """The provider has answered, but does not vouch for anybody in a way that can be believed."""
