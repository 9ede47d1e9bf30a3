"""What is a cookie for, and whose is it?

Pure, but for reading its own data file once. A name alone misleads, so each template in `data/cookies.toml` carries a guard: the name is unmistakably the
vendor's, or the cookie lies in a domain of the vendor, or a host of the vendor set it. A framework's cookie counts in the site's own domain only. What no
template vouches for is `unknown`, never a guess.

To add a cookie: add it to `data/cookies.toml`, with a line in `tests/scans/classify/test_cookies.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, cast, get_args

from scans.classify import book, vendors

PurposeName = Literal["advertising", "analytics", "functional", "necessary", "consent", "unknown"]
PURPOSES: tuple[PurposeName, ...] = get_args(PurposeName)
Guard = Literal["name", "host", "site"]
LONGEST_NAME = 4096


@dataclass(frozen=True, slots=True)
class Purpose:
    """`source` names the data set that answered and its version. `vendor` is empty when nobody is known."""

    purpose: PurposeName
    vendor: str
    source: str


@dataclass(frozen=True, slots=True)
class Template:
    """A name, or its `start` and `end` around a `*`. The guard says where it counts: anywhere, with the vendor's hosts, or in the site's own domain."""

    start: str
    end: str
    exact: bool
    guard: Guard
    purpose: PurposeName
    vendor: str
    hosts: tuple[str, ...]

    @property
    def weight(self) -> tuple[bool, int, bool]:
        """The more a template says about the name, the sooner it is asked; of two alike, the one that wants more proof."""
        return self.exact, len(self.start) + len(self.end), self.guard == "host"

    def fits(self, name: str) -> bool:
        if self.exact:
            return name == self.start
        return len(name) >= len(self.start) + len(self.end) and name.startswith(self.start) and name.endswith(self.end)

    def owns(self, host: str) -> bool:
        return bool(host) and (vendors.entity_of(host).entity == self.vendor or any(_below(host, pattern) for pattern in self.hosts))


def purpose_of(name: str, domain: str, *, first_party: str, set_by: str = "") -> Purpose:
    """What the cookie is for. `first_party` is a host or the domain of the site; `set_by` the host or the URL of the script or response that set it."""
    return _purpose_of(name[:LONGEST_NAME], _host(domain), vendors.registrable_domain(_host(first_party)), _host(set_by))


@lru_cache(maxsize=20_000)
def _purpose_of(name: str, domain: str, site: str, setter: str) -> Purpose:
    for template in _fitting(name):
        if _counts(template, domain, site, setter):
            return Purpose(template.purpose, template.vendor, _source())
    return Purpose("unknown", "", _source())


def _counts(template: Template, domain: str, site: str, setter: str) -> bool:
    if template.guard == "name":
        return True
    if template.guard == "site":
        return vendors.registrable_domain(domain) == site and (not setter or vendors.registrable_domain(setter) == site)
    anything = not template.exact and not template.start and not template.end
    return template.owns(domain) or (not anything and template.owns(setter))


def _fitting(name: str) -> Iterator[Template]:
    exact, _ = _templates()
    yield from exact.get(name, ())
    yield from (template for template in _open_ended(name[:1]) if template.fits(name))


@lru_cache(maxsize=1_000)
def _open_ended(letter: str) -> tuple[Template, ...]:
    """The templates with a `*` that a name with this first letter may fit, in the order in which they are asked."""
    return tuple(template for template in _templates()[1] if template.start[:1] in ("", letter))


@cache
def _templates() -> tuple[dict[str, list[Template]], list[Template]]:
    """By exact name, and those with a `*`; each in the order in which they are asked."""
    exact: dict[str, list[Template]] = {}
    open_ended = []
    for template in sorted(_read(), key=lambda template: template.weight, reverse=True):
        if template.exact:
            exact.setdefault(template.start, []).append(template)
        else:
            open_ended.append(template)
    return exact, open_ended


def _read() -> Iterator[Template]:
    document = book.toml("cookies")
    for entry in document["vendor"]:
        for key, guard in (("by_name", "name"), ("by_host", "host")):
            for purpose, names in entry.get(key, {}).items():
                yield from (_template(name, cast(Guard, guard), purpose, entry) for name in names)
    for entry in document["framework"]:
        for purpose, names in entry["by_name"].items():
            yield from (_template(name, "site", purpose, entry) for name in names)


def _template(name: str, guard: Guard, purpose: PurposeName, entry: dict[str, object]) -> Template:
    start, star, end = name.partition("*")
    return Template(start, end, not star, guard, purpose, str(entry["name"]), tuple(cast(list[str], entry.get("hosts", []))))


@cache
def _source() -> str:
    return f"{book.COOKIES} {book.opened().versions[book.COOKIES]}"


def _host(text: str) -> str:
    """The host of a URL, or a host as it is written in a cookie: `.Shop.example` -> `shop.example`."""
    rest = text.partition("://")[2] or text
    host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    return (host if host.startswith("[") else host.partition(":")[0]).strip(".").lower()


def _below(host: str, pattern: str) -> bool:
    top = pattern.removeprefix("*.")
    return host == top or (pattern != top and host.endswith(f".{top}"))
