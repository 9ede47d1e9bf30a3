"""The page of nested frames and workers: few requests, but from everywhere that is easily overlooked. Pure."""

from __future__ import annotations

from demo.trace import Expected, ExpectedFrame, Trace
from demo.wire import Reply
from tests.pages.fixture import ANY_ORIGIN, Answers, Fixture, photograph

HOME = "https://frames.example.com"
OUTER = "https://a.example.net/outer.html"
INNER = "https://b.example.org/inner.html"
LATE = "https://b.example.org/late.html"
SANDBOXED = "https://c.example.net/sandboxed.html"
LEAF = f"{HOME}/leaf.html"

PAGE_SCRIPT = f"""
new Worker("/worker.js");
new Worker(URL.createObjectURL(new Blob([`fetch("{HOME}/blob.json")`])));
new SharedWorker("/shared.js").port.start();
addEventListener("load", () => setTimeout(() => document.body.append(Object.assign(document.createElement("iframe"), {{src: "{LATE}"}})), 900));
"""


def frames() -> Fixture:
    page = (
        f"<title>frames</title><h1>Frames</h1><iframe src='{OUTER}'></iframe><iframe sandbox='allow-scripts' src='{SANDBOXED}'></iframe>"
        f"<iframe srcdoc=\"<img src='{HOME}/srcdoc.jpg'>\"></iframe><script src='/app.js'></script>"
    )
    answers: Answers = {
        "frames.example.com": {
            "/": _html(page),
            "/app.js": _script(PAGE_SCRIPT),
            "/leaf.html": _html("<p>leaf</p>"),
            "/srcdoc.jpg": _picture(1),
            "/worker.js": _script("importScripts('/worker-part.js'); fetch('/worker.json');"),
            "/worker-part.js": _script("self.part = true;"),
            "/worker.json": _data(),
            "/blob.json": _data(),
            "/shared.js": _script("fetch('/shared.json');"),
            "/shared.json": _data(),
        },
        "a.example.net": {"/outer.html": _html("<script src='/outer.js'></script>"), "/outer.js": _script(_append_frame(INNER))},
        "b.example.org": {
            "/inner.html": _html(f"<img src='/inner.jpg'><iframe src='{LEAF}'></iframe>"),
            "/inner.jpg": _picture(2),
            "/late.html": _html("<p>late</p>"),
        },
        "c.example.net": {"/sandboxed.html": _html("<script src='/sandboxed.js'></script>"), "/sandboxed.js": _script("self.ready = true;")},
    }
    trace = Trace(
        requests=tuple(Expected(f"https://{host}{path}") for host, paths in answers.items() for path in paths),
        scripts=(f"{HOME}/app.js", "https://a.example.net/outer.js", "https://c.example.net/sandboxed.js"),
        frames=tuple(ExpectedFrame(url=url) for url in (f"{HOME}/", OUTER, INNER, LEAF, SANDBOXED, "about:srcdoc", LATE)),
        workers=(f"{HOME}/worker.js", f"blob:{HOME}/*", f"{HOME}/shared.js"),
    )
    return Fixture("frames", f"{HOME}/", answers, trace)


def _append_frame(url: str) -> str:
    return f"document.documentElement.append(Object.assign(document.createElement('iframe'), {{src: '{url}'}}));"


def _html(body: str) -> Reply:
    return Reply(f"<!doctype html><meta charset=utf-8>{body}")


def _script(text: str) -> Reply:
    return Reply(text, media_type="text/javascript", headers=[ANY_ORIGIN])


def _data() -> Reply:
    return Reply("{}", media_type="application/json", headers=[ANY_ORIGIN])


def _picture(seed: int) -> Reply:
    return Reply(photograph(seed, 6_000), media_type="image/jpeg")
