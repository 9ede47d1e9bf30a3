import json
from typing import Any

import pytest

from checkout import result
from checkout.result import Artefact, ConditionResult, RunResult, StepResult


def a_result(**fields):
    step = StepResult(index=0, action="click", status="failed", label="Add to cart", ms=31, seen="b", facts={"kind": "drifted"}, screenshot="step-0")
    whole: dict[str, Any] = {
        "status": "failed",
        "steps": [step],
        "conditions": [ConditionResult(index=0, kind="url", status="skipped")],
        "artefacts": {"step-0": Artefact("screenshot", b"picture")},
        "reached": 0,
    }
    return RunResult(**whole | fields)


def test_a_result_survives_json():
    before = a_result()
    assert result.from_json(json.loads(json.dumps(result.to_json(before))), bodies={"step-0": b"picture"}) == before


def test_the_json_names_the_artefacts_without_their_bytes():
    told = result.to_json(a_result())["artefacts"]["step-0"]
    assert (told["kind"], told["size"], len(told["sha256"])) == ("screenshot", 7, 64)


def test_without_bodies_there_are_no_artefacts():
    assert result.from_json(result.to_json(a_result())).artefacts == {}


def test_other_bytes_are_refused():
    with pytest.raises(ValueError, match="step-0"):
        result.from_json(result.to_json(a_result()), bodies={"step-0": b"another"})


def test_fields_of_a_later_version_are_left_out():
    data = result.to_json(a_result())
    data["steps"][0]["later"] = 1
    assert result.from_json(data | {"later": 1}, bodies={"step-0": b"picture"}) == a_result()


def test_what_failed_is_found():
    assert a_result().failed_step.index == 0
    assert a_result(steps=[]).failed_step is None
    assert a_result().failed_condition is None
