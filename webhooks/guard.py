"""Where something may be posted to: only where the office has said, and never by a name that leads elsewhere.

Two lists decide, both of the installation and empty at first. **Origins**: scheme, host and port, each named; a host may be
`*.example.gov.cn` or `*`, a port `*`. **Networks**: where a name may lead besides the public internet, since the systems of a
government's own network have addresses that are nobody's outside.

The name is resolved once. Every address it has must be allowed, or somebody who answers for the name could mix a good one with
a bad one; the caller then connects to these very addresses, so that a second answer is never asked for. How that is done is
not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from engine.errors import InvalidInput
from engine.sentences import say
from webhooks.faults import AddressRefused
from webhooks.networks import Network, is_admitted

Resolve = Callable[[str, int], Sequence[str]]
"""From a host and a port to its addresses; raises OSError when there are none."""

PORTS = {"http": 80, "https": 443}
LONGEST = 2000
"""Characters of an address."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?")
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One way out. `host`: lower case, `*` or `*.` and a domain; `port`: None for any."""

    scheme: str
    host: str
    port: int | None

    def covers(self, target: Target) -> bool:
        """Does it lead there? `*.example.cn` is each host below the domain, not the domain itself."""
        return (self.scheme == target.scheme and self.port in (None, target.port)
                and (self.host in ("*", target.host)
                     or (self.host.startswith("*.") and target.host.endswith(self.host[1:]))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where one post goes. `host`: lower case, an IPv6 address without brackets; `path`: with the query."""

    scheme: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        """Without path and query: these may hold what is nobody's business."""
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """See the module. Without `origins` nothing is posted at all."""

    origins: tuple[Origin, ...] = ()
    networks: tuple[Network, ...] = ()

    def target(self, url: str) -> Target:
        """Where an address leads. Raises AddressRefused when it is none, or not on the list."""
        target = target_of(url)
        if not any(origin.covers(target) for origin in self.origins):
            raise AddressRefused(say("nothing may be posted to {target}: add it to JIBAN_WEBHOOK_ALLOW if the office has "
                                     "agreed on it", target=str(target)))
        return target

    def addresses(self, target: Target, resolve: Resolve) -> tuple[str, ...]:
        """The addresses of a target's host, asked for once. Raises AddressRefused when one of them may not be reached, OSError
        when the host has none."""
        found = tuple(dict.fromkeys(resolve(target.host, target.port)))
        for each in found:
            if not self.admits(each):
                raise AddressRefused(say("{target} leads to {address}, which is not on the public internet: add its network to "
                                         "JIBAN_WEBHOOK_NETWORKS if it is the office's", target=str(target), address=each))
        if not found:
            raise OSError(f"{target.host} has no address")
        return found

    def admits(self, address: str) -> bool:
        """May this address be reached?"""
        return is_admitted(address, self.networks)


NOWHERE = Guard()


def target_of(url: str) -> Target:
    """The parts of an address. Raises AddressRefused unless it is plain http or https, without a user, a fragment or a letter
    that two readers could read differently."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise _none(url) from error
    plain = re.fullmatch(r"[!-~]+", url) and not set(url) & set("\\#\"<>^`{|}") and len(url) <= LONGEST
    if not plain or parts.scheme not in PORTS or "@" in parts.netloc or port == 0 or not _is_host(host):
        raise _none(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port or PORTS[parts.scheme], path=path)


def origins_of(text: str) -> tuple[Origin, ...]:
    """A list with commas or spaces between. Raises InvalidInput with the entry that is none."""
    return tuple(_origin(each) for each in re.split(r"[,\s]+", text) if each)


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _HOST.fullmatch(host) is not None and ".." not in host
    try:
        return "%" not in host and ip_address(host).version == 6
    except ValueError:
        return False


def _none(url: str) -> AddressRefused:
    return AddressRefused(say("“{start}…” is no address to post to: expected https://host[:port]/path in ASCII, without a user "
                              "or “#”", start=url.split("?")[0][:40]))


def _origin(text: str) -> Origin:
    found = re.fullmatch(r"(https?)://(\*|(?:\*\.)?[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\*|[0-9]{1,5}))?/?", text.lower())
    if found is None or (found[3] or "1").strip("0") == "" or int((found[3] or "1").replace("*", "1")) > 65535:
        raise InvalidInput("origin", say("“{text}” is none: expected https://host[:port], where the host may be *.domain or * "
                                         "and the port *", text=text[:100]))
    port = None if found[3] == "*" else int(found[3] or PORTS[found[1]])
    return Origin(scheme=found[1], host=found[2].strip("[]").rstrip("."), port=port)
