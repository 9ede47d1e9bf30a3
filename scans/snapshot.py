"""The stored form of what a scan saw: documented, versioned JSON, the same for storage, API and command line.

Pure. `to_bytes` and `from_bytes` are inverse; `docs/snapshot.md` and `docs/snapshot.schema.json` describe the form for readers outside. Bodies (scripts,
DOM, screenshots, policy text) are not in the document: it names them by sha256 in `evidence`, and they travel beside it as a mapping sha256 -> bytes.
Times are ISO 8601 in UTC, durations milliseconds, sizes bytes. Every URL in it went through the redactor.

To add a field: give it a default (so that old documents still open), add it to the schema and to `docs/snapshot.md`; a test compares the three. A field
whose meaning changes needs a new VERSION and a step in `from_bytes`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_type_hints

VERSION = 1

Status = Literal["ok", "inconclusive", "failed"]
Party = Literal["first", "third"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How the scan ended. `reason` is a name out of `scans.capture.outcome.REASONS`, empty when ok; `sentence` says it to people."""

    status: Status
    reason: str = ""
    blocked_by: str = ""
    sentence: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Browser:
    product: str
    user_agent: str
    viewport_width: int
    viewport_height: int
    wait_policy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    url: str
    status: int
    location: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tls:
    protocol: str
    cipher: str = ""
    issuer: str = ""
    subject: str = ""
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """Milliseconds since the navigation began; None where the page never got there."""

    first_byte: float | None = None
    dom_content_loaded: float | None = None
    load: float | None = None
    settled: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Initiator:
    """Who caused a request. `chain` runs from the nearest cause up to the root document: URLs of scripts, stylesheets and documents."""

    kind: Literal["parser", "script", "preload", "redirect", "preflight", "other"]
    chain: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request of the page, sent or attempted.

    `outcome`: `loaded` and `failed` reached the network; `blocked` was answered or refused locally, with the reason in `error`.
    `start` is milliseconds since the navigation began, `duration` milliseconds, `transfer_size` bytes on the wire, `body_size` bytes decoded.
    """

    url: str
    method: str
    type: str
    host: str
    party: Party
    outcome: Literal["loaded", "failed", "blocked", "pending"]
    status: int | None = None
    media_type: str = ""
    transfer_size: int | None = None
    body_size: int | None = None
    start: float = 0.0
    duration: float | None = None
    protocol: str = ""
    from_cache: bool = False
    redirected_to: str = ""
    error: str = ""
    frame: str = ""
    initiator: Initiator = field(default_factory=lambda: Initiator(kind="other"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """A script that ran. `url` is empty for an inline script; `sha256` names its body in the evidence, empty when the body could not be had.

    Of an inline script: `normalised_sha256` is the hash of its text without nonces, tokens and times, `shape` the hash of its code without its literals,
    `reaches` the hosts that it names.
    """

    url: str
    sha256: str
    size: int
    inline: bool
    party: Party
    normalised_sha256: str = ""
    shape: str = ""
    reaches: list[str] = field(default_factory=list)
    kind: Literal["classic", "module", "worker", "eval"] = "classic"
    is_async: bool = False
    defer: bool = False
    integrity: str = ""
    nonce: bool = False
    frame: str = ""
    position: int = 0
    initiator: Initiator = field(default_factory=lambda: Initiator(kind="other"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Cookie:
    """A cookie in the jar after the page settled. Never its value. `expires_in` is seconds from capture, None for a session cookie.

    `host_only`: it goes to `domain` itself and to none of its subdomains.
    `set_by`: `header` with the URL of the response, or `script` with the URL of the script, or `unknown`.
    """

    name: str
    domain: str
    path: str
    party: Party
    expires_in: int | None = None
    same_site: Literal["", "Strict", "Lax", "None"] = ""
    secure: bool = False
    http_only: bool = False
    partitioned: bool = False
    host_only: bool = False
    value_size: int = 0
    set_by: Literal["header", "script", "unknown"] = "unknown"
    set_by_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StorageKey:
    """The name of a key in web storage. Never its value."""

    origin: str
    area: Literal["local", "session", "indexeddb", "cache"]
    key: str
    value_size: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A vendor's tag with the account it reports to, e.g. Google Tag Manager GTM-ABC123. `seen_in`: `request`, `script` or `dom`, with its URL."""

    vendor: str
    account_id: str
    seen_in: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentCall:
    """One `gtag('consent', ...)` call: Google Consent Mode v2. `signals` maps e.g. ad_storage to granted or denied."""

    command: Literal["default", "update"]
    signals: dict[str, str]
    region: list[str] = field(default_factory=list)
    at: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """The consent banner as found, untouched. `banner_visible` is None when no consent platform was recognised."""

    cmp: str = ""
    banner_visible: bool | None = None
    calls: list[ConsentCall] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    url: str
    parent: str
    party: Party
    sandboxed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A form of the document, as it stood. `action` is an absolute URL, `fields` are `type name` of its controls in order. Never what is in them."""

    action: str
    method: str
    name: str = ""
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    url: str
    kind: Literal["dedicated", "shared", "service"]
    outcome: Literal["started", "blocked"]


@dataclass(frozen=True, kw_only=True, slots=True)
class WebSocket:
    """A connection that the page tried to open. It is a write channel and never delivered."""

    url: str
    host: str
    party: Party
    initiator: Initiator = field(default_factory=lambda: Initiator(kind="other"))


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleEntry:
    level: str
    text: str
    url: str = ""
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Write:
    """Something the page tried to send. Answered locally, never delivered."""

    channel: str
    method: str
    url: str
    host: str
    party: Party


@dataclass(frozen=True, kw_only=True, slots=True)
class Dom:
    """The document after it settled. Both forms lie in the evidence under their hashes."""

    raw_sha256: str = ""
    normalised_sha256: str = ""
    nodes: int = 0
    size: int = 0
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle of the viewport, in CSS pixels from its upper left corner; `why` it is expected to move: frame, carousel, date, video, animation."""

    x: int
    y: int
    width: int
    height: int
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Screenshot:
    sha256: str
    width: int
    height: int
    media_type: str = "image/png"
    moving: list[Box] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The readable text of a policy page that the customer opted in: its hash names it in the evidence."""

    text_sha256: str
    words: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Truncation:
    """Something was cut at a limit. `seen` is the true size where it is known."""

    what: str
    kept: int
    seen: int | None = None
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something about the page that is a statement by itself, without comparing: a redirect to plain text, an internal address that was tried."""

    kind: str
    sentence: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """What was seen on one page."""

    url: str
    kind: Literal["page", "payment", "policy"]
    outcome: Outcome
    final_url: str = ""
    status: int | None = None
    media_type: str = ""
    captured_at: str = ""
    redirects: list[Redirect] = field(default_factory=list)
    tls: Tls | None = None
    timing: Timing = field(default_factory=Timing)
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    cookies: list[Cookie] = field(default_factory=list)
    storage: list[StorageKey] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    consent: Consent = field(default_factory=Consent)
    frames: list[Frame] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    websockets: list[WebSocket] = field(default_factory=list)
    console: list[ConsoleEntry] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    dom: Dom = field(default_factory=Dom)
    screenshot: Screenshot | None = None
    policy: Policy | None = None
    findings: list[Finding] = field(default_factory=list)
    truncated: list[Truncation] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class ThirdParty:
    """An organisation the site's pages talked to, by registrable domain."""

    domain: str
    entity: str
    category: str
    hosts: list[str]
    pages: list[str]
    requests: int
    scripts: int
    cookies: int
    transfer_size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A connection that the egress guard refused, and why."""

    host: str
    port: int
    reason: str
    address: str = ""
    times: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Conduct:
    """What the scan itself did on the site: the proof that it was read-only."""

    requests_sent: int = 0
    bytes_down: int = 0
    bytes_up: int = 0
    connections: int = 0
    methods: dict[str, int] = field(default_factory=dict)
    writes_attempted: int = 0
    writes_delivered: int = 0
    forms_filled: int = 0
    clicks: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentState:
    """The start page after one answer to the consent banner, opted in for the site.

    `verdict` of an accepted or rejected state: `accepted`, `rejected`, `hidden_only` (the banner went without an answer), `no_reject_button`, `no_banner` or
    `action_failed`; of the others empty. `button` is the selector or the words of what was clicked. `signals` are Consent Mode values decoded out of
    `gcs` and `gcd` of Google's hits: signal -> granted or denied.
    """

    state: Literal["untouched", "accepted", "rejected", "gpc"]
    observation: Observation
    verdict: str = ""
    cmp: str = ""
    button: str = ""
    signals: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRef:
    sha256: str
    kind: Literal["screenshot", "dom_raw", "dom_normalised", "script", "policy_text"]
    media_type: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A scan, whole: one observation per page, who was talked to, what was refused, and what the scan did."""

    version: int
    started_at: str
    finished_at: str
    outcome: Outcome
    browser: Browser
    observations: list[Observation] = field(default_factory=list)
    third_parties: list[ThirdParty] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    conduct: Conduct = field(default_factory=Conduct)
    evidence: list[EvidenceRef] = field(default_factory=list)
    data_sets: dict[str, str] = field(default_factory=dict)
    consent_states: list[ConsentState] = field(default_factory=list)


@dataclass(frozen=True)
class Captured:
    """What a scan brings home: the document, and the bodies it names, by their sha256."""

    snapshot: Snapshot
    evidence: Mapping[str, bytes]


class NotASnapshot(ValueError):
    """The bytes are no snapshot that this version can read."""


def to_bytes(snapshot: Snapshot) -> bytes:
    """UTF-8 JSON, keys in the order of the fields: the same snapshot gives the same bytes. Half a surrogate pair, which a page may write, becomes `?`."""
    return json.dumps(asdict(snapshot), ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def from_bytes(document: bytes) -> Snapshot:
    try:
        plain = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise NotASnapshot("This is not JSON.") from error
    if not isinstance(plain, dict) or plain.get("version") != VERSION:
        raise NotASnapshot(f"This is no Tracefox snapshot of version {VERSION}.")
    try:
        return _build(Snapshot, plain)
    except (AttributeError, KeyError, TypeError) as error:
        raise NotASnapshot(f"The snapshot is damaged: {error}.") from error


def summary(snapshot: Snapshot) -> dict[str, Any]:
    """The counts that lists and charts show without opening the document."""
    seen = snapshot.observations
    return {
        "pages": len(seen),
        "requests": sum(len(page.requests) for page in seen),
        "scripts": sum(len(page.scripts) for page in seen),
        "cookies": len({(c.name, c.domain, c.path) for page in seen for c in page.cookies}),
        "third_parties": len(snapshot.third_parties),
        "writes_attempted": snapshot.conduct.writes_attempted,
        "writes_delivered": snapshot.conduct.writes_delivered,
        "transfer_size": sum(r.transfer_size or 0 for page in seen for r in page.requests),
        "console_errors": sum(1 for page in seen for entry in page.console if entry.level == "error"),
        "findings": sum(len(page.findings) for page in seen),
        "truncated": sum(len(page.truncated) for page in seen),
        "categories": _by_category(snapshot.third_parties),
    }


def _by_category(parties: list[ThirdParty]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for party in parties:
        counts[party.category] = counts.get(party.category, 0) + 1
    return dict(sorted(counts.items()))


Built = TypeVar("Built")


@cache
def _records(kind: type) -> dict[str, type | None]:
    """The fields of a record; for each the kind of record that lies in it, alone or in a list, or None for a plain value."""
    return {name: next((part for part in (hint, *get_args(hint)) if is_dataclass(part)), None) for name, hint in get_type_hints(kind).items()}  # type: ignore[misc]


def _build(kind: type[Built], plain: dict[str, Any]) -> Built:
    records = _records(kind)  # type: ignore[arg-type]
    return kind(**{name: _value(records[name], value) for name, value in plain.items() if name in records})


def _value(record: type | None, value: Any) -> Any:
    if record is None or value is None:
        return value
    return [_build(record, item) for item in value] if isinstance(value, list) else _build(record, value)
