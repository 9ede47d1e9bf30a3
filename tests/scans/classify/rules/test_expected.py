import pytest

from tests.scans.classify.rules.judging import NEW_PARTY, OWN, SHOP, check, judge, make

SAME = ("script.same_code_elsewhere", "third_party.same_code_elsewhere")
ON_PAYMENT = ("script.same_code_elsewhere_on_payment_page", "third_party.same_code_elsewhere_on_payment_page")
BROUGHT = ("script.brought_by_advertising", "third_party.brought_by_advertising", "cookie.brought_by_advertising", "storage.brought_by_advertising")
OF_REQUESTS = ("request.brought_by_advertising",)
BROUGHT_BY = NEW_PARTY | {"vendor_category": "advertising", "brought_by": "doubleclick.net"}


@pytest.mark.parametrize("rule", SAME)
def test_known_code_from_another_address_is_recorded(rule):
    check(make(rule.partition(".")[0], "new", "k", about=OWN | {"same_body": True}), "low", rule, "code that the page ran before")


@pytest.mark.parametrize("rule", ON_PAYMENT)
def test_known_code_from_another_address_on_a_payment_page_is_looked_at(rule):
    check(make(rule.partition(".")[0], "new", "k", about=OWN | {"same_body": True}, payment=True), "medium", rule, "whose owner may change it")


@pytest.mark.parametrize("rule", [*BROUGHT, *OF_REQUESTS])
def test_what_known_advertising_brings_along_is_recorded(rule):
    verdict = check(make(rule.partition(".")[0], "new", "k", about=BROUGHT_BY), "info", rule, "came along with doubleclick.net")
    assert verdict.basis == "inferred"


@pytest.mark.parametrize("category", ["script", "third_party"])
def test_nobody_brings_anything_to_a_payment_page(category):
    change = make(category, "new", "k", about=BROUGHT_BY, payment=True)
    assert judge(change, SHOP).severity in ("high", "critical")
