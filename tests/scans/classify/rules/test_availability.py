import pytest

from tests.scans.classify.rules.judging import check, make


def went(key, before, after, **fields):
    return make("availability", "changed", key, before={"value": before}, after={"value": after}, **fields)


CASES = [
    (went("status", "200", "500", payment=True), "high", "availability.payment_page_errs", "error 500"),
    (went("status", "200", "404"), "medium", "availability.page_errs", "error 404"),
    (went("status", "404", "200"), "low", "availability.other", "status is now 200"),
    (went("status", "404", "410"), "low", "availability.other", "410"),
    (went("final_url", "shop.test/pay", "evil.test/pay", payment=True), "high", "availability.payment_page_leads_elsewhere", "at evil.test/pay instead of"),
    (went("final_url", "shop.test", "shop.test/de"), "medium", "availability.page_leads_elsewhere", "at shop.test/de instead of shop.test"),
    (went("protocol", "TLS 1.3", "TLS 1.2"), "low", "availability.other", "protocol is now TLS 1.2"),
    (went("issuer", "R10", "R11"), "low", "availability.other_issuer", "R11 instead of R10"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_an_answer_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)
