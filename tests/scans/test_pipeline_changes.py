"""From one scan to the next: what is learnt, what is told, what is confirmed, and what touches nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from accounts.models import Workspace
from alerts.models import Alert
from scans import baseline, claims, pipeline
from scans import snapshot as form
from scans.models import Baseline, Change, Page, RegisterEntry
from scans.snapshot import Captured
from tests.factories import NOON, make_change, make_ignore_rule, make_scan, make_site
from tests.scans.sample_snapshot import sample_page, sample_snapshot
from tracefox import blobs
from tracefox.vault import KeysOutOfReach

pytestmark = pytest.mark.django_db(transaction=True)
OK = form.Outcome(status="ok")


@pytest.fixture(autouse=True)
def _memory(settings):
    settings.BLOBS = "memory"
    settings.ONBOARDING_LOADS = 3
    blobs.forget()
    yield
    blobs.forget()


class Web:
    """A site whose pages have the scripts that a test says; counts the loads."""

    def __init__(self, site):
        self.site, self.scripts, self.loads, self.flicker, self.outcome = site, [], 0, [], OK
        self.broken, self.forms = {}, []

    def __call__(self, targets, /, *, settings, progress):
        self.loads += 1
        scripts = [*self.scripts, *(self.flicker.pop(0) if self.flicker else [])]
        seen = [self._page(target, scripts) for target in targets]
        outcome = form.Outcome(status="inconclusive", reason="http-error") if {page.url for page in seen} & self.broken.keys() else self.outcome
        taken = replace(sample_snapshot(), outcome=outcome, observations=seen, evidence=[], consent_states=[])
        return Captured(taken, {})

    def _page(self, target, scripts):
        bare: dict[str, Any] = {
            "requests": [],
            "cookies": [],
            "storage": [],
            "tags": [],
            "frames": [],
            "writes": [],
            "websockets": [],
            "workers": [],
            "forms": self.forms,
        }
        made = [form.Script(url=url, sha256=f"{number:064}", size=1, inline=False, party="third") for number, url in enumerate(scripts)]
        asked = [form.Request(url=url, method="GET", type="script", host=url.split("/")[2], party="third", outcome="loaded", status=200) for url in scripts]
        page = replace(sample_page(), url=target.url, kind=target.kind, outcome=OK, **bare)
        if status := self.broken.get(target.url):
            return replace(page, status=status, outcome=form.Outcome(status="inconclusive", reason="http-error"), scripts=[], requests=[])
        return replace(page, scripts=made, requests=asked, screenshot=None)


@pytest.fixture
def site():
    return make_site()


@pytest.fixture
def web(site):
    return Web(site)


def scanned(web, **fields):
    scan = make_scan(site=web.site, **fields)
    claim = claims.claim(scan.pk, worker="test")
    assert claim is not None
    pipeline.run(claim, visit=web)
    scan.refresh_from_db()
    return scan


def told(scan):
    return [(row.category, row.name) for row in Change.objects.for_workspace(scan.site.workspace).filter(scan=scan, told=True)]


def test_the_first_scan_learns_by_several_loads_and_tells_nothing(site, web):
    web.scripts = ["https://cdn.known.example/a.js"]
    scan = scanned(web)
    assert (scan.status, web.loads) == ("ok", 3)
    assert told(scan) == []
    assert Baseline.objects.for_workspace(site.workspace).get(site=site).loads == 3


def test_a_new_third_party_is_looked_at_again_told_once_and_raises_one_alert(site, web):
    scanned(web)
    web.scripts = ["https://skim.example/s.js"]
    web.loads = 0
    scan = scanned(web)
    assert web.loads == 2
    assert told(scan) == [("third_party", "skim.example")]
    alert = Alert.objects.for_workspace(site.workspace).get()
    assert alert.change is not None
    assert (alert.change.scan, alert.changes) == (scan, 1)
    assert told(scanned(web)) == []


def test_what_a_cause_explains_is_part_of_its_story(site, web):
    scanned(web)
    web.scripts = ["https://skim.example/s.js"]
    scan = scanned(web)
    rows = Change.objects.for_workspace(site.workspace).filter(scan=scan)
    script = rows.get(category="script")
    assert script.part_of is not None
    assert (script.part_of.name, script.told, script.confirmed) == ("skim.example", False, True)


def test_what_does_not_repeat_is_recorded_and_told_when_it_is_glimpsed_again(site, web):
    scanned(web)
    web.flicker = [["https://now-and-then.example/s.js"], []]
    first = scanned(web)
    assert told(first) == []
    assert not Change.objects.for_workspace(site.workspace).filter(scan=first, confirmed=True).exists()
    assert Change.objects.for_workspace(site.workspace).filter(scan=first, confirmed=False).exists()
    web.flicker = [["https://now-and-then.example/s.js"], []]
    assert told(scanned(web)) == [("third_party", "now-and-then.example")]


@pytest.mark.parametrize("status", ["inconclusive", "failed"])
def test_a_scan_that_did_not_see_the_site_touches_nothing(site, web, status):
    scanned(web)
    before = Baseline.objects.for_workspace(site.workspace).get(site=site).object_key
    web.scripts, web.outcome = ["https://skim.example/s.js"], form.Outcome(status=status, reason="blocked", sentence="Somebody else answered.")
    scan = scanned(web)
    assert scan.status == status
    assert not Change.objects.for_workspace(site.workspace).exists()
    assert Baseline.objects.for_workspace(site.workspace).get(site=site).object_key == before


def test_a_page_that_answers_with_an_error_is_told_once_and_does_not_hide_the_others(site, web):
    Page.objects.create(site=site, url=f"{site.url}gone", position=1)
    scanned(web)
    web.broken, web.scripts = {f"{site.url}gone": 404}, ["https://skim.example/s.js"]
    scan = scanned(web)
    assert scan.status == "inconclusive"
    assert sorted(told(scan)) == [("availability", "status"), ("third_party", "skim.example")]
    assert told(scanned(web)) == []
    web.broken = {}
    assert told(scanned(web)) == []


def test_a_page_that_was_never_seen_whole_is_not_learnt_over_and_over(site, web):
    Page.objects.create(site=site, url=f"{site.url}gone", position=1)
    web.broken = {f"{site.url}gone": 404}
    scanned(web)
    web.loads = 0
    assert told(scanned(web)) == []
    assert web.loads == 1


def test_a_site_that_cannot_be_understood_is_kept_and_does_not_stop_its_monitoring(site, web):
    scanned(web)
    before = Baseline.objects.for_workspace(site.workspace).get(site=site).object_key
    web.forms = [form.Form(action="", method="get", name="f", fields=None)]  # type: ignore[arg-type]
    scan = scanned(web)
    web.forms = []
    assert (scan.status, scan.reason, scan.snapshot.scan_id) == ("inconclusive", "not-understood", scan.pk)
    assert Baseline.objects.for_workspace(site.workspace).get(site=site).object_key == before
    assert scanned(web).status == "ok"


@pytest.mark.parametrize("trouble", [OperationalError("the connection is closed"), KeysOutOfReach("KMS does not answer."), blobs.StorageDown("S3 is away")])
def test_trouble_of_ours_while_comparing_is_not_the_sites_and_is_tried_again(site, web, trouble):
    scanned(web)
    before = Baseline.objects.for_workspace(site.workspace).get(site=site).object_key
    web.scripts, loads = ["https://skim.example/s.js"], []

    def away_at_the_second_load(targets, /, *, settings, progress):
        loads.append(targets)
        if len(loads) == 2:
            raise trouble
        return web(targets, settings=settings, progress=progress)

    scan = make_scan(site=site)
    claim = claims.claim(scan.pk, worker="test")
    assert claim is not None
    pipeline.run(claim, visit=away_at_the_second_load)
    scan.refresh_from_db()
    assert scan.status == "queued"
    assert not Change.objects.for_workspace(site.workspace).exists()
    assert Baseline.objects.for_workspace(site.workspace).get(site=site).object_key == before


def test_a_rule_that_hides_the_head_of_a_story_does_not_hide_its_parts(site, web):
    scanned(web)
    make_ignore_rule(workspace=site.workspace, category="third_party", pattern="skim.example", up_to=4, expires_at=timezone.now() + timedelta(days=30))
    web.scripts = ["https://skim.example/s.js"]
    scan = scanned(web)
    assert told(scan) == [("script", "skim.example/s.js")]
    assert Alert.objects.for_workspace(site.workspace).get(change__category="script")


def test_a_second_load_that_is_blocked_tells_nothing_and_the_next_scan_does(site, web):
    scanned(web)

    def blocked_again(targets, /, *, settings, progress):
        taken = web(targets, settings=settings, progress=progress)
        web.outcome = form.Outcome(status="inconclusive", reason="blocked", sentence="Somebody else answered.")
        return taken

    web.scripts = ["https://skim.example/s.js"]
    scan = make_scan(site=site)
    claim = claims.claim(scan.pk, worker="test")
    assert claim is not None
    pipeline.run(claim, visit=blocked_again)
    assert told(scan) == []
    web.outcome = OK
    assert told(scanned(web)) == [("third_party", "skim.example")]


def test_a_change_under_an_ignore_rule_is_stored_and_not_told(site, web):
    scope = {"category": "", "pattern": "skim.example*", "up_to": 4}
    rule = make_ignore_rule(workspace=site.workspace, site=site, **scope, created_at=NOON, expires_at=NOON + timedelta(days=3650))
    scanned(web)
    web.scripts = ["https://skim.example/s.js"]
    scan = scanned(web)
    row = Change.objects.for_workspace(site.workspace).get(scan=scan, category="third_party")
    assert (row.ignored_by, row.told) == (rule, False)
    assert not Alert.objects.for_workspace(site.workspace).exists()


def test_the_database_holds_no_alert_without_a_change():
    workspace = make_site().workspace
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(workspace=workspace, headline="Nothing", changes=1, created_at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(workspace=workspace, change=make_change(), headline="None", changes=0, created_at=NOON)


def test_an_alert_goes_with_its_reason():
    change = make_change()
    Alert.objects.create(workspace=change.workspace, change=change, headline="One", changes=1, created_at=NOON)
    change.scan.site.delete()
    assert not Alert.objects.for_workspace(Workspace.objects.get(pk=change.workspace_id)).exists()


def test_the_history_before_is_deleted_and_one_that_is_lost_is_made_again(site, web):
    web.scripts = ["https://cdn.known.example/a.js"]
    scanned(web)
    scanned(web)
    histories = [blob.key for blob in blobs.store().list(f"{site.workspace_id}/{site.pk}/history/")]
    assert histories == [Baseline.objects.for_workspace(site.workspace).get(site=site).object_key]
    blobs.store().delete(histories)
    assert baseline.load(site).domains() == {"known.example"}


def test_a_history_that_is_made_again_still_holds_back_what_did_not_repeat(site, web):
    scanned(web)
    web.flicker = [["https://now-and-then.example/s.js"], []]
    scanned(web)
    blobs.store().delete([blob.key for blob in blobs.store().list(f"{site.workspace_id}/{site.pk}/history/")])
    assert baseline.load(site).domains() == frozenset()
    web.scripts = ["https://now-and-then.example/s.js"]
    assert told(scanned(web)) == [("third_party", "now-and-then.example")]


def test_the_scripts_of_a_payment_page_enter_the_register(site, web):
    site.pages.update(kind="payment")
    web.scripts = ["https://pay.example/card.js"]
    scanned(web)
    assert RegisterEntry.objects.for_workspace(site.workspace).filter(kind="script", name__contains="pay.example").exists()


def test_reclassify_says_what_todays_rules_say_otherwise_and_writes_only_when_asked(site, web):
    scanned(web)
    web.scripts = ["https://skim.example/s.js"]
    scan = scanned(web)
    rows = Change.objects.for_workspace(site.workspace).filter(scan=scan, category="third_party")
    rows.update(severity=Change.Severity.LOW, rule="third_party.old")
    said = StringIO()
    call_command("reclassify", str(site.pk), "--dry-run", stdout=said)
    assert "low -> high" in said.getvalue()
    assert rows.get().severity == Change.Severity.LOW
    call_command("reclassify", str(site.pk), stdout=said)
    assert rows.get().severity == Change.Severity.HIGH
    again = StringIO()
    call_command("reclassify", str(site.pk), "--dry-run", stdout=again)
    assert again.getvalue() == "Would change: nothing.\n"


def test_reclassify_names_a_scan_whose_snapshot_does_not_open(site, web):
    scanned(web)
    web.scripts = ["https://skim.example/s.js"]
    scan = scanned(web)
    blobs.store().delete([scan.snapshot.object_key])
    said = StringIO()
    call_command("reclassify", str(site.pk), stdout=said)
    assert "high -> ?" in said.getvalue()


def test_reclassify_of_a_site_that_is_not_there_says_so():
    with pytest.raises(CommandError, match="There is no site"):
        call_command("reclassify", "nobody", "--dry-run")
