"""A person buys tea while the recorder records: in a real Chromium, with the extension as people install it, up to the request that brings the recording."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from checkout import recording, steps
from checkout.runner import unsealing
from demo.web import Web
from tests.checkout.recorder.browser import Recorder, recorder
from tests.checkout.recorder.keys import PRIVATE_KEY, TEST_ID, WORKSPACE_ID
from tests.checkout.recorder.shop import API_KEY, PAY, SHOP, TRACEFOX, WEB

pytestmark = pytest.mark.browser

TYPED = {
    "cart.quantity": "2",
    "shipping.email": "ada.lovelace@example.org",
    "shipping.first_name": "Augusta",
    "shipping.address": "Ockham Lane 17",
    "shipping.country": "germania",
    "coupon.code": "FREETEA77",
    "card.number": "4242424242424242",
    "card.expiry": "12/34",
    "card.cvc": "817",
}
REAL = "4929123456789014"  # right check digit, on nobody's list


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web(WEB) as served:
        yield served


@pytest.fixture(scope="module")
def recorded(web: Web) -> Iterator[dict[str, Any]]:
    """The whole way once: what was recorded, what the window said, and what was sent."""
    with recorder(web) as it:
        tab = begin(it)
        buy(it, tab)
        found = {"recording": it.stored("recording"), "steps shown": it.panel.locator("#steps").inner_text()}
        check_and_stop(it, tab)
        found |= {"window": it.panel.locator("main").inner_html(), "proposed": it.panel.locator("#stop").input_value()}
        saved = save(it)
        send(it)
        found |= {"done": it.panel.locator("#done-words").inner_text(), "left": it.worker.evaluate("chrome.storage.session.get()")}
        yield found | {"saved": saved, "log": list(web.log)}


def begin(it: Recorder) -> Page:
    tab = it.context.new_page()
    tab.goto(f"https://{SHOP}/")
    it.press_button_at(tab)
    it.allow(f"https://{SHOP}", f"https://{TRACEFOX}")
    it.panel.locator("#record").click()
    it.panel.locator("#steps li").first.wait_for()
    tab.goto(f"https://{SHOP}/offers?tea=green")
    return tab


def put(field: Locator, text: str) -> None:
    """As a person does: a click into the field, then keys. Playwright's own `fill` is not trusted, and what is not trusted is not recorded."""
    field.click()
    field.page.keyboard.type(text)


def buy(it: Recorder, tab: Page) -> None:
    tab.locator("select[name=qty]").focus()
    tab.keyboard.press("2")
    tab.get_by_role("button", name="Add to cart").click()
    tab.get_by_role("link", name="Go to checkout").click()
    put(tab.locator("#r1"), "ada.lovelace@example.orgg")
    tab.locator("[name=first_name]").focus()
    tab.locator("#r1").focus()
    tab.keyboard.press("End")
    tab.keyboard.press("Backspace")
    put(tab.locator("[name=first_name]"), TYPED["shipping.first_name"])
    put(tab.locator("[name=street]"), TYPED["shipping.address"])
    tab.locator("[name=country]").focus()
    tab.keyboard.type("Germ")
    tab.get_by_text("I agree to the terms").click()
    tab.get_by_label("Send me news").click()
    tab.get_by_label("By courier").click()
    put(tab.locator("[name=coupon]"), TYPED["coupon.code"])
    tab.get_by_role("button", name="Continue to payment").click()
    pay(it, tab)
    tab.get_by_role("button", name="Not Augusta?").click()
    tab.get_by_role("button", name="Place order").click()
    tab.wait_for_url("**/thanks/*")
    it.panel.get_by_text("/thanks/").wait_for()


def pay(it: Recorder, tab: Page) -> None:
    it.allow(f"https://{PAY}")
    it.panel.get_by_role("button", name="Record there too").click()
    it.panel.get_by_role("button", name="Record there too").wait_for(state="hidden")
    frame = tab.frame_locator("iframe")
    put(frame.locator("[name=cardnumber]"), REAL)
    put(frame.locator("[name=exp-date]"), TYPED["card.expiry"])
    it.panel.get_by_text("no published test number").or_(it.panel.get_by_text("could be a real payment card")).wait_for()
    frame.locator("[name=cardnumber]").click(click_count=3)
    tab.keyboard.type(TYPED["card.number"])
    put(frame.locator("[name=cvc]"), TYPED["card.cvc"])


def check_and_stop(it: Recorder, tab: Page) -> None:
    it.panel.locator("#pause").click()
    it.panel.get_by_role("button", name="Its text").click()
    tab.locator("h1").click()
    it.panel.locator("#conditions li").wait_for()


def save(it: Recorder) -> dict[str, Any]:
    with it.panel.expect_download() as download:
        it.panel.get_by_role("button", name="DevTools Recorder").click()
    found: dict[str, Any] = json.loads(download.value.path().read_text())
    return found


def send(it: Recorder) -> None:
    it.panel.locator("#server").fill(f"https://{TRACEFOX}/")
    it.panel.locator("#key").fill(API_KEY)
    it.panel.locator("#connect-now").click()
    it.panel.locator("#title").fill("Buy green tea")
    it.panel.locator("#send").click()
    it.panel.locator("#done-words").wait_for()


def sent(found: dict[str, Any], method: str) -> Any:
    return next(json.loads(hit.body) for hit in found["log"] if hit.host == TRACEFOX and hit.method == method)


def flow_of(found: dict[str, Any]) -> Any:
    return steps.parse(sent(found, "POST")["flow"])


def test_the_way_through_the_shop_is_recorded(recorded):
    flow = flow_of(recorded)
    assert [step.action for step in flow.steps] == [
        *(
            "navigate",
            "navigate",
            "select",
            "click",
            "wait_for_url",
            "click",
            "wait_for_url",
            "fill",
            "fill",
            "fill",
            "select",
            "click",
            "check",
            "check",
            "fill",
            "click",
        ),
        *("wait_for_url", "fill", "fill", "fill", "click", "click", "wait_for_url"),
    ]
    assert flow.start_url == f"https://{SHOP}/"
    assert flow.allowed_origins == (f"https://{SHOP}", f"https://{PAY}")
    assert flow.title == "Buy green tea"


def test_the_stop_point_is_proposed_right_before_the_order(recorded):
    flow = flow_of(recorded)
    assert flow.order_step is not None
    assert flow.steps[flow.order_step].target.fingerprint.text == "Place order"
    assert flow.stop_after == flow.order_step - 1 == int(recorded["proposed"])


def test_values_are_sealed_to_the_runner_and_bound_to_their_place(recorded):
    brought = sent(recorded, "PUT")["values"]
    context = f"{WORKSPACE_ID}|{TEST_ID}"
    opened = {
        each["name"]: unsealing.unseal(base64.b64decode(each["sealed"]), private_key=PRIVATE_KEY, context=f"{context}|{each['name']}|{each['version']}")
        for each in brought
    }
    assert opened == TYPED
    assert [each["version"] for each in brought] == list(range(4, 4 + len(TYPED)))


def test_no_value_leaves_the_extension_unsealed(recorded):
    left = "\n".join(f"{hit.url} {hit.headers} {hit.body.decode()}" for hit in recorded["log"] if hit.host == TRACEFOX)
    assert "js.paying.test" in left
    whole = left + json.dumps(recorded["saved"])
    assert [name for name, value in (TYPED | {"real": REAL}).items() if value != "2" and value in whole] == []


def test_a_real_card_is_refused_and_not_repeated(recorded):
    assert len(recorded["recording"]["notes"]) == 1
    kept = json.dumps(recorded["recording"])
    assert REAL not in kept
    assert REAL[-4:] not in recorded["recording"]["notes"][0]


def test_the_key_goes_to_the_server_and_stays_in_memory(recorded):
    asked = [hit for hit in recorded["log"] if hit.host == TRACEFOX]
    assert {hit.headers["authorization"] for hit in asked} == {f"Bearer {API_KEY}"}
    assert not any(API_KEY in f"{hit.path}{hit.query}{hit.body!r}" for hit in asked)
    assert "recording" not in recorded["left"]


def test_fields_are_found_through_frames_and_shadow_roots(recorded):
    flow = flow_of(recorded)
    card = next(step for step in flow.steps if step.value == "{{card.number}}").target
    coupon = next(step for step in flow.steps if step.value == "{{coupon.code}}").target
    assert card.frame[0].url == f"https://{PAY}/v3/card-*.html*"
    assert coupon.selectors[0] == ("coupon-box", 'aria/Coupon[role="textbox"]')


def test_names_come_first_and_generated_ones_never(recorded):
    flow = flow_of(recorded)
    selectors = [chain for step in flow.steps if step.target for chain in step.target.selectors]
    assert all(step.target.selectors[0][-1].startswith(("aria/", "text/")) for step in flow.steps if step.target and step.target.fingerprint.text)
    assert not [chain for chain in selectors if any(made in part for part in chain for made in ("ember4711", "css-1q2w3e", "#r1"))]


def test_the_saved_file_is_read_back_as_the_same_way(recorded):
    read = recording.from_devtools(recorded["saved"]).flow
    typed = [step.value for step in flow_of(recorded).steps if step.action in ("fill", "select")]
    assert [step.value for step in read.steps if step.action in ("fill", "select")] == typed
