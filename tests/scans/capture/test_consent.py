"""Answering the consent banner where a site opted in: what each answer comes to, on platforms, on banners made by hand, and on those that play tricks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from demo.web import Web
from scans import capture
from scans.capture.configuration import Target
from scans.capture.consent import STATES
from tests.scans.capture.seeing import html, one_page, scan, settings_for

pytestmark = pytest.mark.browser
HOST = "www.banner.test"
URL = f"https://{HOST}/"

ONETRUST = """
<div id="onetrust-banner-sdk" style="position:fixed;bottom:0;height:90px;width:100%">We use cookies
<button id="onetrust-accept-btn-handler">Accept All Cookies</button><button id="onetrust-reject-all-handler">Reject All</button></div>
<script>
  const banner = document.querySelector("#onetrust-banner-sdk");
  const answer = (word) => {
    document.cookie = "OptanonConsent=" + word + ";path=/;secure";
    if (word === "yes") document.cookie = "_ga=GA1.1.5.6;path=/;secure";
    banner.remove();
  };
  if (document.cookie.includes("OptanonConsent")) banner.remove();
  document.querySelector("#onetrust-accept-btn-handler")?.addEventListener("click", () => answer("yes"));
  document.querySelector("#onetrust-reject-all-handler")?.addEventListener("click", () => answer("no"));
</script>
"""
HANDMADE = """
<div class="cookie-note" style="position:fixed;bottom:0"><p>Wir verwenden Cookies.</p><button onclick="go('ja')">Alle akzeptieren</button>
<button onclick="go('nein')">Ablehnen</button></div>
<script>const go = (word) => { document.cookie = "note=" + word + ";path=/;secure"; document.querySelector(".cookie-note").remove(); };
if (document.cookie.includes("note=")) document.querySelector(".cookie-note").remove();</script>
"""
ACCEPT_ONLY = """<div class="cookie-note" style="position:fixed;bottom:0">Cookies! <button onclick="this.parentNode.remove()">Accept all</button></div>"""
COMES_BACK = """<div id="cookie-bar" style="position:fixed;bottom:0">Cookies <button onclick="this.parentNode.remove()">Accept</button>
<button onclick="this.parentNode.remove()">Reject</button></div>"""
STAYS = """<div id="cookie-bar" style="position:fixed;bottom:0">Cookies <button>Accept</button><button>Reject</button></div>"""
RELOADS = """<div id="cookie-bar" style="position:fixed;bottom:0">Cookies <button onclick="location.reload()">Accept</button>
<button onclick="location.reload()">Reject</button></div>"""


GONE = """const hide = () => { if (document.cookie.includes("note=")) document.querySelector(".cookie-banner")?.remove(); };
hide(); document.addEventListener("click", hide)"""


def answered(body: str):
    with Web({HOST: one_page(body)}) as web:
        taken = capture.visit([Target(URL)], settings=replace(settings_for(web), answers_consent=True))
    return taken.snapshot, {state.state: state for state in taken.snapshot.consent_states}


@pytest.mark.parametrize(
    ("body", "accepted", "rejected"),
    [
        (ONETRUST, "accepted", "rejected"),
        (HANDMADE, "accepted", "rejected"),
        (ACCEPT_ONLY, "accepted", "no_reject_button"),
        (COMES_BACK, "accepted", "hidden_only"),
        (STAYS, "action_failed", "action_failed"),
        (RELOADS, "action_failed", "action_failed"),
        ("<p>No banner at all", "no_banner", "no_banner"),
    ],
)
def test_each_answer_comes_to_its_verdict(body, accepted, rejected):
    _, states = answered(body)
    assert set(states) == {"untouched", *STATES}
    assert (states["accepted"].verdict, states["rejected"].verdict) == (accepted, rejected)


NOTE = """<div role=dialog class="cookie-banner" style="width:400px;height:100px">We use cookies
<button onclick="this.parentNode.remove()">Accept all</button> {}</div>"""


def visited(body: str):
    paths = []

    def site(hit):
        paths.append(hit.path)
        return html(f"<!doctype html><title>A</title><h1>Hello</h1><p>Words</p>{body if hit.path == '/' else 'Pay 4.99 per month'}")

    with Web({HOST: site}) as web:
        taken = capture.visit([Target(URL)], settings=replace(settings_for(web), answers_consent=True))
    return {state.state: state for state in taken.snapshot.consent_states}, set(paths)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/subscribe">Reject and subscribe</a>',
        '<a href="https://other.test/">Reject</a>',
        '<a href="#" target="_blank">Reject</a>',
        '<a href="/settings"><button>Decline / settings</button></a>',
        '<a href="?reject">Reject</a>',
    ],
)
def test_a_link_that_leads_elsewhere_is_no_button(link):
    states, paths = visited(NOTE.format(link))
    assert (states["rejected"].verdict, states["rejected"].button) == ("no_reject_button", "")
    assert paths <= {"/", "/favicon.ico"}


@pytest.mark.parametrize("link", ['<a href="#">Reject</a>', '<a href="javascript:void(0)">Reject</a>', "<a>Reject</a>"])
def test_a_link_that_stays_is_a_button(link):
    states, _ = visited(NOTE.format(link.replace("<a", "<a onclick=\"document.cookie='note=no;path=/;secure'\"")) + "<script>" + GONE + "</script>")
    assert states["rejected"].verdict == "rejected"


@pytest.mark.parametrize(
    ("state", "button"),
    [
        ("rejected", """<button onclick="location = '/subscribe'">Reject</button>"""),
        ("accepted", """<button onclick="setTimeout(() => location = '/subscribe', 900); this.parentNode.remove()">Allow all</button>"""),
    ],
)
def test_nothing_is_taken_from_a_page_that_the_button_led_to(state, button):
    states, _ = visited(NOTE.replace("Accept all", "More").format(f"{button} <span hidden>") if state == "accepted" else NOTE.format(button))
    assert states[state].verdict == "action_failed"
    assert states[state].observation.outcome.status != "ok"


def test_the_states_stand_side_by_side_and_the_click_is_counted():
    snapshot, states = answered(ONETRUST)
    cookies = {name: {cookie.name for cookie in state.observation.cookies} for name, state in states.items()}
    assert cookies == {"untouched": set(), "accepted": {"OptanonConsent", "_ga"}, "rejected": {"OptanonConsent"}, "gpc": set()}
    assert (states["accepted"].cmp, states["accepted"].button) == ("OneTrust", "#onetrust-accept-btn-handler")
    assert (snapshot.conduct.clicks, snapshot.conduct.writes_delivered, snapshot.conduct.forms_filled) == (2, 0, 0)


def test_privacy_control_is_told_to_the_page_and_to_the_server():
    heard = []

    def page(hit):
        heard.append(dict(hit.headers).get("Sec-GPC") or dict(hit.headers).get("sec-gpc"))
        return one_page("<script>if (navigator.globalPrivacyControl) document.cookie = 'gpc=on;path=/;secure'</script>")(hit)

    with Web({HOST: page}) as web:
        taken = capture.visit([Target(URL)], settings=replace(settings_for(web), answers_consent=True))
    states = {state.state: state for state in taken.snapshot.consent_states}
    assert [cookie.name for cookie in states["gpc"].observation.cookies] == ["gpc"]
    assert states["accepted"].observation.cookies == []
    assert "1" in heard


def test_without_the_opt_in_nothing_is_clicked():
    with Web({HOST: one_page(ONETRUST)}) as web:
        taken = scan(web, URL)
    assert (taken.snapshot.consent_states, taken.snapshot.conduct.clicks) == ([], 0)
    assert taken.snapshot.observations[0].cookies == []
