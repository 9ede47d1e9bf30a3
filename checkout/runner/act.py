"""The deeds of the steps, as a person does them: Playwright waits until the element can be seen, rests, is enabled and is what a click at that place hits.

Nothing is forced. To add an action: its case in `perform`, and its line in `checkout.steps`.
"""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import ElementHandle, Error, Page
from playwright.async_api import TimeoutError as TookTooLong

from checkout import targets
from checkout.flow import Step
from checkout.runner.ending import Failed, Uncertain

SECOND = 1000
LEAST = 50
_NOT_DIGITS = re.compile(r"\D")
DONE_PERHAPS = ("performing click action", "click action done")
IN_THE_WAY = "intercepts pointer events"
# What Playwright reports: (kind of trouble, expected, seen)
TROUBLES = {
    IN_THE_WAY: ("covered", "can be reached", "something else lies over it"),
    "not enabled": ("disabled", "can be used", "it is disabled"),
    "not stable": ("moving", "rests", "it keeps moving"),
    "not visible": ("hidden", "can be seen", "it is hidden"),
}


async def perform(page: Page, step: Step, element: ElementHandle | None, *, value: str, seconds: float) -> None:
    """Raises `Failed` with the kind of trouble, `Uncertain` where the click may have happened, `Detached` when the element went away before the deed."""
    timeout = max(LEAST, seconds * SECOND)
    try:
        match step.action:
            case "press" if element is None:
                await asyncio.wait_for(page.keyboard.press(step.key), timeout / SECOND)
            case "scroll" if element is None:
                await page.evaluate("([x, y]) => window.scrollTo(x, y)", [step.x, step.y])
            case _ if element is not None:
                await _on_element(step, element, value, timeout)
    except TookTooLong as error:
        raise _trouble(step, error.message) from error
    except Error as error:
        if _is_gone(error.message):
            raise Detached from error
        raise _trouble(step, error.message) from error


class Detached(Exception):
    """The page replaced the element before anything was done to it: look again."""


async def _on_element(step: Step, element: ElementHandle, value: str, timeout: float) -> None:
    match step.action:
        case "click":
            await element.click(timeout=timeout)
        case "hover":
            await element.hover(timeout=timeout)
        case "check":
            await element.check(timeout=timeout)
        case "uncheck":
            await element.uncheck(timeout=timeout)
        case "fill":
            await _fill(element, value, timeout)
        case "select":
            await _select(element, value, timeout)
        case "press":
            await element.press(step.key, timeout=timeout)
        case "scroll":
            await element.evaluate("(element, [x, y]) => { element.scrollIntoView({block: 'center'}); element.scrollTo(x, y) }", [step.x, step.y])


async def _fill(element: ElementHandle, value: str, timeout: float) -> None:
    """At once, and letter by letter where the field did not take it: some card fields listen to the keyboard only."""
    await element.fill(value, timeout=timeout)
    if not value or _is_same(await _held(element), value):
        return
    await element.fill("", timeout=timeout)
    await element.type(value, delay=15, timeout=timeout)
    if not _is_same(await _held(element), value):
        raise Failed("not-taken", expected="the field takes what is typed", seen="it holds something else afterwards")


async def _held(element: ElementHandle) -> str:
    held = await element.evaluate("element => 'value' in element ? String(element.value) : element.textContent")
    return str(held or "")


def _is_same(held: str, value: str) -> bool:
    """A field may group digits, trim, or write small letters large; it may not drop or change what was typed."""
    if (digits := _NOT_DIGITS.sub("", value)) and len(digits) >= len(value.replace(" ", "")) - 2:
        return _NOT_DIGITS.sub("", held).endswith(digits) or _NOT_DIGITS.sub("", held) == digits
    return held.strip().casefold() == value.strip().casefold() or "•" in held or "*" in held


async def _select(element: ElementHandle, value: str, timeout: float) -> None:
    """By the option's value, else by what it says."""
    options = await element.evaluate("element => [...(element.options ?? [])].map(option => [option.value, option.label, option.disabled])")
    by_value = [number for number, option in enumerate(options) if option[0] == value and not option[2]]
    by_label = [number for number, option in enumerate(options) if option[1].strip() == value.strip() and not option[2]]
    found = by_value or by_label
    if not found:
        raise Failed("no-option", expected="the choice is offered", seen=f"the field offers {len(options)} others")
    await element.select_option(index=found[0], timeout=timeout)


def _is_gone(message: str) -> bool:
    return any(word in message for word in ("not attached", "was detached", "Execution context was destroyed", "Frame was detached")) and not _may_be_done(
        message
    )


def _may_be_done(message: str) -> bool:
    """Did the deed begin, and was it not stopped by what lay in the way? Playwright keeps the events of such a try from the page."""
    return max(message.rfind(word) for word in DONE_PERHAPS) > message.rfind(IN_THE_WAY)


def _trouble(step: Step, message: str) -> Failed:
    what = targets.words(step.target) if step.target else "the page"
    form = Uncertain if _may_be_done(message) else Failed
    for word, (kind, expected, seen) in TROUBLES.items():
        if word in message:
            return form(kind, expected=f"{what} {expected}", seen=seen)
    return form("no-effect", expected=f"{what} takes the {step.action}", seen="it did not in time")
