"""The lists behind `vendors`, `tags` and `cookies`, read once: third-party-web (MIT, the base) and, over it, our own files in `data/`.

Pure, but for reading its own data files. Of the same pattern the later list wins. `manage.py refresh_vendors` takes a new release of the base.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

DATA = Path(__file__).parent / "data"
COOKIES = "tracefox-cookies"

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


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who stands behind a host. An entity nobody knows is called by its registrable domain."""

    entity: str
    category: str
    company: str = ""
    homepage: str = ""


@dataclass(frozen=True, slots=True)
class Extractor:
    """Reads an account id out of a URL or a text. `needle` is a plain string that must occur: it spares most of the matching."""

    vendor: str
    where: Literal["url", "text"]
    needle: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Book:
    """`exact` and `below` lead from a host name, or from what stands after `*.`, to its vendor."""

    exact: dict[str, Vendor]
    below: dict[str, Vendor]
    extractors: list[Extractor]
    versions: dict[str, str]


@cache
def toml(name: str) -> dict[str, Any]:
    """One of our own files of data."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def opened() -> Book:
    base = json.loads((DATA / "third-party-web.json").read_text(encoding="utf-8"))
    platforms, overlay = toml("cmps"), toml("vendors")
    versions = {
        base["name"]: base["version"],
        "tracefox-cmps": platforms["version"],
        "tracefox-vendors": overlay["version"],
        COOKIES: toml("cookies")["version"],
        "publicsuffixlist": version("publicsuffixlist"),
    }
    book = Book({}, {}, [], versions)
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


def _enter(book: Book, vendor: Vendor, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        if pattern.startswith("*."):
            book.below[pattern[2:]] = vendor
        else:
            book.exact[pattern] = vendor


def _extractors(entry: dict[str, Any]) -> Iterator[Extractor]:
    for account in entry.get("accounts", []):
        if "at" in account:
            yield Extractor(entry["entity"], "url", account["at"], _parameter(**account))
        else:
            where: Literal["url", "text"] = "url" if "url" in account else "text"
            yield Extractor(entry["entity"], where, account["needle"], re.compile(account[where]))


def _parameter(*, at: str, param: str, id: str) -> re.Pattern[str]:
    """A query parameter of a URL that holds `at`, in the query itself or in a document. Every repeat is bounded."""
    plain, rest = r"[^\s\"'<>?#]{0,200}", r"[^\s\"'<>#]{0,1500}"
    return re.compile(rf"{re.escape(at)}{plain}\?(?:{rest}&)?{re.escape(param)}=({id})(?![\w-])")
