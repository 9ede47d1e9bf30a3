"""Whose host is this, and what is it for? Which accounts do a page's tags report to?

Pure, but for reading its own data files once. `entity_of` answers from third-party-web (MIT, the base) and, over it, our own `data/cmps.toml`
(consent platforms) and `data/vendors.toml`: of the same pattern the later list wins, and the most specific pattern decides. Unsure is `unknown`,
never a guess.

To add a vendor, or an account id to read: add it to `data/vendors.toml`, with a line in `tests/scans/classify/test_vendors.py`. To take a new release of the
base: `manage.py refresh_vendors`.
"""

from __future__ import annotations

import ipaddress
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from scans import addresses
from scans.snapshot import Observation, Party, Tag, ThirdParty

DATA = Path(__file__).parent / "data"

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
# The base's `utility` holds payment, consent, maps and tools alike, and its `other` what it could not place: both tell us too little.
_BASE_CATEGORIES = {
    "ad": "advertising",
    "analytics": "analytics",
    "cdn": "cdn",
    "consent-provider": "consent",
    "content": "other",
    "customer-success": "chat",
    "hosting": "hosting",
    "marketing": "other",
    "other": "unknown",
    "social": "social",
    "tag-manager": "tag-manager",
    "utility": "unknown",
    "video": "video",
}
TAGS_KEPT = 200
URL_READ = 4096


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who stands behind a host. An entity nobody knows is called by its registrable domain."""

    entity: str
    category: str
    company: str = ""
    homepage: str = ""


@dataclass(frozen=True, slots=True)
class _Extractor:
    """Reads an account id out of a URL or a text. `needle` is a plain string that must occur: it spares most of the matching."""

    vendor: str
    where: Literal["url", "text"]
    needle: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Book:
    exact: dict[str, Vendor]
    below: dict[str, Vendor]
    extractors: list[_Extractor]
    versions: dict[str, str]


def entity_of(host: str) -> Vendor:
    """The vendor of a host name: exact patterns before `*.` ones, longer before shorter."""
    return _entity_of(_plain(host))


def registrable_domain(host: str) -> str:
    """The part of a host name that somebody registered (`a.b.co.uk` -> `b.co.uk`). An address or a public suffix is its own answer."""
    return _registrable_domain(_plain(host))


def party(host: str, first_party_host: str) -> Party:
    return "first" if registrable_domain(host) == registrable_domain(first_party_host) else "third"


def tags(requests: Iterable[str], scripts: Iterable[tuple[str, str]], dom: str = "") -> list[Tag]:
    """The accounts that a page's tags report to. `requests` are URLs as they were asked for (ids are in the query), `scripts` pairs of URL and text.

    What was seen in a request is told before what was only seen in a text. At most TAGS_KEPT: a hostile page does not fill the snapshot.
    """
    found: dict[tuple[str, str], Tag] = {}
    texts = [(url, text, "script") for url, text in scripts]
    if dom:
        texts.append(("", unescape(dom), "dom"))
    for tag in (*_tags_in_urls(requests), *_tags_in_texts(texts)):
        if len(found) == TAGS_KEPT:
            break
        found.setdefault((tag.vendor, tag.account_id), tag)
    return [found[key] for key in sorted(found)]


def third_parties(observations: Iterable[Observation]) -> list[ThirdParty]:
    """Who the pages talked to, or tried to, beyond the site itself: one entry per registrable domain, sorted by it."""
    sums: dict[str, _Sum] = {}
    for page in observations:
        for host, kind, size in _contacts(page):
            sums.setdefault(registrable_domain(host), _Sum()).add(page.url, host, kind, size)
    return [sums[domain].party(domain) for domain in sorted(sums)]


def data_sets() -> dict[str, str]:
    """Name and version of each list behind an answer, kept with the answer so that it can be explained and given again."""
    return dict(_book().versions)


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
        if script.party == "third" and (host := _host_of(script.url)):
            yield host, "script", 0
    for cookie in page.cookies:
        if cookie.party == "third":
            yield cookie.domain, "cookie", 0


def _tags_in_urls(urls: Iterable[str]) -> Iterator[Tag]:
    extractors = [e for e in _book().extractors if e.where == "url"]
    for url in urls:
        read = url[:URL_READ]
        for extractor in extractors:
            if extractor.needle in read:
                for match in extractor.pattern.finditer(read):
                    yield Tag(vendor=extractor.vendor, account_id=match[1], seen_in="request", url=url)


def _tags_in_texts(texts: list[tuple[str, str, str]]) -> Iterator[Tag]:
    """URLs written out in a document (`<noscript>`, a loader not yet run) count as well as ids in code."""
    for url, text, seen_in in texts:
        for extractor in _book().extractors:
            if (extractor.where == "text" or seen_in == "dom") and extractor.needle in text:
                for match in extractor.pattern.finditer(text):
                    yield Tag(vendor=extractor.vendor, account_id=match[1], seen_in=seen_in, url=url)


def _plain(host: str) -> str:
    return host.strip(".").lower()


def _host_of(url: str) -> str:
    return url.split("://", 1)[1].split("/", 1)[0].split("?", 1)[0].rsplit("@", 1)[-1].rsplit(":", 1)[0] if "://" in url else ""


@lru_cache(maxsize=20_000)
def _entity_of(host: str) -> Vendor:
    book = _book()
    if vendor := book.exact.get(host):
        return vendor
    suffix = host
    while suffix:
        if vendor := book.below.get(suffix):
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
    return addresses.registrable_domain(host)


@cache
def _book() -> _Book:
    base = json.loads((DATA / "third-party-web.json").read_text(encoding="utf-8"))
    platforms = tomllib.loads((DATA / "cmps.toml").read_text(encoding="utf-8"))
    overlay = tomllib.loads((DATA / "vendors.toml").read_text(encoding="utf-8"))
    versions = {
        base["name"]: base["version"],
        "tracefox-cmps": platforms["version"],
        "tracefox-vendors": overlay["version"],
        "publicsuffixlist": version("publicsuffixlist"),
    }
    book = _Book({}, {}, [], versions)
    for entity in base["entities"]:
        vendor = Vendor(entity["name"], _BASE_CATEGORIES[entity["category"]], entity.get("company", ""), entity.get("homepage", ""))
        _enter(book, vendor, entity["domains"])
    for platform in platforms["cmp"]:
        _enter(book, Vendor(platform["name"], "consent"), platform.get("hosts", []))
    for entry in overlay["vendor"]:
        vendor = Vendor(entry["entity"], entry["category"], entry.get("company", ""), entry.get("homepage", ""))
        _enter(book, vendor, entry.get("hosts", []))
        book.extractors.extend(_extractors(entry))
    return book


def _enter(book: _Book, vendor: Vendor, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        if pattern.startswith("*."):
            book.below[pattern[2:]] = vendor
        else:
            book.exact[pattern] = vendor


def _extractors(entry: dict[str, Any]) -> Iterator[_Extractor]:
    for account in entry.get("accounts", []):
        if "at" in account:
            yield _Extractor(entry["entity"], "url", account["at"], _parameter(**account))
        else:
            where: Literal["url", "text"] = "url" if "url" in account else "text"
            yield _Extractor(entry["entity"], where, account["needle"], re.compile(account[where]))


def _parameter(*, at: str, param: str, id: str) -> re.Pattern[str]:
    """A query parameter of a URL that holds `at`, in the query itself or in a document. Every repeat is bounded."""
    plain, rest = r"[^\s\"'<>?#]{0,200}", r"[^\s\"'<>#]{0,1500}"
    return re.compile(rf"{re.escape(at)}{plain}\?(?:{rest}&)?{re.escape(param)}=({id})(?![\w-])")
