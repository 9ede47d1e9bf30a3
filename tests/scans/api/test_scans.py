"""Scans over the API: ask for one, poll it, read what it stored."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest

from scans import reading, store
from scans import snapshot as form
from scans.models import Evidence, Scan, Snapshot
from tests.callers import send
from tests.factories import NOON, make_scan, make_site
from tests.scans.sample_snapshot import sample_captured, sample_evidence, sample_snapshot, screenshot_png
from tracefox import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept")]
SCANS = "/api/v1/scans/"


@pytest.fixture
def seen(workspace):
    """A scan that ended and stored its snapshot."""
    scan = make_scan(site=make_site(workspace=workspace), status=Scan.Status.OK)
    store.save(scan, sample_captured())
    return scan


def evidence(scan: Scan, kind: str) -> Evidence:
    return Evidence.objects.for_workspace(scan.site.workspace_id).filter(snapshot=scan.pk, kind=kind).order_by("sha256")[0]


def test_a_scan_is_asked_for_and_polled(program, workspace):
    site = make_site(workspace=workspace)

    asked = program.post(f"/api/v1/sites/{site.pk}/scans/")

    scan = Scan.objects.for_workspace(workspace).get()
    assert asked.status_code == 202
    assert asked["Location"] == f"{SCANS}{scan.pk}/"
    assert (asked.json()["status"], asked.json()["trigger"]) == ("queued", "api")
    polled = program.get(asked["Location"])
    assert polled.status_code == 200
    assert int(polled["Retry-After"]) > 0
    assert polled.json()["snapshot"] is None


def test_asking_again_while_a_scan_is_open_gives_that_scan(program, workspace):
    scan = make_scan(site=make_site(workspace=workspace), status=Scan.Status.RUNNING)

    response = program.post(f"/api/v1/sites/{scan.site_id}/scans/")

    assert (response.status_code, response.json()["id"]) == (202, str(scan.pk))
    assert Scan.objects.for_workspace(workspace).count() == 1


def test_a_scan_that_ended_says_how_and_need_not_be_polled(program, seen):
    response = program.get(f"{SCANS}{seen.pk}/")

    body = response.json()
    assert "Retry-After" not in response
    assert (body["status"], body["finished_at"]) == ("ok", "2026-03-04T12:00:20Z")
    assert body["snapshot"]["sha256"] == hashlib.sha256(form.to_bytes(sample_snapshot())).hexdigest()
    assert body["snapshot"]["summary"] == form.summary(sample_snapshot())


def test_scans_are_listed_newest_first_and_only_ours(program, workspace, rival):
    site = make_site(workspace=workspace)
    old = make_scan(site=site, status=Scan.Status.OK, requested_at=NOON)
    new = make_scan(site=site, status=Scan.Status.FAILED, requested_at=NOON + timedelta(hours=1))
    make_scan(site=make_site(workspace=rival))

    listed = program.get(SCANS).json()["results"]

    assert [row["id"] for row in listed] == [str(new.pk), str(old.pk)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "failed"}, ["new"]),
        ({"trigger": "schedule"}, []),
        ({"since": "2026-03-04T12:30:00Z"}, ["new"]),
        ({"until": "2026-03-04T12:30:00Z"}, ["old"]),
        ({"status": "ok", "since": "2026-03-04T12:30:00Z"}, []),
    ],
)
def test_scans_are_found_by_what_is_known_of_them(program, workspace, query, found):
    site = make_site(workspace=workspace)
    names = {str(make_scan(site=site, status=Scan.Status.OK, requested_at=NOON).pk): "old"}
    names[str(make_scan(site=site, status=Scan.Status.FAILED, requested_at=NOON + timedelta(hours=1)).pk)] = "new"

    assert [names[row["id"]] for row in program.get(SCANS, query | {"site": str(site.pk)}).json()["results"]] == found
    assert program.get(SCANS, query | {"site": str(uuid4())}).json()["results"] == []


def test_the_number_of_queries_does_not_grow_with_the_page(program, workspace, django_assert_max_num_queries):
    site = make_site(workspace=workspace)
    for hour in range(12):
        store.save(make_scan(site=site, status=Scan.Status.OK, requested_at=NOON + timedelta(hours=hour)), sample_captured())
    program.get(SCANS)

    with django_assert_max_num_queries(5):
        assert all(row["snapshot"] for row in program.get(SCANS).json()["results"])


def test_the_snapshot_is_given_byte_for_byte(program, seen):
    response = program.get(f"{SCANS}{seen.pk}/snapshot/")

    assert response.content == form.to_bytes(sample_snapshot())
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_screenshot_is_that_of_the_page_that_was_asked_for(program, seen):
    first = program.get(f"{SCANS}{seen.pk}/screenshot/")

    assert (first.status_code, first["Content-Type"]) == (200, "image/png")
    assert program.get(f"{SCANS}{seen.pk}/screenshot/?page=1").content == first.content == screenshot_png()


@pytest.mark.parametrize(("page", "status"), [("0", 400), ("-1", 400), ("x", 400), ("", 400), ("99999", 400), ("77", 404)])
def test_a_page_that_is_none_has_no_screenshot(program, seen, page, status):
    assert program.get(f"{SCANS}{seen.pk}/screenshot/?page={page}").status_code == status


def test_evidence_is_listed_and_every_object_opens_to_its_hash(program, seen):
    url, rows = f"{SCANS}{seen.pk}/evidence/?page_size=2", []
    while url:
        body = program.get(url).json()
        rows += body["results"]
        url = body["next"]

    assert {row["sha256"] for row in rows} == set(sample_evidence())
    for row in rows:
        content = program.get(f"{SCANS}{seen.pk}/evidence/{row['id']}/").content
        assert hashlib.sha256(content).hexdigest() == row["sha256"]


@pytest.mark.parametrize(
    ("kind", "media_type"), [("dom_raw", "text/plain; charset=utf-8"), ("script", "text/plain; charset=utf-8"), ("screenshot", "image/png")]
)
def test_a_download_is_never_run_by_a_browser(program, seen, kind, media_type):
    row = evidence(seen, kind)

    response = program.get(f"{SCANS}{seen.pk}/evidence/{row.pk}/")

    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"].startswith(f'attachment; filename="{kind}-{row.sha256[:12]}.')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_evidence_of_another_scan_is_not_under_this_one(program, seen, workspace):
    other = make_scan(site=make_site(workspace=workspace), status=Scan.Status.OK)

    assert program.get(f"{SCANS}{other.pk}/evidence/{evidence(seen, 'script').pk}/").status_code == 404


@pytest.mark.parametrize("path", ["", "snapshot/", "screenshot/", "evidence/", "evidence/{evidence}/"])
def test_a_rivals_scan_is_as_good_as_none(rivals_program, seen, path):
    theirs = rivals_program.get(f"{SCANS}{seen.pk}/{path.format(evidence=evidence(seen, 'script').pk)}")
    nobodys = rivals_program.get(f"{SCANS}{uuid4()}/{path.format(evidence=uuid4())}")

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content


@pytest.mark.parametrize("path", ["snapshot/", "screenshot/"])
def test_a_scan_that_stored_nothing_has_nothing_to_show(program, workspace, path):
    scan = make_scan(site=make_site(workspace=workspace), status=Scan.Status.FAILED)

    assert program.get(f"{SCANS}{scan.pk}/{path}").status_code == 404
    assert program.get(f"{SCANS}{scan.pk}/evidence/").json()["results"] == []


class Down:
    """A store that does not answer."""

    def get(self, key: str) -> bytes:
        raise blobs.StorageDown("no answer")


@pytest.mark.parametrize("path", ["snapshot/", "screenshot/", "evidence/{}/"])
def test_a_storage_that_is_down_is_said_to_be_down(program, seen, path, monkeypatch):
    monkeypatch.setattr(blobs, "store", Down)

    response = program.get(f"{SCANS}{seen.pk}/{path.format(evidence(seen, 'script').pk)}")

    assert response.status_code == 503
    assert response["Retry-After"]
    assert response.json()["detail"] == reading.TRY_LATER


def test_what_was_stored_and_is_lost_is_said_to_be_gone(program, seen, kept):
    kept.delete([Snapshot.objects.for_workspace(seen.site.workspace_id).get().object_key])

    response = program.get(f"{SCANS}{seen.pk}/snapshot/")

    assert (response.status_code, response.json()["detail"]) == (410, reading.GONE)


def test_a_key_that_only_reads_reads_everything(reader, seen):
    for path in ("", "snapshot/", "screenshot/", "evidence/"):
        assert reader.get(f"{SCANS}{seen.pk}/{path}").status_code == 200


def test_a_scan_cannot_be_changed_or_removed(program, seen):
    for method in ("post", "put", "patch", "delete"):
        assert send(program, method, f"{SCANS}{seen.pk}/", {"status": "failed"}).status_code == 405
