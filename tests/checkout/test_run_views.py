from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from checkout import evidence
from checkout.models import CheckoutTest, RunEvidence, TestRun
from checkout.result import Artefact
from tests.factories import make_checkout_test, make_flow, make_run_evidence, make_site, make_test_run
from tracefox import blobs

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PNG, JPEG, WEBM = b"\x89PNG\r\n\x1a\n picture", b"\xff\xd8\xff picture", b"\x1a\x45\xdf\xa3" + bytes(range(100))
COVERED = "The button is covered by “Newsletter” (#overlay)."


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    yield
    blobs.forget()


@pytest.fixture
def test(workspace):
    return make_checkout_test(site=make_site(workspace=workspace, url="https://www.shop.test/"))


def url(name, *args):
    return reverse(f"checkout:{name}", args=["agency", *args])


def told(index, status="passed", **more):
    return (
        {"index": index, "action": "click", "label": "", "status": status, "ms": 120, "expected": "", "seen": "", "cause": ""}
        | {
            "facts": {},
            "screenshot": f"step-{index}.png",
        }
        | more
    )


def failed_run(test, **more):
    steps = [told(0), told(1, "failed", expected="a click on the button", seen="another element above it", cause=COVERED)]
    network = [{"url": "https://www.shop.test/api/rates", "method": "GET", "status": 500, "ms": 40, "first_party": True, "trouble": ""}]
    console = [{"kind": "exception", "text": "<script>alert(1)</script>", "url": "https://www.shop.test/a.js", "counts": True}]
    result = {"steps": steps, "conditions": [], "network": network, "console": console}
    run = make_test_run(test=test, status="failed", requested_at=timezone.now(), result=result, failed_step=1, sentence="Step 2 failed.", **more)
    kept = {"step-0.png": Artefact("screenshot", PNG), "step-1.png": Artefact("screenshot", PNG + b"2")}
    kept |= {"step-02.jpg": Artefact("screenshot", JPEG), "run.webm": Artefact("video", WEBM)}
    evidence.record(run, evidence.put_objects(run, kept))
    return run


# --- asking


def test_a_run_is_asked_for_and_noted_in_the_audit_trail(member_client, test):
    response = member_client.post(url("run-now", test.id))
    run = TestRun.objects.for_workspace(test.site.workspace).get()
    assert response["Location"] == url("run-detail", run.id)
    assert (run.trigger, run.status, run.flow) == ("person", "queued", test.flow)
    event = AuditEvent.objects.for_workspace(test.site.workspace).get()
    assert (event.action, event.details) == ("checkout_test.run", {"run": str(run.pk)})


def test_asking_twice_shows_the_run_that_waits(member_client, test):
    member_client.post(url("run-now", test.id))
    response = member_client.post(url("run-now", test.id), follow=True)
    assert "A run of this test is waiting to begin." in response.content.decode()
    assert TestRun.objects.for_workspace(test.site.workspace).count() == 1


def test_from_the_list_the_row_is_changed_in_place(member_client, test):
    response = member_client.post(url("run-now", test.id), headers=HTMX)
    assert (response.status_code, response["HX-Trigger"]) == (204, "runsChanged")
    assert "Queued" in member_client.get(url("test-list"), headers=HTMX).content.decode()


def test_a_part_is_run_with_the_stop_point_moved_up_and_no_conditions(member_client, test):
    member_client.post(url("run-to-here", test.id, 1))
    run = TestRun.objects.for_workspace(test.site.workspace).get()
    assert (run.flow["stop_after"], run.flow["conditions"]) == (1, [])
    assert CheckoutTest.objects.for_workspace(test.site.workspace).get().flow["stop_after"] == 2
    assert AuditEvent.objects.for_workspace(test.site.workspace).get().details["stopped_after_step"] == 2


def test_nothing_runs_past_the_stop_point_or_up_to_the_order(member_client, workspace):
    flow = make_flow()
    steps = [*flow["steps"], {"action": "click", "target": {"selectors": [["#place"]]}}]
    test = make_checkout_test(site=make_site(workspace=workspace), flow=flow | {"steps": steps, "order_step": 3})
    assert "past the stop point" in member_client.post(url("run-to-here", test.id, 3), follow=True).content.decode()
    assert "not there any more" in member_client.post(url("run-to-here", test.id, 9), follow=True).content.decode()
    assert not TestRun.objects.for_workspace(workspace).exists()


def test_a_test_that_places_orders_is_not_run_before_that_is_acknowledged(member_client, workspace):
    flow = make_flow()
    ordering = flow | {"steps": [*flow["steps"][:2]], "stop_after": None, "order_step": 1}
    test = make_checkout_test(site=make_site(workspace=workspace), flow=ordering)
    response = member_client.post(url("run-now", test.id), follow=True)
    assert "Somebody has to acknowledge that" in response.content.decode()
    assert not TestRun.objects.for_workspace(workspace).exists()


# --- one run


def test_a_failed_run_shows_the_step_what_was_expected_and_seen_and_the_cause(viewer_client, test):
    run = failed_run(test)
    page = viewer_client.get(url("run-detail", run.id)).content.decode()
    for words in ("Step 2 of 3", "a click on the button", "another element above it", COVERED, "www.shop.test/api/rates", "1 failed", "Not done"):
        assert words in page, words
    assert page.index("The page when this failed: Add to cart") < page.index("The page after step 1")
    assert url("run-evidence", run.id, "step-1.png") in page
    assert url("run-evidence", run.id, "run.webm") in page


def test_what_a_page_said_is_text(viewer_client, test):
    page = viewer_client.get(url("run-detail", failed_run(test).id)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_passed_run_says_that_it_stopped_as_defined(viewer_client, test):
    held = [{"index": 0, "kind": "text", "status": "passed", "expected": "", "seen": ""}]
    result = {"steps": [told(0), told(1), told(2)], "conditions": held}
    run = make_test_run(test=test, status="passed", result=result, stopped_as_defined=True)
    page = viewer_client.get(url("run-detail", run.id)).content.decode()
    assert "Stopped as defined" in page
    assert "The network was cut here" in page
    assert "3 of 3 passed" in page
    assert "“Coupon applied” stands on the page" in page
    assert "No screenshot" in page


def test_an_unknown_end_asks_a_person(viewer_client, test):
    run = make_test_run(test=test, status="unknown", sentence="The page did not answer.", past_order=True)
    page = viewer_client.get(url("run-detail", run.id)).content.decode()
    assert "Look into the shop’s orders" in page
    assert "May have placed the order" in page


def test_a_run_and_the_one_that_confirms_it_lead_to_each_other(viewer_client, test):
    first = failed_run(test)
    second = make_test_run(test=test, status="passed", trigger="confirmation", confirms=first, requested_at=timezone.now() + timedelta(seconds=30))
    page = viewer_client.get(url("run-detail", first.id)).content.decode()
    assert url("run-detail", second.id) in page
    assert "passed: the trouble passed by" in page
    assert "to make sure" in viewer_client.get(url("run-detail", second.id)).content.decode()


def test_the_history_pages_through_all_runs(viewer_client, test):
    for number in range(52):
        make_test_run(test=test, status="passed", requested_at=timezone.now() - timedelta(hours=number))
    first = viewer_client.get(url("test-runs", test.id)).content.decode()
    assert first.count("badge--ok") == 50
    assert viewer_client.get(url("test-runs", test.id) + "?from=50").content.decode().count("badge--ok") == 2


def test_a_run_that_stored_nothing_still_has_a_page(viewer_client, test):
    run = make_test_run(test=test, status="inconclusive", reason="runner-lost", sentence="The runner ended before the test did.")
    page = viewer_client.get(url("run-detail", run.id)).content.decode()
    assert "This run was inconclusive." in page
    assert "runner-lost" in page


# --- while it runs


def test_progress_is_told_once_for_each_step(viewer_client, test):
    run = make_test_run(test=test, status="running", reached=1, stage="Step 2 of 3", requested_at=timezone.now())
    page = viewer_client.get(url("run-detail", run.id)).content.decode()
    assert "Step 2 of 3: Add to cart" in page
    response = viewer_client.get(url("run-progress", run.id), {"seen": "running 0/3 "})
    assert response.status_code == 200
    token = response.context["progress"].token
    assert viewer_client.get(url("run-progress", run.id), {"seen": token}).status_code == 204


def test_the_end_is_told_and_the_page_asks_for_the_rest(viewer_client, test):
    run = failed_run(test)
    response = viewer_client.get(url("run-progress", run.id), {"seen": "running 1/3 Step 2 of 3"})
    assert response["HX-Trigger"] == "runEnded"
    assert "The run failed." in response.content.decode()
    assert "every 1s" not in response.content.decode()


# --- evidence


def test_a_screenshot_and_the_video_are_opened_for_members_only(viewer_client, stranger_client, test):
    run = failed_run(test)
    picture, video = (viewer_client.get(url("run-evidence", run.id, name)) for name in ("step-1.png", "run.webm"))
    assert (picture["Content-Type"], picture.content) == ("image/png", PNG + b"2")
    assert (video["Content-Type"], video.content) == ("video/webm", WEBM)
    assert viewer_client.get(url("run-evidence", run.id, "step-02.jpg"))["Content-Type"] == "image/jpeg"
    assert picture["Content-Security-Policy"] == video["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert stranger_client.get(url("run-evidence", run.id, "step-1.png")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-", 206, WEBM),
        ("bytes=2-5", 206, WEBM[2:6]),
        ("bytes=100-", 206, WEBM[100:]),
        ("bytes=-4", 206, WEBM[-4:]),
        ("bytes=0-9999", 206, WEBM),
        ("bytes=200-", 416, b""),
        ("bytes=-", 200, WEBM),
        ("bytes=0-1,3-4", 200, WEBM),
        ("lines=1-2", 200, WEBM),
    ],
)
def test_a_player_may_ask_for_a_part_of_the_video(viewer_client, test, asked, status, body):
    response = viewer_client.get(url("run-evidence", failed_run(test).id, "run.webm"), headers={"Range": asked})
    assert (response.status_code, response.content) == (status, body)
    if status == 206:
        first = WEBM.index(body)
        assert response["Content-Range"] == f"bytes {first}-{first + len(body) - 1}/{len(WEBM)}"


def test_what_is_not_what_it_says_is_not_shown(viewer_client, test):
    run = make_test_run(test=test, status="failed")
    page = b"<html><script>alert(1)</script>"
    evidence.record(run, evidence.put_objects(run, {"step-0.png": Artefact("screenshot", page), "console.json": Artefact("console", b"[]")}))
    assert viewer_client.get(url("run-evidence", run.id, "step-0.png")).status_code == 404
    assert viewer_client.get(url("run-evidence", run.id, "console.json")).status_code == 404
    assert viewer_client.get(url("run-evidence", run.id, "nothing.png")).status_code == 404


def test_evidence_that_is_gone_or_damaged_is_not_found_and_a_silent_storage_is_said(viewer_client, test, monkeypatch):
    run = failed_run(test)
    gone = make_run_evidence(run=run, name="step-2.png", object_key="nowhere")
    assert viewer_client.get(url("run-evidence", run.id, gone.name)).status_code == 404
    wrong = hashlib.sha256(b"other").hexdigest()
    RunEvidence.objects.for_workspace(test.site.workspace).filter(run=run, name="step-0.png").update(sha256=wrong)
    assert viewer_client.get(url("run-evidence", run.id, "step-0.png")).status_code == 404

    def down(_row):
        raise blobs.StorageDown("silent")

    monkeypatch.setattr(evidence, "body", down)
    response = viewer_client.get(url("run-evidence", run.id, "step-1.png"))
    assert (response.status_code, response["Retry-After"]) == (503, "60")


def test_a_success_condition_that_failed_is_shown_big_with_the_last_picture(viewer_client, test):
    held = [{"index": 0, "kind": "text", "status": "failed", "expected": "“Coupon applied”", "seen": "“Coupon expired”"}]
    run = make_test_run(test=test, status="failed", result={"steps": [told(0), told(1), told(2)], "conditions": held}, sentence="The coupon is gone.")
    evidence.record(run, evidence.put_objects(run, {"step-1.png": Artefact("screenshot", PNG)}))
    page = viewer_client.get(url("run-detail", run.id)).content.decode()
    big = page.partition('class="failing"')[2].partition("</section>")[0]
    for words in ("Success condition", "“Coupon applied” stands on the page", "“Coupon expired”", "The coupon is gone.", "step-1.png"):
        assert words in big, words


def test_the_steps_of_a_running_run_are_ticked_off(viewer_client, test):
    run = make_test_run(test=test, status="running", reached=1, stage="Step 2 of 3", requested_at=timezone.now())
    parts = viewer_client.get(url("run-progress", run.id), {"seen": "x", "steps": "1"}).context["todo"]
    assert [(step.words, step.state) for step in parts] == [("Open the shop", "done"), ("Add to cart", "now"), ("Fill in the coupon", "")]
    assert viewer_client.get(url("run-progress", run.id), {"seen": "x"}).context["todo"] is None
