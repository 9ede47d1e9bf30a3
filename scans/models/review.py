"""What changed, what people decided about it, and what they decided not to see. Rows are written by `scans.pipeline` and reviewed by `scans.changes`."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Client, Workspace
from accounts.tenancy import TenantModel
from scans.models.watch import Page, Scan, Site


class IgnoreRule(TenantModel):
    """Hides changes that somebody decided not to see: scoped, with a reason, and never for ever. What it hides stays visible under it, collapsed."""

    workspace_path = "workspace"

    class Severity(models.IntegerChoices):
        """From least to most, as in `classify.verdicts.SEVERITIES`."""

        INFO = 1, "Info"
        LOW = 2, "Low"
        MEDIUM = 3, "Medium"
        HIGH = 4, "High"
        CRITICAL = 5, "Critical"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="ignore_rules")
    client = models.ForeignKey(Client, models.CASCADE, null=True, related_name="ignore_rules", help_text="Only this client's sites.")
    site = models.ForeignKey(Site, models.CASCADE, null=True, related_name="ignore_rules", help_text="Only this site.")
    category = models.CharField(max_length=16, blank=True, help_text="Only this category. Empty for every one.")
    kind = models.CharField(max_length=7, blank=True, help_text="Only new, gone or changed. Empty for all three.")
    entity = models.CharField(max_length=200, blank=True, help_text="Only this vendor.")
    pattern = models.CharField(max_length=300, blank=True, help_text="Only what is named like this; * stands for anything.")
    up_to = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.MEDIUM, help_text="Hides nothing graver than this.")
    reason = models.TextField()
    expires_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    program = models.CharField(max_length=120, blank=True, help_text="Through which API key, by name. Then `created_by` is who made that key.")
    created_at = models.DateTimeField()
    approved_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True, help_text="A rule that may hide critical changes hides nothing before a second person approved it.")
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="ignore_rule_expires"),
            models.CheckConstraint(condition=~Q(reason=""), name="ignore_rule_has_a_reason"),
            models.CheckConstraint(condition=~(Q(category="") & Q(entity="") & Q(pattern="")), name="ignore_rule_is_scoped"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(created_by=None) | ~Q(approved_by=models.F("created_by")), name="ignore_rule_approved_by_another"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "-created_at", "-id"], name="ignore_rule_list")]

    def __str__(self) -> str:
        return f"{self.category or 'any'} {self.pattern or self.entity}".strip()

    @property
    def needs_a_second_person(self) -> bool:
        return self.up_to >= self.Severity.CRITICAL


class Change(TenantModel):
    """A difference between a scan and what was known of the site, with the verdict on it and what people decided about it."""

    workspace_path = "workspace"

    Severity = IgnoreRule.Severity

    class Kind(models.TextChoices):
        NEW = "new", "New"
        GONE = "gone", "Gone"
        CHANGED = "changed", "Changed"

    class Review(models.TextChoices):
        OPEN = "open", "Open"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        EXPECTED = "expected", "Expected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="changes", db_index=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="changes", db_index=False)
    scan = models.ForeignKey(Scan, models.CASCADE, related_name="changes", db_index=False)
    found_at = models.DateTimeField()
    # what differs: see scans.diff.change.Change
    category = models.CharField(max_length=16)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    key = models.TextField()
    name = models.CharField(max_length=500)
    pages = models.JSONField(default=list)
    payment_pages = models.JSONField(default=list)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    differs = models.JSONField(default=list)
    chain = models.JSONField(default=list, help_text="Initiators, from the nearest cause up to the document.")
    about = models.JSONField(default=dict)
    cause = models.CharField(max_length=200, blank=True, help_text="What brought it, in one word: see `scans.causes`.")
    entity = models.CharField(max_length=200, blank=True, help_text="The vendor, where there is one.")
    incident = models.CharField(max_length=400, help_text="The same for the same cause on other sites.")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    # the verdict: see scans.classify.verdicts.Verdict
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    rule = models.CharField(max_length=80)
    rule_version = models.PositiveSmallIntegerField()
    inputs = models.JSONField(default=dict)
    sentence = models.TextField()
    basis = models.CharField(max_length=8, choices=[("observed", "Observed"), ("inferred", "Inferred")])
    # is it told?
    confirmed = models.BooleanField(help_text="It was there again in a second load, in a fresh context.")
    told = models.BooleanField(help_text="Waits in the inbox: confirmed, medium or graver, and no part of another.")
    part_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="parts", help_text="The change of the same scan that explains this one.")
    ignored_by = models.ForeignKey(IgnoreRule, models.SET_NULL, null=True, related_name="changes")
    # what people decided
    review = models.CharField(max_length=12, choices=Review.choices, default=Review.OPEN)
    justification = models.TextField(blank=True)
    reviewed_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["scan", "category", "kind", "key"], name="change_once_per_scan"),
            models.CheckConstraint(condition=~Q(review="expected") | ~Q(justification=""), name="expected_change_has_a_justification"),
            models.CheckConstraint(condition=Q(review="open") | Q(reviewed_at__isnull=False), name="reviewed_change_has_a_time"),
            models.CheckConstraint(condition=Q(told=False) | Q(confirmed=True), name="told_change_is_confirmed"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-found_at", "-severity", "-id"], name="change_list"),
            models.Index(fields=["workspace", "-found_at", "-severity", "-id"], condition=Q(review="open", told=True), name="change_inbox"),
            models.Index(fields=["site", "-found_at", "-severity", "-id"], name="change_of_site"),
            models.Index(fields=["workspace", "incident"], name="change_incident"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.category}: {self.name}"


class RegisterEntry(TenantModel):
    """A script or header of a payment page, with its justification and who authorised it: evidence for PCI DSS 6.4.3 and 11.6.1."""

    workspace_path = "page__site__workspace"

    class Kind(models.TextChoices):
        SCRIPT = "script", "Script"
        HEADER = "header", "Header"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page = models.ForeignKey(Page, models.CASCADE, related_name="register", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    key = models.TextField(help_text="Identity, as in the comparison.")
    name = models.CharField(max_length=500)
    entity = models.CharField(max_length=200, blank=True)
    integrity = models.CharField(max_length=200, help_text="How a tampering would be seen: SRI, or the hash of the body, or the header's value.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the script's body, or of the header's value, when last seen.")
    body = models.CharField(max_length=64, blank=True, help_text="Which stored body to look at; of several scripts that are one entry, the first.")
    value = models.TextField(blank=True, help_text="Of a header, what it said when last seen.")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True, help_text="When its content was last found to differ.")
    justification = models.TextField(blank=True)
    authorised_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    authorised_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["page", "kind", "key"], name="register_entry_once_per_page"),
            models.CheckConstraint(condition=Q(authorised_at=None) | ~Q(justification=""), name="authorised_entry_has_a_justification"),
        ]

    def __str__(self) -> str:
        return self.name
