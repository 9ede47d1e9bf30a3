"""Finds the element of a step: all alternatives race, in every frame that fits, until one of them is an element that can be seen, or the time is up.

Open shadow roots are gone through. `aria/` is what assistive technology calls an element, with its role in brackets where it was recorded; `text/` the
smallest element with that text; `xpath/`, `pierce/` and `testid/` say what they are; everything else is CSS.
To add a prefix: a line in `_one`, and in `checkout.targets`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import ElementHandle, Error, Frame, Locator, Page

from checkout import steps, targets
from checkout.flow import FrameMatch, Target
from checkout.runner.ending import Failed

PAUSES = (0.02, 0.03, 0.05, 0.1)
TEST_IDS = ("data-testid", "data-test-id", "data-test", "data-qa", "data-cy", "data-e2e", "data-automation-id")
# Where a recording does not say the role: those that people act on or read a name from.
ROLES = (
    *("button", "link", "textbox", "checkbox", "radio", "combobox", "searchbox", "spinbutton", "switch", "tab", "menuitem", "option", "slider", "listbox"),
    *("heading", "img", "dialog", "alert", "status", "region", "form", "group", "row", "cell"),
)
_ARIA = re.compile(r'(?P<name>.*?)(?:\[role="(?P<role>[a-z]+)"\])?', re.DOTALL)


@dataclass(frozen=True)
class Found:
    handle: ElementHandle
    frame: Frame


@dataclass
class Search:
    """What the last look saw, for the sentence when nothing was found."""

    frames: int = 0
    hidden: int = 0
    unreadable: list[str] = field(default_factory=list)


async def find(page: Page, target: Target, *, ends: float) -> Found:
    """Raises `Failed` when no alternative gives a visible element in time. `ends` is a time of the running loop."""
    clock, pauses = asyncio.get_running_loop().time, iter(PAUSES)
    while True:
        search = Search()
        async for found in _look(page, target, search):
            return found
        if clock() >= ends:
            missing = {"frame": target.frame[-1].url or target.frame[-1].name, "frame_missing": True} if target.frame and not search.frames else {}
            raise Failed("missing", expected=f"{targets.words(target)} can be seen", seen=_seen(target, search), **missing)
        await asyncio.sleep(next(pauses, PAUSES[-1]))


async def is_visible(page: Page, target: Target) -> bool:
    async for _ in _look(page, target, Search()):
        return True
    return False


async def count(page: Page, target: Target) -> int:
    """How many can be seen; the alternative that finds most decides."""
    most = 0
    for chain in target.selectors:
        found = 0
        for frame in frames(page, target.frame):
            locator = chain_in(frame, chain)
            try:
                found += await locator.filter(visible=True).count() if locator else 0
            except Error:
                continue
        most = max(most, found)
    return most


def frames(page: Page, path: tuple[FrameMatch, ...]) -> list[Frame]:
    """The frames that fit, outermost pattern first. The page itself when there is no pattern."""
    found = [page.main_frame]
    for match in path:
        found = [child for frame in found for child in frame.child_frames if fits(child, match)]
    return found


def fits(frame: Frame, match: FrameMatch) -> bool:
    return (not match.url or steps.match_url(match.url, frame.url)) and (not match.name or frame.name == match.name)


def origin_of(frame: Frame) -> str:
    """The origin that what is typed there goes to. A frame without an address of its own belongs to the one around it."""
    while frame.url.startswith("about:") and frame.parent_frame:
        frame = frame.parent_frame
    parts = urlsplit(frame.url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


async def stranger(page: Page, target: Target, allowed: tuple[str, ...]) -> str:
    """The origin of a frame that stands where a frame of the test is looked for, offers the same field, and is not named by the test. Empty: none does."""
    for around in frames(page, target.frame[:-1]) if target.frame else []:
        for child in around.child_frames:
            if (origin := origin_of(child)) not in allowed and child.url.startswith("https://") and await _offers(child, target):
                return origin
    return ""


async def _offers(frame: Frame, target: Target) -> bool:
    for chain in target.selectors:
        with suppress(Error):
            locator = chain_in(frame, chain)
            if locator and await locator.filter(visible=True).count():
                return True
    return False


def chain_in(frame: Frame, chain: tuple[str, ...]) -> Locator | None:
    """The chain as a locator: each selector inside what the one before found, shadow roots included."""
    scope: Frame | Locator = frame
    for selector in chain:
        scope = _one(scope, selector)
    return scope if isinstance(scope, Locator) else None


async def _look(page: Page, target: Target, search: Search) -> AsyncIterator[Found]:
    for frame in frames(page, target.frame):
        search.frames += 1
        for chain in target.selectors:
            locator = chain_in(frame, chain)
            if locator is None:
                continue
            try:
                handles = await locator.filter(visible=True).first.element_handles()
                if handles:
                    yield Found(handles[0], frame)
                elif not search.hidden:
                    search.hidden += await locator.count()
            except Error as error:
                if "selector" in error.message.lower() and "detached" not in error.message:
                    search.unreadable.append(chain[-1])


def _one(scope: Frame | Locator, selector: str) -> Locator:
    kind, slash, rest = selector.partition("/")
    match kind if slash else "":
        case "aria":
            return _aria(scope, rest)
        case "text":
            return scope.get_by_text(rest)
        case "xpath":
            return scope.locator(f"xpath={rest}")
        case "pierce":
            return scope.locator(f"css={rest}")
        case "testid":
            return scope.locator(f"css=:is({','.join(f'[{name}={json.dumps(rest)}]' for name in TEST_IDS)})")
    return scope.locator(f"css={selector}")


def _aria(scope: Frame | Locator, said: str) -> Locator:
    found = _ARIA.fullmatch(said)
    name, role = (found["name"], found["role"]) if found else (said, None)
    roles = [role] if role else list(ROLES)
    locator = scope.get_by_role(roles[0], name=name, exact=True)  # type: ignore[arg-type]
    for other in roles[1:]:
        locator = locator.or_(scope.get_by_role(other, name=name, exact=True))  # type: ignore[arg-type]
    return locator if role else locator.or_(scope.get_by_label(name, exact=True))


def _seen(target: Target, search: Search) -> str:
    if target.frame and not search.frames:
        return f"no frame of the page is at {target.frame[-1].url or target.frame[-1].name}"
    if search.hidden:
        return "it is in the page and cannot be seen"
    if len(search.unreadable) >= len(target.selectors):
        return f"the selector {search.unreadable[0]} cannot be read"
    return "nothing on the page matches"
