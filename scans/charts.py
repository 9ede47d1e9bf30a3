"""Charts as numbers: where each bar of an SVG stands, how wide it is, which class colours it.

Pure. A template writes the numbers into SVG attributes; nothing here makes markup, so that captured names can only ever become text. Colours come from the
style sheet by class. To add a chart: a function from rows to frozen dataclasses, and a template that draws them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scans.snapshot import Request, ThirdParty, Timing

WIDTH = 1000.0  # every wide chart is drawn in a box of this width and stretched by the page

CATEGORIES = {
    "advertising": "Advertising",
    "analytics": "Analytics",
    "social": "Social",
    "ab-test": "A/B test",
    "email": "E-mail",
    "tag-manager": "Tag manager",
    "chat": "Chat",
    "reviews": "Reviews",
    "video": "Video",
    "maps": "Maps",
    "payment": "Payment",
    "consent": "Consent",
    "fonts": "Fonts",
    "cdn": "CDN",
    "hosting": "Hosting",
    "other": "Other",
    "unknown": "Unknown",
}
UNKNOWN = ("unknown", "Unknown")


def category(name: str) -> tuple[str, str]:
    """The class and the label of a category of `scans.classify`."""
    return (name, CATEGORIES[name]) if name in CATEGORIES else UNKNOWN


@dataclass(frozen=True)
class Tick:
    """A place on an axis. `percent` is for text, which must not be stretched with the chart."""

    x: float
    label: str
    css: str = ""

    @property
    def percent(self) -> str:
        return f"{self.x / WIDTH:.2%}"


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    css: str


# --- the strip of a site's last scans ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class StripBar:
    """One scan: as tall as it saw third parties, coloured by how it ended."""

    scan: dict[str, Any]
    bar: Bar


@dataclass(frozen=True)
class Strip:
    """`empty` are the places of scans that have not been; `most` is what the tallest bar stands for, `words` the whole in one sentence."""

    bars: list[StripBar]
    empty: list[Bar]
    width: float
    height: float
    most: int
    words: str


def strip(scans: Sequence[dict[str, Any]], *, slots: int, height: float = 24, step: float = 7, gap: float = 2) -> Strip:
    """Newest at the right, in `slots` places. Scans that saw nothing stand as stubs. `scans`: newest first, with `status` and `third_parties`."""
    shown = list(reversed(scans[:slots]))
    tallest = max((scan["third_parties"] or 0 for scan in shown), default=0) or 1
    first = slots - len(shown)
    bars = []
    for place, scan in enumerate(shown, start=first):
        seen = scan["third_parties"]
        tall = 4.0 if seen is None else round(max(3.0, seen / tallest * height), 1)
        bars.append(StripBar(scan, Bar(place * step, round(height - tall, 1), step - gap, tall, scan["status"])))
    empty = [Bar(place * step, height - 2, step - gap, 2, "none") for place in range(first)]
    return Strip(bars, empty, slots * step - gap, height, tallest, _strip_words(shown))


def _strip_words(scans: Sequence[dict[str, Any]]) -> str:
    counts = Counter(str(scan["status"]) for scan in scans)
    return f"Last {len(scans)} scans: " + ", ".join(f"{count} {status}" for status, count in counts.most_common()) if scans else "No scan yet"


# --- third parties ----------------------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Share:
    """One category's part of the bar."""

    css: str
    label: str
    count: int
    x: float
    width: float


@dataclass(frozen=True)
class Organisation:
    """All domains of one organisation together; a domain whose organisation is not known stands for itself."""

    name: str
    domains: list[ThirdParty]
    css: str
    category: str
    width: float
    requests: int
    scripts: int
    cookies: int
    transfer_size: int

    @property
    def is_known(self) -> bool:
        return bool(self.domains[0].entity)

    @property
    def hosts(self) -> int:
        return sum(len(domain.hosts) for domain in self.domains)


def shares(categories: dict[str, int]) -> list[Share]:
    """A stacked bar of how many third parties each category has, the largest first."""
    counts: Counter[tuple[str, str]] = Counter()
    for name, count in categories.items():
        counts[category(name)] += count
    total = sum(counts.values())
    built, x = [], 0.0
    for (css, label), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        width = count / total * WIDTH
        built.append(Share(css, label, count, round(x, 1), round(max(width - 3, 1), 1)))
        x += width
    return built


def organisations(parties: Iterable[ThirdParty]) -> list[Organisation]:
    """Who the pages talked to, by how many requests went there."""
    groups: dict[str, list[ThirdParty]] = {}
    for party in sorted(parties, key=lambda party: (-party.requests, party.domain)):
        groups.setdefault(party.entity or party.domain, []).append(party)
    ranked = sorted(groups.items(), key=lambda item: (-sum(party.requests for party in item[1]), item[0].lower()))
    most = max((sum(party.requests for party in domains) for _, domains in ranked), default=0) or 1
    return [_organisation(name, domains, most) for name, domains in ranked]


def _organisation(name: str, domains: list[ThirdParty], most: int) -> Organisation:
    requests = sum(party.requests for party in domains)
    return Organisation(
        name,
        domains,
        *category(domains[0].category),
        width=round(requests / most * 100, 1),
        requests=requests,
        scripts=sum(party.scripts for party in domains),
        cookies=sum(party.cookies for party in domains),
        transfer_size=sum(party.transfer_size for party in domains),
    )


# --- the waterfall ----------------------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Axis:
    """Time from the start of navigation to the last thing that happened, with round ticks."""

    end: float
    ticks: list[Tick]
    marks: list[Tick]

    def bar(self, request: Request) -> Bar:
        x = min(request.start / self.end, 1.0) * WIDTH
        width = min((request.duration or 0.0) / self.end * WIDTH, WIDTH - x)
        return Bar(round(x, 1), 0, round(max(width, 3.0), 1), 10, kind(request))


def axis(requests: Sequence[Request], timing: Timing) -> Axis:
    moments = [("DOM ready", "dcl", timing.dom_content_loaded), ("Load", "load", timing.load), ("Settled", "settled", timing.settled)]
    ends = [request.start + (request.duration or 0) for request in requests] + [moment for _, _, moment in moments if moment]
    end = max(ends, default=0.0) * 1.02 or 1.0
    step = _round_step(end / 8)
    ticks = [Tick(round(step * i / end * WIDTH, 1), _seconds(step * i)) for i in range(int(end // step) + 1)]
    return Axis(end, ticks, [Tick(round(moment / end * WIDTH, 1), label, css) for label, css, moment in moments if moment])


@dataclass(frozen=True)
class Overview:
    bars: list[Bar]
    height: float


def overview(requests: Sequence[Request], scale: Axis, *, lanes: int = 25, lane: float = 4, fewest: int = 10) -> Overview:
    """All requests of a page in one small picture: each in the first lane that is free when it begins, so that what ran at once stands together."""
    free_from = [0.0] * lanes
    placed = []
    for request in sorted(requests, key=lambda request: request.start):
        bar = scale.bar(request)
        chosen = next((place for place, free in enumerate(free_from) if free <= bar.x), None)
        if chosen is None:
            chosen = free_from.index(min(free_from))
        free_from[chosen] = max(free_from[chosen], bar.x + bar.width)
        placed.append(Bar(bar.x, chosen * lane, bar.width, lane - 1, bar.css))
    return Overview(placed, max(sum(free > 0 for free in free_from), fewest) * lane)


KINDS = {
    "document": "document",
    "script": "script",
    "stylesheet": "style",
    "image": "image",
    "font": "font",
    "media": "image",
    "xhr": "fetch",
    "fetch": "fetch",
    "ping": "fetch",
    "eventsource": "fetch",
}


def kind(request: Request) -> str:
    """The class that colours a request: blocked and failed before its type."""
    if request.outcome in ("blocked", "failed"):
        return request.outcome
    return KINDS.get(request.type.lower(), "other")


def _round_step(rough: float) -> float:
    power = 1.0
    while power * 10 <= rough:
        power *= 10
    while power > rough:
        power /= 10
    return next((power * factor for factor in (1, 2, 5) if power * factor >= rough), power * 10)


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 and milliseconds else f"{milliseconds / 1000:g} s"
