"""No secret leaves the runner: two runs with other secrets of the same length look the same, and nothing that is told or stored holds one in any form."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import asdict
from itertools import pairwise
from urllib.parse import quote

import av
import pytest
from PIL import Image, ImageChops

from checkout import child, result
from checkout.result import RunResult
from tests.checkout.pages import shop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
OTHERS = {
    "shipping.name": "Hugo Baskervil",
    "shipping.email": "hugo.baskervil@example.net",
    "shipping.street": "98 Forest Roads",
    "card.number": "5555555555554444",
    "card.cvc": "1058",
}
STAYED = 0.2
CARD_AREA = (12, 80, 330, 190)  # of a frame that is 800 pixels wide
FRAME = f"https://{shop.PAY}/*"
QUIET = {"action": "wait_for_quiet"}


def rest(selector: str) -> dict:
    """Long enough that the film sees what was typed, on a machine that does much else."""
    return {"action": "wait_for_element", "target": shop.target(f"{selector}.rested", frame=FRAME)}


def slowly() -> dict:
    rows = [row for step in shop.steps()[:12] for row in (step, QUIET)]
    number, code = shop.steps()[12:14]
    rows += [QUIET, number, rest("#number"), code, rest('input[name="cvc"]')]
    return {"steps": rows, "stop_after": len(rows) - 1, "order_step": None, "step_seconds": 20}


def frames(run: RunResult) -> list[Image.Image]:
    """The pictures of the film that stayed for a moment. What passes between two of them depends on when it was painted."""
    with av.open(io.BytesIO(run.artefacts["video.webm"].data), "r") as container:
        shown = [(frame.time, frame.to_image()) for frame in container.decode(video=0)]
    return [picture for (at, picture), (until, _) in pairwise([*shown, (1e9, None)]) if until - at >= STAYED]


def scenes(run: RunResult) -> list[bytes]:
    """The card's area of the film, each picture of it once, from its end."""
    seen: list[bytes] = []
    for frame in reversed(frames(run)):
        area = frame.crop(CARD_AREA).tobytes()
        if not seen or seen[-1] != area:
            seen.append(area)
    return seen


@pytest.fixture(scope="module")
def two() -> tuple[RunResult, RunResult]:
    runs = []
    with shop.opened() as site:
        for data in ({}, OTHERS):
            site.coupon = False
            runs.append(child.replay(shop.job(data, video=True, **slowly()), settings=site.settings(), on_event=lambda event: None))
    return runs[0], runs[1]


def test_the_secrets_have_equal_lengths_and_all_runs_pass(two):
    assert [run.status for run in two] == ["passed", "passed"]
    assert all(len(value) == len(shop.DATA[name]) and value != shop.DATA[name] for name, value in OTHERS.items())


def test_their_screenshots_are_the_same_byte_for_byte(two):
    """Of pages that rest: right after a click, the next page may be half there."""
    one, other = ({step.index: run.artefacts[step.screenshot or ""].data for step in run.steps if step.action != "click"} for run in two)
    assert len(one) == 25
    assert [name for name in one if one[name] != other[name]] == []


def test_the_film_shows_the_same_where_the_card_is(two):
    """The last pictures: number and code, and before them the number alone."""
    one, other = (scenes(run)[:2] for run in two)
    assert len(one) == 2
    assert one == other
    last, same = frames(two[0])[-1], frames(two[1])[-1]
    assert ImageChops.difference(last, same).getbbox() is None


def test_what_is_typed_shows_as_discs_and_not_as_nothing(two):
    both, number, *_ = scenes(two[0])
    assert both != number


def forms(value: str) -> set[str]:
    raw = value.encode()
    grouped = " ".join(value[at : at + 4] for at in range(0, len(value), 4)) if value.isdigit() and len(value) > 12 else value
    return {value, value.upper(), value.lower(), quote(value), quote(value, safe=""), raw.hex(), base64.b64encode(raw).decode().rstrip("=")[:-1], grouped}


def everything(run: RunResult, events: list[dict]) -> str:
    told = json.dumps([{name: value for name, value in event.items() if name != "data"} for event in events], ensure_ascii=False)
    stored = "\n".join(artefact.data.decode(errors="replace") for artefact in run.artefacts.values())
    return "\n".join((told, stored, json.dumps(result.to_json(run), ensure_ascii=False), json.dumps([asdict(step) for step in run.steps], ensure_ascii=False)))


LEAKY = """<title>{name}</title><h1>Hello</h1><label>Name <input id="name"></label><p id="out"></p><button id="gone" hidden>Buy</button><script>
document.querySelector('#name').oninput = event => {
  const said = event.target.value;
  console.error('could not store ' + said, {deep: said});
  console.error(btoa(said), encodeURIComponent(said), JSON.stringify({said}));
  fetch('/lost?name=' + encodeURIComponent(said));
  fetch('/lost/' + btoa(said));
  history.replaceState({}, '', '/leaky?who=' + encodeURIComponent(said));
  document.title = 'Dear ' + said;
  out.textContent = 'Thank you, ' + said.toUpperCase() + '!';
  out.title = said; out.setAttribute('aria-label', 'For ' + said);
  setTimeout(() => { throw new Error('No stock for ' + said) });
  alert(said);
};
</script>"""


def test_a_page_that_shouts_every_secret_is_not_heard():
    name = "Jane Appleseed"
    with shop.opened(pages={"/leaky": LEAKY}) as site:
        events: list[dict] = []
        rows = [
            {"action": "navigate", "url": f"https://{shop.SHOP}/leaky"},
            shop.fill("{{shipping.name}}", "#name"),
            {"action": "assert", "condition": {"kind": "text", "text": "thank you, {{shipping.name}}", "target": shop.target("#out")}},
            {"action": "assert", "condition": {"kind": "text", "text": "Goodbye {{shipping.name}}", "target": shop.target("#out")}, "seconds": 2},
        ]
        conditions = [{"kind": "no_console_error"}]
        run = child.replay(shop.job(steps=rows, stop_after=3, order_step=None, conditions=conditions), settings=site.settings(), on_event=events.append)
        assert (run.status, run.failed_step.index if run.failed_step else -1) == ("failed", 3), run.sentence
        assert len(run.console) >= 3
        assert any("/lost" in row["url"] for row in run.network)
        whole = everything(run, events)
        assert [form for form in forms(name) if form in whole] == []


def test_a_frame_that_the_test_does_not_name_gets_no_secrets():
    """It could find them out by writing guesses into itself: what is masked is one."""
    guess = """<p id="guess">4242424242424242 jane.appleseed@example.com</p>
    <script>setTimeout(() => { if (!guess.textContent.includes('•')) guess.id = 'as-written' }, 300)</script>"""
    with shop.opened(pages={"/pay": f'<iframe src="https://{shop.OTHER}/guess"></iframe>', "/guess": guess}) as site:
        rows = [
            {"action": "navigate", "url": f"https://{shop.SHOP}/pay"},
            {"action": "wait_for_element", "target": shop.target("#as-written", frame=f"https://{shop.OTHER}/*")},
        ]
        run = child.replay(shop.job(steps=rows, stop_after=1, order_step=None, conditions=[]), settings=site.settings(), on_event=lambda event: None)
        assert run.status == "passed", run.sentence
