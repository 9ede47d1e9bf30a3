import pytest

from scans.classify.verdicts import Scene
from tests.scans.classify.rules.judging import HOME, KLAVIYO, META, NEW_PARTY, OWN, SHOP, check, judge, make

CDN = {**KLAVIYO, "host": "cdn.jsdelivr.net", "domain": "jsdelivr.net", "entity": "jsDelivr", "vendor_category": "cdn"}
NOBODY = NEW_PARTY | {"known_party": True}
NAMES = "script.names_never_seen_host_on_payment_page"
OLD, NEW = {"sha256": "a" * 64}, {"sha256": "b" * 64}


def new(key, about, **fields):
    return make("script", "new", key, after=NEW, about=about, **fields)


def changed(key, about, *, before=OLD, after=NEW, **fields):
    return make("script", "changed", key, before=before, after=after, about=about, **fields)


def inline(kind, reaches="", was="", **fields):
    after = None if kind == "gone" else {"sha256": "b" * 64, "reaches": reaches}
    return make("script", kind, "inline:abc", before=None if kind == "new" else {"sha256": "a" * 64, "reaches": was}, after=after, **fields)


def exact(after, before):
    return changed("exact:https://shop.test/app.3f9a.js", OWN | {"immutable": True}, before={"sha256": before}, after={"sha256": after})


def names(kind, about, reaches, was="", **fields):
    before = None if kind == "new" else OLD | {"reaches": was}
    return make("script", kind, "shop.test/js/pay.js", before=before, after=NEW | {"reaches": reaches}, about=about, **fields)


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
    (new("https://shop.test/js/{hash}.js", OWN, payment=True), "medium", "script.own_new_on_payment_page", "of the site itself"),
    (new("https://shop.test/js/{hash}.js", OWN | {"known_on_site": True}, payment=True), "low", "script.own_new", "own script"),
    (new("service_worker:shop.test/sw.js", OWN), "medium", "script.new_service_worker", "can answer for the site"),
    (new("service_worker:shop.test/sw.js", OWN | {"known_on_site": True}), "info", "script.known_on_site", "known from other pages"),
    (exact("unread 1f", "a" * 64), "high", "script.fixed_content_unreadable", "cannot be kept now"),
    (exact("a" * 64, "unread"), "low", "script.readable_again", "can be read now"),
    (exact("unread 2e", "unread 1f"), "critical", "script.fixed_content_changed", "tampered"),
    (changed("k", OWN, after={"sha256": "unread"}, payment=True), "medium", "script.unreadable_on_payment_page", "what is in it is not known"),
    (changed("k", OWN, after={"sha256": "unread"}), "info", "script.own_changed", "own script"),
    (changed("k", NOBODY, payment=True), "high", "script.unlisted_party_changed_on_payment_page", "cdn.evil.test"),
    (changed("evil.test/jquery-{ver}.js", NOBODY, payment=True), "high", "script.unlisted_party_changed_on_payment_page", "cdn.evil.test"),
    (changed("k", NOBODY), "medium", "script.unlisted_party_changed", "our lists do not know"),
    (changed("k", NOBODY | {"rotating": True}), "info", "script.vendor_changed_its_script", "as vendors do"),
    (
        changed("k", CDN | {"host": "storage.googleapis.com", "anybodys": True}, payment=True),
        "high",
        "script.unlisted_party_changed_on_payment_page",
        "jsDelivr",
    ),
    (changed("https://cdn.jsdelivr.net/gh/a/b@main/x.js", CDN, payment=True), "medium", "script.new_version_on_payment_page", "another version"),
    (names("changed", OWN, "evil.test", payment=True), "high", NAMES, "of the site itself on the payment page /checkout now names evil.test"),
    (names("new", OWN, "evil.test", payment=True), "high", NAMES, "never in touch"),
    (names("changed", KLAVIYO, "evil.test", payment=True), "high", NAMES, "of Klaviyo (static.klaviyo.com)"),
    (names("changed", OWN, "script.google.com", payment=True), "high", NAMES, "script.google.com"),
    (names("changed", META, "evil.test", payment=True), "info", "script.vendor_changed_its_script", "as vendors do"),
    (names("changed", OWN, "evil.test", was="evil.test", payment=True), "low", "script.own_changed_on_payment_page", "as after a deploy"),
    (names("changed", OWN, "reactjs.org api.shop.test", payment=True), "low", "script.own_changed_on_payment_page", "as after a deploy"),
    (names("changed", OWN, "evil.test"), "info", "script.own_changed", "as after a deploy"),
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


def test_what_the_scripts_of_the_site_named_before_is_nothing_new():
    scene = Scene(site_host="shop.test", named_before=frozenset({"evil.test"}))
    check(names("changed", OWN, "evil.test", payment=True), "low", "script.own_changed_on_payment_page", "deploy", scene)


def test_a_listed_host_that_a_file_names_anew_is_critical():
    scene = Scene(site_host="shop.test", malicious=lambda host: "URLhaus" if host == "evil.test" else "")
    check(names("changed", OWN, "evil.test"), "critical", "script.malicious_host", "evil.test", scene)
    check(names("changed", OWN, "evil.test", was="evil.test"), "info", "script.own_changed", "deploy", scene)


def test_a_malicious_host_that_leaves_is_no_attack():
    scene = Scene(malicious=lambda host: "URLhaus")
    assert judge(make("script", "gone", "k", before=OLD, about=NEW_PARTY), scene).severity == "low"


def test_a_new_party_that_only_ordinary_pages_know_still_counts_on_a_payment_page():
    change = new("https://static.klaviyo.com/b.js", KLAVIYO | {"known_on_site": True}, payment=True)
    assert judge(change, SHOP).severity == "high"
