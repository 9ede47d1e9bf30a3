"""What the browser did while the test ran: its requests and its console, as summaries, through the redactor. No body, no header, no archive file.

Raw addresses stay in here, for conditions that look for a tag. After `close` nothing is added: what fails because the network was cut is not the shop's fault.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Error, Request, Response, WebError

from checkout import analytics
from checkout.flow import Flow
from checkout.runner.masking import Secrets
from scans.capture.redact import Redactor
from scans.classify import vendors

MOST_REQUESTS, MOST_LINES = 2000, 300
LONGEST = 500
NEVER_DONE = frozenset({"websocket", "eventsource", "ping", "media"})
NOT_LOADED = "Failed to load resource"
SERVER_ERROR = 500


@dataclass
class Seen:
    """One request. `trouble` is the browser's word for what went wrong on the way."""

    url: str
    method: str
    kind: str
    first_party: bool
    began: float
    step: int
    main: bool
    status: int = 0
    ms: int = 0
    trouble: str = ""

    @property
    def is_bad(self) -> bool:
        return self.status >= 400 or bool(self.trouble)


@dataclass
class Line:
    """One line of the console. `counts`: an error of the page, and not of what we keep from it."""

    text: str
    kind: str
    url: str
    step: int
    counts: bool


@dataclass
class Record:
    flow: Flow
    secrets: Secrets
    step: int = -1
    requests: dict[Request, Seen] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    document: Response | None = None
    left_out: int = 0
    changed: float = field(default_factory=time.monotonic)
    open: set[Request] = field(default_factory=set)
    closed: bool = False

    def __post_init__(self) -> None:
        self._redactor = Redactor()
        self._home = urlsplit(self.flow.start_url).hostname or ""
        self._blocks = self.flow.analytics == "blocked"

    def attach(self, context: BrowserContext) -> None:
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("requestfinished", self._finished)
        context.on("requestfailed", self._failed)
        context.on("console", self._said)
        context.on("weberror", self._broke)

    def close(self) -> None:
        self.closed = True

    def quiet_for(self) -> float:
        """Seconds since the last request began or ended, 0 while one is under way."""
        return 0.0 if self.open else time.monotonic() - self.changed

    def server_errors(self) -> list[Seen]:
        return [seen for seen in self.requests.values() if seen.first_party and seen.status >= SERVER_ERROR]

    def console_errors(self) -> list[Line]:
        return [line for line in self.lines if line.counts]

    def addresses(self) -> list[str]:
        """As they were asked for. They never leave the runner."""
        return [seen.url for seen in self.requests.values()]

    def bad(self, *, since: int) -> list[Seen]:
        """Requests that went wrong while these steps ran, the shop's own first, then scripts and frames of others."""
        wrong = [seen for seen in self.requests.values() if seen.is_bad and seen.step >= since and not self._is_kept_away(seen.url)]
        return sorted(wrong, key=lambda seen: (not seen.first_party, seen.kind not in ("document", "script", "xhr", "fetch"), seen.status < SERVER_ERROR))

    def network(self) -> list[dict[str, Any]]:
        return [self._row(seen) for seen in self.requests.values()]

    def console(self) -> list[dict[str, Any]]:
        return [{"kind": line.kind, "text": self.text(line.text), "url": self.url(line.url), "step": line.step, "counts": line.counts} for line in self.lines]

    def text(self, text: str) -> str:
        return self._redactor.text(self.secrets.hide(text[: 4 * LONGEST]))[:LONGEST]

    def url(self, url: str) -> str:
        return self._redactor.url(self.secrets.hide(url[: 4 * LONGEST]))[:LONGEST] if url else ""

    def _row(self, seen: Seen) -> dict[str, Any]:
        trouble = "kept away" if self._is_kept_away(seen.url) else seen.trouble
        row = {"url": self.url(seen.url), "method": seen.method, "type": seen.kind, "status": seen.status, "ms": seen.ms}
        return row | {"first_party": seen.first_party, "step": seen.step, "trouble": trouble}

    def _asked(self, request: Request) -> None:
        if self.closed:
            return
        if len(self.requests) >= MOST_REQUESTS:
            self.left_out += 1
            return
        url, kind = request.url, request.resource_type
        if url.startswith(("data:", "blob:")):
            return
        first = vendors.party(urlsplit(url).hostname or "", self._home) == "first"
        self.requests[request] = Seen(url, request.method, kind, first, time.monotonic(), self.step, kind == "document" and _is_main(request))
        if kind not in NEVER_DONE:
            self.open.add(request)
        self.changed = time.monotonic()

    def _answered(self, response: Response) -> None:
        if self.closed or not (seen := self.requests.get(response.request)):
            return
        seen.status = response.status
        if seen.main:
            self.document = response

    def _finished(self, request: Request) -> None:
        self._ended(request)

    def _failed(self, request: Request) -> None:
        if seen := self._ended(request):
            seen.trouble = "" if request.failure == "net::ERR_ABORTED" else (request.failure or "failed")

    def _ended(self, request: Request) -> Seen | None:
        self.open.discard(request)
        self.changed = time.monotonic()
        seen = None if self.closed else self.requests.get(request)
        if seen:
            seen.ms = round((time.monotonic() - seen.began) * 1000)
        return seen

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert"):
            url = message.location.get("url", "")
            unasked = message.text.startswith(NOT_LOADED) and (self._is_kept_away(url) or urlsplit(url).path.endswith("/favicon.ico"))
            self._note(message.text, "error", url, counts=not unasked)

    def _broke(self, error: WebError) -> None:
        where = next((word.strip("()") for word in (error.error.stack or "").split() if word.strip("()").startswith("https://")), "")
        self._note(error.error.message, "exception", where.rsplit(":", 2)[0] if where else "", counts=True)

    def _note(self, text: str, kind: str, url: str, *, counts: bool) -> None:
        if not self.closed and len(self.lines) < MOST_LINES:
            self.lines.append(Line(text[: 4 * LONGEST], kind, url, self.step, counts))

    def _is_kept_away(self, url: str) -> bool:
        return self._blocks and analytics.is_kept_away(urlsplit(url).hostname or "", home=self._home)

    def __iter__(self) -> Iterator[Seen]:
        return iter(self.requests.values())


def _is_main(request: Request) -> bool:
    try:
        return request.frame.parent_frame is None
    except Error:  # the frame is not there yet, or no longer
        return request.is_navigation_request()
