"""The provider of unified authentication 统一身份认证 that an installation names, and over which ways it may be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`issuer`: its address, as its tokens name it; `client_id`, `client_secret`: as what this installation is registered
    there; `return_to`: the address of ours to which it sends people back, registered there too; `label`: of the button, "" for
    the usual words; `claim`: which of a token names the subject, whoever it vouches for; `scopes`: what is asked for.

    The claim is `sub` unless told otherwise: only that is promised never to pass to somebody else (OpenID Connect Core §5.7),
    while a user name or a telephone number is given to the next one who comes."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    return_to: str
    label: str = ""
    claim: str = "sub"
    scopes: tuple[str, ...] = ("openid",)


def is_safe_way(address: str) -> bool:
    """May the provider be asked there: by https, or without leaving this machine?"""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if not parts.hostname or port == 0 or parts.username is not None or not re.fullmatch("[!-~]+", address):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
