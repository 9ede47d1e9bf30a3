"""A plain browser, without any guard, on a fixture web: the control that shows what a page does when nobody stops it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Page, sync_playwright

from demo.web import Hit, Web

CHROMIUM = "/usr/lib/chromium/chromium-headless-shell"


@contextlib.contextmanager
def open_page(web: Web, *, features_off: str = "") -> Iterator[Page]:
    flags = [f"--host-resolver-rules=MAP * 127.0.0.1:{web.port}", *([f"--disable-features={features_off}"] if features_off else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        context = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 800})
        yield context.new_page()
        context.close()
        browser.close()


def asked_for(hits: list[Hit]) -> list[tuple[str, str]]:
    """Methods and URLs as a page has them: a WebSocket is one connection, however many frames it carries."""
    return [("WS", hit.url.replace("https:", "wss:", 1)) if hit.protocol == "websocket" else (hit.method, hit.url) for hit in hits if hit.method != "WS"]
