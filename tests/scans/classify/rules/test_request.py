import pytest

from scans.classify.verdicts import Scene
from tests.scans.classify.rules.judging import KLAVIYO, NEW_PARTY, OWN, check, make

SENDS = "request.sends_to_never_seen_party_from_payment_page"
OK, ERROR = {"status": "2xx"}, {"status": "5xx"}

GOOGLES = KLAVIYO | {"host": "script.google.com", "domain": "script.google.com", "entity": "Google", "vendor_category": "hosting", "anybodys": True}

CASES = [
    (make("request", "new", "WRITE beacon script.google.com/x", about=GOOGLES, payment=True), "high", SENDS, "where anybody may keep or collect things"),
    (make("request", "new", "WRITE beacon script.google.com/x", about=GOOGLES), "info", "request.other", "asked for anew"),
    (make("request", "new", "WRITE fetch https://evil.test/c", about=NEW_PARTY, payment=True), "high", SENDS, "tries to send data to cdn.evil.test"),
    (make("request", "new", "GET websocket wss://evil.test/", about=NEW_PARTY, payment=True), "high", SENDS, "/checkout"),
    (make("request", "new", "WRITE fetch https://evil.test/c", about=NEW_PARTY), "low", "request.to_never_seen_party", "never seen"),
    (make("request", "new", "GET image https://evil.test/p", about=NEW_PARTY, payment=True), "low", "request.to_never_seen_party", "never seen"),
    (make("request", "new", "GET fetch https://shop.test/api", about=OWN, payment=True), "info", "request.own", "asks itself"),
    (make("request", "new", "GET fetch https://a.klaviyo.com/x", about=KLAVIYO), "info", "request.other", "asked for anew"),
    (make("request", "changed", "GET image x", before=OK, after=ERROR, about=OWN), "low", "request.fails", "now fails (5xx)"),
    (make("request", "changed", "GET image x", before=ERROR, after=OK, about=OWN), "info", "request.other", "answered in another way"),
    (make("request", "gone", "GET image x", before=OK, about=OWN), "info", "request.other", "no longer asked for"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_a_request_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)


def test_a_request_to_a_host_on_a_list_is_critical():
    check(make("request", "new", "GET image x", about=NEW_PARTY), "critical", "request.malicious_host", "evil.test", Scene(malicious=lambda host: "URLhaus"))
