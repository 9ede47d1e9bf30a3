"""HTML onto paper: Chromium prints a document of ours as PDF, with JavaScript off and no way out at all, not even to the egress guard.

The document must be whole in itself: styles inside, no pictures from elsewhere. To print something else: render it to HTML, and call `pdf`.
"""

from __future__ import annotations

import asyncio
import base64
import socket

from tracefox.browser.devtools import DevTools, Session
from tracefox.browser.engine import engine
from tracefox.browser.launch import opened

SECONDS = 60
A4 = {"paperWidth": 8.27, "paperHeight": 11.69, "marginTop": 0.5, "marginBottom": 0.6, "marginLeft": 0.5, "marginRight": 0.5}
FOOTER = '<div style="font:8px sans-serif;width:100%;text-align:center;color:#555"><span class="pageNumber"></span> / <span class="totalPages"></span></div>'


def pdf(html: str, *, binary: str, isolation: str = "netns", landscape: bool = False) -> bytes:
    """The document as PDF, A4, with page numbers. Raises BrowserMissing, BrowserNotStarted, DevToolsError or TimeoutError."""
    return engine().run(asyncio.wait_for(_printed(html, binary, isolation, landscape), SECONDS))


async def _printed(html: str, binary: str, isolation: str, landscape: bool) -> bytes:
    async with opened(binary=binary, serve=_nowhere, cut=lambda: None, isolation=isolation) as chromium:
        page = await _page(chromium.devtools)
        await page.send("Emulation.setScriptExecutionDisabled", {"value": True}, timeout=5)
        tree = await page.send("Page.getFrameTree", {}, timeout=5)
        await page.send("Page.setDocumentContent", {"frameId": tree["frameTree"]["frame"]["id"], "html": html}, timeout=20)
        how = {"landscape": landscape, "printBackground": True, "displayHeaderFooter": True, "headerTemplate": "<span></span>", "footerTemplate": FOOTER}
        printed = await page.send("Page.printToPDF", {**A4, **how}, timeout=40)
        return base64.b64decode(printed["data"])


async def _page(devtools: DevTools) -> Session:
    attached: asyncio.Future[Session] = asyncio.get_running_loop().create_future()

    def hear(_session: Session, method: str, params: dict[str, object]) -> None:
        if method == "Target.attachedToTarget" and not attached.done():
            found = devtools.sessions[str(params["sessionId"])]
            if found.target["type"] == "page":
                attached.set_result(found)

    devtools.on_event = hear
    root = await devtools.attach_to_browser()
    await root.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}, timeout=5)
    await root.send("Target.createTarget", {"url": "about:blank"}, timeout=5)
    return await asyncio.wait_for(attached, 10)


async def _nowhere(listener: socket.socket) -> None:
    """Nobody listens: whatever the document asks for is refused."""
    listener.close()
