from __future__ import annotations

import json
from typing import Any

import pytest

from checkout import steps
from checkout.runner.protocol import Garbled
from checkout.tally import Tally
from tests.checkout.pages import shop

END = {"type": "end", "status": "passed", "reason": "", "sentence": "All is well.", "stopped_as_defined": True, "total_ms": 5}


def step(index: int, status: str = "passed") -> dict:
    texts = dict.fromkeys(("label", "expected", "seen", "cause", "screenshot"), "")
    return {"type": "step", "index": index, "action": "click", "status": status, "ms": 1, "facts": {}} | texts


def begin(index: int) -> dict:
    return {"type": "begin", "index": index, "commits": False}


def condition(index: int, status: str = "passed") -> dict:
    return {"type": "condition", "index": index, "kind": "url", "status": status, "expected": "", "seen": ""}


def tally(*events: dict, **changes) -> Tally:
    told = Tally(steps.parse(shop.flow(**changes)))
    for event in events:
        told.add(event)
    return told


def whole(last: int = 13) -> list[dict]:
    return [event for index in range(last + 1) for event in (begin(index), step(index))] + [condition(0), condition(1)]


def test_what_is_told_whole_passes():
    result = tally(*whole(), END).result(cut=True, decisions=[])
    assert (result.status, result.stopped_as_defined, result.reached) == ("passed", True, 13)


@pytest.mark.parametrize("left_out", [1, 13, 27, 28, 29])
def test_nothing_passes_by_being_left_out(left_out):
    events = whole()
    if events[left_out]["type"] == "begin":
        left_out += 1
    result = tally(*events[:left_out], *events[left_out + 1 :], END).result(cut=True, decisions=[])
    assert (result.status, result.reason) == ("inconclusive", "untold")


def test_it_stopped_as_defined_only_if_the_parent_cut():
    assert tally(*whole(), END).result(cut=False, decisions=[]).stopped_as_defined is False


def test_a_runner_that_fell_silent_before_the_order_is_inconclusive_and_after_it_unknown():
    silent: dict[str, Any] = {"cut": False, "decisions": [], "trouble": "runner-lost", "sentence": "It was lost."}
    assert tally(*whole(5)[:-2]).result(**silent).status == "inconclusive"
    past = tally(*whole(13)[:-2], begin(14), stop_after=None).result(**silent)
    assert past.status == "unknown"
    assert "look into the shop" in past.sentence


def test_a_failure_that_was_told_stays_one_whatever_happens_then():
    end = END | {"status": "failed", "reason": "covered", "sentence": "Step 1 failed."}
    result = tally(begin(0), step(0, "failed"), end).result(cut=False, decisions=[], trouble="memory", sentence="")
    assert (result.status, result.reason) == ("failed", "covered")


@pytest.mark.parametrize("event", [step(15), condition(2), begin(14), begin(15), step(-1)])
def test_what_cannot_be_true_of_the_flow_is_garbled(event):
    with pytest.raises(Garbled):
        tally(event)


def test_a_step_is_begun_once_and_in_order():
    with pytest.raises(Garbled):
        tally(begin(0), begin(1), begin(1))


def test_the_stop_point_is_passed_with_the_end_of_its_step():
    told = tally(*whole()[:26], begin(13))
    assert told.stop is False
    told.add(step(13))
    assert told.stop is True


def test_the_lists_of_requests_and_lines_are_read_and_kept():
    rows = json.dumps([{"url": "https://shop.test/"}]).encode()
    result = tally({"type": "artefact", "name": "network.json", "kind": "network", "size": len(rows), "data": rows}).result(cut=False, decisions=[])
    assert result.network == [{"url": "https://shop.test/"}]
    with pytest.raises(Garbled):
        tally({"type": "artefact", "name": "console.json", "kind": "console", "size": 2, "data": b"{}"})


def test_evidence_has_a_limit():
    events = [{"type": "artefact", "name": f"a-{number}.jpg", "kind": "screenshot", "size": 1, "data": b"x"} for number in range(200)]
    with pytest.raises(Garbled):
        tally(*events)
