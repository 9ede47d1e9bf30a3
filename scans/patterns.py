"""What a pattern of an ignore rule covers: text in which `*` stands for anything.

Pure, and linear in the text, whatever the pattern. The pattern must cover a name from end to end; case does not matter. Since anybody can choose the path of
an address, a star never reaches over the end of a host: `*.vendor.com/*` covers addresses on vendor.com, and none on another host that has `vendor.com` in
its path. A pattern without a slash covers names, hosts and domains, never addresses. `*/card.js` means: on any host, in any folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

END_OF_HOST = re.compile(r"[/?#\\]")


def covers(pattern: str, names: Iterable[str]) -> bool:
    """Is one of these names as the pattern says?"""
    pattern = pattern.casefold()
    if "/" not in pattern:
        return any(_glob(pattern, name.casefold()) for name in names if "/" not in name)
    return any(_covers_address(pattern, name.casefold()) for name in names)


def _covers_address(pattern: str, name: str) -> bool:
    scheme, host, path = _parts(pattern)
    if host.strip("*") == "":
        return _glob(pattern, name)
    name_scheme, name_host, name_path = _parts(name)
    return (not scheme or _glob(scheme, name_scheme)) and _glob(host, name_host) and _glob(path, name_path)


def _parts(text: str) -> tuple[str, str, str]:
    """`https://a.test/b` -> (`https`, `a.test`, `/b`)."""
    scheme, mark, rest = text.partition("://")
    if not mark:
        scheme, rest = "", text
    host = END_OF_HOST.split(rest, maxsplit=1)[0]
    return scheme, host, rest[len(host) :]


def _glob(pattern: str, text: str) -> bool:
    first, *others = pattern.split("*")
    if not others:
        return text == pattern
    *middle, last = others
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        if (found := text.find(part, at, end)) < 0:
            return False
        at = found + len(part)
    return True
