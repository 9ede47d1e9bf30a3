import pytest

from tests.scans.classify.rules.judging import check, make

CSP, HSTS, FRAMES = "content-security-policy", "strict-transport-security", "x-frame-options"


def gone(name, **fields):
    return make("security_header", "gone", name, before={"value": "x"}, **fields)


def went(name, before, after, **fields):
    return make("security_header", "changed", name, before={"value": before}, after={"value": after}, **fields)


CASES = [
    (gone(CSP, payment=True), "critical", "security_header.csp_removed_on_payment_page", "on the payment page /checkout"),
    (went(CSP, "default-src 'self'", "", payment=True), "critical", "security_header.csp_removed_on_payment_page", "gone"),
    (gone(CSP), "high", "security_header.protection_removed", "Content Security Policy"),
    (gone(HSTS), "high", "security_header.protection_removed", "encrypted"),
    (gone(FRAMES, payment=True), "high", "security_header.protection_removed", "framing"),
    (went(CSP, "script-src 'self'", "script-src 'self' evil.test"), "high", "security_header.protection_weakened", "script-src now allows evil.test"),
    (went(HSTS, "max-age=31536000", "max-age=300"), "high", "security_header.protection_weakened", "from 31536000 to 300 seconds"),
    (went(CSP, "script-src 'self' a.test", "script-src 'self'"), "info", "security_header.other", "does not protect less"),
    (went(CSP, "script-src 'self'", "script-src 'self' https://js.shop.test"), "info", "security_header.other", "does not protect less"),
    (went(FRAMES, "DENY", "SAMEORIGIN"), "low", "security_header.frames_loosened", "now SAMEORIGIN"),
    (gone("referrer-policy"), "low", "security_header.removed", "referrer-policy is gone"),
    (gone("content-security-policy-report-only", payment=True), "low", "security_header.removed", "report-only"),
    (make("security_header", "new", CSP, after={"value": "x"}), "info", "security_header.other", "is new"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_a_security_header_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)
