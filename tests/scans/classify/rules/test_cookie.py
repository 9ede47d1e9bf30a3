import pytest

from scans.classify.verdicts import Scene
from tests.scans.classify.rules.judging import META, NEW_PARTY, OWN, check, make

FBP = OWN | {"purpose": "advertising", "vendor": "Meta", "entity": "Meta", "source": "overlay"}
STRIPE = OWN | {"purpose": "functional", "vendor": "Stripe"}
CONSENT = OWN | {"purpose": "consent", "vendor": "Cookiebot"}
UNKNOWN = OWN | {"purpose": "unknown", "vendor": ""}
AD_SYNC = META | {"purpose": "advertising", "vendor": "Meta"}


def changed(key="cart|shop.test|/", **facts):
    before = {fact: values[0] for fact, values in facts.items()}
    return make("cookie", "changed", key, before=before, after={fact: values[1] for fact, values in facts.items()}, about=UNKNOWN)


def moved(party):
    return make("cookie", "changed", "party:cart", name="cart", before={"party": party[0]}, after={"party": party[1]}, about=NEW_PARTY)


def new(about, **fields):
    return make("cookie", "new", "_x|shop.test|/", name="_x (shop.test)", after={"expiry": "year"}, about=about, **fields)


CASES = [
    (moved(("first", "third")), "high", "cookie.became_third_party", "now set by the third party cdn.evil.test alone"),
    (moved(("third", "first")), "info", "cookie.other", "cart"),
    (new(NEW_PARTY | {"purpose": "unknown", "vendor": ""}), "high", "cookie.of_never_seen_party", "belongs to cdn.evil.test"),
    (new(FBP), "high", "cookie.tracks_before_consent", "of Meta, probably for advertising, is now set before"),
    (new(FBP, payment=True), "high", "cookie.tracks_before_consent", "/checkout"),
    (new(FBP | {"known_on_site": True}), "info", "cookie.familiar", "known from this site"),
    (new(AD_SYNC), "info", "cookie.familiar", "known from this site"),
    (new(AD_SYNC, payment=True), "info", "cookie.familiar", "/checkout"),
    (new(CONSENT), "low", "cookie.new_expected", "probably serves"),
    (new(STRIPE), "medium", "cookie.new_of_vendor", "probably of Stripe"),
    (new(UNKNOWN), "low", "cookie.new", "not known"),
    (new(UNKNOWN, payment=True), "low", "cookie.new", "not known"),
    (changed(expiry=("session", "13 months+")), "medium", "cookie.lives_longer", "lived for the visit"),
    (changed("sessionid|shop.test|/", http_only=("yes", "no")), "medium", "cookie.session_loosened", "HttpOnly"),
    (changed("PHPSESSID|shop.test|/", secure=("yes", "no")), "medium", "cookie.session_loosened", "Secure"),
    (changed("sessionid|shop.test|/", same_site=("Lax", "None")), "low", "cookie.loosened", "SameSite"),
    (changed(secure=("yes", "no")), "low", "cookie.loosened", "Secure"),
    (changed(secure=("no", "yes")), "info", "cookie.other", "other attributes"),
    (changed(expiry=("year", "session")), "info", "cookie.other", "other attributes"),
    (make("cookie", "gone", "_fbp|shop.test|/", before={}, about=FBP), "low", "cookie.tracker_gone", "no longer set"),
    (make("cookie", "gone", "cart|shop.test|/", before={}, about=UNKNOWN), "info", "cookie.other", "no longer set"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_a_cookie_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)


def test_a_purpose_out_of_a_list_is_inferred():
    assert check(new(FBP), "high", "cookie.tracks_before_consent", "probably").basis == "inferred"


def test_a_cookie_of_a_host_on_a_list_is_critical():
    check(new(NEW_PARTY), "critical", "cookie.malicious_host", "evil.test", Scene(malicious=lambda host: "URLhaus"))
