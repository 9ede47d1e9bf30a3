"""Whose host is this, and what is it for?

Pure. `entity_of` answers from the lists of `book`; the most specific pattern decides. Unsure is `unknown`, never a guess. `tags` reads account ids.

To add a vendor, or an account id to read: add it to `data/vendors.toml`, with a line in `tests/scans/classify/test_vendors.py` or `test_tags.py`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from functools import lru_cache

from scans import addresses
from scans.classify import book, hosts
from scans.classify.book import DATA, Vendor
from scans.classify.tags import read as tags
from scans.snapshot import Observation, Party, ThirdParty

__all__ = ["CATEGORIES", "DATA", "Vendor", "data_sets", "entity_of", "party", "registrable_domain", "tags", "third_parties"]

# In the order in which they matter to a visitor's privacy: a domain that serves several ends is told by the first.
CATEGORIES = (
    "advertising",
    "analytics",
    "social",
    "ab-test",
    "email",
    "tag-manager",
    "chat",
    "reviews",
    "video",
    "maps",
    "payment",
    "consent",
    "fonts",
    "cdn",
    "hosting",
    "other",
    "unknown",
)


def entity_of(host: str) -> Vendor:
    """The vendor of a host name: exact patterns before `*.` ones, longer before shorter."""
    return _entity_of(_plain(host))


def registrable_domain(host: str) -> str:
    """The part of a host name that somebody registered (`a.b.co.uk` -> `b.co.uk`). Addresses, public suffixes and `hosts.ANYBODYS` are their own answer."""
    return _registrable_domain(_plain(host))


def party(host: str, first_party_host: str) -> Party:
    return "first" if registrable_domain(host) == registrable_domain(first_party_host) else "third"


def third_parties(observations: Iterable[Observation]) -> list[ThirdParty]:
    """Who the pages talked to, or tried to, beyond the site itself: one entry per registrable domain, sorted by it."""
    sums: dict[str, _Sum] = {}
    for page in observations:
        for host, kind, size in _contacts(page):
            sums.setdefault(registrable_domain(host), _Sum()).add(page.url, host, kind, size)
    return [sums[domain].party(domain) for domain in sorted(sums)]


def data_sets() -> dict[str, str]:
    """Name and version of each list behind an answer, kept with the answer so that it can be explained and given again."""
    return dict(book.opened().versions)


class _Sum:
    """What adds up to one ThirdParty."""

    def __init__(self) -> None:
        self.hosts: set[str] = set()
        self.pages: set[str] = set()
        self.counts = {"request": 0, "script": 0, "cookie": 0, "socket": 0}
        self.transfer_size = 0

    def add(self, page: str, host: str, kind: str, size: int) -> None:
        self.hosts.add(_plain(host))
        self.pages.add(page)
        self.counts[kind] += 1
        self.transfer_size += size

    def party(self, domain: str) -> ThirdParty:
        known = sorted((entity_of(host) for host in self.hosts), key=lambda vendor: (CATEGORIES.index(vendor.category), vendor.entity))
        return ThirdParty(
            domain=domain,
            entity=known[0].entity,
            category=known[0].category,
            hosts=sorted(self.hosts),
            pages=sorted(self.pages),
            requests=self.counts["request"],
            scripts=self.counts["script"],
            cookies=self.counts["cookie"],
            transfer_size=self.transfer_size,
        )


def _contacts(page: Observation) -> Iterator[tuple[str, str, int]]:
    for request in page.requests:
        if request.party == "third" and request.host:
            yield request.host, "request", request.transfer_size or 0
    for socket in page.websockets:
        if socket.party == "third" and socket.host:
            yield socket.host, "socket", 0
    for script in page.scripts:
        if script.party == "third" and (host := hosts.host_of(script.url)):
            yield host, "script", 0
    for cookie in page.cookies:
        if cookie.party == "third":
            yield cookie.domain, "cookie", 0


def _plain(host: str) -> str:
    return host.strip(".").lower()


@lru_cache(maxsize=20_000)
def _entity_of(host: str) -> Vendor:
    known = book.opened()
    if vendor := known.exact.get(host):
        return vendor
    suffix = host
    while suffix:
        if vendor := known.below.get(suffix):
            return vendor
        suffix = suffix.partition(".")[2]
    return Vendor(_registrable_domain(host), "unknown")


@lru_cache(maxsize=20_000)
def _registrable_domain(host: str) -> str:
    if host[-1:].isdigit() or ":" in host:
        try:
            return str(ipaddress.ip_address(host.strip("[]")))
        except ValueError:
            return host
    return host if hosts.is_anybodys(host) else addresses.registrable_domain(host)
