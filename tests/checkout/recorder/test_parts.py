"""The recorder's parts against the server's: the table of test numbers, the judgement of cards, sealing, permissions; no page text as markup."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

import pytest

from checkout import cards
from checkout.runner import unsealing
from demo.web import Web
from tests.checkout.recorder.browser import RECORDER, Recorder, recorder
from tests.checkout.recorder.keys import PRIVATE_KEY, PUBLIC_KEY
from tests.checkout.recorder.shop import WEB

SCRIPTS = {str(path.relative_to(RECORDER)): path.read_text() for path in RECORDER.rglob("*.js")}
NUMBERS = [
    *("4242 4242 4242 4242", "4929123456789014", "4929-1234-5678-9014", "4539 1488 0343 6467", "٤٥٣٩١٤٨٨٠٣٤٣٦٤٦٧", "４５３９１４８８０３４３６４６７"),
    *("+49 170 1234567", "order 20261124-0001", "9f86d081-884c-4d65-9a2f-eaa0c55ad015", "DE89 3704 0044 0532 0130 00", "4006381333931"),
    *("4242424242424242 4539148803436467", "card=4539%201488%200343%206467", "1234", "", "12/34", "6011 1111 1111 1117", "3530111333300000"),
]


@pytest.fixture(scope="module")
def it() -> Iterator[Recorder]:
    with Web(WEB) as web, recorder(web) as running:
        yield running


def test_the_table_is_the_servers():
    shipped = json.loads((RECORDER / "testcards.json").read_text())
    schemes = [{"name": name, "ranges": [list(each) for each in ranges], "lengths": list(lengths)} for name, ranges, lengths in cards.SCHEMES]
    assert shipped == {"numbers": sorted(cards.numbers()), "schemes": schemes}


def test_it_asks_for_little():
    manifest = json.loads((RECORDER / "manifest.json").read_text())
    assert manifest["permissions"] == ["activeTab", "scripting", "storage"]
    assert "host_permissions" not in manifest
    assert "content_scripts" not in manifest
    assert "script-src 'self';" in manifest["content_security_policy"]["extension_pages"]


def test_nothing_is_run_or_drawn_from_text():
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|document\.cookie|localStorage|webRequest|postMessage")
    assert [name for name, text in SCRIPTS.items() if forbidden.search(text)] == []


@pytest.mark.browser
def test_python_opens_what_the_recorder_sealed(it):
    script = """async ([value, key, context]) => {
        const { fromBase64, seal, toBase64 } = await import("./lib/sealing.js");
        return toBase64(await seal(value, { publicKey: fromBase64(key), context }));
    }"""
    for value in ("4242424242424242", "Zoë Ærø 茶", "x" * 2000):
        box = it.panel.evaluate(script, [value, base64.b64encode(PUBLIC_KEY).decode(), "w|t|card.number|1"])
        assert unsealing.unseal(base64.b64decode(box), private_key=PRIVATE_KEY, context="w|t|card.number|1") == value
        with pytest.raises(unsealing.Unreadable):
            unsealing.unseal(base64.b64decode(box), private_key=PRIVATE_KEY, context="w|t|card.number|2")


@pytest.mark.browser
def test_cards_are_judged_as_the_server_judges_them(it):
    script = """async (texts) => {
        const { read, realNumberIn } = await import("./lib/cards.js");
        const table = read(await (await fetch("testcards.json")).json());
        return texts.map((text) => realNumberIn(text, table));
    }"""
    texts = [*NUMBERS, *cards.numbers()]
    assert dict(zip(texts, it.panel.evaluate(script, texts), strict=True)) == {text: cards.real_number_in(text) for text in texts}


@pytest.mark.browser
def test_generated_names_are_told_from_those_of_people(it):
    for name in ("elements", "generated"):
        it.panel.add_script_tag(url=f"content/{name}.js")
    made = ["ember1234", ":r5:", "css-1q2w3e", "jss42", "Button_root__3xK9z", "input-48213", "sc-bdVaJa", "mui-77", "8f3a91c2", "a1b2c3d4e5", "r1"]
    people = ["email", "shipping-form", "id_shipping_line1", "address2", "card_number", "cc-exp", "woocommerce-checkout", "addToCart", "btn-primary", "step-2"]
    judged = it.panel.evaluate("(words) => words.map((word) => tracefoxRecorder.generated.looksGenerated(word))", made + people)
    assert [word for word, is_made in zip(made + people, judged, strict=True) if is_made] == made
