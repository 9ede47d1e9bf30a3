"""One page in the browser, with everything that it starts: attached before its first line runs, listened to, and kept read-only.

Frames in other processes, workers, shared workers and pop-ups arrive paused; each is set up and let go, or not let go at all: a service worker is noted and
never started (it would outlive the page and answer for the network), a pop-up is closed and counted.
"""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Any

from scans.capture import readonly
from scans.capture.configuration import CaptureSettings
from scans.capture.record import Parsed, Record
from scans.capture.stacks import stack_urls
from tracefox.browser import DevTools, DevToolsError, Session, devtools

SHIM = Path(__file__).with_name("shim.js").read_text()
# Whatever can carry a write, and every plain-text request. Images, scripts, styles, fonts and media are GET by nature and are not paused.
PAUSED = [{"urlPattern": "http://*"}] + [
    {"urlPattern": "https://*", "resourceType": kind} for kind in ("Document", "XHR", "Fetch", "Ping", "CSPViolationReport", "Other", "EventSource")
]
WORKERS = {"worker": "dedicated", "shared_worker": "shared", "service_worker": "service"}

Json = dict[str, Any]


class Tap:
    """Opened by `open_page`, which gives it a browser context of its own. `crashed` is done when the page's process died."""

    def __init__(self, devtools: DevTools, root: Session, settings: CaptureSettings) -> None:
        self.record = Record(settings.limits)
        self.crashed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.loaded = asyncio.Event()
        self.budget_spent = asyncio.Event()
        self.mark = "tfx" + secrets.token_hex(8)
        self.ours: set[str] = {self._shim()}
        self.context = ""
        self._devtools, self._root, self._settings = devtools, root, settings
        self._page: Session | None = None
        self._ready: list[asyncio.Future[Json]] = []
        self._sources: set[asyncio.Future[Json]] = set()

    @property
    def page(self) -> Session:
        if self._page is None:
            raise DevToolsError("the page was never attached")
        return self._page

    async def open_page(self) -> None:
        self._devtools.on_event = self._hear
        self.context = (await self._root.send("Target.createBrowserContext", {"disposeOnDetach": True}))["browserContextId"]
        await self._root.send("Browser.setDownloadBehavior", {"behavior": "deny", "browserContextId": self.context})
        await self._root.send("Fetch.enable", {"patterns": PAUSED})
        await self._root.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True})
        await self._root.send("Target.createTarget", {"url": "about:blank", "browserContextId": self.context})
        for ready in self._ready:
            await ready

    async def sources(self) -> None:
        """Wait for the script bodies that are on their way."""
        if self._sources:
            await asyncio.wait(self._sources, timeout=5)

    async def cookies(self) -> list[Json]:
        """The jar of this page's context, values included: they are for the redactor."""
        jar: list[Json] = (await self._root.send("Storage.getCookies", {"browserContextId": self.context}, timeout=5))["cookies"]
        return jar

    async def close(self) -> None:
        self._devtools.on_event = devtools.ignore
        await self._root.send("Target.disposeBrowserContext", {"browserContextId": self.context}, timeout=5)

    # --- events -------------------------------------------------------------------------------------------------------------------------------------
    def _hear(self, session: Session, method: str, params: Json) -> None:
        if method == "Fetch.requestPaused":
            self._pass(params)
        elif method == "Target.attachedToTarget":
            self._attached(self._devtools.sessions[params["sessionId"]])
        elif method in ("Debugger.scriptParsed", "Debugger.scriptFailedToParse"):
            self._script(session, params)
        elif method == "Runtime.bindingCalled":
            if params["name"] == self.mark:
                self.record.told_by_shim(params["payload"], self.mark)
        elif method == "Inspector.targetCrashed":
            if session is self._page and not self.crashed.done():
                self.crashed.set_result(None)
        elif method == "Emulation.virtualTimeBudgetExpired":
            self.budget_spent.set()
        elif method == "Page.javascriptDialogOpening":
            session.post("Page.handleJavaScriptDialog", {"accept": params["type"] == "beforeunload"})
        else:
            self.record.names.resolve(session.id, (params.get("initiator") or {}).get("stack"))
            self.record.hear(method, params)
            if session is self._page and self._is_loaded(method, params):
                self.loaded.set()

    def _is_loaded(self, method: str, params: Json) -> bool:
        """A form that sends itself while the page loads cancels the load event; the frame stops loading all the same."""
        stopped = method == "Page.frameStoppedLoading" and params["frameId"] == self.record.main_frame
        return method == "Page.loadEventFired" or (stopped and self.record.navigations > 0)

    def _pass(self, event: Json) -> None:
        passage = readonly.judge(event)
        self.record.paused(event, passage)
        self._root.post(passage.command, passage.params)

    def _attached(self, session: Session) -> None:
        kind = session.target["type"]
        if kind == "page":
            if self._page is None:
                self._page = session
                self.record.main_frame = session.target["targetId"]
                self._set_up_document(session)
            else:
                self._refuse_popup(session)
        elif kind == "iframe":
            self._set_up_document(session)
        elif kind in WORKERS:
            self._set_up_worker(session, WORKERS[kind])
        else:
            session.post("Runtime.runIfWaitingForDebugger")

    def _refuse_popup(self, session: Session) -> None:
        self.record.popups += 1
        self._root.post("Target.closeTarget", {"targetId": session.target["targetId"]})
        session.post("Runtime.runIfWaitingForDebugger")  # or its opener waits with it

    def _set_up_document(self, session: Session) -> None:
        self._listen(session)
        session.post("Page.enable")
        session.post("Log.enable")
        ready = session.post("Page.addScriptToEvaluateOnNewDocument", {"source": self._shim(), "runImmediately": True})
        if session is self._page:
            width, height = self._settings.viewport
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            session.post("Emulation.setDeviceMetricsOverride", metrics)
            session.post("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
            self._ready.append(ready)
        session.post("Runtime.runIfWaitingForDebugger")

    def _set_up_worker(self, session: Session, kind: str) -> None:
        number = session.target["targetId"]
        known = number in self.record.workers
        started = "blocked" if kind == "service" else "started"
        if not known and self.record.room("workers", len(self.record.workers), self._settings.limits.frames):
            self.record.workers[number] = (session.target["url"], kind, started)
        if kind == "service":
            self._root.post("Target.closeTarget", {"targetId": number})
            return
        self._listen(session)
        session.post("Runtime.evaluate", {"expression": self._shim()})
        session.post("Runtime.runIfWaitingForDebugger")

    def _listen(self, session: Session) -> None:
        session.post("Network.enable", {"maxTotalBufferSize": 1, "maxResourceBufferSize": 1})
        session.post("Runtime.enable")
        session.post("Runtime.addBinding", {"name": self.mark})
        session.post("Debugger.enable", {"maxScriptsCacheSize": 64 << 20})
        session.post("Debugger.setSkipAllPauses", {"skip": True})
        session.post("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True})

    def _shim(self) -> str:
        """The shim. Its name tells our frames on a stack from the page's; a page that learns it can hide nothing by it."""
        return SHIM.replace("BELL", self.mark) + f"\n//# sourceURL={self.mark}"

    def _script(self, session: Session, event: Json) -> None:
        url = self.record.names.hear(session.id, event)  # where it came from, not what it calls itself
        self.record.names.resolve(session.id, event.get("stackTrace"))
        aux = event.get("executionContextAuxData") or {}
        worker = session.target["type"] in WORKERS
        if not (aux.get("isDefault", False) or worker):
            return
        limits, record = self._settings.limits, self.record
        if not record.room("scripts", len(record.scripts), limits.scripts):
            return
        document = record.frames.get(aux.get("frameId", ""), ("", ""))[0] or session.target["url"]
        inline = bool(url) and ((event["startLine"], event["startColumn"]) != (0, 0) or url == document)
        parsed = Parsed(
            url[: limits.url_length],
            document,
            inline and not worker,
            worker,
            event.get("isModule", False),
            event["length"],
            [cause[: limits.url_length] for cause in stack_urls(event["stackTrace"])] if "stackTrace" in event else None,
            event.get("hash", ""),
        )
        record.scripts.append(parsed)
        if event["length"] > limits.script_bytes:
            record.truncated.setdefault("script bodies over the size limit", [0, 0])[1] += 1
        else:
            self._fetch_source(session, event["scriptId"], parsed)

    def _fetch_source(self, session: Session, number: str, parsed: Parsed) -> None:
        answer = session.post("Debugger.getScriptSource", {"scriptId": number})
        self._sources.add(answer)

        def arrived(answer: asyncio.Future[Json]) -> None:
            self._sources.discard(answer)
            if not answer.cancelled() and answer.exception() is None:
                source = answer.result().get("scriptSource", "")
                parsed.source, parsed.is_ours = source, source in self.ours  # by its text: a page may learn the name

        answer.add_done_callback(arrived)
