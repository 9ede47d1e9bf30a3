"""What the API shows and takes of changes, ignore rules and the register, field by field. `...In` is what is sent."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from scans import changes, ignore_rules, register
from scans.diff.change import CATEGORIES
from scans.models import Change, IgnoreRule, RegisterEntry

SEVERITIES = [severity.name.lower() for severity in Change.Severity]
STATES = ["active", "waiting", "expired", "ended"]


class SeverityField(serializers.ChoiceField):
    """`critical` outside, 5 inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=SEVERITIES, **options)

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        return changes.severity_named(super().to_internal_value(data))

    def to_representation(self, value: Any) -> str:
        return SEVERITIES[int(value) - 1]


class ChangeSerializer(serializers.Serializer[Change]):
    """A difference between a scan and what was known of the site, with the verdict on it and what people decided about it."""

    id = serializers.UUIDField()
    site = serializers.UUIDField(source="site_id")
    scan = serializers.UUIDField(source="scan_id")
    found_at = serializers.DateTimeField()
    category = serializers.ChoiceField(choices=CATEGORIES)
    kind = serializers.ChoiceField(choices=Change.Kind.choices)
    name = serializers.CharField(help_text="What people call the thing.")
    entity = serializers.CharField(help_text="The vendor, where there is one.")
    severity = SeverityField()
    sentence = serializers.CharField(help_text="What happened, in words for people.")
    basis = serializers.ChoiceField(choices=["observed", "inferred"], help_text="Whether it was seen, or follows from what was seen.")
    pages = serializers.ListField(child=serializers.CharField(), help_text="The addresses where it differs.")
    payment_pages = serializers.ListField(child=serializers.CharField(), help_text="Those of them that are payment pages.")
    incident = serializers.CharField(help_text="The same for the same cause on other sites.")
    cause = serializers.CharField(help_text="What brought it: a tag manager's account, or the host of a script. Empty where the page itself did.")
    told = serializers.BooleanField(help_text="It waits in the inbox: confirmed, medium or graver, and no part of another.")
    confirmed = serializers.BooleanField(help_text="It was there again in a second load.")
    ignored_by = serializers.UUIDField(source="ignored_by_id", allow_null=True, help_text="The ignore rule that hides it.")
    review = serializers.ChoiceField(choices=Change.Review.choices)
    justification = serializers.CharField(help_text="Why it was expected.")
    reviewed_at = serializers.DateTimeField(allow_null=True)


class RuleOfChangeSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    version = serializers.IntegerField()
    inputs = serializers.DictField(help_text="What the rule looked at: enough to give the verdict again.")


class EvidenceLinkSerializer(serializers.Serializer[Any]):
    sha256 = serializers.CharField()
    kind = serializers.CharField()
    url = serializers.CharField(help_text="Path of the download.")


class ChangeDetailSerializer(ChangeSerializer):
    key = serializers.CharField(help_text="Its identity within the category.")
    before = serializers.DictField(allow_null=True, help_text="Its facts before; null where it was not there.")
    after = serializers.DictField(allow_null=True, help_text="Its facts now; null where it is gone.")
    differs = serializers.ListField(child=serializers.CharField(), help_text="The facts that differ.")
    chain = serializers.ListField(child=serializers.CharField(), help_text="Who caused it: from the nearest cause up to the document.")
    about = serializers.DictField(help_text="What is known of the thing beside its facts.")
    first_seen_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    rule = serializers.SerializerMethodField(help_text="What gave the severity.")
    part_of = serializers.UUIDField(source="part_of_id", allow_null=True, help_text="The change of the same scan that explains this one.")
    evidence = serializers.SerializerMethodField(help_text="The stored objects that its facts name.")

    @extend_schema_field(RuleOfChangeSerializer)
    def get_rule(self, change: Change) -> dict[str, Any]:
        return {"id": change.rule, "version": change.rule_version, "inputs": change.inputs}

    @extend_schema_field(EvidenceLinkSerializer(many=True))
    def get_evidence(self, _change: Change) -> list[dict[str, str]]:
        links: list[dict[str, str]] = self.context["evidence"]
        return links


class ChangeQuery(serializers.Serializer[Any]):
    client = serializers.UUIDField(required=False, help_text="Only on the sites of this client.")
    site = serializers.UUIDField(required=False, help_text="Only on this site.")
    scan = serializers.UUIDField(required=False, help_text="Only those that this scan found.")
    severity = SeverityField(required=False, help_text="Only those of at least this severity.")
    category = serializers.ChoiceField(choices=CATEGORIES, required=False)
    kind = serializers.ChoiceField(choices=Change.Kind.choices, required=False)
    entity = serializers.CharField(max_length=200, required=False, help_text="Only this vendor's.")
    review = serializers.ChoiceField(choices=Change.Review.choices, required=False)
    incident = serializers.CharField(max_length=400, required=False, help_text="Only those that are the same on other sites.")
    cause = serializers.CharField(max_length=200, required=False, help_text="Only what this brought, e.g. `GTM-ABC123`.")
    told = serializers.BooleanField(required=False, help_text="Only those that wait in the inbox, or only the others.")
    ignored_by = serializers.UUIDField(required=False, help_text="Only those that this ignore rule hides.")
    since = serializers.DateTimeField(required=False, help_text="Only those found then or later.")
    until = serializers.DateTimeField(required=False, help_text="Only those found earlier than that.")
    q = serializers.CharField(max_length=100, required=False, allow_blank=True, help_text="Words that the name, the sentence, the vendor or the site holds.")


class JustificationSerializer(serializers.Serializer[Any]):
    justification = serializers.CharField(max_length=changes.LONGEST_JUSTIFICATION, help_text="Why it was meant to happen.")


class RuleScopeSerializer(serializers.Serializer[Any]):
    """What a rule hides: at least a category, a vendor or a name, and nothing graver than `up_to`."""

    category = serializers.ChoiceField(choices=CATEGORIES, required=False, help_text="Only this category.")
    kind = serializers.ChoiceField(choices=Change.Kind.choices, required=False, help_text="Only new, gone or changed.")
    entity = serializers.CharField(max_length=ignore_rules.LONGEST_ENTITY, required=False, help_text="Only this vendor's.")
    pattern = serializers.CharField(
        max_length=ignore_rules.LONGEST_PATTERN,
        required=False,
        help_text="Only what is named like this; `*` stands for anything within a host or within a path.",
    )
    client = serializers.UUIDField(required=False, help_text="Only on this client's sites.")
    site = serializers.UUIDField(required=False, help_text="Only on this site.")
    up_to = SeverityField(required=False, help_text="Hides nothing graver. Left out: `medium`. `critical` needs the approval of a second person.")


class RuleInSerializer(RuleScopeSerializer):
    reason = serializers.CharField(max_length=ignore_rules.LONGEST_REASON, help_text="Why these changes are not to be seen.")
    expires_at = serializers.DateTimeField(help_text=f"When it ends: within {ignore_rules.LONGEST.days} days.")


class RuleSerializer(serializers.Serializer[IgnoreRule]):
    """Hides changes that somebody decided not to see."""

    id = serializers.UUIDField()
    state = serializers.SerializerMethodField(help_text="`waiting`: it hides nothing before a second person approved it.")
    category = serializers.CharField()
    kind = serializers.CharField()
    entity = serializers.CharField()
    pattern = serializers.CharField()
    client = serializers.UUIDField(source="client_id", allow_null=True)
    site = serializers.UUIDField(source="site_id", allow_null=True)
    up_to = SeverityField()
    reason = serializers.CharField()
    program = serializers.CharField(help_text="Through which API key it was added, by name.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    hidden = serializers.IntegerField(help_text="How many changes lie under it.")

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, rule: IgnoreRule) -> str:
        return ignore_rules.state(rule, now=timezone.now())


class PreviewSerializer(serializers.Serializer[ignore_rules.Preview]):
    """What a rule would have hidden of the stored past."""

    changes = serializers.IntegerField()
    by_severity = serializers.SerializerMethodField(help_text="Severity -> how many.")
    told = serializers.IntegerField(help_text="How many of them were told.")
    sentence = serializers.CharField(help_text="E.g. `7 changes, 1 critical, 6 medium`.")
    examples = ChangeSerializer(many=True, help_text="The newest of them.")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_by_severity(self, preview: ignore_rules.Preview) -> dict[str, int]:
        return {SEVERITIES[severity - 1]: count for severity, count in preview.by_severity.items()}


class EntrySerializer(serializers.Serializer[register.Row]):
    """A script or security header of a payment page: evidence for PCI DSS 6.4.3 and 11.6.1."""

    id = serializers.UUIDField(source="entry.id")
    page = serializers.URLField(source="page.url")
    kind = serializers.ChoiceField(choices=RegisterEntry.Kind.choices, source="entry.kind")
    name = serializers.CharField(source="entry.name")
    entity = serializers.CharField(source="entry.entity")
    state = serializers.ChoiceField(choices=list(register.STATES), help_text="`changed`: its content changed since it was authorised.")
    integrity = serializers.CharField(source="entry.integrity", help_text="How a tampering would be seen.")
    sha256 = serializers.CharField(source="entry.sha256")
    value = serializers.CharField(source="entry.value", help_text="Of a header, what it said when last seen.")
    payment_page = serializers.BooleanField(source="is_watched", help_text="`false`: its page is no payment page any more, and nothing is added here.")
    first_seen_at = serializers.DateTimeField(source="entry.first_seen_at")
    last_seen_at = serializers.DateTimeField(source="entry.last_seen_at")
    changed_at = serializers.DateTimeField(source="entry.changed_at", allow_null=True)
    gone_at = serializers.DateTimeField(source="entry.gone_at", allow_null=True)
    justification = serializers.CharField(source="entry.justification")
    authorised_by = serializers.CharField(help_text="Who stands for it: an e-mail address, or the name of an API key.")
    authorised_at = serializers.DateTimeField(source="entry.authorised_at", allow_null=True)


class EntryPatchSerializer(serializers.Serializer[Any]):
    justification = serializers.CharField(
        max_length=register.LONGEST_JUSTIFICATION, required=False, help_text="Why it is needed. New words withdraw an authorisation that was given for others."
    )
    authorised = serializers.BooleanField(required=False, help_text="`true` authorises it as it is now, `false` withdraws that.")
    sha256 = serializers.CharField(
        max_length=64, required=False, allow_blank=True, help_text="The content that you looked at. If it is another by now, nothing is written."
    )
