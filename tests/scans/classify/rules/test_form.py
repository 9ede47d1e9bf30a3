import pytest

from scans.classify.verdicts import Scene
from tests.scans.classify.rules.judging import KLAVIYO, META, NEW_PARTY, OWN, check, make

CARD = KLAVIYO | {"host": "js.stripe.com", "domain": "stripe.com", "entity": "Stripe", "vendor_category": "payment"}
HERE, THERE, ELSEWHERE = "https://shop.test/pay", "https://shop.test/order", "https://evil.test/pay"


def went(key="form:pay", about=OWN, payment=False, **facts):
    before, after = ({fact: values[side] for fact, values in facts.items()} for side in (0, 1))
    return make("form", "changed", key, before=before, after=after, about=about, payment=payment)


FRAME, NEW_PARTYS = "frame:stripe.com", "form.new_of_never_seen_party_on_payment_page"
GOOGLES = KLAVIYO | {"host": "script.google.com", "domain": "script.google.com", "entity": "Google", "vendor_category": "hosting", "anybodys": True}
ELSEWHERE_ON_PAYMENT, CHANGED = "form.goes_elsewhere_on_payment_page", "form.changed_on_payment_page"
CASES = [
    (went(payment=True, action=(HERE, ELSEWHERE)), "critical", ELSEWHERE_ON_PAYMENT, f"{ELSEWHERE} instead of {HERE}"),
    (went(FRAME, CARD, True, origin=("https://js.stripe.com", "https://evil.test")), "critical", ELSEWHERE_ON_PAYMENT, "somebody else"),
    (
        went("frame:x", NEW_PARTY, True, origin=("https://a.evil.test", "https://b.evil.test")),
        *("critical", "form.frame_from_another_host_on_payment_page", "b.evil.test instead of"),
    ),
    (went(FRAME, CARD, True, origin=("https://js.stripe.com", "https://m.stripe.com")), "high", CHANGED, "where it comes from"),
    (make("form", "new", "frame:evil.test", about=NEW_PARTY, payment=True), "critical", NEW_PARTYS, "A frame of"),
    (make("form", "new", "form:x", about=NEW_PARTY, payment=True), "critical", NEW_PARTYS, "A form of"),
    (went(payment=True, host=("shop.test", "evil.test")), "critical", ELSEWHERE_ON_PAYMENT, "evil.test instead of shop.test"),
    (went(payment=True, host=("shop.test", "script.google.com")), "critical", ELSEWHERE_ON_PAYMENT, "somebody else"),
    (went(payment=True, host=("pay.test", "www.shop.test")), "high", CHANGED, "to whom it sends"),
    (went(host=("shop.test", "evil.test"), action=(HERE, ELSEWHERE)), "high", "form.goes_elsewhere", ELSEWHERE),
    (make("form", "new", "form:/pay|text a", about=CARD, payment=True), "high", "form.new_to_third_party_on_payment_page", "leaves the site"),
    (make("form", "new", "form:/pay|text a", about=GOOGLES, payment=True), "critical", NEW_PARTYS, "where anybody may keep or collect things"),
    (make("form", "new", "frame:shop.test/media/card.html", about=OWN, payment=True), "medium", "form.comes_or_goes_on_payment_page", "is new"),
    (make("form", "gone", "frame:shop.test/media/card.html", about=OWN, payment=True), "low", "form.own_frame_gone", "of the site itself is gone"),
    (went(action=(HERE, ELSEWHERE)), "high", "form.goes_elsewhere", ELSEWHERE),
    (went(action=(HERE, THERE)), "low", "form.other", "changed"),
    (went(payment=True, action=(HERE, THERE)), "high", CHANGED, "where it sends"),
    (went(payment=True, fields=("text a", "text a, text b")), "high", CHANGED, "its fields"),
    (went(fields=("text a", "text a, text b")), "low", "form.other", "changed"),
    (make("form", "new", "form:order", after={"fields": "text cardnumber"}, about=OWN, payment=True), "high", "form.asks_for_secrets_on_payment_page", "card"),
    (make("form", "new", "form:order", after={"fields": "email email"}, about=OWN, payment=True), "medium", "form.comes_or_goes_on_payment_page", "is new"),
    (make("form", "gone", FRAME, about=CARD, payment=True), "medium", "form.comes_or_goes_on_payment_page", "is gone"),
    (make("form", "new", "frame:facebook.net", about=META, payment=True), "low", "form.frame_of_tracker", "probably for advertising"),
    (make("form", "new", "form:order", about=OWN), "low", "form.other", "is new"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_a_form_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)


def test_a_form_to_a_host_on_a_list_is_critical():
    check(make("form", "new", "form:x", about=NEW_PARTY), "critical", "form.malicious_host", "evil.test", Scene(malicious=lambda host: "URLhaus"))
