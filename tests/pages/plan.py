"""A page of a given weight: so many requests of each kind over so many hosts, so many cookies, bytes and elements. Pure, and the same every time.

`build` hands out hosts in turn, hangs what comes late on the page's scripts, and writes down in the truth whatever it hands out.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.shop.font import bean
from demo.trace import Expected, ExpectedCookie, ExpectedFrame, Trace, attempt
from demo.wire import Reply
from tests.pages.fixture import ANY_ORIGIN, Answers, Fixture, filler, photograph

RUNTIME = (Path(__file__).parent / "runtime.js").read_text()
LATENCY = 0.015
# Real names, so that what is seen there can be told by vendor; on this web they are all one server.
VENDOR_HOSTS = (
    "www.googletagmanager.com", "www.google-analytics.com", "connect.facebook.net", "www.facebook.com", "static.hotjar.com", "script.hotjar.com",
    "cdn.jsdelivr.net", "cdnjs.cloudflare.com", "fonts.googleapis.com", "fonts.gstatic.com", "widget.intercom.io", "js.intercomcdn.com",
    "consent.cookiebot.com", "cdn.optimizely.com", "snap.licdn.com", "px.ads.linkedin.com", "analytics.tiktok.com", "bat.bing.com", "www.clarity.ms",
    "js.stripe.com", "m.stripe.network", "googleads.g.doubleclick.net", "stats.g.doubleclick.net", "static.criteo.net", "sslwidget.criteo.com",
    "cdn.segment.com", "js.hs-scripts.com", "track.hubspot.com", "static.zdassets.com", "ekr.zdassets.com", "cdn.shopify.com", "s.pinimg.com",
    "ct.pinterest.com", "static.klaviyo.com", "a.klaviyo.com", "cdn.cookielaw.org", "geolocation.onetrust.com", "js-agent.newrelic.com",
    "bam.nr-data.net", "browser.sentry-cdn.com", "unpkg.com", "images.unsplash.com",
)  # fmt: skip
WEIGHTS = {"script": 30, "image": 24, "css": 16, "json": 1, "frame": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many of each. `timed`, `on_frame`, `on_transition` and `fetched` come after the load event; a worker asks for one thing more."""

    name: str
    hosts: int = 1
    cookies: int = 0
    stylesheets: int = 1
    scripts: int
    images: int
    fonts: int = 0
    on_frame: int = 0
    on_transition: int = 0
    timed: int = 0
    fetched: int = 0
    frames: int = 0
    workers: int = 0
    beacons: int = 0
    elements: int
    size: int


@dataclass(frozen=True, slots=True)
class Step:
    """Something a script does. `after` is milliseconds after the load event, or how long the transition takes."""

    do: str
    url: str
    when: str = "now"
    after: int = 0


def build(plan: Plan) -> Fixture:
    return _Builder(plan).build()


class _Builder:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.host = f"{plan.name}.example.com"
        self.home = f"https://{self.host}"
        self.answers: Answers = {self.host: {}}
        self.requests: list[Expected] = []
        self.cookies: list[ExpectedCookie] = []
        self.storage: list[tuple[str, str, str]] = []
        self.number = itertools.count()
        self.vendors: Iterator[str] = itertools.cycle(VENDOR_HOSTS[: plan.hosts - 1] or (self.host,))
        each = WEIGHTS["script"] * plan.scripts + WEIGHTS["image"] * self._pictures() + WEIGHTS["css"] * plan.stylesheets
        self.unit = max(1, (plan.size - plan.elements * 20) // each)

    def build(self) -> Fixture:
        plan = self.plan
        self.requests.append(Expected(f"{self.home}/"))
        scripts = [self._ask("js", host=self.host if index < max(1, plan.scripts // 5) else next(self.vendors)) for index in range(plan.scripts)]
        own, foreign = scripts[: max(1, plan.scripts // 5)], scripts[max(1, plan.scripts // 5) :]
        in_markup, brought = foreign[: (len(foreign) + 1) // 2], foreign[(len(foreign) + 1) // 2 :]
        steps: dict[str, list[Step]] = {url: [] for url in scripts}
        self._hang_late_things(steps, own[0], foreign)
        for index, url in enumerate(brought):
            steps[in_markup[0]].append(Step("script", url, "timer", 40 * (index % 8)) if index % 2 else Step("script", url))
        self._set_cookies(steps, foreign)
        for url in scripts:
            self._give(url, Reply(self._script(url, steps[url]), media_type="text/javascript", headers=self._set_by_header(url)))
        frames = [self._frame() for _ in range(plan.frames)]
        page = self._markup(own, in_markup, frames)
        headers = [("Set-Cookie", f"{c.name}=h; Path=/; Secure; HttpOnly; SameSite=Lax") for c in self.cookies if c.set_by_url == f"{self.home}/"]
        self.answers[self.host]["/"] = Reply(page, headers=headers)
        trace = Trace(
            requests=tuple(self.requests),
            scripts=tuple(scripts),
            cookies=tuple(self.cookies),
            storage=tuple(self.storage),
            frames=(ExpectedFrame(url=f"{self.home}/", inline_scripts=2), *(ExpectedFrame(url=url, inline_scripts=1) for url in frames)),
            workers=tuple(each.url for each in self.requests if each.url.endswith("-worker.js")),
        )
        return Fixture(plan.name, f"{self.home}/", self.answers, trace, plan.elements, plan.size)

    # Handing out

    def _ask(self, ending: str, *, host: str | None = None) -> str:
        url = f"https://{host or next(self.vendors)}/{self.plan.name}/{next(self.number)}.{ending}"
        self.requests.append(Expected(url))
        return url

    def _give(self, url: str, reply: Reply) -> str:
        host, _, path = url.removeprefix("https://").partition("/")
        reply.delay = 0.0 if host == self.host else LATENCY
        reply.headers = [*reply.headers, ANY_ORIGIN]
        self.answers.setdefault(host, {})[f"/{path}"] = reply
        return url

    def _picture(self, *, host: str | None = None) -> str:
        url = self._ask("jpg", host=host)
        return self._give(url, Reply(photograph(len(self.requests), self.unit * WEIGHTS["image"]), media_type="image/jpeg"))

    def _pictures(self) -> int:
        return self.plan.images + self.plan.on_frame + self.plan.on_transition

    def _data(self) -> str:
        return self._give(self._ask("json"), Reply(json.dumps({"rows": list(range(40))}), media_type="application/json"))

    def _frame(self) -> str:
        look = "<style>body{margin:0;font:14px sans-serif}</style><p>Advertisement</p>"
        return self._give(self._ask("html"), Reply(f"<!doctype html><title>Frame</title>{look}<script>window.ready = true;</script>"))

    # What scripts do

    def _script(self, url: str, steps: list[Step]) -> str:
        doing = f"run({json.dumps([{'do': s.do, 'when': s.when, 'after': s.after, 'url': s.url} for s in steps])});\n" if steps else ""
        room = max(200, self.unit * WEIGHTS["script"] - len(RUNTIME) - len(doing))
        return f"(() => {{\n{RUNTIME}{doing}}})();\n{filler(sum(map(ord, url)), room)}"

    def _hang_late_things(self, steps: dict[str, list[Step]], own: str, foreign: list[str]) -> None:
        plan, late = self.plan, steps[own]
        late += [Step("image", self._picture(), "frame") for _ in range(plan.on_frame)]
        late += [Step("image", self._picture(), "transition", 300 + 60 * index) for index in range(plan.on_transition)]
        moments = [1100 * (index + 1) // max(1, plan.timed) for index in range(plan.timed)]
        late += [Step("xhr" if index % 2 else "fetch", self._data(), "timer", after) for index, after in enumerate(moments)]
        for index in range(plan.fetched):
            steps[foreign[index % len(foreign)]].append(Step("fetch", self._data(), "timer" if index % 2 else "now", 150))
        for index in range(plan.beacons):
            url = f"https://{next(self.vendors)}/{plan.name}/collect/{index}"
            self.requests.append(attempt(url))
            self.answers.setdefault(url.split("/")[2], {})
            steps[foreign[-1 - index]].append(Step("beacon", url, "timer", 200))
        late += [Step("worker", self._worker()) for _ in range(plan.workers)]

    def _worker(self) -> str:
        data = f"{self.home}/{self.plan.name}/{next(self.number)}.json"
        self.requests.append(Expected(data))
        self._give(data, Reply("{}", media_type="application/json"))
        url = self._ask("x-worker.js", host=self.host)
        return self._give(url, Reply(f"fetch('{data}').then((reply) => reply.json()).then(postMessage);", media_type="text/javascript"))

    # Cookies: a quarter by the page's header, the rest by turns by a script and by a vendor's header

    def _set_cookies(self, steps: dict[str, list[Step]], foreign: list[str]) -> None:
        by_page = self.plan.cookies // 4
        for index in range(by_page):
            name = f"{self.plan.name}_{index}"
            self.cookies.append(ExpectedCookie(name=name, domain=self.host, set_by="header", set_by_url=f"{self.home}/", http_only=True, session=True))
        for index in range(self.plan.cookies - by_page):
            url, name = foreign[index % len(foreign)], f"v_{index}"
            if index % 2:
                steps[url].append(Step("cookie", f"{name}=s{index}; path=/; max-age=86400; secure; samesite=lax"))
                self.cookies.append(ExpectedCookie(name=name, domain=self.host, set_by_url=url))
            else:
                host = url.split("/")[2]
                self.cookies.append(ExpectedCookie(name=name, domain=host, set_by="header", set_by_url=url, same_site="None"))
            if index % 3 == 0:
                steps[url].append(Step("key", f"k_{index}"))
                self.storage.append((self.home, "local", f"k_{index}"))

    def _set_by_header(self, url: str) -> list[tuple[str, str]]:
        names = [each.name for each in self.cookies if each.set_by_url == url and each.set_by == "header"]
        return [("Set-Cookie", f"{name}=t; Path=/; Max-Age=86400; Secure; SameSite=None") for name in names]

    # The document

    def _markup(self, own: list[str], foreign: list[str], frames: list[str]) -> str:
        plan = self.plan
        pictures = [self._picture(host=self.host if index % 2 else None) for index in range(plan.images)]
        behind, shown = pictures[: plan.stylesheets - 1], pictures[plan.stylesheets - 1 :]
        sheets = [self._stylesheet(index, behind[index - 1] if index else "", fonted=index < plan.fonts) for index in range(plan.stylesheets)]
        head = "".join(f'<link rel="stylesheet" href="{url}">' for url in sheets)
        head += "<script>window.dataLayer = [];</script><script>dataLayer.push({event: 'start'});</script>"
        head += "".join(f'<script src="{url}" async></script>' for url in foreign)
        body = "".join(f'<img src="{url}" alt="" width="100" height="75">' for url in shown)
        body += "".join(f'<i class="behind{index}">❦</i>' for index in range(plan.stylesheets))
        body += "".join(f'<iframe src="{url}" title="Frame"></iframe>' for url in frames)
        tail = "".join(f'<script src="{url}" defer></script>' for url in own)
        rest = plan.elements - (head + body + tail).count("<") + (head + body + tail).count("</") - self._added_later() - 6
        words = "".join(f"<article><h3>Row {n}</h3><p>Some words about it, <a href='#{n}'>a link</a> <b>{n}</b></p></article>" for n in range(rest // 5))
        words += "<hr>" * (rest % 5)
        title = f"<meta charset=utf-8><title>{plan.name}</title>"
        return f"<!doctype html><html lang=en><head>{title}{head}</head><body><main>{body}{words}</main>{tail}</body></html>"

    def _added_later(self) -> int:
        plan = self.plan
        return plan.on_frame + 2 * plan.on_transition + (plan.scripts - max(1, plan.scripts // 5)) // 2

    def _stylesheet(self, index: int, picture: str, *, fonted: bool) -> str:
        css = f".behind{index}{{display:inline-block;width:40px;height:40px;background:#eee{f' url({picture})' if picture else ''};font-family:f{index}}}\n"
        if fonted:
            font = self._give(self._ask("ttf"), Reply(bean(), media_type="font/ttf"))
            css += f"@font-face{{font-family:f{index};src:url({font})}}\n"
        rules = (f".r{index}-{n} > a:hover + b{{color:#{n % 4096:03x};margin:{n % 9}px}}\n" for n in itertools.count())
        while len(css) < self.unit * WEIGHTS["css"]:
            css += next(rules)
        return self._give(self._ask("css", host=None if index else self.host), Reply(css, media_type="text/css"))
