"""The scripts of a page as items: under which key, with which content, and which hosts they name. Pure.

A script whose body could not be kept has a content too: UNREAD with what the browser says of it, so that nothing vanishes from sight by being long.
"""

from __future__ import annotations

from collections.abc import Iterator

from scans.classify import vendors
from scans.classify.hosts import host_of
from scans.diff import inline, urls
from scans.diff.change import Item
from scans.diff.page import Page, short
from scans.snapshot import Script

UNREAD = "unread"


def scripts(page: Page) -> Iterator[Item]:
    for script in page.seen.scripts:
        if script.inline or not script.url:
            yield _inline(script, page)
        elif not script.url.startswith("blob:"):  # its name is drawn anew in each load; what it runs was loaded by a script that is here
            yield from _external(script, page)


def service_workers(page: Page) -> Iterator[Item]:
    """They outlive the page and answer for the network, so each is a thing of its own. A scan starts none."""
    for worker in page.seen.workers:
        if worker.kind == "service":
            key = f"service_worker:{page.key(worker.url)}"
            yield Item(category="script", key=key, name=short(worker.url), about=page.whose(host_of(worker.url)) | {"url": worker.url})


def _external(script: Script, page: Page) -> Iterator[Item]:
    more = {"url": script.url, "kind": script.kind, "chain": script.initiator.chain, "body": script.sha256}
    about = page.whose(host_of(script.url)) | more
    content = script.sha256 or f"{UNREAD} {script.normalised_sha256}".strip()
    facts = {"integrity": script.integrity, "loading": "async" if script.is_async else "defer" if script.defer else "", "sha256": content}
    if script.sha256:
        facts["reaches"] = " ".join(host for host in _reaches(script, page) if vendors.registrable_domain(host) != page.first_party)
    yield Item(category="script", key=page.key(script.url), name=short(script.url), facts=facts, about=about)
    if exact := _exact(script):
        yield Item(category="script", key=exact, name=short(script.url), facts={"sha256": content}, about=about | {"immutable": True}, presence=False)


def _exact(script: Script) -> str:
    """What fixes the content: the address, or else the page's own word, which a deploy changes together with the file."""
    if urls.is_immutable(script.url):
        return f"exact:{script.url}"
    return f"exact:{script.url}#{script.integrity}" if urls.is_immutable(script.url, integrity=script.integrity) else ""


def _reaches(script: Script, page: Page) -> list[str]:
    if script.reaches or (body := page.bodies.get(script.sha256)) is None:
        return script.reaches
    return inline.reaches(body.decode("utf-8", "replace"))


def _inline(script: Script, page: Page) -> Item:
    normalised, shape, reaches = script.normalised_sha256, script.shape, script.reaches
    if not shape and (body := page.bodies.get(script.sha256)) is not None:
        text = body.decode("utf-8", "replace")
        normalised, shape, reaches = inline.normalised_sha256(text), inline.shape(text), inline.reaches(text)
    facts = {"sha256": normalised or script.sha256 or UNREAD, "reaches": " ".join(reaches)}
    about = {"inline": True, "body": script.sha256, "position": script.position, "reaches": reaches, "chain": script.initiator.chain, "party": "first"}
    return Item(category="script", key=f"inline:{shape or script.sha256}", name=f"inline script {script.position + 1}", facts=facts, about=about)
