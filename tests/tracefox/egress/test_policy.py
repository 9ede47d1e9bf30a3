"""The table of addresses, and the names and ports that may not be asked for."""

from __future__ import annotations

import ipaddress
import random

import pytest

from tracefox.egress import policy

SPECIAL_BLOCKS = """
0.0.0.0 0.1.2.3 10.0.0.5 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254 169.254.0.1
172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.1.1 192.175.48.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 232.1.2.3 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::10.0.0.5 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:169.254.169.254 ::ffff:0:10.0.0.5 64:ff9b::a00:5 64:ff9b:1::a00:5 100::1 100:0:0:1::1 200::1
2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:1::1 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:db8::1 2002:a00:5::1
2620:4f:8000::1 3ffe::1 3fff::1 5f00::1 4000::1 fc00::1 fd00::1 fd00:ec2::254 fe80::1 fe80::1%lo 2606:4700::1111%eth0 fec0::1 ff02::1 ff0e::1
"""
SPECIAL = SPECIAL_BLOCKS.split()

UNREADABLE = [
    "",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "127.0.0.1.",
    " 127.0.0.1",
    "１２７.0.0.1",
    "[::1]",
    "::1%",
    "1.2.3.4.5",
    "a.b",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "198.20.0.1",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450::1",
]


@pytest.mark.parametrize("address", SPECIAL)
def test_a_special_address_is_denied(address):
    verdict = policy.judge_address(address)
    assert not verdict.allowed
    assert verdict.reason


def test_the_table_covers_every_special_block():
    assert len(set(SPECIAL)) >= 54


@pytest.mark.parametrize("address", UNREADABLE)
def test_what_is_no_plain_address_is_denied(address):
    assert policy.judge_address(address) == policy.Verdict(False, "unparsable")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address):
    assert policy.judge_address(address) == policy.ALLOWED


def test_ten_thousand_random_public_addresses_are_all_allowed():
    drawn = _random_public_addresses(10_000)
    assert [address for address in drawn if not policy.judge_address(address).allowed] == []


def _random_public_addresses(count: int) -> list[str]:
    """Global unicast by Python's own table, which allows more than ours: what only ours denies is left out by name."""
    ours = [ipaddress.ip_network(block) for block in ("168.63.129.16/32", "192.88.99.0/24", "224.0.0.0/4", "3ffe::/16", "3fff::/20", "2002::/16")]
    source = random.Random(20260101)
    drawn: list[str] = []
    while len(drawn) < count:
        address = ipaddress.IPv4Address(source.getrandbits(32)) if len(drawn) % 2 else ipaddress.IPv6Address(1 << 125 | source.getrandbits(125))
        if address.is_global and not any(address in block for block in ours):
            drawn.append(str(address))
    return drawn


def test_networks_of_our_own_are_denied():
    deny = policy.networks(["93.184.215.0/24", " 2606:4700::/32 ", ""])
    assert policy.judge_address("93.184.215.14", extra_deny=deny) == policy.Verdict(False, "own network")
    assert not policy.judge_address("2606:4700::1", extra_deny=deny).allowed
    assert policy.judge_address("1.1.1.1", extra_deny=deny).allowed


def test_a_network_that_cannot_be_read_is_an_error():
    with pytest.raises(ValueError, match="host bits"):
        policy.networks(["93.184.215.14/24"])


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("localhost", "single label"),
        ("redis", "single label"),
        ("2130706433", "single label"),
        ("0x7f000001", "single label"),
        ("0177.0.0.1", "numeric"),
        ("127.0.0.0x1", "numeric"),
        ("a.b.c.1", "numeric"),
        ("intern.local", "suffix .local"),
        ("metadata.google.internal", "suffix .internal"),
        ("a.localhost", "suffix .localhost"),
        ("nas.lan", "suffix .lan"),
        ("wiki.corp", "suffix .corp"),
        ("printer.home.arpa", "suffix .home.arpa"),
        ("home.arpa", "suffix .home.arpa"),
        ("postgres.default.svc", "suffix .svc"),
        ("abc.onion", "suffix .onion"),
        ("www.shop.test", "suffix .test"),
        ("", "hostname"),
        (".example.com", "hostname"),
        ("a..b.com", "hostname"),
        ("a_b.com", "hostname"),
        ("-a.com", "hostname"),
        ("a-.com", "hostname"),
        ("%31.com", "hostname"),
        ("WWW.shop.com", "hostname"),
        ("www.shop.com.", "hostname"),
        ("①②⑦.com", "hostname"),
        ("a" * 64 + ".com", "hostname"),
        (".".join(["abcdefg"] * 40) + ".com", "hostname"),
    ],
)
def test_a_name_that_cannot_be_public_is_denied(host, reason):
    assert policy.judge_host(host) == policy.Verdict(False, reason)


@pytest.mark.parametrize(
    "host", ["shop.com", "www.shop.co.uk", "xn--mnchen-3ya.de", "shop.xn--p1ai", "3m.com", "a-b--c.io", "127.0.0.1.nip.io", "localhost.com", "a" * 63 + ".com"]
)
def test_a_public_name_is_allowed(host):
    assert policy.judge_host(host) == policy.ALLOWED


def test_only_listed_ports_are_allowed():
    assert policy.judge_port(443).allowed
    assert [port for port in (0, 22, 80, 6379, 8443, 65537) if policy.judge_port(port).allowed] == []
    assert policy.judge_port(8443, allowed={443, 8443}).allowed
