"""The cast: a plain function with defaults for each thing that tests need. Every call makes a new row with its own name.

Moments are fixed: tests know NOON, never the clock. To add one: a function `make_<thing>(**fields)` whose defaults make a valid row.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import Client, Membership, Role, User, Workspace
from scans.models import Page, Scan, Site

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
_numbers = count(1)


def make_user(*, password: str | None = None, **fields: Any) -> User:
    number = next(_numbers)
    return User.objects.create_user(**{"email": f"person{number}@agency.test", "password": password, "name": f"Person {number}"} | fields)


def make_workspace(**fields: Any) -> Workspace:
    number = next(_numbers)
    return Workspace.objects.create(**{"name": f"Agency {number}", "slug": f"agency-{number}"} | fields)


def make_membership(*, workspace: Workspace | None = None, user: User | None = None, role: str = Role.MEMBER) -> Membership:
    return Membership.objects.create(workspace=workspace or make_workspace(), user=user or make_user(), role=role)


def make_client(**fields: Any) -> Client:
    fields["workspace"] = fields.get("workspace") or make_workspace()
    return Client.objects.create(**{"name": f"Client {next(_numbers)}"} | fields)


def make_site(*, pages: int = 1, **fields: Any) -> Site:
    """A site under watch with its start page, not due. `pages` says how many pages it has in all."""
    number = next(_numbers)
    client = fields.pop("client", None) or make_client(workspace=fields.pop("workspace", None))
    site = Site.objects.create(**{"workspace": client.workspace, "client": client, "name": f"Shop {number}", "url": f"https://shop{number}.test/"} | fields)
    for position in range(pages):
        Page.objects.create(site=site, url=site.url if position == 0 else f"{site.url}page-{position}", position=position)
    return site


def make_scan(*, status: str = Scan.Status.QUEUED, requested_at: datetime = NOON, **fields: Any) -> Scan:
    """A scan in any status, with the times that its status needs."""
    fields["site"] = fields.get("site") or make_site()
    times: dict[str, Any] = {"requested_at": requested_at, "not_before": requested_at}
    if status == Scan.Status.RUNNING:
        times |= {"started_at": requested_at, "lease_until": requested_at + timedelta(minutes=2), "attempts": 1, "fence": 1}
    elif status != Scan.Status.QUEUED:
        times |= {"started_at": requested_at, "finished_at": requested_at + timedelta(seconds=20), "attempts": 1, "fence": 1}
    return Scan.objects.create(**{"status": status, "trigger": Scan.Trigger.PERSON} | times | fields)
