"""The URLs on a stack, as DevTools gives it and as an Error writes it. Pure."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def stack_urls(stack: Json | None) -> list[str]:
    """The URLs on a stack, nearest first, following asynchronous parents, each once."""
    urls: list[str] = []
    while stack and len(urls) < 20:
        for frame in stack.get("callFrames", ()):
            if frame["url"] and frame["url"] not in urls:
                urls.append(frame["url"])
        stack = stack.get("parent")
    return urls


def stack_text_urls(stack: str, *, ours: str) -> list[str]:
    """The same out of the text of an Error's stack. Our own frames carry the name `ours`."""
    urls: list[str] = []
    for line in stack.splitlines():
        place = line.rpartition("(")[2].rstrip(")").removeprefix("    at ").strip()
        url = place.rsplit(":", 2)[0]
        if url.startswith(("https://", "http://", "blob:", "data:")) and ours not in line and url not in urls:
            urls.append(url)
    return urls
