"""The cast: a plain function with defaults for each thing that tests need. Every call makes a new row with its own name.

Moments are fixed: tests know NOON, never the clock. To add one: a function `make_<thing>(**fields)` whose defaults make a valid row.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from django.db import models

from accounts.models import Client, Membership, Role, User, Workspace
from scans.models import Page, Scan, Site

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
_numbers = count(1)
Row = TypeVar("Row", bound=models.Model)


def make_user(*, password: str | None = None, **fields: Any) -> User:
    number = next(_numbers)
    defaults: dict[str, Any] = {"email": f"person{number}@agency.test", "password": password, "name": f"Person {number}"}
    return User.objects.create_user(**defaults | fields)


def make_workspace(**fields: Any) -> Workspace:
    number = next(_numbers)
    return _create(Workspace, {"name": f"Agency {number}", "slug": f"agency-{number}"} | fields)


def make_membership(*, workspace: Workspace | None = None, user: User | None = None, role: str = Role.MEMBER) -> Membership:
    return _create(Membership, {"workspace": workspace or make_workspace(), "user": user or make_user(), "role": role})


def make_client(**fields: Any) -> Client:
    fields["workspace"] = fields.get("workspace") or make_workspace()
    return _create(Client, {"name": f"Client {next(_numbers)}"} | fields)


def make_site(*, pages: int = 1, **fields: Any) -> Site:
    """A site under watch with its start page, not due. `pages` says how many pages it has in all."""
    number = next(_numbers)
    client = fields.pop("client", None) or make_client(workspace=fields.pop("workspace", None))
    site = _create(Site, {"workspace": client.workspace, "client": client, "name": f"Shop {number}", "url": f"https://shop{number}.test/"} | fields)
    for position in range(pages):
        _create(Page, {"site": site, "url": f"{site.url}page-{position}" if position else site.url, "position": position})
    return site


def make_scan(*, status: str = Scan.Status.QUEUED, requested_at: datetime = NOON, **fields: Any) -> Scan:
    """A scan in any status, with the times that its status needs."""
    fields["site"] = fields.get("site") or make_site()
    defaults: dict[str, Any] = {"status": status, "trigger": Scan.Trigger.PERSON, "requested_at": requested_at, "not_before": requested_at}
    if status != Scan.Status.QUEUED:
        defaults |= {"started_at": requested_at, "attempts": 1, "fence": 1}
    if status == Scan.Status.RUNNING:
        defaults["lease_until"] = requested_at + timedelta(minutes=2)
    elif status != Scan.Status.QUEUED:
        defaults["finished_at"] = requested_at + timedelta(seconds=20)
    return _create(Scan, defaults | fields)


def _create(model: type[Row], fields: dict[str, Any]) -> Row:
    manager: Any = model.objects  # type: ignore[attr-defined]
    row: Row = manager.create(**fields)
    return row
