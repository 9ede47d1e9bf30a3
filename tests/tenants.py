"""Two customers with one row of every kind each: what the tenant wall's tests put on both sides of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps

from accounts import api_keys, audit
from accounts.models import ApiKey, AuditEvent, Client, DataKey, Membership, Workspace
from accounts.tenancy import TenantModel
from alerts.models import Alert
from checkout.models import CheckoutTest, RunEvidence, RunnerKey, TestData, TestRun
from scans.models import Baseline, Change, Evidence, IgnoreRule, Page, RegisterEntry, Scan, Site, Snapshot
from tests import factories
from tests.factories import NOON

Rows = dict[type[TenantModel], Any]


def make_snapshot(rows: Rows) -> Snapshot:
    scan = rows[Scan]
    return Snapshot.objects.create(scan=scan, version=1, object_key=f"{scan.site.workspace_id}/{scan.pk}/snapshot", sha256="a" * 64, size=1, captured_at=NOON)


def make_evidence(rows: Rows) -> Evidence:
    snapshot = rows[Snapshot]
    return Evidence.objects.create(
        snapshot=snapshot, kind="screenshot", media_type="image/png", sha256="b" * 64, size=1, object_key=f"{snapshot.object_key}-screenshot"
    )


# In an order in which each finds what it hangs on.
MAKERS: dict[type[TenantModel], Callable[[Workspace, Rows], Any]] = {
    Membership: lambda workspace, rows: factories.make_membership(workspace=workspace),
    Client: lambda workspace, rows: factories.make_client(workspace=workspace),
    ApiKey: lambda workspace, rows: api_keys.create(workspace=workspace, name="CI", by=None, can_write=True)[0],
    DataKey: lambda workspace, rows: DataKey.objects.create(workspace=workspace, wrapped=b"wrapped"),
    Site: lambda workspace, rows: factories.make_site(client=rows[Client]),
    Page: lambda workspace, rows: Page.objects.for_workspace(workspace).get(),
    Scan: lambda workspace, rows: factories.make_scan(site=rows[Site], status="ok"),
    Snapshot: lambda workspace, rows: make_snapshot(rows),
    Evidence: lambda workspace, rows: make_evidence(rows),
    Baseline: lambda workspace, rows: Baseline.objects.create(site=rows[Site], scan=rows[Scan], object_key="history", sha256="c" * 64, updated_at=NOON),
    IgnoreRule: lambda workspace, rows: factories.make_ignore_rule(workspace=workspace, site=rows[Site]),
    Change: lambda workspace, rows: factories.make_change(scan=rows[Scan], told=True),
    RegisterEntry: lambda workspace, rows: factories.make_register_entry(page=rows[Page]),
    Alert: lambda workspace, rows: Alert.objects.create(workspace=workspace, change=rows[Change], headline="One change", changes=1, created_at=NOON),
    RunnerKey: lambda workspace, rows: factories.make_runner_key(workspace=workspace),
    CheckoutTest: lambda workspace, rows: factories.make_checkout_test(site=rows[Site]),
    TestData: lambda workspace, rows: factories.make_test_data(test=rows[CheckoutTest], key=rows[RunnerKey]),
    TestRun: lambda workspace, rows: factories.make_test_run(test=rows[CheckoutTest], status="passed"),
    RunEvidence: lambda workspace, rows: factories.make_run_evidence(run=rows[TestRun]),
    AuditEvent: lambda workspace, rows: audit.record(workspace=workspace, by=None, action="site.added", subject=rows[Site], now=NOON),
}


def furnish(workspace: Workspace) -> Rows:
    """One row of each kind in this workspace."""
    rows: Rows = {}
    for model, make in MAKERS.items():
        rows[model] = make(workspace, rows)
    return rows


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]
