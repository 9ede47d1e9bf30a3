"""What is known of a site: for each page and each key, in which of the last loads it was seen. Pure.

A history is a fold over loads, oldest first: `after` gives a new one. Presence is kept as bits, the lowest for the newest load of that page; WINDOW of them
count. The window remembers values of facts in the same way, so a value that comes back is none that is new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from scans.diff import urls
from scans.diff.digest import Digest, Entry, Id, PageLoad
from scans.diff.page_items import Volatile

VERSION = 1
WINDOW = 14
_BITS = (1 << WINDOW) - 1
KEPT_ABOUT = (
    "url",
    "host",
    "domain",
    "entity",
    "vendor_category",
    "party",
    "purpose",
    "vendor",
    "account_id",
    "inline",
    "signal",
    "state",
    "cmp",
    "body",
    "what",
)
VALUES_KEPT = 20
VOLATILE_KEPT = 5_000  # a page that draws names of parameters must not make the history grow for ever


class NotAHistory(ValueError):
    """The bytes are no history of this version. Make it again from the stored snapshots."""


@dataclass(slots=True)
class Known:
    """One key on one page. `loads` and each value of a fact are bits over the window. `gone` once that was found, until it is seen again."""

    name: str
    loads: int
    first_seen_at: str
    last_seen_at: str
    facts: dict[str, dict[str, int]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    presence: bool = True
    gone: bool = False

    def values(self, fact: str) -> list[str]:
        """The values seen in the window, the newest first."""
        seen = [(bits & -bits, value) for value, bits in self.facts.get(fact, {}).items() if bits]
        return [value for _, value in sorted(seen)]


@dataclass(slots=True)
class KnownPage:
    """`loads` counts all loads of the page that are part of it."""

    loads: int = 0
    known: dict[Id, Known] = field(default_factory=dict)

    @property
    def window(self) -> int:
        """How many of the last loads can be looked back on."""
        return min(self.loads, WINDOW)


@dataclass(slots=True)
class History:
    """`volatile` are the URL parameters that were seen to differ between two loads of one scan. `glimpsed` is what was seen and did not repeat, with the number
    of the load that showed it."""

    pages: dict[str, KnownPage] = field(default_factory=dict)
    volatile: frozenset[tuple[str, str, str]] = frozenset()
    glimpsed: dict[str, int] = field(default_factory=dict)

    @property
    def loads(self) -> int:
        return max((page.loads for page in self.pages.values()), default=0)

    def named(self) -> frozenset[str]:
        """The hosts that the site's scripts named in the window."""
        scripts = (known for page in self.pages.values() for (category, _), known in page.known.items() if category == "script")
        return frozenset(host for known in scripts for text, bits in known.facts.get("reaches", {}).items() if bits for host in text.split())

    def domains(self) -> frozenset[str]:
        """The third parties seen in the window, by registrable domain."""
        return frozenset(key for page in self.pages.values() for (category, key), known in page.known.items() if category == "third_party" and known.loads)


def empty() -> History:
    return History()


def after(history: History, digest: Digest, *, without: Set[tuple[str, str]] = frozenset(), gone: Set[tuple[str, str]] = frozenset()) -> History:
    """The history with one more load. `without` names (category, key) that did not repeat: they do not count as seen; `gone` those now told to be gone."""
    pages = dict(history.pages)
    for url, load in digest.pages.items():
        pages[url] = _page_after(pages.get(url, KnownPage()), load, at=digest.at, without=without, gone=gone)
    for url, load in digest.broken.items():
        if url in pages:
            pages[url] = _broken_after(pages[url], load, at=digest.at, without=without)
    return History(pages=pages, volatile=history.volatile, glimpsed=history.glimpsed)


def learnt(history: History, volatile: Volatile, *, first_party: str) -> History:
    """The history with more parameters known as volatile: what is kept under an address that holds one is kept under its new key from now on."""
    fresh = frozenset(volatile) - history.volatile
    if not fresh or len(history.volatile) + len(fresh) > VOLATILE_KEPT:
        return history
    everything, hosts = history.volatile | fresh, {host for host, _, _ in fresh}
    pages = {url: KnownPage(page.loads, _rekeyed(page.known, everything, hosts, first_party)) for url, page in history.pages.items()}
    return History(pages=pages, volatile=everything, glimpsed=history.glimpsed)


def _rekeyed(known: Mapping[Id, Known], volatile: Volatile, hosts: set[str], first_party: str) -> dict[Id, Known]:
    kept: dict[Id, Known] = {}
    for (category, was), one in known.items():
        key = was
        if category in ("script", "request") and one.about.get("host") in hosts and not was.startswith("exact:"):
            before, space, _ = was.rpartition(" ")
            key = before + space + urls.key(str(one.about.get("url", "")), first_party=first_party, volatile=volatile)
        identity = category, key
        kept[identity] = _together(kept[identity], one) if identity in kept else one
    return kept


def _together(one: Known, other: Known) -> Known:
    """Two things that turned out to be one."""
    newer, older = (one, other) if one.last_seen_at >= other.last_seen_at else (other, one)
    facts = {fact: dict(values) for fact, values in newer.facts.items()}
    for fact, values in older.facts.items():
        for value, bits in values.items():
            facts.setdefault(fact, {})[value] = facts.get(fact, {}).get(value, 0) | bits
    first = min(one.first_seen_at, other.first_seen_at)
    return Known(newer.name, one.loads | other.loads, first, newer.last_seen_at, facts, newer.about, newer.presence, newer.gone)


def holding_back(history: History, doubtful: Set[tuple[str, str]]) -> History:
    """The history without these (category, key): they are new when they are seen again."""
    pages = {url: KnownPage(page.loads, {one: known for one, known in page.known.items() if one not in doubtful}) for url, page in history.pages.items()}
    return History(pages=pages, volatile=history.volatile, glimpsed=history.glimpsed)


def _broken_after(page: KnownPage, load: PageLoad, *, at: str, without: Set[tuple[str, str]]) -> KnownPage:
    """A page that answers with an error was not seen: all stays as it was, but what is known of how it answers."""
    known = dict(page.known)
    for identity, entry in load.entries.items():
        if identity in known and identity not in without:
            known[identity] = _moved(known[identity])
            _see(known[identity], entry, at=at)
    return KnownPage(loads=page.loads, known=known)


def _page_after(page: KnownPage, load: PageLoad, *, at: str, without: Set[tuple[str, str]], gone: Set[tuple[str, str]]) -> KnownPage:
    known: dict[Id, Known] = {}
    for identity, past in page.known.items():
        entry = load.entries.get(identity)
        moved = _moved(past)
        if entry is not None and identity not in without:
            _see(moved, entry, at=at)
        elif identity in gone:
            moved.gone = True
        if moved.loads:
            known[identity] = moved
    for identity, entry in load.entries.items():
        if identity not in known and identity not in without:
            fresh = Known(name=entry.item.name, loads=0, first_seen_at=at, last_seen_at=at, presence=entry.item.presence)
            _see(fresh, entry, at=at)
            known[identity] = fresh
    return KnownPage(loads=page.loads + 1, known=known)


def _moved(past: Known) -> Known:
    facts = {fact: {value: moved for value, bits in values.items() if (moved := (bits << 1) & _BITS)} for fact, values in past.facts.items()}
    return Known(past.name, (past.loads << 1) & _BITS, past.first_seen_at, past.last_seen_at, facts, past.about, past.presence, past.gone)


def _see(known: Known, entry: Entry, *, at: str) -> None:
    known.loads |= 1
    known.last_seen_at, known.gone = at, False
    about = entry.item.about
    known.about = {name: about[name] for name in KEPT_ABOUT if name in about}
    for fact, values in entry.facts.items():
        kept = known.facts.setdefault(fact, {})
        for value in values:
            if value in kept or len(kept) < VALUES_KEPT:
                kept[value] = kept.get(value, 0) | 1


def to_bytes(history: History) -> bytes:
    pages = {url: {"loads": page.loads, "known": [[*identity, *_row(known)] for identity, known in page.known.items()]} for url, page in history.pages.items()}
    plain = {"version": VERSION, "pages": pages, "volatile": sorted(history.volatile), "glimpsed": history.glimpsed}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def from_bytes(document: bytes) -> History:
    try:
        plain = json.loads(document)
        if plain["version"] != VERSION:
            raise NotAHistory(f"This is a history of version {plain['version']}, not {VERSION}.")
        pages = {url: _page_of(page) for url, page in plain["pages"].items()}
        volatile = frozenset((host, path, name) for host, path, name in plain["volatile"])
        return History(pages=pages, volatile=volatile, glimpsed=plain["glimpsed"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotAHistory(f"The history does not open: {error}.") from error


def _row(known: Known) -> list[Any]:
    return [known.name, known.loads, known.first_seen_at, known.last_seen_at, known.facts, known.about, known.presence, known.gone]


def _page_of(plain: Mapping[str, Any]) -> KnownPage:
    return KnownPage(loads=plain["loads"], known={(row[0], row[1]): Known(*row[2:]) for row in plain["known"]})
