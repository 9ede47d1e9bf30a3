"""Checkout Tests, their Test Data and their runs, over the API."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from checkout import evidence, runner_keys, steps
from checkout.models import CheckoutTest, TestData, TestRun
from checkout.result import Artefact
from tests.callers import caller, send
from tests.factories import NOON, make_checkout_test, make_flow, make_run_evidence, make_site, make_test_data, make_test_run
from tracefox import blobs

pytestmark = pytest.mark.django_db
TESTS, RUNS = "/api/v1/checkout-tests/", "/api/v1/checkout-runs/"
REAL, PUBLISHED = "4539148803436467", "4242424242424242"
PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    yield
    blobs.forget()


@pytest.fixture
def program(workspace):
    return caller(workspace)


@pytest.fixture
def site(workspace):
    return make_site(workspace=workspace, url="https://www.shop.test/")


@pytest.fixture
def test(site):
    return make_checkout_test(site=site)


def one(test, *rest):
    return "/".join([f"{TESTS}{test.pk}", *map(str, rest), ""])


def events(workspace):
    return [(event.action, event.actor_name, event.details) for event in AuditEvent.objects.for_workspace(workspace).order_by("at")]


# --- tests


def test_a_test_is_added(program, site):
    response = send(program, "post", TESTS, {"site": str(site.pk), "flow": make_flow(start_url=site.url), "every_minutes": 30})
    test = CheckoutTest.objects.for_workspace(site.workspace).get()
    body = response.json()
    assert (response.status_code, response["Location"]) == (201, one(test))
    assert (body["title"], body["version"], body["every_minutes"], body["state"], body["newest_run"]) == ("Buy a mug", 1, 30, "unknown", None)
    assert body["flow"] == steps.to_json(steps.parse(test.flow))
    assert body["missing_test_data"] == ["coupon.code"]
    assert events(site.workspace) == [("checkout_test.added", "API key “Pipeline”", {"title": "Buy a mug"})]


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        ({}, "stop_after"),
        (make_flow(start_url="https://www.shop.test/", steps=[{"action": "dance"}]), "steps[0].action"),
        (make_flow(start_url="https://elsewhere.test/"), "The test starts on elsewhere"),
        ("no object", "an object"),
        (make_flow(start_url="https://www.shop.test/", title=f"Card {REAL}"), "could be a real payment card"),
    ],
)
def test_a_flow_that_is_refused_says_where_and_repeats_no_card(program, site, flow, words):
    response = send(program, "post", TESTS, {"site": str(site.pk), "flow": flow})
    assert response.status_code == 400
    assert words in response.json()["detail"]
    assert response.json()["errors"][0]["field"] == "flow"
    assert REAL not in response.content.decode()
    assert not CheckoutTest.objects.for_workspace(site.workspace).exists()


def test_a_rivals_site_is_none(program, rival):
    theirs = make_site(workspace=rival)
    response = send(program, "post", TESTS, {"site": str(theirs.pk), "flow": make_flow(start_url=theirs.url)})
    assert response.status_code == 400
    assert "has no site of this id" in response.json()["detail"]


def test_tests_are_listed_by_site_and_state_without_their_steps(program, site):
    failing = make_checkout_test(site=site, state="failing")
    run = make_test_run(test=failing, status="failed")
    make_checkout_test(site=make_site(workspace=site.workspace), paused_at=NOON)
    rows = program.get(f"{TESTS}?site={site.pk}&state=failing").json()["results"]
    assert [row["id"] for row in rows] == [str(failing.pk)]
    assert rows[0]["newest_run"]["id"] == str(run.pk)
    assert "flow" not in rows[0]
    assert len(program.get(f"{TESTS}?paused=true").json()["results"]) == 1
    assert program.get(f"{TESTS}?state=odd").status_code == 400


def test_the_list_costs_the_same_however_many_tests_there_are(program, site, django_assert_max_num_queries):
    for _ in range(8):
        make_test_run(test=make_checkout_test(site=site), status="passed")
    with django_assert_max_num_queries(6):
        program.get(TESTS)


def test_a_change_needs_the_version_that_was_read(program, test):
    flow = make_flow(start_url=test.flow["start_url"], title="Buy two mugs")
    assert "Send the version" in send(program, "patch", one(test), {"flow": flow}).json()["detail"]
    response = send(program, "patch", one(test), {"flow": flow, "version": 1})
    assert (response.status_code, response.json()["title"], response.json()["version"]) == (200, "Buy two mugs", 2)
    again = send(program, "patch", one(test), {"flow": flow | {"title": "Buy none"}, "version": 1})
    assert again.status_code == 409
    assert "Somebody changed this test meanwhile" in again.json()["detail"]


def test_the_schedule_is_changed_and_the_test_paused_and_resumed(program, test):
    body = send(program, "patch", one(test), {"every_minutes": 15, "paused": True}).json()
    assert (body["every_minutes"], body["paused"], body["next_run_at"]) == (15, True, None)
    assert send(program, "patch", one(test), {"paused": False}).json()["paused"] is False
    assert send(program, "patch", one(test), {"every_minutes": 1}).status_code == 400
    done = {action for action, _, _ in events(test.site.workspace)}
    assert done == {"checkout_test.scheduled", "checkout_test.paused", "checkout_test.resumed"}


def test_nothing_of_a_change_is_kept_when_a_part_is_refused(program, test):
    response = send(program, "patch", one(test), {"every_minutes": 15, "flow": {"steps": []}, "version": 1})
    assert response.status_code == 400
    assert CheckoutTest.objects.for_workspace(test.site.workspace).get().every_minutes == 60


def test_a_program_defines_what_places_orders_and_cannot_acknowledge_it(program, site):
    flow = make_flow(start_url=site.url)
    ordering = flow | {"steps": flow["steps"][:2], "stop_after": None, "order_step": 1}
    body = send(program, "post", TESTS, {"site": str(site.pk), "flow": ordering, "acknowledged_order_at": "2026-03-04T12:00:00Z"}).json()
    assert (body["places_order"], body["acknowledged_order_at"], body["next_run_at"]) == (True, None, None)
    response = send(program, "post", f"{TESTS}{body['id']}/runs/", {})
    assert response.status_code == 409
    assert "has to acknowledge" in response.json()["detail"]


def test_a_test_is_removed(program, test):
    assert program.delete(one(test)).status_code == 204
    assert program.get(one(test)).status_code == 404


# --- in and out


def test_a_recording_is_imported_and_what_it_typed_is_sealed(program, site):
    runner_keys.make(site.workspace)
    change = {"type": "change", "selectors": [["#email"]], "value": "ada@example.test"}
    recording = {"title": "Buy a mug", "steps": [{"type": "navigate", "url": "https://www.shop.test/mug"}, change]}
    response = send(program, "post", f"{TESTS}import/", {"site": str(site.pk), "recording": recording})
    body = response.json()
    assert response.status_code == 201
    assert "ada@example.test" not in response.content.decode()
    assert body["test"]["missing_test_data"] == []
    assert all(isinstance(note, str) for note in body["notes"])
    assert TestData.objects.for_workspace(site.workspace).count() == 1


def test_an_import_that_is_refused_leaves_nothing(program, site, monkeypatch):
    typed = {"type": "change", "selectors": [["#card"]], "value": REAL}
    recording = {"title": "x", "steps": [{"type": "navigate", "url": "https://www.shop.test/"}, typed]}
    response = send(program, "post", f"{TESTS}import/", {"site": str(site.pk), "recording": recording})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "recording")
    assert REAL not in response.content.decode()
    monkeypatch.setattr(runner_keys.public, "__kwdefaults__", {"patience": 0.0, "ring": lambda: None})
    later = send(program, "post", f"{TESTS}import/", {"site": str(site.pk), "recording": json.loads(json.dumps(recording).replace(REAL, "Ada"))})
    assert (later.status_code, later["Retry-After"]) == (503, "5")
    assert not CheckoutTest.objects.for_workspace(site.workspace).exists()


@pytest.mark.parametrize("form", ["devtools", "tracefox"])
def test_what_is_exported_can_be_imported(program, site, test, form):
    make_test_data(test=test)
    exported = program.get(one(test, "export", form)).json()
    assert exported["title"] == "Buy a mug"
    response = send(program, "post", f"{TESTS}import/", {"site": str(site.pk), "recording": exported, "title": "Again"})
    assert response.status_code == 201, response.json()
    assert response.json()["test"]["flow"] == steps.to_json(steps.parse(test.flow | {"title": "Again"}))
    assert program.get(one(test, "export", "other")).status_code == 404


# --- Test Data


def test_names_come_out_and_values_only_go_in(program, test):
    runner_keys.make(test.site.workspace)
    assert program.get(one(test, "test-data")).json() == [{"name": "coupon.code", "changed_at": None, "used": True}]
    response = send(program, "put", one(test, "test-data", "coupon.code"), {"value": "FREE-secret"})
    assert (response.status_code, response.json()["used"]) == (200, True)
    assert "FREE-secret" not in response.content.decode() + program.get(one(test, "test-data")).content.decode() + program.get(one(test)).content.decode()
    assert program.get(one(test, "test-data", "coupon.code")).status_code == 405
    assert program.get(one(test)).json()["missing_test_data"] == []
    assert events(test.site.workspace) == [("test_data.added", "API key “Pipeline”", {"name": "coupon.code"})]


def test_a_value_is_replaced_and_removed(program, test):
    runner_keys.make(test.site.workspace)
    for value in ("a", " b "):
        send(program, "put", one(test, "test-data", "coupon.code"), {"value": value})
    assert TestData.objects.for_workspace(test.site.workspace).get().version == 2
    assert program.delete(one(test, "test-data", "coupon.code")).status_code == 204
    assert program.delete(one(test, "test-data", "coupon.code")).status_code == 404


@pytest.mark.parametrize(("name", "value"), [("card.number", REAL), ("card.number", "4539 1488 0343 6467"), ("no_dot", "x"), ("coupon.code", "")])
def test_a_value_that_is_refused_is_not_repeated(program, test, name, value):
    response = send(program, "put", one(test, "test-data", name), {"value": value})
    assert response.status_code == 400
    assert "0343" not in response.content.decode()
    assert response.json()["errors"][0]["field"] == "value"
    assert not TestData.objects.for_workspace(test.site.workspace).exists()


def test_a_published_test_number_is_taken(program, test):
    runner_keys.make(test.site.workspace)
    assert send(program, "put", one(test, "test-data", "card.number"), {"value": PUBLISHED}).json()["used"] is False


def test_without_a_key_to_seal_to_the_caller_is_asked_to_come_back(program, test, monkeypatch):
    monkeypatch.setattr(runner_keys.public, "__kwdefaults__", {"patience": 0.0, "ring": lambda: None})
    assert send(program, "put", one(test, "test-data", "coupon.code"), {"value": "x"}).status_code == 503


# --- runs


def test_a_run_is_asked_for_and_asking_again_gives_the_same(program, test):
    response = send(program, "post", one(test, "runs"), {})
    run = TestRun.objects.for_workspace(test.site.workspace).get()
    assert (response.status_code, response["Location"], response["Retry-After"]) == (202, f"{RUNS}{run.pk}/", "2")
    assert (response.json()["status"], response.json()["trigger"]) == ("queued", "api")
    assert send(program, "post", one(test, "runs"), {}).json()["id"] == str(run.pk)
    assert [action for action, _, _ in events(test.site.workspace)] == ["checkout_test.run"]


def test_a_part_is_tried(program, test):
    assert send(program, "post", one(test, "runs"), {"stop_after": 9}).status_code == 400
    response = send(program, "post", one(test, "runs"), {"stop_after": 1})
    assert (response.status_code, response.json()["stop_after"]) == (202, 1)
    assert TestRun.objects.for_workspace(test.site.workspace).get().flow["conditions"] == []


def test_runs_are_listed_in_pages(program, test):
    runs = [make_test_run(test=test, status="passed", requested_at=NOON + timedelta(minutes=n)) for n in range(3)]
    page = program.get(f"{one(test, 'runs')}?page_size=2").json()
    assert [row["id"] for row in page["results"]] == [str(runs[2].pk), str(runs[1].pk)]
    assert [row["id"] for row in program.get(page["next"]).json()["results"]] == [str(runs[0].pk)]
    assert program.get(f"{one(test, 'runs')}?status=failed").json()["results"] == []


def test_a_run_is_told_step_by_step_with_its_evidence(program, test):
    step = {"index": 0, "action": "navigate", "label": "Open", "status": "failed", "ms": 12, "expected": "a", "seen": "b", "cause": "c", "facts": {"x": 1}}
    result = {"steps": [step | {"screenshot": "step-0.png"}], "conditions": [], "network": [{"url": "https://a.test/"}], "console": []}
    run = make_test_run(test=test, status="failed", result=result, failed_step=0)
    evidence.record(run, evidence.put_objects(run, {"step-0.png": Artefact("screenshot", PNG), "network.json": Artefact("network", b"[]")}))
    body = program.get(f"{RUNS}{run.pk}/").json()
    assert (body["failed_step"], body["steps"][0]["cause"], body["steps"][0]["screenshot"]) == (0, "c", "step-0.png")
    assert {row["name"] for row in body["evidence"]} == {"step-0.png", "network.json"}
    assert "object_key" not in json.dumps(body)
    picture = program.get(f"{RUNS}{run.pk}/evidence/step-0.png/")
    assert (picture["Content-Type"], picture.content) == ("image/png", PNG)
    assert program.get(f"{RUNS}{run.pk}/evidence/network.json/").status_code == 404


def test_evidence_that_is_gone_says_so(program, test):
    row = make_run_evidence(run=make_test_run(test=test, status="passed"), object_key="nowhere")
    assert program.get(f"{RUNS}{row.run_id}/evidence/{row.name}/").status_code == 410


def test_an_open_run_says_when_to_ask_again(program, test):
    run = make_test_run(test=test, status="running")
    assert program.get(f"{RUNS}{run.pk}/")["Retry-After"] == "2"


def test_a_key_that_reads_changes_nothing(workspace, test):
    reader = caller(workspace, can_write=False)
    for method, path, body in (
        ("post", one(test, "runs"), {}),
        ("put", one(test, "test-data", "coupon.code"), {"value": "x"}),
        ("patch", one(test), {"paused": True}),
        ("delete", one(test), None),
    ):
        assert send(reader, method, path, body).status_code == 403
    assert events(workspace) == []
