"""What breaks a shop, and what harms nobody: functions for `front.break_by`, each of which rewrites some answers of a shop that is otherwise itself.

To add one: a function that gives a `Breaking`, and a row in tests/checkout/test_breakage.py.
"""

from __future__ import annotations

from collections.abc import Callable

from demo.wire import Hit, Reply, Site
from tests.shops.front import Breaking

NEW_ORIGIN = "cards.newpay.example"  # answers as the payment vendor does, under a name that no test knows
HUNG = 600.0
COVER = """<script>addEventListener('load', () => {{ const hide = () => {{ const found = {find};
  if (!found || document.querySelector('.promotion')) return; const box = found.getBoundingClientRect(), cover = document.createElement('div');
  cover.className = 'promotion'; cover.textContent = 'Half price today';
  cover.style.cssText = `position:absolute;z-index:9999;background:#fc0;left:${{box.left + scrollX}}px;top:${{box.top + scrollY}}px;` +
    `width:${{box.width}}px;height:${{box.height}}px`; document.body.append(cover); }}; setInterval(hide, 50); hide(); }})</script>"""
BANNER = '<div class="banner" style="padding:4px;background:#fe9">New: we roast on Sundays too</div>'
DIES = """<script>document.addEventListener('submit', event => {{ if (!event.target.matches({form!r})) return;
  event.preventDefault(); event.stopImmediatePropagation(); throw new Error('basketTotal is not defined'); }}, true)</script>"""


def rewriting(path: str, change: Callable[[str], str]) -> Breaking:
    """The text of what the shop answers at this path (or at paths that begin with it, before a star) is another one."""

    def answer(hit: Hit, site: Site) -> Reply:
        reply = site(hit)
        if not _fits(hit.path, path) or reply.status != 200 or not isinstance(reply.body, bytes | str):
            return reply
        text = reply.body if isinstance(reply.body, str) else reply.body.decode("utf-8", "surrogateescape")
        reply_headers = [(name, value) for name, value in reply.headers if name.lower() not in ("content-length", "etag")]
        body = change(text).encode("utf-8", "surrogateescape")
        return Reply(body, status=reply.status, headers=reply_headers, delay=reply.delay, media_type=reply.media_type)

    return answer


def replaced(path: str, *pairs: tuple[str, str]) -> Breaking:
    def change(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return rewriting(path, change)


def added(path: str, html: str) -> Breaking:
    """At the end of the page's body."""
    return rewriting(path, lambda text: text.replace("</body>", f"{html}</body>", 1) if "</body>" in text else text + html)


def covered(path: str, selector: str, *, text: str = "") -> Breaking:
    """Something lies over the place where the element was when the page came."""
    find = f"[...document.querySelectorAll({selector!r})].find(each => each.innerText.includes({text!r}))" if text else f"document.querySelector({selector!r})"
    return added(path, COVER.format(find=find))


def dying(path: str, form: str) -> Breaking:
    """What the page does when the form is sent ends in an exception."""
    return added(path, DIES.format(form=form))


def answering(path: str, *, status: int, method: str = "", host: str = "", location: str = "") -> Breaking:
    """Something stands before the shop and answers instead of it."""

    def answer(hit: Hit, site: Site) -> Reply:
        if not _fits(hit.path, path) or method not in ("", hit.method) or host not in ("", hit.host):
            return site(hit)
        return Reply("", status=status, headers=[("Location", location)] if location else [])

    return answer


def hanging(path: str) -> Breaking:
    """The page comes, and then turns a wheel for as long as anybody waits, at an address that the shop never leaves."""
    wheel = "<body><div class='spinner'>One moment</div><script>setInterval(() => fetch('?still'), 200)</script></body>"
    return lambda hit, site: Reply(wheel) if _fits(hit.path, path) else site(hit)


def new_card_frame() -> Breaking:
    """The payment vendor's library brings its frame from another origin."""
    return replaced("/v3*", ("js.stripe.com/v3/elements", f"{NEW_ORIGIN}/v3/elements"))


def harmless(path: str, *, classes: tuple[str, str], moved: tuple[str, str]) -> Breaking:
    """Other class names, attributes in another order, a banner on top, and a button that stands elsewhere."""

    def change(text: str) -> str:
        start = text.find(">", text.find("<body")) + 1
        text = text[:start] + BANNER + text[start:]
        return text.replace(*classes).replace(*moved)

    return rewriting(path, change)


def _fits(path: str, pattern: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern
