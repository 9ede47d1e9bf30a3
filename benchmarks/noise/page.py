"""A page under construction: the short way to write what a load of it holds. `observation` gives the record that a scan would have kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from scans import snapshot as form
from scans.classify import vendors
from scans.diff import inline

OK = form.Outcome(status="ok")


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


@dataclass
class PageMade:
    """Everything that one load of one page shows."""

    url: str
    site: str
    kind: Literal["page", "payment", "policy"] = "page"
    requests: list[form.Request] = field(default_factory=list)
    scripts: list[form.Script] = field(default_factory=list)
    cookies: list[form.Cookie] = field(default_factory=list)
    storage: list[form.StorageKey] = field(default_factory=list)
    tags: list[form.Tag] = field(default_factory=list)
    forms: list[form.Form] = field(default_factory=list)
    frames: list[form.Frame] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    cmp: str = ""
    banner: bool | None = None
    text: str = ""
    policy: str = ""

    def request(self, url: str, *, kind: str = "image", by: tuple[str, ...] = (), status: int = 200) -> None:
        party = vendors.party(host_of(url), self.site)
        chain = form.Initiator(kind="script" if by else "parser", chain=[*by, self.url])
        self.requests.append(form.Request(url=url, method="GET", type=kind, host=host_of(url), party=party, outcome="loaded", status=status, initiator=chain))

    def script(self, url: str, *, body: str, by: tuple[str, ...] = (), integrity: str = "") -> None:
        self.request(url, kind="script", by=by)
        party = vendors.party(host_of(url), self.site)
        chain = form.Initiator(kind="script" if by else "parser", chain=[*by, self.url])
        name = digest_of(body)
        self.scripts.append(form.Script(url=url, sha256=name, size=len(body), inline=False, party=party, integrity=integrity, initiator=chain))

    def inline(self, text: str) -> None:
        self.scripts.append(
            form.Script(
                url="",
                sha256=digest_of(text),
                size=len(text),
                inline=True,
                party="first",
                normalised_sha256=inline.normalised_sha256(text),
                shape=inline.shape(text),
                reaches=inline.reaches(text),
                position=len(self.scripts),
            )
        )

    def cookie(self, name: str, *, domain: str = "", days: float | None = 365, by: str = "", http_only: bool = False) -> None:
        where = domain or self.site
        self.cookies.append(
            form.Cookie(
                name=name,
                domain=where,
                path="/",
                party=vendors.party(where, self.site),
                expires_in=None if days is None else int(days * 86_400),
                same_site="Lax",
                secure=True,
                http_only=http_only,
                set_by="script" if by else "header",
                set_by_url=by or self.url,
            )
        )

    def observation(self, at: str) -> form.Observation:
        consent = form.Consent(
            cmp=self.cmp,
            banner_visible=self.banner,
            calls=[form.ConsentCall(command="default", signals=self.defaults)] if self.defaults else [],
        )
        return form.Observation(
            url=self.url,
            kind=self.kind,
            outcome=OK,
            final_url=self.url,
            status=200,
            captured_at=at,
            tls=form.Tls(protocol="TLS 1.3", issuer="R11"),
            headers=self.headers,
            requests=self.requests,
            scripts=self.scripts,
            cookies=self.cookies,
            storage=self.storage,
            tags=self.tags,
            consent=consent,
            frames=self.frames,
            forms=self.forms,
            dom=form.Dom(normalised_sha256=digest_of(self.text), nodes=400, size=len(self.text), title="Shop"),
            policy=form.Policy(text_sha256=digest_of(self.policy), words=len(self.policy.split())) if self.policy else None,
        )
