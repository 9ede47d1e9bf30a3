"""`make demo`, whole: real servers, workers and browser, from nothing to a scan of the shop, and no process afterwards."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.processes import become_true
from tests.servers import make_root
from tracefox import embedded

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def folder():
    place = make_root() / "a demo"
    yield place
    embedded.erase(place)
    place.parent.rmdir()


@contextmanager
def demo(*arguments, **environment):
    """The demo as a terminal starts it, without anything of this test run in its environment."""
    clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **environment}
    by_terminal = ["env", "--default-signal=INT"]  # in the background of a shell, this test run and all that it starts would be deaf to Ctrl-C
    command = [*by_terminal, sys.executable, "-m", "demo", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True) as running:
        try:
            yield running
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGTERM)
                running.wait(60)


def said_until(running, mark):
    """What it printed up to the line that holds the mark."""
    lines = []
    for line in running.stdout:
        lines.append(line)
        if mark in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def found(pattern, text):
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def left_over(folder):
    """Processes that work in this folder or know its name."""
    remaining = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes() + os.readlink(process / "cwd").encode()
        except OSError:  # it ended, or is none of ours
            continue
        if str(folder).encode() in words and int(process.name) != os.getpid():
            remaining.append(words[:200])
    return remaining


def asked(url, **headers):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("GET", parts.path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def test_the_demo_shows_a_scan_opens_its_doors_and_ends_with_ctrl_c(folder):
    with demo("--folder", str(folder)) as running:
        said = said_until(running, "Ctrl-C ends everything.")
        assert re.search(r"^https://www\.kesselhaus-demo\.shop/ +ok +200 ", said, re.MULTILINE)
        assert re.search(r"^Google Tag Manager +GTM-", said, re.MULTILINE)
        assert re.search(r"^The pages tried to send data [1-9]\d* times; 0 of these were delivered\.$", said, re.MULTILINE)

        first, quiet, busy = re.split(r"^A day on which .*$", said, flags=re.MULTILINE)
        assert "Alert: " not in first
        assert "Nothing to tell." in quiet
        assert {("Critical", "Script"), ("Critical", "Tag"), ("High", "Cookie"), ("High", "Policy")} <= set(re.findall(r"^  (\w+) +(\w+) ", busy, re.MULTILINE))
        assert re.search(r"^Alert: .+ [1-9]\d* changes\.", busy, re.MULTILINE)
        assert "metrics.example.net" in busy

        passed, failed = re.split(r"^Somebody lays an invitation .*$", busy, flags=re.MULTILINE)
        assert re.search(r"^Test Run: passed, ", passed, re.MULTILINE)
        assert re.search(r"^Test Run: failed, ", failed, re.MULTILINE)
        assert "covered by a dialog .newsletter" in failed
        assert re.search(r"^  Test Run   http://", failed, re.MULTILINE)

        origin = found(r"Dashboard +(http://[^/]+)/w/", said)
        status, body = asked(f"{origin}/accounts/login/")
        assert (status, "Log in" in body) == (200, True)
        key, listing = found(r"Bearer (\S+)'", said), f"{origin}/api/v1/sites/"
        status, body = asked(listing, Authorization=f"Bearer {key}")
        assert status == 200
        assert "kesselhaus-demo.shop" in json.dumps(json.loads(body))
        assert asked(listing)[0] == 401

        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=60)
        assert rest.strip().endswith("Stopped.")
        assert running.returncode == 0
    assert left_over(folder) == []


def test_ending_it_in_the_middle_of_a_scan_leaves_no_browser_behind(folder):
    with demo("--once", "--folder", str(folder)) as running:
        said_until(running, "Scan: Loading")
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
        assert running.returncode == 130
    assert left_over(folder) == []


def test_killing_it_leaves_nothing_behind_either(folder):
    with demo("--once", "--folder", str(folder)) as running:
        said_until(running, "Scan: ")
        running.kill()
        running.communicate(timeout=60)
    assert become_true(lambda: left_over(folder) == [])  # its worker ends the scan first


def test_without_a_browser_it_says_what_to_install(folder):
    with demo("--once", "--folder", str(folder), TRACEFOX_BROWSER="/nowhere/chromium") as running:
        said, _ = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "there is no browser at /nowhere/chromium" in said
    assert "apt-get install chromium-headless-shell" in said
    assert left_over(folder) == []
