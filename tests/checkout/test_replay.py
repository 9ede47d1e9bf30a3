"""`manage.py replay`: for a terminal, a script or a CI pipeline. Its exit status is a promise, and so is that it needs no database."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from checkout import child
from checkout.result import RunResult
from tests.checkout.pages import shop
from tests.checkout.playing import Player

REAL_CARD = "4929 1234 5678 9015"


def written(folder, name: str, data: Any) -> str:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return str(path)


def command(folder, *options: str, flow: Any = None, data: Any = shop.DATA, play=None) -> str:
    out = io.StringIO()
    test = written(folder, "test.json", flow or shop.flow())
    given = ["--data", written(folder, "data.json", data)] if data is not None else []
    call_command("replay", test, *given, *options, stdout=out, stderr=io.StringIO(), replay=play or Player())
    return out.getvalue()


def refusal(folder, *options: str, **given) -> CommandError:
    with pytest.raises(CommandError) as caught:
        command(folder, *options, **given)
    return caught.value


def test_a_run_that_passes_says_so_step_by_step(tmp_path):
    said = command(tmp_path)
    assert "ok   1. Open shop.shopsite.com" in said
    assert "PASSED" in said.splitlines()[-1]


def test_a_run_that_fails_ends_with_1_and_its_sentence(tmp_path):
    failed = refusal(tmp_path, play=Player(fails_at=2))
    assert failed.returncode == 1
    assert "Step 3 failed" in str(failed)


@pytest.mark.parametrize("trouble", ["runner-lost", "memory"])
def test_a_run_without_an_end_is_no_success(tmp_path, trouble):
    assert refusal(tmp_path, play=Player(trouble=trouble)).returncode == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"flow": "no JSON"}, "no JSON"),
        ({"flow": {"version": 1, "steps": []}}, "stop_after"),
        ({"data": None}, "coupon.code"),
        ({"data": ["a list"]}, "names and texts"),
        ({"data": shop.DATA | {"card.number": REAL_CARD}}, "could be a real payment card"),
        ({"flow": shop.flow(title=f"Buy with {REAL_CARD}")}, "could be a real payment card"),
        ({"flow": shop.flow(stop_after=None)}, "--place-order"),
        ({"flow": {"title": "Buy", "steps": [{"type": "waitForExpression", "expression": "alert(1)"}]}}, "steps[0]"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_starts(tmp_path, given, sentence):
    player = Player()
    refused = refusal(tmp_path, play=player, **given)
    assert refused.returncode == 2
    assert sentence in str(refused)
    assert REAL_CARD not in str(refused)
    assert player.jobs == []


def test_a_file_that_is_not_there_is_bad_usage(tmp_path):
    with pytest.raises(CommandError) as caught:
        call_command("replay", str(tmp_path / "nothing.json"))
    assert caught.value.returncode == 2


def test_an_order_is_placed_only_when_it_is_said(tmp_path):
    player = Player()
    command(tmp_path, "--place-order", flow=shop.flow(stop_after=None), play=player)
    assert player.placed == 1


def test_a_recording_of_chrome_is_taken_and_what_it_typed_becomes_test_data(tmp_path):
    recording = {
        "title": "Buy",
        "steps": [
            {"type": "navigate", "url": f"https://{shop.SHOP}/"},
            {"type": "change", "selectors": [["aria/E-mail"], ["#email"]], "target": "main", "value": "jane@example.com"},
            {"type": "click", "selectors": [["aria/Continue"]], "target": "main", "offsetX": 1, "offsetY": 1},
        ],
    }
    player = Player()
    command(tmp_path, flow=recording, data=None, play=player)
    assert list(player.jobs[0].plain.values()) == ["jane@example.com"]


def test_the_result_as_json_names_its_evidence(tmp_path):
    said = json.loads(command(tmp_path, "--json", "-"))
    assert said["status"] == "passed"
    assert len(said["steps"]) >= 14


def test_the_data_never_shows(tmp_path):
    assert not [value for value in shop.DATA.values() if value in command(tmp_path) + command(tmp_path, "--json", "-")]


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_it_plays_in_a_real_browser_and_writes_its_evidence(tmp_path):
    with shop.opened() as site:

        def play(job, *, settings, on_event) -> RunResult:
            return child.replay(
                job, settings=replace(settings, hosts=site.settings().hosts, trusted_key_pins=site.settings().trusted_key_pins), on_event=on_event
            )

        said = command(tmp_path, "--evidence", str(tmp_path / "evidence"), "--json", str(tmp_path / "result.json"), play=play)
    assert "PASSED" in said
    result = json.loads((tmp_path / "result.json").read_text())
    names = {path.name for path in (tmp_path / "evidence").iterdir()}
    assert names == set(result["artefacts"])
    assert {"step-00.jpg", "video.webm", "network.json", "console.json"} <= names
