"""The pages about Checkout Tests in a real browser: sound for everybody, edited by mouse and keyboard, followed live, and what a shop wrote never runs."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from fractions import Fraction
from typing import Any

import av
import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from accounts.models import Role, User, Workspace
from checkout import child, evidence, runner_keys, steps, tasks, test_data
from checkout.models import CheckoutTest, TestRun
from checkout.result import Artefact
from scans.models import Site
from tests.browsing import AUDIT, elsewhere, looking, session_of
from tests.checkout.pages import shop
from tests.factories import make_checkout_test, make_client, make_flow, make_membership, make_site, make_test_run, make_user, make_workspace
from tracefox import blobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'


@pytest.fixture(autouse=True)
def kept(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    yield
    blobs.forget()


@pytest.fixture
def agency() -> Workspace:
    return make_workspace(name="Agency", slug="agency")


@pytest.fixture
def person(agency: Workspace) -> User:
    user = make_user(email="person@agency.test")
    make_membership(workspace=agency, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def site(agency: Workspace) -> Site:
    return make_site(client=make_client(workspace=agency, name="Bergmann"), name="Tea shop", url="https://shop.example.com/")


def flow_of(site: Site, **more) -> dict:
    """Six steps up to the order, which is the last."""
    flow = make_flow(start_url=site.url)
    target = {"selectors": [["aria/Card number"], ["#card"]], "frame": [{"url": "https://js.stripe.com/*"}]}
    added = [
        {"action": "fill", "target": target, "value": "{{card.number}}"},
        {"action": "assert", "condition": {"kind": "total", "target": {"selectors": [[".total"]]}, "equals": "24.90"}},
        {"action": "click", "target": {"selectors": [["#place"]]}, "label": "Place the order"},
    ]
    flow["steps"][2] |= {"value": "{{guest.email}}"}
    flow |= {"steps": [*flow["steps"], *added], "stop_after": 4, "order_step": 5} | more
    return steps.to_json(steps.parse(flow))


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (320, 200), (200, 220, 240)).save(file, "PNG")
    return file.getvalue()


def video() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as film:
        stream = film.add_stream("libvpx-vp9", rate=4)
        stream.width, stream.height, stream.pix_fmt = 160, 100, "yuv420p"
        for shade in range(8):
            frame = av.VideoFrame.from_image(Image.new("RGB", (160, 100), (shade * 30, 90, 90)))
            frame.pts, frame.time_base = shade, Fraction(1, 4)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return file.getvalue()


def told(test: CheckoutTest, *, fails: int | None = None, words: str = "The button is covered.") -> dict:
    rows = []
    for index in range(5 if fails is None else fails + 1):
        row = {"index": index, "action": "click", "label": "", "status": "passed", "ms": 300 + 40 * index, "screenshot": f"step-{index}.png"}
        rows.append(row | ({"status": "failed", "expected": words, "seen": words, "cause": words} if index == fails else {}))
    network = [
        {"url": f"https://shop.example.com/{n}/{words}", "method": "POST", "status": 500 if n == 3 else 200, "ms": n, "first_party": True} for n in range(30)
    ]
    held = [{"index": 0, "kind": "text", "status": "passed", "expected": "", "seen": ""}]
    console = [{"kind": "exception", "text": words, "url": f"https://shop.example.com/{words}", "counts": True}]
    return {"steps": rows, "conditions": held if fails is None else [], "network": network, "console": console}


def run_of(test: CheckoutTest, *, status: str = "passed", fails: int | None = None, words: str = "The button is covered.", **more) -> TestRun:
    result = told(test, fails=fails, words=words)
    fields: dict[str, Any] = {"requested_at": timezone.now(), "sentence": words if status != "passed" else "", "failed_step": fails}
    run = make_test_run(test=test, status=status, result=result, **fields | more)
    shots = {row["screenshot"]: Artefact("screenshot", picture()) for row in result["steps"]}
    evidence.record(run, evidence.put_objects(run, shots | {"run.webm": Artefact("video", video())}))
    return run


def every_page(site: Site) -> dict[str, str]:
    """A site with all that the pages can show, and where to see it."""
    now = timezone.now()
    test = make_checkout_test(site=site, flow=flow_of(site), state="failing", next_run_at=now)
    runner_keys.make(site.workspace)
    test_data.put_many(test, values={"guest.email": "x", "card.number": "4242424242424242", "old.value": "y"}, by=None, now=now)
    for day in range(2, 34):
        status = "inconclusive" if day == 9 else "passed"
        make_test_run(test=test, status=status, requested_at=now - timedelta(days=day), result=told(test), total_ms=1800 + day)
    passed = run_of(test, requested_at=now - timedelta(days=1), stopped_as_defined=True)
    failed = run_of(test, status="failed", fails=3, reason="covered")
    ordering = make_checkout_test(site=site, flow=flow_of(site, stop_after=None, title="Free order"))
    unknown = make_test_run(test=ordering, status="unknown", sentence="The page did not answer.", past_order=True, result=told(ordering))
    running = make_checkout_test(site=site, flow=flow_of(site, title="Runs now, with a title so long that it needs two lines on a phone"))
    run = make_test_run(test=running, status="running", reached=2, stage="Step 3 of 5", requested_at=now)
    new = make_checkout_test(site=site, paused_at=now)

    def url(name: str, *args: object) -> str:
        return reverse(f"checkout:{name}", args=[site.workspace.slug, *args])

    return {
        "tests": url("test-list"),
        "add": url("test-add"),
        "site": reverse("scans:site-detail", args=[site.workspace.slug, site.pk]),
        "test": url("test-detail", test.pk),
        "test that places orders": url("test-detail", ordering.pk),
        "test that runs": url("test-detail", running.pk),
        "test never run": url("test-detail", new.pk),
        "step": url("step-edit", test.pk, 3),
        "check": url("step-edit", test.pk, 4),
        "new step": url("step-add", test.pk) + "?at=5",
        "new condition": url("condition-add", test.pk),
        "condition": url("condition-edit", test.pk, 0),
        "data": url("data-edit", test.pk),
        "past order": url("past-order", test.pk),
        "remove": url("test-remove", test.pk),
        "runs": url("test-runs", test.pk),
        "failed run": url("run-detail", failed.pk),
        "passed run": url("run-detail", passed.pk),
        "unknown run": url("run-detail", unknown.pk),
        "running run": url("run-detail", run.pk),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_sound_for_everybody_and_keeps_to_the_policy(live_server, site, person, scheme, size):
    pages, session = every_page(site), session_of(person)
    faults: list[str] = []
    with looking(live_server.url, session=session, color_scheme=scheme, viewport=size) as (page, complaints):
        for name, path in pages.items():
            page.goto(path)
            faults += [f"{name}: {fault}" for fault in page.evaluate(AUDIT) + complaints]
            complaints.clear()
    assert faults == []


def test_the_empty_list_is_sound_too(live_server, agency, person):
    with looking(live_server.url, session=session_of(person), viewport=PHONE) as (page, complaints):
        page.goto(reverse("checkout:test-list", args=["agency"]))
        expect(page.get_by_role("heading", name="No checkout test yet")).to_be_visible()
        assert page.evaluate(AUDIT) + complaints == []


def test_a_person_adds_a_test_edits_it_and_runs_it(live_server, site, person):
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("scans:site-detail", args=["agency", site.id]))
        page.locator("#checkout").get_by_role("link", name="Add a test").first.click()
        expect(page.get_by_label("Site")).to_have_value(str(site.id))
        page.get_by_label("Title").fill("Buy a tea pot")
        page.get_by_label("Start URL").fill("https://shop.example.com/tea-pot")
        page.get_by_role("button", name="Add test").click()
        expect(page.get_by_role("heading", name="Buy a tea pot", level=1)).to_be_visible()

        page.get_by_role("link", name="Add a step").first.click()
        expect(page.get_by_label("Pixels down")).to_be_hidden()
        page.get_by_label("What to do").select_option("Click")
        page.get_by_label("Element", exact=True).fill("aria/Add to cart")
        page.get_by_role("button", name="Add step").click()
        expect(page.locator(".steps > li")).to_have_count(3)
        expect(page.locator(".steps > li").nth(2)).to_contain_text("Stop point")

        page.get_by_role("link", name="Add a condition").click()
        page.get_by_label("What must hold").select_option("A text is on the page")
        page.get_by_label("Text", exact=True).fill("1 item in your cart")
        page.get_by_role("button", name="Add condition").click()
        expect(page.get_by_role("link", name="“1 item in your cart” stands on the page")).to_be_visible()

        page.get_by_role("button", name="Run now").click()
        expect(page.get_by_text("Waiting for a free runner")).to_be_visible()
    assert complaints == []


def test_steps_and_the_stop_point_are_moved_by_keyboard_and_the_focus_goes_along(live_server, site, person):
    test = make_checkout_test(site=site, flow=flow_of(site))
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("checkout:test-detail", args=["agency", test.id]))
        words = page.locator(".steps > li")
        expect(words.nth(5)).to_contain_text("Stop point")
        page.get_by_role("button", name="Move the stop point up").focus()
        page.keyboard.press("Enter")
        expect(words.nth(4)).to_contain_text("Stop point")
        expect(page.get_by_role("button", name="Move the stop point up")).to_be_focused()
        page.keyboard.press("Alt+ArrowUp")
        expect(words.nth(3)).to_contain_text("Stop point")
        page.get_by_role("link", name="Add to cart").focus()
        page.keyboard.press("Alt+ArrowUp")
        expect(words.nth(0)).to_contain_text("Add to cart")
        expect(page.get_by_role("link", name="Add to cart")).to_be_focused()
        page.keyboard.press("Alt+ArrowUp")
        expect(words.nth(0)).to_contain_text("Add to cart")
        page.get_by_label("More about step 1").click()
        page.get_by_role("button", name="Stop after this step").click()
        expect(words.nth(1)).to_contain_text("Stop point")
        expect(page.locator("#said")).to_have_text("Runs stop after step 1.")
    assert complaints == []
    assert CheckoutTest.objects.for_workspace(site.workspace).get().flow["stop_after"] == 0


def test_what_cannot_be_done_is_said_above_the_steps_and_nothing_else_moves(live_server, site, person):
    test = make_checkout_test(site=site, flow=flow_of(site))
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, _complaints):
        page.goto(reverse("checkout:test-detail", args=["agency", test.id]))
        page.get_by_label("Title").fill("half typed")
        page.get_by_role("button", name="Move the stop point down").click()
        expect(page.get_by_role("alert")).to_contain_text("stays below the stop point")
        expect(page.get_by_label("Title")).to_have_value("half typed")


def test_a_published_test_number_is_chosen_and_nothing_is_shown_again(live_server, site, person):
    test = make_checkout_test(site=site, flow=flow_of(site))
    runner_keys.make(site.workspace)
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("checkout:data-edit", args=["agency", test.id]))
        page.get_by_label("A published test number for card.number").select_option(label="4242 4242 4242 4242, Visa")
        expect(page.get_by_label("card.number not set")).to_have_value("4242424242424242")
        page.get_by_role("button", name="Seal and save").click()
        expect(page.get_by_text("1 value is sealed: card.number.")).to_be_visible()
        expect(page.get_by_label("card.number set, on")).to_have_value("")
    assert complaints == []


def test_a_run_is_followed_live_until_it_has_ended(live_server, site, person):
    test = make_checkout_test(site=site, flow=flow_of(site))
    run = make_test_run(test=test, status="running", reached=-1, stage="Starting the browser", requested_at=timezone.now())
    session = session_of(person)

    def set_to(**fields: object) -> None:
        elsewhere(lambda: TestRun.objects.for_workspace(site.workspace).filter(id=run.id).update(**fields))

    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("checkout:run-detail", args=["agency", run.id]))
        expect(page.get_by_text("Starting the browser")).to_be_visible()
        set_to(reached=1, stage="Step 2 of 5")
        expect(page.get_by_text("Step 2 of 5: Add to cart")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "1")
        ended = {"status": "failed", "finished_at": timezone.now(), "lease_until": None, "sentence": "It failed.", "failed_step": 1}
        set_to(**ended, result=told(test, fails=1, words="The button is covered by a banner."))
        expect(page.get_by_role("heading", name="Add to cart", level=2)).to_be_visible()
        expect(page.locator(".failing__cause")).to_have_text("The button is covered by a banner.")
    assert complaints == []


def test_the_video_plays_and_can_be_wound(live_server, site, person):
    run = run_of(make_checkout_test(site=site, flow=flow_of(site)))
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("checkout:run-detail", args=["agency", run.id]))
        film = page.locator("video")
        expect(film).to_have_js_property("videoWidth", 160)
        film.evaluate("node => node.currentTime = 1")
        expect(film).to_have_js_property("seeking", False)
        assert film.evaluate("node => node.currentTime") == 1
    assert complaints == []


def test_a_run_that_a_person_asks_for_is_played_and_its_pictures_and_video_are_shown(live_server, agency, person):
    site = make_site(client=make_client(workspace=agency), url=f"https://{shop.SHOP}/")
    test = make_checkout_test(site=site, flow=steps.to_json(steps.parse(shop.flow())))
    runner_keys.make(agency)
    test_data.put_many(test, values=shop.DATA, by=None, now=timezone.now())
    session = session_of(person)
    with shop.opened() as web, looking(live_server.url, session=session) as (page, complaints):

        def replay(job, **more):
            return child.replay(job, **more | {"settings": web.settings()})

        page.goto(reverse("checkout:test-detail", args=["agency", test.id]))
        page.get_by_role("button", name="Run now").click()
        expect(page.get_by_text("Waiting for a free runner")).to_be_visible()
        elsewhere(lambda: tasks.play_next(rung_for="a person", replay=replay))
        expect(page.get_by_text("Stopped as defined", exact=True)).to_be_visible()
        for picture in page.locator(".frame__shot img").all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_js_property("naturalWidth", 1280)
        expect(page.locator("video")).to_have_js_property("videoWidth", 800)
        assert web.orders == []
    assert complaints == []


def test_what_a_shop_wrote_never_runs_and_asks_for_nothing(live_server, site, person):
    target = {"selectors": [[f"text/{HOSTILE}"]], "fingerprint": {"text": HOSTILE, "role": "button"}}
    hostile = [{"action": "click", "target": target, "label": HOSTILE}, {"action": "click", "target": target}]
    flow = flow_of(site, title=HOSTILE[:100], conditions=[{"kind": "text", "text": "<script>alert(3)</script>"}])
    test = make_checkout_test(site=site, flow=flow | {"steps": [flow["steps"][0], *hostile, *flow["steps"][3:]]}, title=HOSTILE)
    run = run_of(test, status="failed", fails=1, words=HOSTILE, reason="<b>x")
    session, asked = session_of(person), list[str]()
    paths = [("test-list",), ("test-detail", test.pk), ("step-edit", test.pk, 1), ("run-detail", run.pk), ("test-runs", test.pk), ("past-order", test.pk)]
    with looking(live_server.url, session=session) as (page, complaints):
        page.on("request", lambda request: asked.append(request.url))
        for name, *args in paths:
            page.goto(reverse(f"checkout:{name}", args=["agency", *args]))
            for detail in page.locator("main details summary").all()[:3]:
                detail.evaluate("node => node.parentElement.open = true")
        found = list(complaints)
    assert found == []
    assert {url for url in asked if not url.startswith(live_server.url)} == set()


def test_a_recording_that_is_refused_stays_in_its_field(live_server, site, person):
    text = json.dumps({"title": "Mug", "steps": [{"type": "navigate"}]})
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, _complaints):
        page.goto(reverse("checkout:test-add", args=["agency"]))
        page.get_by_label("Site").select_option(str(site.id))
        page.get_by_label("or as a file").set_input_files({"name": "mug.json", "mimeType": "application/json", "buffer": text.encode()})
        page.get_by_role("button", name="Add test").click()
        expect(page.get_by_role("alert").first).to_contain_text("steps[0]")
        expect(page.get_by_label("Recording, pasted")).to_have_value(text)
