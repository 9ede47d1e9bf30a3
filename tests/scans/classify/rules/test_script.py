import pytest

from scans.classify.verdicts import Scene
from tests.scans.classify.rules.judging import HOME, KLAVIYO, META, NEW_PARTY, OWN, SHOP, check, judge, make

CDN = {**KLAVIYO, "host": "cdn.jsdelivr.net", "domain": "jsdelivr.net", "entity": "jsDelivr", "vendor_category": "cdn"}
OLD, NEW = {"sha256": "a" * 64}, {"sha256": "b" * 64}


def new(key, about, **fields):
    return make("script", "new", key, after=NEW, about=about, **fields)


def changed(key, about, *, before=OLD, after=NEW, **fields):
    return make("script", "changed", key, before=before, after=after, about=about, **fields)


def inline(kind, reaches="", was="", **fields):
    after = None if kind == "gone" else {"sha256": "b" * 64, "reaches": reaches}
    return make("script", kind, "inline:abc", before=None if kind == "new" else {"sha256": "a" * 64, "reaches": was}, after=after, **fields)


CASES = [
    (changed("exact:https://cdn.jsdelivr.net/npm/a@1.2.3/a.js", CDN | {"immutable": True}), "critical", "script.fixed_content_changed", "tampered"),
    (changed("exact:https://shop.test/app.3f9a.js", OWN | {"immutable": True}), "critical", "script.fixed_content_changed", "on the start page"),
    (new("https://cdn.evil.test/a.js", NEW_PARTY, payment=True), "critical", "script.never_seen_party_on_payment_page", "cdn.evil.test"),
    (new("https://cdn.evil.test/a.js", NEW_PARTY), "high", "script.new_of_third_party", "cdn.evil.test"),
    (new("https://cdn.jsdelivr.net/npm/b", CDN), "high", "script.new_of_third_party", "jsDelivr (cdn.jsdelivr.net)"),
    (new("https://static.klaviyo.com/b.js", KLAVIYO, payment=True), "high", "script.known_party_on_payment_page", "Klaviyo (static.klaviyo.com)"),
    (new("https://static.klaviyo.com/b.js", KLAVIYO), "medium", "script.new_of_listed_vendor", "Klaviyo"),
    (new("https://static.klaviyo.com/b.js", KLAVIYO | {"known_on_site": True}), "info", "script.known_on_site", "known from other pages"),
    (new("https://connect.facebook.net/b.js", META), "info", "script.rotating_party", "come and go"),
    (new("https://connect.facebook.net/b.js", META, payment=True), "low", "script.rotating_party_on_payment_page", "/checkout"),
    (new("https://cdn.jsdelivr.net/gh/b", CDN | {"rotating": True}, payment=True), "high", "script.known_party_on_payment_page", "jsDelivr"),
    (new("https://cdn.jsdelivr.net/gh/b", CDN | {"rotating": True}), "info", "script.rotating_party", "jsDelivr"),
    (changed("https://cdn.x.test/a@{ver}/a.js", CDN, payment=True), "medium", "script.new_version_on_payment_page", "another version"),
    (changed("https://cdn.x.test/a@{ver}/a.js", CDN), "low", "script.new_version", "another version"),
    (changed("https://www.googletagmanager.com/gtag/js?id=G-1", KLAVIYO, payment=True), "info", "script.vendor_changed_its_script", "as vendors do"),
    (new("https://shop.test/js/pay.js", OWN, payment=True), "medium", "script.own_new_on_payment_page", "/checkout"),
    (new("https://shop.test/js/{hash}.js", OWN, payment=True), "low", "script.own_new", "own script"),
    (new("https://shop.test/js/new.js", OWN), "low", "script.own_new", "own script"),
    (changed("https://shop.test/js/{hash}.js", OWN), "info", "script.own_changed", "as after a deploy"),
    (changed("https://shop.test/js/{hash}.js", OWN, payment=True), "low", "script.own_changed_on_payment_page", "as after a deploy"),
    (changed("k", CDN, before={"integrity": "sha384-x"}, after={"integrity": ""}), "low", "script.integrity_dropped", "no longer fixed"),
    (changed("k", CDN, before={"integrity": "s"}, after={"integrity": ""}, payment=True), "medium", "script.integrity_dropped_on_payment_page", "no longer"),
    (changed("k", CDN, before={"loading": ""}, after={"loading": "async"}), "info", "script.other", "another way"),
    (make("script", "gone", "k", before=OLD, about=META), "low", "script.third_party_gone", "Meta (connect.facebook.net)"),
    (make("script", "gone", "k", before=OLD, about=OWN), "info", "script.other", "is gone"),
    (inline("new", "evil.test", payment=True), "critical", "script.inline_reaches_never_seen_host_on_payment_page", "names evil.test"),
    (inline("changed", "evil.test", payment=True), "critical", "script.inline_reaches_never_seen_host_on_payment_page", "A changed inline script"),
    (inline("new", "evil.test"), "high", "script.inline_reaches_never_seen_host", "never in touch"),
    (inline("new", "static.klaviyo.com www.w3.org api.shop.test", payment=True), "medium", "script.inline_new_on_payment_page", "no party that is new"),
    (inline("new", payment=True, about={"known_on_site": True}), "low", "script.inline_new", "no party that is new"),
    (inline("new"), "low", "script.inline_new", "on the start page"),
    (inline("changed", "evil.test", was="evil.test", payment=True), "low", "script.inline_changed", "its code is the same"),
    (inline("gone", payment=True), "info", "script.inline_other", "is gone"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_a_script_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)


def test_a_host_on_a_list_is_critical_wherever_it_is():
    scene = Scene(site_host="shop.test", malicious=lambda host: "URLhaus" if host == "evil.test" else "")
    verdict = check(inline("changed", "evil.test", was="evil.test"), "critical", "script.malicious_host", "URLhaus", scene)
    assert verdict.inputs == {"kind": "changed", "hosts": ["evil.test"], "host": "evil.test", "list": "URLhaus"}
    assert verdict.basis == "inferred"


def test_a_cause_on_a_list_is_critical_too():
    scene = Scene(site_host="shop.test", malicious=lambda host: "URLhaus" if host == "evil.test" else "")
    change = new("https://static.klaviyo.com/b.js", KLAVIYO, chain=("https://evil.test/loader.js", HOME))
    check(change, "critical", "script.malicious_host", "evil.test", scene)


def test_a_malicious_host_that_leaves_is_no_attack():
    scene = Scene(malicious=lambda host: "URLhaus")
    assert judge(make("script", "gone", "k", before=OLD, about=NEW_PARTY), scene).severity == "low"


def test_a_new_party_that_only_ordinary_pages_know_still_counts_on_a_payment_page():
    change = new("https://static.klaviyo.com/b.js", KLAVIYO | {"known_on_site": True}, payment=True)
    assert judge(change, SHOP).severity == "high"
