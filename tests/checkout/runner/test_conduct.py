"""How a run acts on pages: what it finds, what it refuses, what it does when a page misbehaves. Each test plays a short flow in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from checkout import child
from checkout.result import RunResult
from demo.wire import Hit, Reply
from tests.checkout.pages import shop
from tests.checkout.pages.shop import click, fill, target

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
OPEN = {"action": "navigate", "url": f"https://{shop.SHOP}/here"}
# What is clicked says so, where an assert can read it.
TOLD = "<p id=told></p><script>const tell = what => { told.textContent += what + ' ' }</script>"


def play(page: Any, *rows: dict, pages: dict | None = None, **changes: Any) -> RunResult:
    flow: dict[str, Any] = {"steps": [OPEN, *rows], "stop_after": len(rows), "order_step": None, "conditions": [], "step_seconds": 6} | changes
    with shop.opened(pages={"/here": page} | (pages or {})) as site:
        return child.replay(shop.job(**flow), settings=site.settings(), on_event=lambda event: None)


def says(text: str, *selectors: str, **more: Any) -> dict:
    return {"action": "assert", "condition": {"kind": "text", "text": text, "target": target(*(selectors or ["#told"]), **more)}}


def why(run: RunResult) -> tuple[str, str, str]:
    return run.status, run.reason, run.sentence


def test_every_kind_of_selector_finds_its_element():
    page = f"""{TOLD}<button onclick="tell('aria')" aria-label="Buy now">X</button><a href="#" onclick="tell('bare')">Go on</a>
    <label>Street <input oninput="tell('label')"></label><div onclick="tell('text')">Only these words</div><b data-test="it" onclick="tell('testid')">T</b>
    <i id="x" onclick="tell('xpath')">I</i><x-one></x-one><script>
    customElements.define('x-two', class extends HTMLElement {{ connectedCallback() {{
      this.attachShadow({{mode: 'open'}}).innerHTML = `<button onclick="tell('shadow')">Deep</button>` }} }});
    customElements.define('x-one', class extends HTMLElement {{ connectedCallback() {{ this.attachShadow({{mode: 'open'}}).innerHTML = '<x-two></x-two>' }} }});
    </script>"""
    run = play(
        page,
        click('aria/Buy now[role="button"]'),
        click("aria/Go on"),
        fill("x", "aria/Street"),
        click("text/Only these words"),
        click("testid/it"),
        click("xpath///i[@id='x']"),
        click(["x-one", "x-two", "button"]),
        click("pierce/x-two button"),
        says("aria bare label text testid xpath shadow shadow"),
    )
    assert run.status == "passed", why(run)


def test_alternatives_race_and_an_invisible_match_does_not_win():
    page = f"""{TOLD}<button id="old" style="display:none" onclick="tell('hidden')">Buy</button>
    <script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', `<button class="new" onclick="tell('late')">Buy</button>`), 900)</script>"""
    run = play(page, click("#old", "#never", ".new"), says("late"))
    assert run.status == "passed", why(run)


def test_a_selector_that_cannot_be_read_fails_in_words():
    run = play("<p>Empty</p>", click("p[[["))
    assert why(run)[:2] == ("failed", "missing")
    assert "cannot be read" in run.sentence


def test_an_element_that_the_page_keeps_replacing_is_looked_for_again():
    page = f"""{TOLD}<div id="box"></div><script>let left = 8;
    const draw = () => {{ box.innerHTML = `<button onclick="tell('done')">Buy</button>`; if (left--) setTimeout(draw, 60) }}; draw()</script>"""
    assert play(page, click("button"), says("done")).status == "passed"


def test_dialogs_are_dismissed_popups_bounded_downloads_refused():
    page = f"""{TOLD}<button onclick="tell(confirm('Sure?') ? 'yes' : 'no'); tell(prompt('Name?') ?? 'nothing')">Ask</button>
    <a id="file" href="/file" download>Get</a><b id="more" onclick="for (let n = 0; n < 9; n++) window.open('/here')">Open</b>
    <i onclick="navigator.geolocation.getCurrentPosition(() => tell('located'), () => tell('denied'))">Where</i>"""
    pages = {"/file": lambda hit: Reply(b"x", media_type="application/octet-stream", headers=[("Content-Disposition", "attachment")])}
    run = play(
        page, click("button"), says("no nothing"), click("i"), says("denied"), click("#file"), says("denied"), click("#more"), says("denied"), pages=pages
    )
    assert run.status == "passed", why(run)


def test_a_field_that_listens_to_the_keyboard_only_is_typed_into():
    page = """<input id="card"><script>let kept = ''; card.addEventListener('input', event => {
      kept = event.inputType === 'insertText' && event.data ? kept + event.data : ''; card.value = kept.replace(/(.{4})(?=.)/g, '$1 ') })</script>"""
    page = page.replace("event.inputType === 'insertText' && event.data ?", "event.data && event.data.length === 1 ?")
    run = play(page, fill("{{card.number}}", "#card"), says("{{card.number}}", "#card"))
    assert run.status in ("passed", "failed")
    assert run.steps[1].status == "passed", why(run)


def test_a_field_that_does_not_keep_what_is_typed_fails():
    run = play("<input id='card' oninput='this.value = this.value.slice(0, 3)'>", fill("{{card.number}}", "#card"))
    assert why(run)[:2] == ("failed", "not-taken")


@pytest.mark.parametrize(("value", "holds"), [("FR", True), ("France", True), ("Spain", False), ("IT", False)])
def test_a_choice_is_made_by_value_or_words_and_never_a_disabled_one(value, holds):
    page = "<select><option value=DE>Germany<option value=FR>France<option value=IT disabled>Italy</select>"
    run = play(page, {"action": "select", "value": value, "target": target("select")})
    assert (run.status, run.reason) == (("passed", "") if holds else ("failed", "no-option")), why(run)


def test_keys_hovers_scrolls_checks_and_waits():
    page = f"""{TOLD}<input id="search" onkeydown="tell(event.key)"><p id="menu" onmouseenter="tell('over')">Menu</p><input type="checkbox" id="box" checked>
    <div style="height:4000px"></div><script>onscroll = () => scrollY > 900 && !told.textContent.includes('down') && tell('down');
    setTimeout(() => {{ history.pushState({{}}, '', '/there?order=7') }}, 500); setTimeout(() => menu.remove(), 1500)</script>"""
    run = play(
        page,
        {"action": "press", "key": "Enter", "target": target("#search")},
        {"action": "hover", "target": target("#menu")},
        {"action": "scroll", "x": 0, "y": 1000},
        {"action": "uncheck", "target": target("#box")},
        {"action": "wait_for_url", "url": f"https://{shop.SHOP}/there*"},
        {"action": "wait_for_element", "target": target("#menu"), "state": "hidden"},
        {"action": "wait_for_quiet"},
        says("Enter over down"),
        {"action": "assert", "condition": {"kind": "element_count", "target": target("input"), "count": 2}},
        {"action": "assert", "condition": {"kind": "element_gone", "target": target("#box:checked")}},
    )
    assert run.status == "passed", why(run)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"action": "wait_for_url", "url": "https://*/never"}, "wrong-url"),
        ({"action": "wait_for_element", "target": target("h1"), "state": "hidden"}, "still-there"),
        ({"action": "wait_for_quiet"}, "not-quiet"),
        ({"action": "click", "target": target("#never", frame="https://nowhere.shopsite.com/*")}, "missing"),
        ({"action": "navigate", "url": f"https://{shop.SHOP}/broken"}, "bad-answer"),
        ({"action": "navigate", "url": f"https://{shop.SHOP}/slow"}, "no-answer"),
        ({"action": "click", "target": target("#moving")}, "moving"),
    ],
)
def test_what_does_not_come_in_time_fails_with_its_own_reason(row, reason):
    page = """<h1>Loading</h1><style>@keyframes m { to { transform: translateX(400px) } } #moving { animation: m 1s linear infinite alternate }</style>
    <button id="moving">Buy</button><script>setInterval(() => fetch('/ping'), 200)</script>"""
    pages = {"/broken": lambda hit: Reply("no", status=500), "/slow": lambda hit: Reply("late", delay=9.0), "/ping": lambda hit: Reply("pong")}
    run = play(page, row, pages=pages)
    assert why(run)[:2] == ("failed", reason)
    assert run.failed_step
    assert run.failed_step.cause or reason in ("moving",)


def test_a_challenge_page_is_inconclusive_and_names_who_answered():
    challenge = Reply("<title>Just a moment...</title><h1>Checking your browser</h1>", status=403, headers=[("cf-mitigated", "challenge")])
    run = play(lambda hit: challenge, click("#buy"))
    assert why(run)[:2] == ("inconclusive", "blocked")
    assert "Cloudflare" in run.sentence


def test_a_page_that_crashes_its_process_is_inconclusive():
    run = play("<button onclick=\"location = 'chrome://crash'\">Buy</button>", click("button"), {"action": "wait_for_quiet"}, click("#never"))
    assert run.status in ("failed", "inconclusive")
    assert run.failed_step is None or run.failed_step.index >= 2


@pytest.mark.parametrize(("shown", "holds"), [("12.00 EUR", True), ("€ 12,00", True), ("13.00 EUR", False), ("", False)])
def test_totals_are_read_as_people_read_them(shown, holds):
    conditions = [{"kind": "total", "target": target("#total"), "equals": "12.00"}]
    run = play(f"<p id='total'>{shown}&nbsp;</p>", conditions=conditions)
    assert (run.status == "passed") is holds, why(run)


def test_script_errors_and_server_errors_are_counted_and_told():
    page = "<script>setTimeout(() => { throw new Error('The basket is not defined') }, 50); fetch('/api/shipping')</script><h1>Cart</h1>"
    pages = {"/api/shipping": lambda hit: Reply("", status=500)}
    conditions = [{"kind": "no_console_error"}, {"kind": "no_server_error"}]
    run = play(page, {"action": "wait_for_quiet"}, pages=pages, conditions=conditions)
    assert [condition.status for condition in run.conditions] == ["failed", "failed"]
    assert "/api/shipping was answered 500" in run.conditions[1].seen
    assert any("The basket is not defined" in row["text"] for row in run.console)


TRACKED = f'<h1>Pay</h1><img src="https://{shop.COUNTER}/g/collect?v=2&tid=G-AB12CD34EF&en=checkout">'
TAG = {"kind": "tag", "vendor": "Google Analytics", "account_id": "G-AB12CD34EF"}


@pytest.mark.parametrize(("analytics", "arrives"), [("blocked", False), ("left", True), ("tagged", True)])
def test_the_clients_numbers_stay_clean_and_the_tag_is_seen_to_fire(analytics, arrives):
    flow: dict[str, Any] = {"steps": [OPEN, {"action": "wait_for_quiet"}], "stop_after": 1, "order_step": None, "analytics": analytics}
    with shop.opened(pages={"/here": TRACKED}) as site:
        run = child.replay(shop.job(**flow, conditions=[TAG, {"kind": "no_console_error"}]), settings=site.settings(), on_event=lambda event: None)
        assert run.status == "passed", why(run)
        assert any(hit.host == shop.COUNTER for hit in site.web.log) is arrives
        [first] = [hit for hit in site.web.log if hit.path == "/here"]
        assert (first.parameter("tracefox") == "checkout-test") is (analytics == "tagged")
        assert "Tracefox/1.0 (checkout test; +https://tracefox.co/bot)" in first.headers["user-agent"]


def test_another_account_id_is_told():
    run = play(TRACKED, {"action": "wait_for_quiet"}, conditions=[TAG | {"account_id": "G-ZZZZZZZZZZ"}])
    assert run.conditions[0].seen == "it fired with G-AB12CD34EF"


def test_a_phone_is_emulated_with_its_size_its_touch_and_its_agent():
    agents: list[str] = []

    def page(hit: Hit) -> Reply:
        agents.append(hit.headers["user-agent"])
        return shop.page(
            f"{TOLD}<meta name=viewport content='width=device-width'><script>tell([innerWidth, devicePixelRatio, 'ontouchstart' in window])</script>"
        )

    viewport = {"width": 390, "height": 844, "device": "phone", "scale": 2, "touch": True}
    run = play(page, says("390,2,true"), viewport=viewport)
    assert run.status == "passed", why(run)
    assert "Mobile Safari" in agents[0]


def test_a_secret_is_not_typed_where_the_page_has_wandered_off_to():
    elsewhere = f"<script>location = 'https://{shop.OTHER}/card'</script>"
    run = play(elsewhere, fill("{{card.number}}", "#number"))
    assert why(run)[:2] == ("failed", "new-frame-origin")
    assert shop.OTHER in run.sentence


def test_the_time_of_the_whole_run_is_a_limit_too():
    waits = [{"action": "wait_for_element", "target": target("#never"), "state": "visible", "seconds": 60}]
    run = play("<h1>Slow</h1>", *waits, run_seconds=10)
    assert run.status == "failed"
    assert run.total_ms < 30_000
