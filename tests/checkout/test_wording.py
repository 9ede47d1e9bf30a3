from __future__ import annotations

import pytest

from checkout import conditions, screening, steps, wording

BUTTON = {"selectors": [["aria/Add to cart"], ["#add"]], "fingerprint": {"text": "Add to cart", "role": "button"}}
PLAIN = {"selectors": [["host-element", "#total"]]}


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"action": "navigate", "url": "https://shop.test/p/mug/"}, "Open shop.test/p/mug"),
        ({"action": "click", "target": BUTTON}, "Click “Add to cart”"),
        ({"action": "click", "target": {"selectors": [["aria/Pay now[role=button]"]]}}, "Click “Pay now”"),
        ({"action": "click", "target": {"selectors": [["#pay"]]}}, "Click #pay"),
        ({"action": "fill", "target": PLAIN, "value": "{{card.number}}"}, "Fill #total"),
        ({"action": "press", "key": "Enter"}, "Press Enter"),
        ({"action": "press", "key": "Enter", "target": BUTTON}, "Press Enter in “Add to cart”"),
        ({"action": "scroll", "x": 0, "y": 400}, "Scroll by 0, 400"),
        ({"action": "wait_for_element", "target": BUTTON, "state": "hidden"}, "Wait until “Add to cart” is gone"),
        ({"action": "wait_for_quiet"}, "Wait until the network is quiet"),
        ({"action": "assert", "condition": {"kind": "total_is_zero", "target": PLAIN}}, "Check: the total in #total is zero"),
        ({"action": "click", "target": BUTTON, "label": "Put it in the cart"}, "Put it in the cart"),
    ],
)
def test_a_step_is_put_in_words(step, words):
    assert wording.of_step(step) == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"kind": "text", "text": "Thank you"}, "“Thank you” stands on the page"),
        ({"kind": "element_count", "target": PLAIN, "count": 2}, "#total is there twice"),
        ({"kind": "total", "target": PLAIN, "equals": "12.00"}, "The total in #total is 12.00"),
        ({"kind": "tag", "vendor": "Meta Pixel"}, "Meta Pixel was sent"),
        ({"kind": "tag", "vendor": "Google Analytics 4", "account_id": "G-1"}, "Google Analytics 4 was sent to G-1"),
        ({"kind": "no_server_error"}, "No answer of 500 or above from the shop"),
    ],
)
def test_a_success_condition_is_put_in_words(condition, words):
    assert wording.of_condition(condition) == words


def test_every_action_and_every_kind_has_words():
    assert set(wording.ACTIONS) == set(steps.ACTIONS)
    assert set(wording.CONDITIONS) == set(conditions.KINDS)


def test_what_a_page_wrote_is_cut_short():
    long = {"action": "click", "target": {"selectors": [["x" * 900]]}}
    assert len(wording.of_step(long)) < 100


# --- the film of a run

FLOW = {
    "steps": [{"action": "navigate", "url": "https://shop.test/"}, {"action": "click", "target": BUTTON}, {"action": "press", "key": "Enter"}],
    "conditions": [{"kind": "no_console_error"}],
    "stop_after": 1,
}


def told(index, status="passed", **more):
    return {"index": index, "status": status, "ms": 100, "expected": "", "seen": "", "cause": "", "screenshot": f"step-{index}.png"} | more


def test_the_film_shows_every_step_and_the_stop_point_where_it_stands():
    film = screening.film(FLOW, {"steps": [told(0), told(1, "failed", cause="It is covered.")]}, pictures=["step-0.png"])
    assert [frame.is_stop for frame in film] == [False, False, True, False]
    assert [frame.status for frame in film] == ["passed", "failed", "", ""]
    assert [frame.screenshot for frame in film] == ["step-0.png", "", "", ""]
    assert film[1].cause == "It is covered."
    assert film[3].ms is None


def test_a_condition_that_was_not_checked_says_nothing():
    assert [one.status for one in screening.held(FLOW, {})] == [""]
    assert screening.held(FLOW, {"conditions": [{"index": 0, "kind": "no_console_error", "status": "failed", "seen": "an error"}]})[0].seen == "an error"


def test_failed_requests_come_first_the_shops_own_before_others_and_what_we_kept_away_is_no_failure():
    rows = [
        {"url": "https://a.test/1", "status": 200, "first_party": True},
        {"url": "https://cdn.test/2", "status": 404, "first_party": False},
        {"url": "https://a.test/3", "status": 500, "first_party": True},
        {"url": "https://ga.test/4", "status": 0, "trouble": "kept away"},
        {"url": "https://a.test/5", "status": 0, "trouble": "net::ERR_CONNECTION_RESET", "first_party": True},
    ]
    calls = screening.calls({"network": rows})
    assert [call.url[-1] for call in calls] == ["3", "5", "2", "1", "4"]
    assert [call.is_bad for call in calls] == [True, True, True, False, False]
    assert calls[1].answer == "ERR_CONNECTION_RESET"
