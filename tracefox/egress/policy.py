"""May this address, this name, this port be reached from a scan?

Pure: standard library only, no look-ups, no clock. Everything is denied but global unicast, and whatever cannot be read is denied too. Python's own
predicates are no substitute: `is_private` and `is_global` let the addresses of several cloud metadata services through.

To deny one more block, add it to `_IPV4_SPECIAL` or `_IPV6_SPECIAL` and one of its addresses to the table in `tests/tracefox/egress/test_egress_policy.py`.
Networks of our own that are public addresses are not code: they come from `TRACEFOX_EGRESS_DENY` as `extra_deny`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is empty when allowed; otherwise short, stable and free of secrets, so that it can be shown and counted."""

    allowed: bool
    reason: str = ""


ALLOWED = Verdict(True)

_IPV4_SPECIAL = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private use
        "100.64.0.0/10",  # carrier-grade NAT, and Alibaba's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's wire server: public by number, internal by use
        "169.254.0.0/16",  # link local, and most metadata services
        "172.16.0.0/12",  # private use
        "192.0.0.0/24",  # protocol assignments, and Oracle's metadata service
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnelling
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private use
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_IPV6_GLOBAL = ipaddress.IPv6Network("2000::/3")
_IPV6_SPECIAL = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID and the rest
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the former test network
        "3fff::/20",  # documentation
    )
)
_SUFFIXES = (
    "alt",
    "corp",
    "example",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "private",
    "svc",
    "test",
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LAST_LABEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9]")


def judge_address(address: str, *, extra_deny: Collection[Network] = ()) -> Verdict:
    """May this address be dialled? It must be written as `ipaddress` reads it: no short, octal or hexadecimal forms."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return Verdict(False, "unparsable")
    verdict = _judge_ipv6(parsed) if isinstance(parsed, ipaddress.IPv6Address) else _outside(parsed, _IPV4_SPECIAL, "special")
    if verdict.allowed and any(parsed in network for network in extra_deny):
        return Verdict(False, "own network")  # which one is nobody's business
    return verdict


def judge_host(host: str) -> Verdict:
    """May this name be looked up? It must be lower case and without its final dot. Literal addresses are no names: see `judge_address`."""
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return Verdict(False, "hostname")
    if len(labels) < 2:
        return Verdict(False, "single label")
    if not _LAST_LABEL.fullmatch(labels[-1]):
        return Verdict(False, "numeric")  # some resolver somewhere reads these as an address
    for suffix in _SUFFIXES:
        if host.endswith(f".{suffix}") or host == suffix:
            return Verdict(False, f"suffix .{suffix}")
    return ALLOWED


def judge_port(port: int, *, allowed: Collection[int] = frozenset({443})) -> Verdict:
    return ALLOWED if port in allowed else Verdict(False, "port")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read `TRACEFOX_EGRESS_DENY`. A network that cannot be read raises: a typing error must not open the door."""
    return tuple(ipaddress.ip_network(text.strip()) for text in texts if text.strip())


def _judge_ipv6(address: ipaddress.IPv6Address) -> Verdict:
    if address.scope_id is not None:
        return Verdict(False, "scoped")
    if address.ipv4_mapped is not None:
        return Verdict(False, "v4-mapped")
    if address not in _IPV6_GLOBAL:
        return Verdict(False, "not global unicast")
    return _outside(address, _IPV6_SPECIAL, "special")


def _outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address, blocks: Iterable[Network], reason: str) -> Verdict:
    for block in blocks:
        if address in block:
            return Verdict(False, f"{reason} {block}")
    return ALLOWED
