"""A snapshot as the tables of the scan page: what is listed, filtered, sorted and paged there.

Pure: takes records of `scans.snapshot`, gives rows with what a template shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scans import charts
from scans.snapshot import ConsentCall, Observation, Request, Script, Snapshot

ROWS_PER_PAGE = 250


# --- requests ---------------------------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class RequestQuery:
    """What the reader asked for, as the query string of the page carries it. Unknown words ask for nothing."""

    q: str = ""
    type: str = ""
    party: str = ""
    outcome: str = ""
    sort: str = "start"
    rows: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> RequestQuery:
        sort = asked.get("sort", "")
        rows = asked.get("rows", "")
        return cls(
            q=asked.get("q", "").strip()[:200],
            type=asked.get("type", ""),
            party=asked.get("party", ""),
            outcome=asked.get("outcome", ""),
            sort=sort if sort.removeprefix("-") in SORTS else "start",
            rows=max(int(rows), 1) if rows.isdecimal() and len(rows) < 6 else 1,
        )

    @property
    def filters(self) -> bool:
        return bool(self.q or self.type or self.party or self.outcome)

    def accepts(self, request: Request) -> bool:
        return (
            (not self.type or request.type == self.type)
            and (not self.party or request.party == self.party)
            and (not self.outcome or request.outcome == self.outcome)
            and self.q.lower() in request.url.lower()
        )


SORTS: dict[str, Callable[[Request], Any]] = {
    "start": lambda request: request.start,
    "host": lambda request: (request.host, request.start),
    "type": lambda request: (request.type, request.start),
    "status": lambda request: (request.status or 0, request.start),
    "size": lambda request: request.transfer_size or 0,
    "duration": lambda request: request.duration or 0,
}


@dataclass(frozen=True)
class RequestRow:
    request: Request
    path: str
    bar: charts.Bar
    note: str


@dataclass(frozen=True)
class Head:
    """A column: `sort` is what a click on it asks for, `aria` how it is sorted now."""

    label: str
    css: str = ""
    sort: str = ""
    aria: str = ""


COLUMNS = [("Request", "", "host"), ("Method", "method", ""), ("Status", "status", "status"), ("Type", "type", "type"), ("Size", "number bytes", "size"),
           ("Time", "number took", "duration"), ("Waterfall", "fall", "start")]  # fmt: skip


def heads(query: RequestQuery) -> list[Head]:
    """The largest come first where size is what is asked for; a second click turns the order."""
    built = []
    for label, css, name in COLUMNS:
        chosen = name != "" and query.sort.removeprefix("-") == name
        falling = query.sort.startswith("-")
        first = f"-{name}" if name in ("size", "duration", "status") else name
        turned = name if falling else f"-{name}"
        built.append(Head(label, css, turned if chosen else first, ("descending" if falling else "ascending") if chosen else ""))
    return built


@dataclass(frozen=True)
class RequestTable:
    """One page of rows of a page's requests, and what the filter can be set to."""

    rows: list[RequestRow]
    query: RequestQuery
    total: int
    matched: int
    transfer_size: int
    axis: charts.Axis
    overview: charts.Overview
    types: list[tuple[str, int]]
    parties: list[tuple[str, int]]
    outcomes: list[tuple[str, int]]
    first: int
    pages: int

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def previous_page(self) -> int | None:
        return self.query.rows - 1 if self.query.rows > 1 else None

    @property
    def next_page(self) -> int | None:
        return self.query.rows + 1 if self.query.rows < self.pages else None


def requests(page: Observation, query: RequestQuery, *, per_page: int = ROWS_PER_PAGE) -> RequestTable:
    scale = charts.axis(page.requests, page.timing)
    matching = [request for request in page.requests if query.accepts(request)]
    matching.sort(key=SORTS[query.sort.removeprefix("-")], reverse=query.sort.startswith("-"))
    first = (query.rows - 1) * per_page
    return RequestTable(
        rows=[_request_row(request, scale) for request in matching[first : first + per_page]],
        query=query,
        total=len(page.requests),
        matched=len(matching),
        transfer_size=sum(request.transfer_size or 0 for request in matching),
        axis=scale,
        overview=charts.overview(page.requests, scale),
        types=_tally(request.type for request in page.requests),
        parties=_tally(request.party for request in page.requests),
        outcomes=_tally(request.outcome for request in page.requests),
        first=first + 1,
        pages=max(-(-len(matching) // per_page), 1),
    )


def _request_row(request: Request, scale: charts.Axis) -> RequestRow:
    note = request.error or (f"redirects to {request.redirected_to}" if request.redirected_to else "") or ("from cache" if request.from_cache else "")
    return RequestRow(request, _split(request.url)[1] or "/", scale.bar(request), note)


def _split(url: str) -> tuple[str, str]:
    """Host and path of an address, for show. Captured text need not be a well-formed address; whatever has no host is all path."""
    scheme, found, rest = url.partition("://")
    if not found or not scheme.isalpha():
        return "", url
    host, slash, path = rest.partition("/")
    return (host, slash + path) if host and "?" not in host else ("", url)


def _tally(values: Any) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))


# --- scripts ----------------------------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ScriptRow:
    """`body` is the id of the evidence that holds the script's text, None where it could not be had."""

    script: Script
    host: str
    path: str
    body: Any


def scripts(page: Observation, bodies: Mapping[str, Any]) -> list[ScriptRow]:
    return [ScriptRow(script, *_split(script.url), bodies.get(script.sha256)) for script in page.scripts]


# --- security headers -------------------------------------------------------------------------------------------------------------------------------
PROTECTIVE = {
    "strict-transport-security": "Browsers come back over TLS only.",
    "content-security-policy": "Limits what the page may load and run.",
    "x-content-type-options": "Stops browsers from guessing file types.",
    "x-frame-options": "Says who may show the page in a frame.",
    "referrer-policy": "Limits what other sites learn about where a visitor came from.",
    "permissions-policy": "Limits camera, location and other browser features.",
    "cross-origin-opener-policy": "Separates the page from windows of other sites.",
}


@dataclass(frozen=True)
class HeaderRow:
    name: str
    value: str
    purpose: str = ""


@dataclass(frozen=True)
class Headers:
    sent: list[HeaderRow]
    missing: list[HeaderRow]
    others: list[HeaderRow] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return len(self.sent) + len(self.missing)


def headers(page: Observation) -> Headers:
    known = {name.lower(): value for name, value in page.headers.items()}
    rows = [HeaderRow(name, known.get(name, ""), purpose) for name, purpose in PROTECTIVE.items()]
    return Headers(
        sent=[row for row in rows if row.name in known],
        missing=[row for row in rows if row.name not in known],
        others=[HeaderRow(name, value) for name, value in sorted(known.items()) if name not in PROTECTIVE],
    )


# --- consent ----------------------------------------------------------------------------------------------------------------------------------------
SIGNALS = ("ad_storage", "analytics_storage", "ad_user_data", "ad_personalization")


@dataclass(frozen=True)
class SignalRow:
    """One consent signal, and what each call set it to ('' where the call is silent)."""

    signal: str
    states: list[str]


def signals(calls: list[ConsentCall]) -> list[SignalRow]:
    named = {signal for call in calls for signal in call.signals}
    order = [*SIGNALS, *sorted(named - set(SIGNALS))]
    return [SignalRow(signal, [call.signals.get(signal, "") for call in calls]) for signal in order]


# --- evidence ---------------------------------------------------------------------------------------------------------------------------------------
KINDS = {"screenshot": "Screenshot", "dom_raw": "DOM", "dom_normalised": "DOM, normalised", "script": "Script", "policy_text": "Policy text"}
EXTENSIONS = {"screenshot": ".png", "dom_raw": ".html.txt", "script": ".js.txt"}


@dataclass(frozen=True)
class EvidenceRow:
    """A stored object, what it is called and which address it belongs to."""

    evidence: Any
    label: str
    of: str


def evidence(document: Snapshot, stored: Iterable[Any]) -> list[EvidenceRow]:
    """`stored`: objects with `kind` and `sha256`, as the references in a snapshot have them."""
    addresses = _addresses(document)
    order = list(KINDS)
    rows = [EvidenceRow(row, KINDS.get(row.kind, row.kind), addresses.get((row.kind, row.sha256), "")) for row in stored]
    return sorted(rows, key=lambda row: (order.index(row.evidence.kind) if row.evidence.kind in order else 99, row.of, row.evidence.sha256))


def _addresses(document: Snapshot) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for page in document.observations:
        found |= {("script", script.sha256): script.url or f"inline, on {page.url}" for script in page.scripts}
        found |= {("dom_raw", page.dom.raw_sha256): page.url, ("dom_normalised", page.dom.normalised_sha256): page.url}
        if page.screenshot:
            found["screenshot", page.screenshot.sha256] = page.url
        if page.policy:
            found["policy_text", page.policy.text_sha256] = page.url
    return found
