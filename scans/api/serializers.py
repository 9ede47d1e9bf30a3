"""What the API shows of a row and what it takes, field by field.

`...In` is what is sent. Rows of the workspace are named by their id; a view looks them up in its own workspace, so that another's id is the same as none.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from scans import sites
from scans.models import Evidence, Page, Scan, Site


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class NewestScanSerializer(serializers.Serializer[Scan]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Scan.Status.choices)
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class SiteSerializer(serializers.Serializer[Site]):
    """A Monitored Website."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.URLField(help_text="The start page, always https.")
    client = NamedSerializer()
    scan_every_minutes = serializers.IntegerField()
    next_scan_at = serializers.DateTimeField(allow_null=True, help_text="When the next scheduled scan is due; null while paused.")
    paused = serializers.SerializerMethodField()
    answers_consent = serializers.BooleanField(help_text="Opted in: each scan also answers the consent banner and compares what follows.")
    created_at = serializers.DateTimeField()
    newest_scan = serializers.SerializerMethodField()

    def get_paused(self, site: Site) -> bool:
        return site.paused_at is not None

    @extend_schema_field(NewestScanSerializer(allow_null=True))
    def get_newest_scan(self, site: Site) -> dict[str, Any] | None:
        scan = self.context["newest_scans"].get(site.pk)
        return NewestScanSerializer(scan).data if scan else None


class SiteQuery(serializers.Serializer[Any]):
    client = serializers.UUIDField(required=False, help_text="Only the sites of this client.")
    paused = serializers.BooleanField(required=False, help_text="Only those that are paused, or only those that are not.")
    status = serializers.ChoiceField(choices=Scan.Status.choices, required=False, help_text="Only those whose newest scan has this status.")
    q = serializers.CharField(max_length=100, required=False, allow_blank=True, help_text="Words that the name, the address or the client's name holds.")


class SiteInSerializer(serializers.Serializer[Site]):
    url = serializers.CharField(max_length=2048, help_text="The start page. `http://` or no scheme becomes `https://`.")
    client = serializers.UUIDField(help_text="The client who owns the site.")
    name = serializers.CharField(
        max_length=sites.LONGEST_NAME, required=False, default="", allow_blank=True, help_text="What people call it. Left out: its host."
    )


class SitePatchSerializer(serializers.Serializer[Site]):
    name = serializers.CharField(max_length=sites.LONGEST_NAME, required=False)
    client = serializers.UUIDField(required=False, help_text="The client of the same workspace who owns the site from now on.")
    scan_every_minutes = serializers.IntegerField(
        min_value=sites.SHORTEST, max_value=sites.LONGEST, required=False, help_text="With a payment page at most a week."
    )
    paused = serializers.BooleanField(required=False, help_text="`true` stops the visits, `false` visits again, at once and then on schedule.")
    answers_consent = serializers.BooleanField(required=False, help_text="`true` opts in: each scan then also accepts and rejects the consent banner.")


class SiteListInSerializer(serializers.Serializer[Any]):
    client = serializers.UUIDField(help_text="The client who owns all of them.")
    urls = serializers.ListField(
        child=serializers.CharField(allow_blank=True), min_length=1, max_length=sites.LINE_LIMIT, help_text="One address each. Blank ones are skipped."
    )


class LineSerializer(serializers.Serializer[sites.Line]):
    """What became of one address."""

    line = serializers.IntegerField(source="number", help_text="Its place in `urls`, from 1.")
    url = serializers.CharField(source="text", help_text="As it was sent.")
    result = serializers.ChoiceField(choices=["added", "already there", "refused"])
    detail = serializers.CharField(source="sentence", help_text="Why it was not added, and what to do. Empty when it was.")
    site = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_site(self, line: sites.Line) -> str | None:
        return str(line.site.pk) if line.site else None


class LinesSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    already_there = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = LineSerializer(many=True)


class PageSerializer(serializers.Serializer[Page]):
    """One URL of a site that is loaded; nothing outside these URLs is."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    kind = serializers.ChoiceField(choices=Page.Kind.choices)
    position = serializers.IntegerField(help_text="The order in which pages are loaded.")


class PageInSerializer(serializers.Serializer[Page]):
    url = serializers.CharField(max_length=2048, help_text="A page of the same registrable domain.")
    kind = serializers.ChoiceField(choices=Page.Kind.choices, default=Page.Kind.PAGE, help_text="`policy` opts in: the page's readable text is kept as well.")


class PagePatchSerializer(serializers.Serializer[Page]):
    kind = serializers.ChoiceField(choices=Page.Kind.choices, help_text="`payment` has its scripts and headers kept in the register.")


class PageChangedSerializer(PageSerializer):
    notice = serializers.CharField(help_text="What else followed from it, in words for people. Mostly empty.")


class SnapshotSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(help_text="Version of the document's form.")
    sha256 = serializers.CharField(help_text="Of the document, byte for byte.")
    size = serializers.IntegerField(help_text="Bytes of the document.")
    captured_at = serializers.DateTimeField()
    summary = serializers.JSONField(help_text="Counts: pages, requests, scripts, cookies, third_parties, writes_attempted, findings, ...")


class ScanSerializer(serializers.Serializer[Scan]):
    """One automated, read-only session in a headless browser."""

    id = serializers.UUIDField()
    site = serializers.UUIDField(source="site_id")
    status = serializers.ChoiceField(choices=Scan.Status.choices)
    trigger = serializers.ChoiceField(choices=Scan.Trigger.choices)
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    stage = serializers.CharField(help_text="What is being done now, in words for people.")
    pages_done = serializers.IntegerField()
    pages_total = serializers.IntegerField()
    reason = serializers.CharField(help_text="The named outcome, e.g. dns, tls, deadline. Empty when ok.")
    blocked_by = serializers.CharField(help_text="Which challenge or error page answered instead of the site.")
    sentence = serializers.CharField(help_text="The outcome in words for people.")
    snapshot = serializers.SerializerMethodField()

    @extend_schema_field(SnapshotSerializer(allow_null=True))
    def get_snapshot(self, scan: Scan) -> dict[str, Any] | None:
        stored = getattr(scan, "snapshot", None)
        return SnapshotSerializer(stored).data if stored else None


class ScanQuery(serializers.Serializer[Any]):
    site = serializers.UUIDField(required=False, help_text="Only the scans of this site.")
    status = serializers.ChoiceField(choices=Scan.Status.choices, required=False, help_text="Only those with this status.")
    trigger = serializers.ChoiceField(choices=Scan.Trigger.choices, required=False, help_text="Only those that began this way.")
    since = serializers.DateTimeField(required=False, help_text="Only those requested then or later.")
    until = serializers.DateTimeField(required=False, help_text="Only those requested earlier than that.")


class EvidenceSerializer(serializers.Serializer[Evidence]):
    """A stored object behind a statement, named by its content's hash."""

    id = serializers.UUIDField()
    kind = serializers.CharField(help_text="screenshot, dom_raw, dom_normalised, script or policy_text.")
    media_type = serializers.CharField(help_text="What it was when it was captured. A download is text/plain or image/png, whatever it was.")
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
