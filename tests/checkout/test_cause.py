import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import cause

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

BANNER = {"tag": "div", "id": "", "classes": "newsletter open", "role": "", "text": "Subscribe now", "frame": ""}
PAY = {"url": "https://js.stripe.com/v3/", "method": "GET", "type": "script", "status": 404, "trouble": "", "first_party": False, "step": 3}
UNANSWERED = PAY | {"url": "https://cdn.test/a.js", "status": 0, "trouble": "net::ERR_FAILED"}
SHIPPING = {"url": "https://shop.test/api/shipping", "method": "POST", "type": "fetch", "status": 500, "trouble": "", "first_party": True, "step": 2}
DRIFT = 'a link called "Delete", recorded was a button called "Add"'
ERROR = {"text": "TypeError: cart is undefined", "url": "https://shop.test/app.js", "kind": "error"}

TOLD = [
    ({"kind": "page-lost"}, "The page crashed or closed itself."),
    (
        {"kind": "new-frame-origin", "origin": "https://cards.newpay.example"},
        "The field now belongs to https://cards.newpay.example, which",
    ),
    (
        {"kind": "drifted", "drift": DRIFT, "errors": [ERROR]},
        "The element drifted: it is now a link called",
    ),
    (
        {"kind": "bad-answer", "requests": [SHIPPING | {"type": "document", "method": "GET", "status": 503}]},
        "The page could not be loaded: GET https://shop.test/",
    ),
    ({"kind": "no-answer"}, "The page could not be loaded: the shop gave no good answer."),
    ({"kind": "assert-discount"}, "The coupon no longer applies."),
    ({"kind": "assert-total-is-zero"}, "The total is not zero: the coupon no longer applies, or no longer covers everything."),
    ({"kind": "assert-total"}, "The total changed: a price, the shipping, a tax or a discount is another one."),
    ({"kind": "assert-tag"}, "The tag was removed, has another account id"),
    ({"kind": "no-effect", "covered_by": BANNER}, 'The element is covered by <div> .newsletter.open that says "Subscribe now".'),
    (
        {"kind": "no-effect", "covered_by": BANNER | {"tag": "iframe", "id": "chat", "frame": "https://chat.test/"}},
        "covered by a frame #chat from https://chat.test/.",
    ),
    ({"kind": "no-effect", "covered_by": BANNER | {"role": "dialog", "classes": ""}}, 'covered by a dialog that says "Subscribe now".'),
    ({"kind": "missing", "requests": [SHIPPING], "errors": [ERROR]}, "A request to the shop failed: POST https://shop.test/api/shipping was answered 500."),
    ({"kind": "missing", "requests": [PAY], "errors": [ERROR]}, "A payment script did not load: GET https://js.stripe.com/v3/ was answered 404."),
    (
        {"kind": "missing", "requests": [UNANSWERED]},
        "A script did not load: GET https://cdn.test/a.js was not answered (ERR_FAILED).",
    ),
    ({"kind": "wrong-url", "errors": [ERROR]}, 'A script of the page failed in https://shop.test/app.js: "TypeError: cart is undefined".'),
    ({"kind": "wrong-url", "requests": [SHIPPING | {"status": 422}]}, "A request to the shop failed: POST https://shop.test/api/shipping was answered 422."),
    ({"kind": "missing", "requests": [SHIPPING | {"first_party": False}]}, "A request to another party failed:"),
    (
        {"kind": "missing", "frame_missing": True, "frame": "https://js.stripe.com/*"},
        "The frame that holds the element (https://js.stripe.com/*) is not on the page.",
    ),
    ({"kind": "no-effect", "disabled": True}, "The element is disabled"),
    ({"kind": "missing", "overlay": BANNER}, "Most of the page is covered by <div> .newsletter.open"),
    ({"kind": "covered"}, "Something lies over the element."),
    ({"kind": "disabled"}, "The element is disabled"),
    ({"kind": "moving"}, "The element keeps moving"),
    ({"kind": "hidden"}, "The element is in the page but cannot be seen."),
    ({"kind": "detached"}, "The page keeps replacing the element"),
    ({"kind": "no-option"}, "The choice is no longer offered"),
    ({"kind": "not-taken"}, "The page changes what is typed"),
    ({"kind": "not-quiet"}, "The page never stops loading."),
    ({"kind": "missing", "silent": True}, "The page never stops loading."),
    ({"kind": "missing", "hidden": True}, "The element is in the page but cannot be seen."),
    ({"kind": "missing"}, "The element was renamed or removed"),
    ({"kind": "missing", "requests": [PAY | {"type": "image"}]}, "The element was renamed or removed"),
    ({"kind": "wrong-url"}, "The page stayed where it was, or led somewhere else."),
]


@pytest.mark.parametrize(("facts", "told"), TOLD)
def test_the_cause_is_told_in_words(facts, told):
    assert told in cause.likely(cause.read(facts))


def test_what_covers_an_element_is_told_with_what_broke_before():
    facts = cause.read({"kind": "no-effect", "covered_by": BANNER, "requests": [SHIPPING]})
    assert cause.likely(facts).endswith("A request to the shop failed: POST https://shop.test/api/shipping was answered 500.")


def test_without_facts_there_is_no_cause():
    assert cause.likely(cause.Facts(kind="assert-text")) == ""


def test_facts_that_are_not_known_here_are_left_out():
    assert cause.read({"kind": "missing", "later": 1, "overlay": BANNER | {"later": 1}}).overlay == cause.Element(**BANNER)


@calmly
@given(st.text(min_size=500), st.sampled_from(["page-lost", "missing", "drifted", "assert-total"]))
def test_long_texts_are_cut(text, kind):
    facts = {
        "kind": kind,
        "drift": text if kind == "drifted" else "",
        "covered_by": BANNER | {"text": text, "id": text},
        "errors": [{"text": text, "url": text}],
    }
    assert len(cause.likely(cause.read(facts))) <= 700
