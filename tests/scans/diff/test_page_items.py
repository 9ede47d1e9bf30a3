"""From what a page holds to what is said of it: the things of a page under their keys, and the verdict when one of them differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scans import judgement
from scans.classify.lists import HostList, Lists
from scans.diff import digest, history
from scans.snapshot import Consent, ConsentCall, ConsentState, Cookie, Frame, Outcome, Status, StorageKey, Tag, WebSocket, Write
from tests.scans.diff.loads import CHECKOUT, HOME, checkout, external, form, judged, load, page, request, running, told

BAD = "https://[evil"


@pytest.mark.parametrize(
    "seen",
    [
        {"forms": [form("https://[x", "text card")]},
        {"scripts": [external("https://cdn.vendor.test/a.js", chain=(BAD, HOME))], "requests": [request("https://cdn.vendor.test/a.js", chain=(BAD,))]},
        {"scripts": [external("https://shop.example/a.js", chain=(BAD, HOME))]},
        {"scripts": [external(BAD)]},
        {"frames": [Frame(url=BAD, parent=CHECKOUT, party="third")]},
        {"storage": [StorageKey(origin=BAD, area="local", key="a")]},
        {"websockets": [WebSocket(url=BAD, host="", party="third")]},
        {"final_url": BAD},
    ],
)
def test_no_address_that_a_page_writes_stops_the_watch(seen):
    known = judgement.learn(history.empty(), [load(page(), checkout())] * 3)
    weighed = judgement.weigh(known, load(page(), checkout(**seen)))
    assert judgement.weigh(weighed.history, load(page(), checkout(**seen))).history.pages


def test_a_page_whose_own_address_is_unreadable_has_a_digest():
    assert digest.of(load(page(BAD))).first_party == ""


def granted(value: str, *region: str) -> Consent:
    return Consent(cmp="Cookiebot", banner_visible=True, calls=[ConsentCall(command="default", signals={"ad_storage": value}, region=list(region))])


def test_a_default_for_a_region_is_watched_like_one_for_all():
    found = told(lambda: load(page(consent=granted("denied", "DE", "FR"))), lambda: load(page(consent=granted("granted", "FR", "DE"))))
    assert found == [("high", "consent.default_granted")]


def states(verdict: str = "rejected", *, signal: str = "denied", status: Status = "ok", cookies: list[Cookie] | None = None) -> list[ConsentState]:
    seen = replace(page(cookies=cookies or []), outcome=Outcome(status=status))
    return [
        ConsentState(state="untouched", observation=page()),
        ConsentState(state="rejected", observation=seen, verdict=verdict, signals={"ad_storage": signal}),
    ]


GA = Cookie(name="_ga", domain=".shop.example", path="/", party="first", set_by="script", set_by_url="https://www.google-analytics.com/analytics.js")


def test_a_signal_that_is_granted_after_a_refusal_is_told():
    found = told(lambda: load(page(), consent_states=states()), lambda: load(page(), consent_states=states(signal="granted")))
    assert found == [("high", "consent.signal_granted_after_reject")]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("rejected", [("critical", "consent.tracks_after_reject")]),
        *((verdict, []) for verdict in ("no_banner", "no_reject_button", "action_failed", "hidden_only")),
    ],
)
def test_only_where_somebody_rejected_something_tracks_in_spite_of_it(verdict, expected):
    assert told(lambda: load(page(), consent_states=states(verdict)), lambda: load(page(), consent_states=states(verdict, cookies=[GA]))) == expected


def test_nothing_is_taken_from_a_state_whose_page_did_not_load():
    failed = lambda: load(page(), consent_states=states(status="failed", cookies=[GA]))  # noqa: E731
    assert judged(lambda: load(page(), consent_states=states()), failed) == []


def test_a_write_to_a_host_where_anybody_collects_is_told_though_the_vendors_other_hosts_are_known():
    captcha = external("https://www.google.com/recaptcha/api.js")
    macro = Write(channel="beacon", method="POST", url="https://script.google.com/macros/s/AKfyEVIL/exec", host="script.google.com", party="third")
    found = told(lambda: load(checkout(**running(captcha))), lambda: load(checkout(**running(captcha), writes=[macro])))
    assert found == [("high", "third_party.new_on_payment_page")]


def test_another_collector_behind_a_known_host_of_that_kind_is_told_on_a_payment_page():
    one, other = (
        Write(channel="beacon", method="POST", url=f"https://script.google.com/macros/s/{name}/exec", host="script.google.com", party="third") for name in "ab"
    )
    found = told(lambda: load(checkout(writes=[one])), lambda: load(checkout(writes=[one, other])))
    assert found == [("high", "request.sends_to_never_seen_party_from_payment_page")]


def test_a_page_that_leads_elsewhere_is_told():
    moved = "https://shop.example/other-checkout?token=1"
    assert told(lambda: load(checkout()), lambda: load(checkout(final_url=moved))) == [("high", "availability.payment_page_leads_elsewhere")]
    assert told(lambda: load(page()), lambda: load(page(final_url="https://shop.example/de/"))) == [("medium", "availability.page_leads_elsewhere")]
    assert judged(lambda: load(page()), lambda: load(page(final_url="https://www.shop.example/?from=mail#top"))) == []


def test_a_cookie_that_moves_to_a_third_party_is_told():
    own = Cookie(name="cart", domain="shop.example", path="/", party="first")
    theirs = Cookie(name="cart", domain=".vendor.test", path="/", party="third")
    known = request("https://vendor.test/p.gif", "image")
    found = told(lambda: load(page(cookies=[own], requests=[known])), lambda: load(page(cookies=[theirs], requests=[known])))
    assert ("high", "cookie.became_third_party") in found
    both = judged(lambda: load(page(cookies=[own], requests=[known])), lambda: load(page(cookies=[own, theirs], requests=[known])))
    assert "cookie.became_third_party" not in [rule for _, rule in both]


def test_a_tag_asked_for_at_a_listed_host_is_an_attack():
    tag = Tag(vendor="Meta", account_id="99", seen_in="request", url="https://evil-proxy.net/tr?id=99")
    evil = HostList("URLhaus", "1", "malicious", "", "", {"evil-proxy.net": "evil-proxy.net"}, frozenset())
    known = judgement.learn(history.empty(), [load(page())] * 3)
    weighed = judgement.weigh(known, load(page(tags=[tag])), listed=Lists((evil,)))
    assert [one.verdict.rule for one in weighed.judged] == ["tag.malicious_host"]


def test_a_tag_that_is_still_named_and_no_longer_asked_for_is_told():
    def tag(seen_in):
        return lambda: load(page(tags=[Tag(vendor="Meta", account_id="1", seen_in=seen_in)]))

    assert told(tag("request"), tag("script")) == [("medium", "tag.silenced")]
