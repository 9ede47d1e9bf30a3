"""What is heard of one page while it loads: DevTools events in, raw facts kept. `assemble` makes an Observation of them.

Nothing here decides or waits; every list is capped and says so. To hear one more event: add a method and enter it in `HEARD`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from scans.capture.configuration import Limits
from scans.capture.readonly import Passage
from scans.capture.stacks import Names, stack_text_urls, stack_urls
from scans.snapshot import Truncation

Json = dict[str, Any]


@dataclass
class Sent:
    """One hop of one request."""

    request_id: str
    url: str
    method: str
    type: str
    document_url: str
    frame_id: str
    initiator: Json
    started: float
    heard_at: float
    in_virtual_time: bool = False
    response: Json | None = None
    redirected_to: str = ""
    finished: float | None = None
    ended_at: float | None = None
    transferred: int = 0
    body: int = 0
    error: str = ""
    from_cache: bool = False


@dataclass
class Parsed:
    """One script that V8 compiled, with its source once it has arrived."""

    url: str
    context_url: str
    inline: bool
    worker: bool
    module: bool
    length: int
    causes: list[str] | None
    browsers_hash: str = ""
    source: str | None = None
    is_ours: bool = False


@dataclass
class Attempt:
    """A write that was answered locally."""

    channel: str
    method: str
    url: str


@dataclass
class Record:
    limits: Limits
    requests: list[Sent] = field(default_factory=list)
    scripts: list[Parsed] = field(default_factory=list)
    writes: list[Attempt] = field(default_factory=list)
    plain_text: list[str] = field(default_factory=list)
    websockets: list[tuple[str, list[str]]] = field(default_factory=list)
    workers: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    frames: dict[str, tuple[str, str]] = field(default_factory=dict)
    console: list[tuple[str, str, str, int | None]] = field(default_factory=list)
    header_cookies: list[tuple[str, str, int]] = field(default_factory=list)
    script_cookies: list[tuple[str, list[str]]] = field(default_factory=list)
    stores: set[tuple[str, Literal["indexeddb", "cache"], str]] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)
    answered_here: dict[str, str] = field(default_factory=dict)
    truncated: dict[str, list[int]] = field(default_factory=dict)
    popups: int = 0
    navigations: int = 0
    loaded_at: float | None = None
    content_at: float | None = None
    main_frame: str = ""
    names: Names = field(default_factory=Names)
    in_virtual_time: bool = False
    _open: dict[str, Sent] = field(default_factory=dict)
    _answers: dict[str, int] = field(default_factory=dict)

    def hear(self, method: str, params: Json) -> None:
        if handler := HEARD.get(method):
            handler(self, params)

    def room(self, what: str, kept: int, limit: int) -> bool:
        """Whether one more fits; counts what did not."""
        if kept < limit:
            return True
        self.truncated.setdefault(what, [limit, limit])[1] += 1
        return False

    def truncations(self) -> list[Truncation]:
        return [Truncation(what=what, kept=kept, seen=seen) for what, (kept, seen) in sorted(self.truncated.items())]

    def duration(self, sent: Sent) -> float | None:
        """Seconds. In virtual time a request begins by the page's clock, which runs ahead, and ends by the network's: there our own clock is taken."""
        if sent.finished is None or sent.ended_at is None:
            return None
        return max(0.0, sent.ended_at - sent.heard_at if sent.in_virtual_time else sent.finished - sent.started)

    @property
    def document(self) -> Sent | None:
        """The main frame's last document that had an answer; else the last that was asked for."""
        documents = [sent for sent in self.requests if sent.type == "Document" and sent.frame_id == self.main_frame and not sent.redirected_to]
        answered = [sent for sent in documents if sent.response and sent.request_id not in self.answered_here]
        return (answered or documents)[-1] if documents else None

    # --- network ------------------------------------------------------------------------------------------------------------------------------------
    def request_sent(self, event: Json) -> None:
        number, request = event["requestId"], event["request"]
        if request["url"].startswith("data:"):
            return  # nothing of it leaves the browser, and it may be as long as it likes
        if (earlier := self._open.get(number)) and "redirectResponse" in event:
            earlier.response, earlier.redirected_to, earlier.finished = event["redirectResponse"], self._short(request["url"]), event["timestamp"]
            earlier.ended_at = time.monotonic()
            earlier.transferred = int(event["redirectResponse"].get("encodedDataLength", 0))
        if not self.room("requests", len(self.requests), self.limits.requests):
            return
        sent = Sent(
            number,
            self._short(request["url"] + request.get("urlFragment", "")),
            request["method"],
            event.get("type", "Other"),
            self._short(event.get("documentURL", "")),
            event.get("frameId", ""),
            self._causes(event["initiator"]),
            event["timestamp"],
            time.monotonic(),
            self.in_virtual_time,
        )
        if earlier and "redirectResponse" in event:
            sent.initiator = {"type": "redirect", "url": earlier.url}
        self._open[number] = sent
        self.requests.append(sent)

    def _short(self, url: str) -> str:
        return url[: self.limits.url_length]

    def _causes(self, initiator: Json) -> Json:
        """What of it is kept: its kind, and the URLs on its stack, nearest first."""
        return {
            "type": initiator.get("type", ""),
            "url": self._short(initiator.get("url", "")),
            "urls": [self._short(url) for url in stack_urls(initiator.get("stack"))],
        }

    def response_received(self, event: Json) -> None:
        if sent := self._open.get(event["requestId"]):
            sent.response, sent.type = event["response"], event.get("type", sent.type)
            sent.from_cache = sent.from_cache or bool(event["response"].get("fromDiskCache") or event["response"].get("fromPrefetchCache"))

    def cookies_in_header(self, event: Json) -> None:
        """Names out of Set-Cookie; the values go to the redactor's list of secrets and nowhere else."""
        hop = self._answers[event["requestId"]] = self._answers.get(event["requestId"], -1) + 1
        header = next((value for name, value in event["headers"].items() if name.lower() == "set-cookie"), "")
        for line in header.split("\n") if header else ():
            name, _, rest = line.partition("=")
            self.secrets.add(rest.partition(";")[0].strip())
            if self.room("cookies set by headers", len(self.header_cookies), 4 * self.limits.cookies):
                self.header_cookies.append((name.strip()[:256], event["requestId"], hop))

    def served_from_cache(self, event: Json) -> None:
        if sent := self._open.get(event["requestId"]):
            sent.from_cache = True

    def data_received(self, event: Json) -> None:
        if sent := self._open.get(event["requestId"]):
            sent.body += event["dataLength"]

    def finished(self, event: Json) -> None:
        if sent := self._open.get(event["requestId"]):
            sent.finished, sent.ended_at, sent.transferred = event["timestamp"], time.monotonic(), int(event["encodedDataLength"])

    def failed(self, event: Json) -> None:
        if sent := self._open.get(event["requestId"]):
            sent.finished, sent.ended_at = event["timestamp"], time.monotonic()
            sent.error = event.get("blockedReason") or event["errorText"]

    def paused(self, event: Json, passage: Passage) -> None:
        """What the read-only layer did with a request. `answered_here`: ids of the requests that never left, and why."""
        if passage.command != "Fetch.continueRequest":
            self.answered_here[event.get("networkId", "")] = passage.refused or "write"
        if passage.write and self.room("writes", len(self.writes), self.limits.writes):
            self.writes.append(Attempt(passage.write, event["request"]["method"], self._short(event["request"]["url"])))
        if passage.refused == "plain-text" and self.room("plain-text requests", len(self.plain_text), 50):
            self.plain_text.append(self._short(event["request"]["url"]))

    def websocket(self, event: Json) -> None:
        stack = (event.get("initiator") or {}).get("stack")
        self.websocket_tried(event["url"], stack_urls(stack))

    def websocket_tried(self, url: str, chain: list[str], channel: str = "WebSocket") -> None:
        if self.room("writes", len(self.writes), self.limits.writes):
            self.websockets.append((url, chain))
            self.writes.append(Attempt(channel.lower(), "CONNECT", url))

    # --- page, scripts, console ---------------------------------------------------------------------------------------------------------------------
    def frame_attached(self, event: Json) -> None:
        if self.room("frames", len(self.frames), self.limits.frames):
            self.frames.setdefault(event["frameId"], ("", event["parentFrameId"]))

    def frame_navigated(self, event: Json) -> None:
        frame = event["frame"]
        if frame["id"] in self.frames or self.room("frames", len(self.frames), self.limits.frames):
            self.frames[frame["id"]] = (self._short(frame["url"]), frame.get("parentId", ""))
        if frame["id"] == self.main_frame:
            self.navigations += 1

    def loaded(self, event: Json) -> None:
        self.loaded_at = event["timestamp"]

    def content_loaded(self, event: Json) -> None:
        self.content_at = event["timestamp"]

    def console_called(self, event: Json) -> None:
        said = [given.get("value", given.get("description", given.get("type"))) for given in event["args"][:10]]
        words = [value[: self.limits.text_length] if isinstance(value, str) else str(value)[: self.limits.text_length] for value in said]
        frames = event.get("stackTrace", {}).get("callFrames") or [{}]
        self._line(event["type"], " ".join(words), self._short(frames[0].get("url", "")), frames[0].get("lineNumber"))

    def exception_thrown(self, event: Json) -> None:
        details = event["exceptionDetails"]
        text = details.get("exception", {}).get("description") or details.get("text", "")
        self._line("error", text, details.get("url", ""), details.get("lineNumber"))

    def log_entry(self, event: Json) -> None:
        entry = event["entry"]
        self._line(entry["level"], entry["text"], entry.get("url", ""), entry.get("lineNumber"))

    def _line(self, level: str, text: str, url: str, line: int | None) -> None:
        if self.room("console", len(self.console), self.limits.console_lines):
            self.console.append((level, text[: self.limits.text_length], url, None if line is None else line + 1))

    def told_by_shim(self, payload: str, ours: str) -> None:
        """A note of `shim.js`. The page could forge one: it would only misattribute its own cookies."""
        with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            note = json.loads(payload[:10_000])
            chain = stack_text_urls(str(note.get("stack", "")), ours=ours, claimed=self.names.claimed)
            if note["kind"] == "cookie" and self.room("cookies set by scripts", len(self.script_cookies), 4 * self.limits.cookies):
                self.script_cookies.append((str(note["name"]), chain))
            if note["kind"] == "storage" and self.room("storage keys", len(self.stores), self.limits.storage_keys):
                self.stores.add((str(note["origin"])[:300], "cache" if note["area"] == "cache" else "indexeddb", str(note["key"])[:300]))
            if note["kind"] == "window":
                self.popups += 1
            if note["kind"] == "websocket":
                self.websocket_tried(str(note["url"])[: self.limits.url_length], chain, str(note["channel"])[:20])


HEARD: dict[str, Callable[[Record, Json], None]] = {
    "Network.requestWillBeSent": Record.request_sent,
    "Network.responseReceived": Record.response_received,
    "Network.responseReceivedExtraInfo": Record.cookies_in_header,
    "Network.requestServedFromCache": Record.served_from_cache,
    "Network.dataReceived": Record.data_received,
    "Network.loadingFinished": Record.finished,
    "Network.loadingFailed": Record.failed,
    "Network.webSocketCreated": Record.websocket,
    "Page.frameAttached": Record.frame_attached,
    "Page.frameNavigated": Record.frame_navigated,
    "Page.loadEventFired": Record.loaded,
    "Page.domContentEventFired": Record.content_loaded,
    "Runtime.consoleAPICalled": Record.console_called,
    "Runtime.exceptionThrown": Record.exception_thrown,
    "Log.entryAdded": Record.log_entry,
}
