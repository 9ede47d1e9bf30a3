"""The parts of the sentences that people read: who, where, through what. Pure.

Plain words for somebody who owns a shop. Names are the concrete ones: the vendor with its host, the path of a page, how many pages.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from scans.classify import vendors
from scans.classify.hosts import host_of
from scans.classify.rules import traits
from scans.diff.change import Change

LONGEST_NAME = 120


def where(change: Change) -> str:
    """`on the start page`, `on the payment page /checkout`, `on 3 pages, among them the payment page /checkout`."""
    pages, payment = len(change.pages), len(change.payment_pages)
    if payment == 0:
        return f"on {_page(change.pages[0])}" if pages == 1 else f"on {pages} pages"
    paying = f"the payment page {path(change.payment_pages[0])}" if payment == 1 else f"{payment} payment pages"
    return f"on {paying}" if pages <= payment else f"on {pages} pages, among them {paying}"


def _page(url: str) -> str:
    return "the start page" if path(url) == "/" else f"the page {path(url)}"


def path(url: str) -> str:
    try:
        return short(urlsplit(url).path or "/")
    except ValueError:
        return short(url)


def short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 1]}…"


def was(change: Change, fact: str) -> str:
    return short(traits.before(change, fact))


def became(change: Change, fact: str) -> str:
    return short(traits.after(change, fact))


def name(change: Change) -> str:
    return short(change.name or change.key)


def vendor(change: Change) -> str:
    """What people call whoever is behind it: the vendor's name, or the domain of one that no list knows."""
    about = change.about
    return short(str(about.get("vendor") or about.get("entity") or about.get("domain") or about.get("host") or change.name))


def party(change: Change) -> str:
    """The vendor with its host: `Meta (connect.facebook.net)`, or the host alone where no list knows it."""
    host, known = short(str(change.about.get("host") or change.about.get("domain") or "")), vendor(change)
    if not host or known in (host, vendors.registrable_domain(host)):
        return host or known
    return f"{known} ({host})"


def unknown(change: Change) -> str:
    """Why its party is nobody whom the site knows, as a clause."""
    return "where anybody may keep or collect things" if change.about.get("known_party") else "which was never seen on this site"


def through(change: Change) -> str:
    """Its nearest cause that is a script of a third party, as an addition to a sentence; nothing where the page itself is the cause."""
    own = {traits.domain_of(page) for page in change.pages} | {change.about.get("domain")}
    for url in change.chain:
        host = short(host_of(url))
        if host and traits.domain_of(url) not in own:
            known = vendors.entity_of(host).entity
            return f" It was loaded through {host if known in (host, vendors.registrable_domain(host)) else f'{known} ({host})'}."
    return ""


def listed(words: list[str], *, most: int = 4) -> str:
    """`a, b and c`, `a, b, c, d and 3 more`."""
    shown, more = [short(word) for word in words[:most]], len(words) - most
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
