"""Which consent platform is on the page, and does a visitor see its banner?

Pure, but for reading its own data file once. The capture looks for the `selectors()` and hands what it found to `recognise`, together with the URLs of the
page's requests. A banner made by hand is not recognised: that is `("", None)`, never a guess.

To add a platform: add it to `data/cmps.toml`, and a line to `tests/scans/classify/test_cmp.py`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from scans.classify.book import DATA


@dataclass(frozen=True, slots=True)
class Cmp:
    """A consent platform: where its script comes from, what its banner is called in the document, and which buttons on it answer for all purposes."""

    name: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    banner: tuple[str, ...]
    globals: tuple[str, ...]
    accept: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()


def selectors() -> list[tuple[str, str]]:
    """Platform and CSS selector of its banner, to be looked for in the document and in every open shadow root."""
    return [(cmp.name, selector) for cmp in table() for selector in cmp.banner]


def by_host(host: str) -> str:
    """The platform whose script a host serves, or nothing."""
    suffix = host = host.strip(".").lower()
    while suffix:
        if name := _below().get(suffix):
            return name
        suffix = suffix.partition(".")[2]
    return _exact().get(host, "")


def by_url(url: str) -> str:
    """The platform whose script this URL is: by its host, or by its path where the site itself serves it."""
    host, _, path = url.partition("://")[2].partition("/")
    return by_host(host.rpartition("@")[2].partition(":")[0]) or next((name for part, name in _paths() if part in f"/{path}"), "")


def recognise(urls: Iterable[str], banners: Iterable[tuple[str, bool]]) -> tuple[str, bool | None]:
    """The platform on the page, and whether its banner is visible: `None` when no platform was recognised.

    `banners` holds platform and visibility for each selector that found an element. A visible banner says more than a hidden one, and that more than a script.
    """
    found = [(name, visible) for name, visible in banners if name in _names()]
    for name, visible in found:
        if visible:
            return name, True
    loaded = {name for url in urls if (name := by_url(url))}
    for name, _visible in sorted(found, key=lambda banner: banner[0] not in loaded):
        return name, False
    return next(((cmp.name, False) for cmp in table() if cmp.name in loaded), ("", None))


@cache
def table() -> tuple[Cmp, ...]:
    entries = tomllib.loads((DATA / "cmps.toml").read_text(encoding="utf-8"))["cmp"]
    lists = ("hosts", "paths", "banner", "globals", "accept", "reject")
    return tuple(Cmp(entry["name"], **{name: tuple(entry.get(name, ())) for name in lists}) for entry in entries)


@cache
def _names() -> frozenset[str]:
    return frozenset(cmp.name for cmp in table())


@cache
def _exact() -> dict[str, str]:
    return {host: cmp.name for cmp in table() for host in cmp.hosts if not host.startswith("*.")}


@cache
def _below() -> dict[str, str]:
    return {host[2:]: cmp.name for cmp in table() for host in cmp.hosts if host.startswith("*.")}


@cache
def _paths() -> list[tuple[str, str]]:
    return [(path, cmp.name) for cmp in table() for path in cmp.paths]
