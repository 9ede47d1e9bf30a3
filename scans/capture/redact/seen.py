"""The values that a capture saw in cookies and storage, to be found again wherever they are repeated: plain, URL-encoded, in base64 or in hexadecimal.

Pure. A value made of plain words, a version or a host name (`granted`, `2026.3.1`, `shop.example`) tells nobody apart, and to hide it everywhere would hide the
page; it is left alone here, and still goes wherever a rule of its own removes it, as in a query. What a value holds inside (the client id in `GA1.1.<id>`, a
string in JSON) is hidden too. A short value is only found standing free; one of ten signs or more also inside a longer run.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import sys
from array import array
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote

from scans.capture.redact.shapes import MARK, is_plain_words

SHORTEST = 6
SHORTEST_PART = 8
SHORTEST_ANYWHERE = 10
VALUES_KEPT = 4000
PARTS_OF_A_VALUE = 16
IN_ONE_BUCKET = 64
# A text is sampled in windows of so many bytes, side by side; a value twice as long, less one, holds one of them whole. The widest that fits is taken.
WINDOWS = {"Q": 8, "I": 4}
MANY = 64

_HARMLESS = re.compile(
    r"v?\d{1,4}(?:[._/-]\d{1,4}){1,3}|\d{2,5}x\d{2,5}"  # a version, a date, the size of a screen
    r"|(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::\d+)?(?:/[a-z_/.-]*)?"  # a host, a plain address
    r"|(?:GTM|G|AW|UA|DC|MC|OPT)-[A-Z0-9-]{4,16}",  # an account
    re.IGNORECASE,
)
_PART = re.compile(r"[A-Za-z0-9_-]{8,512}")
_DOTTED = re.compile(r"\d{6,20}\.\d{6,20}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,4096}={0,2}")


class Seen:
    def __init__(self, values: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        self._sampled: dict[str, dict[int, set[str]]] = {kind: {} for kind in WINDOWS}
        self._unsampled: set[str] = set()
        given = [value for value in values if len(value) >= SHORTEST]
        self.values: frozenset[str] = frozenset(given)
        for needle in sorted({form for value in _worth_hiding(given) for form in _forms(value) if len(form) >= SHORTEST}, key=lambda form: (-len(form), form)):
            bucket = self._by_start.setdefault(needle[:SHORTEST], [])
            if len(bucket) == IN_ONE_BUCKET:
                bucket.pop()  # many values with one beginning: the shortest stands for the rest, so that no page can make the search slow
            bucket.append(needle)
            self._enter(needle)

    def hide(self, text: str) -> str:
        """The text with every seen value replaced. Leftmost first, then longest."""
        starts = self._by_start
        if not starts or len(text) < SHORTEST:
            return text
        parts, done = [], 0
        for at in self._places(text):
            if at >= done and (end := self._end(text, at)):
                parts += [text[done:at], MARK]
                done = end
        return "".join(parts) + text[done:] if parts else text

    def may_be_in(self, text: str) -> bool:
        return bool(self._places(text))

    def _enter(self, needle: str) -> None:
        """Under the windows that a sample of a text hits wherever the needle stands in it."""
        data, start = needle.encode("utf-8", "surrogatepass"), needle[:SHORTEST]
        kind = next((kind for kind, width in WINDOWS.items() if len(data) >= 2 * width - 1), "")
        if not kind:
            self._unsampled.add(start)
            return
        for at in range(WINDOWS[kind]):
            window = int.from_bytes(data[at : at + WINDOWS[kind]], sys.byteorder)
            self._sampled[kind].setdefault(window, set()).add(start)

    def _places(self, text: str) -> list[int]:
        """Where in the text a needle may begin, in order."""
        starts = self._possible_starts(text)
        if len(starts) > MANY:
            return [at for at in range(len(text) - SHORTEST + 1) if text[at : at + SHORTEST] in self._by_start]
        return sorted(at for start in starts for at in _places_of(start, text))

    def _possible_starts(self, text: str) -> set[str]:
        """The beginnings of all needles that may be in the text. It is not read sign by sign: every fourth and every eighth window tells."""
        found = set(self._unsampled)
        data = text.encode("utf-8", "surrogatepass")
        for kind, windows in self._sampled.items():
            if windows:
                sample = array(kind, data[: len(data) // WINDOWS[kind] * WINDOWS[kind]])
                found.update(*(windows[window] for window in windows.keys() & sample))
        return found

    def _end(self, text: str, at: int) -> int:
        """Where the value that starts here ends; 0 if none does."""
        for needle in self._by_start[text[at : at + SHORTEST]]:
            if text.startswith(needle, at) and (_stands_free(text, at, at + len(needle), digits=needle.isdigit()) or _is_long(needle)):
                return at + len(needle)
        return 0


def _places_of(start: str, text: str) -> Iterator[int]:
    at = text.find(start)
    while at >= 0:
        yield at
        at = text.find(start, at + 1)


def _is_long(needle: str) -> bool:
    return len(needle) >= SHORTEST_ANYWHERE and not needle.isdigit()


def _stands_free(text: str, start: int, end: int, *, digits: bool) -> bool:
    glues = str.isdigit if digits else str.isalnum
    return not (start and glues(text[start - 1])) and not (end < len(text) and glues(text[end]))


def _worth_hiding(values: Iterable[str]) -> Iterator[str]:
    kept: set[str] = set()
    for value in values:
        for candidate in (value, *_parts(value)):
            if len(kept) == VALUES_KEPT:
                return
            if candidate not in kept and len(candidate) >= SHORTEST and MARK not in candidate and not _is_harmless(candidate):
                kept.add(candidate)
                yield candidate


def _is_harmless(value: str) -> bool:
    return is_plain_words(value) or bool(_HARMLESS.fullmatch(value))


def _parts(value: str) -> list[str]:
    """What stands inside a value: the value decoded, identifiers in JSON or between separators, Google's and Meta's number pairs."""
    plain = unquote(value)
    opened = _opened(plain)
    parts = [] if plain == value else [plain]
    for text in filter(None, (plain, opened)):
        parts += _DOTTED.findall(text)
        parts += [part for part in _PART.findall(text) if len(part) >= SHORTEST_PART and not part.isdigit() and part != value]
    return parts[:PARTS_OF_A_VALUE]


def _opened(value: str) -> str:
    """The text inside base64, if there is one."""
    if not _BASE64.fullmatch(value):
        return ""
    try:
        text = base64.b64decode(value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
    return text if text.isprintable() else ""


def _forms(value: str) -> Iterator[str]:
    """The ways in which a value may be written down."""
    raw = value.encode(errors="replace")
    yield value
    yield quote(value, safe="", errors="replace")
    yield quote_plus(value, errors="replace")
    yield html.escape(value)
    yield value.replace("\\", "\\\\").replace('"', '\\"').replace("/", "\\/")
    yield raw.hex()
    yield raw.hex().upper()
    if len(raw) >= SHORTEST_PART:
        for shift in range(3):
            inside = _inside_base64(raw, shift=shift)
            yield inside
            yield inside.replace("+", "-").replace("/", "_")


def _inside_base64(raw: bytes, *, shift: int) -> str:
    """The signs that these bytes give in base64, whatever stands before and after them, when they start `shift` bytes into a group of three."""
    encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
    whole = (shift + len(raw)) * 8 // 6
    return encoded[(shift * 8 + 5) // 6 : whole]
