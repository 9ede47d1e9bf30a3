"""The register of payment pages: every script and security header of each, why it is there, and who authorised it. Evidence for PCI DSS 6.4.3 and 11.6.1.

`update` is called in the transaction that ends a scan; people justify and authorise. A content that changes keeps its authorisation, and says that it changed
since. What is gone stays in the register with the time when it went, and so does all of it when the page is no payment page any more. People decide about
what they saw: `hold` refuses where it is another by now. The register states what was seen and decided; it judges nothing. To add a kind of thing: a value of
`RegisterEntry.Kind`, and a generator beside `_scripts`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from accounts import audit
from accounts.models import AuditEvent, User, Workspace
from scans.classify import hosts, vendors
from scans.diff import digest, headers, urls
from scans.models import Evidence, Page, RegisterEntry, Site
from scans.snapshot import Observation, Script, Snapshot

EVIDENCE_FOR = "evidence for PCI DSS 6.4.3 and 11.6.1"
LONGEST_JUSTIFICATION, LONGEST_NAME, LONGEST_ENTITY, LONGEST_VALUE = 2000, 500, 200, 4000
SRI, BODY_WATCHED, VALUE_WATCHED = "SRI", "hash of the body watched", "value watched"
ADDRESS_WATCHED = "address watched, the body could not be read"
SEEN = ("name", "entity", "integrity", "sha256", "body", "value")
UPDATED = (*SEEN, "last_seen_at", "gone_at", "changed_at")
State = Literal["gone", "changed", "authorised", "justified", "open"]
STATES: dict[State, str] = {
    "open": "Not justified",
    "justified": "Justified, not authorised",
    "authorised": "Authorised",
    "changed": "Changed since authorised",
    "gone": "Gone",
}


class JustificationMissing(ValueError):
    """A thing on a payment page is justified in words before it is authorised."""


class Outdated(Exception):
    """What stands in the register by now is not what was looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An entry as people read it. `authorised_by` is a name that stays when the person is gone; of a program, the name of its key."""

    entry: RegisterEntry
    page: Page
    authorised_by: str

    @property
    def state(self) -> State:
        return state(self.entry)

    @property
    def is_watched(self) -> bool:
        return self.page.kind == Page.Kind.PAYMENT

    @property
    def label(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    kind: RegisterEntry.Kind
    key: str
    name: str
    integrity: str
    sha256: str
    entity: str = ""
    body: str = ""
    value: str = ""


def update(site: Site, snapshot: Snapshot, *, now: datetime, volatile: AbstractSet[tuple[str, str, str]] = frozenset()) -> None:
    """Note what a scan saw on the site's payment pages. A page that did not answer as itself changes nothing."""
    seen = {page.url: page for page in snapshot.observations if page.kind == "payment" and page.outcome.status == "ok"}
    if not seen:
        return
    first_party = vendors.registrable_domain(hosts.host_of(site.url))
    pages = Page.objects.for_workspace(site.workspace_id).filter(site=site, kind=Page.Kind.PAYMENT, url__in=seen)
    for page in pages.select_for_update():  # one that is removed meanwhile waits
        observation = seen[page.url]
        _note(page, [*_scripts(observation, first_party, volatile), *_headers(observation)], now=now)


def state(entry: RegisterEntry) -> State:
    if entry.gone_at is not None:
        return "gone"
    if entry.authorised_at is None:
        return "justified" if entry.justification else "open"
    return "changed" if entry.changed_at is not None and entry.changed_at > entry.authorised_at else "authorised"


def rows(where: Site | Page) -> list[Row]:
    """The register of a site, or of one page: page by page, scripts before headers, what is gone last. Also of pages that were payment pages once."""
    site = where if isinstance(where, Site) else where.site
    entries = RegisterEntry.objects.for_workspace(site.workspace_id)
    entries = entries.filter(page__site=site) if isinstance(where, Site) else entries.filter(page=where)
    found = read(entries, workspace=site.workspace_id)
    return sorted(found, key=lambda row: (row.page.position, row.page.url, row.state == "gone", row.entry.kind != "script", row.entry.name, row.entry.key))


def read(entries: QuerySet[RegisterEntry], *, workspace: Workspace | UUID) -> list[Row]:
    """Entries of a workspace as people read them, in one query."""
    names = AuditEvent.objects.for_workspace(workspace).filter(action="register.authorised", subject_kind="registerentry")
    newest = names.filter(subject_id=Cast(OuterRef("pk"), CharField())).order_by("-at", "-id").values("actor_name")[:1]
    found: Any = entries.select_related("page").annotate(authorised_name=Subquery(newest))
    return [Row(entry=entry, page=entry.page, authorised_by=(entry.authorised_name or "") if entry.authorised_at else "") for entry in found]


def pages(site: Site) -> list[Page]:
    """Those that are payment pages, and those that were and have a register."""
    found = Page.objects.for_workspace(site.workspace_id).filter(site=site)
    return list(found.filter(Q(kind=Page.Kind.PAYMENT) | Exists(RegisterEntry.objects.for_workspace(site.workspace_id).filter(page=OuterRef("pk")))))


def decided(page: Page) -> int:
    """How many of a page's entries somebody has justified."""
    return RegisterEntry.objects.for_workspace(page.site.workspace_id).filter(page=page).exclude(justification="").count()


def bodies(site: Site, found: Iterable[Row]) -> dict[str, Evidence]:
    """The newest stored body for each hash that these entries name, in one query."""
    named = {row.entry.body for row in found if row.entry.body}
    stored = Evidence.objects.for_workspace(site.workspace_id).filter(snapshot__scan__site=site, kind="script", sha256__in=named)
    return {one.sha256: one for one in stored.order_by("sha256", "-snapshot__captured_at").distinct("sha256")}


def stands(entry: RegisterEntry) -> str:
    """Another as soon as somebody justifies, authorises or withdraws."""
    return hashlib.sha256(f"{entry.justification}\0{entry.authorised_at or ''}".encode()).hexdigest()[:16]


def hold(entry: RegisterEntry, *, sha256: str | None = None, stood: str | None = None) -> None:
    """Lock an entry until the transaction ends, if it is still what its reader saw: this content, and so decided about."""
    _lock(entry)
    if sha256 is not None and sha256 != entry.sha256:
        raise Outdated(f"A scan saw another content of {entry.name} since you looked. Look at it again, then decide.")
    if stood is not None and stood != stands(entry):
        raise Outdated(f"Somebody else decided about {entry.name} since you looked. Look at it again, then decide.")


@transaction.atomic
def justify(entry: RegisterEntry, *, by: User | None, justification: str, now: datetime, program: str = "") -> None:
    """Say why it is there. New words withdraw an authorisation that was given for others."""
    justification = justification.replace("\r\n", "\n").strip()
    if not justification:
        raise JustificationMissing("Say why this is needed on the payment page.")
    if len(justification) > LONGEST_JUSTIFICATION:
        raise JustificationMissing(f"A justification may have at most {LONGEST_JUSTIFICATION} characters.")
    _lock(entry)
    if entry.justification == justification:
        return
    was_authorised = entry.authorised_at is not None
    entry.justification, entry.authorised_by, entry.authorised_at = justification, None, None
    entry.save(update_fields=["justification", "authorised_by", "authorised_at"])
    _record(entry, "register.justified", by=by, now=now, program=program, justification=justification, was_authorised=was_authorised)


@transaction.atomic
def authorise(entry: RegisterEntry, *, by: User | None, now: datetime, program: str = "") -> None:
    """Somebody stands for it, as it is now. Also again, after its content changed."""
    _lock(entry)
    if not entry.justification:
        raise JustificationMissing("Say why this is needed on the payment page, then authorise it.")
    if state(entry) == "authorised":
        return
    entry.authorised_by, entry.authorised_at = by, now
    entry.save(update_fields=["authorised_by", "authorised_at"])
    _record(entry, "register.authorised", by=by, now=now, program=program, sha256=entry.sha256, justification=entry.justification)


@transaction.atomic
def withdraw(entry: RegisterEntry, *, by: User | None, now: datetime, program: str = "") -> None:
    """Nobody stands for it any more. Its justification stays."""
    _lock(entry)
    if entry.authorised_at is not None:
        entry.authorised_by, entry.authorised_at = None, None
        entry.save(update_fields=["authorised_by", "authorised_at"])
        _record(entry, "register.withdrawn", by=by, now=now, program=program)


def _note(page: Page, found: Iterable[_Seen], *, now: datetime) -> None:
    seen = {(kind, key): _merged(list(same)) for (kind, key), same in groupby(sorted(found, key=_identity), key=_identity)}
    known = {(entry.kind, entry.key): entry for entry in RegisterEntry.objects.for_workspace(page.site.workspace_id).filter(page=page).select_for_update()}
    for identity, entry in known.items():
        if one := seen.pop(identity, None):
            if entry.sha256 and one.sha256 and entry.sha256 != one.sha256:
                entry.changed_at = now
            entry.name, entry.entity, entry.integrity, entry.sha256 = one.name, one.entity, one.integrity, one.sha256 or entry.sha256
            entry.body, entry.value = one.body or entry.body, one.value
            entry.last_seen_at, entry.gone_at = now, None
        elif entry.gone_at is None:
            entry.gone_at = now
    RegisterEntry.objects.for_workspace(page.site.workspace_id).bulk_update(known.values(), UPDATED)
    RegisterEntry.objects.bulk_create([_entry(page, one, now=now) for one in seen.values()])


def _entry(page: Page, one: _Seen, *, now: datetime) -> RegisterEntry:
    return RegisterEntry(page=page, first_seen_at=now, last_seen_at=now, **{name: getattr(one, name) for name in ("kind", "key", *SEEN)})


def _merged(same: list[_Seen]) -> _Seen:
    """Several scripts of one identity are one entry: the hash is that of all their hashes, so that a change of any is seen."""
    bodies = sorted({one.sha256 for one in same if one.sha256})
    if len(bodies) < 2:
        return next((one for one in same if one.sha256), same[0])
    first = same[0]
    of_all = hashlib.sha256("\n".join(bodies).encode()).hexdigest()
    integrity = SRI if all(one.integrity == SRI for one in same) else BODY_WATCHED
    return replace(first, integrity=integrity, sha256=of_all, body=next((one.body for one in same if one.body), ""))


def _identity(one: _Seen) -> tuple[str, str]:
    return str(one.kind), one.key


def _scripts(page: Observation, first_party: str, volatile: AbstractSet[tuple[str, str, str]]) -> Iterator[_Seen]:
    for script in page.scripts:
        if script.inline or not script.url.startswith(("https:", "http:")):
            yield _inline(script)
            continue
        key = urls.key(script.url, first_party=first_party, volatile=frozenset(volatile))
        integrity = SRI if script.integrity else BODY_WATCHED if script.sha256 else ADDRESS_WATCHED
        entity = vendors.entity_of(hosts.host_of(script.url)).entity[:LONGEST_ENTITY]
        yield _Seen(
            kind=RegisterEntry.Kind.SCRIPT,
            key=key,
            name=script.url[:LONGEST_NAME],
            entity=entity,
            integrity=integrity,
            sha256=script.sha256,
            body=script.sha256,
        )


def _inline(script: Script) -> _Seen:
    """Of a script without an address that stays (inline, `blob:`, eval), the code is its identity, and its text without tokens what is watched."""
    reaches = f", names {', '.join(script.reaches)}" if script.reaches else ""
    name = f"{'inline script' if script.inline else f'{script.kind} script without an address'} {script.position + 1}{reaches}"[:LONGEST_NAME]
    watched = script.normalised_sha256 or script.sha256
    integrity = BODY_WATCHED if watched else ADDRESS_WATCHED
    return _Seen(
        kind=RegisterEntry.Kind.SCRIPT, key=f"inline:{script.shape or script.sha256}", name=name, integrity=integrity, sha256=watched, body=script.sha256
    )


def _headers(page: Observation) -> Iterator[_Seen]:
    for name, value in page.headers.items():
        if name in digest.SECURITY_HEADERS:
            sha256 = hashlib.sha256(headers.value(name, value).encode()).hexdigest()
            yield _Seen(kind=RegisterEntry.Kind.HEADER, key=name, name=name, integrity=VALUE_WATCHED, sha256=sha256, value=value[:LONGEST_VALUE])


def _record(entry: RegisterEntry, action: str, *, by: User | None, now: datetime, program: str, **details: Any) -> None:
    audit.record(workspace=entry.page.site.workspace, by=by, action=action, subject=entry, now=now, program=program, name=entry.name, **details)


def _lock(entry: RegisterEntry) -> None:
    rows = RegisterEntry.objects.for_workspace(entry.page.site.workspace_id)
    entry.refresh_from_db(from_queryset=rows.select_for_update(of=("self",)))
