from typing import Any

import pytest

from scans.classify.verdicts import Scene
from tests.scans.classify.rules.judging import SHOP, check, make

PIXEL = {"vendor": "Meta", "entity": "Meta", "account_id": "222", "url": "https://www.facebook.com/tr?id=222"}
HOTJAR = {"vendor": "Hotjar", "entity": "Hotjar", "account_id": "99", "url": "https://static.hotjar.com/c/hotjar-99.js"}
OTHER: dict[str, Any] = {"before": {"account_id": "111"}, "after": {"account_id": "222"}}


def seen(where):
    return make("tag", "changed", "Meta|222", before={"seen_in": where[0]}, after={"seen_in": where[1]}, about=PIXEL)


CASES = [
    (make("tag", "changed", "Meta|222", about=PIXEL, **OTHER), "critical", "tag.account_swapped", "the account 222 instead of 111"),
    (make("tag", "changed", "Meta|222", about=PIXEL, payment=True, **OTHER), "critical", "tag.account_swapped", "Meta tag on the payment page"),
    (make("tag", "new", "Meta|222", about=PIXEL), "medium", "tag.new", "A new Meta tag"),
    (make("tag", "new", "Meta|222", about=PIXEL | {"known_on_site": True}), "info", "tag.known_on_site", "known from other pages"),
    (make("tag", "new", "Meta|222", about=PIXEL | {"known_on_site": True}, payment=True), "medium", "tag.new", "/checkout"),
    (make("tag", "new", "Hotjar|99", about=HOTJAR), "high", "tag.new_of_new_vendor", "probably a vendor that this site did not use"),
    (make("tag", "gone", "Meta|222", about=PIXEL), "medium", "tag.gone", "is gone"),
    (seen(("request", "script")), "medium", "tag.silenced", "still named on the start page"),
    (seen(("script", "request")), "low", "tag.other", "Meta tag 222"),
    (make("tag", "changed", "Meta|222", about=PIXEL), "low", "tag.other", "Meta tag 222"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_a_tag_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)


def test_a_vendor_known_by_another_of_its_domains_is_not_new():
    scene = Scene(site_host="shop.test", domains_before=frozenset({"facebook.net"}))
    check(make("tag", "new", "Meta|222", about=PIXEL | {"url": ""}), "medium", "tag.new", "222", scene)


def test_a_tag_with_a_host_on_a_list_is_critical():
    scene = Scene(site_host=SHOP.site_host, malicious=lambda host: "URLhaus" if host == "evil.test" else "")
    check(make("tag", "new", "X|1", chain=("https://evil.test/a.js",), about=PIXEL), "critical", "tag.malicious_host", "evil.test", scene)
