from __future__ import annotations

import pytest
from django.urls import reverse

from checkout import editor, forms, step_forms, steps
from checkout.models import CheckoutTest
from tests.factories import make_checkout_test, make_flow, make_site

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def test(workspace):
    site = make_site(workspace=workspace, url="https://www.shop.test/")
    flow = steps.to_json(steps.parse(make_flow(start_url=site.url)))
    return make_checkout_test(site=site, flow=flow)


def url(name, *args):
    return reverse(f"checkout:{name}", args=["agency", *args])


def again(test):
    return CheckoutTest.objects.for_workspace(test.site.workspace).get(pk=test.pk)


def seen(test, index, *, part="steps"):
    """What the page of a step or a condition sends along, to say which one it showed."""
    return {"mark": editor.mark(again(test).flow[part][index])}


def labels(test):
    return [step.get("label", step["action"]) for step in again(test).flow["steps"]]


def test_a_step_is_added_where_it_was_asked_for(member_client, test):
    page = member_client.get(url("step-add", test.id) + "?at=1").content.decode()
    assert "It becomes step 2" in page
    sent = {"version": 1, "action": "wait_for_url", "url": "*/cart", "label": "In the cart"}
    response = member_client.post(url("step-add", test.id) + "?at=1", sent)
    assert response["Location"] == url("test-detail", test.id) + "#step-2"
    assert labels(test) == ["Open the shop", "In the cart", "Add to cart", "Fill in the coupon"]
    assert again(test).flow["stop_after"] == 3
    assert again(test).version == 2


def test_at_the_stop_point_one_says_on_which_side(member_client, test):
    assert "Below the stop point: runs leave it out" in member_client.get(url("step-add", test.id)).content.decode()
    member_client.post(url("step-add", test.id), {"version": 1, "action": "wait_for_quiet", "past_stop": "1"})
    assert (len(again(test).flow["steps"]), again(test).flow["stop_after"]) == (4, 2)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"action": "navigate", "url": "https://www.shop.test/x"}, {"action": "navigate", "url": "https://www.shop.test/x"}),
        ({"action": "press", "key": "Enter"}, {"action": "press", "key": "Enter"}),
        ({"action": "scroll", "x": "", "y": "400"}, {"action": "scroll", "x": 0, "y": 400}),
        ({"action": "wait_for_quiet", "seconds": "20"}, {"action": "wait_for_quiet", "seconds": 20}),
    ],
)
def test_a_step_keeps_the_fields_that_its_action_has(member_client, test, sent, kept):
    member_client.post(url("step-edit", test.id, 1), seen(test, 1) | {"value": "left over", "text": "left over"} | sent)
    assert again(test).flow["steps"][1] == kept


def test_an_element_in_a_frame_and_a_shadow_root_is_written_in_lines(member_client, test):
    sent = {
        "action": "fill",
        "selectors": "aria/Card number\nmy-form >>> #card\n",
        "frame": "https://pay.test/* name=card",
        "value": "{{card.number}}",
    }
    member_client.post(url("step-edit", test.id, 1), seen(test, 1) | sent)
    step = again(test).flow["steps"][1]
    assert step["target"]["selectors"] == [["aria/Card number"], ["my-form", "#card"]]
    assert step["target"]["frame"] == [{"url": "https://pay.test/*", "name": "card"}]
    page = member_client.get(url("step-edit", test.id, 1))
    assert page.context["form"]["selectors"].value() == "aria/Card number\nmy-form >>> #card"
    assert page.context["form"]["frame"].value() == "https://pay.test/* name=card"


def test_the_recorded_element_stays_unless_it_is_let_go(member_client, test):
    sent = {"action": "click", "selectors": "#add"}
    page = member_client.get(url("step-edit", test.id, 1)).content.decode()
    assert "Insist on the recorded element: button “Add to cart”" in page
    member_client.post(url("step-edit", test.id, 1), seen(test, 1) | sent | {"keep": "on"})
    assert again(test).flow["steps"][1]["target"]["fingerprint"]["text"] == "Add to cart"
    member_client.post(url("step-edit", test.id, 1), seen(test, 1) | sent)
    assert not any(again(test).flow["steps"][1]["target"]["fingerprint"].values())


def test_a_check_is_a_step_with_a_condition(member_client, test):
    sent = {"action": "assert", "kind": "total_is_zero", "selectors": "#total"}
    member_client.post(url("step-edit", test.id, 1), seen(test, 1) | sent)
    assert again(test).flow["steps"][1]["condition"]["kind"] == "total_is_zero"
    page = member_client.get(url("step-edit", test.id, 1))
    assert page.context["form"]["kind"].value() == "total_is_zero"
    assert page.context["form"]["selectors"].value() == "#total"
    assert "Choose what must hold" in member_client.post(url("step-edit", test.id, 1), seen(test, 1) | {"action": "assert"}).content.decode()


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"action": "click"}, "selectors", "Say which element"),
        ({"action": "navigate", "url": "http://www.shop.test/"}, "url", "https://"),
        ({"action": "navigate", "url": "https://elsewhere.test/"}, "url", "the allowed origins"),
        ({"action": "fill", "selectors": "#a", "value": "{{nonsense}}"}, "value", "no name of Test Data"),
        ({"action": "click", "selectors": "#a", "frame": "https://pay.test*"}, "frame", "slash"),
        ({"action": "assert", "kind": "total", "selectors": "#a", "equals": "12 EUR"}, "equals", "no amount"),
        ({"action": "press", "key": "two keys"}, "key", "one key"),
        ({"action": "press"}, "key", "Name the key"),
        ({"action": "wait_for_url"}, "url", "Give the address"),
        ({"action": "assert", "kind": "tag"}, "vendor", "Say whose tag"),
        ({"action": "assert", "kind": "element_count", "selectors": "#a"}, "count", "Say how many"),
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_stays_typed(member_client, test, sent, field, words):
    response = member_client.post(url("step-edit", test.id, 1), seen(test, 1) | {"label": "Kept"} | sent)
    form = response.context["form"]
    assert response.status_code == 422
    assert words in form.errors[field][0]
    assert form["label"].value() == "Kept"
    assert again(test).version == 1


def test_a_real_card_number_in_a_step_is_refused_and_not_given_back(member_client, test):
    response = member_client.post(url("step-edit", test.id, 1), seen(test, 1) | {"action": "fill", "selectors": "#card", "value": "4539148803436467"})
    page = response.content.decode()
    assert "could be a real payment card" in page
    assert "4539148803436467" not in page
    assert "••••" in page


def test_a_step_that_is_gone_is_not_found(member_client, test):
    assert member_client.get(url("step-edit", test.id, 3)).status_code == 404
    assert member_client.get(url("condition-edit", test.id, 1)).status_code == 404


# --- in place


def test_steps_are_moved_in_place_and_a_screen_reader_is_told(member_client, test):
    response = member_client.post(url("step-move", test.id, 1), {"version": 1, "by": "1"}, headers=HTMX)
    part = response.content.decode()
    assert labels(test) == ["Open the shop", "Fill in the coupon", "Add to cart"]
    assert part.lstrip().startswith("<section")
    assert 'name="version" value="2"' in part
    assert "Step 2 is moved down." in part


def test_the_focus_finds_the_button_of_the_step_that_was_moved(member_client, test):
    before = member_client.get(url("test-detail", test.id)).context["rows"][1].key
    after = member_client.post(url("step-move", test.id, 1), {"version": 1, "by": "1"}, headers=HTMX).context["rows"][2].key
    assert before == after


def test_without_htmx_the_page_is_shown_again(member_client, test):
    response = member_client.post(url("step-remove", test.id, 1), {"version": 1}, follow=True)
    assert "Step 2 is removed." in response.content.decode()
    assert labels(test) == ["Open the shop", "Fill in the coupon"]


def test_the_stop_point_is_moved_and_set(member_client, test):
    member_client.post(url("stop-move", test.id), {"version": 1, "by": "-1"}, headers=HTMX)
    assert again(test).flow["stop_after"] == 1
    member_client.post(url("stop-here", test.id, 0), {"version": 2}, headers=HTMX)
    assert again(test).flow["stop_after"] == 0


def test_what_cannot_be_done_is_said_in_place(member_client, test):
    part = member_client.post(url("step-move", test.id, 0), {"version": 1, "by": "-1"}, headers=HTMX).content.decode()
    assert "It cannot be moved any further." in part
    part = member_client.post(url("step-move", test.id, 1), {"version": 7, "by": "1"}, headers=HTMX).content.decode()
    assert "Somebody changed this test meanwhile" in part
    assert again(test).version == 1


def test_a_change_without_the_version_that_was_seen_is_refused(member_client, test):
    response = member_client.post(url("step-remove", test.id, 1), follow=True)
    assert "Somebody changed this test meanwhile" in response.content.decode()


def test_the_stop_point_does_not_move_past_the_order(member_client, test):
    flow = again(test).flow
    flow["steps"].append({"action": "click", "target": {"selectors": [["#place"]]}})
    CheckoutTest.objects.for_workspace(test.site.workspace).filter(pk=test.pk).update(flow=flow | {"order_step": 3})
    part = member_client.post(url("stop-move", test.id), {"version": 1, "by": "1"}, headers=HTMX).content.decode()
    assert "stays below the stop point" in part
    assert again(test).flow["stop_after"] == 2


# --- success conditions


def test_success_conditions_are_added_changed_and_removed(member_client, test):
    member_client.post(url("condition-add", test.id), {"version": 1, "kind": "tag", "vendor": "Google Analytics 4", "account_id": "G-1"})
    assert again(test).flow["conditions"][1] == {"kind": "tag", "vendor": "Google Analytics 4", "account_id": "G-1"}
    page = member_client.get(url("condition-edit", test.id, 1))
    assert page.context["form"]["vendor"].value() == "Google Analytics 4"
    member_client.post(url("condition-edit", test.id, 1), seen(test, 1, part="conditions") | {"kind": "url", "url": "*/thanks"})
    assert again(test).flow["conditions"][1] == {"kind": "url", "url": "*/thanks"}
    member_client.post(url("condition-remove", test.id, 0), {"version": 3})
    assert [condition["kind"] for condition in again(test).flow["conditions"]] == ["url"]


def test_a_condition_that_is_refused_says_where(member_client, test):
    response = member_client.post(url("condition-add", test.id), {"version": 1, "kind": "element_count", "count": "2"})
    assert response.status_code == 422
    assert "Say which element" in response.context["form"].errors["selectors"][0]
    assert response.context["form"]["count"].value() == "2"


def test_two_who_edit_different_steps_at_once_both_get_their_way(member_client, owner_client, test):
    first, second = seen(test, 0), seen(test, 1)
    owner_client.post(url("step-edit", test.id, 0), first | {"action": "navigate", "url": "https://www.shop.test/mugs"})
    member_client.post(url("step-edit", test.id, 1), second | {"action": "press", "key": "Enter"})
    assert [step["action"] for step in again(test).flow["steps"]][:2] == ["navigate", "press"]
    assert again(test).version == 3


def test_two_who_edit_the_same_step_do_not_and_what_was_typed_stays(member_client, owner_client, test):
    both = seen(test, 1)
    owner_client.post(url("step-edit", test.id, 1), both | {"action": "press", "key": "Enter"})
    response = member_client.post(url("step-edit", test.id, 1), both | {"action": "press", "key": "Tab"})
    assert "Somebody changed this test meanwhile" in response.content.decode()
    assert response.context["form"]["key"].value() == "Tab"
    assert again(test).flow["steps"][1]["key"] == "Enter"
    again_sent = {"mark": response.context["mark"], "action": "press", "key": "Tab"}
    member_client.post(url("step-edit", test.id, 1), again_sent)
    assert again(test).flow["steps"][1]["key"] == "Tab"


def test_several_lines_and_blanks_of_a_value_survive_an_edit(member_client, test):
    member_client.post(url("step-edit", test.id, 2), seen(test, 2) | {"action": "fill", "selectors": "#note", "value": " two\r\nlines "})
    page = member_client.get(url("step-edit", test.id, 2))
    assert page.context["form"]["value"].value().split() == ["two", "lines"]
    assert '<textarea name="value"' in page.content.decode()


def test_what_is_wrong_elsewhere_is_said_above_the_form_and_counted_from_one(member_client, test):
    """The start page leads the test to another place; a step that stays behind is in the way, not the field that was typed."""
    sent = {"version": 1, "title": "x", "start_url": "https://elsewhere.shop.test/", "viewport": "desktop", "analytics": "left"}
    limits = {"allowed_origins": "", "step_seconds": "5", "run_seconds": "60"}
    response = member_client.post(url("test-settings", test.id), sent | limits)
    (sentence,) = response.context["settings_form"].non_field_errors()
    assert sentence.startswith("Step 1: leads to https://www.shop.test, where this test may not go; add it to the allowed origins")


@pytest.mark.parametrize(
    ("sentence", "at", "field"),
    [
        ("steps[1].url: is bad.", "steps[1]", "url"),
        ("steps[10].url: is bad.", "steps[1]", None),
        ("steps[2].url: is bad.", "steps[1]", None),
        ("steps[1].condition.target.frame[0].url: is bad.", "steps[1]", "frame"),
        ("stop_after: is bad.", "steps[1]", None),
        ("Somebody said: no.", "steps[1]", None),
    ],
)
def test_a_refusal_finds_its_field_and_no_other(sentence, at, field):
    form = step_forms.StepForm({"action": "wait_for_quiet"})
    assert form.is_valid()
    forms.add_refusal(form, sentence, at=at)
    assert list(form.errors) == [field or "__all__"]
