"""A plain browser, without any guard, on a fixture web: the control that shows what a page does when nobody stops it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from playwright.sync_api import Page, Playwright, sync_playwright

from demo.web import Hit, Web

CHROMIUM = "/usr/lib/chromium/chromium-headless-shell"


@contextlib.contextmanager
def open_page(web: Web, *flags: str, playwright: Playwright | None = None) -> Iterator[Page]:
    """A page of a browser of its own. Whoever opens many passes the Playwright that it has running."""
    authority = x509.load_pem_x509_certificate(web.ca_file.read_bytes()).public_key()
    spki = authority.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    trusted = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    # Trusted by its key, not by looking away: service workers and reports need a connection without any fault.
    needed = (f"--host-resolver-rules=MAP * 127.0.0.1:{web.port}", f"--ignore-certificate-errors-spki-list={trusted}")
    with contextlib.ExitStack() as stack:
        playwright = playwright or stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*needed, *flags])
        try:
            yield browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        finally:
            browser.close()


def asked_for(hits: list[Hit]) -> list[tuple[str, str]]:
    """Methods and URLs as a page has them: a WebSocket is one connection, however many frames it carries."""
    return [("WS", hit.url.replace("https:", "wss:", 1)) if hit.protocol == "websocket" else (hit.method, hit.url) for hit in hits if hit.method != "WS"]
