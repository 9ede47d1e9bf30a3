"""The browser of one run: Chromium with its own sandbox on, one context, one page that the test acts in, and the guard's listener as its only way out.

Dialogs are dismissed, further windows are bounded, downloads refused, permissions denied, service workers kept out. A phone or a tablet is an emulation.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, CDPSession, Dialog, Error, Page, Playwright

from checkout.flow import Flow, Viewport
from checkout.runner.masking import Secrets
from checkout.runner.protocol import Job
from checkout.runner.record import Record
from tracefox.browser import flags

START_SECONDS, PICTURE_SECONDS, CLOSE_SECONDS = 30, 5, 3
PICTURE_TRIES, PICTURE_PAUSE = 3, 0.1
MOST_WINDOWS = 3
QUALITY = 80
Driver = Awaitable[Playwright]


@dataclass(frozen=True)
class Settings:
    browser: str
    pins: tuple[str, ...]
    user_agent: str
    port: int
    video: bool

    @classmethod
    def of(cls, job: Job, *, port: int) -> Settings:
        return cls(job.browser, job.pins, job.user_agent, port, job.video)


@dataclass
class Stage:
    page: Page
    context: BrowserContext
    devtools: CDPSession
    crashed: asyncio.Event

    @property
    def is_gone(self) -> bool:
        """Has the browser itself ended?"""
        return not (self.context.browser and self.context.browser.is_connected())

    async def picture(self) -> bytes:
        """What the page shows, as JPEG; empty if it does not answer. A page on its way to another one is asked again."""
        for _ in range(PICTURE_TRIES):
            with suppress(Error, TimeoutError):
                asked = self.devtools.send("Page.captureScreenshot", {"format": "jpeg", "quality": QUALITY})
                return base64.b64decode((await asyncio.wait_for(asked, PICTURE_SECONDS))["data"])
            await asyncio.sleep(PICTURE_PAUSE)
        return b""


class NotStarted(Exception):
    """The browser, or Playwright's driver, did not come up. Nothing was asked of the shop."""


@asynccontextmanager
async def opened(flow: Flow, *, settings: Settings, secrets: Secrets, record: Record, driver: Driver) -> AsyncIterator[Stage]:
    async with _started(driver) as playwright:
        try:
            browser = await _launched(playwright, settings)
            stage = await _staged(browser, flow, settings, secrets)
        except (Error, OSError) as error:
            raise NotStarted from error
        record.attach(stage.context)
        _look_after(stage)
        yield stage
        with suppress(Error, TimeoutError):
            await asyncio.wait_for(browser.close(), CLOSE_SECONDS)


@asynccontextmanager
async def _started(driver: Driver) -> AsyncIterator[Playwright]:
    try:
        playwright = await asyncio.wait_for(driver, START_SECONDS)
    except Exception as error:  # Playwright raises nothing more exact where its driver does not come up
        raise NotStarted from error
    yield playwright
    await playwright.stop()


async def _launched(playwright: Playwright, settings: Settings) -> Browser:
    return await playwright.chromium.launch(
        executable_path=settings.browser,
        chromium_sandbox=True,
        args=switches(settings),
        ignore_default_args=list(flags.NOT_WANTED),
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LANG": "C.UTF-8"},
        timeout=START_SECONDS * 1000,
    )


async def _staged(browser: Browser, flow: Flow, settings: Settings, secrets: Secrets) -> Stage:
    context = await browser.new_context(
        viewport={"width": flow.viewport.width, "height": flow.viewport.height},
        device_scale_factor=flow.viewport.scale,
        is_mobile=flow.viewport.device != "desktop",
        has_touch=flow.viewport.touch,
        user_agent=agent(settings.user_agent, flow.viewport),
        accept_downloads=False,
        service_workers="block",
        permissions=[],
    )
    await context.add_init_script(secrets.script(flow.allowed_origins))
    page = await context.new_page()
    return Stage(page, context, await context.new_cdp_session(page), asyncio.Event())


def switches(settings: Settings) -> list[str]:
    """Those of a scan, but WebSockets go through the guard as well: this run may write, and the cut ends them with everything else."""
    given = flags.switches(settings.port, trusted_key_pins=settings.pins)
    return [switch for switch in given if not switch.startswith("--proxy-server=")] + [f"--proxy-server=http://127.0.0.1:{settings.port}"]


def agent(user_agent: str, viewport: Viewport) -> str:
    """The same browser, as it calls itself on that kind of device."""
    if viewport.device == "desktop":
        return user_agent
    moved = user_agent.replace("X11; Linux x86_64", "Linux; Android 10; K")
    return moved.replace(" Safari/", " Mobile Safari/") if viewport.device == "phone" else moved


def _look_after(stage: Stage) -> None:
    tasks: set[asyncio.Task[None]] = set()

    def do(deed: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(deed)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def another(page: Page) -> None:
        page.on("dialog", lambda dialog: do(_answer(dialog)))
        if len(stage.context.pages) > MOST_WINDOWS:
            do(_close(page))

    stage.context.on("page", another)
    stage.page.on("dialog", lambda dialog: do(_answer(dialog)))
    stage.page.on("crash", lambda page: stage.crashed.set())


async def _answer(dialog: Dialog) -> None:
    """A page that asks whether to leave is left; everything else is dismissed."""
    with suppress(Error):
        await (dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())


async def _close(page: Page) -> None:
    with suppress(Error):
        await page.close()
