"""What a full load of a page must leave behind, as data: the truth a scan is held against.

Pure. In a pattern `*` stands for anything; everything else is literal. What a page asks for by GET is `delivered`; what it tries to send (any other method, any
WebSocket) is `attempted`: a read-only visitor must see it and must not let it through. `either` is for what depends on the visitor (a favicon, a
service worker).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

Delivery = Literal["delivered", "attempted", "either"]
SameSite = Literal["", "Strict", "Lax", "None"]


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")))


def matches(pattern: str, text: str) -> bool:
    return _expression(pattern).fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Expected:
    """One request. `collector`: a GET by which a vendor counts a visit."""

    url: str
    method: str = "GET"
    delivery: Delivery = "delivered"
    collector: bool = False

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    def fits(self, method: str, url: str) -> bool:
        return method == self.method and matches(self.url, url)


def attempt(url: str, method: str = "POST") -> Expected:
    """Something that the page tries to send. Method WS is a WebSocket."""
    return Expected(url, method, "attempted")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedCookie:
    """A cookie in the jar, with its domain as the jar has it: a leading dot unless it is for one host only."""

    name: str
    domain: str
    path: str = "/"
    set_by: Literal["script", "header"] = "script"
    set_by_url: str
    http_only: bool = False
    secure: bool = True
    session: bool = False
    same_site: SameSite = "Lax"

    @property
    def key(self) -> tuple[str, str, str]:
        return self.name, self.domain, self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFrame:
    """A document: the page itself or a frame in it, and how many inline scripts run there."""

    url: str
    inline_scripts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    missing: list[Expected] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Traces add up: a page's is its own and those of the tags on it."""

    requests: tuple[Expected, ...] = ()
    scripts: tuple[str, ...] = ()
    cookies: tuple[ExpectedCookie, ...] = ()
    storage: tuple[tuple[str, str, str], ...] = ()
    frames: tuple[ExpectedFrame, ...] = ()
    workers: tuple[str, ...] = ()
    consent: tuple[tuple[str, dict[str, str]], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: Trace) -> Trace:
        return Trace(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Trace)})

    @property
    def delivered(self) -> list[Expected]:
        return [each for each in self.requests if each.delivery == "delivered"]

    @property
    def attempted(self) -> list[Expected]:
        return [each for each in self.requests if each.delivery == "attempted"]

    @property
    def hosts(self) -> set[str]:
        """Every host that the page has to do with, whether or not anything is delivered to it."""
        return {each.host for each in self.requests if each.delivery != "either"}

    @property
    def inline_scripts(self) -> int:
        return sum(frame.inline_scripts for frame in self.frames)

    def compare(self, seen: Iterable[tuple[str, str]], *, deliveries: frozenset[Delivery] = frozenset({"delivered", "attempted"})) -> Difference:
        """Hold what was seen, as (method, URL), against the requests of these deliveries. `either` is never missing and never unexpected."""
        left = Counter(seen)
        missing = []
        for each in sorted(self.requests, key=lambda expected: expected.url.count("*")):
            found = next((key for key in left if left[key] and each.fits(*key)), None)
            if found:
                left[found] -= 1
            elif each.delivery in deliveries:
                missing.append(each)
        return Difference(missing=missing, unexpected=[f"{method} {url}" for method, url in left.elements()])
