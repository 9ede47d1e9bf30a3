"""The items of a page: what was there, under which key, with which facts. Pure.

To add a category's items: a function that gives them for one page, here or in a module of its own (`script_items`, `form_items`, `consent_items`), and its name
in `EACH`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from scans.classify import cookies, vendors
from scans.classify.hosts import host_of
from scans.diff import consent_items, form_items, headers, names, script_items
from scans.diff.change import Item
from scans.diff.page import Page, Volatile, short
from scans.snapshot import ConsentState, Observation

__all__ = ["EACH", "SECURITY_HEADERS", "Page", "Volatile", "answered", "status"]

SECURITY_HEADERS = frozenset(
    [
        "content-security-policy",
        "content-security-policy-report-only",
        "strict-transport-security",
        "x-frame-options",
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
        "cross-origin-opener-policy",
        "cross-origin-embedder-policy",
        "cross-origin-resource-policy",
    ]
)


def _third_parties(page: Page) -> Iterator[Item]:
    bodies: dict[str, list[str]] = {}
    for script in page.seen.scripts:
        if script.party == "third" and script.url:
            bodies.setdefault(vendors.registrable_domain(host_of(script.url)), []).append(script.sha256)
    contacts: dict[str, list[tuple[str, str, list[str]]]] = {}
    for host, url, chain in _contacts(page.seen):
        if page.whose(host)["party"] == "third":
            contacts.setdefault(vendors.registrable_domain(host), []).append((host, url, chain))
    for domain, made in contacts.items():
        host, url, chain = made[0]
        ran = bodies.get(domain, [])
        more = {"url": url, "chain": chain, "scripts": bool(ran), "bodies": ran if len(ran) == len(made) else []}
        yield Item(category="third_party", key=domain, name=domain, about=page.whose(host) | more)


def _contacts(seen: Observation) -> Iterator[tuple[str, str, list[str]]]:
    for request in seen.requests:
        if request.host and request.outcome != "blocked":
            yield request.host, request.url, request.initiator.chain
    for socket in seen.websockets:
        yield socket.host, socket.url, []  # the page itself told us of it: nothing that it says excuses a party
    for write in seen.writes:
        if write.host:
            yield write.host, write.url, []
    for cookie in seen.cookies:
        if cookie.party == "third":
            yield cookie.domain.lstrip("."), cookie.set_by_url, []


def _tags(page: Page) -> Iterator[Item]:
    chains = {request.url: request.initiator.chain for request in page.seen.requests}
    for tag in page.seen.tags:
        about = {"vendor": tag.vendor, "entity": tag.vendor, "account_id": tag.account_id, "seen_in": tag.seen_in, "url": tag.url}
        if host := host_of(tag.url):
            about = page.whose(host) | about | {"chain": chains.get(tag.url, [])}
        yield Item(category="tag", key=f"{tag.vendor}|{tag.account_id}", name=f"{tag.vendor} {tag.account_id}", facts={"seen_in": tag.seen_in}, about=about)


def _cookies(page: Page) -> Iterator[Item]:
    chains = {request.url: request.initiator.chain for request in page.seen.requests}
    for cookie in page.seen.cookies:
        name, domain = names.cookie(cookie.name), cookie.domain.lstrip(".")
        purpose = _purpose(cookie.name, domain, page.first_party, host_of(cookie.set_by_url))
        facts = {
            "expiry": _expiry(cookie.expires_in),
            "same_site": cookie.same_site,
            "secure": _yes(cookie.secure),
            "http_only": _yes(cookie.http_only),
        }
        more = {"purpose": purpose.purpose, "vendor": purpose.vendor, "source": purpose.source, "set_by": cookie.set_by, "set_by_url": cookie.set_by_url}
        about = page.whose(domain) | more | {"party": cookie.party, "chain": _from(cookie.set_by_url, chains)}
        if purpose.vendor:
            about["entity"] = purpose.vendor
        yield Item(category="cookie", key=f"{name}|{domain}|{cookie.path}", name=f"{name} ({domain})", facts=facts, about=about)


def _cookie_parties(page: Page) -> Iterator[Item]:
    """Whose the cookies of a name are: the site's own, or those of others alone. A domain stands in a cookie's key, so what moves is known by its name."""
    owned = {names.cookie(cookie.name) for cookie in page.seen.cookies if cookie.party == "first"}
    for cookie in page.seen.cookies:
        name = names.cookie(cookie.name)
        if cookie.party == "first" or name not in owned:
            about = page.whose(cookie.domain.lstrip(".")) | {"party": cookie.party}
            yield Item(category="cookie", key=f"party:{name}", name=name, facts={"party": cookie.party}, about=about, presence=False)


def _from(url: str, chains: Mapping[str, list[str]]) -> list[str]:
    """What set a cookie, and what brought that, up to the document."""
    return [url, *chains.get(url, [])] if url else []


def _storage(page: Page) -> Iterator[Item]:
    for stored in page.seen.storage:
        key = names.storage(stored.key)
        about = page.whose(host_of(stored.origin))
        yield Item(category="storage", key=f"{stored.origin}|{stored.area}|{key}", name=f"{key} ({about['host']})", about=about)


def _requests(page: Page) -> Iterator[Item]:
    for request in page.seen.requests:
        if request.type in ("script", "document", "preflight") or not request.host:
            continue
        key = page.key(request.url)
        about = page.whose(request.host) | {"url": request.url, "chain": request.initiator.chain, "type": request.type}
        status = f"{request.status // 100}xx" if request.status else request.outcome
        yield Item(category="request", key=f"{request.method} {request.type} {key}", name=short(request.url), facts={"status": status}, about=about)
    for socket in page.seen.websockets:
        key = page.key(socket.url)
        about = page.whose(socket.host) | {"url": socket.url, "chain": socket.initiator.chain, "type": "websocket"}
        yield Item(category="request", key=f"GET websocket {key}", name=short(socket.url), about=about)
    for write in page.seen.writes:
        key = page.key(write.url)
        about = page.whose(write.host) | {"url": write.url, "type": write.channel}
        yield Item(category="request", key=f"WRITE {write.channel} {key}", name=short(write.url), about=about)


def _policies(page: Page) -> Iterator[Item]:
    if page.seen.policy:
        facts = {"text": page.seen.policy.text_sha256}
        yield Item(category="policy", key=page.seen.url, name=page.seen.dom.title or page.seen.url, facts=facts, presence=False)


def _headers(page: Page) -> Iterator[Item]:
    for name, value in page.seen.headers.items():
        if name in SECURITY_HEADERS:
            yield Item(category="security_header", key=name, name=name, facts={"value": headers.value(name, value)})


def _dom(page: Page) -> Iterator[Item]:
    if page.seen.dom.normalised_sha256:
        about = {"title": page.seen.dom.title, "body": page.seen.dom.normalised_sha256}
        yield Item(category="dom", key="document", name="document", facts={"normalised": page.seen.dom.normalised_sha256}, about=about, presence=False)


def _visual(page: Page) -> Iterator[Item]:
    if shot := page.seen.screenshot:
        moving = [{"x": box.x, "y": box.y, "width": box.width, "height": box.height, "why": box.why} for box in shot.moving]
        yield Item(
            category="visual", key="viewport", name="what a visitor sees first", facts={"screenshot": shot.sha256}, about={"moving": moving}, presence=False
        )


def status(seen: Observation) -> Iterator[Item]:
    """How the page answered: all that is known of one that answers with an error."""
    yield Item(category="availability", key="status", name="status", facts={"value": str(seen.status or "")}, presence=False)


def _availability(page: Page) -> Iterator[Item]:
    yield from status(page.seen)
    facts = {"protocol": page.seen.tls.protocol, "issuer": page.seen.tls.issuer} if page.seen.tls else {}
    for name, value in facts.items():
        yield Item(category="availability", key=name, name=name, facts={"value": value}, presence=False)
    if page.seen.final_url:
        value = page.key(page.seen.final_url.partition("#")[0].partition("?")[0]).rstrip("/")
        yield Item(category="availability", key="final_url", name="address", facts={"value": value}, presence=False)


def answered(state: ConsentState) -> Iterator[Item]:
    """What followed an answer to the banner: the matrix of states and what each left behind."""
    if state.observation.outcome.status != "ok":
        return
    start = f"state:{state.state}:"
    about: dict[str, Any] = {"state": state.state, "verdict": state.verdict, "cmp": state.cmp}
    for signal, value in state.signals.items():
        more = {"signal": signal, "what": "signal"}
        yield Item(category="consent", key=f"{start}signal:{signal}", name=f"{signal} ({state.state})", facts={"value": value}, about=about | more)
    if state.state == "untouched":
        return
    if state.verdict:
        yield Item(category="consent", key=f"{start}verdict", name=f"answer: {state.state}", facts={"value": state.verdict}, about=about, presence=False)
    site = vendors.registrable_domain(host_of(state.observation.url))
    page = Page(state.observation, site, frozenset(), {})
    for kind, items in (("cookie", _cookies(page)), ("request", _third_parties(page)), ("storage", _storage(page))):
        for item in items:
            yield Item(category="consent", key=f"{start}{kind}:{item.key}", name=item.name, about=dict(item.about) | about | {"what": kind})


@lru_cache(maxsize=20_000)
def _purpose(name: str, domain: str, first_party: str, set_by: str) -> cookies.Purpose:
    return cookies.purpose_of(name, domain, first_party=first_party, set_by=set_by)


def _expiry(seconds: int | None) -> str:
    if seconds is None:
        return "session"
    days = seconds / 86_400
    return "day" if days <= 2 else "month" if days <= 32 else "year" if days <= 366 else "13 months" if days <= 397 else "13 months+"


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


EACH: tuple[Callable[[Page], Iterator[Item]], ...] = (
    *(
        script_items.scripts,
        script_items.service_workers,
        _third_parties,
        _tags,
        _cookies,
        _cookie_parties,
        _storage,
        _requests,
        consent_items.consent,
        _policies,
    ),
    *(_headers, form_items.forms, form_items.frames, _dom, _visual, _availability),
)
