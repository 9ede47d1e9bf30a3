"""`manage.py observe`: what it takes, what it writes, and how it ends."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from scans import capture
from scans import snapshot as form
from scans.capture import Target
from scans.snapshot import Captured, Outcome
from tests.scans.sample_snapshot import sample_captured, sample_snapshot

SHOP = "https://www.your-client.com/"


class Visit:
    """Stands in for the browser: notes what it was asked to see, and has seen the sample."""

    def __init__(self, captured: Captured | None = None) -> None:
        self.captured = captured or sample_captured()
        self.targets: list[Target] = []

    def __call__(self, targets, *, settings, progress):
        assert isinstance(settings, capture.CaptureSettings)
        progress("Loading the page", 0)
        self.targets = list(targets)
        return self.captured


def observe(*arguments: str, visit: Visit | None = None) -> tuple[str, str, Visit]:
    out, err, visit = io.StringIO(), io.StringIO(), visit or Visit()
    call_command("observe", *arguments, visit=visit, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue(), visit


def test_pages_and_policy_pages_are_visited_in_order():
    _out, _err, visit = observe("your-client.com/a", "http://your-client.com/b", "--policy", "your-client.com/privacy")

    assert visit.targets == [
        Target("https://your-client.com/a"),
        Target("https://your-client.com/b"),
        Target("https://your-client.com/privacy", "policy"),
    ]


def test_what_was_seen_is_told_in_tables():
    out, err, _visit = observe(SHOP)

    assert "Google Tag Manager" in out
    assert err == ""


def test_the_snapshot_is_written_to_standard_output_and_nothing_else():
    out, _err, _visit = observe(SHOP, "--json", "-")

    assert form.from_bytes(out.encode()) == sample_snapshot()


def test_the_snapshot_is_written_to_a_file_beside_the_tables(tmp_path):
    out, _err, _visit = observe(SHOP, "--json", str(tmp_path / "seen.json"))

    assert form.from_bytes((tmp_path / "seen.json").read_bytes()) == sample_snapshot()
    assert "Google Tag Manager" in out


def test_evidence_is_written_under_its_hash_and_nothing_of_it_runs(tmp_path):
    observe(SHOP, "--evidence", str(tmp_path / "new" / "folder"))

    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert {hashlib.sha256(file.read_bytes()).hexdigest() for file in files} == set(sample_captured().evidence)
    assert {file.suffix for file in files} == {".png", ".txt"}
    assert all(file.stem.endswith(hashlib.sha256(file.read_bytes()).hexdigest()) for file in files)


@pytest.mark.parametrize("status", ["inconclusive", "failed"])
def test_what_could_not_be_seen_ends_with_1_and_a_sentence(status, tmp_path):
    unseen = sample_snapshot(outcome=Outcome(status=status, reason="challenge", sentence="A challenge page answered instead of the site."))
    visit = Visit(Captured(snapshot=unseen, evidence=sample_captured().evidence))

    with pytest.raises(CommandError, match=r"A challenge page answered instead of the site\.") as ended:
        observe(SHOP, "--json", str(tmp_path / "seen.json"), visit=visit)

    assert ended.value.returncode == 1
    assert json.loads((tmp_path / "seen.json").read_text())["outcome"]["status"] == status


def test_every_bad_address_is_told_before_anything_is_visited():
    visit = Visit()

    with pytest.raises(CommandError) as ended:
        observe("ftp://your-client.com", SHOP, "--policy", "10.0.0.1", visit=visit)

    assert ended.value.returncode == 2
    assert str(ended.value).count("\n") == 1
    assert visit.targets == []


def test_a_file_that_cannot_be_written_is_told_before_anything_is_visited(tmp_path):
    visit = Visit()

    with pytest.raises(CommandError, match=r"cannot be written") as ended:
        observe(SHOP, "--json", str(tmp_path / "no" / "folder" / "x.json"), visit=visit)

    assert ended.value.returncode == 2
    assert visit.targets == []


def test_it_needs_an_address():
    with pytest.raises(CommandError, match=r"URL"):
        observe()


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As a pipeline calls it: no database, queue or storage is in reach."""
    root = Path(__file__).parents[2]
    nowhere = {"DATABASE_URL": "postgres://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0", "S3_ENDPOINT_URL": "http://127.0.0.1:1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRACEFOX_", "AWS_"))}
    command = [sys.executable, "manage.py", "observe", *arguments]
    return subprocess.run(command, cwd=root, env=kept | nowhere | environment, capture_output=True, text=True, check=False, timeout=100)


def test_called_wrongly_the_process_ends_with_2():
    for arguments in ([], ["ftp://your-client.com"], ["--colour", SHOP]):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.browser
def test_a_real_page_is_seen_and_one_that_is_broken_ends_with_1():
    from demo.web import Reply, Web

    page = b"<!doctype html><title>Tea</title><h1>Tea</h1><script>document.cookie = 'cart=1'</script>"
    sites = {
        "tea.tracefox.test": lambda _hit: Reply(page, headers=[("Content-Type", "text/html")]),
        "broken.tracefox.test": lambda _hit: Reply(b"<h1>Broken</h1>", status=500, headers=[("Content-Type", "text/html")]),
    }
    with Web(sites) as web:
        opened = {"TRACEFOX_EGRESS_HOSTS": str(web.hosts_file), "TRACEFOX_EGRESS_CA": str(web.ca_file)}
        browser = {"TRACEFOX_BROWSER": "/usr/lib/chromium/chromium-headless-shell"}
        seen = run("https://tea.tracefox.test/", "--json", "-", **opened, **browser)
        unseen = run("https://broken.tracefox.test/", **opened, **browser)

    assert seen.returncode == 0, seen.stderr
    document = form.from_bytes(seen.stdout.encode())
    assert [observation.dom.title for observation in document.observations] == ["Tea"]
    assert [cookie.name for observation in document.observations for cookie in observation.cookies] == ["cart"]
    assert unseen.returncode == 1
    assert unseen.stderr
