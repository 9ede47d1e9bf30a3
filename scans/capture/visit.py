"""One scan: a fresh browser behind its own egress guard loads each page in a context of its own, and a Snapshot comes out.

Never raises for what a site does: every way a page can end has a name in `outcome`. What does raise is a fault of ours.
The work runs in the browser engine's loop, so any thread may call `visit`, and several scans run at once.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from scans import snapshot as form
from scans.capture import assemble, consent, ending, outcome, page
from scans.capture.configuration import CaptureSettings, Target, user_agent
from scans.capture.finish import finish
from scans.capture.tap import Tap
from scans.snapshot import Captured
from tracefox import browser
from tracefox.browser import limits
from tracefox.egress.ledger import Budget
from tracefox.egress.proxy import Guard

log = structlog.get_logger(__name__)
Progress = Callable[[str, int], None]
Load = Callable[[Tap, Target, CaptureSettings, page.Reading], Awaitable[None]]
OPEN_SECONDS, START_SECONDS = 10, 60


def visit(targets: Sequence[Target], *, settings: CaptureSettings, progress: Progress = lambda stage, pages_done: None) -> Captured:
    """Load the targets in order. `progress` is called from the engine's thread with a stage in words and the number of pages that are done."""
    done = browser.engine().run(_visit(list(targets), settings, progress))
    return done.captured()


async def _visit(targets: list[Target], settings: CaptureSettings, progress: Progress) -> Visit:
    going = Visit(targets, settings, progress)
    try:
        await asyncio.wait_for(going.run(), going.longest)
    except TimeoutError:  # something that has no end of its own did not come to one: the driver, the browser's main process
        log.error("scan_without_end", targets=len(targets))
        going.tell("limit:max-wall")
        going.end()
    return going


@dataclass
class Seen:
    """What came of one page. Without a `page` the scan did not load it."""

    target: Target
    outcome: form.Outcome
    at: float
    page: assemble.Page | None = None

    def observation(self) -> form.Observation:
        if self.page is None:
            return self._bare(self.outcome)
        try:
            return assemble.observation(self.page, self.outcome, now=self.at, at=_iso(self.at))
        except Exception:  # what one page says must not cost the others their snapshot
            log.exception("page_not_understood", url=_short(self.target.url))
            self.page = None
            return self._bare(outcome.outcome("not-understood"))

    def _bare(self, how: form.Outcome) -> form.Observation:
        return form.Observation(url=self.target.url, kind=self.target.kind, outcome=how, captured_at=_iso(self.at))


class Visit:
    """The part in the loop only waits and keeps what it hears; `captured` does the work on it, in the caller's thread, while other scans go on.

    `trouble` is done, with an outcome's name and detail, as soon as something ends the whole scan: the guard's budget, memory, the browser's death.
    """

    def __init__(self, targets: list[Target], settings: CaptureSettings, progress: Progress) -> None:
        self.targets, self.settings, self.progress = targets, settings, progress
        self.seen: list[Seen] = []
        self.answered: list[tuple[consent.Answer, Seen]] = []
        self.started, self.agent, self.product = time.time(), "", ""
        self.trouble: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        budget = _budget(len(targets) + (len(consent.STATES) if settings.answers_consent else 0), settings)
        self.longest = budget.max_wall + START_SECONDS
        self.guard = Guard(
            budget=budget,
            hosts=settings.hosts,
            extra_deny=settings.extra_deny,
            on_exceeded=lambda which: self.tell(f"limit:{which.removeprefix('limit:')}"),
        )

    def tell(self, reason: str, detail: str = "") -> None:
        if not self.trouble.done():
            self.trouble.set_result((reason, detail))

    async def run(self) -> None:
        try:
            self.progress("Starting the browser", 0)
            self.agent, self.product = user_agent(self.settings.binary), browser.version(self.settings.binary)
            async with self._browser() as chromium:
                await self._see_all(chromium)
        except browser.BrowserMissing as missing:
            self.tell("browser-missing", str(missing))
        except browser.BrowserNotStarted as failure:
            log.error("browser_not_started", error=str(failure))
            self.tell("browser-not-started", str(failure))
        except (browser.Disconnected, TimeoutError):
            self.tell("browser-crash")
        finally:
            await self.guard.close()
        self.end()

    def end(self) -> None:
        reason, detail = self.trouble.result() if self.trouble.done() else ("not-reached", "")
        self.seen += [Seen(target, outcome.outcome(reason, detail=detail), time.time()) for target in self.targets[len(self.seen) :]]
        self.finished = time.time()

    def captured(self) -> Captured:
        pages = [(seen.observation(), seen.page) for seen in self.seen]
        states = [(answer, seen.observation(), seen.page) for answer, seen in self.answered]
        times = {"started": _iso(self.started), "finished": _iso(self.finished)}
        return finish(pages, states, guard=self.guard, settings=self.settings, product=self.product, agent=self.agent, **times)

    def _browser(self) -> browser.Opening:
        settings = self.settings
        return browser.opened(
            binary=settings.binary,
            serve=self.guard.serve,
            cut=self.guard.cut,
            isolation=settings.isolation,
            trusted_key_pins=settings.trusted_key_pins,
            user_agent=self.agent,
        )

    async def _see_all(self, chromium: browser.Browser) -> None:
        watching = asyncio.create_task(self._watch(chromium))
        try:
            root = await asyncio.wait_for(chromium.devtools.attach_to_browser(), OPEN_SECONDS)
            for number, target in enumerate(self.targets):
                self.progress(f"Loading {_short(target.url)}", number)
                self.seen.append(await self._see(chromium, root, target))
                self.progress(f"Read {_short(target.url)}", number + 1)
                if self.trouble.done():
                    break
            if self.settings.answers_consent and self.seen[0].outcome.status == "ok":
                await self._answer_consent(chromium, root)
        finally:
            watching.cancel()

    async def _answer_consent(self, chromium: browser.Browser, root: browser.Session) -> None:
        """The start page once more for each answer to its banner, each in a context of its own."""
        for state in consent.STATES:
            if self.trouble.done():
                return
            self.progress(f"Consent: {state}", len(self.targets))
            answers: list[consent.Answer] = []

            async def load(tap: Tap, target: Target, settings: CaptureSettings, reading: page.Reading, *, state=state, answers=answers) -> None:  # type: ignore[no-untyped-def]
                answers.append(await consent.load(tap, target, settings, reading, state))

            seen = await self._see(chromium, root, self.targets[0], load)
            self.answered.append((answers[0] if answers else consent.Answer(state, "" if state == "gpc" else "action_failed"), seen))

    async def _watch(self, chromium: browser.Browser) -> None:
        memory = asyncio.create_task(limits.watch_memory(chromium.pid, cap=self.settings.limits.memory_bytes))
        try:
            await asyncio.wait([memory, chromium.devtools.closed], return_when=asyncio.FIRST_COMPLETED)
            if memory.done():
                self.tell("memory", "the watch failed" if memory.exception() else f"{memory.result() >> 20} MB")
                limits.end(limits.tree(chromium.pid))
            else:
                self.tell("browser-crash")
        finally:
            memory.cancel()

    async def _see(self, chromium: browser.Browser, root: browser.Session, target: Target, load: Load = page.load) -> Seen:
        """Load one page against the clock and everything that may end it early; keep whatever was seen."""
        if not target.url.startswith("https://"):  # the only place that navigates: no file, no view-source, nothing in plain text
            return Seen(target, outcome.outcome("not-https"), time.time())
        tap, reading = Tap(chromium.devtools, root, self.settings), page.Reading()
        try:
            await asyncio.wait_for(tap.open_page(), OPEN_SECONDS)
            reason, detail = await self._load(tap, target, reading, load)
        except (browser.Disconnected, TimeoutError):
            reason, detail = self.trouble.result() if self.trouble.done() else ("browser-crash", "")
        with suppress(browser.DevToolsError, TimeoutError):
            await tap.close()
        seen = assemble.Page(target=target, record=tap.record, reading=reading, limits=self.settings.limits)
        return Seen(target, ending.of(seen, reason, detail, self.guard.decisions), time.time(), seen)

    async def _load(self, tap: Tap, target: Target, reading: page.Reading, load: Load) -> tuple[str, str]:
        loading = asyncio.ensure_future(load(tap, target, self.settings, reading))
        ends: list[asyncio.Future] = [loading, tap.crashed, self.trouble]
        await asyncio.wait(ends, timeout=self.settings.limits.page_seconds, return_when=asyncio.FIRST_COMPLETED)
        ended = self._how_it_ended(loading, tap, reading)
        loading.cancel()
        with suppress(asyncio.CancelledError, browser.DevToolsError, TimeoutError):
            await loading
        return ended

    def _how_it_ended(self, loading: asyncio.Task[None], tap: Tap, reading: page.Reading) -> tuple[str, str]:
        if self.trouble.done():
            return self.trouble.result()
        if tap.crashed.done():
            return "page-crash", ""
        if not loading.done():
            return "deadline", ""
        error = loading.exception()
        if isinstance(error, TimeoutError):
            return ("unresponsive" if reading.navigation else "nav-timeout"), ""
        if isinstance(error, browser.DevToolsError):
            return "page-crash", ""
        if error:
            raise error
        return "", ""


def _budget(pages: int, settings: CaptureSettings) -> Budget:
    """It grows with the number of pages; a page alone has what the defaults say."""
    one = Budget()
    return Budget(
        max_down=one.max_down * pages,
        max_up=one.max_up * pages,
        max_connections=one.max_connections * pages,
        max_hosts=one.max_hosts + 100 * (pages - 1),
        max_wall=(settings.limits.page_seconds + OPEN_SECONDS) * pages + 20,
    )


def _iso(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _short(url: str) -> str:
    return url.removeprefix("https://")[:80]
