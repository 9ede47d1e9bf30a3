import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from accounts import data_keys
from scans import orphans, store
from scans import snapshot as form
from scans.models import Evidence, Scan, Site, Snapshot
from scans.snapshot import Captured, EvidenceRef
from tests.factories import make_scan, make_site, make_workspace
from tests.scans.sample_snapshot import MAIN_SCRIPT, NORMALISED_DOM, RAW_DOM, sample_captured, sample_evidence, sample_snapshot, screenshot_png
from tracefox import blobs, vault

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings):
    """A store of this test's own."""
    settings.BLOBS = "memory"
    blobs.forget()
    yield blobs.store()
    blobs.forget()


def _keys() -> list[str]:
    return [blob.key for blob in blobs.store().list("")]


def _running() -> Scan:
    return make_scan(status=Scan.Status.RUNNING)


def test_a_stored_snapshot_comes_back_as_it_was():
    scan = _running()
    store.save(scan, sample_captured())
    assert store.load(scan) == sample_snapshot()
    assert store.document(scan) == form.to_bytes(sample_snapshot())


def test_the_row_says_what_lies_where():
    scan = _running()
    row = store.save(scan, sample_captured())
    document = form.to_bytes(sample_snapshot())
    assert (row.sha256, row.size, row.version) == (hashlib.sha256(document).hexdigest(), len(document), form.VERSION)
    assert row.summary == form.summary(sample_snapshot())
    assert row.captured_at == datetime(2026, 3, 2, 6, 0, 7, tzinfo=UTC)
    assert row.object_key.startswith(f"{scan.site.workspace_id}/{scan.site_id}/{scan.id}/")


def test_every_evidence_row_opens_to_the_body_of_its_hash():
    scan = _running()
    store.save(scan, sample_captured())
    rows = Evidence.objects.for_workspace(scan.site.workspace)
    assert {row.sha256: store.evidence(row) for row in rows} == sample_evidence()


def test_no_stored_byte_shows_what_was_captured(kept):
    store.save(_running(), sample_captured())
    stored = b"".join(kept.get(key) for key in _keys())
    for plain in (b"shop.example", MAIN_SCRIPT, RAW_DOM, NORMALISED_DOM, screenshot_png()[:64], b"googletagmanager"):
        assert plain not in stored


def test_an_object_that_was_moved_does_not_open(kept):
    scan, neighbour = _running(), _running()
    ours, theirs = store.save(scan, sample_captured()), store.save(neighbour, sample_captured())
    kept.put(theirs.object_key, kept.get(ours.object_key))
    with pytest.raises(vault.KeyMissing):
        store.load(neighbour)


def test_an_object_that_was_moved_within_the_workspace_does_not_open(kept):
    site = make_site()
    scan = make_scan(site=site, status=Scan.Status.OK)
    later = make_scan(site=site, status=Scan.Status.RUNNING)
    ours, theirs = store.save(scan, sample_captured()), store.save(later, sample_captured())
    kept.put(theirs.object_key, kept.get(ours.object_key))
    with pytest.raises(vault.CannotUnseal):
        store.load(later)


def test_an_altered_object_is_noticed(kept):
    scan = _running()
    row = store.save(scan, sample_captured())
    kept.put(row.object_key, kept.get(row.object_key)[:-1] + b"\0")
    with pytest.raises(vault.CannotUnseal):
        store.load(scan)


def test_an_object_that_is_not_what_its_row_says_is_damaged():
    scan = _running()
    store.save(scan, sample_captured())
    Snapshot.objects.for_workspace(scan.site.workspace).update(sha256="0" * 64)
    with pytest.raises(store.Damaged):
        store.load(scan)


def test_a_lost_object_is_told_apart_from_a_damaged_one(kept):
    scan = _running()
    kept.delete([store.save(scan, sample_captured()).object_key])
    with pytest.raises(blobs.NoSuchBlob):
        store.load(scan)


def test_a_scan_that_stored_nothing_has_no_document():
    with pytest.raises(Snapshot.DoesNotExist):
        store.load(_running())


def test_scripts_bodies_are_stored_once_for_a_site(kept):
    site = make_site()
    store.save(make_scan(site=site, status=Scan.Status.OK), sample_captured())
    before = {key: kept.get(key) for key in _keys() if "/bodies/" in key}
    later = make_scan(site=site, status=Scan.Status.RUNNING)
    store.save(later, sample_captured())
    assert {key: kept.get(key) for key in _keys() if "/bodies/" in key} == before
    rows = Evidence.objects.for_workspace(site.workspace).filter(snapshot__scan=later, kind="script")
    assert {store.evidence(row) for row in rows} <= set(sample_evidence().values())
    assert rows.count() == 4


def test_a_body_whose_rows_are_old_is_uploaded_again(kept):
    site = make_site()
    store.save(make_scan(site=site, status=Scan.Status.OK), sample_captured())
    before = {key: kept.get(key) for key in _keys() if "/bodies/" in key}
    much_later = sample_captured(finished_at="2026-04-02T06:00:07Z")
    store.save(make_scan(site=site, status=Scan.Status.RUNNING), much_later)
    assert all(kept.get(key) != box for key, box in before.items())


def test_a_neighbours_bodies_are_not_shared():
    first, second = _running(), _running()
    store.save(first, sample_captured())
    store.save(second, sample_captured())
    assert sum("/bodies/" in key for key in _keys()) == 8


def test_two_uploads_of_one_scan_never_touch_each_other():
    scan = _running()
    kept_by_winner = store.put_objects(scan, sample_captured())
    left_by_zombie = store.put_objects(scan, sample_captured())
    store.record(scan, kept_by_winner)
    store.discard(scan, left_by_zombie)
    assert store.load(scan) == sample_snapshot()
    assert [store.evidence(row) for row in Evidence.objects.for_workspace(scan.site.workspace)]


def test_discarding_leaves_only_bodies_that_others_may_name():
    scan = _running()
    store.discard(scan, store.put_objects(scan, sample_captured()))
    assert _keys()
    assert all("/bodies/" in key for key in _keys())


def test_discarding_what_was_seen_of_a_removed_site_leaves_nothing():
    scan, neighbour = _running(), _running()
    store.save(neighbour, sample_captured())
    stored = store.put_objects(scan, sample_captured())
    Site.objects.for_workspace(scan.site.workspace).delete()
    store.discard(scan, stored)
    assert len(_keys()) == 9
    assert store.load(neighbour) == sample_snapshot()


def test_a_scan_is_recorded_once():
    scan = _running()
    stored = store.put_objects(scan, sample_captured())
    store.record(scan, stored)
    with pytest.raises(IntegrityError), transaction.atomic():
        store.record(scan, stored)


@pytest.mark.parametrize("bodies", [{}, dict.fromkeys(sample_evidence(), b"another body")])
def test_a_snapshot_whose_evidence_did_not_come_with_it_is_refused_before_anything_is_stored(bodies):
    with pytest.raises(store.BodyMissing):
        store.put_objects(_running(), Captured(snapshot=sample_snapshot(), evidence=bodies))
    assert _keys() == []


def test_evidence_that_is_named_twice_is_stored_once():
    captured = sample_captured()
    twice = Captured(snapshot=replace(captured.snapshot, evidence=captured.snapshot.evidence * 2), evidence=captured.evidence)
    scan = _running()
    store.save(scan, twice)
    assert Evidence.objects.for_workspace(scan.site.workspace).count() == len(captured.evidence)


def test_a_snapshot_without_evidence_is_stored():
    scan = _running()
    store.save(scan, Captured(snapshot=sample_snapshot(evidence=[]), evidence={}))
    assert store.load(scan).evidence == []


def test_evidence_is_stored_small():
    body = b"<p>again and again</p>" * 50_000
    ref = EvidenceRef(sha256=hashlib.sha256(body).hexdigest(), kind="dom_raw", media_type="text/html", size=len(body))
    store.save(_running(), Captured(snapshot=sample_snapshot(evidence=[ref]), evidence={ref.sha256: body}))
    assert sum(blob.size for blob in blobs.store().list("")) < len(body) / 50


def test_storage_that_is_down_leaves_no_row(settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    settings.BLOBS, settings.BLOBS_DIRECTORY = "directory", str(blocked)
    blobs.forget()
    scan = _running()
    with pytest.raises(blobs.StorageDown):
        store.save(scan, sample_captured())
    assert not Snapshot.objects.for_workspace(scan.site.workspace).exists()


def test_removing_a_workspace_leaves_its_rival_alone():
    ours, theirs = _running(), _running()
    store.save(ours, sample_captured())
    store.save(theirs, sample_captured())
    assert store.remove(ours.site.workspace) == 9
    assert all(key.startswith(f"{theirs.site.workspace_id}/") for key in _keys())
    assert store.load(theirs) == sample_snapshot()


def test_removing_a_scan_leaves_its_sites_bodies():
    scan = _running()
    store.save(scan, sample_captured())
    assert store.remove(scan) == 5
    assert len(_keys()) == 4


def test_removing_what_is_not_there_removes_nothing():
    assert store.remove(make_workspace()) == 0
    assert store.remove(make_site()) == 0


def test_shredded_keys_make_every_object_unreadable():
    scan = _running()
    store.save(scan, sample_captured())
    data_keys.shred(scan.site.workspace)
    with pytest.raises(vault.KeyMissing):
        store.load(scan)


def test_only_old_objects_without_a_row_are_orphans():
    scan, failed = _running(), _running()
    store.save(scan, sample_captured())
    store.put_objects(failed, sample_captured())
    later = datetime.now(UTC) + timedelta(days=2)
    assert set(orphans.find(older_than=later)) == {key for key in _keys() if str(failed.site_id) in key}
    assert list(orphans.find(older_than=datetime.now(UTC) - timedelta(days=1))) == []


def test_a_body_without_its_last_row_is_an_orphan():
    scan = _running()
    store.save(scan, sample_captured())
    scan.delete()
    assert len(list(orphans.find(older_than=datetime.now(UTC) + timedelta(days=2)))) == 9


def test_objects_of_another_kind_are_never_orphans(kept):
    kept.put(f"{make_workspace().id}/reports/2026-03.pdf", b"box")
    kept.put("readme.txt", b"plain")
    assert list(orphans.find(older_than=datetime.now(UTC) + timedelta(days=2))) == []


def test_orphans_are_found_in_any_number(monkeypatch):
    monkeypatch.setattr(orphans, "BATCH", 4)
    for _ in range(3):
        store.put_objects(_running(), sample_captured())
    assert len(list(orphans.find(older_than=datetime.now(UTC) + timedelta(days=2)))) == 27


def test_the_sweep_removes_only_what_is_older_than_a_day(kept):
    kept.clock = lambda: datetime.now(UTC) - timedelta(hours=25)
    old = store.put_objects(_running(), sample_captured())
    kept.clock = lambda: datetime.now(UTC) - timedelta(hours=23)
    young = store.put_objects(_running(), sample_captured())
    assert call_command("sweep_orphans", dry_run=True) == "Would remove 9 objects."
    assert call_command("sweep_orphans") == "Removed 9 objects."
    assert young.object_key in _keys()
    assert old.object_key not in _keys()


def test_a_snapshot_lies_in_real_object_storage_and_comes_back(settings):
    settings.BLOBS = "s3"
    blobs.forget()
    blobs.create_bucket()
    scan = _running()
    store.save(scan, sample_captured())
    assert store.load(scan) == sample_snapshot()
    assert {store.evidence(row) for row in Evidence.objects.for_workspace(scan.site.workspace)} == set(sample_evidence().values())
    stored = b"".join(blobs.store().get(key) for key in _keys() if key.startswith(store.prefix_of(scan.site)))
    assert b"shop.example" not in stored
    assert store.remove(scan.site) == 9


def test_a_sweep_without_storage_says_so(settings):
    settings.BLOBS, settings.S3_ENDPOINT_URL = "s3", "http://127.0.0.1:9"
    blobs.forget()
    with pytest.raises(CommandError, match="does not answer"):
        call_command("sweep_orphans")
