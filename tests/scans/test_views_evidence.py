import hashlib
import json

import pytest
from django.urls import reverse

from scans import snapshot as form
from scans import store
from scans.models import Evidence
from scans.snapshot import Captured, EvidenceRef
from tests.factories import make_scan, make_site
from tests.scans.looking import scan_that_saw
from tests.scans.sample_snapshot import RAW_DOM, sample_captured, sample_evidence, sample_snapshot, screenshot_png
from tracefox import blobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    yield
    blobs.forget()


@pytest.fixture
def scan(workspace):
    return scan_that_saw(make_site(workspace=workspace, url="https://shop.example/"))


def _evidence(scan, kind):
    return Evidence.objects.for_workspace(scan.site.workspace).filter(snapshot__scan=scan, kind=kind).first()


def _download(browser, scan, row):
    return browser.get(reverse("scans:evidence-download", args=[scan.site.workspace.slug, scan.id, row.id]))


def _screenshot(browser, scan, sha256):
    return browser.get(reverse("scans:screenshot", args=[scan.site.workspace.slug, scan.id, sha256]))


@pytest.mark.parametrize("kind", ["dom_raw", "dom_normalised", "script", "policy_text"])
def test_captured_text_is_only_ever_a_sandboxed_plain_attachment(viewer_client, scan, kind):
    row = _evidence(scan, kind)
    response = _download(viewer_client, scan, row)
    assert response.content == sample_evidence()[row.sha256]
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"].startswith(f'attachment; filename="shop.example-{kind}-{row.sha256[:12]}')
    assert response["Content-Disposition"].endswith('.txt"')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]


def test_the_snapshot_comes_byte_for_byte(viewer_client, scan):
    response = viewer_client.get(reverse("scans:snapshot-download", args=[scan.site.workspace.slug, scan.id]))
    assert response.content == form.to_bytes(sample_snapshot())
    assert json.loads(response.content)["version"] == 1
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="shop.example-2026-03-04-1200-snapshot.json"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_screenshot_is_shown_and_kept_by_this_browser_only(viewer_client, scan):
    response = _screenshot(viewer_client, scan, _evidence(scan, "screenshot").sha256)
    assert response.content == screenshot_png()
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"].startswith("private, max-age=")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_screenshot_can_be_saved_as_a_picture(viewer_client, scan):
    response = _download(viewer_client, scan, _evidence(scan, "screenshot"))
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].endswith('.png"')


def test_no_other_evidence_is_ever_shown_as_a_picture(viewer_client, scan):
    assert _screenshot(viewer_client, scan, _evidence(scan, "dom_raw").sha256).status_code == 404


def test_a_screenshot_that_is_no_png_is_not_shown_and_downloads_as_text(viewer_client, workspace):
    body = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    name = hashlib.sha256(body).hexdigest()
    ref = EvidenceRef(sha256=name, kind="screenshot", media_type="image/svg+xml", size=len(body))
    captured = Captured(sample_snapshot(evidence=[ref]), {name: body})
    scan = scan_that_saw(make_site(workspace=workspace), captured)
    assert _screenshot(viewer_client, scan, name).status_code == 404
    assert _download(viewer_client, scan, _evidence(scan, "screenshot"))["Content-Type"] == "text/plain; charset=utf-8"


def test_evidence_of_another_scan_is_not_found_under_this_one(viewer_client, workspace, scan):
    other = scan_that_saw(make_site(workspace=workspace))
    assert _download(viewer_client, scan, _evidence(other, "dom_raw")).status_code == 404


def test_a_strangers_evidence_does_not_exist(stranger_client, viewer_client, workspace, rival, scan):
    theirs = scan_that_saw(make_site(workspace=rival))
    assert _download(stranger_client, scan, _evidence(scan, "dom_raw")).status_code == 404
    mixed = reverse("scans:evidence-download", args=[workspace.slug, theirs.id, _evidence(theirs, "dom_raw").id])
    assert viewer_client.get(mixed).status_code == 404
    assert viewer_client.get(reverse("scans:snapshot-download", args=[workspace.slug, theirs.id])).status_code == 404
    picture = reverse("scans:screenshot", args=[workspace.slug, theirs.id, _evidence(theirs, "screenshot").sha256])
    assert viewer_client.get(picture).status_code == 404


def test_a_scan_without_a_snapshot_has_none_to_download(viewer_client, workspace):
    scan = make_scan(site=make_site(workspace=workspace), status="failed")
    assert viewer_client.get(reverse("scans:snapshot-download", args=[workspace.slug, scan.id])).status_code == 404


def test_what_does_not_open_any_more_is_not_found(viewer_client, scan):
    blobs.forget()
    row = _evidence(scan, "dom_raw")
    assert _download(viewer_client, scan, row).status_code == 404
    assert viewer_client.get(reverse("scans:snapshot-download", args=[scan.site.workspace.slug, scan.id])).status_code == 404


def test_a_store_that_is_down_is_503_and_says_when_to_come_back(viewer_client, scan, settings):
    row = _evidence(scan, "dom_raw")
    settings.BLOBS, settings.S3_ENDPOINT_URL = "s3", "http://127.0.0.1:9"
    blobs.forget()
    answers = [_download(viewer_client, scan, row), viewer_client.get(reverse("scans:snapshot-download", args=[scan.site.workspace.slug, scan.id]))]
    assert [(answer.status_code, answer["Retry-After"]) for answer in answers] == [(503, "60")] * 2


def test_the_bytes_are_those_that_were_captured(viewer_client, scan):
    assert _download(viewer_client, scan, _evidence(scan, "dom_raw")).content == RAW_DOM
    assert store.load(scan) == sample_captured().snapshot
