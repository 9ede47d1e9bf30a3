"""What brought a change, in one word that lists show and filters take: the tag manager's account, or the host of the nearest script above it. Pure.

The word is kept with the change (`Change.cause`), so that a list can be narrowed to it. To know a further kind of cause: a step in `cause_of`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

LONGEST = 200
_ACCOUNT = re.compile(r"\b(GTM-[A-Z0-9]{4,12}|GT-[A-Z0-9]{6,14}|G-[A-Z0-9]{6,14}|AW-[0-9]{6,14})\b")


class Caused(Protocol):
    """A change of the comparison, or a stored one."""

    @property
    def chain(self) -> Sequence[str]: ...

    @property
    def about(self) -> Mapping[str, Any]: ...


def cause_of(change: Caused) -> str:
    """Empty where the page itself holds the thing, or nobody saw what brought it."""
    own = str(change.about.get("url", ""))
    above = [step for step in change.chain[:-1] if step != own]  # the last is the document itself
    for step in above:
        if account := _ACCOUNT.search(step):
            return account[1]
    return next((host for step in above if (host := _host(step))), "")[:LONGEST]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
