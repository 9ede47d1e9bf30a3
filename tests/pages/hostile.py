"""Pages that mean harm: to the scanner's time, memory, disk, or to the truth of what it captures.

Each has an id, says what it does, and how a scan of it ends: the usual reason first (a name out of `scans.capture.outcome`, `ok` for a whole scan), then those
that a slower or smaller machine may come to. Whatever the page does, the scan ends by itself, leaves nothing behind, and the next one is fine.

To add a page: a `Hostile` in `PAGES`. A page that is only HTML gives its text; one whose server is the trouble gives a function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from demo.trace import Expected, ExpectedCookie, Trace
from demo.wire import Hit, Reply, Site
from tests.pages import bombs
from tests.pages import hostile_scripts as js

HOST = "hostile.example.com"
ORIGIN = f"https://{HOST}"
CROWD = tuple(f"h{number:04d}.example.org" for number in range(3_000))
NEVER = 3_600.0

Answer = Callable[[Hit], Reply]


@dataclass(frozen=True, slots=True)
class Hostile:
    """`answer` is asked for the page and everything below it. `truth`: what must be captured in spite of the page's lies."""

    id: str
    title: str
    expected: tuple[str, ...]
    answer: Answer
    truth: Trace = field(default_factory=Trace)

    @property
    def url(self) -> str:
        return f"{ORIGIN}/{self.id}"


def sites() -> dict[str, Site]:
    return {HOST: _answer, **dict.fromkeys(CROWD, lambda _: Reply("", media_type="text/plain"))}


def _answer(hit: Hit) -> Reply:
    page = BY_ID.get(hit.path.split("/")[1])
    return page.answer(hit) if page else Reply(status=404)


def _html(body: str, *, head: str = "", headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """The same page for whatever is asked below it, with room for what scripts may fetch."""

    def answer(hit: Hit) -> Reply:
        if hit.path.count("/") > 1:
            return Reply("x", media_type="text/plain", headers=[("Cache-Control", "no-store")])
        return Reply(f"<!doctype html><meta charset=utf-8><title>{hit.path[1:]}</title>{head}<body><h1>Welcome</h1>{body}", headers=list(headers))

    return answer


def _script(text: str) -> Answer:
    return _html(f"<script>{text}</script>")


def _on_load(text: str) -> Answer:
    return _script(f"addEventListener('load', () => {{ {text} }});")


def _with(page: Answer, path: str, make: Callable[[], Reply]) -> Answer:
    """The page, and one thing below it that is special. Made anew for each request: an endless body can be read once only."""
    return lambda hit: make() if hit.path.endswith(path) else page(hit)


def _redirect_for_ever(hit: Hit) -> Reply:
    return Reply(status=302, headers=[("Location", f"/H45?{int(hit.query or 0) + 1}")])


def _frames_in_frames(hit: Hit) -> Reply:
    number = int(hit.query or 1)
    return Reply(f"<!doctype html><title>H20</title>{number}<iframe src='/H20?{2 * number}'></iframe><iframe src='/H20?{2 * number + 1}'></iframe>")


def _attachments(hit: Hit) -> Reply:
    if hit.path == "/H25":
        return Reply(f"<!doctype html><title>H25</title><h1>Welcome</h1><script>{js.DOWNLOADS}</script>")
    return Reply(b"\0" * 250_000, headers=[("Content-Disposition", "attachment; filename=x.bin")], media_type="application/octet-stream")


def _lies(hit: Hit) -> Reply:
    if hit.path.endswith(".js"):
        return Reply("document.cookie = 'by_script=1; path=/; secure';", media_type="text/javascript")
    markup = f"<!doctype html><title>H38</title><h1>Welcome</h1><script>{js.LIES}</script><script src='/H38/hidden.js'></script>"
    return Reply(markup, headers=[("Set-Cookie", "by_header=1; Path=/; Secure; HttpOnly")])


LIES_TRUTH = Trace(
    requests=(Expected(f"{ORIGIN}/H38"), Expected(f"{ORIGIN}/H38/hidden.js")),
    scripts=(f"{ORIGIN}/H38/hidden.js",),
    cookies=(
        ExpectedCookie(name="by_header", domain=HOST, set_by="header", set_by_url=f"{ORIGIN}/H38", http_only=True, session=True, same_site=""),
        ExpectedCookie(name="by_script", domain=HOST, set_by_url=f"{ORIGIN}/H38/hidden.js", session=True, same_site=""),
    ),
)

PAGES = (
    Hostile("H00", "benign control", ("ok",), _html("<p>Nothing to see.</p>")),
    Hostile("H01", "alert loop", ("deadline", "partial", "nav-timeout"), _script("for (;;) alert('again');")),
    Hostile("H02", "confirm, prompt and beforeunload", ("ok",), _on_load(js.DIALOGS)),
    Hostile("H03", "print loop", ("ok", "partial"), _on_load("setInterval(() => print(), 0);")),
    Hostile("H05", "refreshes itself at once", ("too-many-redirects", "partial", "deadline"), _html("", head="<meta http-equiv=refresh content=0>")),
    Hostile("H06", "sends itself elsewhere in a loop", ("too-many-redirects", "partial", "deadline"), _script(js.ELSEWHERE)),
    Hostile("H12", "a million elements", ("ok", "memory", "page-crash", "deadline", "partial"), _on_load(js.MILLION_ELEMENTS)),
    Hostile("H13", "a hundred thousand levels", ("page-crash", "partial", "deadline"), _on_load(js.DEEP_NESTING)),
    Hostile("H14", "a gigabyte of arrays", ("ok", "memory", "page-crash"), _on_load(js.MEMORY_HOG)),
    Hostile("H15", "eight busy workers", ("ok", "partial"), _on_load(js.BUSY_WORKERS)),
    Hostile("H16", "hangs once it has loaded", ("deadline", "partial"), _on_load("for (;;);")),
    Hostile("H17", "hangs while it loads", ("deadline", "partial", "nav-timeout"), _script("for (;;);")),
    Hostile("H18", "opens two hundred windows", ("partial", "ok"), _on_load("for (let i = 0; i < 200; i++) window.open('/H18/' + i);")),
    Hostile("H19", "two thousand frames", ("deadline", "partial", "limit:max-connections", "limit:max-open", "memory"), _on_load(js.MANY_FRAMES)),
    Hostile("H20", "frames in frames in frames", ("deadline", "partial", "limit:max-connections", "limit:max-open", "memory"), _frames_in_frames),
    Hostile("H21", "three hundred big cookies", ("ok",), _on_load(js.BIG_COOKIES)),
    Hostile("H22", "ten thousand requests", ("ok", "partial", "limit:max-connections", "limit:max-open"), _on_load(js.REQUEST_STORM)),
    Hostile("H23", "three thousand hosts", ("limit:max-hosts",), _on_load(js.MANY_HOSTS)),
    Hostile("H24", "five hundred WebSockets", ("ok",), _on_load(js.MANY_SOCKETS)),
    Hostile("H25", "a hundred downloads", ("ok", "partial"), _attachments),
    Hostile("H26", "asks for every permission", ("ok",), _on_load(js.PERMISSIONS)),
    Hostile("H27", "a million pixels high and wide", ("ok",), _html("<div style='width:1000000px;height:1000000px;background:#cde'></div>")),
    Hostile("H28", "an inline script of 30 MB", ("ok", "partial"), lambda _: Reply(bombs.long_script())),
    Hostile("H29", "floods the console", ("deadline", "partial"), _on_load(js.CONSOLE_FLOOD)),
    Hostile("H30", "floods its history", ("ok", "partial", "deadline"), _on_load(js.HISTORY_FLOOD)),
    Hostile("H31", "asks for a URL of 2 MB", ("limit:max-up",), _on_load(js.LONG_URLS)),
    Hostile("H32", "fonts that never come", ("partial", "ok"), _with(_html("<p>words</p>", head=js.SLOW_FONTS), "/never", lambda: Reply(delay=NEVER))),
    Hostile("H33", "changes itself without end", ("ok", "partial"), _on_load(js.ENDLESS_MUTATION)),
    Hostile("H34", "paints without end", ("ok", "partial"), _html("<canvas width=2000 height=2000></canvas><script>" + js.HEAVY_CANVAS + "</script>")),
    Hostile("H35", "fills its storage", ("ok",), _on_load(js.STORAGE_FILLER)),
    Hostile("H36", "closes its window and reopens its document", ("ok",), _on_load(js.CLOSE_AND_REOPEN)),
    Hostile("H37", "a huge filter", ("ok", "partial"), _html(js.HUGE_FILTER)),
    Hostile("H38", "lies about its cookies, scripts and markup", ("ok",), _lies, LIES_TRUTH),
    Hostile("H39", "a getter that never returns", ("ok",), _script(js.ENDLESS_GETTER)),
    Hostile("H40", "drips and never ends", ("partial", "nav-timeout"), lambda _: Reply(bombs.drip(), pause=0.3)),
    Hostile("H41", "an endless body", ("limit:max-down",), _with(_on_load(js.ENDLESS_FETCH), "/endless", bombs.endless_text)),
    Hostile("H42", "a gigabyte in a megabyte", ("partial", "memory", "page-crash", "deadline"), lambda _: bombs.gzipped()),
    Hostile("H43", "takes the connection and never answers", ("nav-timeout", "partial"), lambda _: Reply(delay=NEVER)),
    Hostile("H44", "1.2 MB of Set-Cookie", ("no-answer", "partial"), _html("", headers=bombs.many_cookies())),
    Hostile("H45", "redirects without end", ("too-many-redirects",), _redirect_for_ever),
    Hostile("H46", "a picture of 10 GB", ("limit:max-down",), _with(_html("<img src='/H46/big'>"), "/big", bombs.endless_picture)),
    Hostile("H47", "a picture of 30,000 by 30,000", ("ok", "memory", "partial"), _with(_html("<img src='/H47/huge'>"), "/huge", bombs.huge_picture)),
)  # fmt: skip
BY_ID = {page.id: page for page in PAGES}
