"""One page of one load, and whose things are on it. Pure. `page_items` and its neighbours take it apart."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scans.classify import hosts, vendors
from scans.diff import urls
from scans.snapshot import Observation

Volatile = Set[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """`volatile` are URL parameters that say nothing; `bodies` come by their hash."""

    seen: Observation
    first_party: str
    volatile: Volatile
    bodies: Mapping[str, bytes]

    def key(self, url: str) -> str:
        return urls.key(url, first_party=self.first_party, volatile=self.volatile)

    def whose(self, host: str) -> dict[str, Any]:
        return whose(host, self.first_party)


@lru_cache(maxsize=20_000)
def whose(host: str, first_party: str) -> dict[str, Any]:
    """What rules and pages read of a host. Where anybody may keep things, the vendor that lends the room says nothing about who does."""
    vendor = vendors.entity_of(host)
    domain = vendors.registrable_domain(host)
    third = domain != first_party
    about = {"host": host, "domain": domain, "entity": vendor.entity, "vendor_category": vendor.category, "party": "third" if third else "first"}
    return about | {"vendor_category": "hosting", "anybodys": True} if third and hosts.is_anybodys(host) else about


def short(url: str) -> str:
    return url.split("?", 1)[0].removeprefix("https://")[:200]
