"""How a page, and a scan of pages, can end: the names and the sentences.

Pure. A reason is a name for programs, the sentence is for people and says what to do. `REASONS` is the whole vocabulary; to add one, give it a status and a
sentence here and a page that ends so in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence

from scans.snapshot import Observation, Outcome, Status

REASONS: dict[str, tuple[Status, str]] = {
    # the page was never reached
    "dns": ("failed", "The name {host} does not resolve. Check the spelling, or whether the domain has expired."),
    "refused": ("failed", "{host} did not accept a connection. The server may be down, or block addresses it does not know."),
    "private-address": ("failed", "{host} leads to an address inside a private network. Tracefox only visits public sites."),
    "tls": ("failed", "{host} has no valid certificate ({detail}). A visitor's browser would show a warning; renew or correct the certificate."),
    "plain-text": ("failed", "The page redirects to an address without encryption ({detail}). Tracefox does not follow it; let the site redirect to https."),
    "nav-timeout": ("failed", "{host} took the connection but did not answer within {seconds} seconds."),
    "no-answer": ("failed", "The connection to {host} broke before the page had arrived ({detail})."),
    "too-many-redirects": ("failed", "The page redirects in circles and never shows anything. Open it in a private window to see the same."),
    "not-https": ("failed", "Only addresses that begin with https:// are loaded."),
    # it answered, but not with the page
    "http-error": ("inconclusive", "The page answered with HTTP status {detail}. Check that the address is right and public."),
    "blocked": ("inconclusive", "{detail} answered instead of the site. Allow Tracefox by its user agent in that service, then scan again."),
    "not-html": ("inconclusive", "The address serves {detail}, not a web page. Give the address of a page."),
    "download": ("inconclusive", "The address starts a download and shows no page. Give the address of a page."),
    "empty-page": ("inconclusive", "The page is empty: it answered without any content."),
    # it was seen in part
    "partial": ("inconclusive", "The page did not finish loading within {seconds} seconds. What had arrived until then was kept."),
    "unresponsive": ("inconclusive", "The page kept the browser so busy that it could not be read. What was seen until then was kept."),
    "deadline": ("inconclusive", "The page kept the browser busy past the time limit of {seconds} seconds. What was seen until then was kept."),
    "memory": ("inconclusive", "The page needed more memory than a scan may use ({detail}). What was seen until then was kept."),
    "page-crash": ("inconclusive", "The page crashed the browser's tab. What was seen until then was kept."),
    "limit:max-down": ("inconclusive", "The page loads more than a scan may download. What was seen until then was kept."),
    "limit:max-up": ("inconclusive", "The page sends more than a scan lets through. What was seen until then was kept."),
    "limit:max-open": ("inconclusive", "The page opens more connections at once than a scan may. What was seen until then was kept."),
    "limit:max-connections": ("inconclusive", "The page opens more connections than a scan may. What was seen until then was kept."),
    "limit:max-hosts": ("inconclusive", "The page talks to more hosts than a scan may. What was seen until then was kept."),
    "limit:max-wall": ("inconclusive", "The scan took longer than it may. What was seen until then was kept."),
    # the fault is ours
    "not-understood": ("inconclusive", "What the page did could not be put into a snapshot. We have been told, and will mend it."),
    "browser-crash": ("failed", "The browser ended unexpectedly while it visited {host}."),
    "browser-not-started": ("failed", "{detail} On a machine without network namespaces, see TRACEFOX_EGRESS_ISOLATION in docs/settings.md."),
    "browser-missing": ("failed", "{detail}"),
    "not-reached": ("failed", "The scan ended before it came to this page."),
}

_NET_ERRORS = (
    ("ERR_NAME_NOT_RESOLVED", "dns"),
    ("ERR_TOO_MANY_REDIRECTS", "too-many-redirects"),
    ("ERR_CERT", "tls"),
    ("ERR_SSL", "tls"),
    ("ERR_BAD_SSL", "tls"),
    ("ERR_TIMED_OUT", "nav-timeout"),
    ("ERR_CONNECTION_TIMED_OUT", "nav-timeout"),
    ("ERR_CONNECTION_REFUSED", "refused"),
    ("ERR_ADDRESS_UNREACHABLE", "refused"),
    ("ERR_EMPTY_RESPONSE", "no-answer"),
    ("ERR_BLOCKED_BY_CLIENT", "plain-text"),
    ("ERR_UNSAFE_REDIRECT", "too-many-redirects"),
)

TLS_WORDS = {
    "ERR_CERT_DATE_INVALID": "it has expired or is not valid yet",
    "ERR_CERT_COMMON_NAME_INVALID": "it is made out for another name",
    "ERR_CERT_AUTHORITY_INVALID": "nobody that browsers trust has issued it",
    "ERR_CERT_REVOKED": "it has been revoked",
    "ERR_CERT_WEAK_SIGNATURE_ALGORITHM": "it is signed with a weak method",
    "ERR_SSL_VERSION_OR_CIPHER_MISMATCH": "the server offers no TLS version that is still safe",
    "ERR_SSL_PROTOCOL_ERROR": "the server does not speak TLS correctly",
}

# What the egress guard's own reasons mean for the page itself; any other reason to deny is a target that nobody may visit.
_GUARD_REASONS = {"dns": "dns", "tls-version": "tls", "not-tls": "tls", "slow": "nav-timeout", "websocket-alpn": "no-answer", "sni-differs": "no-answer"}


def outcome(reason: str, *, host: str = "", detail: str = "", seconds: float = 0, blocked_by: str = "") -> Outcome:
    """The outcome with that name, its sentence filled in. No reason is `ok`."""
    if not reason:
        return Outcome(status="ok")
    status, sentence = REASONS[reason]
    return Outcome(status=status, reason=reason, blocked_by=blocked_by, sentence=sentence.format(host=host, detail=detail, seconds=round(seconds)))


def of_net_error(error: str, *, host: str, seconds: float = 0) -> Outcome:
    """Out of Chromium's `net::ERR_...` for the document."""
    code = error.removeprefix("net::")
    reason = next((reason for word, reason in _NET_ERRORS if code.startswith(word)), "no-answer")
    return outcome(reason, host=host, detail=TLS_WORDS.get(code, code), seconds=seconds)


def of_guard(verdict: str, reason: str, *, host: str, seconds: float = 0) -> Outcome:
    """Out of the egress guard's decision about the document's host, which it denied or could not reach."""
    name = _GUARD_REASONS.get(reason, "refused" if verdict == "failed" else "private-address")
    return outcome(name, host=host, detail=TLS_WORDS["ERR_SSL_VERSION_OR_CIPHER_MISMATCH"] if name == "tls" else reason, seconds=seconds)


def of_scan(pages: Sequence[Observation]) -> Outcome:
    """All pages ok: ok. All failed: failed, as the first did. Anything between is inconclusive, as the first that was not ok."""
    troubled = [page for page in pages if page.outcome.status != "ok"]
    if not troubled:
        return Outcome(status="ok")
    first = troubled[0].outcome
    if all(page.outcome.status == "failed" for page in pages):
        return first
    sentence = first.sentence if len(pages) == 1 else f"{len(troubled)} of {len(pages)} pages could not be seen whole. {troubled[0].url}: {first.sentence}"
    return Outcome(status="inconclusive", reason=first.reason, blocked_by=first.blocked_by, sentence=sentence)
