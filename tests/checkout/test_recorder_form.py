import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import recorder_form, recording
from tests.checkout.flows import flows

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = jsonschema.Draft202012Validator(recorder_form.schema())
ANYTHING = st.one_of(
    *(st.none(), st.booleans(), st.integers(-2, 2), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=3)),
    *(st.lists(st.text(max_size=2) | st.integers(-1, 1) | st.lists(st.text(max_size=2), max_size=2), max_size=2), st.just({}), st.sampled_from(["==", ">="])),
    st.just([{"type": "navigation", "url": "https://a.test/"}]),
    st.lists(st.fixed_dictionaries({"type": st.sampled_from(["navigation", "x"])}, optional={"url": st.text(max_size=2) | st.none()}), max_size=2),
)


@st.composite
def rows(draw):
    """A row with the fields of its type, right or wrong."""
    kind = draw(st.sampled_from([*recorder_form.TYPES, "other"]))
    needed, fields = recorder_form.TYPES.get(kind, ((), {}))
    good = {"selectors": ["#a"], "value": "x", "url": "https://a.test/", "key": "Enter", "width": 1, "height": 1, "name": "x"}
    names = st.sampled_from([*fields, "timeout", "target", "assertedEvents", "other"])
    return {"type": kind} | {name: good[name] for name in needed} | draw(st.dictionaries(names, ANYTHING, max_size=2))


@calmly
@given(st.lists(rows(), min_size=1, max_size=3))
def test_the_check_and_the_published_schema_agree(given_rows):
    recording_of = {"title": "x", "steps": given_rows}
    assert (complaint(recording_of) is None) == SCHEMA.is_valid(recording_of)


@calmly
@given(flows())
def test_what_is_exported_is_of_the_published_form(flow):
    SCHEMA.validate(recording.to_devtools(flow))


def test_the_published_schema_is_the_one_of_the_code():
    published = json.loads((ROOT / "docs" / "devtools-recording.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(published)
    assert published == recorder_form.schema()


@pytest.mark.parametrize("data", [None, 1, "x", [], {"steps": None}, {"steps": [None]}, {"steps": [[]]}])
def test_what_is_no_recording_is_refused(data):
    assert complaint(data)


def complaint(data):
    try:
        recorder_form.check(data)
    except recorder_form.BadRecording as refused:
        return str(refused)
    return None
