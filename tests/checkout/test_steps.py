import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import conditions, steps
from tests.checkout.flows import a_click, a_fill, a_flow, a_target, flows

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

ROOT = Path(__file__).resolve().parents[2]
SAYS = {"action": "assert", "condition": {"kind": "text", "text": "a"}}
COUPON = a_fill("{{coupon.code}}")
ZERO = {"action": "assert", "condition": {"kind": "total_is_zero", "target": a_target("#total")}}


def refusal(data):
    with pytest.raises(steps.BadFlow) as refused:
        steps.parse(data)
    return str(refused.value)


def changed(path, value):
    """A good test with one place of it changed. The path is written as messages name places."""
    data = a_flow({"action": "navigate", "url": "https://shop.test/"}, a_click(), a_fill("x"), deepcopy(SAYS), viewport={})
    *way, last = re.findall(r"\w+", path)
    at: Any = data
    for name in way:
        at = at[int(name)] if name.isdigit() else at[name]
    at[int(last) if last.isdigit() else last] = value
    return data


@calmly
@given(flows())
def test_a_test_survives_json(flow):
    assert steps.parse(json.loads(json.dumps(steps.to_json(flow)))) == flow


@calmly
@given(flows())
def test_every_test_is_of_the_published_form(flow):
    jsonschema.Draft202012Validator(steps.schema()).validate(steps.to_json(flow))


def test_the_published_schema_is_the_one_of_the_code():
    published = json.loads((ROOT / "docs" / "checkout-test.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(published)
    assert published == steps.schema()


def test_the_page_about_the_language_knows_all_of_it():
    page = (ROOT / "docs" / "checkout-tests.md").read_text()
    names = [*steps.ACTIONS, *conditions.KINDS, *steps.TOP, *steps.BUILT_IN, *(field for needed, more in steps.ACTIONS.values() for field in needed + more)]
    assert [name for name in names if f"`{name}`" not in page and f"{{{{{name}}}}}" not in page] == []


def test_the_example_on_that_page_is_a_test():
    page = (ROOT / "docs" / "checkout-tests.md").read_text()
    flow = steps.parse(json.loads(page.partition("```json\n")[2].partition("```")[0]))
    assert (flow.stop_after, flow.order_step) == (4, 5)


def test_what_is_not_said_has_a_default():
    flow = steps.parse(a_flow())
    assert (flow.viewport.width, flow.viewport.device, flow.analytics, flow.step_seconds, flow.run_seconds) == (1280, "desktop", "blocked", 10, 120)
    assert (flow.allowed_origins, flow.conditions, flow.version) == (("https://shop.test",), (), 1)


def test_a_selector_may_stand_alone():
    flow = steps.parse(a_flow({"action": "click", "target": {"selectors": ["aria/Buy", ["#host", "#inner"]]}}))
    assert flow.steps[0].target
    assert flow.steps[0].target.selectors == (("aria/Buy",), ("#host", "#inner"))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("version", 2, "version: must be 1"),
        ("title", "", "title: is missing"),
        ("title", 7, "title: must be a text"),
        ("title", "x" * 201, "title: is 201 characters long; at most 200 fit."),
        ("title", "a\x00b", "title: holds a character that no page shows"),
        ("title", "a\ud800b", "title: holds a character that no page shows"),
        ("start_url", "http://shop.test/", "start_url: 'http://shop.test/' does not begin with https://"),
        ("start_url", "https://user@shop.test/", "start_url: 'https://user@shop.test/' names no host"),
        ("start_url", "https://shop.test:99999/", "start_url: 'https://shop.test:99999/' names a port"),
        ("start_url", "https://shop.test/{{shipping.email}}", "start_url: holds a name of Test Data"),
        ("start_url", "https://shop.test/a b", "start_url: holds a space"),
        ("start_url", "https://shop.test\\evil.test/", "start_url: holds a space, a line break or a backslash"),
        ("viewport", [], "viewport: a viewport is an object"),
        ("viewport", {"width": 10}, "viewport.width: must be a whole number from 240 to 3840."),
        ("viewport", {"device": "iPhone"}, "viewport.device: 'iPhone' is not known; it is one of desktop, phone, tablet."),
        ("viewport", {"scale": 9}, "viewport.scale: must be a number from 0.5 to 4."),
        ("viewport", {"touch": 1}, "viewport.touch: must be true or false."),
        ("allowed_origins", ["https://pay.test/x"], "allowed_origins[0]: 'https://pay.test/x' has more than a host; give only https://pay.test."),
        ("allowed_origins", ["pay.test"], "allowed_origins[0]: 'pay.test' does not begin with https://"),
        ("allowed_origins", "https://pay.test", "allowed_origins: give a list of origins."),
        ("allowed_origins", ["https://a.test"] * 31, "allowed_origins: 31 origins are too many; at most 30 fit."),
        ("analytics", "on", "analytics: 'on' is not known; it is one of blocked, tagged, left."),
        ("step_seconds", 0, "step_seconds: must be a whole number from 1 to 60."),
        ("step_seconds", 61, "step_seconds: must be a whole number from 1 to 60."),
        ("run_seconds", 9, "run_seconds: must be a whole number from 10 to 600."),
        ("run_seconds", 601, "run_seconds: must be a whole number from 10 to 600."),
        ("run_seconds", True, "run_seconds: must be a whole number from 10 to 600."),
        ("stop_after", 4, "stop_after: must be the index of a step, from 0 to 3, or null."),
        ("stop_after", "3", "stop_after: must be the index of a step"),
        ("stop_after", None, "order_step: is missing; a test without a stop point must say which click places the order."),
        ("steps", [], "steps: give at least one of steps."),
        ("steps", [a_click()] * 101, "steps: 101 steps are too many; at most 100 fit."),
        ("steps", {}, "steps: give a list of steps."),
        ("steps[0]", "click", "steps[0]: a step is an object"),
        ("steps[0].action", "jump", "steps[0].action: 'jump' is not known; it is one of navigate, click"),
        ("steps[0].action", ["click"], "steps[0].action: \"['click']\" is not known"),
        ("steps[0].url", "https://evil.test/", "steps[0].url: leads to https://evil.test, where this test may not go; add it to allowed_origins"),
        ("steps[0].url", "https://shop.test.evil.test/", "steps[0].url: leads to https://shop.test.evil.test"),
        ("steps[0].url", "https://{{a.b}}/", "steps[0].url: 'https://{{a.b}}/' names no host"),
        ("steps[0].url", "javascript:alert(1)", "steps[0].url: 'javascript:alert(1)' does not begin with https://"),
        ("steps[1].tagret", {}, "steps[1].tagret: the step click has no such field; it may have action, target, label, seconds."),
        ("steps[1].value", "x", "steps[1].value: the step click has no such field"),
        ("steps[1].seconds", 61, "steps[1].seconds: must be a whole number from 1 to 60."),
        ("steps[1].label", "x" * 201, "steps[1].label: is 201 characters long"),
        ("steps[1].target", None, "steps[1].target: is missing; say which element"),
        ("steps[1].target", "#a", "steps[1].target: a target is an object"),
        ("steps[1].target.selectors", [], "steps[1].target.selectors: give at least one of selectors."),
        ("steps[1].target.selectors", [["#a"]] * 11, "steps[1].target.selectors: 11 selectors are too many; at most 10 fit."),
        ("steps[1].target.selectors", [[]], "steps[1].target.selectors[0]: must be a selector"),
        ("steps[1].target.selectors", [["#a"] * 9], "steps[1].target.selectors[0]: goes through 9 shadow roots; at most 8 fit."),
        ("steps[1].target.selectors", ["aria/"], "steps[1].target.selectors[0]: holds an empty selector"),
        ("steps[1].target.selectors", [[7]], "steps[1].target.selectors[0].selector: must be a text"),
        ("steps[1].target.selectors", ["x" * 1001], "steps[1].target.selectors[0].selector: is 1001 characters long"),
        ("steps[1].target.frame", [{}], "steps[1].target.frame[0]: names no frame"),
        ("steps[1].target.frame", [{"url": "https://pay.test*"}], "steps[1].target.frame[0].url: must begin with https:// and a host, then a slash"),
        ("steps[1].target.frame", [{"url": "https://*pay.test/*"}], "steps[1].target.frame[0].url: must begin with https://"),
        ("steps[1].target.frame", [{"url": "http://pay.test/*"}], "steps[1].target.frame[0].url: must begin with https://"),
        ("steps[1].target.frame", [{"url": "*"}], "steps[1].target.frame[0].url: must begin with https://"),
        ("steps[1].target.fingerprint", {"colour": "red"}, "steps[1].target.fingerprint.colour: a fingerprint has no such field"),
        ("steps[2].value", None, "steps[2].value: is missing; give the text, or the name of Test Data"),
        ("steps[2].value", "x" * 2001, "steps[2].value: is 2001 characters long; at most 2000 fit."),
        ("steps[2].value", "{{email}}", "steps[2].value: 'email' is no name of Test Data"),
        ("steps[2].value", "{{Shipping.Email}}", "steps[2].value: 'Shipping.Email' is no name of Test Data"),
        ("steps[2].value", "{{shipping.email", "steps[2].value: opens {{ and never names Test Data"),
        ("steps[3].condition", None, "steps[3].condition: a condition is an object"),
        ("steps[3].condition.kind", "weather", "steps[3].condition.kind: 'weather' is not known"),
        ("steps[3].condition.text", "", "steps[3].condition.text: is missing"),
        ("conditions", [{"kind": "url"}], "conditions[0].url: is missing"),
        ("conditions", [{"kind": "element_count", "target": a_target(), "count": -1}], "conditions[0].count: must be a whole number from 0 to 10000."),
        ("conditions", [{"kind": "total", "target": a_target(), "equals": "12,00 €"}], "conditions[0].equals: '12,00 €' is no amount"),
        ("conditions", [{"kind": "url", "url": "/x"}] * 31, "conditions: 31 conditions are too many; at most 30 fit."),
        ("price", 1, "price: a Checkout Test has no such field"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(path, value, message):
    assert refusal(changed(path, value)).startswith(message)


def test_a_test_must_say_where_it_stops():
    data = a_flow()
    del data["stop_after"]
    assert refusal(data).startswith("stop_after: say where the run stops")


@pytest.mark.parametrize("data", [None, [], "x", 1, {}, {"steps": []}])
def test_what_is_no_test_is_refused(data):
    assert refusal(data)


def test_a_real_card_number_is_refused_and_not_repeated():
    said = refusal(a_flow(a_fill("4532 0151 1283 0366")))
    assert said.startswith("steps[0].value holds a number that could be a real payment card.")
    assert "0366" not in said


def test_the_order_is_placed_by_a_click():
    assert refusal(a_flow(a_fill("x"), a_click(), stop_after=None, order_step=0)).startswith("order_step: step 0 is no click")
    assert steps.parse(a_flow(a_fill("x"), a_click(), stop_after=None, order_step=1)).places_order


def test_a_stop_point_stands_before_the_order():
    rows = (a_click(), a_click(), a_click())
    assert refusal(a_flow(*rows, stop_after=1, order_step=1)).startswith("stop_after: the run would place the order before it stops; set it to 0, or to null")
    assert refusal(a_flow(*rows, stop_after=1, order_step=0)).startswith("stop_after: the run would place the order with its first step")
    assert not steps.parse(a_flow(*rows, stop_after=0, order_step=1)).places_order


@pytest.mark.parametrize("rows", [(COUPON, a_click()), (ZERO, COUPON, a_click()), (COUPON, a_click(), ZERO)])
def test_a_coupon_is_proven_to_make_the_order_free(rows):
    order = next(index for index, row in enumerate(rows) if row["action"] == "click")
    assert "put an assert of total_is_zero between" in refusal(a_flow(*rows, stop_after=None, order_step=order))


def test_a_coupon_that_is_proven_may_go_past_the_order():
    assert steps.parse(a_flow(a_fill("{{coupon.code}}"), ZERO, a_click(), stop_after=None, order_step=2)).places_order
    assert steps.parse(a_flow(a_fill("{{coupon.code}}"), a_click(), stop_after=0, order_step=1))


def test_nothing_is_repeated_from_the_order_on():
    past = steps.parse(a_flow(a_click(), a_click(), a_click(), stop_after=None, order_step=1))
    assert [steps.past_order(past, index) for index in range(-1, 3)] == [False, False, True, True]
    assert [steps.may_repeat(past, index) for index in range(-1, 3)] == [True, True, False, False]
    stops = steps.parse(a_flow(a_click(), a_click(), stop_after=0, order_step=1))
    assert [steps.may_repeat(stops, index) for index in range(-1, 2)] == [True, True, True]


def test_names_are_found_wherever_they_may_stand():
    flow = steps.parse(
        a_flow(
            {"action": "navigate", "url": "https://shop.test/?q={{search.words}}"},
            a_fill("{{shipping.email}} {{ unique.id }}"),
            {"action": "wait_for_url", "url": "*/{{now.date}}*"},
            {"action": "assert", "condition": {"kind": "text", "text": "{{shipping.email}}"}},
            conditions=[{"kind": "discount", "target": a_target(), "text": "{{coupon.code}}"}],
        )
    )
    assert steps.variables(flow) == ["search.words", "shipping.email", "unique.id", "now.date", "coupon.code"]
    assert steps.test_data_names(flow) == ["search.words", "shipping.email", "coupon.code"]


def test_a_value_that_looks_like_a_name_is_typed_as_it_is():
    assert steps.put_in("{{a.b}} {{ c.d }}", {"a.b": "{{c.d}}", "c.d": "x"}) == "{{c.d}} x"
    with pytest.raises(KeyError):
        steps.put_in("{{a.b}}", {})


@calmly
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_json_is_read_or_refused(data):
    for each in (data, {"steps": data}, a_flow(data) if isinstance(data, dict) else data, a_flow() | {"conditions": data}, a_flow() | {"viewport": data}):
        said = what_is_said_of(each)
        assert said is None or 0 < len(said) < 1000


def what_is_said_of(data):
    try:
        steps.parse(data)
    except steps.BadFlow as refused:
        return str(refused)
    return None
