"""The cookies of a page, never their values, and who set each: a response's header, or a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from scans import snapshot as form
from scans.capture.record import Sent
from scans.classify import vendors
from scans.classify.hosts import host_of

if TYPE_CHECKING:
    from scans.capture.assemble import Page

SAME_SITE: dict[str, Literal["", "Strict", "Lax", "None"]] = {"Strict": "Strict", "Lax": "Lax", "None": "None"}

Json = dict[str, Any]
Setter = tuple[Literal["header", "script", "unknown"], str]


def cookies(page: Page, *, now: float) -> list[form.Cookie]:
    hops: dict[str, list[Sent]] = {}
    for sent in page.record.requests:
        hops.setdefault(sent.request_id, []).append(sent)
    kept = page.reading.cookies[: page.limits.cookies]
    if len(page.reading.cookies) > len(kept):
        page.record.truncated["cookies"] = [len(kept), len(page.reading.cookies)]
    return [_cookie(page, cookie, hops, now) for cookie in kept]


def _cookie(page: Page, cookie: Json, hops: dict[str, list[Sent]], now: float) -> form.Cookie:
    domain = cookie["domain"].lstrip(".")
    by, url = _set_by(page, cookie["name"], domain, bool(cookie["httpOnly"]), hops)
    return form.Cookie(
        name=cookie["name"][:256],
        domain=domain,
        path=cookie["path"],
        party=vendors.party(domain, page.host),
        expires_in=None if cookie.get("session", cookie["expires"] < 0) else round(cookie["expires"] - now),
        same_site=SAME_SITE.get(cookie.get("sameSite", ""), ""),
        secure=bool(cookie["secure"]),
        http_only=bool(cookie["httpOnly"]),
        partitioned="partitionKey" in cookie,
        host_only=not cookie["domain"].startswith("."),
        value_size=len(cookie["value"]),
        set_by=by,
        set_by_url=url,
    )


def _set_by(page: Page, name: str, domain: str, http_only: bool, hops: dict[str, list[Sent]]) -> Setter:
    """A script cannot set an HttpOnly cookie; where a header and a script both tried another one, the script is named: it came later."""
    if not http_only:
        for said, chain in page.record.script_cookies:
            if said == name:
                return "script", chain[0] if chain else page.final_url
    for said, number, hop in page.record.header_cookies:
        answered = hops.get(number, [])[hop : hop + 1] if said == name else []
        for sent in answered:
            host = host_of(sent.url)
            if host == domain or host.endswith("." + domain):
                return "header", sent.url
    return "unknown", ""
