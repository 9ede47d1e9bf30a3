"""What we watch: a site, its pages, the scans of it, what they stored, and what is known of it.

Fields, constraints and state changes of one's own row. A scan row is also the queue: see `scans.queue` for how rows are claimed. A foreign key has no index
of its own where a constraint's or an index's first column is the same.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Client, Workspace
from accounts.tenancy import TenantModel


class Site(TenantModel):
    """A Monitored Website: a site under watch, with its scan configuration and schedule."""

    workspace_path = "workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="sites", db_index=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=120)
    url = models.URLField(max_length=2048, help_text="The start page, canonical, always https.")
    scan_every_minutes = models.PositiveIntegerField(default=1440)
    next_scan_at = models.DateTimeField(null=True, help_text="When the next scheduled scan is due. Empty while paused.")
    paused_at = models.DateTimeField(null=True)
    answers_consent = models.BooleanField(default=False, help_text="Opted in: each scan also answers the consent banner and compares what follows.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "url"], name="site_url_once_per_workspace"),
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="site_url_is_https"),
            models.CheckConstraint(condition=Q(paused_at=None) | Q(next_scan_at=None), name="paused_site_is_not_due"),
            models.CheckConstraint(condition=Q(scan_every_minutes__gte=15), name="site_scan_interval_at_least_15_minutes"),
        ]
        indexes = [
            models.Index(fields=["next_scan_at"], condition=Q(next_scan_at__isnull=False), name="site_due"),
            models.Index(fields=["workspace", "-created_at", "-id"], name="site_list"),
        ]

    def __str__(self) -> str:
        return self.url


class Page(TenantModel):
    """One URL of a site that is loaded; nothing outside these URLs is. Policy pages are opted in one by one."""

    workspace_path = "site__workspace"

    class Kind(models.TextChoices):
        PAGE = "page", "Page"
        PAYMENT = "payment", "Payment page"
        POLICY = "policy", "Policy page"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="pages", db_index=False)
    url = models.URLField(max_length=2048)
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.PAGE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position", "url"]
        constraints = [
            models.UniqueConstraint(fields=["site", "url"], name="page_url_once_per_site"),
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="page_url_is_https"),
        ]

    def __str__(self) -> str:
        return self.url


class Scan(TenantModel):
    """One automated session in a headless browser that loads a site's pages. Queued, running, then ended in one of three ways."""

    workspace_path = "site__workspace"

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        OK = "ok", "OK"
        INCONCLUSIVE = "inconclusive", "Inconclusive"
        FAILED = "failed", "Failed"

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        PERSON = "person", "Person"
        API = "api", "API"

    OPEN = (Status.QUEUED, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="scans", db_index=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    trigger = models.CharField(max_length=8, choices=Trigger.choices)
    due_at = models.DateTimeField(null=True, help_text="The slot of the schedule that this scan fills. Empty for a scan that somebody asked for.")
    requested_at = models.DateTimeField()
    not_before = models.DateTimeField(help_text="A retry waits until then.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # the queue
    turn = models.BigIntegerField(default=0, help_text="Virtual time in the fair queue between workspaces.")
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0, help_text="Grows with each claim. Only its holder may finish the scan.")
    lease_until = models.DateTimeField(null=True, help_text="By the database's clock. After it the scan belongs to nobody.")
    worker = models.CharField(max_length=80, blank=True, help_text="Who claimed it last: host, process and thread.")
    # live progress
    stage = models.CharField(max_length=40, blank=True, help_text="What is being done now, in words for people.")
    pages_done = models.PositiveSmallIntegerField(default=0)
    pages_total = models.PositiveSmallIntegerField(default=0)
    # how it ended
    reason = models.CharField(max_length=40, blank=True, help_text="Named outcome, e.g. dns, tls, deadline; while queued, why the last attempt ended.")
    blocked_by = models.CharField(max_length=60, blank=True, help_text="Which challenge or error page answered instead of the site.")
    sentence = models.TextField(blank=True, help_text="The outcome in words for people.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["site", "due_at"], name="scan_once_per_slot"),
            models.UniqueConstraint(fields=["site"], condition=Q(status__in=["queued", "running"]), name="one_open_scan_per_site"),
            models.CheckConstraint(condition=~Q(status="running") | Q(lease_until__isnull=False), name="running_scan_has_a_lease"),
            models.CheckConstraint(condition=Q(status__in=["queued", "running"]) | Q(finished_at__isnull=False), name="ended_scan_has_an_end"),
        ]
        indexes = [
            models.Index(fields=["turn", "requested_at"], condition=Q(status="queued"), name="scan_queue"),
            models.Index(fields=["lease_until"], condition=Q(status="running"), name="scan_leases"),
            models.Index(fields=["site", "-requested_at"], name="scan_history"),
            models.Index(fields=["-requested_at", "-id"], name="scan_list"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="scan_ended_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class Snapshot(TenantModel):
    """The stored output of a scan. The document itself lies sealed in object storage; here is where, its hash, and what a list needs to show."""

    workspace_path = "scan__site__workspace"

    scan = models.OneToOneField(Scan, models.CASCADE, primary_key=True, related_name="snapshot")
    version = models.PositiveSmallIntegerField(help_text="Version of the snapshot's documented JSON form.")
    object_key = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64, help_text="Of the JSON document, before sealing.")
    size = models.PositiveBigIntegerField(help_text="Bytes of the JSON document.")
    summary = models.JSONField(default=dict, help_text="Counts for lists and charts: see scans.snapshot.summary.")
    captured_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.object_key


class Evidence(TenantModel):
    """A stored object behind a statement: a screenshot, a DOM, a script's body. Named by its content's hash within the scan."""

    workspace_path = "snapshot__scan__site__workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="evidence", db_index=False)
    kind = models.CharField(max_length=20)
    media_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    object_key = models.CharField(max_length=300)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["snapshot", "kind", "sha256"], name="evidence_once_per_snapshot")]

    def __str__(self) -> str:
        return self.object_key


class Baseline(TenantModel):
    """What is known of a site: its history, sealed in object storage. It can be made again from the stored snapshots."""

    workspace_path = "site__workspace"

    site = models.OneToOneField(Site, models.CASCADE, primary_key=True, related_name="baseline")
    scan = models.ForeignKey(Scan, models.SET_NULL, null=True, related_name="+", help_text="The last scan that is part of it.")
    object_key = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64, help_text="Of the history's bytes, before sealing.")
    loads = models.PositiveIntegerField(default=0, help_text="How many loads it was learnt from.")
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.object_key
