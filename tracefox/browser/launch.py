"""Open a browser for one job and end it: a fresh process tree, isolated, with the egress guard as its only way out."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import Error as PlaywrightError

from tracefox.browser import flags, limits
from tracefox.browser.devtools import DevTools, Disconnected
from tracefox.browser.engine import engine
from tracefox.browser.launcher import PROXY_PORT

LAUNCHER = Path(__file__).with_name("launcher.py")
START_SECONDS = 20
CLOSE_SECONDS = 3

Serve = Callable[[socket.socket], Awaitable[None]]
Doors = tuple[int, list[int]]


class BrowserMissing(Exception):
    """There is no browser binary where the setting says."""


class BrowserNotStarted(Exception):
    """Chromium, or Playwright's driver, did not come up."""


@dataclass
class Browser:
    """A running browser. `pid` is the root of its process tree, `born_at` tells it from a later process of the same number."""

    devtools: DevTools
    pid: int
    born_at: int
    version: str
    playwright: PlaywrightBrowser


Opening = AbstractAsyncContextManager[Browser]


@cache
def version(binary: str) -> str:
    """The browser's version, e.g. 156.0.8078.79, asked once per process. Raises BrowserMissing."""
    if not os.access(binary, os.X_OK):
        raise BrowserMissing(
            f"There is no browser at {binary}. Install one with: apt-get install chromium-headless-shell, or name another binary in TRACEFOX_BROWSER."
        )
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=START_SECONDS, check=False).stdout
    return next((word for word in said.split() if word[:1].isdigit()), "0")


@asynccontextmanager
async def opened(
    *,
    binary: str,
    serve: Serve,
    cut: Callable[[], None],
    isolation: str = "netns",
    trusted_key_pins: Sequence[str] = (),
    user_agent: str = "",
) -> AsyncIterator[Browser]:
    """A browser whose only way out is the listener given to `serve`; `cut` is called before it is ended, so that nothing leaves while pages unload.

    Runs in the engine's loop. Raises BrowserMissing or BrowserNotStarted. On the way out the whole process tree is gone, whatever happened.
    """
    version(binary)
    room = Path(tempfile.mkdtemp(prefix="tracefox-"))
    try:
        environment = _environment(room, binary=binary, isolation=isolation)
        browser = await _start(room, environment, serve, lambda port: flags.switches(port, trusted_key_pins=trusted_key_pins, user_agent=user_agent))
        try:
            yield browser
        finally:
            cut()
            await _end(browser)
    finally:
        shutil.rmtree(room, ignore_errors=True)


async def _start(room: Path, environment: dict[str, str | float | bool], serve: Serve, switches: Callable[[int], list[str]]) -> Browser:
    port = PROXY_PORT
    if environment["TRACEFOX_ISOLATION"] != "netns":  # the guard listens among us; in a namespace the launcher brings the listener
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        port = listener.getsockname()[1]
        await serve(listener)
    with socket.socket(socket.AF_UNIX) as meeting_place:
        meeting_place.bind(str(room / "launch"))
        meeting_place.listen(1)
        meeting_place.setblocking(False)
        handing_over = asyncio.create_task(_take_over(meeting_place))
        try:
            return await _launch(environment, switches(port), handing_over, serve)
        except (PlaywrightError, OSError, TimeoutError, ValueError, Disconnected) as error:
            await engine().look_after_playwright()
            raise BrowserNotStarted(f"Chromium did not start: {next(iter(str(error).splitlines()), type(error).__name__)}") from error
        finally:
            handing_over.cancel()


async def _launch(environment: dict[str, str | float | bool], switches: list[str], handing_over: asyncio.Task[Doors], serve: Serve) -> Browser:
    """Playwright starts the launcher and waits for Chromium behind it; meanwhile the launcher hands the doors over."""
    playwright = await asyncio.wait_for(engine().playwright(), START_SECONDS)
    launching = asyncio.create_task(
        playwright.chromium.launch(
            executable_path=LAUNCHER,
            args=switches,
            ignore_default_args=list(flags.NOT_WANTED),
            chromium_sandbox=True,
            env=environment,
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
            timeout=START_SECONDS * 1000,
        )
    )
    await asyncio.wait([launching, handing_over], timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if not handing_over.done():  # the launcher failed before the hand-over: Playwright says why
        await asyncio.wait_for(launching, 1)
        raise TimeoutError("the launcher did not answer")
    pid, (to_chromium, from_chromium, from_playwright, to_playwright, *listeners) = handing_over.result()
    devtools = DevTools(to_chromium=to_chromium, from_chromium=from_chromium, from_playwright=from_playwright, to_playwright=to_playwright)
    born_at = limits.born_at(pid)
    try:
        for listener in listeners:
            await serve(socket.socket(fileno=listener))
        driven = await asyncio.wait_for(launching, START_SECONDS)
    except BaseException:
        limits.end(limits.tree(pid))
        devtools.close()
        raise
    return Browser(devtools=devtools, pid=pid, born_at=born_at, version=driven.version, playwright=driven)


async def _take_over(meeting_place: socket.socket) -> Doors:
    """What the launcher sends: its process id, and the file descriptors of the DevTools pipes and of the listener."""
    loop = asyncio.get_running_loop()
    connection, _ = await loop.sock_accept(meeting_place)
    with connection:
        readable = asyncio.Event()
        loop.add_reader(connection, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(connection)
        message, doors, _, _ = socket.recv_fds(connection, 32, 8)
        try:
            await loop.sock_sendall(connection, b"1")
            return int(message), doors
        except BaseException:
            for door in doors:
                os.close(door)
            raise


async def _end(browser: Browser) -> None:
    """The tree is killed, never asked: what a hostile page made of its processes does not matter."""
    if limits.born_at(browser.pid) == browser.born_at:  # else it is gone, and the number may be somebody else's by now
        limits.end(limits.tree(browser.pid))
    browser.devtools.close()
    with suppress(PlaywrightError, TimeoutError):  # Playwright's driver sees the end and removes the profile
        await asyncio.wait_for(browser.playwright.close(), CLOSE_SECONDS)


def _environment(room: Path, *, binary: str, isolation: str) -> dict[str, str | float | bool]:
    """Nothing of ours: only what the launcher needs. PATH leads to the interpreter that runs us, so that `env python3` finds a real one."""
    return {
        "PATH": f"{Path(os.path.realpath(sys.executable)).parent}:/usr/bin:/bin",
        "TRACEFOX_LAUNCH": str(room / "launch"),
        "TRACEFOX_BINARY": binary,
        "TRACEFOX_ISOLATION": isolation,
        "LANG": "C.UTF-8",
    }
