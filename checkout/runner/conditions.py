"""Does a Success condition hold? Looked at again and again until it does, or its time is up; errors and server errors are counted at the end.

Texts are compared as the page shows them, with secrets masked on both sides. To add a kind: its case in `_look`, and its line in `checkout.conditions`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from playwright.async_api import Error

from checkout import conditions as words
from checkout import discount, money, steps
from checkout.flow import Condition, Target
from checkout.runner import locate
from checkout.runner.ending import Failed
from checkout.runner.scene import Scene
from scans.classify import vendors

LOOK_EVERY = 0.1
SHOWN = 120


@dataclass(frozen=True)
class Answer:
    holds: bool
    expected: str
    seen: str = ""


async def check(scene: Scene, condition: Condition, *, ends: float) -> Answer:
    while True:
        try:
            seen = await _look(scene, condition)
        except Error:  # the page was on its way to another one
            seen = "the page could not be read"
        if not seen or scene.now() >= ends:
            return Answer(not seen, words.words(condition), seen[:300])
        await asyncio.sleep(LOOK_EVERY)


async def _look(scene: Scene, condition: Condition) -> str:
    """What is wrong, in words; nothing when it holds."""
    match condition.kind:
        case "element_visible":
            return "" if await locate.is_visible(scene.page, _target(condition)) else "it cannot be seen"
        case "element_gone":
            return "it can still be seen" if await locate.is_visible(scene.page, _target(condition)) else ""
        case "element_count":
            found = await locate.count(scene.page, _target(condition))
            return "" if found == condition.count else f"there are {found}"
        case "text":
            return await _text(scene, condition)
        case "url":
            fits = steps.match_url(scene.put_in(condition.url), scene.page.url)
            return "" if fits else f"it is {scene.record.url(scene.page.url)}"
        case "no_console_error":
            return _console(scene)
        case "no_server_error":
            return _server(scene)
        case "tag":
            return _tag(scene, condition)
    return await _amount(scene, condition)


async def _text(scene: Scene, condition: Condition) -> str:
    wanted = _tidy(scene.secrets.veil(scene.put_in(condition.text)))
    seen = await text_of(scene, condition.target)
    if seen is None:
        return "it cannot be seen"
    if wanted.casefold() in _tidy(scene.secrets.veil(seen)).casefold():
        return ""
    return f'it shows "{scene.words(_tidy(seen))[:SHOWN]}"' if condition.target else "the text is not on the page"


async def _amount(scene: Scene, condition: Condition) -> str:
    seen = await text_of(scene, condition.target)
    if seen is None:
        return "it cannot be seen"
    shown = scene.words(_tidy(seen))[:SHOWN]
    match condition.kind:
        case "total":
            return "" if money.equals(seen, condition.equals) else f'it shows "{shown}"'
        case "total_is_zero":
            return "" if money.is_zero(seen) else f'it shows "{shown}"'
    text = scene.secrets.veil(scene.put_in(condition.text))
    return "" if discount.is_applied(seen, text) else f'it shows "{shown}"'


async def text_of(scene: Scene, target: Target | None) -> str | None:
    """What the element says, or the page with all its frames; None when the element cannot be seen."""
    if target is None:
        return "\n".join([await frame.evaluate("() => document.body?.innerText ?? ''") for frame in scene.page.frames if not frame.is_detached()])
    try:
        found = await locate.find(scene.page, target, ends=0)
    except Failed:
        return None
    return str(
        await found.handle.evaluate("element => 'value' in element && element.localName !== 'li' ? element.value : element.innerText ?? element.textContent")
    )


def _console(scene: Scene) -> str:
    errors = scene.record.console_errors()
    return f'"{scene.words(errors[0].text)[:SHOWN]}" was reported' if errors else ""


def _server(scene: Scene) -> str:
    errors = scene.record.server_errors()
    return f"{errors[0].method} {scene.record.url(errors[0].url)} was answered {errors[0].status}" if errors else ""


def _tag(scene: Scene, condition: Condition) -> str:
    """By the requests of the page. One that is kept from its host counts as well: the page has sent it."""
    fired = [tag for tag in vendors.tags(scene.record.addresses(), []) if tag.vendor.casefold() == condition.vendor.casefold()]
    if not condition.account_id:
        hosts = {vendors.entity_of(url.partition("://")[2].partition("/")[0]).entity.casefold() for url in scene.record.addresses()}
        return "" if fired or condition.vendor.casefold() in hosts else "no request of it was seen"
    if any(tag.account_id == condition.account_id for tag in fired):
        return ""
    return f"it fired with {', '.join(tag.account_id for tag in fired[:5])}" if fired else "no request of it was seen"


def _target(condition: Condition) -> Target:
    if condition.target is None:
        raise ValueError(f"{condition.kind} without a target")
    return condition.target


def _tidy(text: str) -> str:
    return " ".join(text.split())
