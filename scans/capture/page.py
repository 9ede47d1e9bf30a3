"""Load one page, let it come to rest, and read it: the part that waits.

Complete first, then fast: after the load event the page gets 0.7 s of real time and then five seconds of virtual time, in which its timers run as fast as its
work and its network allow. Nothing is clicked, filled or scrolled.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scans.capture.configuration import CaptureSettings, Target
from scans.capture.tap import Tap
from scans.classify import cmp
from tracefox.browser import DevToolsError

REAL_SECONDS, VIRTUAL_MILLISECONDS, REST_SECONDS = 0.7, 5000, 8.0
WAIT_POLICY = f"load, {REAL_SECONDS} s real, {VIRTUAL_MILLISECONDS / 1000:g} s virtual"
READING, STORAGE, DATA_LAYER = (Path(__file__).with_name(name).read_text() for name in ("reading.js", "storage.js", "data_layer.js"))
MAX_NAVIGATIONS = 10
STILL = (
    "const s=new CSSStyleSheet();s.replaceSync('*,*::before,*::after{animation:none!important;transition:none!important;caret-color:transparent!important;"
    "scroll-behavior:auto!important}');document.adoptedStyleSheets=[...document.adoptedStyleSheets,s];"
    "const calm=(p)=>Promise.race([p,new Promise(r=>setTimeout(r,1000))]);"
    "calm(Promise.allSettled([document.fonts.ready,...[...document.images].filter(i=>i.getBoundingClientRect().top<innerHeight).slice(0,200)"
    ".map(i=>i.decode())])).then(()=>true)"
)

Json = dict[str, Any]


@dataclass
class Reading:
    """What the settled page said when asked. Each part is there or not by itself: a page that hangs one answer keeps the others."""

    navigation: Json = field(default_factory=dict)
    document: Json | None = None
    storage: list[Json] = field(default_factory=list)
    consent_calls: list[Json] = field(default_factory=list)
    cookies: list[Json] = field(default_factory=list)
    screenshot: bytes = b""
    settled_at: float | None = None
    load_seen: bool = False
    at_rest: bool = False


async def load(tap: Tap, target: Target, settings: CaptureSettings, reading: Reading) -> None:
    """Fill `reading`, piece by piece, so that whoever ends this early still has what was read. Raises TimeoutError and DevToolsError."""
    limits, started = settings.limits, time.monotonic()
    reading.navigation = await tap.page.send("Page.navigate", {"url": target.url}, timeout=limits.navigation_seconds)
    if reading.navigation.get("errorText") or reading.navigation.get("isDownload"):
        return
    with suppress(TimeoutError):
        await asyncio.wait_for(tap.loaded.wait(), limits.load_seconds)
        reading.load_seen = True
    if reading.load_seen:
        await rest(tap, reading)
        reading.settled_at = round((time.monotonic() - started) * 1000)
    await read(tap, settings, reading)


async def rest(tap: Tap, reading: Reading) -> None:
    await asyncio.sleep(REAL_SECONDS)
    tap.budget_spent.clear()
    tap.record.in_virtual_time = True
    policy = {"policy": "pauseIfNetworkFetchesPending", "budget": VIRTUAL_MILLISECONDS, "maxVirtualTimeTaskStarvationCount": 10_000}
    with suppress(TimeoutError):
        await tap.page.send("Emulation.setVirtualTimePolicy", policy, timeout=REST_SECONDS)
        await asyncio.wait_for(tap.budget_spent.wait(), REST_SECONDS)
        reading.at_rest = True


async def read(tap: Tap, settings: CaptureSettings, reading: Reading) -> None:
    reading.cookies = await tap.cookies()
    world = await isolated_world(tap, tap.record.main_frame)
    limits = settings.limits
    given = [{"scripts": limits.scripts, "inline": 200_000, "frames": limits.frames, "html": limits.dom_bytes}, cmp.selectors()]
    with suppress(TimeoutError, DevToolsError):
        reading.document = await call(tap, world, READING, given, seconds=8)
    with suppress(TimeoutError, DevToolsError):
        expression = f"{DATA_LAYER}\n//# sourceURL={tap.mark}"
        tap.ours.add(expression)
        found = await tap.page.send("Runtime.evaluate", {"expression": expression, "returnByValue": True, "timeout": 1000}, timeout=2)
        reading.consent_calls = found["result"].get("value") or []
    reading.storage = await _storage(tap, limits.storage_keys)
    with suppress(TimeoutError, DevToolsError):
        await tap.sources()
        reading.screenshot = await _screenshot(tap, world, settings)


async def _storage(tap: Tap, limit: int) -> list[Json]:
    """Key names of every origin that has a frame here, once each."""
    found: dict[str, Json] = {}
    for frame, (url, _) in list(tap.record.frames.items())[:30]:
        origin = "/".join(url.split("/")[:3])
        if origin in found or not url.startswith("https://"):
            continue
        with suppress(TimeoutError, DevToolsError):
            answer = await call(tap, await isolated_world(tap, frame), STORAGE, [limit], seconds=2)
            found[origin] = answer
    return list(found.values())


async def _screenshot(tap: Tap, world: int, settings: CaptureSettings) -> bytes:
    """The viewport, with fonts and images there and nothing moving."""
    still = {"expression": STILL, "contextId": world, "awaitPromise": False, "returnByValue": False}
    await tap.page.send("Runtime.evaluate", still, timeout=2)
    width, height = settings.viewport
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = await tap.page.send("Page.captureScreenshot", {"format": "png", "clip": clip, "optimizeForSpeed": True}, timeout=5)
    return base64.b64decode(shot["data"])


async def isolated_world(tap: Tap, frame: str) -> int:
    world = await tap.page.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": tap.mark}, timeout=5)
    return int(world["executionContextId"])


async def call(tap: Tap, world: int, function: str, given: list[Any], *, seconds: float) -> Json:
    """Call the function in the isolated world; its plain result."""
    arguments = ", ".join(json.dumps(argument) for argument in given)
    expression = f"(\n{function}\n)({arguments})\n//# sourceURL={tap.mark}"
    asked = {"expression": expression, "contextId": world, "returnByValue": True, "awaitPromise": True, "timeout": seconds * 1000}
    answer = await tap.page.send("Runtime.evaluate", asked, timeout=seconds + 1)
    if "exceptionDetails" in answer:
        raise DevToolsError(answer["exceptionDetails"].get("text", "the page could not be read"))
    return dict(answer["result"]["value"])
