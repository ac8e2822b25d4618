"""Which addresses are on the public internet, and which are reached only because the office has named their network.

An address that hands out a cloud's credentials is reached only when it is named by itself, never as a part of a wider network.
An IPv6 address that stands for an IPv4 address is judged by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from engine.errors import InvalidInput
from engine.sentences import say

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOUDS = frozenset(ip_address(each) for each in (
    "169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.23", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"))
"""Where clouds tell a machine its credentials: AWS, Tencent, Alibaba, Azure, Oracle, Google. Not all are in private ranges."""

_NOBODYS = tuple(ip_network(each) for each in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
    "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
    "fec0::/10", "ff00::/8"))
"""The IANA special-purpose registries (RFC 6890 and its updates): reached only where they are configured."""

_MAPPED, _TRANSLATED, _SIX_TO_FOUR = ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96"), ip_network("2002::/16")


def is_admitted(text: str, networks: Iterable[Network]) -> bool:
    """May this address be reached, where `networks` are the office's? What is no address may not."""
    try:
        address = carried(ip_address(text))
    except ValueError:  # a zone behind %, say
        return False
    named = [network for network in networks if address.version == network.version and address in network]
    if address in _CLOUDS:
        return any(network.num_addresses == 1 for network in named)
    return bool(named) or not _is_nobodys(address)


def networks_of(text: str) -> tuple[Network, ...]:
    """A list of addresses and networks with commas or spaces between. Raises InvalidInput with the entry that is none."""
    return tuple(_network(each) for each in re.split(r"[,\s]+", text) if each)


def carried(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for: mapped (::ffff:0:0/96), translated (RFC 6052) or 6to4 (RFC 3056)."""
    if isinstance(address, IPv4Address):
        return address
    if address in _MAPPED or address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(int(address) >> 80 & 0xFFFF_FFFF)
    return address


def _is_nobodys(address: Address) -> bool:
    """`is_global` beside the list: each knows ranges that the other does not in some version."""
    return _is_in(address, _NOBODYS) or not address.is_global


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise InvalidInput("network", say("“{text}” is none: expected an address or a network like 10.20.0.0/16",
                                          text=text[:100])) from error
