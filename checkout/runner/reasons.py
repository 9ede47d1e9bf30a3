"""Why a step failed, told by `checkout.cause` from what was around; and whether somebody who stands before the shop answered instead of it."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Error

from checkout import cause
from checkout.runner import facts
from checkout.runner.ending import Failed
from checkout.runner.scene import Scene
from scans.capture import blockpage

PAGE_SECONDS = 2
LOST = ("Target crashed", "Target page, context or browser has been closed", "Browser has been closed")


async def of(scene: Scene, index: int, failed: Failed) -> tuple[dict[str, Any], str]:
    """The facts and the likely cause, as they may be told."""
    frame = scene.found.frame if scene.found else scene.page.main_frame
    seen = await facts.around(frame, scene.found.handle if scene.found else None, scene.record)
    known = {"kind": failed.kind, "seen": failed.seen} | failed.facts | seen | facts.of_record(scene.record, step=index)
    return known, cause.likely(cause.read(known))


async def who_blocks(scene: Scene) -> str:
    """The name of who answered instead of the shop; empty when it was the shop."""
    answer = scene.record.document
    if answer is None:
        return ""
    try:
        html = await asyncio.wait_for(scene.page.content(), PAGE_SECONDS)
    except (Error, TimeoutError):
        html = ""
    return blockpage.who_blocks(status=answer.status, headers=answer.headers, html=html)


def of_error(error: Error) -> Failed:
    """What Playwright says where nothing more exact is known."""
    if any(word in error.message for word in LOST):
        return Failed("page-lost", expected="the page stays open", seen="it was closed")
    return Failed("no-effect", expected="it can be done", seen="the page did not let it be done")
