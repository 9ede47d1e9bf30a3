"""The form of a snapshot: code, schema and description say the same, and no document is lost or taken for another."""

import json
import re
import types
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scans import snapshot as form
from scans.snapshot import NotASnapshot
from tests.scans.sample_snapshot import sample_captured, sample_snapshot

DOCS = Path(form.__file__).parent.parent / "docs"
SCHEMA: dict[str, Any] = json.loads((DOCS / "snapshot.schema.json").read_text())
PAGE = (DOCS / "snapshot.md").read_text()
KINDS = {name: kind for name, kind in vars(form).items() if isinstance(kind, type) and is_dataclass(kind) and kind is not form.Captured}


def _described(name):
    return SCHEMA if name == "Snapshot" else SCHEMA["$defs"][name]


def _form(hint) -> Any:
    """The type as the schema should say it, without descriptions and patterns."""
    parts = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        inner = _form(next(part for part in parts if part is not type(None)))
        return {"anyOf": [inner, {"type": "null"}]} if "$ref" in inner else inner | {"type": [inner["type"], "null"]}
    if get_origin(hint) is Literal:
        return {"enum": list(parts)}
    if get_origin(hint) is list:
        return {"type": "array", "items": _form(parts[0])}
    if get_origin(hint) is dict:
        return {"type": "object", "additionalProperties": _form(parts[1])}
    return {"$ref": f"#/$defs/{hint.__name__}"} if hint in KINDS.values() else {"type": {str: "string", bool: "boolean", int: "integer", float: "number"}[hint]}


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_describes_every_record_and_no_other():
    assert set(SCHEMA["$defs"]) | {"Snapshot"} == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_the_schema_has_the_fields_of_the_record_with_their_types(name):
    properties = _described(name)["properties"]
    plain = {key: {part: value for part, value in said.items() if part not in ("description", "pattern", "format")} for key, said in properties.items()}
    hints = {key: _form(hint) for key, hint in get_type_hints(KINDS[name]).items()}
    if name == "Snapshot":
        hints["version"] = {"const": form.VERSION}
    assert plain == hints
    assert list(properties) == [field.name for field in fields(KINDS[name])]


@pytest.mark.parametrize("name", KINDS)
def test_a_field_is_required_if_it_has_no_default(name):
    required = [field.name for field in fields(KINDS[name]) if field.default is MISSING and field.default_factory is MISSING]
    assert _described(name)["required"] == required


@pytest.mark.parametrize("name", KINDS)
def test_the_page_says_what_the_schema_says(name):
    section = re.search(rf"^## {name}\n\n(.+?)\n\n.*?\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert section
    rows = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in section[2].splitlines()[1:]]
    said = {row[0].strip("`| "): row[-1] for row in rows}
    assert section[1] == _described(name)["description"]
    assert said == {key: value["description"] for key, value in _described(name)["properties"].items()}


def test_a_whole_snapshot_keeps_to_the_schema():
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(json.loads(form.to_bytes(sample_snapshot())))


def test_the_sample_fills_every_record():
    seen = set()

    def walk(record):
        if is_dataclass(record):
            seen.add(type(record).__name__)
            for field in fields(record):
                walk(getattr(record, field.name))
        elif isinstance(record, list):
            for item in record:
                walk(item)

    walk(sample_snapshot())
    assert seen == set(KINDS)


def test_every_hash_in_the_sample_names_a_body():
    captured = sample_captured()
    named = {ref.sha256 for ref in captured.snapshot.evidence}
    page, policy = captured.snapshot.observations
    assert page.screenshot
    assert policy.policy
    assert named == set(captured.evidence)
    assert {script.sha256 for script in page.scripts if script.sha256} <= named
    assert {page.dom.raw_sha256, page.dom.normalised_sha256, page.screenshot.sha256, policy.policy.text_sha256} <= named


def _any(hint):
    parts = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return st.none() | _any(next(part for part in parts if part is not type(None)))
    if get_origin(hint) is Literal:
        return st.sampled_from(parts)
    if get_origin(hint) is list:
        return st.lists(_any(parts[0]), max_size=2)
    if get_origin(hint) is dict:
        return st.dictionaries(st.text(max_size=5), _any(parts[1]), max_size=2)
    if hint in KINDS.values():
        return st.builds(hint, **{name: _any(inner) for name, inner in get_type_hints(hint).items()})
    plain = {str: st.text(max_size=8), bool: st.booleans(), int: st.integers(), float: st.floats(allow_nan=False, allow_infinity=False)}
    return plain[hint]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example])
@given(st.data())
def test_any_snapshot_comes_back_as_it_was(data):
    parts = {name: _any(hint) for name, hint in get_type_hints(form.Snapshot).items() if name not in ("version", "observations")}
    taken = data.draw(st.builds(form.Snapshot, version=st.just(form.VERSION), observations=st.just([]), **parts))
    page = data.draw(_any(form.Observation))
    whole = form.from_bytes(form.to_bytes(taken))
    assert whole == taken
    with_page = form.Snapshot(**{name: getattr(taken, name) for name in parts}, version=form.VERSION, observations=[page])
    assert form.from_bytes(form.to_bytes(with_page)) == with_page


def test_the_same_snapshot_gives_the_same_bytes():
    document = form.to_bytes(sample_snapshot())
    assert form.to_bytes(form.from_bytes(document)) == document == form.to_bytes(sample_snapshot())


def test_bytes_are_plain_utf8():
    assert "Tée".encode() in form.to_bytes(sample_snapshot(started_at="Tée"))


def test_half_a_surrogate_pair_in_a_page_does_not_cost_the_snapshot():
    assert form.from_bytes(form.to_bytes(sample_snapshot(started_at="a\ud800b"))).started_at == "a?b"


def _changed(**changes: Any) -> bytes:
    return json.dumps(json.loads(form.to_bytes(sample_snapshot())) | changes).encode()


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        _changed(version=2),
        _changed(version=None),
        _changed(observations=[1]),
        _changed(observations="page"),
        _changed(browser=None, outcome=3),
        _changed(observations=[{"url": "https://shop.example/"}]),
        _changed(browser={}),
        form.to_bytes(sample_snapshot())[:-1],
    ],
)
def test_what_is_no_snapshot_is_told_in_a_sentence(document):
    with pytest.raises(NotASnapshot, match=r"\.$"):
        form.from_bytes(document)


def test_a_document_of_before_a_field_was_added_still_opens():
    plain = json.loads(form.to_bytes(sample_snapshot()))
    del plain["refusals"], plain["observations"][0]["truncated"], plain["observations"][0]["cookies"][0]["partitioned"]
    opened = form.from_bytes(json.dumps(plain).encode())
    assert opened.refusals == []
    assert opened.observations[0].cookies[0].partitioned is False


def test_a_field_of_a_newer_program_is_passed_over():
    assert form.from_bytes(_changed(colour="red")) == sample_snapshot()


def test_the_summary_counts_what_lists_show():
    counts = form.summary(sample_snapshot())
    assert counts == {
        "pages": 2,
        "requests": 9,
        "scripts": 5,
        "cookies": 4,
        "third_parties": 4,
        "writes_attempted": 1,
        "writes_delivered": 0,
        "transfer_size": 413_352,
        "console_errors": 1,
        "findings": 1,
        "truncated": 1,
        "categories": counts["categories"],
    }
    assert sum(counts["categories"].values()) == 4
