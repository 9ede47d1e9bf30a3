"""Which words did a machine make: hashes, UUIDs, versions, points in time? What `urls`, `names` and `inline` agree on.

Pure. A word of digits only is never a hash: it may be somebody's account. When unsure the answer is no, since two keys for one thing are noise, and one key
for two things hides the second. Words that decode to plain text are no hashes either: whoever hides an address in them shall not be overlooked.

To add a form: write its expression here with bounded repeats, and a line in `tests/scans/diff/test_urls.py`.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
VERSION = r"\d{1,6}\.\d{1,6}(?:\.\d{1,8}){1,2}(?:-(?:alpha|beta|rc|canary|next|pre|preview|dev|snapshot|build)[\w.]{0,20})?"
LONGEST = 512

_UUID = re.compile(UUID)
_HEX = re.compile(r"[0-9a-f]{8,128}|[0-9A-F]{8,128}")
_WORDY = re.compile(r"(?:[A-Z]?[a-z]{2,}+)*[_-]?\d{0,4}|[A-Z]{1,24}[_-]?\d{0,4}")
_LONG = re.compile(r"[A-Za-z0-9_-]{20,512}")
_CHUNK = re.compile(r"[A-Za-z0-9_-]{8}|[A-Z0-9]{8}")
_SPEAKS = re.compile(r"[a-z]{5}|\d{3}")
_SWITCH = re.compile(r"[A-Z](?=[a-z0-9])|[a-z](?=[0-9])|[0-9](?=[A-Za-z])|[a-z](?=[A-Z])")
_MOMENT = re.compile(rb"\d{10}(?:\.\d{1,9})?|\d{13}")
_BYTES_OF_TEXT = frozenset((*range(32, 127), 9, 10, 13))
EARLIEST, LATEST = 1_609_459_200, 1_956_528_000


def is_uuid(word: str) -> bool:
    return len(word) == 36 and _UUID.fullmatch(word) is not None


def is_hex(word: str) -> bool:
    """Hexadecimal, eight or more, letters and digits mixed, all in one case."""
    return _HEX.fullmatch(word) is not None and not word.isdigit() and not word.isalpha() and not _is_text(word)


@lru_cache(maxsize=20_000)
def is_hash(word: str, *, in_file_name: bool = False) -> bool:
    """In a file name, between a dot or hyphen and the extension, less is enough: bundlers put eight characters there."""
    if not 8 <= len(word) <= LONGEST:
        return False
    if is_hex(word):
        return in_file_name or len(word) >= 16 or _switches(word) >= 2
    if in_file_name and len(word) == 8 and _CHUNK.fullmatch(word):
        return _is_scrambled(word)
    return _LONG.fullmatch(word) is not None and _is_random(word) and not _is_text(word)


def is_epoch(digits: str) -> bool:
    """Seconds or milliseconds, from 2021 to 2031. The same answer at any time, so that no key changes by itself."""
    return len(digits) in {10, 13} and digits.isdecimal() and EARLIEST <= int(digits[:10]) < LATEST


def _switches(word: str) -> int:
    return len(_SWITCH.findall(word))


def _is_scrambled(word: str) -> bool:
    """Eight characters that no word, no CamelCase name and no number with a few letters explains."""
    if word.islower() or word.isdigit() or all(_WORDY.fullmatch(part) for part in re.split(r"[-_]", word)) or _SPEAKS.search(word):
        return False
    return _switches(word) >= (2 if any(letter.isdigit() for letter in word) else 3)


def _is_random(word: str) -> bool:
    """Digits and letters that change places often, and no names joined by hyphens or underscores."""
    plain = word.replace("-", "").replace("_", "")
    if plain.isdigit() or (plain.isalpha() and (plain.islower() or plain.isupper())):
        return False
    parts = re.split(r"[-_]", word)
    if len(parts) > 1 and all(_WORDY.fullmatch(part) or part.isdigit() for part in parts):
        return False
    return _switches(word) >= max(5, len(word) // (4 if any(letter.isdigit() for letter in plain) else 3))


def _is_text(word: str) -> bool:
    """What base64 or hexadecimal letters spell out when decoded, if all of it can be read."""
    try:
        plain = bytes.fromhex(word) if _HEX.fullmatch(word) and len(word) % 2 == 0 else base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    except (ValueError, binascii.Error):
        return False
    return len(plain) >= 8 and _BYTES_OF_TEXT.issuperset(plain) and not _MOMENT.fullmatch(plain)
