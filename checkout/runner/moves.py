"""One step, done: where it leads, what it finds, whether that is what was recorded, what may be typed there, and the deed itself.

A secret is typed only into a frame whose origin the test names. An element that drifted from its fingerprint is never touched.
"""

from __future__ import annotations

import asyncio

from playwright.async_api import Error
from playwright.async_api import TimeoutError as TookTooLong

from checkout import analytics, fingerprint, parsing, steps, targets
from checkout.flow import Step, Target
from checkout.runner import act, conditions, facts, locate
from checkout.runner.ending import Failed
from checkout.runner.locate import Found
from checkout.runner.scene import Scene

QUIET_SECONDS, SETTLE_SECONDS = 0.5, 5.0
LOOK_EVERY = 0.05
NEW_ORIGIN = "new-frame-origin"


async def do(scene: Scene, index: int, *, ends: float) -> None:
    """Raises `Failed` for the shop's failures."""
    step = scene.flow.steps[index]
    scene.found = None
    if index == 0 and step.action != "navigate":
        await _go(scene, scene.flow.start_url, ends)
    match step.action:
        case "navigate":
            await _go(scene, scene.put_in(step.url), ends)
        case "wait_for_url":
            await _wait_for_url(scene, scene.put_in(step.url), ends)
        case "wait_for_quiet":
            await _wait_for_quiet(scene, ends)
        case "wait_for_element" if step.target and step.state == "hidden":
            await _wait_until_gone(scene, step, ends)
        case "wait_for_element" if step.target:
            scene.found = await locate.find(scene.page, step.target, ends=ends)
        case "assert" if step.condition:
            seen = await conditions.check(scene, step.condition, ends=ends)
            if not seen.holds:
                raise Failed(f"assert-{step.condition.kind.replace('_', '-')}", expected=seen.expected, seen=seen.seen)
        case _:
            await _act(scene, step, ends)


async def settle(scene: Scene, *, ends: float) -> None:
    """Give what the last step began a chance to end: the page that follows a click is still part of the click."""
    while scene.now() < ends:
        if scene.record.quiet_for() >= QUIET_SECONDS:
            return
        await asyncio.sleep(LOOK_EVERY)


async def _go(scene: Scene, url: str, ends: float) -> None:
    where = url.partition("?")[0]
    if scene.flow.analytics == "tagged":
        url = analytics.tagged(url)
    try:
        answer = await scene.page.goto(url, wait_until="domcontentloaded", timeout=max(act.LEAST, (ends - scene.now()) * act.SECOND))
    except TookTooLong as error:
        raise Failed("no-answer", expected=f"{where} opens", seen="it did not answer in time") from error
    except Error as error:
        why = next(iter(error.message.splitlines()), "")
        raise Failed("no-answer", expected=f"{where} opens", seen=_why(why)) from error
    if answer and answer.status >= 400:
        raise Failed("bad-answer", expected=f"{where} opens", seen=f"it answered {answer.status}")


def _why(message: str) -> str:
    word = next((word for word in message.split() if word.startswith("net::")), "")
    return f"the browser says {word.removeprefix('net::')}" if word else "it did not open"


async def _wait_for_url(scene: Scene, pattern: str, ends: float) -> None:
    while not steps.match_url(pattern, scene.page.url):
        if scene.now() >= ends:
            raise Failed("wrong-url", expected=f"the address is {pattern}", seen=f"it is {scene.record.url(scene.page.url)}")
        await asyncio.sleep(LOOK_EVERY)


async def _wait_for_quiet(scene: Scene, ends: float) -> None:
    while scene.record.quiet_for() < QUIET_SECONDS:
        if scene.now() >= ends:
            raise Failed("not-quiet", expected="the network becomes quiet", seen=f"{len(scene.record.open)} requests are still under way")
        await asyncio.sleep(LOOK_EVERY)


async def _wait_until_gone(scene: Scene, step: Step, ends: float) -> None:
    target = step.target
    while target and await locate.is_visible(scene.page, target):
        if scene.now() >= ends:
            raise Failed("still-there", expected=f"{targets.words(target)} is gone", seen="it can still be seen")
        await asyncio.sleep(LOOK_EVERY)


async def _act(scene: Scene, step: Step, ends: float) -> None:
    """Look, compare, and only then do it. An element that the page replaces meanwhile is looked for again, as long as nothing was done to it."""
    value = scene.put_in(step.value)
    while True:
        if step.target:
            scene.found = await _find(scene, step, step.target, ends)
        try:
            element = scene.found.handle if scene.found else None
            return await act.perform(scene.page, step, element, value=value, seconds=ends - scene.now())
        except act.Detached as gone:
            if scene.now() >= ends:
                raise Failed("detached", expected="it stays on the page", seen="the page replaced it again and again") from gone


async def _find(scene: Scene, step: Step, target: Target, ends: float) -> Found:
    secret = any(name not in steps.BUILT_IN for name in parsing.names_in(step.value))
    try:
        found = await locate.find(scene.page, target, ends=ends)
    except Failed:
        if secret and (new := await locate.stranger(scene.page, target, scene.flow.allowed_origins)):
            raise _new_origin(new) from None
        raise
    if secret and (origin := locate.origin_of(found.frame)) not in scene.flow.allowed_origins:
        raise _new_origin(origin)
    if target.fingerprint != type(target.fingerprint)():
        await _compare(scene, target, found)
    return found


async def _compare(scene: Scene, target: Target, found: Found) -> None:
    seen = await facts.looks_like(found.handle)
    if drift := fingerprint.differs(target.fingerprint, seen):
        raise Failed(
            "drifted", expected=f"{targets.words(target)} is the element that was recorded", seen=f"it is {scene.words(drift)}", drift=scene.words(drift)
        )


def _new_origin(origin: str) -> Failed:
    seen = f"it belongs to {origin[:200]}, and nothing was typed into it"
    return Failed(NEW_ORIGIN, expected="the field that asks for Test Data belongs to an origin that this test names", seen=seen, origin=origin[:200])
