"""Where something may be posted to, and where no trick leads."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.errors import InvalidInput
from webhooks.faults import AddressRefused
from webhooks.guard import Guard, origins_of, target_of
from webhooks.networks import networks_of

ANYWHERE = Guard(origins=origins_of("https://*:* http://*:*"))


def leading(*addresses: str):
    def resolve(host: str, port: int) -> Sequence[str]:
        return addresses
    return resolve


@pytest.mark.parametrize(("allowed", "url", "taken"), [
    ("https://a.example.cn", "https://a.example.cn/hook?x=1", True),
    ("https://a.example.cn", "https://A.Example.CN./hook", True),  # the same host, written otherwise
    ("https://a.example.cn", "https://a.example.cn:443/", True),
    ("https://a.example.cn", "http://a.example.cn/", False),  # another scheme
    ("https://a.example.cn", "https://a.example.cn:8443/", False),  # another port
    ("https://a.example.cn:8443", "https://a.example.cn:8443/", True),
    ("https://a.example.cn:*", "https://a.example.cn:8443/", True),
    ("https://a.example.cn", "https://b.example.cn/", False),
    ("https://a.example.cn", "https://a.example.cn.evil.com/", False),
    ("https://*.example.cn", "https://a.b.example.cn/", True),
    ("https://*.example.cn", "https://example.cn/", False),
    ("https://*.example.cn", "https://evilexample.cn/", False),
    ("https://*", "https://anything.com/", True),
    ("https://*", "http://anything.com/", False),
    ("http://[2001:4860::1]:80", "http://[2001:4860::1]/", True),
    ("http://b.cn, https://a.cn", "https://a.cn", True),
    ("", "https://a.example.cn/", False),  # nothing was configured: nothing leaves
])
def test_only_an_origin_on_the_list_is_a_target(allowed: str, url: str, taken: bool) -> None:
    guard = Guard(origins=origins_of(allowed))

    if taken:
        assert guard.target(url)
    else:
        with pytest.raises(AddressRefused, match="JIBAN_WEBHOOK_ALLOW"):
            guard.target(url)


@pytest.mark.parametrize("url", [
    "", "a.cn", "ftp://a.cn/", "file:///etc/passwd", "gopher://a.cn", "https://", "https:///x", "https://u:p@a.cn/", "https://a.cn@b.cn/",
    "https://a.cn\\@b.cn/", "https://a.cn/\r\nHost: b.cn", "https://a.cn/ x", "https://a.cn\t.b.cn/", "https://岳阳.cn/",
    "https://a.cn:0/", "https://a.cn:99999/", "https://a.cn:x/", "https://[::1/", "https://[fe80::1%25eth0]/", "https://a..cn/",
    "https://-a.cn/", "https://a.cn/#b", "https://a_%41.cn/", "https://" + "a" * 300 + ".cn/", "https://a.cn/" + "x" * 2000,
])
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused, match="expected https://"):
        target_of(url)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
    "100.100.100.200", "169.254.169.254", "169.254.1.1", "168.63.129.16", "192.0.0.192", "192.0.2.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    "::ffff:a00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001::1",
    "2001:db8::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "rubbish", "",
])
def test_an_address_that_is_not_on_the_public_internet_is_not_reached(address: str) -> None:
    target = ANYWHERE.target("https://a.cn/")

    with pytest.raises(AddressRefused, match="JIBAN_WEBHOOK_NETWORKS"):
        ANYWHERE.addresses(target, leading(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_an_address_on_the_public_internet_is_reached(address: str) -> None:
    assert ANYWHERE.addresses(ANYWHERE.target("https://a.cn/"), leading(address, address)) == (address,)


@pytest.mark.parametrize("mixed", [("1.1.1.1", "127.0.0.1"), ("127.0.0.1", "1.1.1.1")])
def test_a_name_with_one_good_and_one_bad_address_is_refused(mixed: tuple[str, str]) -> None:
    with pytest.raises(AddressRefused):
        ANYWHERE.addresses(ANYWHERE.target("https://a.cn/"), leading(*mixed))


@pytest.mark.parametrize(("networks", "address", "reached"), [
    ("10.20.0.0/16", "10.20.3.4", True),
    ("10.20.0.0/16", "::ffff:10.20.3.4", True),
    ("10.20.0.0/16", "10.21.3.4", False),
    ("192.168.1.9", "192.168.1.9", True),
    ("192.168.1.9", "192.168.1.10", False),
    ("fd12::/16", "fd12::1", True),
    ("169.254.0.0/16", "169.254.7.7", True),
    ("169.254.0.0/16", "169.254.169.254", False),  # credentials of a cloud: not as a part of a network
    ("100.64.0.0/10", "100.100.100.200", False),
    ("0.0.0.0/0", "168.63.129.16", False),
    ("169.254.169.254", "169.254.169.254", True),  # only by itself
])
def test_a_network_that_is_configured_is_reached_but_what_hands_out_credentials_only_by_itself(
        networks: str, address: str, reached: bool) -> None:
    guard = Guard(origins=ANYWHERE.origins, networks=networks_of(networks))

    assert guard.admits(address) is reached


def test_a_host_without_an_address_is_none() -> None:
    with pytest.raises(OSError, match="no address"):
        ANYWHERE.addresses(ANYWHERE.target("https://a.cn/"), leading())


@pytest.mark.parametrize("text", ["a.cn", "ftp://a.cn", "https://a.cn/path", "https://a*.cn", "https://a.cn:0", "https://a.cn:70000",
                                  "https://", "https://*.*.cn", "https://u@a.cn"])
def test_an_entry_of_the_list_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        origins_of(f"https://b.cn {text}")


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "localhost", "10.0"])
def test_a_network_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        networks_of(text)


def test_a_refusal_shows_nothing_of_the_path_and_the_query() -> None:
    with pytest.raises(AddressRefused) as refused:
        Guard().target("https://a.cn/hooks/T0KEN?key=T0KEN")

    assert "T0KEN" not in str(refused.value)
