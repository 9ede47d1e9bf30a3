"""The items of a page: what was there, under which key, with which facts. Pure.

To add a category's items: a function here that gives them for one page, and its name in `EACH`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scans.classify import cookies, vendors
from scans.classify.hosts import host_of
from scans.diff import headers, inline, names, urls
from scans.diff.change import Item
from scans.snapshot import ConsentState, Observation, Script

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
MONTH = 30 * 86_400
Volatile = Set[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a load. `volatile` are URL parameters that say nothing; `bodies` come by their hash."""

    seen: Observation
    first_party: str
    volatile: Volatile
    bodies: Mapping[str, bytes]


@lru_cache(maxsize=20_000)
def _whose(host: str, first_party: str) -> dict[str, Any]:
    vendor = vendors.entity_of(host)
    domain = vendors.registrable_domain(host)
    party = "first" if domain == first_party else "third"
    return {"host": host, "domain": domain, "entity": vendor.entity, "vendor_category": vendor.category, "party": party}


def _scripts(page: Page) -> Iterator[Item]:
    for script in page.seen.scripts:
        chain = script.initiator.chain
        if script.inline or not script.url:
            yield _inline(script, page)
            continue
        if script.url.startswith("blob:"):
            continue  # its name is drawn anew in each load; what it runs was loaded by a script that is here
        about = _whose(host_of(script.url), page.first_party) | {"url": script.url, "kind": script.kind, "chain": chain, "body": script.sha256}
        facts = {"integrity": script.integrity, "loading": "async" if script.is_async else "defer" if script.defer else ""}
        if script.sha256:
            facts["sha256"] = script.sha256
        key = urls.key(script.url, first_party=page.first_party, volatile=page.volatile)
        yield Item(category="script", key=key, name=_short(script.url), facts=facts, about=about)
        if script.sha256 and urls.is_immutable(script.url, integrity=script.integrity):
            facts = {"sha256": script.sha256}
            yield Item(category="script", key=f"exact:{script.url}", name=_short(script.url), facts=facts, about=about | {"immutable": True}, presence=False)


def _inline(script: Script, page: Page) -> Item:
    normalised, shape, reaches = script.normalised_sha256, script.shape, script.reaches
    if not shape and (body := page.bodies.get(script.sha256)) is not None:
        text = body.decode("utf-8", "replace")
        normalised, shape, reaches = inline.normalised_sha256(text), inline.shape(text), inline.reaches(text)
    facts = {"sha256": normalised or script.sha256, "reaches": " ".join(reaches)}
    about = {"inline": True, "body": script.sha256, "position": script.position, "reaches": reaches, "chain": script.initiator.chain, "party": "first"}
    return Item(category="script", key=f"inline:{shape or script.sha256}", name=f"inline script {script.position + 1}", facts=facts, about=about)


def _third_parties(page: Page) -> Iterator[Item]:
    bodies: dict[str, list[str]] = {}
    for script in page.seen.scripts:
        if script.party == "third" and script.url:
            bodies.setdefault(vendors.registrable_domain(host_of(script.url)), []).append(script.sha256)
    contacts: dict[str, list[tuple[str, str, list[str]]]] = {}
    for host, url, chain in _contacts(page.seen):
        if _whose(host, page.first_party)["party"] == "third":
            contacts.setdefault(vendors.registrable_domain(host), []).append((host, url, chain))
    for domain, made in contacts.items():
        host, url, chain = made[0]
        ran = bodies.get(domain, [])
        more = {"url": url, "chain": chain, "scripts": bool(ran), "bodies": ran if len(ran) == len(made) else []}
        yield Item(category="third_party", key=domain, name=domain, about=_whose(host, page.first_party) | more)


def _contacts(seen: Observation) -> Iterator[tuple[str, str, list[str]]]:
    for request in seen.requests:
        if request.host and request.outcome != "blocked":
            yield request.host, request.url, request.initiator.chain
    for socket in seen.websockets:
        yield socket.host, socket.url, socket.initiator.chain
    for write in seen.writes:
        if write.host:
            yield write.host, write.url, []
    for cookie in seen.cookies:
        if cookie.party == "third":
            yield cookie.domain.lstrip("."), cookie.set_by_url, []


def _tags(page: Page) -> Iterator[Item]:
    for tag in page.seen.tags:
        about = {"vendor": tag.vendor, "entity": tag.vendor, "account_id": tag.account_id, "seen_in": tag.seen_in, "url": tag.url}
        yield Item(category="tag", key=f"{tag.vendor}|{tag.account_id}", name=f"{tag.vendor} {tag.account_id}", about=about)


def _cookies(page: Page) -> Iterator[Item]:
    for cookie in page.seen.cookies:
        name, domain = names.cookie(cookie.name), cookie.domain.lstrip(".")
        purpose = _purpose(cookie.name, domain, page.first_party, host_of(cookie.set_by_url))
        facts = {
            "expiry": _expiry(cookie.expires_in),
            "same_site": cookie.same_site,
            "secure": _yes(cookie.secure),
            "http_only": _yes(cookie.http_only),
            "party": cookie.party,
        }
        more = {"purpose": purpose.purpose, "vendor": purpose.vendor, "source": purpose.source, "set_by": cookie.set_by, "set_by_url": cookie.set_by_url}
        about = _whose(domain, page.first_party) | more | {"party": cookie.party, "chain": [cookie.set_by_url] if cookie.set_by_url else []}
        if purpose.vendor:
            about["entity"] = purpose.vendor
        yield Item(category="cookie", key=f"{name}|{domain}|{cookie.path}", name=f"{name} ({domain})", facts=facts, about=about)


def _storage(page: Page) -> Iterator[Item]:
    for stored in page.seen.storage:
        key = names.storage(stored.key)
        about = _whose(host_of(stored.origin), page.first_party)
        yield Item(category="storage", key=f"{stored.origin}|{stored.area}|{key}", name=f"{key} ({about['host']})", about=about)


def _requests(page: Page) -> Iterator[Item]:
    for request in page.seen.requests:
        if request.type in ("script", "document", "preflight") or not request.host:
            continue
        key = urls.key(request.url, first_party=page.first_party, volatile=page.volatile)
        about = _whose(request.host, page.first_party) | {"url": request.url, "chain": request.initiator.chain, "type": request.type}
        status = f"{request.status // 100}xx" if request.status else request.outcome
        yield Item(category="request", key=f"{request.method} {request.type} {key}", name=_short(request.url), facts={"status": status}, about=about)
    for socket in page.seen.websockets:
        key = urls.key(socket.url, first_party=page.first_party, volatile=page.volatile)
        about = _whose(socket.host, page.first_party) | {"url": socket.url, "chain": socket.initiator.chain, "type": "websocket"}
        yield Item(category="request", key=f"GET websocket {key}", name=_short(socket.url), about=about)
    for write in page.seen.writes:
        key = urls.key(write.url, first_party=page.first_party, volatile=page.volatile)
        about = _whose(write.host, page.first_party) | {"url": write.url, "type": write.channel}
        yield Item(category="request", key=f"WRITE {write.channel} {key}", name=_short(write.url), about=about)


def _consent(page: Page) -> Iterator[Item]:
    consent = page.seen.consent
    yield Item(category="consent", key="cmp", name="consent platform", facts={"value": consent.cmp}, presence=False)
    shown = "" if consent.banner_visible is None else "shown" if consent.banner_visible else "hidden"
    yield Item(category="consent", key="banner", name="consent banner", facts={"value": shown}, presence=False, about={"cmp": consent.cmp})
    for command in ("default", "update"):
        signals: dict[str, str] = {}
        for call in consent.calls:
            if call.command == command and not call.region:
                signals |= call.signals
        for signal, value in signals.items():
            yield Item(category="consent", key=f"{command}:{signal}", name=f"{signal} ({command})", facts={"value": value}, about={"signal": signal})


def _policies(page: Page) -> Iterator[Item]:
    if page.seen.policy:
        facts = {"text": page.seen.policy.text_sha256}
        yield Item(category="policy", key=page.seen.url, name=page.seen.dom.title or page.seen.url, facts=facts, presence=False)


def _headers(page: Page) -> Iterator[Item]:
    for name, value in page.seen.headers.items():
        if name in SECURITY_HEADERS:
            yield Item(category="security_header", key=name, name=name, facts={"value": headers.value(name, value)})


def _forms(page: Page) -> Iterator[Item]:
    for number, form in enumerate(page.seen.forms):
        facts = {"action": form.action.partition("?")[0].partition("#")[0], "method": form.method.lower(), "fields": ", ".join(form.fields)}
        about = _whose(host_of(form.action), page.first_party) | {"url": form.action}
        yield Item(category="form", key=f"form:{form.name or number + 1}", name=f"form {form.name or number + 1}", facts=facts, about=about)
    if page.seen.kind == "payment":
        for frame in page.seen.frames:
            host = host_of(frame.url)
            if host and frame.party == "third":
                about = _whose(host, page.first_party) | {"url": frame.url}
                yield Item(category="form", key=f"frame:{about['domain']}", name=f"frame of {host}", facts={"origin": f"https://{host}"}, about=about)


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


def answered(state: ConsentState) -> Iterator[Item]:
    """What followed an answer to the banner: the matrix of states and what each left behind."""
    if state.state == "untouched":
        return
    start = f"state:{state.state}:"
    about: dict[str, Any] = {"state": state.state, "verdict": state.verdict, "cmp": state.cmp}
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


def _short(url: str) -> str:
    return url.split("?", 1)[0].removeprefix("https://")[:200]


EACH: tuple[Callable[[Page], Iterator[Item]], ...] = (
    *(_scripts, _third_parties, _tags, _cookies, _storage, _requests, _consent, _policies, _headers, _forms, _dom, _visual, _availability),
)
