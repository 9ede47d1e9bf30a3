from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.runner import protocol
from checkout.runner.protocol import Garbled, Job

STEP = {"type": "step", "index": 3, "action": "click", "label": "", "status": "passed", "ms": 12, "facts": {"kind": "covered"}, "screenshot": "step-03.jpg"}


def heard(*events: dict) -> list[dict]:
    return list(protocol.Reader().feed(b"".join(protocol.event_line(event) for event in events)))


def test_a_job_survives_its_line_and_does_not_show_its_secrets():
    job = Job(run="1", flow={"steps": []}, plain={"card.number": "4242"}, private_key="abcdef", pins=("pin",))
    assert protocol.read_job(protocol.job_line(job)) == job
    assert "4242" not in repr(job)
    assert "abcdef" not in repr(job)
    assert protocol.job_line(job).count(b"\n") == 1


def test_events_come_out_as_they_went_in_with_what_is_missing_filled_in():
    assert heard(STEP) == [STEP | {"expected": "", "seen": "", "cause": ""}]


def test_artefacts_carry_their_bytes():
    [event] = heard({"type": "artefact", "name": "step-03.jpg", "kind": "screenshot", "size": 3, "data": b"\x00\xff\n"})
    assert event["data"] == b"\x00\xff\n"


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_lines_may_come_in_any_pieces(size):
    line = protocol.event_line(STEP) + protocol.event_line({"type": "await_cut"})
    reader = protocol.Reader()
    events = [event for at in range(0, len(line), size) for event in reader.feed(line[at : at + size])]
    assert [event["type"] for event in events] == ["step", "await_cut"]


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        "[]",
        "{}",
        '{"type": "order"}',
        '{"type": ["step"]}',
        json.dumps(STEP | {"index": "3"}),
        json.dumps(STEP | {"index": True}),
        json.dumps(STEP | {"status": "splendid"}),
        json.dumps(STEP | {"screenshot": "../../etc/passwd"}),
        json.dumps(STEP | {"facts": []}),
        '{"type": "artefact", "name": "a.jpg", "kind": "screenshot", "size": 4, "data": "AAAA"}',
        '{"type": "artefact", "name": "/a.jpg", "kind": "screenshot", "size": 3, "data": "AAAA"}',
        '{"type": "artefact", "name": "a.jpg", "kind": "program", "size": 3, "data": "AAAA"}',
        '{"type": "artefact", "name": "a.jpg", "kind": "screenshot", "size": 3, "data": "%%%%"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_event_is_garbled(line):
    with pytest.raises(Garbled):
        list(protocol.Reader().feed(line.encode() + b"\n"))


def test_a_line_without_end_is_garbled(monkeypatch):
    monkeypatch.setattr(protocol, "LONGEST_LINE", 1000)
    reader = protocol.Reader()
    assert list(reader.feed(b"x" * 1000)) == []
    with pytest.raises(Garbled):
        list(reader.feed(b"x"))


def test_long_texts_and_deep_facts_are_cut():
    deep: dict = {}
    for _ in range(50):
        deep = {"in": deep, "list": list(range(1000))}
    [event] = heard(STEP | {"label": "x" * 100_000, "facts": deep | {"nul": "a\0b", "half": "\ud800"}})
    assert len(event["label"]) == protocol.LONGEST_TEXT
    assert len(json.dumps(event)) < 60_000
    assert event["facts"]["nul"] == "ab"
    event["facts"]["half"].encode()


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data):
    with contextlib.suppress(Garbled):
        list(protocol.Reader().feed(data + b"\n"))
