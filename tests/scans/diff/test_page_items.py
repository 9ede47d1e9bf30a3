"""From what a page holds to what is said of it: the things of a page under their keys, and the verdict when one of them differs."""

from __future__ import annotations

import pytest

from scans import judgement
from scans.diff import digest, history
from scans.snapshot import Frame, StorageKey, WebSocket
from tests.scans.diff.loads import CHECKOUT, HOME, checkout, external, form, load, page, request

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
