"""Who caused a request: the chain from the nearest cause up to the page's own document.

Pure. A script's request names the scripts on its stack; each of those was itself requested by somebody; the chain follows the first known request of each
URL until it reaches a document that nobody requested.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from scans.capture.record import Sent
from scans.snapshot import Initiator

LONGEST = 12
KINDS: dict[str, Literal["parser", "script", "preload", "redirect", "preflight", "other"]] = {
    "parser": "parser",
    "script": "script",
    "preload": "preload",
    "redirect": "redirect",
    "preflight": "preflight",
}


class Initiators:
    """Built once from all requests of a page; then asked for the chain of a request, or of anything that a stack caused."""

    def __init__(self, requests: Iterable[Sent]) -> None:
        self._nearest: dict[str, list[str]] = {}
        for sent in requests:
            self._nearest.setdefault(sent.url.partition("#")[0], _causes(sent))

    def of(self, sent: Sent) -> Initiator:
        return Initiator(kind=KINDS.get(sent.initiator.get("type", ""), "other"), chain=self._follow(_causes(sent), sent.url))

    def of_urls(self, urls: list[str], document: str, *, kind: Literal["script", "parser"] = "script") -> Initiator:
        return Initiator(kind=kind, chain=self._follow(urls or ([document] if document else []), ""))

    def _follow(self, causes: list[str], asked_for: str) -> list[str]:
        chain: list[str] = []
        while causes and len(chain) < LONGEST:
            nearest = causes[0]
            if nearest in chain or nearest == asked_for:
                break
            chain.append(nearest)
            further = self._nearest.get(nearest, [])
            causes = further or [url for url in causes[1:] if url not in chain]
        return chain


def _causes(sent: Sent) -> list[str]:
    """The URLs that caused this request, nearest first."""
    initiator = sent.initiator
    urls = [url.partition("#")[0] for url in initiator.get("urls", ())]
    if not urls and initiator.get("url"):
        urls = [initiator["url"].partition("#")[0]]
    if not urls and sent.type != "Document" and sent.document_url:
        urls = [sent.document_url.partition("#")[0]]
    return urls
