"""What the API shows of a Checkout Test and its runs and what it takes, field by field. `...In` is what is sent."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from checkout import steps, test_data, tests
from checkout.models import CheckoutTest, RunEvidence, TestRun

PART_STATUSES = ["passed", "failed", "skipped"]
FLOW_WORDS = "Steps, success conditions and the stop point: `docs/checkout-test.schema.json`. `{{names}}` stand for Test Data, never the values themselves."


class NewestRunSerializer(serializers.Serializer[TestRun]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=TestRun.Status.choices)
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class CheckoutTestSerializer(serializers.Serializer[CheckoutTest]):
    """A Checkout Test, without its steps."""

    id = serializers.UUIDField()
    site = serializers.UUIDField(source="site_id")
    title = serializers.CharField()
    version = serializers.IntegerField(help_text="Grows with each change of `flow`. Send it back with a change.")
    state = serializers.ChoiceField(choices=CheckoutTest.State.choices)
    state_since = serializers.DateTimeField(allow_null=True)
    every_minutes = serializers.IntegerField()
    next_run_at = serializers.DateTimeField(allow_null=True, help_text="Null while paused, and until placing orders is acknowledged.")
    paused = serializers.SerializerMethodField()
    places_order = serializers.BooleanField(help_text="It has no stop point: each run places an order.")
    acknowledged_order_at = serializers.DateTimeField(
        allow_null=True, help_text="When a person acknowledged, in the dashboard, that it places orders. Without that it does not run."
    )
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    newest_run = serializers.SerializerMethodField()

    def get_paused(self, test: CheckoutTest) -> bool:
        return test.paused_at is not None

    @extend_schema_field(NewestRunSerializer(allow_null=True))
    def get_newest_run(self, test: CheckoutTest) -> dict[str, Any] | None:
        run = self.context["newest_runs"].get(test.pk)
        return NewestRunSerializer(run).data if run else None


class CheckoutTestDetailSerializer(CheckoutTestSerializer):
    """A Checkout Test with its steps."""

    flow = serializers.JSONField(help_text=FLOW_WORDS)
    missing_test_data = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing_test_data(self, test: CheckoutTest) -> list[str]:
        return test_data.missing(test)


class CheckoutTestQuery(serializers.Serializer[Any]):
    site = serializers.UUIDField(required=False, help_text="Only the tests of this site.")
    state = serializers.ChoiceField(choices=CheckoutTest.State.choices, required=False, help_text="Only those that stand like this.")
    paused = serializers.BooleanField(required=False, help_text="Only those that are paused, or only those that are not.")


class CheckoutTestInSerializer(serializers.Serializer[Any]):
    site = serializers.UUIDField(help_text="The site that it belongs to. It starts on that site.")
    flow = serializers.JSONField(help_text=FLOW_WORDS)
    every_minutes = serializers.IntegerField(min_value=tests.SHORTEST, max_value=tests.LONGEST, default=tests.HOURLY)


class CheckoutTestPatchSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, required=False, help_text="The version that you read. Needed with `flow`: if there is a newer one, 409.")
    flow = serializers.JSONField(required=False, help_text=f"All of it: it replaces what was there. {FLOW_WORDS}")
    every_minutes = serializers.IntegerField(min_value=tests.SHORTEST, max_value=tests.LONGEST, required=False)
    paused = serializers.BooleanField(required=False, help_text="`true` stops the scheduled runs, `false` resumes them.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "flow" in attrs and "version" not in attrs:
            raise serializers.ValidationError({"version": "Send the version that you read, so that nobody else’s change is lost."})
        return attrs


class ImportInSerializer(serializers.Serializer[Any]):
    site = serializers.UUIDField(help_text="The site that it belongs to.")
    recording = serializers.JSONField(help_text="A recording of Chrome DevTools’ Recorder, or a Tracefox test.")
    title = serializers.CharField(max_length=120, required=False, default="", allow_blank=True, help_text="Left out: the recording’s own.")

    def validate_recording(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise serializers.ValidationError("Send the recording as an object, as it was exported.")
        return value


class ImportedSerializer(serializers.Serializer[Any]):
    test = CheckoutTestDetailSerializer()
    notes = serializers.ListField(child=serializers.CharField(), help_text="What of the recording was left out or changed, in words for people.")


class TestDataSerializer(serializers.Serializer[Any]):
    """A name, and when its value was given. The value itself is sealed; the web server cannot open it."""

    name = serializers.CharField()
    changed_at = serializers.DateTimeField(allow_null=True, help_text="When the value was given; null while there is none.")
    used = serializers.BooleanField(help_text="A step names it.")


class TestDataInSerializer(serializers.Serializer[Any]):
    value = serializers.CharField(
        max_length=test_data.LONGEST_VALUE, trim_whitespace=False, help_text="Sealed as it enters, and never given back. Real card numbers are refused."
    )


class RunInSerializer(serializers.Serializer[Any]):
    stop_after = serializers.IntegerField(
        min_value=0, max_value=steps.MOST_STEPS - 1, required=False, allow_null=True, help_text="Try the steps down to this one only; its index, from 0."
    )


class StepResultSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField(help_text="Of the step, from 0.")
    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=PART_STATUSES)
    ms = serializers.IntegerField()
    expected = serializers.CharField()
    seen = serializers.CharField()
    cause = serializers.CharField(help_text="The likely cause, in words for people.")
    screenshot = serializers.CharField(allow_null=True, help_text="The name of the evidence.")


class ConditionResultSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField(help_text="Of the success condition, from 0.")
    kind = serializers.CharField()
    status = serializers.ChoiceField(choices=PART_STATUSES)
    expected = serializers.CharField()
    seen = serializers.CharField()


class RunEvidenceSerializer(serializers.Serializer[RunEvidence]):
    name = serializers.CharField()
    kind = serializers.CharField(help_text="screenshot or video, among others.")
    media_type = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()


class RunSerializer(serializers.Serializer[TestRun]):
    """One execution of a test."""

    id = serializers.UUIDField()
    test = serializers.UUIDField(source="test_id")
    status = serializers.ChoiceField(choices=TestRun.Status.choices)
    trigger = serializers.ChoiceField(choices=TestRun.Trigger.choices)
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    flow_version = serializers.IntegerField(help_text="The version of the test that was run.")
    stop_after = serializers.SerializerMethodField()
    stage = serializers.CharField(help_text="What is being done now, in words for people.")
    reached = serializers.IntegerField(help_text="Index of the last step that ended; -1 before the first.")
    reason = serializers.CharField(help_text="The named outcome. Empty when it passed.")
    sentence = serializers.CharField(help_text="The outcome in words for people.")
    stopped_as_defined = serializers.BooleanField(help_text="It came to its stop point, and past that nothing left.")
    failed_step = serializers.IntegerField(allow_null=True, help_text="Index of the step that failed.")
    total_ms = serializers.IntegerField(allow_null=True)
    confirms = serializers.UUIDField(source="confirms_id", allow_null=True, help_text="The failed run that this one repeats at once.")

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_stop_after(self, run: TestRun) -> int | None:
        stop: int | None = run.flow.get("stop_after")
        return stop


class RunDetailSerializer(RunSerializer):
    """One execution of a test, step by step, with its evidence."""

    steps = serializers.SerializerMethodField()
    conditions = serializers.SerializerMethodField()
    network = serializers.SerializerMethodField()
    console = serializers.SerializerMethodField()
    evidence = RunEvidenceSerializer(many=True)

    @extend_schema_field(StepResultSerializer(many=True))
    def get_steps(self, run: TestRun) -> Any:
        return StepResultSerializer(run.result.get("steps", []), many=True).data

    @extend_schema_field(ConditionResultSerializer(many=True))
    def get_conditions(self, run: TestRun) -> Any:
        return ConditionResultSerializer(run.result.get("conditions", []), many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.DictField(), help_text="Requests, without bodies and headers."))
    def get_network(self, run: TestRun) -> Any:
        return run.result.get("network", [])

    @extend_schema_field(serializers.ListField(child=serializers.DictField(), help_text="Errors that the page reported."))
    def get_console(self, run: TestRun) -> Any:
        return run.result.get("console", [])


class RunQuery(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=TestRun.Status.choices, required=False, help_text="Only those with this status.")
    trigger = serializers.ChoiceField(choices=TestRun.Trigger.choices, required=False, help_text="Only those that began this way.")
    since = serializers.DateTimeField(required=False, help_text="Only those requested then or later.")
    until = serializers.DateTimeField(required=False, help_text="Only those requested earlier than that.")
