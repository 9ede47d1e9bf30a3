import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scans import snapshot as form
from scans.snapshot import Captured
from tests.factories import NOON, make_scan, make_site
from tests.scans.hostile_snapshot import ATTACKS, hostile_captured
from tests.scans.large_snapshot import large_captured
from tests.scans.looking import SECTIONS, scan_that_saw, section_url, text_of
from tests.scans.sample_snapshot import sample_captured, sample_page, sample_policy_page, sample_snapshot
from tracefox import blobs

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def kept(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    yield
    blobs.forget()


@pytest.fixture
def scan(workspace):
    return scan_that_saw(make_site(workspace=workspace))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_answers_for_every_page_of_the_site(viewer_client, scan, section):
    for number in (0, 1):
        response = viewer_client.get(section_url(scan, section), {"page": number})
        assert response.status_code == 200
        assert response.context["number"] == number


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (
            "overview",
            [
                "OK",
                "took 20.0 s",
                "Read-only",
                "Writes delivered 0",
                "Forms filled 0",
                "The page tried to reach 10.0.0.5",
                "Potential Risk",
                "kept 200 of 431",
                "GTM-ABC1234",
            ],
        ),
        ("third-parties", ["Google Tag Manager", "googletagmanager.com", "Stripe", "2 hosts", "196 kB"]),
        ("requests", ["8 requests", "www.googletagmanager.com", "/gtm.js?id=GTM-ABC1234", "write: answered locally", "404", "blocked"]),
        ("scripts", ["Inline", "module", "with integrity hash", "with nonce", "not available", "connect.facebook.net"]),
        ("cookies", ["_ga", "13 mo", "Session", "shop.example host only", "Lax", "Partitioned", "Values are never kept", "theme"]),
        ("consent", ["Cookiebot", "Visible; answered in loads of their own", "ad_storage", "denied", "DE, AT", "Meta Pixel", "123456789012345"]),
        ("security", ["2 of 7 sent", "content-security-policy", "Not sent", "TLS 1.3", "Example CA R1", "301", "nginx"]),
        (
            "frames",
            [
                "https://js.stripe.com/v3/m-outer.html",
                "sandboxed",
                "https://shop.example/worker.js",
                "blocked",
                "wss://chat.vendor.example/socket",
                "not connected",
            ],
        ),
        ("console", ["ERR_BLOCKED_BY_CLIENT", "error", "kept 200 of 431"]),
        ("blocked", ["www.google-analytics.com", "beacon", "POST", "10.0.0.5", "private-address", "never delivered"]),
        ("evidence", ["Screenshot", "DOM, normalised", "Policy text", "third-party-web 0.30.0", "version 1"]),
    ],
)
def test_a_section_shows_what_was_seen(member_client, scan, section, words):
    text = text_of(member_client.get(section_url(scan, section)))
    assert [word for word in words if word not in text] == []


def test_the_scans_own_address_is_its_overview(member_client, scan):
    url = reverse("scans:scan-detail", args=[scan.site.workspace.slug, scan.id])
    assert "What the scan did" in text_of(member_client.get(url))


def test_a_section_that_does_not_exist_is_not_found(member_client, scan):
    assert member_client.get(section_url(scan, "secrets")).status_code == 404


@pytest.mark.parametrize("page", ["-1", "99", "x", "١"])
def test_a_page_that_does_not_exist_is_one_that_does(member_client, scan, page):
    assert member_client.get(section_url(scan, "scripts"), {"page": page}).status_code == 200


def test_the_neighbours_of_a_scan_are_a_click_away(member_client, workspace):
    site = make_site(workspace=workspace)
    first, second, third = (scan_that_saw(site, requested_at=NOON + timedelta(days=day)) for day in range(3))
    html = member_client.get(section_url(second, "cookies")).content.decode()
    assert section_url(first, "cookies") in html
    assert section_url(third, "cookies") in html


def test_requests_answer_htmx_with_the_rows_alone(member_client, scan):
    response = member_client.get(section_url(scan, "requests"), {"q": "facebook"}, headers=HTMX)
    assert b"<html" not in response.content
    assert "1 of 8 requests" in text_of(response)
    assert "HX-Request" in response["Vary"]


def test_a_filter_that_matches_nothing_says_so(member_client, scan):
    assert "No request matches" in text_of(member_client.get(section_url(scan, "requests"), {"q": "nothing"}))


def test_a_sorted_column_says_how(member_client, scan):
    html = member_client.get(section_url(scan, "requests"), {"sort": "-size"}).content.decode()
    assert re.search(r'<th scope="col" class="number bytes" aria-sort="descending">', html)


def test_a_thousand_requests_come_in_pages_and_cost_no_more_queries(member_client, workspace):
    small, large = scan_that_saw(make_site(workspace=workspace)), scan_that_saw(make_site(workspace=workspace), large_captured(requests=1000))

    def queries(scan):
        with CaptureQueriesContext(connection) as seen:
            response = member_client.get(section_url(scan, "requests"))
        return len(seen), response

    queries(small)
    few, _ = queries(small)
    many, response = queries(large)
    assert many == few
    assert response.content.count(b'<td class="fall">') == 250
    assert "1000 requests" in text_of(response)
    assert "Page 1 of 4" in text_of(response)
    assert len(response.content) < 600_000


@pytest.mark.parametrize("section", SECTIONS)
def test_the_number_of_queries_does_not_grow_with_what_was_seen(member_client, workspace, section):
    small, large = scan_that_saw(make_site(workspace=workspace)), scan_that_saw(make_site(workspace=workspace), large_captured(requests=300))
    counts = []
    for scan in (small, small, large):
        with CaptureQueriesContext(connection) as seen:
            member_client.get(section_url(scan, section))
        counts.append(len(seen))
    assert counts[2] == counts[1]


# --- scans that ended badly, or not yet


def test_a_failed_scan_shows_the_sentence_and_the_reason(member_client, workspace):
    scan = make_scan(
        site=make_site(workspace=workspace), status="failed", reason="dns", sentence="The name shop.test does not resolve. Check the spelling.", attempts=2
    )
    text = text_of(member_client.get(section_url(scan)))
    assert "This scan failed. The name shop.test does not resolve. Check the spelling." in text
    assert "Reason: dns · 2 attempts" in text


def test_an_inconclusive_scan_shows_who_answered_and_what_was_seen(member_client, workspace):
    scan = scan_that_saw(
        make_site(workspace=workspace), status="inconclusive", reason="blocked", blocked_by="Cloudflare", sentence="Cloudflare answered instead of the site."
    )
    text = text_of(member_client.get(section_url(scan)))
    assert "This scan was inconclusive. Cloudflare answered instead of the site." in text
    assert "answered by Cloudflare" in text
    assert "Third parties" in text


def test_a_page_that_failed_says_so_on_its_overview(member_client, workspace):
    bad = sample_policy_page(outcome=form.Outcome(status="inconclusive", reason="http-error", sentence="The page answered with HTTP status 503."))
    captured = sample_captured(observations=[sample_page(), bad])
    scan = scan_that_saw(make_site(workspace=workspace), captured, status="inconclusive")
    assert "The page answered with HTTP status 503." in text_of(member_client.get(section_url(scan), {"page": 1}))


def test_a_scan_that_is_running_shows_its_progress(member_client, workspace):
    scan = make_scan(site=make_site(workspace=workspace), status="running", stage="Loading the start page", pages_total=2)
    response = member_client.get(section_url(scan))
    assert "Loading the start page" in text_of(response)
    assert b'aria-live="polite"' in response.content


@pytest.mark.parametrize("section", SECTIONS)
def test_a_snapshot_that_does_not_open_is_a_sentence_in_every_section(member_client, scan, section):
    blobs.forget()
    response = member_client.get(section_url(scan, section))
    assert response.status_code == 200
    assert "cannot be opened any more" in text_of(response)


def test_a_store_that_is_down_asks_for_patience(member_client, scan, settings):
    settings.BLOBS, settings.S3_ENDPOINT_URL = "s3", "http://127.0.0.1:9"
    blobs.forget()
    assert "please try again in a minute" in text_of(member_client.get(section_url(scan)))


def test_a_snapshot_of_no_page_at_all_breaks_nothing(member_client, workspace):
    scan = scan_that_saw(make_site(workspace=workspace), Captured(sample_snapshot(observations=[], evidence=[]), {}), status="failed")
    assert member_client.get(section_url(scan, "requests")).status_code == 200


# --- hostile content


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_site_wrote_is_shown_as_text_in_every_section(member_client, workspace, attack):
    scan = scan_that_saw(make_site(workspace=workspace), hostile_captured(attack))
    for section in SECTIONS:
        html = member_client.get(section_url(scan, section)).content.decode()
        tags = {tag.lower() for tag in re.findall(r"<([a-zA-Z][a-zA-Z0-9]*)", html)}
        assert not tags & {"iframe", "object", "embed", "math"}
        assert "alert" not in "".join(re.findall(r"<[^>]*>", re.sub(r'"[^"]*"', '""', html)))
        assert len(re.findall(r"<script", html)) == 2
        assert not re.search(r"(href|src|action|xlink:href|formaction)=[\"']?\s*(javascript|data|vbscript):", html, re.IGNORECASE)
        assert not re.search(r"<[^>]*\s(on\w+|style)\s*=", re.sub(r'"[^"]*"', '""', html))


def test_no_captured_address_is_a_link(member_client, scan):
    for section in SECTIONS:
        html = member_client.get(section_url(scan, section)).content.decode()
        assert [link for link in re.findall(r'(?:href|src)="([^"]*)"', html) if not link.startswith(("/", "?", "#"))] == []
