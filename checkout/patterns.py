"""Does an address match its pattern? `*` stands for anything, nothing else is special.

Pure, and linear in the address, whatever the pattern. The whole address must match. Behind `https://` a star in the host never reaches over the end of the
host: `https://*.pay.com/*` does not cover https://evil.test/a.pay.com/b. A pattern that begins with a slash is matched with the path and what follows it.
"""

from __future__ import annotations

import re

_END_OF_HOST = re.compile(r"[/?#\\]")


def match_url(pattern: str, url: str) -> bool:
    """`match_url("https://shop.test/thanks*", "https://shop.test/thanks?order=7")`"""
    scheme, host, rest = _parts(url)
    if pattern.startswith("/"):
        return _covers(pattern, rest)
    if "://" not in pattern:
        return _covers(pattern, url)
    wanted_scheme, wanted_host, wanted_rest = _parts(pattern)
    if wanted_host == "*" and pattern.endswith("://*"):
        wanted_rest = "*"
    return _covers(wanted_scheme, scheme) and _covers(wanted_host, host) and _covers(wanted_rest, rest)


def _parts(url: str) -> tuple[str, str, str]:
    """`https://a.test/b` -> (`https`, `a.test`, `/b`); scheme and host in small letters, since case means nothing there."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return "", "", url
    host = _END_OF_HOST.split(rest, maxsplit=1)[0]
    return scheme.lower(), host.lower(), rest[len(host) :] or "/"


def _covers(pattern: str, text: str) -> bool:
    """Each piece between two stars is taken where it first fits: an earlier place never spoils a later piece."""
    pieces = pattern.split("*")
    if len(pieces) == 1:
        return pattern == text
    if not text.startswith(pieces[0]):
        return False
    position = len(pieces[0])
    for piece in pieces[1:-1]:
        found = text.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    return text.endswith(pieces[-1]) and len(text) - len(pieces[-1]) >= position
