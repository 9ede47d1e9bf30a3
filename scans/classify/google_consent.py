"""What Google's hits say about consent: the parameters `gcs` and `gcd` of Consent Mode, decoded.

Pure. `gcs=G1ab` carries ad_storage and analytics_storage as 1 or 0 (`-`: not set). `gcd` carries a letter for each of four signals, which says both the
default and the update. Source: Google's "Consent mode reference" and its debugging guide for tags. What is not understood is left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs

SIGNALS = ("ad_storage", "analytics_storage", "ad_user_data", "ad_personalization")
_GCS = re.compile(r"G1([01-])([01-])")
_GCD = re.compile(r"1[1-9]([a-z])[1-9]([a-z])[1-9]([a-z])[1-9]([a-z])[0-9a-z]{0,12}")
_LETTERS = {
    "p": "denied",  # by default
    "q": "denied",  # by default and by update
    "m": "denied",  # by update
    "u": "denied",  # granted by default, denied by update
    "t": "granted",  # by default
    "r": "granted",  # denied by default, granted by update
    "n": "granted",  # by update
    "v": "granted",  # by default and by update
}


def decode(*, gcs: str = "", gcd: str = "") -> dict[str, str]:
    """Signal -> granted or denied. `gcd` decides where both speak; a signal that was not set is not there."""
    signals: dict[str, str] = {}
    if match := _GCS.fullmatch(gcs):
        signals = {name: "granted" if digit == "1" else "denied" for name, digit in zip(SIGNALS, match.groups(), strict=False) if digit != "-"}
    if match := _GCD.fullmatch(gcd):
        signals |= {name: _LETTERS[letter] for name, letter in zip(SIGNALS, match.groups(), strict=True) if letter in _LETTERS}
    return signals


def of_urls(urls: Iterable[str]) -> dict[str, str]:
    """What the hits say together, a later one over an earlier."""
    signals: dict[str, str] = {}
    for url in urls:
        if "gcs=" in url or "gcd=" in url:
            query = parse_qs(url.partition("?")[2].partition("#")[0])
            signals |= decode(gcs=query.get("gcs", [""])[-1], gcd=query.get("gcd", [""])[-1])
    return signals
