"""Answer the consent banner, opted in per site: the only click that a scan ever makes, and the report says that it was made.

Each state is a visit of its own to the start page: accepted, rejected, and untouched with Global Privacy Control on. After a refusal the page is loaded once
more and only then judged: a banner that is back was hidden, not answered. Which button it is stands in `classify/data/cmps.toml`, else its words decide.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from scans.capture.configuration import CaptureSettings, Target
from scans.capture.page import Reading, call, isolated_world, read, rest
from scans.capture.tap import Tap
from scans.classify import cmp
from scans.classify.hosts import host_of
from tracefox.browser import DevToolsError

State = Literal["accepted", "rejected", "gpc"]
STATES: tuple[State, ...] = ("accepted", "rejected", "gpc")
ANSWER = Path(__file__).with_name("consent.js").read_text()
BANNER_MILLISECONDS = 4000
PRIVACY_CONTROL = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true, configurable: true });"
# What buttons say, in lower case: the whole label or how it begins.
WORDS = {
    "accept": (
        *("accept all", "accept all cookies", "accept", "allow all", "agree", "i agree", "got it", "ok", "alle akzeptieren", "akzeptieren", "alle zulassen"),
        *("zustimmen", "einverstanden", "tout accepter", "accepter", "accepteren", "alles accepteren", "aceptar todo", "aceptar", "accetta tutto", "accetta"),
        *("aceitar", "godkänn alla", "acceptera", "accepter alle", "godta alle", "hyväksy", "zaakceptuj", "akceptuję"),
    ),
    "reject": (
        *(
            "reject all",
            "reject all cookies",
            "reject",
            "decline",
            "decline all",
            "deny",
            "refuse",
            "only necessary",
            "necessary only",
            "continue without accepting",
        ),
        *("alle ablehnen", "ablehnen", "nur notwendige", "nur essenzielle", "tout refuser", "refuser", "continuer sans accepter", "weigeren", "alles weigeren"),
        *("rechazar todo", "rechazar", "rifiuta tutto", "rifiuta", "rejeitar", "avvisa", "neka alla", "afvis alle", "avslå", "hylkää", "odrzuć"),
    ),
}


@dataclass(frozen=True)
class Answer:
    """What came of it: see `snapshot.ConsentState`."""

    state: State
    verdict: str = ""
    cmp: str = ""
    button: str = ""

    @property
    def clicked(self) -> bool:
        return bool(self.button)


async def load(tap: Tap, target: Target, settings: CaptureSettings, reading: Reading, state: State) -> Answer:
    """Load the page in this state and read it. Raises TimeoutError and DevToolsError."""
    if state == "gpc":
        await tap.page.send("Network.setExtraHTTPHeaders", {"headers": {"Sec-GPC": "1"}})
        await tap.page.send("Page.addScriptToEvaluateOnNewDocument", {"source": f"{PRIVACY_CONTROL}\n//# sourceURL={tap.mark}"})
        tap.ours.add(f"{PRIVACY_CONTROL}\n//# sourceURL={tap.mark}")
    reading.navigation = await tap.page.send("Page.navigate", {"url": target.url}, timeout=settings.limits.navigation_seconds)
    if reading.navigation.get("errorText"):
        return Answer(state)
    await _loaded(tap, settings, reading)
    answer = Answer(state)
    start = _place(tap)
    if state != "gpc" and reading.load_seen:
        answer = await _answered(tap, settings, reading, state)
    if reading.load_seen and _place(tap) == start:
        await rest(tap, reading)
    if _place(tap) != start:  # the button led to a page that nobody named: nothing is taken from it but what must not be kept
        tap.record.secrets.update(cookie["value"] for cookie in await tap.cookies())
        return replace(answer, verdict="action_failed")
    await read(tap, settings, reading)
    return answer


def _place(tap: Tap) -> tuple[str, str]:
    """Host and path of the document that is shown. What an answer adds to the query is still the same page."""
    url = tap.record.frames.get(tap.record.main_frame, ("", ""))[0]
    return host_of(url), url.partition("#")[0].partition("?")[0]


async def _answered(tap: Tap, settings: CaptureSettings, reading: Reading, state: State) -> Answer:
    said = await _ask(tap, "accept" if state == "accepted" else "reject")
    answer = Answer(state, said["verdict"], said["cmp"], said["button"])
    if state == "rejected" and answer.clicked and answer.verdict == "rejected":
        tap.loaded.clear()
        await tap.page.send("Page.reload", {}, timeout=settings.limits.navigation_seconds)
        await _loaded(tap, settings, reading)
        if (await _ask(tap, "look"))["verdict"] == "shown":
            return Answer(state, "hidden_only", answer.cmp, answer.button)
    return answer


async def _ask(tap: Tap, wanted: str) -> dict[str, Any]:
    """A click may make the page load itself anew: then the answer is lost with the document, and the new one is looked at."""
    platforms = [{"name": one.name, "banner": ", ".join(one.banner), "accept": one.accept, "reject": one.reject} for one in cmp.table()]
    patience = BANNER_MILLISECONDS if wanted != "look" else 1500
    given = [platforms, wanted, WORDS, patience]
    try:
        return await call(tap, await isolated_world(tap, tap.record.main_frame), ANSWER, json.loads(json.dumps(given)), seconds=10)
    except DevToolsError:
        if wanted == "look":
            return {"verdict": "", "cmp": "", "button": ""}
    await asyncio.sleep(1)
    shown = await _ask(tap, "look")
    again = shown["verdict"] == "shown"
    verdict = "action_failed" if again else {"accept": "accepted", "reject": "rejected"}[wanted]
    return {"verdict": verdict, "cmp": shown["cmp"], "button": "a button that loads the page again"}


async def _loaded(tap: Tap, settings: CaptureSettings, reading: Reading) -> None:
    reading.load_seen = False
    with suppress(TimeoutError):
        await asyncio.wait_for(tap.loaded.wait(), settings.limits.load_seconds)
        reading.load_seen = True
