"""The read-only promise, in the browser: what a page may send and what is answered for it locally.

Pure. Every request of every frame and worker is paused once before it leaves and asked about here; what writes is answered with an empty 204 and noted, so
that nothing of it reaches the site and the page does not retry. Behind this stand the egress guard (no WebSocket, no plain text, no datagram) and the
cut before the browser is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

CHANNELS = {
    "Ping": "beacon",
    "CSPViolationReport": "csp-report",
    "Document": "form",
    "XHR": "fetch",
    "Fetch": "fetch",
    "Preflight": "preflight",
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Passage:
    """`command` and `params` answer the paused request; `write` names the channel when it was an attempt to write, `refused` says why it was dropped."""

    command: str
    params: Json
    write: str = ""
    refused: str = ""


def judge(paused: Json) -> Passage:
    """Decide about one `Fetch.requestPaused` event."""
    request = paused["request"]
    method, headers = request["method"].upper(), {name.lower(): value for name, value in request["headers"].items()}
    number = {"requestId": paused["requestId"]}
    if not request["url"].startswith("https://") and not _is_local(request["url"]):
        return Passage("Fetch.failRequest", number | {"errorReason": "BlockedByClient"}, refused="plain-text")
    if method not in SAFE_METHODS:
        return Passage("Fetch.fulfillRequest", number | _empty_answer(headers), write=CHANNELS.get(paused["resourceType"], paused["resourceType"].lower()))
    if method == "OPTIONS" and headers.get("access-control-request-method", "GET").upper() not in SAFE_METHODS:
        return Passage("Fetch.fulfillRequest", number | _empty_answer(headers), refused="preflight of a write")
    return Passage("Fetch.continueRequest", number)


def _is_local(url: str) -> bool:
    """Served out of the browser itself: nothing leaves."""
    return url.startswith(("data:", "blob:", "about:"))


def _empty_answer(headers: Json) -> Json:
    """204, readable by whichever origin asked, so that the page sees a success and goes on."""
    allowed = {
        "Access-Control-Allow-Origin": headers.get("origin") or "*",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": headers.get("access-control-request-method", "POST"),
        "Access-Control-Allow-Headers": headers.get("access-control-request-headers", "content-type"),
        "Cache-Control": "no-store",
    }
    return {"responseCode": 204, "responseHeaders": [{"name": name, "value": value} for name, value in allowed.items()]}
