"""The only code that starts Chromium: through Playwright, alone in a network namespace, one process tree per job, always ended.

    with the engine's loop:   async with browser.opened(guard=guard) as chromium: chromium.devtools ...

`engine` owns the event loop and the Playwright driver of this process; `launch` opens and ends a browser; `launcher` is the program that Playwright starts
in Chromium's place, isolates itself and becomes Chromium; `devtools` speaks to it; `limits` ends what grows too large; `flags` says how it is started.
"""

from tracefox.browser.devtools import DevTools, DevToolsError, Disconnected, Session
from tracefox.browser.engine import Engine, engine
from tracefox.browser.launch import Browser, BrowserMissing, BrowserNotStarted, Opening, opened, version

__all__ = [
    "Browser",
    "BrowserMissing",
    "BrowserNotStarted",
    "DevTools",
    "DevToolsError",
    "Disconnected",
    "Engine",
    "Opening",
    "Session",
    "engine",
    "opened",
    "version",
]
