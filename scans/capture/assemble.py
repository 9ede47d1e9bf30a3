"""Out of what was heard and read of one page: its Observation, and the bodies that belong to it. Nothing here talks to a browser.

The Observation still holds URLs and texts as they came; `visit` passes everything through the redactor before it leaves the capture.
"""

from __future__ import annotations

import datetime
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from PIL import Image

from scans import snapshot as form
from scans.capture import jar, scripts
from scans.capture.configuration import Limits, Target
from scans.capture.initiators import Initiators
from scans.capture.page import Reading
from scans.capture.record import Record, Sent
from scans.classify import cmp, vendors
from scans.classify.hosts import host_of

HEADERS = (
    "content-security-policy",
    "content-security-policy-report-only",
    "strict-transport-security",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
    "x-xss-protection",
    "server",
    "x-powered-by",
    "cache-control",
    "content-type",
)


@dataclass
class Bodies:
    """The evidence of a page, by kind and content."""

    scripts: dict[str, bytes] = field(default_factory=dict)
    html: str = ""
    screenshot: bytes = b""


@dataclass
class Page:
    """Everything about one page that is put into its Observation, built part by part."""

    target: Target
    record: Record
    reading: Reading
    limits: Limits

    def __post_init__(self) -> None:
        self.final_url = self.record.document.url if self.record.document else self.target.url
        self.host = host_of(self.final_url)
        self.initiators = Initiators(self.record.requests)
        self.bodies = Bodies()
        first = self.record.requests[0].started if self.record.requests else 0.0
        self._zero = first

    # --- network ------------------------------------------------------------------------------------------------------------------------------------
    def requests(self) -> list[form.Request]:
        return [self._request(sent) for sent in self.record.requests if sent.url.startswith(("https://", "http://"))]

    def _request(self, sent: Sent) -> form.Request:
        response = sent.response or {}
        kept_back = self.record.answered_here.get(sent.request_id, "") if not sent.redirected_to else ""
        host = host_of(sent.url)
        finished = response or (sent.finished is not None and not sent.error)  # a shared worker's script reports no response
        outcome: Literal["loaded", "failed", "blocked", "pending"] = "loaded" if finished else "failed" if sent.error else "pending"
        return form.Request(
            url=sent.url,
            method=sent.method,
            type=sent.type.lower(),
            host=host,
            party=vendors.party(host, self.host),
            outcome="blocked" if kept_back else outcome,
            status=None if kept_back else response.get("status"),
            media_type=response.get("mimeType", "") if not kept_back else "",
            transfer_size=None if kept_back or not response else sent.transferred,
            body_size=None if kept_back or not response else sent.body,
            start=self._milliseconds(sent.started),
            duration=None if (seconds := self.record.duration(sent)) is None else round(seconds * 1000, 1),
            protocol=response.get("protocol", "") if not kept_back else "",
            from_cache=sent.from_cache,
            redirected_to=sent.redirected_to,
            error=kept_back or sent.error,
            frame=sent.document_url,
            initiator=self.initiators.of(sent),
        )

    def redirects(self) -> list[form.Redirect]:
        document = self.record.document
        hops = [sent for sent in self.record.requests if document and sent.request_id == document.request_id and sent.redirected_to]
        return [form.Redirect(url=hop.url, status=(hop.response or {}).get("status", 0), location=hop.redirected_to) for hop in hops]

    def tls(self) -> form.Tls | None:
        details = ((self.record.document.response or {}) if self.record.document else {}).get("securityDetails")
        if not details:
            return None
        return form.Tls(
            protocol=details["protocol"],
            cipher=details.get("cipher", ""),
            issuer=details.get("issuer", ""),
            subject=details.get("subjectName", ""),
            valid_from=_iso_day(details.get("validFrom", 0)),
            valid_to=_iso_day(details.get("validTo", 0)),
        )

    def headers(self) -> dict[str, str]:
        given = {name.lower(): value for name, value in self.response_headers().items()}
        return {name: given[name][: self.limits.header_length] for name in HEADERS if name in given}

    def response_headers(self) -> dict[str, str]:
        return dict((self.record.document.response or {}).get("headers", {})) if self.record.document else {}

    def timing(self) -> form.Timing:
        document = self.record.document
        first_byte = ((document.response or {}).get("timing") or {}).get("receiveHeadersEnd") if document else None
        return form.Timing(
            first_byte=None if first_byte is None or document is None else round(self._milliseconds(document.started) + first_byte, 1),
            dom_content_loaded=self._milliseconds_or_none(self.record.content_at),
            load=self._milliseconds_or_none(self.record.loaded_at),
            settled=self.reading.settled_at,
        )

    # --- what ran and what it left --------------------------------------------------------------------------------------------------------------------
    def storage(self) -> list[form.StorageKey]:
        read = [
            form.StorageKey(origin=place["origin"], area=entry["area"], key=entry["key"], value_size=entry["size"])
            for place in self.reading.storage
            for entry in place["keys"]
        ]
        opened = [form.StorageKey(origin=origin, area=area, key=key) for origin, area, key in sorted(self.record.stores)]
        return (read + opened)[: self.limits.storage_keys]

    def consent(self) -> form.Consent:
        banners = [(name, visible) for name, visible in (self.reading.document or {}).get("banners", [])]
        name, visible = cmp.recognise((sent.url for sent in self.record.requests), banners)
        calls = [form.ConsentCall(command=call["command"], signals=call["signals"], region=call["region"]) for call in self.reading.consent_calls]
        return form.Consent(cmp=name, banner_visible=visible, calls=calls)

    def frames(self) -> list[form.Frame]:
        sandboxed = {frame["src"] for frame in (self.reading.document or {}).get("frames", []) if frame["sandboxed"]}
        return [
            form.Frame(url=url, parent=self.record.frames.get(parent, ("", ""))[0], party=self._party(url), sandboxed=url in sandboxed)
            for number, (url, parent) in self.record.frames.items()
            if number != self.record.main_frame
        ]

    def forms(self) -> list[form.Form]:
        found = (self.reading.document or {}).get("forms", [])
        return [form.Form(action=one["action"], method=one["method"], name=one["name"], fields=one["fields"]) for one in found]

    def workers(self) -> list[form.Worker]:
        return [form.Worker(url=url, kind=kind, outcome=outcome) for url, kind, outcome in self.record.workers.values()]  # type: ignore[arg-type]

    def websockets(self) -> list[form.WebSocket]:
        return [
            form.WebSocket(url=url, host=host_of(url), party=self._party(url), initiator=self.initiators.of_urls(chain, self.final_url))
            for url, chain in self.record.websockets
        ]

    def writes(self) -> list[form.Write]:
        return [
            form.Write(channel=write.channel, method=write.method, url=write.url, host=host_of(write.url), party=self._party(write.url))
            for write in self.record.writes
        ]

    def console(self) -> list[form.ConsoleEntry]:
        return [form.ConsoleEntry(level=level, text=text, url=url, line=line) for level, text, url, line in self.record.console]

    def tags(self) -> list[form.Tag]:
        tried = [write.url for write in self.record.writes]
        texts = [(parsed.url, parsed.source[:200_000]) for parsed in self.record.scripts if parsed.source]
        return vendors.tags([*(sent.url for sent in self.record.requests), *tried], texts, (self.reading.document or {}).get("html", "")[:500_000])

    def screenshot(self) -> form.Screenshot | None:
        """Encoded anew, so that what we serve was made by our encoder."""
        if not self.reading.screenshot:
            return None
        moving = [form.Box(**box) for box in (self.reading.document or {}).get("moving", [])]
        with Image.open(io.BytesIO(self.reading.screenshot)) as image:
            image.load()
            encoded = io.BytesIO()
            image.convert("RGB").save(encoded, "PNG", compress_level=1)
            self.bodies.screenshot = encoded.getvalue()
            sha256 = hashlib.sha256(self.bodies.screenshot).hexdigest()
            return form.Screenshot(sha256=sha256, width=image.width, height=image.height, moving=moving)

    def truncations(self) -> list[form.Truncation]:
        cut = self.record.truncations()
        document = self.reading.document
        if document and document["length"] > len(document["html"]):
            cut.append(form.Truncation(what="dom", kept=len(document["html"]), seen=document["length"]))
        if document and not self.reading.at_rest:
            cut.append(form.Truncation(what="still active", kept=len(self.record.requests)))
        return cut

    def findings(self) -> list[form.Finding]:
        plain = "A request without encryption was refused."
        found = [form.Finding(kind="plain-text", sentence=plain, url=url) for url in dict.fromkeys(self.record.plain_text)]
        if self.record.popups:
            found.append(form.Finding(kind="pop-up", sentence=f"The page tried to open {self.record.popups} windows. They were closed."))
        return found

    def secrets(self) -> Iterable[str]:
        """Values that must not appear in anything that is kept: of cookies and of web storage."""
        yield from self.record.secrets
        yield from (cookie["value"] for cookie in self.reading.cookies)
        yield from (entry["value"] for place in self.reading.storage for entry in place["keys"])

    def _party(self, url: str) -> form.Party:
        return vendors.party(host_of(url) or self.host, self.host)

    def _milliseconds(self, at: float) -> float:
        return round((at - self._zero) * 1000, 1)

    def _milliseconds_or_none(self, at: float | None) -> float | None:
        return None if at is None else self._milliseconds(at)


def observation(page: Page, outcome: form.Outcome, *, now: float, at: str) -> form.Observation:
    document = page.reading.document or {}
    return form.Observation(
        url=page.target.url,
        kind=page.target.kind,
        outcome=outcome,
        final_url=page.final_url,
        status=((page.record.document.response or {}) if page.record.document else {}).get("status"),
        media_type=((page.record.document.response or {}) if page.record.document else {}).get("mimeType", ""),
        captured_at=at,
        redirects=page.redirects(),
        tls=page.tls(),
        timing=page.timing(),
        headers=page.headers(),
        requests=page.requests(),
        scripts=scripts.found(page),
        cookies=jar.cookies(page, now=now),
        storage=page.storage(),
        tags=page.tags(),
        consent=page.consent(),
        frames=page.frames(),
        forms=page.forms(),
        workers=page.workers(),
        websockets=page.websockets(),
        console=page.console(),
        writes=page.writes(),
        dom=form.Dom(nodes=document.get("nodes", 0), size=document.get("length", 0), title=document.get("title", "")),
        screenshot=page.screenshot(),
        findings=page.findings(),
        truncated=page.truncations(),
    )


def _iso_day(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
