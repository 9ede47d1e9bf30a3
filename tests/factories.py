"""The cast: a plain function with defaults for each thing that tests need. Every call makes a new row with its own name.

Moments are fixed: tests know NOON, never the clock. To add one: a function `make_<thing>(**fields)` whose defaults make a valid row.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from django.db import models

from accounts.models import Client, Membership, Role, User, Workspace
from checkout.models import CheckoutTest, RunEvidence, RunnerKey, TestData, TestRun
from scans.models import Change, IgnoreRule, Page, RegisterEntry, Scan, Site

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


def make_change(*, scan: Scan | None = None, **fields: Any) -> Change:
    """A new third party, confirmed and open. `told=True` makes it part of an alert's message, but no alert."""
    scan = scan or make_scan(status=Scan.Status.OK)
    domain = f"tracker{next(_numbers)}.test"
    defaults: dict[str, Any] = {
        "workspace": scan.site.workspace,
        "site": scan.site,
        "scan": scan,
        "found_at": scan.finished_at or scan.requested_at,
        "category": "third_party",
        "kind": Change.Kind.NEW,
        "key": domain,
        "name": domain,
        "pages": [scan.site.url],
        "after": {},
        "about": {"domain": domain, "host": f"cdn.{domain}", "entity": domain, "vendor_category": "unknown", "party": "third"},
        "entity": domain,
        "incident": f"third_party|new|{domain}",
        "first_seen_at": scan.finished_at or scan.requested_at,
        "last_seen_at": scan.finished_at or scan.requested_at,
        "severity": Change.Severity.HIGH,
        "rule": "third_party.new",
        "rule_version": 1,
        "sentence": f"The page now contacts {domain}, which was never seen on this site.",
        "basis": "observed",
        "confirmed": True,
        "told": True,
    }
    return _create(Change, defaults | fields)


def make_ignore_rule(**fields: Any) -> IgnoreRule:
    fields["workspace"] = fields.get("workspace") or make_workspace()
    defaults: dict[str, Any] = {"category": "third_party", "pattern": "*.test", "reason": "The client's own tracker.", "created_at": NOON}
    return _create(IgnoreRule, defaults | {"expires_at": NOON + timedelta(days=30)} | fields)


def make_register_entry(**fields: Any) -> RegisterEntry:
    fields["page"] = fields.get("page") or Page.objects.across_workspaces().get(site=make_site())
    url = f"https://pay{next(_numbers)}.test/card.js"
    defaults: dict[str, Any] = {"kind": RegisterEntry.Kind.SCRIPT, "key": url, "name": url, "integrity": "Hash of the body", "sha256": "d" * 64}
    return _create(RegisterEntry, defaults | {"first_seen_at": NOON, "last_seen_at": NOON} | fields)


def make_flow(*, start_url: str = "https://shop.test/", **fields: Any) -> dict[str, Any]:
    """From the start page to the cart, with a coupon out of the Test Data, stopped before the order is placed."""
    origin = "/".join(start_url.split("/")[:3])
    button = {"selectors": [["aria/Add to cart"], ["#add"]], "frame": [], "fingerprint": {"tag": "button", "role": "button", "text": "Add to cart"}}
    coupon = {"selectors": [["#coupon"]], "frame": [], "fingerprint": {"tag": "input", "role": "textbox", "name": "coupon"}}
    flow = {
        "version": 1,
        "title": "Buy a mug",
        "start_url": start_url,
        "viewport": {"width": 1280, "height": 800, "device": "desktop", "scale": 1, "touch": False},
        "allowed_origins": [origin],
        "analytics": "blocked",
        "stop_after": 2,
        "order_step": None,
        "step_seconds": 10,
        "run_seconds": 120,
        "steps": [
            {"action": "navigate", "url": start_url, "label": "Open the shop"},
            {"action": "click", "target": button, "label": "Add to cart"},
            {"action": "fill", "target": coupon, "value": "{{coupon.code}}", "label": "Fill in the coupon"},
        ],
        "conditions": [{"kind": "text", "text": "Coupon applied"}],
    }
    return flow | fields


def make_checkout_test(**fields: Any) -> CheckoutTest:
    """A test of a site's shop, not due, without Test Data."""
    fields["site"] = fields.get("site") or make_site()
    flow = fields.pop("flow", None) or make_flow(start_url=fields["site"].url)
    host = flow["start_url"].split("/")[2]
    places_order = flow["stop_after"] is None and flow["order_step"] is not None
    defaults: dict[str, Any] = {"title": flow["title"], "flow": flow, "host": host, "places_order": places_order, "created_at": NOON, "changed_at": NOON}
    return _create(CheckoutTest, defaults | fields)


def make_runner_key(**fields: Any) -> RunnerKey:
    """A key whose private half nobody has."""
    fields["workspace"] = fields.get("workspace") or make_workspace()
    return _create(RunnerKey, {"public_key": b"\x09" + bytes(31), "wrapped": b"wrapped", "created_at": NOON} | fields)


def make_test_data(**fields: Any) -> TestData:
    """A value that nobody can open. What is to be opened is sealed by `checkout.test_data`."""
    test = fields["test"] = fields.get("test") or make_checkout_test()
    if "key" not in fields:
        workspace = test.site.workspace
        fields["key"] = RunnerKey.objects.for_workspace(workspace).first() or make_runner_key(workspace=workspace)
    return _create(TestData, {"name": "coupon.code", "sealed": b"sealed", "version": 1, "changed_at": NOON} | fields)


def make_test_run(*, status: str = TestRun.Status.QUEUED, requested_at: datetime = NOON, **fields: Any) -> TestRun:
    """A run in any status, with the times that its status needs."""
    test = fields["test"] = fields.get("test") or make_checkout_test()
    defaults: dict[str, Any] = {"status": status, "trigger": TestRun.Trigger.PERSON, "requested_at": requested_at, "not_before": requested_at}
    defaults |= {"flow": test.flow, "flow_version": test.version, "host": test.host}
    if status != TestRun.Status.QUEUED:
        defaults |= {"started_at": requested_at, "attempts": 1, "fence": 1}
    if status == TestRun.Status.RUNNING:
        defaults["lease_until"] = requested_at + timedelta(minutes=2)
    elif status != TestRun.Status.QUEUED:
        defaults |= {"finished_at": requested_at + timedelta(seconds=20), "total_ms": 20_000}
    return _create(TestRun, defaults | fields)


def make_run_evidence(**fields: Any) -> RunEvidence:
    fields["run"] = fields.get("run") or make_test_run(status=TestRun.Status.PASSED)
    name = f"step-{next(_numbers)}.png"
    defaults: dict[str, Any] = {"name": name, "kind": "screenshot", "media_type": "image/png", "sha256": "e" * 64, "size": 1}
    return _create(RunEvidence, defaults | {"object_key": f"{fields['run'].pk}/{name}"} | fields)


def _create(model: type[Row], fields: dict[str, Any]) -> Row:
    manager: Any = model.objects  # type: ignore[attr-defined]
    row: Row = manager.create(**fields)
    return row
