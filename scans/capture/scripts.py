"""The scripts that ran on a page, external and inline, each with the hash of its body and with who brought it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Literal

from scans import snapshot as form
from scans.capture.record import Parsed, Sent
from scans.classify import vendors
from scans.classify.hosts import host_of

if TYPE_CHECKING:
    from scans.capture.assemble import Page

Json = dict[str, Any]


def found(page: Page) -> list[form.Script]:
    """What V8 compiled, joined with what the document says about it (async, integrity, ...) and with the request that fetched it."""
    said = (page.reading.document or {}).get("scripts", [])
    by_source = {entry["src"]: entry for entry in said if entry["src"]} | {entry["text"]: entry for entry in said if entry["text"]}
    requested = {sent.url.partition("#")[0]: sent for sent in reversed(page.record.requests)}
    return [
        _script(page, parsed, by_source.get((parsed.source if parsed.inline else parsed.url) or "", {}), requested)
        for parsed in page.record.scripts
        if not parsed.is_ours
    ]


def _script(page: Page, parsed: Parsed, said: Json, requested: dict[str, Sent]) -> form.Script:
    url = "" if parsed.inline else parsed.url
    sent = requested.get(url) if url else None
    return form.Script(
        url=url,
        sha256=_keep(page, parsed.source),
        normalised_sha256=parsed.browsers_hash if parsed.source is None and len(parsed.browsers_hash) == 64 else "",
        size=parsed.length if parsed.source is None else len(parsed.source.encode("utf-8", "surrogatepass")),
        inline=parsed.inline,
        party=vendors.party(host_of(url) or page.host, page.host) if url else "first",
        kind=_kind(parsed),
        is_async=said.get("async", False),
        defer=said.get("defer", False),
        integrity=said.get("integrity", ""),
        nonce=said.get("nonce", False),
        frame=parsed.context_url,
        position=said.get("position", 0),
        initiator=page.initiators.of(sent)
        if sent
        else page.initiators.of_urls(parsed.causes or [], parsed.context_url, kind="parser" if parsed.causes is None else "script"),
    )


def _kind(parsed: Parsed) -> Literal["classic", "module", "worker", "eval"]:
    if parsed.worker:
        return "worker"
    if parsed.module:
        return "module"
    return "classic" if parsed.url else "eval"


def _keep(page: Page, source: str | None) -> str:
    """Keep the body; its name. The redactor goes over it later, and the name with it."""
    if source is None:
        return ""
    body = source.encode("utf-8", "surrogatepass")
    name = hashlib.sha256(body).hexdigest()
    page.bodies.scripts[name] = body
    return name
