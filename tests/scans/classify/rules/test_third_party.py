import pytest

from scans.classify.verdicts import Scene
from tests.scans.classify.rules.judging import KLAVIYO, META, NEW_PARTY, check, make


def new(about, **fields):
    return make("third_party", "new", about["domain"], about=about, **fields)


CASES = [
    (new(NEW_PARTY, payment=True), "high", "third_party.new_on_payment_page", "never seen on this site"),
    (new(NEW_PARTY), "high", "third_party.new", "cdn.evil.test, never seen"),
    (new({**META, "known_party": False, "rotating": False}), "high", "third_party.new", "Meta (connect.facebook.net)"),
    (new(META), "info", "third_party.rotating", "comes and goes"),
    (new(META, payment=True), "info", "third_party.rotating", "comes and goes"),
    (new(META | {"scripts": True}, payment=True), "medium", "third_party.rotating_scripts_on_payment_page", "runs scripts on the payment page /checkout"),
    (new(KLAVIYO | {"scripts": True}, payment=True), "high", "third_party.scripts_on_payment_page", "Klaviyo"),
    (new(KLAVIYO, payment=True), "medium", "third_party.known_on_payment_page", "is now contacted on the payment page"),
    (new(KLAVIYO), "info", "third_party.known_on_site", "known from this site"),
    (make("third_party", "gone", "facebook.net", about=META), "low", "third_party.tracker_gone", "probably a tracker"),
    (make("third_party", "gone", "klaviyo.com", about=KLAVIYO), "low", "third_party.other", "no longer contacted"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_a_third_party_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)


def test_a_party_on_a_list_is_critical():
    check(new(NEW_PARTY), "critical", "third_party.malicious_host", "the list URLhaus", Scene(malicious=lambda host: "URLhaus"))
