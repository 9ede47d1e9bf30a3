"""Loads of a shop with one page, written short, and the verdicts on a load that follows seven others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from scans import judgement, snapshot
from scans.classify import verdicts
from scans.classify.hosts import host_of
from scans.diff import history, inline
from scans.judgement import Judged
from scans.snapshot import Captured, Form, Initiator, Observation, Outcome, Party, Request, Script, Snapshot

HOME, CHECKOUT = "https://shop.example/", "https://shop.example/checkout"
BROWSER = snapshot.Browser(product="Chrome/1", user_agent="", viewport_width=1, viewport_height=1, wait_policy="")
OK = Outcome(status="ok")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def page(url: str = HOME, **seen: Any) -> Observation:
    defaults: dict[str, Any] = {"kind": "payment" if url == CHECKOUT else "page", "outcome": OK, "final_url": url, "status": 200}
    return Observation(url=url, **defaults | seen)


def checkout(**seen: Any) -> Observation:
    return page(CHECKOUT, **seen)


def load(*pages: Observation, **more: Any) -> Snapshot:
    at = "2026-11-03T04:00:00.000Z"
    return Snapshot(version=1, started_at=at, finished_at=at, outcome=OK, browser=BROWSER, observations=list(pages), **more)


def external(url: str, body: str | None = "code", *, chain: tuple[str, ...] = (), **fields: Any) -> Script:
    """A script with an address. Its body is given as text; None is one that could not be had."""
    party: Party = "first" if host_of(url).endswith("shop.example") else "third"
    known: dict[str, Any] = {"reaches": inline.reaches(body), "sha256": sha256(body)} if body is not None else {"sha256": ""}
    return Script(url=url, size=1, inline=False, party=party, initiator=Initiator(kind="script", chain=list(chain)), **known | fields)


def written(text: str) -> Script:
    """An inline script."""
    known: dict[str, Any] = {"normalised_sha256": inline.normalised_sha256(text), "shape": inline.shape(text), "reaches": inline.reaches(text)}
    return Script(url="", sha256=sha256(text), size=1, inline=True, party="first", **known)


def request(url: str, kind: str = "script", *, chain: tuple[str, ...] = ()) -> Request:
    party: Party = "first" if host_of(url).endswith("shop.example") else "third"
    started = Initiator(kind="script", chain=list(chain))
    return Request(url=url, method="GET", type=kind, host=host_of(url), party=party, outcome="loaded", status=200, initiator=started)


def running(*scripts: Script) -> dict[str, Any]:
    """Scripts with the requests that fetched them."""
    return {"scripts": list(scripts), "requests": [request(one.url, chain=tuple(one.initiator.chain)) for one in scripts if one.url]}


def form(action: str, *fields: str, name: str = "") -> Form:
    return Form(action=action, method="post", name=name, fields=list(fields))


def judged(before: Callable[[], Snapshot], now: Callable[[], Snapshot]) -> list[tuple[str, str]]:
    """Severity and rule of each difference that two loads show after seven others, the gravest first. `before` and `now` give a new load at each call."""
    return [(one.verdict.severity, one.verdict.rule) for one in _weighed(before, now) if one.confirmed]


def told(before: Callable[[], Snapshot], now: Callable[[], Snapshot]) -> list[tuple[str, str]]:
    """Those that somebody is told of: from medium up, and no part of another's story."""
    return [(one.verdict.severity, one.verdict.rule) for one in _weighed(before, now) if one.told]


def _weighed(before: Callable[[], Snapshot], now: Callable[[], Snapshot]) -> list[Judged]:
    known = judgement.learn(history.empty(), [before() for _ in range(7)])
    weighed = judgement.weigh(known, now(), confirm=lambda pages, answers: Captured(now(), {}))
    return sorted(weighed.judged, key=lambda one: -verdicts.rank(one.verdict.severity))
