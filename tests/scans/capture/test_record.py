from __future__ import annotations

from scans.capture.configuration import Limits
from scans.capture.initiators import Initiators
from scans.capture.record import Record
from scans.capture.stacks import stack_text_urls, stack_urls
from scans.snapshot import Truncation

PAGE, TAG, PIXEL = "https://shop.example/", "https://tags.example/t.js", "https://px.example/p.gif"


def sent(url, *, number="1", initiator=None, kind="Script", **event):
    return {
        "requestId": number,
        "request": {"url": url, "method": "GET"},
        "type": kind,
        "documentURL": PAGE,
        "frameId": "F",
        "initiator": initiator or {"type": "parser", "url": PAGE},
        "timestamp": 1.0,
    } | event


def by_script(*urls):
    return {"type": "script", "stack": {"callFrames": [{"url": url} for url in urls]}}


def heard(*events, **limits):
    record = Record(Limits(**limits))
    record.main_frame = "F"
    for method, params in events:
        record.hear(method, params)
    return record


def test_what_does_not_fit_is_counted_and_said():
    record = heard(*(("Network.requestWillBeSent", sent(f"{PAGE}{n}", number=str(n))) for n in range(7)), requests=5)
    assert len(record.requests) == 5
    assert record.truncations() == [Truncation(what="requests", kept=5, seen=7)]


def test_each_hop_of_a_redirect_is_a_request_of_its_own():
    first = {"status": 302, "headers": {}, "encodedDataLength": 120.0}
    record = heard(
        ("Network.requestWillBeSent", sent(PAGE, kind="Document")),
        ("Network.requestWillBeSent", sent(f"{PAGE}en", kind="Document", redirectResponse=first, timestamp=2.0)),
        ("Network.responseReceived", {"requestId": "1", "response": {"status": 200, "headers": {}}, "type": "Document"}),
        ("Network.loadingFinished", {"requestId": "1", "timestamp": 3.0, "encodedDataLength": 900.0}),
    )
    assert [(hop.url, hop.redirected_to, hop.transferred, (hop.response or {})["status"]) for hop in record.requests] == [
        (PAGE, f"{PAGE}en", 120, 302),
        (f"{PAGE}en", "", 900, 200),
    ]
    assert record.document is record.requests[1]


def test_a_cookie_belongs_to_the_hop_that_set_it_and_its_value_is_only_a_secret():
    record = heard(
        ("Network.requestWillBeSent", sent(PAGE)),
        ("Network.responseReceivedExtraInfo", {"requestId": "1", "headers": {"Set-Cookie": "a=first-value; Path=/\nb=second-value"}}),
        ("Network.requestWillBeSent", sent(PIXEL, redirectResponse={"status": 302, "headers": {}})),
        ("Network.responseReceivedExtraInfo", {"requestId": "1", "headers": {"set-cookie": "c=third-value"}}),
    )
    assert record.header_cookies == [("a", "1", 0), ("b", "1", 0), ("c", "1", 1)]
    assert record.secrets == {"first-value", "second-value", "third-value"}


def test_the_chain_leads_from_the_nearest_cause_to_the_document():
    record = heard(
        ("Network.requestWillBeSent", sent(PAGE, kind="Document", initiator={"type": "other"})),
        ("Network.requestWillBeSent", sent(TAG, number="2")),
        ("Network.requestWillBeSent", sent(f"{TAG}2", number="3", initiator=by_script(TAG))),
        ("Network.requestWillBeSent", sent(PIXEL, number="4", initiator=by_script(f"{TAG}2", TAG))),
    )
    chains = Initiators(record.requests)
    assert chains.of(record.requests[3]).chain == [f"{TAG}2", TAG, PAGE]
    assert (chains.of(record.requests[1]).kind, chains.of(record.requests[1]).chain) == ("parser", [PAGE])
    assert chains.of(record.requests[0]).chain == []


def test_a_circle_of_causes_ends():
    record = heard(
        ("Network.requestWillBeSent", sent(TAG, number="1", initiator=by_script(PIXEL))),
        ("Network.requestWillBeSent", sent(PIXEL, number="2", initiator=by_script(TAG))),
    )
    assert Initiators(record.requests).of(record.requests[0]).chain == [PIXEL, TAG][:1]


def test_stacks_are_read_nearest_first_with_their_parents():
    stack = {"callFrames": [{"url": ""}, {"url": TAG}], "parent": {"callFrames": [{"url": TAG}, {"url": PAGE}]}}
    assert stack_urls(stack) == [TAG, PAGE]
    text = f"Error\n    at set cookie (tfxours:3:1)\n    at a.b ({TAG}?v=1:10:22)\n    at {PAGE}:5:9\n    at <anonymous>"
    assert stack_text_urls(text, ours="tfxours") == [f"{TAG}?v=1", PAGE]


def test_a_forged_note_is_not_believed_further_than_it_goes():
    record = heard()
    for note in ("", "[]", "{", '{"kind": "cookie"}', '{"kind": ["cookie"], "name": 1}', "null", "x" * 20_000):
        record.told_by_shim(note, "tfx")
    assert record.script_cookies == []
    assert record.writes == []
