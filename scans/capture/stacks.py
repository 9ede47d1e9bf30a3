"""The URLs on a stack, as DevTools gives it and as an Error writes it. Pure.

A script may call itself what it likes (`//# sourceURL=`), and its name stands on stacks. What counts is where it came from: `Names` keeps both.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


MOST_NAMES = 20_000


@dataclass
class Names:
    """The scripts that gave themselves a name, by the number that the browser gave them, with where they came from; and the names."""

    origins: dict[tuple[str, str], str] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)

    def hear(self, session: str, parsed: Json) -> str:
        """Where a script that was parsed came from; empty for one that was made by another."""
        if not parsed.get("hasSourceURL"):
            return parsed.get("embedderName") or str(parsed["url"])
        origin = str(parsed.get("embedderName") or "")
        if len(self.origins) < MOST_NAMES:
            self.origins[session, parsed["scriptId"]] = origin
            if parsed["url"] != origin:
                self.claimed.add(parsed["url"])
        return origin

    def resolve(self, session: str, stack: Json | None) -> None:
        """Put where they came from in the place of the names on this stack."""
        while stack:
            for frame in stack.get("callFrames", ()):
                frame["url"] = self.origins.get((session, frame.get("scriptId", "")), frame["url"])
            stack = stack.get("parent")


def stack_urls(stack: Json | None) -> list[str]:
    """The URLs on a stack, nearest first, following asynchronous parents, each once."""
    urls: list[str] = []
    while stack and len(urls) < 20:
        for frame in stack.get("callFrames", ()):
            if frame["url"] and frame["url"] not in urls:
                urls.append(frame["url"])
        stack = stack.get("parent")
    return urls


def stack_text_urls(stack: str, *, ours: str, claimed: Set[str] = frozenset()) -> list[str]:
    """The same out of the text of an Error's stack. Our own frames carry the name `ours`; a name that a script gave itself says nothing."""
    urls: list[str] = []
    for line in stack.splitlines():
        place = line.rpartition("(")[2].rstrip(")").removeprefix("    at ").strip()
        url = place.rsplit(":", 2)[0]
        if url.startswith(("https://", "http://", "blob:", "data:")) and ours not in line and url not in claimed and url not in urls:
            urls.append(url)
    return urls
