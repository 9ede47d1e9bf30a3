"""A snapshot taken apart into items: what was on each page, under keys that stay the same while the thing does. Pure.

Only pages that were seen whole count, and of those that answer with an error that they do. A key may occur several times on a page (chunks of one bundle):
their facts are kept side by side. Which items there are is said by `page_items`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scans.classify import vendors
from scans.classify.hosts import host_of
from scans.diff import page_items
from scans.diff.change import Category, Item
from scans.diff.page_items import SECURITY_HEADERS, Volatile
from scans.snapshot import Snapshot

__all__ = ["SECURITY_HEADERS", "Digest", "Entry", "Id", "PageLoad", "first_party_of", "of"]

Id = tuple[Category, str]


@dataclass(slots=True)
class Entry:
    """All items of one key on one page. `facts` maps a fact to the values it had."""

    item: Item
    facts: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class PageLoad:
    """What one page showed in one load."""

    kind: str
    entries: dict[Id, Entry] = field(default_factory=dict)


@dataclass(slots=True)
class Digest:
    """What one load of a site showed. `at` is ISO 8601, `addresses` are the URLs that third parties were asked for. Of `broken` pages, which answered with an
    error, nothing is known but that."""

    at: str
    first_party: str
    pages: dict[str, PageLoad] = field(default_factory=dict)
    addresses: frozenset[str] = frozenset()
    broken: dict[str, PageLoad] = field(default_factory=dict)


def of(snapshot: Snapshot, *, bodies: Mapping[str, bytes] | None = None, volatile: Volatile = frozenset()) -> Digest:
    """Without `bodies` an inline script is known by what the snapshot says of it."""
    digest = Digest(at=snapshot.finished_at, first_party=first_party_of(snapshot))
    asked: set[str] = set()
    for seen in snapshot.observations:
        if seen.outcome.status != "ok":
            if seen.outcome.reason == "http-error":
                _enter(digest.broken.setdefault(seen.url, PageLoad(seen.kind)), page_items.status(seen))
            continue
        page = page_items.Page(seen, digest.first_party, volatile, bodies or {})
        load = digest.pages[seen.url] = PageLoad(seen.kind)
        for give in page_items.EACH:
            _enter(load, give(page))
        asked.update(request.url for request in seen.requests if request.party == "third")
    if snapshot.consent_states and (start := digest.pages.get(snapshot.consent_states[0].observation.url)):
        for state in snapshot.consent_states:
            _enter(start, page_items.answered(state))
    digest.addresses = frozenset(asked)
    return digest


def first_party_of(snapshot: Snapshot) -> str:
    """The registrable domain of the site: that of its first page."""
    return vendors.registrable_domain(host_of(snapshot.observations[0].url)) if snapshot.observations else ""


def _enter(load: PageLoad, items: Iterable[Item]) -> None:
    entries = load.entries
    for item in items:
        identity = (item.category, item.key)
        entry = entries.get(identity)
        if entry is None:
            entries[identity] = Entry(item, {name: {value} for name, value in item.facts.items()})
            continue
        for name, value in item.facts.items():
            entry.facts.setdefault(name, set()).add(value)
