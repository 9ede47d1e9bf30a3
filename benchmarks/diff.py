"""How long does it take to find and judge the changes between two loads of a heavy page, beside a plain comparison of the two documents?

    python -m benchmarks.diff --requests 1000 --scripts 200 --cookies 100

Both in one process, in turns, in CPU milliseconds: on a busy machine they hold, wall times do not. `first` is a load that no cache knows anything of, `next`
one of a site whose earlier load was worked on in the same process, `again` the same load once more. Target: at most 40 ms for `again`.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.noise.page import OK, PageMade, digest_of
from scans import judgement, snapshot
from scans.classify import verdicts
from scans.classify.verdicts import Scene
from scans.diff import compare, digest, history
from scans.diff.history import History
from scans.snapshot import Browser, Snapshot

SITE = "heavy-shop.example"
START = datetime.datetime(2026, 3, 2, 4, tzinfo=datetime.UTC)
NODES = 8_000
MANY = 1_000  # a cache of fewer holds a data set
DEPLOYED, BROKEN_CACHES, RENAMED, REPLACED = 8, 8, 4, 4
OWN = (
    "https://www.{site}/_next/static/chunks/{name}-{hash}.js",
    "https://www.{site}/assets/{name}.{hash8}.js?v=3.1.{number}",
    "https://static.{site}/build/{hash8}/{name}.min.js",
)
OTHERS = (
    "https://cdn.jsdelivr.net/npm/{name}@4.{number}.1/dist/{name}.min.js",
    "https://www.googletagmanager.com/gtag/js?id=G-{account}&cx=c&gtm=45je5{number}",
    "https://static.klaviyo.com/onsite/js/{name}/klaviyo.js?company_id={account}",
    "https://script.hotjar.com/modules.{hash}.js",
    "https://cdn.shopify.com/s/files/1/{number}/t/7/assets/{name}.js?v={digits}",
)
ASKED = (
    "https://www.{site}/media/catalog/{number}/{name}-{hash8}.webp?width=600&quality=80",
    "https://www.{site}/api/v2/{name}/{number}?locale=de&session={uuid}",
    "https://static.{site}/fonts/{name}.{hash8}.woff2",
    "https://www.google-analytics.com/g/collect?v=2&tid=G-{account}&_p={digits}&cid={digits}.{seconds}&en={name}",
    "https://www.facebook.com/tr/?id={digits}&ev=PageView&dl=https%3A%2F%2Fwww.{site}%2F{name}&ts={seconds}000",
    "https://securepubads.g.doubleclick.net/gampad/ads?iu=/{number}/{name}&correlator={digits}&sz=300x250",
    "https://cdn.cookielaw.org/consent/{uuid}/{name}.json",
    "https://i.ytimg.com/vi/{account}/{name}.jpg",
)
DOMAINS = ("", "doubleclick.net", "facebook.com", "hotjar.com", "criteo.com", "linkedin.com", "", "")
WORDS = ("cart", "menu", "search", "reviews", "gallery", "checkout", "account", "slider", "filters", "wishlist", "footer", "banner")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, size in (("requests", 1000), ("scripts", 200), ("cookies", 100), ("times", 15)):
        asked.add_argument(f"--{name}", type=int, default=size)
    options = asked.parse_args()
    for line in measured(requests=options.requests, scripts=options.scripts, cookies=options.cookies, times=options.times).lines():
        print(line)


@dataclass(frozen=True)
class Measured:
    """CPU milliseconds by what was done."""

    size: str
    found: str
    spent: dict[str, float]

    def lines(self) -> Iterator[str]:
        spent = self.spent
        yield self.size
        yield self.found
        yield from (f"{name:42} {milliseconds:8.1f} ms" for name, milliseconds in spent.items())
        for name in ("again", "next", "first"):
            yield f"{f'ours ({name}) / plain comparison':42} {spent[f'ours: {name}'] / spent['plain: compare']:8.1f} x"
        ours, plain = spent["ours: open both"] + spent["ours: again"], spent["plain: open both"] + spent["plain: compare"]
        yield f"{'the same (again), with opening':42} {ours / plain:8.1f} x"


def measured(*, requests: int, scripts: int, cookies: int, times: int) -> Measured:
    """Each figure is the median of `times` runs."""
    before, after = (load(day, requests=requests, scripts=scripts, cookies=cookies) for day in (0, 1))
    one, other = snapshot.to_bytes(before), snapshot.to_bytes(after)
    known = judgement.learn(history.empty(), [before] * compare.GONE_AFTER)
    remembered = history.to_bytes(known)
    timed = functools.partial(median, times=times)
    trees = json.loads(one), json.loads(other)
    weigh = functools.partial(judgement.weigh, known, after)
    spent = {
        "plain: open both": timed(lambda: (json.loads(one), json.loads(other))),
        "plain: compare": timed(lambda: list(paths(*trees))),
        "ours: open both": timed(lambda: (history.from_bytes(remembered), snapshot.from_bytes(other))),
        "ours: first": timed(weigh, before=forget),
        "ours: next": timed(weigh, before=lambda: remember(before, known)),
        "ours: again": timed(weigh),
    }
    spent |= {f"  of it {name}": timed(step) for name, step in steps(known, after)}
    judged = weigh().judged
    told = sum(one.told for one in judged)
    size = f"{requests} requests, {scripts} scripts, {cookies} cookies, {NODES} nodes; documents of {len(one) // 1024} KiB; median of {times}"
    return Measured(size, f"plain: {len(list(paths(*trees)))} paths; ours: {len(judged)} changes, {told} told", spent)


def steps(known: History, after: Snapshot) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What `judgement.weigh` does, one after the other."""
    seen = digest.of(after, volatile=known.volatile)
    found = compare.changes(known, seen)
    scene = Scene(site_host=f"www.{SITE}", domains_before=known.domains(), cmp="Cookiebot", banner_visible=True)
    yield "digest", lambda: digest.of(after, volatile=known.volatile)
    yield "compare", lambda: compare.changes(known, seen)
    yield "judge", lambda: [verdicts.judge(change, scene) for change in found]
    yield "history after", lambda: history.after(known, seen)


def median(step: Callable[[], Any], *, times: int, before: Callable[[], Any] = lambda: None) -> float:
    took = []
    for _ in range(times):
        before()
        gc.collect()
        start = time.process_time()
        step()
        took.append((time.process_time() - start) * 1000)
    return statistics.median(took)


def forget() -> None:
    """Empty what was remembered of single URLs, hosts and names. The data sets stay open, as they do in a worker."""
    for name, module in list(sys.modules.items()):
        if name.startswith("scans."):
            for kept in vars(module).values():
                if isinstance(kept, functools._lru_cache_wrapper) and (kept.cache_parameters()["maxsize"] or 0) >= MANY:
                    kept.cache_clear()


def remember(load: Snapshot, known: History) -> None:
    forget()
    digest.of(load, volatile=known.volatile)


def paths(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """The plain way: walk both documents at once and name each place where they differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            if key in one and key in other:
                yield from paths(one[key], other[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}"
    elif isinstance(one, list) and isinstance(other, list):
        for number, (left, right) in enumerate(zip(one, other, strict=False)):
            yield from paths(left, right, f"{path}[{number}]")
        yield from (f"{path}[{number}]" for number in range(min(len(one), len(other)), max(len(one), len(other))))
    elif one != other:
        yield path


def load(day: int, *, requests: int, scripts: int, cookies: int) -> Snapshot:
    """A heavy page. On another day it is the same but for some thirty things: a deploy, cache busters, drawn names, and what somebody should be told of."""
    page = PageMade(url=f"https://www.{SITE}/", site=SITE, cmp="Cookiebot", banner=True, text=f"the page on day {day}")
    page.headers = {"strict-transport-security": "max-age=31536000", "content-security-policy": f"script-src 'nonce-{_drawn(f'nonce/{day}')['hash8']}'"}
    _add_scripts(page, day, scripts)
    _add_requests(page, day, requests - len(page.requests))
    for number in range(cookies):
        drawn = _drawn(f"cookie/{number}/{day if number < RENAMED else 0}")
        name = f"_hjSession_{drawn['digits']}" if number < RENAMED else f"{drawn['name']}_{number}"
        page.cookie(name, domain=DOMAINS[number % len(DOMAINS)], days=number * 9)
    if day:
        _attack(page)
    seen = page.observation((START + datetime.timedelta(days=day)).isoformat())
    seen = replace(seen, dom=replace(seen.dom, nodes=NODES))
    at, browser = seen.captured_at, Browser(product="Chrome/156", user_agent="", viewport_width=1280, viewport_height=800, wait_policy="")
    return Snapshot(version=snapshot.VERSION, started_at=at, finished_at=at, outcome=OK, browser=browser, observations=[seen])


def _add_scripts(page: PageMade, day: int, count: int) -> None:
    for number in range(count):
        if number % 7 == 6:
            page.inline(f"window.feature{number} = function () {{ return track('{WORDS[number % len(WORDS)]}', {number}); }};")
            continue
        deployed = day if number % 2 == 0 and number < 2 * DEPLOYED else 0
        form = OWN[number % len(OWN)] if number % 2 == 0 else OTHERS[number % len(OTHERS)]
        drawn = _drawn(f"script/{number}") | _only(_drawn(f"script/{number}/{deployed}"), "hash", "hash8")
        page.script(form.format(**drawn), body=f"script {number} of day {deployed}", by=_chain(number))


def _add_requests(page: PageMade, day: int, count: int) -> None:
    for number in range(count):
        moved = day if number < BROKEN_CACHES else 0
        other = f"/{day}" if BROKEN_CACHES <= number < BROKEN_CACHES + REPLACED else ""
        drawn = _drawn(f"request/{number}{other}") | _only(_drawn(f"request/{number}/{moved}"), "seconds", "uuid")
        page.request(ASKED[number % len(ASKED)].format(**drawn), kind=("image", "fetch", "font")[number % 3], by=_chain(number))


def _attack(page: PageMade) -> None:
    page.script("https://jquery-stat.example/q.js", body="reads the card form")
    page.request("https://img-store.example/i.gif?d=1")
    page.cookie("_visitor_key", days=700)
    del page.headers["strict-transport-security"]
    known = next((number for number, one in enumerate(page.scripts) if one.party == "third"), None)
    if known is not None:
        page.scripts[known] = replace(page.scripts[known], sha256=digest_of("another body"))


def _chain(number: int) -> tuple[str, ...]:
    return () if number % 3 == 0 else (f"https://www.googletagmanager.com/gtm.js?id=GTM-ABC{number % 4}234",)


def _drawn(seed: str) -> dict[str, str]:
    chance = random.Random(seed)
    letters = f"{chance.getrandbits(160):040x}"
    return {
        "site": SITE,
        "name": chance.choice(WORDS),
        "number": str(chance.randrange(1, 90)),
        "account": "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=10)),
        "digits": str(chance.randrange(10**14, 10**15)),
        "seconds": str(1_770_000_000 + chance.randrange(10**6)),
        "hash": letters[:20],
        "hash8": letters[20:28],
        "uuid": f"{letters[:8]}-{letters[8:12]}-4{letters[12:15]}-a{letters[15:18]}-{letters[18:30]}",
    }


def _only(drawn: dict[str, str], *names: str) -> dict[str, str]:
    return {name: drawn[name] for name in names}


if __name__ == "__main__":
    main()
