"""The one redactor through which every record passes on its way out of the capture: what identifies or opens a door is replaced, what the page is stays.

Pure, deterministic, and idempotent: what was redacted once comes out the same. Three layers: the values seen in cookies and storage are hidden wherever they
are repeated (`seen`), personal, financial and session data is known by its shape (`shapes`), and of a URL only what is known to be harmless is kept (`urls`).

- `url`: scheme, host, path, the query's keys; see `urls` for which values stay.
- `text`: prose, such as console lines and header values. URLs inside follow the rule of URLs.
- `script`: code, kept as evidence. Seen values, tokens, e-mail addresses, IBANs and card numbers go; phone numbers stay, since code is full of numbers.
- `document`: HTML, with the values of inputs (`document`).
- `snapshot`: every field of every record, by the rule that `fields` names for it.

The account ids of tags are public by nature and stay: those named in `public`, and those that `scans.classify.vendors` reads from a URL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from scans.capture.redact import document, fields, shapes
from scans.capture.redact.seen import Seen
from scans.capture.redact.shapes import MARK
from scans.capture.redact.urls import UrlRule
from scans.snapshot import Snapshot

__all__ = ["MARK", "Redactor"]

URLS_REMEMBERED = 20_000
PASSES = 6
_URL_IN_TEXT = re.compile(r"\b(?:https?|wss?|blob|data|mailto|tel):[^\s\"'<>()\[\]\\`,;][^\s\"'<>()\[\]\\`]*+", re.IGNORECASE)
_HEADERS_WITHHELD = frozenset(
    ["set-cookie", "set-cookie2", "cookie", "authorization", "proxy-authorization", "authentication-info", "x-csrf-token", "x-xsrf-token", "x-auth-token"]
)
_NONCE = re.compile(r"'nonce-[^']{0,200}'")


class Redactor:
    """`secrets` are the values that the capture saw in cookies and storage, `public` account ids that stay although they may look like a card's number."""

    def __init__(self, secrets: Iterable[str] | Seen = (), *, public: Iterable[str] = ()) -> None:
        self._seen = secrets if isinstance(secrets, Seen) else Seen(secrets)
        self._public = frozenset(public)
        self._urls: dict[str, str] = {}
        self._rule = UrlRule(hide=self._seen.hide, mask=self._masked, seen=self._seen.values, public=self._public)

    def url(self, url: str) -> str:
        if (known := self._urls.get(url)) is None:
            if len(self._urls) == URLS_REMEMBERED:
                self._urls.clear()
            known = self._urls[url] = _settled(self._rule.apply, url)
        return known

    def text(self, text: str) -> str:
        return _settled(self._text, text)

    def script(self, text: str) -> str:
        return _settled(self._masked_and_hidden, text)

    def host(self, host: str) -> str:
        return _settled(self._seen.hide, host)

    def header(self, name: str, value: str) -> str:
        return MARK if name.lower() in _HEADERS_WITHHELD else self.text(_NONCE.sub(f"'nonce-{MARK}'", value))

    def document(self, html: str) -> str:
        return document.redact(html, url=self.url, text=self.text, script=self.script, may_hold_seen=self._seen.may_be_in(html))

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        accounts = {tag.account_id for page in snapshot.observations for tag in page.tags} - self._seen.values
        return fields.redact(snapshot, redactor=self.with_public(accounts))

    def with_public(self, accounts: Iterable[str]) -> Redactor:
        """The same redactor, which also leaves these account ids alone."""
        return Redactor(self._seen, public=self._public.union(accounts))

    def _text(self, text: str) -> str:
        if ":" in text:
            text = _URL_IN_TEXT.sub(self._url_in_text, text)
        return shapes.mask(self._seen.hide(text), public=self._public)

    def _masked_and_hidden(self, text: str) -> str:
        return self._masked(self._seen.hide(text))

    def _masked(self, text: str) -> str:
        return shapes.mask(text, public=self._public, prose=False)

    def _url_in_text(self, found: re.Match[str]) -> str:
        url = found[0].rstrip(".:!?,;")
        return self.url(url) + found[0][len(url) :]


def _settled(rule: Callable[[str], str], text: str) -> str:
    """The rule applied until it changes nothing: what stood glued to something else may come to light once that is gone."""
    for _ in range(PASSES):
        if (changed := rule(text)) == text:
            break
        text = changed
    return text
