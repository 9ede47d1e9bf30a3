"""Which accounts do a page's tags report to? Google Tag Manager GTM-ABC123, Meta 123456789012345, ...

Pure. How an account id is read stands in `data/vendors.toml`. An id counts wherever the page names it, in a comment of a script too: what is written there can
be switched on; what an HTML comment holds cannot. But where a vendor is asked for with one account, another one of its accounts that stands in comments alone
does not count: it would keep an account alive whose place was taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

from scans.classify import book
from scans.diff import javascript
from scans.snapshot import Tag

KEPT = 200
URL_READ = 4096
TEXTS_REMEMBERED = 4000
Found = tuple[tuple[str, str], ...]
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_END = re.compile(r"</script", re.IGNORECASE)
_read: dict[tuple[int, int, bool], Found] = {}


def read(requests: Iterable[str], scripts: Iterable[tuple[str, str]], dom: str = "") -> list[Tag]:
    """The accounts, sorted. `requests` are URLs as they were asked for (ids are in the query), `scripts` pairs of URL and text.

    What was seen in a request is told before what was only seen in a text. At most KEPT: a hostile page does not fill the snapshot.
    """
    found: dict[tuple[str, str], Tag] = {}
    for tag in _all(requests, scripts, dom):
        if len(found) == KEPT:
            break
        found.setdefault((tag.vendor, tag.account_id), tag)
    return [found[key] for key in sorted(found)]


def _all(requests: Iterable[str], scripts: Iterable[tuple[str, str]], dom: str) -> Iterator[Tag]:
    asked: set[tuple[str, str]] = set()
    for url in requests:
        for vendor, account in _in_url(url[:URL_READ]):
            asked.add((vendor, account))
            yield Tag(vendor=vendor, account_id=account, seen_in="request", url=url)
    for url, text in scripts:
        for vendor, account in _still_meant(_remembered(text, with_urls=False), asked, text, with_urls=False):
            yield Tag(vendor=vendor, account_id=account, seen_in="script", url=url)
    html = unescape(_without_comments(dom))
    for vendor, account in _still_meant(_remembered(html, with_urls=True), asked, html, with_urls=True):
        yield Tag(vendor=vendor, account_id=account, seen_in="dom")


def _still_meant(found: Found, asked: set[tuple[str, str]], text: str, *, with_urls: bool) -> Iterator[tuple[str, str]]:
    """Without those that stand in comments alone, where the vendor was asked for with another account."""
    vendors = {vendor for vendor, _ in asked}
    meant: Found | None = None
    for one in found:
        if one[0] in vendors and one not in asked:
            if meant is None:
                meant = _remembered(_without_code_comments(text) if with_urls else javascript.code(text), with_urls=with_urls)
            if one not in meant:
                continue
        yield one


def _in_url(url: str) -> Iterator[tuple[str, str]]:
    for extractor in book.opened().extractors:
        if extractor.where == "url" and extractor.needle in url:
            yield from ((extractor.vendor, match[1]) for match in extractor.pattern.finditer(url))


def _remembered(text: str, *, with_urls: bool) -> Found:
    """Sites share most of their scripts, so what a text gave is kept by its hash, which nobody outside this process can foresee."""
    key = (hash(text), len(text), with_urls)
    if key not in _read:
        if len(_read) >= TEXTS_REMEMBERED:
            _read.clear()
        _read[key] = tuple(dict.fromkeys(_in_text(text, with_urls=with_urls)))[:KEPT]
    return _read[key]


def _in_text(text: str, *, with_urls: bool) -> Iterator[tuple[str, str]]:
    """URLs written out in a document (`<noscript>`, a loader not yet run) count as well as ids in code."""
    for extractor in book.opened().extractors:
        if (with_urls or extractor.where == "text") and extractor.needle in text:
            yield from ((extractor.vendor, match[1]) for match in extractor.pattern.finditer(text))


def _without_code_comments(html: str) -> str:
    """The document with the comments in its scripts left out."""
    kept, at = [], 0
    while start := _SCRIPT.search(html, at):
        body = html.find(">", start.end()) + 1 or len(html)
        end = found.start() if (found := _END.search(html, body)) else len(html)
        kept += [html[at:body], javascript.code(html[body:end])]
        at = end
    return "".join((*kept, html[at:]))


def _without_comments(html: str) -> str:
    kept, at = [], 0
    while (start := html.find("<!--", at)) >= 0:
        kept.append(html[at:start])
        end = html.find("-->", start + 4)
        at = end + 3 if end >= 0 else len(html)
    return "".join((*kept, html[at:]))
