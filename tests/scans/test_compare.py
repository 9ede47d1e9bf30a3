"""`manage.py compare`: the comparison without a database, as a pipeline calls it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from scans import snapshot as form
from tests.scans.sample_snapshot import sample_snapshot


def _written(folder, name, taken):
    path = folder / f"{name}.json"
    path.write_bytes(form.to_bytes(taken))
    return str(path)


def _whole():
    ok = form.Outcome(status="ok")
    taken = sample_snapshot()
    return replace(taken, outcome=ok, observations=[replace(seen, outcome=ok) for seen in taken.observations])


def _with_skimmer(taken):
    first = taken.observations[0]
    script = form.Script(url="https://skim.example/s.js", sha256="e" * 64, size=1, inline=False, party="third")
    request = form.Request(url=script.url, method="GET", type="script", host="skim.example", party="third", outcome="loaded", status=200)
    seen = replace(first, kind="payment", scripts=[*first.scripts, script], requests=[*first.requests, request])
    return replace(taken, observations=[seen, *taken.observations[1:]])


def test_equal_snapshots_have_no_changes(tmp_path, capsys):
    one = _written(tmp_path, "one", _whole())
    call_command("compare", one, one)
    assert json.loads(capsys.readouterr().out) == {"changes": []}


def test_changes_are_printed_the_gravest_first_and_the_exit_status_is_1(tmp_path, capsys):
    before, after = _written(tmp_path, "before", _whole()), _written(tmp_path, "after", _with_skimmer(_whole()))
    with pytest.raises(SystemExit) as ended:
        call_command("compare", before, before, after, "--least", "high")
    assert ended.value.code == 1
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert changes[0]["severity"] == "critical"
    assert "skim.example" in changes[0]["sentence"]
    assert [one["severity"] for one in changes] == sorted((one["severity"] for one in changes), key=["critical", "high"].index)


def test_a_dry_run_only_checks_the_files(tmp_path, capsys):
    before, after = _written(tmp_path, "before", _whole()), _written(tmp_path, "after", _with_skimmer(_whole()))
    call_command("compare", before, after, "--dry-run")
    assert capsys.readouterr().out == "2 snapshots can be compared.\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no json", "not JSON"), (b'{"version": 1}', "damaged"), (None, "cannot be read")],
)
def test_a_file_that_is_no_snapshot_is_bad_usage(tmp_path, content, words):
    good, bad = _written(tmp_path, "good", _whole()), tmp_path / "bad.json"
    if content is not None:
        bad.write_bytes(content)
    with pytest.raises(CommandError, match=words) as refused:
        call_command("compare", good, str(bad))
    assert refused.value.returncode == 2


def test_one_snapshot_is_bad_usage(tmp_path):
    with pytest.raises(CommandError, match="at least two") as refused:
        call_command("compare", _written(tmp_path, "one", _whole()))
    assert refused.value.returncode == 2


def test_a_scan_that_did_not_see_the_site_whole_is_not_compared(tmp_path):
    blocked = replace(_whole(), outcome=form.Outcome(status="inconclusive", reason="blocked", sentence="A challenge answered."))
    with pytest.raises(CommandError, match="A challenge answered") as refused:
        call_command("compare", _written(tmp_path, "one", _whole()), _written(tmp_path, "two", blocked))
    assert refused.value.returncode == 2
