from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from scans import claims, heartbeat, pipeline, store
from scans.capture import Target
from scans.claims import Claim
from scans.models import Baseline, Evidence, Page, Scan, Snapshot
from scans.snapshot import Captured, Outcome
from tests.factories import make_scan, make_site
from tests.scans.sample_snapshot import sample_captured, sample_snapshot
from tracefox import blobs

pytestmark = pytest.mark.django_db(transaction=True)  # the heartbeat has a connection of its own
DNS = Outcome(status="failed", reason="dns", sentence="The name does not resolve.")


@pytest.fixture(autouse=True)
def kept(settings) -> Iterator[blobs.BlobStore]:
    settings.BLOBS = "memory"
    blobs.forget()
    yield blobs.store()
    blobs.forget()


class Visitor:
    """Stands where the capture stands: remembers what it was asked, does what a test wants meanwhile, and comes back with a given outcome."""

    def __init__(self, outcome: Outcome | None = None, meanwhile: Any = None) -> None:
        self.outcome, self.meanwhile = outcome or Outcome(status="ok"), meanwhile
        self.targets: list[Target] = []

    def __call__(self, targets, /, *, settings, progress) -> Captured:
        self.targets = list(targets)
        if self.meanwhile:
            self.meanwhile(progress)
        captured = sample_captured()
        return replace(captured, snapshot=replace(captured.snapshot, outcome=self.outcome))


def claimed(**fields) -> Claim:
    claim = claims.claim(make_scan(**fields).pk, worker="test")
    assert claim is not None
    return claim


def row(claim: Claim) -> Scan:
    return claims.scan_of(claim)


def take_back(claim: Claim) -> None:
    """What happens to a scan whose worker is silent for too long."""
    Scan.objects.across_workspaces().filter(pk=claim.scan_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claims.reap().requeued == [claim.scan_id]


def keys() -> list[str]:
    return [blob.key for blob in blobs.store().list("")]


def test_a_scan_visits_the_sites_pages_in_order_and_nothing_else():
    site = make_site(pages=2)
    Page.objects.create(site=site, url=f"{site.url}privacy", kind=Page.Kind.POLICY, position=2)
    make_site(pages=2)
    visitor = Visitor()
    pipeline.run(claimed(site=site), visit=visitor)
    assert visitor.targets == [Target(site.url), Target(f"{site.url}page-1"), Target(f"{site.url}privacy", "policy")]


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(status="ok"),
        Outcome(status="inconclusive", reason="blocked", blocked_by="Cloudflare", sentence="Cloudflare answered."),
        Outcome(status="failed", reason="tls", sentence="There is no valid certificate."),
    ],
)
def test_what_was_seen_is_stored_however_the_scan_ended(outcome):
    claim = claimed()
    pipeline.run(claim, visit=Visitor(outcome))
    scan = row(claim)
    assert (scan.status, scan.reason, scan.blocked_by, scan.sentence) == (outcome.status, outcome.reason, outcome.blocked_by, outcome.sentence)
    assert store.load(scan) == replace(sample_snapshot(), outcome=outcome)
    assert Evidence.objects.for_workspace(scan.site.workspace).count() == len(sample_snapshot().evidence)


def test_trouble_that_may_pass_is_tried_again_and_stores_nothing():
    claim = claimed()
    pipeline.run(claim, visit=Visitor(DNS))
    assert (row(claim).status, row(claim).reason) == ("queued", "dns")
    assert keys() == []


def test_the_last_try_is_stored_and_says_how_often_it_was_tried():
    claim = claimed(attempts=2)
    pipeline.run(claim, visit=Visitor(DNS))
    assert (row(claim).status, row(claim).sentence) == ("failed", "The name does not resolve. Tracefox tried 3 times.")
    assert store.load(row(claim)).outcome == DNS


def test_a_second_crash_of_the_browser_in_a_row_is_the_last():
    claim = claimed(attempts=1, reason="browser-crash")
    pipeline.run(claim, visit=Visitor(Outcome(status="failed", reason="browser-crash", sentence="The browser ended unexpectedly.")))
    assert (row(claim).status, row(claim).reason) == ("failed", "browser-crash")


def test_storage_that_is_down_puts_the_scan_back(settings, tmp_path):
    (tmp_path / "no-folder").touch()
    settings.BLOBS, settings.BLOBS_DIRECTORY = "directory", str(tmp_path / "no-folder")
    blobs.forget()
    claim = claimed()
    pipeline.run(claim, visit=Visitor())
    assert (row(claim).status, row(claim).reason) == ("queued", "storage")
    assert not Snapshot.objects.for_workspace(row(claim).site.workspace).exists()


def test_storage_that_stays_down_fails_the_scan_with_a_sentence(settings, tmp_path):
    (tmp_path / "no-folder").touch()
    settings.BLOBS, settings.BLOBS_DIRECTORY = "directory", str(tmp_path / "no-folder")
    blobs.forget()
    claim = claimed(attempts=3)
    pipeline.run(claim, visit=Visitor())
    assert row(claim).status == "failed"
    assert row(claim).sentence == "The site was visited, but what was seen could not be stored. Tracefox tried 4 times."


def test_a_capture_that_breaks_puts_the_scan_back():
    def breaks(_progress) -> None:
        raise RuntimeError("no namespace left")

    claim = claimed()
    pipeline.run(claim, visit=Visitor(meanwhile=breaks))
    assert (row(claim).status, row(claim).reason) == ("queued", "worker-lost")


def test_a_scan_taken_back_during_the_visit_leaves_nothing_behind():
    claim = claimed()
    pipeline.run(claim, visit=Visitor(meanwhile=lambda _progress: take_back(claim)))
    assert row(claim).status == "queued"
    assert keys() == [key for key in keys() if "/bodies/" in key]
    assert not Snapshot.objects.for_workspace(row(claim).site.workspace).exists()


def test_a_scan_ended_by_another_worker_keeps_what_that_one_saw():
    claim = claimed()

    def overtaken(_progress) -> None:
        take_back(claim)
        other = claims.claim(claim.scan_id, worker="other")
        assert other is not None
        pipeline.run(other, visit=Visitor())

    pipeline.run(claim, visit=Visitor(Outcome(status="inconclusive", reason="blocked"), meanwhile=overtaken))
    scan = row(claim)
    assert (scan.status, scan.attempts) == ("ok", 2)
    assert store.load(scan) == sample_snapshot()
    rows, known = Evidence.objects.for_workspace(scan.site.workspace), Baseline.objects.for_workspace(scan.site.workspace).get().object_key
    assert set(keys()) == {Snapshot.objects.for_workspace(scan.site.workspace).get().object_key, known, *rows.values_list("object_key", flat=True)}


def test_a_scan_that_begins_again_shows_no_old_progress():
    claim = claimed()
    claims.progress(claim, stage="Loading", pages_done=1)
    take_back(claim)
    assert row(claim).stage == ""
    claims.claim(claim.scan_id, worker="other")
    assert row(claim).pages_done == 0


def until(is_so) -> bool:
    """Wait for another thread's work to show, generously; the test's own time limit ends what never comes."""
    pause = threading.Event()
    while not is_so():
        pause.wait(0.01)
    return True


def test_progress_reaches_the_row_while_the_visit_goes_on():
    claim = claimed()

    def say(progress) -> None:
        progress("Loading shop.test/", 0)
        assert until(lambda: row(claim).stage == "Loading shop.test/")
        progress("Read shop.test/", 1)
        assert until(lambda: row(claim).pages_done == 1)

    pipeline.run(claim, visit=Visitor(meanwhile=say))
    assert (row(claim).status, row(claim).stage) == ("ok", "")


def test_a_long_visit_keeps_its_scan(settings):
    settings.SCAN_LEASE_SECONDS = 4
    claim = claimed()
    leases = [row(claim).lease_until]

    def long(_progress) -> None:
        assert until(lambda: row(claim).lease_until != leases[0])
        leases.append(row(claim).lease_until)

    pipeline.run(claim, visit=Visitor(meanwhile=long))
    assert leases == sorted(leases, key=str)
    assert row(claim).status == "ok"


def test_a_heart_that_learns_of_the_loss_stops_beating():
    claim = claimed()
    take_back(claim)
    with heartbeat.Heartbeat(claim) as heart:
        heart.say("Loading", 0)
        assert until(lambda: heart.lost)
    assert row(claim).stage == ""


def test_connections_to_the_database_that_break_during_the_visit_lose_nothing():
    claim = claimed()

    def cut(progress) -> None:
        progress("Loading shop.test/", 0)
        assert until(lambda: row(claim).stage == "Loading shop.test/")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            assert cursor.rowcount >= 1
        progress("Read shop.test/", 1)
        assert until(lambda: row(claim).pages_done == 1)

    pipeline.run(claim, visit=Visitor(meanwhile=cut))
    assert row(claim).status == "ok"


def test_no_connection_to_the_database_is_held_during_the_visit():
    claim = claimed()

    def look(_progress) -> None:
        assert connection.connection is None

    pipeline.run(claim, visit=Visitor(meanwhile=look))
    assert row(claim).status == "ok"
