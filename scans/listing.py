"""What the pages about sites list: each site with its last scans, in one query whatever the number of sites.

Read-only. The last scans come as an array per site out of the index `scan_history`, so a site's long past costs nothing. To show one more count in a list:
name it in `COUNTED`, out of the snapshot's stored summary; no list opens a snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject, Lower

from accounts.models import Client, Workspace
from scans import charts
from scans.models import Scan, Site

STRIP = 14
ROWS_PER_PAGE = 100
STATES = {"attention": "Needs attention", "running": "Running", "paused": "Paused"}
OWN = ("id", "status", "trigger", "requested_at", "started_at", "finished_at", "sentence")
COUNTED = {name: F(f"snapshot__summary__{name}") for name in ("third_parties", "requests", "writes_attempted", "findings")}


@dataclass(frozen=True)
class SiteRow:
    """A site with its newest scans: `ended` is the last that ended, `seen` the last that brought a snapshot, `running` one that is under way."""

    site: Site
    running: dict[str, Any] | None
    ended: dict[str, Any] | None
    seen: dict[str, Any] | None
    strip: charts.Strip

    @property
    def state(self) -> str:
        if self.running:
            return "running"
        if self.ended and self.ended["status"] != Scan.Status.OK:
            return "attention"
        return "paused" if self.site.paused_at else "ok"

    @property
    def dot(self) -> str:
        if self.running:
            return str(self.running["status"])
        return str(self.ended["status"]) if self.ended else "none"


@dataclass(frozen=True)
class Chip:
    state: str
    label: str
    count: int


@dataclass(frozen=True)
class SiteList:
    """The sites that were asked for, by client. `total` counts the workspace's sites, `matched` those that the filter leaves."""

    groups: list[tuple[Client, list[SiteRow]]]
    chips: list[Chip]
    total: int
    matched: int
    page: int
    pages: int

    @property
    def busy(self) -> bool:
        return any(chip.count for chip in self.chips if chip.state == "running")


def of(workspace: Workspace, *, words: str = "", state: str = "", page: int = 1) -> SiteList:
    rows = [_row(site) for site in _sites(workspace)]
    found = [row for row in rows if _matches(row.site, words.lower().split())]
    chips = [Chip(name, label, sum(row.state == name or (name == "paused" and bool(row.site.paused_at)) for row in found)) for name, label in STATES.items()]
    shown = [row for row in found if state not in STATES or row.state == state or (state == "paused" and row.site.paused_at)]
    pages = max(-(-len(shown) // ROWS_PER_PAGE), 1)
    page = min(max(page, 1), pages)
    part = shown[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE]
    groups = [(client, list(group)) for client, group in groupby(part, key=lambda row: row.site.client)]
    return SiteList(groups, [Chip("", "All", len(found)), *chips], len(rows), len(shown), page, pages)


def history(site: Site, *, count: int, skip: int = 0) -> list[dict[str, Any]]:
    """The site's scans, newest first, as dictionaries with the counts that a list shows."""
    scans = Scan.objects.for_workspace(site.workspace_id).filter(site=site).order_by("-requested_at")
    return list(scans.values(*OWN, **COUNTED)[skip : skip + count])


def _sites(workspace: Workspace) -> Any:
    scans = Scan.objects.for_workspace(workspace).filter(site=OuterRef("pk")).order_by("-requested_at")
    recent = ArraySubquery(scans.values(facts=JSONObject(**{name: F(name) for name in OWN}, **COUNTED))[:STRIP])
    sites = Site.objects.for_workspace(workspace).select_related("client")
    return sites.annotate(recent=recent).order_by(Lower("client__name"), "client", Lower("name"), "url")


def _row(site: Any) -> SiteRow:
    recent = site.recent
    running = recent[0] if recent and recent[0]["status"] in Scan.OPEN else None
    ended = next((scan for scan in recent if scan["status"] not in Scan.OPEN), None)
    seen = next((scan for scan in recent if scan["third_parties"] is not None), None)
    return SiteRow(site, running, ended, seen, charts.strip(recent, slots=STRIP))


def _matches(site: Site, words: list[str]) -> bool:
    text = f"{site.name} {site.url} {site.client.name}".lower()
    return all(word in text for word in words)
