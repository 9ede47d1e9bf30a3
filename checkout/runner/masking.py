"""Keeps secrets out of whatever leaves the runner: replaced in every string, and never painted, so that no still and no frame of the video holds one.

Pure, but for reading `masking.js` beside it. A secret is found plain, in small and capital letters, URL-encoded, escaped for JSON and HTML, in hexadecimal, in
base64 at any offset, and grouped as cards are. Very short values (a country code, a CVC) are hidden in the field where they are typed, not in running text:
to replace every `12` would hide the shop's own prices.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, quote_plus

from scans.capture.redact.shapes import MARK

SCRIPT = Path(__file__).with_name("masking.js")
SHORTEST, SHORTEST_DIGITS, SHORTEST_ENCODED = 4, 5, 6
CARD_DIGITS = 12
VEIL = "•"
WATCHED = ("title", "alt", "placeholder", "label", "aria-label", "aria-description", "aria-valuetext", "summary", "value", "type", "style")


class Secrets:
    """The secret values of one run."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(sorted({value for value in values if _long_enough(value)}, key=lambda value: (-len(value), value)))
        forms = {form for value in self.values for form in _forms(value)}
        self._forms = _one_of(forms)
        self._shown = _one_of(form for value in self.values for form in _shown(value))

    def __repr__(self) -> str:
        return f"<{len(self.values)} secrets>"

    def hide(self, text: str) -> str:
        """The text without any secret, for lines that leave the runner."""
        return self._forms.sub(MARK, text) if self.values else text

    def veil(self, text: str) -> str:
        """The text as a page shows it once `masking.js` went over it."""
        return self._shown.sub(lambda found: VEIL * len(found[0]), text) if self.values else text

    def hold(self, text: str) -> bool:
        return bool(self.values and self._forms.search(text))

    def script(self, origins: Sequence[str]) -> str:
        """What every frame runs before the page's own scripts. Secrets are given to frames of these origins only."""
        shown = [{"text": form, "folded": form.lower(), "digits": form.isdigit()} for value in self.values for form in _shown(value)]
        secrets = [each for each in shown if len(str(each["text"])) == len(str(each["folded"]))]
        config = json.dumps({"origins": list(origins), "secrets": secrets, "watched": list(WATCHED)})
        return f"({SCRIPT.read_text()})({config});"


def _long_enough(value: str) -> bool:
    return len(value.strip()) >= (SHORTEST_DIGITS if value.strip().isdigit() else SHORTEST)


def _shown(value: str) -> Iterator[str]:
    """As a page may show it."""
    yield value
    if value != value.strip():
        yield value.strip()
    if (digits := _digits(value)) and len(digits) >= CARD_DIGITS:
        for mark in ("", " ", "-", "\u00a0"):
            yield mark.join(digits[at : at + 4] for at in range(0, len(digits), 4))
            if len(digits) == 15:  # American Express
                yield mark.join((digits[:4], digits[4:10], digits[10:]))


def _digits(value: str) -> str:
    """The digits of a number that is written with gaps; nothing if it is no number."""
    bare = re.sub(r"[\s-]", "", value)
    return bare if bare.isdigit() else ""


def _forms(value: str) -> Iterator[str]:
    """Every way in which it may be written down in a line that leaves. Letters are compared without case."""
    for shown in _shown(value):
        yield shown
        if len(shown) < SHORTEST_ENCODED:
            continue
        yield quote(shown, safe="")
        yield quote(shown)
        yield quote_plus(shown)
        yield html.escape(shown)
        yield json.dumps(shown)[1:-1]
        yield json.dumps(json.dumps(shown)[1:-1])[1:-1]
        raw = shown.encode(errors="replace")
        yield raw.hex()
        for shift in range(3):
            inside = _inside_base64(raw, shift)
            yield inside
            yield inside.replace("+", "-").replace("/", "_")


def _inside_base64(raw: bytes, shift: int) -> str:
    """The letters that these bytes give in base64, whatever stands around them, when they start `shift` bytes into a group of three."""
    encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
    return encoded[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6]


def _one_of(forms: Iterable[str]) -> re.Pattern[str]:
    """Longest first. A number counts only where no further digit is glued to it."""
    ordered = sorted({form for form in forms if len(form) >= SHORTEST}, key=lambda form: (-len(form), form))
    return re.compile("|".join(rf"(?<!\d){form}(?!\d)" if form.isdigit() else re.escape(form) for form in ordered) or r"(?!)", re.IGNORECASE)
