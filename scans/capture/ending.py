"""How one page ended: what ended it from outside first, then how its navigation went, then who answered and with what. Gives an Outcome, never raises."""

from __future__ import annotations

from collections.abc import Sequence

from scans.capture import blockpage, outcome
from scans.capture.assemble import Page
from scans.capture.page import MAX_NAVIGATIONS
from scans.classify.hosts import host_of
from scans.snapshot import Outcome
from tracefox.egress.ledger import Decision


def of(seen: Page, reason: str, detail: str, decisions: Sequence[Decision]) -> Outcome:
    """`reason` names what ended the page from outside, empty when it came to its own end. `decisions` are the egress guard's."""
    document = seen.record.document
    host = host_of(document.url if document else seen.target.url)
    limits = seen.limits
    if reason in ("deadline", "nav-timeout"):
        return outcome.outcome(reason, host=host, seconds=limits.page_seconds if reason == "deadline" else limits.navigation_seconds)
    if reason:
        return outcome.outcome(reason, host=host, detail=detail)
    if seen.reading.navigation.get("isDownload"):
        return outcome.outcome("download")
    if error := seen.reading.navigation.get("errorText"):
        return _unreached(error, seen, decisions, host)
    return _answered(seen)


def _unreached(error: str, seen: Page, decisions: Sequence[Decision], host: str) -> Outcome:
    if seen.record.plain_text:
        return outcome.outcome("plain-text", detail=seen.record.plain_text[-1])
    said = next((decision for decision in reversed(decisions) if decision.host == host and decision.verdict != "allowed"), None)
    if said and not error.startswith(("net::ERR_CERT", "net::ERR_SSL", "net::ERR_TOO_MANY")):
        return outcome.of_guard(said.verdict, said.reason, host=host, seconds=seen.limits.navigation_seconds)
    return outcome.of_net_error(error, host=host, seconds=seen.limits.navigation_seconds)


def _answered(seen: Page) -> Outcome:
    document, read = seen.record.document, seen.reading.document
    response = (document.response or {}) if document else {}
    status, headers = response.get("status", 0), {name.lower(): value for name, value in response.get("headers", {}).items()}
    html = read["html"] if read else ""
    if who := blockpage.who_blocks(status=status, headers=headers, html=html):
        return outcome.outcome("blocked", detail=who, blocked_by=who)
    if status >= 400:
        return outcome.outcome("http-error", detail=str(status), blocked_by=f"HTTP {status}")
    if response and response.get("mimeType") not in ("text/html", "application/xhtml+xml"):
        return outcome.outcome("not-html", detail=response.get("mimeType") or "data of no stated type")
    if seen.record.navigations > MAX_NAVIGATIONS:
        return outcome.outcome("too-many-redirects")
    if read is None or not seen.reading.load_seen:
        return outcome.outcome("partial", seconds=seen.limits.load_seconds)
    if read["nodes"] <= 3 and not html.rpartition("<body>")[2].partition("</body>")[0].strip():
        return outcome.outcome("empty-page")
    return outcome.outcome("")
