"""A real Chromium with the recorder loaded as the extension that people install: its window, its service worker, a tab with a shop.

`chromium-headless-shell` runs no extensions, so this takes the full browser. It is a package of the development group: without it the tests fail and say so.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Worker, sync_playwright

from demo.web import Web
from tests.sources import ROOT

RECORDER = ROOT / "checkout" / "recorder"
CHROMIUM = Path("/usr/lib/chromium/chromium")
MISSING = "The recorder is tested in Debian's full Chromium, which is missing here. Install it once:  sh setup.sh --group dev  (or: apt-get install chromium)."


@dataclass
class Recorder:
    context: BrowserContext
    worker: Worker
    panel: Page

    def stored(self, name: str) -> Any:
        return self.worker.evaluate("async (name) => (await chrome.storage.session.get(name))[name]", name)

    def press_button_at(self, tab: Page) -> None:
        """The recorder's button in the toolbar, while this tab is in front."""
        session = self._browser().new_browser_cdp_session()
        tabs = session.send("Target.getTargets", {"filter": [{"type": "tab"}]})["targetInfos"]
        target = next(each["targetId"] for each in tabs if each["url"] == tab.url)
        session.send("Extensions.triggerAction", {"id": self.id, "targetId": target})
        self.panel.wait_for_function("async () => Boolean((await chrome.storage.session.get('tab')).tab)")

    def allow(self, *origins: str) -> None:
        """Answer the browser's question for these origins with yes, before it is asked: its own settings page does that."""
        settings = self.context.new_page()
        settings.goto("chrome://extensions")
        for origin in origins:
            settings.evaluate("([id, origin]) => chrome.developerPrivate.addHostPermission(id, origin)", [self.id, f"{origin}/*"])
        settings.close()

    @property
    def id(self) -> str:
        return self.worker.url.split("/")[2]

    def _browser(self) -> Browser:
        assert self.context.browser
        return self.context.browser


@contextlib.contextmanager
def recorder(web: Web) -> Iterator[Recorder]:
    if not CHROMIUM.exists():
        pytest.fail(MISSING)
    switches = [
        "--headless=new",
        f"--load-extension={RECORDER}",
        f"--disable-extensions-except={RECORDER}",
        "--disable-features=DisableLoadExtensionCommandLineSwitch",
        f"--host-resolver-rules=MAP * 127.0.0.1:{web.port}",
        "--enable-unsafe-extension-debugging",
    ]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=switches,
            ignore_default_args=["--disable-extensions"],
            ignore_https_errors=True,
            chromium_sandbox=False,
        )
        worker = context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
        panel = context.new_page()
        panel.goto(f"{worker.url.rpartition('/')[0]}/panel.html")
        yield Recorder(context, worker, panel)
        context.close()
