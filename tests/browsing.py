"""How tests look at our own pages: a real browser, logged in, that notes whatever it complains about; and an audit of the page it shows."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings as django_settings
from django.db import connection
from django.test import Client as Browser
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, sync_playwright

from accounts.models import User

AUDIT = Path(__file__).with_name("audit.js").read_text()
NOT_OURS = "Permissions-Policy header: Unrecognized feature"  # this build of the browser lacks some of the features that we switch off


def session_of(user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    return browser.cookies[django_settings.SESSION_COOKIE_NAME].value


@contextlib.contextmanager
def looking(base: str, *, session: str = "", **options: object) -> Iterator[tuple[Page, list[str]]]:
    """A page in a browser, logged in by `session`, and what the browser complains about. Rows are made before: its loop forbids queries in this thread."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=django_settings.BROWSER, args=["--no-sandbox"])
        context = chromium.new_context(base_url=base, **options)  # type: ignore[arg-type]
        if session:
            context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": base}])
        yield heard(context)
        chromium.close()


def heard(context: BrowserContext) -> tuple[Page, list[str]]:
    page, complaints = context.new_page(), list[str]()

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and NOT_OURS not in message.text:
            complaints.append(message.text)

    def agree(dialog: Dialog) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.accept()

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", agree)
    return page, complaints


def elsewhere(work: Callable[[], object]) -> None:
    """Do this in a thread of its own, where queries are allowed while the browser runs."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
