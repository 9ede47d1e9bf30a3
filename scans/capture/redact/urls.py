"""What of a URL is kept: scheme, host, path and the query's keys; of the query's values only those that name an account, a version or a plain choice.

Pure. Every other value becomes a marker that is always the same, so that the same page twice gives the same URLs. The fragment is dropped. In a path, e-mail
addresses, tokens, seen values and what stands after `/reset/` and its like are replaced; hashes and numbers stay, since they tell one file from another.

To keep another parameter: add its key to `CHOICES` or `ACCOUNTS`, with a line in the test. Accounts of known vendors need nothing: `scans.classify.vendors`
reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from scans.capture.redact.shapes import CARD_LEFT, MARK, TELLING, without_named_values, without_phones
from scans.classify import vendors

# Keys whose value is a choice of the page's author, not of the visitor.
CHOICES = frozenset(
    """v ver version rev release build gtm gtm_debug gcs gcd npa dma dma_cps tag_exp en ev event t family display subset text-only lang hl locale language
    country region format fmt type output w h width height q80 dpr quality fit crop auto size theme color layout module modules component components libraries
    features load onload render explicit async defer media page_type currency plan mode view env intent commit vault enable-funding disable-funding callback
    url src file f path
    """.split()  # noqa: SIM905
)
# Keys behind which the page's owner stands, with some vendor.
ACCOUNTS = frozenset(
    """id tid account account_id accountid acct client client-id client_id site siteid site_id sitekey property property_id container container_id
    measurement_id pixel pixel_id pixelid tag tag_id tagid ti partner partner_id pid project project_id shop shop_id store store_id publisher publisher_id
    advertiser_id company company_id org org_id hjid wid
    """.split()  # noqa: SIM905
)
# What follows one of these in a path lets its bearer in, or names somebody.
_DOORS = frozenset(
    "reset confirm confirmation verify verification activate activation invite invitation unsubscribe magic token session auth login".split()  # noqa: SIM905
)

_URL = re.compile(r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30}):)?(?P<host>//[^/?#\\]*)?(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?", re.DOTALL)
_CHOICE = re.compile(r"[\w .:,;|@+*()/~!-]{0,200}")
_ACCOUNT = re.compile(r"\d{3,20}|[A-Z]{1,4}-[A-Z0-9]{4,14}(?:-\d{1,4})?|(?:ca-)?pub-\d{10,20}")
_HARMLESS = re.compile(r"\d{0,4}|true|false|yes|no|on|off|null|undefined", re.IGNORECASE)
_LONGEST_HARMLESS = 9
_TOKEN = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[\w-]{16,}|\d{6,}")
_MOMENT = re.compile(r"\d{9,}")
_MAYBE_ACCOUNT = re.compile(r"[\w.-]{3,120}")
_NEEDS_CARE = re.compile(rf"[;%]|/(?:{'|'.join(sorted(_DOORS))})/", re.IGNORECASE)
_WORDS = re.compile(r"[A-Za-z_ .:-]{1,40}")
_WORDS_ONLY = frozenset(["t", "type", "event", "en", "ev", "mode", "view", "plan", "callback"])
_FILES_ONLY = frozenset(["url", "src", "file", "f", "path"])
_FILES = re.compile(r"(?:[\w./@-]{1,120}\.[a-z][a-z0-9]{1,4}(?:,|\Z)){1,20}")
_OPAQUE = frozenset({"data", "javascript", "mailto", "tel", "sms", "callto", "whatsapp", "intent", "vbscript"})
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,40}/[\w.+-]{1,60}")


class UrlRule:
    """`hide` replaces seen values, `mask` personal data; `seen` are the values that not even an account may be, `public` accounts that stay anywhere."""

    def __init__(self, *, hide: Callable[[str], str], mask: Callable[[str], str], seen: frozenset[str], public: frozenset[str]) -> None:
        self._hide = hide
        self._mask = mask
        self._seen = seen
        self._public = public

    def apply(self, url: str) -> str:
        parts = _URL.fullmatch(url)
        if not url or parts is None:
            return ""
        scheme, host, path, query = parts["scheme"], parts["host"], parts["path"], parts["query"]
        if scheme and scheme.lower() in _OPAQUE:
            return self._opaque(scheme, path)
        if scheme and scheme.lower() == "blob":
            return f"{scheme}:{self.apply(path).rpartition('/')[0]}/{MARK}"
        accounts = _Accounts(url, also=self._public, but=self._seen)
        kept = f"{scheme}:" if scheme else ""
        kept += self._host(host) if host else ""
        kept += self._path(path, accounts)
        return kept if query is None else f"{kept}?{'&'.join(self._pair(pair, accounts) for pair in query.split('&'))}"

    def _opaque(self, scheme: str, path: str) -> str:
        media_type = _MEDIA_TYPE.match(path) if scheme.lower() == "data" else None
        return f"{scheme}:{media_type[0] + ',' if media_type else ''}{MARK}"

    def _host(self, host: str) -> str:
        _, at, name = host.rpartition("@")
        return f"//{MARK}@{self._hide(name)}" if at else self._hide(host)

    def _path(self, path: str, accounts: _Accounts) -> str:
        if not _NEEDS_CARE.search(path) and self._clean(path) == path:
            return path
        segments = path.split("/")
        for at, segment in enumerate(segments):
            after_door = at > 0 and segments[at - 1].lower() in _DOORS
            kept = MARK if after_door and _TOKEN.fullmatch(segment) else self._segment(segment, accounts)
            if kept != segment and segment not in accounts:
                segments[at] = kept
        return "/".join(segments)

    def _segment(self, segment: str, accounts: _Accounts) -> str:
        name, *parameters = segment.split(";")
        return ";".join([self._word(name), *(self._pair(parameter, accounts) for parameter in parameters)])

    def _word(self, word: str) -> str:
        """A name in a path or a key. One that shows something only when decoded goes as a whole."""
        if "%" in word and self._clean(plain := unquote(word)) != plain:
            return MARK
        return self._clean(word)

    def _clean(self, text: str) -> str:
        text = self._mask(self._hide(text))
        if "+" in text:
            text = without_phones(text)
        if "=" in text:
            text = without_named_values(text)
        return CARD_LEFT.sub(MARK, text) if "•" in text else text

    def _pair(self, pair: str, accounts: _Accounts) -> str:
        key, equals, value = pair.partition("=")
        kept = MARK if _TOKEN.fullmatch(key) else self._word(key) if len(key) > 5 else key
        if kept != key and key in accounts:
            kept = key
        return f"{kept}{equals}{value if self._may_stay(key, value, accounts) else MARK}"

    def _may_stay(self, key: str, value: str, accounts: _Accounts) -> bool:
        if not value or value == MARK:
            return True
        key = (unquote(key) if "%" in key else key).lower()
        if len(value) > _LONGEST_HARMLESS and key not in CHOICES and key not in ACCOUNTS:
            return value in accounts
        plain = unquote(value.replace("+", " ")) if "%" in value or "+" in value else value
        if plain in self._seen or value in self._seen:
            return False
        if key in ACCOUNTS and _ACCOUNT.fullmatch(plain):
            return True
        if _HARMLESS.fullmatch(plain):
            return not TELLING.search(key)
        if key in CHOICES and _CHOICE.fullmatch(plain) and not _MOMENT.fullmatch(plain) and self._says_nothing(key, value, plain):
            return True
        return value in accounts

    def _says_nothing(self, key: str, value: str, plain: str) -> bool:
        """A choice, and neither a person nor a token behind a choice's name."""
        if key in _WORDS_ONLY and not _WORDS.fullmatch(plain):
            return False
        if key in _FILES_ONLY and not _FILES.fullmatch(plain):
            return False
        return self._hide(value) == value and self._clean(plain) == plain


class _Accounts:
    """The public accounts in a URL, looked for only when something is about to be replaced."""

    def __init__(self, url: str, *, also: frozenset[str], but: frozenset[str]) -> None:
        self._url = url
        self._also = also
        self._but = but
        self._found: frozenset[str] | None = None

    def __contains__(self, word: str) -> bool:
        if not _MAYBE_ACCOUNT.fullmatch(word):
            return False
        if self._found is None:
            self._found = frozenset(tag.account_id for tag in vendors.tags([self._url], [])) | self._also
        return word in self._found and word not in self._but
