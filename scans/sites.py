"""Sites: put one under watch, name it, pause it, choose its pages and how often it is scanned, take it off watch.

A payment page is marked by a person, and makes the site's scans weekly at least. Every verb takes the workspace's own rows, found by the caller through
`for_workspace`. What cannot be done raises an exception whose text is a sentence for people. Asking for a scan now is `scans.queue.enqueue`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.models import Client, User, Workspace
from scans import addresses, queue, register, schedule, store
from scans.addresses import BadUrl as BadUrl  # noqa: PLC0414 - whoever calls these verbs must expect it
from scans.models import Page, Scan, Site
from tracefox.blobs import StorageDown
from tracefox.egress.hosts import HostMap

log = structlog.get_logger(__name__)
LONGEST_NAME = 120
DAILY = 24 * 60
WEEKLY = 7 * DAILY
SHORTEST, LONGEST = 15, 31 * DAILY
PAGE_LIMIT = 20
LINE_LIMIT = 1000
INSTEAD = "Mark it as an ordinary page to keep the register. To remove both, an admin exports the register first and confirms it on the register's page."
SCANNED_WEEKLY = "A site with a payment page is scanned at least once a week."


class SiteLimitReached(Exception):
    """The workspace's plan allows no more sites."""


class SiteExists(Exception):
    """The workspace watches this address already."""

    def __init__(self, site: Site) -> None:
        super().__init__(f"{site.url} is already under watch, as “{site.name}”.")
        self.site = site


class BadSiteName(ValueError):
    """A site needs a name, of a length that fits on a page."""


class PageRefused(Exception):
    """This page cannot be added to the site, or not be removed from it."""


class BadInterval(ValueError):
    """Scans cannot be that often or that rare."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What became of one line of a list of addresses."""

    number: int
    text: str
    result: Literal["added", "already there", "refused"]
    sentence: str = ""
    site: Site | None = None


@transaction.atomic
def add(*, workspace: Workspace, client: Client, url: str, now: datetime, name: str = "") -> Site:
    """Put a site under watch; its start page is its first page, and its first scan is due at once."""
    url = _canonical(url)
    if client.workspace_id != workspace.pk:
        raise Client.DoesNotExist(f"This workspace has no client {client.pk}.")
    limit = Workspace.objects.select_for_update().get(pk=workspace.pk).site_limit  # two adds at once must not both fit
    if existing := Site.objects.for_workspace(workspace).filter(url=url).first():
        raise SiteExists(existing)
    if Site.objects.for_workspace(workspace).count() >= limit:
        raise SiteLimitReached(f"Your plan covers {limit} sites, and all are in use. Remove a site or choose a larger plan.")
    name = name.strip()[:LONGEST_NAME] or addresses.host_of(url)[:LONGEST_NAME]
    site = Site.objects.create(workspace=workspace, client=client, name=name, url=url, next_scan_at=now)
    Page.objects.create(site=site, url=url)
    return site


@transaction.atomic
def add_many(*, workspace: Workspace, client: Client, addresses: str | Iterable[str], now: datetime) -> list[Line]:
    """Put each line's address under watch. Every line that is not blank gets an answer; one that is refused stops no other."""
    lines = addresses.splitlines() if isinstance(addresses, str) else addresses
    numbered = [(number, text.strip()) for number, text in enumerate(lines, start=1) if text.strip()]
    return [_add_line(number, text, workspace=workspace, client=client, now=now, is_late=at >= LINE_LIMIT) for at, (number, text) in enumerate(numbered)]


@transaction.atomic
def rename(site: Site, *, name: str) -> None:
    name = " ".join(name.split())
    if not name:
        raise BadSiteName("Give the site a name.")
    if len(name) > LONGEST_NAME:
        raise BadSiteName(f"A site's name may have at most {LONGEST_NAME} characters.")
    _lock(site)
    site.name = name
    site.save(update_fields=["name"])


@transaction.atomic
def move(site: Site, *, client: Client) -> None:
    """Give the site to another client of the same workspace. Its scans go with it."""
    if client.workspace_id != site.workspace_id:
        raise Client.DoesNotExist(f"This workspace has no client {client.pk}.")
    _lock(site)
    site.client = client
    site.save(update_fields=["client"])


@transaction.atomic
def remove(site: Site) -> None:
    """Take the site off watch and forget it: its pages, scans, snapshots and evidence. Cannot be undone; removing twice is removing once.

    A scan that waits is withdrawn. One that runs loses its claim with its row: what its worker brings home is discarded. Stored objects are deleted after the
    commit, so that no row ever names an object that is gone. If the storage does not answer then, no row names them any more, and the sweep of orphans
    (`scans.orphans`, daily) deletes them once they are a day old.
    """
    sites = Site.objects.for_workspace(site.workspace_id).filter(pk=site.pk)
    if not sites.select_for_update():
        return
    queue.withdraw(site)
    # A worker that is just recording its scan comes to the end of it first. Rows that it adds after they were looked for would point at nothing.
    list(Scan.objects.for_workspace(site.workspace_id).filter(site=site, status=Scan.Status.RUNNING).select_for_update(of=("self",)))
    sites.delete()
    transaction.on_commit(lambda: _remove_objects(site))


@transaction.atomic
def pause(site: Site, *, now: datetime) -> None:
    """Stop visiting the site. A scan that waits in the queue is withdrawn; one that runs comes to its end."""
    _lock(site)
    if site.paused_at is None:
        site.paused_at, site.next_scan_at = now, None
        site.save(update_fields=["paused_at", "next_scan_at"])
    queue.withdraw(site)


@transaction.atomic
def resume(site: Site, *, now: datetime) -> None:
    """Visit the site again, at once and then at its slots."""
    _lock(site)
    if site.paused_at is not None:
        site.paused_at, site.next_scan_at = None, now
        site.save(update_fields=["paused_at", "next_scan_at"])


@transaction.atomic
def set_schedule(site: Site, *, every_minutes: int, now: datetime) -> None:
    """Choose how often the site is scanned: with a payment page at least weekly. The next scan is at the first slot of the new interval."""
    if not SHORTEST <= every_minutes <= LONGEST:
        raise BadInterval(f"A site is scanned at most every {SHORTEST} minutes and at least every {LONGEST // DAILY} days.")
    _lock(site)
    if every_minutes > WEEKLY and has_payment_page(site):
        raise BadInterval(f"{SCANNED_WEEKLY} Choose 7 days or less.")
    site.scan_every_minutes = every_minutes
    if site.paused_at is None:
        site.next_scan_at = schedule.next_scan_at(site_id=site.pk, every=timedelta(minutes=every_minutes), now=now)
    site.save(update_fields=["scan_every_minutes", "next_scan_at"])


def has_payment_page(site: Site) -> bool:
    return Page.objects.for_workspace(site.workspace_id).filter(site=site, kind=Page.Kind.PAYMENT).exists()


@transaction.atomic
def answer_consent(site: Site, on: bool, *, by: User | None, now: datetime, program: str = "") -> None:
    """Opt in to scans that also answer the consent banner, or out again. The one case in which a scan clicks, so it is on record who wanted it."""
    _lock(site)
    if site.answers_consent != on:
        site.answers_consent = on
        site.save(update_fields=["answers_consent"])
        action = "site.consent_answered" if on else "site.consent_left_alone"
        audit.record(workspace=site.workspace, by=by, action=action, subject=site, now=now, program=program)


@transaction.atomic
def add_page(site: Site, *, url: str, kind: str = Page.Kind.PAGE) -> Page:
    """Load one more page in each scan of the site. A payment page makes those scans weekly, if they were rarer."""
    url = _canonical(url)
    _lock(site)
    domain = addresses.registrable_domain(addresses.host_of(site.url))
    if addresses.registrable_domain(addresses.host_of(url)) != domain:
        raise PageRefused(f"{url} does not belong to {domain}. Add it as a site of its own.")
    pages = Page.objects.for_workspace(site.workspace_id).filter(site=site)
    if pages.filter(url=url).exists():
        raise PageRefused(f"{url} is one of the site's pages already.")
    if pages.count() >= PAGE_LIMIT:
        raise PageRefused(f"A site has at most {PAGE_LIMIT} pages. Remove one first.")
    last = pages.aggregate(last=Max("position"))["last"]
    page = Page.objects.create(site=site, url=url, kind=kind, position=0 if last is None else last + 1)
    if kind == Page.Kind.PAYMENT:
        _scan_weekly(site)
    return page


@transaction.atomic
def set_page_kind(page: Page, kind: str, *, by: User | None, now: datetime, program: str = "") -> str:
    """Say what a page is. Returns a sentence for people if that changed how often the site is scanned."""
    if kind not in Page.Kind.values:
        raise PageRefused(f"“{kind}” is no kind of page.")
    _lock(page.site)
    page.refresh_from_db(fields=["kind"], from_queryset=Page.objects.for_workspace(page.site.workspace_id))
    if page.kind == kind:
        return ""
    details = {"url": page.url, "was": page.kind, "kind": kind}
    page.kind = kind
    page.save(update_fields=["kind"])
    audit.record(workspace=page.site.workspace, by=by, action="page.kind_changed", subject=page, now=now, program=program, **details)
    return f"{SCANNED_WEEKLY} So is this one from now on." if kind == Page.Kind.PAYMENT and _scan_weekly(page.site) else ""


@transaction.atomic
def remove_page(page: Page, *, by: User | None, now: datetime, program: str = "", with_register: bool = False) -> None:
    """Load this page no more. What earlier scans saw of it stays. Its register goes with it, so one that people worked on is named beforehand."""
    _lock(page.site)
    if page.url == page.site.url:
        raise PageRefused("The start page stays, because the site is known by it.")
    if (decided := register.decided(page)) and not with_register:
        raise PageRefused(f"{page.url} has a register with {decided} justified {'entry' if decided == 1 else 'entries'}. {INSTEAD}")
    details = {"url": page.url, "kind": page.kind, "register_entries": len(register.rows(page)), "justified_entries": decided}
    audit.record(workspace=page.site.workspace, by=by, action="page.removed", subject=page, now=now, program=program, **details)
    page.delete()


def _scan_weekly(site: Site) -> bool:
    """Scan the site once a week if it was scanned less often. Its next slot is counted from the one before, so what is overdue by then is due at once."""
    if site.scan_every_minutes <= WEEKLY:
        return False
    longer, week = timedelta(minutes=site.scan_every_minutes), timedelta(minutes=WEEKLY)
    site.scan_every_minutes = WEEKLY
    if site.next_scan_at is not None:
        site.next_scan_at = min(site.next_scan_at, schedule.next_scan_at(site_id=site.pk, every=week, now=site.next_scan_at - longer))
    site.save(update_fields=["scan_every_minutes", "next_scan_at"])
    return True


def _add_line(number: int, text: str, *, workspace: Workspace, client: Client, now: datetime, is_late: bool) -> Line:
    if is_late:
        return Line(number=number, text=text, result="refused", sentence=f"A list holds at most {LINE_LIMIT} addresses. Add the rest as a second list.")
    try:
        site = add(workspace=workspace, client=client, url=text, now=now)
    except SiteExists as known:
        return Line(number=number, text=text, result="already there", sentence=str(known), site=known.site)
    except (BadUrl, SiteLimitReached) as refusal:
        return Line(number=number, text=text, result="refused", sentence=str(refusal))
    return Line(number=number, text=text, result="added", site=site)


def _remove_objects(site: Site) -> None:
    try:
        removed = store.remove(site)
    except StorageDown as error:
        log.warning("objects_left_for_the_sweep", site=str(site.pk), error=str(error))
    else:
        log.info("site_removed", site=str(site.pk), objects=removed)


def _lock(site: Site) -> None:
    """Hold the row until the transaction ends, and read it again: nothing below decides by what the caller read earlier."""
    site.refresh_from_db(from_queryset=Site.objects.for_workspace(site.workspace_id).select_for_update())


def _canonical(url: str) -> str:
    return addresses.canonical_url(url, known_hosts=HostMap.read(settings.EGRESS_HOSTS))
