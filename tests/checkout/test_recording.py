import json
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings

from checkout import cards, recording, steps
from tests.checkout.flows import a_click, a_fill, a_flow, a_target, flows

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

CARD_FRAME = "https://js.stripe.com/v3/elements-inner-card-5d41402abc4b2a76b9719d911017c592.html#origin=x"
NAVIGATE = {"type": "navigate", "url": "https://shop.test/", "assertedEvents": [{"type": "navigation", "url": "https://shop.test/", "title": "Shop"}]}


def click(*selectors, **fields):
    return {"type": "click", "target": "main", "selectors": [[each] for each in selectors or ("#here",)], "offsetX": 67.4000015258789, "offsetY": 3} | fields


def change(value, *selectors, **fields):
    return {"type": "change", "target": "main", "value": value, "selectors": [[each] for each in selectors or ("#here",)]} | fields


def keys(*names):
    return [{"type": kind, "target": "main", "key": name} for name in names for kind in ("keyDown", "keyUp")]


def led_to(url):
    return {"assertedEvents": [{"type": "navigation", "url": url, "title": ""}]}


def a_recording(*rows, **fields):
    return {"title": "Buy", "steps": [NAVIGATE, *rows]} | fields


def read(*rows, **fields):
    return recording.from_devtools(a_recording(*rows, **fields))


def actions(found):
    return [step.action for step in found.flow.steps]


def refusal(data):
    with pytest.raises(recording.BadRecording) as refused:
        recording.from_devtools(data)
    return str(refused.value)


@calmly
@given(flows())
def test_a_test_that_is_exported_and_imported_is_the_same_test(flow):
    back = recording.from_devtools(json.loads(json.dumps(recording.to_devtools(flow))))
    assert (back.flow, back.test_data, back.notes) == (flow, {}, [])


@calmly
@given(flows())
def test_chrome_may_add_fields_on_the_way(flow):
    exported = recording.to_devtools(flow)
    rows = [row | {"duration": 60, "title": "step"} for row in exported["steps"]]
    assert recording.from_devtools(exported | {"steps": rows, "selectorAttribute": "data-qa"}).flow == flow


def test_a_whole_recording_becomes_a_test():
    found = read(
        {"type": "setViewport", "width": 390, "height": 844, "deviceScaleFactor": 3, "isMobile": True, "hasTouch": True, "isLandscape": False},
        click("aria/Add to cart", "#add"),
        click("aria/Checkout", **led_to("https://shop.test/checkout/9f8e7d6c5b4a/information?key=1")),
        change("abc@b.test", "aria/Email", "#email"),
        change("4242 4242 4242 4242", "[name='cardnumber']", target=CARD_FRAME, frame=[0]),
        click("aria/Place order", **led_to("https://shop.test/thank-you")),
    )
    flow = found.flow
    assert actions(found) == ["navigate", "click", "click", "wait_for_url", "fill", "fill", "click", "wait_for_url"]
    assert (flow.title, flow.start_url, flow.stop_after, flow.order_step) == ("Buy", "https://shop.test/", 5, 6)
    assert flow.steps[3].url == "https://shop.test/checkout/*/information*"
    assert [step.value for step in flow.steps[4:6]] == ["{{shipping.email}}", "{{card.number}}"]
    assert flow.steps[5].target.frame[0].url == "https://js.stripe.com/v3/elements-inner-card-*.html*"
    assert flow.allowed_origins == ("https://shop.test", "https://js.stripe.com")
    assert (flow.viewport.width, flow.viewport.device, flow.viewport.touch) == (390, "phone", True)
    assert found.test_data == {"shipping.email": "abc@b.test", "card.number": "4242 4242 4242 4242"}
    assert [note.partition(" ")[0] for note in found.notes] == ["Step", "Step"]


def test_no_value_that_was_typed_stays_in_the_test():
    found = read(*(change(f"secret-{number}", f"#field{number}") for number in range(5)))
    assert "secret" not in json.dumps(steps.to_json(found.flow))
    assert sorted(found.test_data.values()) == [f"secret-{number}" for number in range(5)]


def test_what_is_corrected_at_once_is_typed_once():
    found = read(change("a@b.tes", "#email"), *keys("Backspace", "t"), change("a@b.test", "#email"))
    assert (actions(found), found.test_data, found.notes) == (["navigate", "fill"], {"shipping.email": "a@b.test"}, [recording.NO_ORDER])


def test_two_values_of_a_kind_have_two_names():
    found = read(change("a@b.test", "#email"), change("c@d.test", "#email-again"), change("a@b.test", "#mail_confirm"))
    assert found.test_data == {"shipping.email": "a@b.test", "shipping.email_2": "c@d.test", "field.mail_confirm": "a@b.test"}


def test_an_emptied_field_and_a_name_stay_as_they_are():
    found = read(change("", "#a"), change("{{coupon.code}}", "#b"), change("{{no name}}", "#c"))
    assert [step.value for step in found.flow.steps[1:]] == ["", "{{coupon.code}}", "{{field.c}}"]
    assert found.test_data == {"field.c": "{{no name}}"}


@pytest.mark.parametrize(
    "selector", ["select#country", "form > select.x", "xpath///*[@id='a']/div/select", 'aria/Country[role="combobox"]', "pierce/#f select"]
)
def test_a_list_to_choose_from_is_seen_by_its_selectors(selector):
    assert actions(read(change("DE", selector)))[-1] == "select"


@pytest.mark.parametrize("selector", ["#select", "aria/Select", "aria/Please select", "text/select", "#selected select2", "input.select"])
def test_a_word_is_no_list_to_choose_from(selector):
    assert actions(read(change("DE", selector)))[-1] == "fill"


def test_keys_that_typed_a_value_are_not_pressed_again():
    found = read(click("#email"), *keys("a", "b", "Tab"), change("ab", "#email"), *keys("Tab"), change("x", "#name"), *keys("Enter"))
    assert actions(found) == ["navigate", "click", "fill", "fill", "press"]
    assert found.flow.steps[-1].key == "Enter"


def test_keys_outside_of_fields_are_not_kept_but_for_those_that_type_nothing():
    found = read(click(), *keys("4", "2", "Escape"), click())
    assert actions(found) == ["navigate", "click", "press", "click"]
    assert found.notes[0] == "Keys that were typed outside of a field, behind step 2, were left out."


def test_a_click_on_the_words_in_a_button_is_a_click_on_the_button():
    row = click() | {"selectors": [["aria/Add to cart", 'aria/[role="generic"]'], ["aria/Add to cart"], ['aria/[role="main"]'], "#add > span"]}
    target = read(row).flow.steps[1].target
    assert target.selectors == (("aria/Add to cart",), ("#add > span",))
    assert target.fingerprint.text == "Add to cart"


def test_a_frame_known_only_by_its_place_is_looked_for_in_the_shop():
    found = read(change("x", "#a", frame=[0, 2]))
    assert [match.url for match in found.flow.steps[1].target.frame] == ["https://shop.test/*"] * 2
    assert "knows only by its place" in found.notes[0]


def test_http_becomes_https_and_other_schemes_are_left_out():
    rows = [{"type": "navigate", "url": "chrome://newtab/"}, {"type": "navigate", "url": "http://shop.test/a"}, {"type": "navigate", "url": "about:blank"}]
    found = recording.from_devtools({"steps": rows})
    assert (found.flow.start_url, actions(found), found.flow.title) == ("https://shop.test/a", ["navigate"], "Recorded checkout")
    assert len(found.notes) == 3


def test_waiting_for_elements_keeps_what_can_be_kept():
    rows = [
        {"type": "waitForElement", "selectors": ["#a"], **more}
        for more in ({}, {"count": 0, "operator": "=="}, {"visible": False}, {"operator": "==", "count": 3})
    ]
    found = read(
        *rows, {"type": "waitForElement", "selectors": ["#a"], "operator": "<=", "count": 2}, {"type": "waitForElement", "selectors": ["#a"], "attributes": {}}
    )
    assert actions(found)[1:] == ["wait_for_element"] * 3 + ["assert", "wait_for_element"]
    assert [step.state for step in found.flow.steps[1:4]] == ["visible", "hidden", "hidden"]
    assert found.flow.steps[4].condition.count == 3
    assert "at most 2 elements" in found.notes[0]


def test_what_changes_nothing_is_left_out():
    found = read(
        {"type": "emulateNetworkConditions", "download": 1, "upload": 1, "latency": 1},
        click(button="secondary"),
        {"type": "doubleClick", "selectors": ["#a"]},
        {"type": "scroll", "x": 0.4, "y": 1e9},
        {"type": "scroll", "selectors": ["#a"], "y": 12.6},
        {"type": "hover", "selectors": ["#a"], "timeout": 2500},
        {"type": "close"},
    )
    assert actions(found) == ["navigate", "click", "click", "scroll", "scroll", "hover"]
    assert [(step.x, step.y) for step in found.flow.steps[3:5]] == [(0, 100_000), (0, 13)]
    assert found.flow.steps[5].seconds == 3
    assert len(found.notes) == 4


@pytest.mark.parametrize(
    "words",
    [
        *(
            "aria/Place order",
            "aria/Submit my order",
            "#place_order",
            "#placeOrder",
            "aria/Zahlungspflichtig bestellen",
            "aria/Valider ma commande",
            "aria/Pay $12.00",
        ),
        *(
            "aria/Realizar pedido",
            "aria/Invia l'ordine",
            "aria/Bestelling plaatsen",
            "aria/Finalizar compra",
            "aria/Złóż zamówienie",
            "text/注文を確定する",
            "aria/Buy now",
        ),
        *("aria/Lägg beställning", "aria/Gennemfør ordre", "aria/Jetzt kaufen", "text/Betalen", "aria/Оформить заказ", "aria/Complete purchase"),
    ],
)
def test_the_stop_point_is_proposed_before_the_click_that_places_the_order(words):
    found = read(click("aria/Add to cart"), click("aria/Checkout"), click(words), click("aria/Track order"))
    assert (found.flow.stop_after, found.flow.order_step) == (2, 3)
    assert "Step 4 looks like the click that places the order" in found.notes[-1]


@pytest.mark.parametrize(
    "words", ["aria/Add to cart", "aria/PayPal", "aria/Your orders", "aria/Proceed to checkout", "aria/Payment methods", "aria/Sort order"]
)
def test_other_clicks_place_no_order(words):
    found = read(click("#a"), click(words))
    assert (found.flow.stop_after, found.flow.order_step, found.notes) == (2, None, [recording.NO_ORDER])


def test_a_sure_word_counts_before_a_later_one_that_is_not():
    found = read(click("aria/Buy now"), click("aria/Place order"), click("aria/Pay"))
    assert found.flow.order_step == 2


def test_the_click_before_a_confirmation_is_the_order_whatever_it_says():
    found = read(click("#a"), click("aria/Weiter", **led_to("https://shop.test/order-received/77777/")))
    assert (found.flow.stop_after, found.flow.order_step) == (1, 2)


@pytest.mark.parametrize(
    "row",
    [change("4532015112830366"), change("4532 0151 1283 0366", "aria/Note"), click("aria/4532-0151-1283-0366"), led_to("https://a.test/4532015112830366")],
)
def test_real_card_numbers_are_refused_and_not_repeated(row):
    row = row if "type" in row else NAVIGATE | row
    with pytest.raises(cards.RealCard) as refused:
        recording.from_devtools(a_recording(row))
    assert isinstance(refused.value, recording.BadRecording)
    assert "0366" not in str(refused.value)
    assert str(refused.value).startswith("steps[1].")


def test_a_card_field_takes_published_numbers_only():
    with pytest.raises(cards.RealCard, match="no published test number"):
        read(change("4532 0151 1283 0367", "aria/Card number"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "This is no recording: it has no list of steps."),
        ({}, "This is no recording: it has no list of steps."),
        ({"steps": []}, "steps: a recording has from 1 to 1000 steps; this one has 0."),
        ({"steps": [NAVIGATE] * 1001}, "steps: a recording has from 1 to 1000 steps; this one has 1001."),
        ({"steps": ["x"]}, "steps[0]: is no object."),
        ({"steps": [{}]}, "steps[0].type: 'None' is a type that Tracefox cannot replay; remove this step."),
        ({"steps": [{"type": "dance"}]}, "steps[0].type: 'dance' is a type that Tracefox cannot replay"),
        ({"steps": [NAVIGATE, {"type": "waitForExpression", "expression": "fetch('x')"}]}, "steps[1]: waitForExpression runs a program of its own in the page"),
        ({"steps": [NAVIGATE, {"type": "customStep", "name": "lighthouse", "parameters": {}}]}, "steps[1]: 'lighthouse' is a step of another program."),
        (
            {"steps": [NAVIGATE, {"type": "customStep", "name": "tracefox", "parameters": {"step": {"action": "jump"}}}]},
            "steps[1].parameters.step.action: 'jump'",
        ),
        ({"steps": [{"type": "navigate"}]}, "steps[0].url: is missing in a step of the type navigate"),
        ({"steps": [{"type": "navigate", "url": 7}]}, "steps[0].url: must be a text."),
        ({"steps": [NAVIGATE, {"type": "click", "selectors": []}]}, "steps[1].selectors: is an empty list"),
        ({"steps": [NAVIGATE, {"type": "click", "selectors": [[]]}]}, "steps[1].selectors[0]: must be a selector"),
        ({"steps": [NAVIGATE, click(frame=["a"])]}, "steps[1].frame[0]: must be a whole number."),
        ({"steps": [NAVIGATE, click(frame=[-1])]}, "steps[1].frame[0]: must not be less than 0."),
        ({"steps": [NAVIGATE, click(timeout="5")]}, "steps[1].timeout: must be a number."),
        ({"steps": [NAVIGATE, click(assertedEvents=[{}])]}, "steps[1].assertedEvents[0].type: is missing"),
        ({"steps": [NAVIGATE, click(assertedEvents=[None])]}, "steps[1].assertedEvents[0]: must be an object."),
        ({"steps": [NAVIGATE, change("x" * 2001)]}, "steps[1].value: is 2001 characters long; at most 2000 fit."),
        ({"steps": [NAVIGATE, {"type": "waitForElement", "selectors": ["#a"], "operator": "!="}]}, "steps[1].operator: must be one of >= == <=."),
        ({"steps": [NAVIGATE], "title": 7}, "title: must be a text."),
        ({"steps": [click()]}, "steps: the recording opens no https:// page."),
        ({"steps": [{"type": "navigate", "url": "about:blank"}]}, "steps: the recording opens no https:// page."),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(data, message):
    try:
        recording.from_devtools(data)
    except steps.BadFlow as refused:
        assert str(refused).startswith(message)  # noqa: PT017
    else:
        pytest.fail("It was read.")


def test_a_test_that_was_edited_in_chrome_keeps_what_is_still_there():
    flow = steps.parse(
        a_flow(
            {"action": "navigate", "url": "https://shop.test/"},
            {"action": "check", "target": a_target("#terms"), "label": "Accept the terms"},
            a_fill("{{coupon.code}}", "#coupon"),
            {"action": "assert", "condition": {"kind": "total_is_zero", "target": a_target("#total")}},
            a_click("#order"),
            conditions=[{"kind": "url", "url": "/thanks"}],
            stop_after=None,
            order_step=4,
            run_seconds=300,
        )
    )
    exported = recording.to_devtools(flow)
    rows = deepcopy(exported["steps"])
    place = next(index for index, row in enumerate(rows) if row.get("value") == "{{coupon.code}}")
    rows[place]["selectors"] = [["#voucher"]]
    rows.insert(place, click("#open-coupon"))
    back = recording.from_devtools(exported | {"steps": rows, "title": "Buy more"}).flow
    assert [step.action for step in back.steps] == ["navigate", "check", "click", "fill", "assert", "click"]
    assert (back.title, back.stop_after, back.order_step, back.run_seconds) == ("Buy more", None, 5, 300)
    assert (back.steps[1].label, back.conditions) == ("Accept the terms", flow.conditions)
    assert back.steps[3].target
    assert back.steps[3].target.selectors == (("#voucher",),)


def test_without_its_order_click_an_exported_test_gets_a_new_stop_point():
    exported = recording.to_devtools(steps.parse(a_flow(a_click("#a"), a_click("#b"), a_click("aria/Place order"), stop_after=None, order_step=2)))
    rows = [row for row in exported["steps"] if row.get("selectors") != [["aria/Place order"]]]
    found = recording.from_devtools(exported | {"steps": rows})
    assert (found.flow.stop_after, found.flow.order_step, found.notes) == (1, None, [recording.NO_ORDER])


def test_an_export_holds_names_and_no_values():
    exported = recording.to_devtools(steps.parse(a_flow({"action": "navigate", "url": "https://shop.test/"}, a_fill("{{card.number}}", "#card"))))
    assert exported["steps"][-1] == {"type": "change", "value": "{{card.number}}", "target": "main", "selectors": [["#card"]]}
