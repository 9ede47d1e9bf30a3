from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from checkout import listing, runner_keys, steps
from checkout.models import CheckoutTest, TestData, TestRun
from tests.factories import make_checkout_test, make_flow, make_site, make_test_data, make_test_run

pytestmark = pytest.mark.django_db
REAL = "4539148803436467"


@pytest.fixture
def site(workspace):
    return make_site(workspace=workspace, name="Tea shop", url="https://www.shop.test/")


@pytest.fixture
def test(site):
    return make_checkout_test(site=site)


def url(name, *args):
    return reverse(f"checkout:{name}", args=["agency", *args])


def again(test):
    return CheckoutTest.objects.for_workspace(test.site.workspace).get(pk=test.pk)


def actions(workspace):
    return [event.action for event in AuditEvent.objects.for_workspace(workspace).order_by("at")]


RECORDING = {
    "title": "Buy a mug",
    "steps": [
        {"type": "setViewport", "width": 1280, "height": 800, "deviceScaleFactor": 1, "isMobile": False, "hasTouch": False, "isLandscape": True},
        {"type": "navigate", "url": "https://www.shop.test/mug"},
        {"type": "click", "selectors": [["aria/Add to cart"], ["#add"]], "offsetX": 5, "offsetY": 5, "target": "main"},
        {"type": "change", "selectors": [["#email"]], "value": "ada@example.test", "target": "main"},
    ],
}


# --- the list


def test_the_list_says_what_to_do_first(owner_client, viewer_client, workspace):
    assert "Add your client’s shop first" in owner_client.get(url("test-list")).content.decode()
    make_site(workspace=workspace)
    assert "Add your first test" in owner_client.get(url("test-list")).content.decode()
    assert "Ask an owner, admin or member" in viewer_client.get(url("test-list")).content.decode()


def test_the_list_shows_how_each_test_stands_and_its_last_and_next_run(owner_client, site):
    now = timezone.now()
    failing = make_checkout_test(site=site, title="Failing one", state="failing", next_run_at=now + timedelta(minutes=31))
    make_test_run(test=failing, status="passed", requested_at=now - timedelta(days=2))
    make_test_run(test=failing, status="failed", requested_at=now - timedelta(days=1), sentence="The button is covered.")
    make_checkout_test(site=site, title="Paused one", paused_at=now)
    page = owner_client.get(url("test-list")).content.decode()
    assert "Failing" in page
    assert "The button is covered." in page
    assert "in 30 min" in page
    assert "Paused" in page
    assert "Last 30 days: 1 passed, 1 with a failed run, 28 without a run" in page


def test_the_list_costs_the_same_however_many_tests_there_are(owner_client, site, django_assert_max_num_queries):
    for _ in range(12):
        make_test_run(test=make_checkout_test(site=site), status="passed", requested_at=timezone.now())
    with django_assert_max_num_queries(14):
        owner_client.get(url("test-list"))


def test_the_site_lists_its_tests(viewer_client, member_client, site):
    assert "Add a test" in member_client.get(reverse("scans:site-detail", args=["agency", site.id])).content.decode()
    make_checkout_test(site=site, title="Buy a tea pot")
    page = viewer_client.get(reverse("scans:site-detail", args=["agency", site.id])).content.decode()
    assert "Buy a tea pot" in page
    assert "Add a test" not in page


# --- a new one


def test_a_test_begins_with_the_page_where_the_shopper_begins(member_client, site):
    response = member_client.post(url("test-add"), {"site": site.id, "title": "Buy a mug", "start_url": "https://www.shop.test/mug"})
    test = CheckoutTest.objects.for_workspace(site.workspace).get()
    assert response["Location"] == url("test-detail", test.id)
    assert test.flow["steps"] == [{"action": "navigate", "url": "https://www.shop.test/mug"}]
    assert test.flow["stop_after"] == 0
    assert actions(site.workspace) == ["checkout_test.added"]


def test_without_a_start_url_it_begins_on_the_site(member_client, site):
    member_client.post(url("test-add"), {"site": site.id, "title": "Buy a mug"})
    assert CheckoutTest.objects.for_workspace(site.workspace).get().flow["start_url"] == "https://www.shop.test/"


@pytest.mark.parametrize("way", ["pasted", "as a file"])
def test_a_recording_is_imported_and_what_it_typed_is_sealed(member_client, site, way):
    runner_keys.make(site.workspace)
    text = json.dumps(RECORDING)
    sent = {"recording": text} if way == "pasted" else {"file": SimpleUploadedFile("mug.json", text.encode())}
    member_client.post(url("test-add"), {"site": site.id} | sent)
    test = CheckoutTest.objects.for_workspace(site.workspace).get()
    assert test.title == "Buy a mug"
    assert "ada@example.test" not in json.dumps(test.flow)
    assert TestData.objects.for_workspace(site.workspace).filter(test=test).count() == 1
    assert b"ada@example.test" not in bytes(TestData.objects.for_workspace(site.workspace).get().sealed)


def test_what_was_exported_is_imported_again(member_client, site, test):
    exported = member_client.get(url("export", test.id, "tracefox")).content.decode()
    member_client.post(url("test-add"), {"site": site.id, "title": "The same again", "recording": exported})
    copy = CheckoutTest.objects.for_workspace(site.workspace).exclude(pk=test.pk).get()
    assert steps.parse(copy.flow) == steps.parse(test.flow | {"title": "The same again"})


@pytest.mark.parametrize(
    ("recording", "words"),
    [
        ("{", "Line 1, column 2 is no JSON"),
        ("[1]", "neither a recording"),
        ('{"title": "x", "steps": [{"type": "waitForExpression", "expression": "1"}]}', "steps"),
        ('{"title": "x", "start_url": "https://www.shop.test/", "stop_after": 0, "steps": [{"action": "click"}]}', "steps[0].target"),
    ],
)
def test_a_recording_that_cannot_be_read_says_where_and_comes_back_as_it_was(member_client, site, recording, words):
    response = member_client.post(url("test-add"), {"site": site.id, "title": "Kept title", "recording": recording})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "Kept title" in page
    assert response.context["form"]["recording"].value() == recording
    assert not CheckoutTest.objects.for_workspace(site.workspace).exists()


def test_a_file_that_is_refused_comes_back_as_text(member_client, site):
    response = member_client.post(url("test-add"), {"site": site.id, "file": SimpleUploadedFile("x.json", b'{"title": "half')})
    assert response.context["form"]["recording"].value() == '{"title": "half'
    response = member_client.post(url("test-add"), {"site": site.id, "file": SimpleUploadedFile("x.png", b"\x89PNG\xff")})
    assert "This file is no text" in response.content.decode()


def test_a_real_card_number_is_refused_and_not_repeated(member_client, site):
    recording = json.dumps(RECORDING).replace("ada@example.test", "4539 1488 0343 6467")
    response = member_client.post(url("test-add"), {"site": site.id, "title": f"Card {REAL}", "recording": recording})
    page = response.content.decode()
    assert response.status_code == 422
    assert "could be a real payment card" in page
    assert "0343" not in page
    assert "aria/Add to cart" in page
    assert not CheckoutTest.objects.for_workspace(site.workspace).exists()


def test_nothing_is_kept_when_what_was_typed_cannot_be_sealed(member_client, site, monkeypatch):
    monkeypatch.setattr(runner_keys, "PATIENCE", 0.0)
    monkeypatch.setattr(runner_keys.public, "__kwdefaults__", {"patience": 0.0, "ring": lambda: None})
    response = member_client.post(url("test-add"), {"site": site.id, "recording": json.dumps(RECORDING)})
    assert "not ready yet" in response.content.decode()
    assert not CheckoutTest.objects.for_workspace(site.workspace).exists()


def test_a_title_or_a_recording_is_needed(member_client, site):
    assert "Give the test a title" in member_client.post(url("test-add"), {"site": site.id}).content.decode()
    assert "Choose the site" in member_client.post(url("test-add"), {"title": "x"}).content.decode()


def test_a_rivals_site_cannot_be_chosen(member_client, rival):
    theirs = make_site(workspace=rival)
    response = member_client.post(url("test-add"), {"site": theirs.id, "title": "x"})
    assert response.status_code == 422
    assert not CheckoutTest.objects.for_workspace(rival).exists()


# --- one test


def test_the_page_shows_steps_stop_point_conditions_and_what_is_missing(viewer_client, member_client, test):
    page = viewer_client.get(url("test-detail", test.id)).content.decode()
    for words in ("Open the shop", "Add to cart", "Stop point", "Coupon applied", "coupon.code", "not set", "viewport emulation"):
        assert words.lower() in page.lower(), words
    assert "<button" not in page.partition("<main")[2]
    assert "1 value of Test Data is not set" in member_client.get(url("test-detail", test.id)).content.decode()


def test_the_page_shows_the_last_runs_and_how_long_each_step_takes(owner_client, test):
    told = [{"index": place, "action": "x", "status": "passed", "ms": 100 * place} for place in range(3)]
    for day in range(3):
        make_test_run(test=test, status="passed", requested_at=timezone.now() - timedelta(days=day), result={"steps": told}, total_ms=1500)
    page = owner_client.get(url("test-detail", test.id)).content.decode()
    assert "How long each step takes" in page
    assert "Fill in the coupon: usually 200 ms" in page
    assert "up to 1.50 s" in page


def test_settings_are_saved_as_a_new_version(member_client, test):
    sent = {
        "version": 1,
        "title": "Buy two mugs",
        "start_url": "https://www.shop.test/mugs",
        "viewport": "phone",
        "allowed_origins": "https://www.shop.test\nhttps://js.stripe.com",
        "analytics": "tagged",
        "step_seconds": 5,
        "run_seconds": 90,
    }
    assert member_client.post(url("test-settings", test.id), sent).status_code == 302
    saved = again(test)
    assert (saved.title, saved.version, saved.flow["viewport"]["device"], saved.flow["analytics"]) == ("Buy two mugs", 2, "phone", "tagged")
    assert saved.flow["allowed_origins"] == ["https://www.shop.test", "https://js.stripe.com"]
    assert "checkout_test.changed" in actions(test.site.workspace)


def test_settings_that_are_refused_say_where_and_keep_what_was_typed(member_client, test):
    sent = {"version": 1, "title": "Kept", "start_url": "ftp://shop", "viewport": "phone", "analytics": "left", "step_seconds": 5, "run_seconds": 90}
    response = member_client.post(url("test-settings", test.id), sent)
    form = response.context["settings_form"]
    assert response.status_code == 422
    assert form.errors["start_url"]
    assert form["title"].value() == "Kept"
    assert form["viewport"].value() == "phone"


def test_two_who_edit_at_once_do_not_overwrite_each_other(member_client, test):
    sent = {"title": "A", "start_url": test.flow["start_url"], "viewport": "desktop", "analytics": "left", "step_seconds": 5, "run_seconds": 90}
    assert member_client.post(url("test-settings", test.id), sent | {"version": 1}).status_code == 302
    response = member_client.post(url("test-settings", test.id), sent | {"version": 1, "title": "B"})
    assert "Somebody changed this test meanwhile" in response.content.decode()
    assert again(test).title == "A"


def test_the_schedule_is_set_and_the_test_paused_and_resumed(member_client, test):
    member_client.post(url("test-schedule", test.id), {"every_minutes": 15})
    assert again(test).every_minutes == 15
    assert member_client.post(url("test-schedule", test.id), {"every_minutes": 1}).status_code == 422
    member_client.post(url("test-pause", test.id))
    assert again(test).paused_at is not None
    member_client.post(url("test-resume", test.id))
    assert again(test).paused_at is None
    assert actions(test.site.workspace) == ["checkout_test.scheduled", "checkout_test.paused", "checkout_test.resumed"]


def test_a_test_is_removed_by_who_runs_the_workspace_after_being_asked(admin_client, member_client, test):
    make_test_run(test=test, status="passed")
    assert "1 run with its screenshots" in admin_client.get(url("test-remove", test.id)).content.decode()
    assert member_client.post(url("test-remove", test.id)).status_code == 403
    assert admin_client.post(url("test-remove", test.id))["Location"] == url("test-list")
    assert not CheckoutTest.objects.for_workspace(test.site.workspace).exists()


@pytest.mark.parametrize("form", ["devtools", "tracefox"])
def test_a_test_is_exported_without_its_data(viewer_client, test, form):
    make_test_data(test=test)
    response = viewer_client.get(url("export", test.id, form))
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == f'attachment; filename="buy-a-mug-{form}.json"'
    assert json.loads(response.content)["title"] == "Buy a mug"
    assert viewer_client.get(url("export", test.id, "other")).status_code == 404


# --- past 'place order'


def past(test, **more):
    return {"version": test.version, "order_step": 1, "acknowledged": "on"} | more


def flow_with_order(site, **more):
    """No coupon, so that no zero total is asked for."""
    short = make_flow(start_url=site.url)["steps"][:2]
    return make_flow(start_url=site.url, **{"steps": short, "stop_after": 0, "order_step": 1} | more)


def test_only_who_runs_the_workspace_lets_a_test_place_orders(member_client, site):
    test = make_checkout_test(site=site, flow=flow_with_order(site))
    assert member_client.get(url("past-order", test.id)).status_code == 403
    assert member_client.post(url("past-order", test.id), past(test)).status_code == 403
    assert "Let it place the order" not in member_client.get(url("test-detail", test.id)).content.decode()


def test_the_page_says_what_it_means_and_the_box_has_to_be_ticked(admin_client, site):
    test = make_checkout_test(site=site, flow=flow_with_order(site))
    page = admin_client.get(url("past-order", test.id)).content.decode()
    assert "Each run places a real order" in page
    assert "I understand that each run of this test places a real order in this shop." in page
    response = admin_client.post(url("past-order", test.id), past(test, acknowledged=""))
    assert response.status_code == 422
    assert "Tick the box" in response.content.decode()
    assert again(test).flow["stop_after"] == 0


def test_whoever_ticks_it_takes_it_upon_them(admin_client, site):
    test = make_checkout_test(site=site, flow=flow_with_order(site))
    assert admin_client.post(url("past-order", test.id), past(test)).status_code == 302
    saved = again(test)
    assert (saved.flow["stop_after"], saved.places_order, saved.needs_acknowledgement) == (None, True, False)
    assert saved.acknowledged_order_by.email in admin_client.get(url("test-detail", test.id)).content.decode()
    assert actions(site.workspace) == ["checkout_test.changed", "checkout_test.order_acknowledged"]


def test_with_a_coupon_the_zero_total_is_asked_for_and_nothing_is_acknowledged(admin_client, test):
    """The step after the coupon is no click here, so the order is the click after it."""
    flow = test.flow | {"steps": [*test.flow["steps"], {"action": "click", "target": {"selectors": [["#place"]]}}]}
    CheckoutTest.objects.for_workspace(test.site.workspace).filter(pk=test.pk).update(flow=flow)
    response = admin_client.post(url("past-order", test.id), past(test, order_step=3))
    assert response.status_code == 422
    assert "A step has to check that the total is zero" in response.content.decode()
    assert again(test).flow["stop_after"] == 2


def test_a_change_of_what_it_does_asks_again_and_until_then_it_does_not_run(admin_client, member_client, site):
    test = make_checkout_test(site=site, flow=flow_with_order(site))
    admin_client.post(url("past-order", test.id), past(test))
    version = again(test).version
    member_client.post(url("condition-remove", test.id, 0), {"version": version})
    assert again(test).needs_acknowledgement
    member_client.post(url("run-now", test.id))
    assert not TestRun.objects.for_workspace(site.workspace).exists()
    assert "it does not run" in admin_client.get(url("test-detail", test.id)).content.decode()


# --- finding one among many


def titles(response):
    return [row.test.title for row in response.context["tests"].rows]


def test_the_list_is_filtered_by_words_and_by_what_needs_attention(owner_client, site):
    now = timezone.now()
    failing = make_checkout_test(site=site, title="Buy a pot", state="failing")
    make_checkout_test(site=site, title="Buy a cup", paused_at=now)
    running = make_checkout_test(site=make_site(workspace=site.workspace, name="Coffee shop"), title="Buy beans", state="passing")
    make_test_run(test=running, status="running", requested_at=now)
    unknown = make_checkout_test(site=site, title="Order a pot", state="unknown")
    make_test_run(test=unknown, status="unknown", requested_at=now)
    assert titles(owner_client.get(url("test-list") + "?q=pot+tea")) == ["Buy a pot", "Order a pot"]
    assert titles(owner_client.get(url("test-list") + "?state=attention")) == [failing.title, unknown.title]
    assert titles(owner_client.get(url("test-list") + "?state=running")) == ["Buy beans"]
    assert titles(owner_client.get(url("test-list") + "?state=paused")) == ["Buy a cup"]
    assert titles(owner_client.get(url("test-list") + "?state=odd&page=x")) == ["Buy beans", "Buy a cup", "Buy a pot", "Order a pot"]
    assert "No test matches" in owner_client.get(url("test-list") + "?q=nothing").content.decode()


def test_a_long_list_comes_in_pages(owner_client, site, monkeypatch):
    monkeypatch.setattr(listing, "ROWS_PER_PAGE", 2)
    for number in range(3):
        make_checkout_test(site=site, title=f"Test {number}")
    assert titles(owner_client.get(url("test-list"))) == ["Test 0", "Test 1"]
    page = owner_client.get(url("test-list") + "?page=2")
    assert titles(page) == ["Test 2"]
    assert "Page 2 of 2" in page.content.decode()


def test_the_page_says_who_did_what_to_the_test(owner, owner_client, viewer_client, test):
    runner_keys.make(test.site.workspace)
    owner_client.post(url("data-edit", test.id), {"value_0": "x"})
    owner_client.post(url("test-pause", test.id))
    page = viewer_client.get(url("test-detail", test.id)).content.decode()
    assert f"Checkout test paused by {owner.email}" in page
    assert f"Test data added by {owner.email}: <code>coupon.code</code>" in page
