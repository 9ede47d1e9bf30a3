"""The rows of checkout testing: a Checkout Test, the Test Data that it types, its Test Runs and their evidence, and the key that Test Data is sealed to.

Fields, constraints and state changes of one's own row; verbs live in `tests`, `test_data`, `runner_keys`. A run's row is also the queue: `queue` and `claims`.
Two rules hold in the database itself: one shop host is visited by one run at a time, and a run that may have placed an order never waits to be tried again.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Workspace
from accounts.tenancy import TenantModel
from scans.models import Site


class RunnerKey(TenantModel):
    """The key pair that a workspace's Test Data is sealed to. Only checkout workers can unwrap the private half; deleted, it shreds the data."""

    workspace_path = "workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="runner_key")
    public_key = models.BinaryField(max_length=32, help_text="X25519. All that the web process has.")
    wrapped = models.BinaryField(help_text="The private key, wrapped by the runner's own key ring or KMS key.")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class CheckoutTest(TenantModel):
    """Recorded steps, success conditions, Test Data, a stop point and a schedule. `flow` is the documented JSON form: see `checkout.steps`."""

    workspace_path = "site__workspace"

    class State(models.TextChoices):
        UNKNOWN = "unknown", "Unknown"
        PASSING = "passing", "Passing"
        FAILING = "failing", "Failing"
        FLAPPING = "flapping", "Flapping"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="checkout_tests", db_index=False)
    title = models.CharField(max_length=200)
    flow = models.JSONField()
    version = models.PositiveIntegerField(default=1, help_text="Grows with each change of the flow.")
    host = models.CharField(max_length=253, help_text="Where the flow starts. No two runs visit a host at once.")
    places_order = models.BooleanField(default=False, help_text="The flow goes past 'place order'.")
    acknowledged_order_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    acknowledged_order_at = models.DateTimeField(null=True, help_text="When somebody took it upon them that this flow places orders.")
    data_version = models.PositiveIntegerField(default=0, help_text="The version that a value of Test Data got last. None is used twice.")
    # the schedule
    every_minutes = models.PositiveIntegerField(default=60)
    next_run_at = models.DateTimeField(null=True, help_text="When the next scheduled run is due. Empty while paused, and until placing orders is acknowledged.")
    paused_at = models.DateTimeField(null=True)
    # how it stands
    state = models.CharField(max_length=8, choices=State.choices, default=State.UNKNOWN)
    state_since = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True, help_text="When the last run ended.")
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(paused_at=None) | Q(next_run_at=None), name="paused_test_is_not_due"),
            models.CheckConstraint(
                condition=Q(places_order=False) | Q(acknowledged_order_at__isnull=False) | Q(next_run_at=None), name="unacknowledged_test_is_not_due"
            ),
            models.CheckConstraint(condition=Q(every_minutes__gte=5), name="test_interval_at_least_5_minutes"),
            models.CheckConstraint(condition=~Q(title=""), name="test_has_a_title"),
        ]
        indexes = [
            models.Index(fields=["next_run_at"], condition=Q(next_run_at__isnull=False), name="test_due"),
            models.Index(fields=["site", "-created_at", "-id"], name="test_of_site"),
            models.Index(fields=["-created_at", "-id"], name="test_list"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def needs_acknowledgement(self) -> bool:
        return self.places_order and self.acknowledged_order_at is None


class TestData(TenantModel):
    """One value that a test types, sealed when it entered. Nothing in the web process opens it; it can only be replaced."""

    __test__ = False  # its name begins like that of a class of tests

    workspace_path = "test__site__workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    test = models.ForeignKey(CheckoutTest, models.CASCADE, related_name="test_data", db_index=False)
    name = models.CharField(max_length=80, help_text="As the steps name it: card.number")
    sealed = models.BinaryField(help_text="Bound to workspace, test, name and version.")
    version = models.PositiveIntegerField()
    key = models.ForeignKey(RunnerKey, models.CASCADE, related_name="+", help_text="Whose private half opens it.")
    changed_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["test", "name"], name="test_data_name_once_per_test")]

    def __str__(self) -> str:
        return self.name


class TestRun(TenantModel):
    """One execution of a test. Queued, running, then ended in one of four ways. It keeps the flow as it was run."""

    __test__ = False

    workspace_path = "test__site__workspace"

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        PASSED = "passed", "Passed"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Unknown"
        INCONCLUSIVE = "inconclusive", "Inconclusive"

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        PERSON = "person", "Person"
        API = "api", "API"
        CONFIRMATION = "confirmation", "Confirmation"

    OPEN = (Status.QUEUED, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    test = models.ForeignKey(CheckoutTest, models.CASCADE, related_name="runs", db_index=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    trigger = models.CharField(max_length=12, choices=Trigger.choices)
    confirms = models.OneToOneField("self", models.CASCADE, null=True, related_name="confirmation", help_text="The failed run that this one repeats at once.")
    due_at = models.DateTimeField(null=True, help_text="The slot of the schedule that this run fills. Empty for a run that was asked for.")
    requested_at = models.DateTimeField()
    not_before = models.DateTimeField(help_text="A retry waits until then.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    flow_version = models.PositiveIntegerField()
    flow = models.JSONField(help_text="The flow as it was run.")
    host = models.CharField(max_length=253)
    # the queue
    turn = models.BigIntegerField(default=0, help_text="Virtual time in the fair queue between workspaces.")
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0, help_text="Grows with each claim. Only its holder may finish the run.")
    lease_until = models.DateTimeField(null=True, help_text="By the database's clock. After it the run belongs to nobody.")
    worker = models.CharField(max_length=80, blank=True, help_text="Who claimed it last: host, process and thread.")
    # live progress
    stage = models.CharField(max_length=80, blank=True, help_text="What is being done now, in words for people.")
    reached = models.IntegerField(default=-1, help_text="Index of the last step that was begun; -1 for none.")
    past_order = models.BooleanField(default=False, help_text="The step that places the order may have begun: nothing repeats this run.")
    # how it ended
    reason = models.CharField(max_length=40, blank=True, help_text="Named outcome; while queued, why the last attempt ended.")
    sentence = models.TextField(blank=True, help_text="The outcome in words for people.")
    stopped_as_defined = models.BooleanField(default=False, help_text="It came to its stop point, and past that nothing left.")
    failed_step = models.PositiveSmallIntegerField(null=True, help_text="Index of the step that failed.")
    total_ms = models.PositiveIntegerField(null=True)
    result = models.JSONField(default=dict, help_text="What each step and condition gave, console and network: see checkout.result.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["test", "due_at"], name="test_run_once_per_slot"),
            models.UniqueConstraint(fields=["test"], condition=Q(status__in=["queued", "running"]), name="one_open_run_per_test"),
            models.UniqueConstraint(fields=["host"], condition=Q(status="running"), name="one_run_at_a_time_per_host"),
            models.CheckConstraint(condition=~Q(status="running") | Q(lease_until__isnull=False), name="running_test_run_has_a_lease"),
            models.CheckConstraint(condition=Q(status__in=["queued", "running"]) | Q(finished_at__isnull=False), name="ended_test_run_has_an_end"),
            models.CheckConstraint(condition=~Q(status="queued") | Q(past_order=False), name="run_past_order_is_never_repeated"),
            models.CheckConstraint(condition=Q(trigger="confirmation") | Q(confirms=None), name="confirmation_says_so"),
            models.CheckConstraint(condition=Q(confirms=None) | ~Q(confirms=F("id")), name="run_confirms_another"),
        ]
        indexes = [
            models.Index(fields=["turn", "requested_at"], condition=Q(status="queued"), name="test_run_queue"),
            models.Index(fields=["lease_until"], condition=Q(status="running"), name="test_run_leases"),
            models.Index(fields=["test", "-requested_at"], name="test_run_history"),
            models.Index(fields=["-requested_at", "-id"], name="test_run_list"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="test_run_ended_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_of_the_test(self) -> bool:
        """False for a run of a part of the flow, or of a flow that was changed since: it says nothing about how the test stands."""
        return self.flow_version == self.test.version and self.flow == self.test.flow


class RunEvidence(TenantModel):
    """A stored object of a run: a step's screenshot, the video. The body lies sealed in object storage."""

    workspace_path = "run__test__site__workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(TestRun, models.CASCADE, related_name="evidence", db_index=False)
    name = models.CharField(max_length=80, help_text="As the run's result names it.")
    kind = models.CharField(max_length=20)
    media_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    object_key = models.CharField(max_length=300)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="run_evidence_name_once_per_run")]

    def __str__(self) -> str:
        return self.object_key
