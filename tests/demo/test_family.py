"""The demo's programs live and die with it, and so does whatever they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import become_true, is_alive

# A program that starts one of its own, which leaves the group, does not want to go, and loses its parent.
STUBBORN = """
import os, signal, sys, time
def write(name):  # whole or not at all: whoever sees it may end us at once
    path = os.path.join(sys.argv[1], name)
    with open(path + ".new", "w") as file:
        file.write(str(os.getpid()))
    os.rename(path + ".new", path)
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        write("stray")
        time.sleep(600)
    os._exit(0)
os.wait()
write("program")
time.sleep(600)
"""

# What the demo does, in small. A process of its own, because a family takes everything below it along.
PARENT = """
import os, subprocess, sys, time
from pathlib import Path
from demo.family import Family, ProgramEnded
from tracefox.embedded.server import privileges
folder = Path(sys.argv[1])
bystander = subprocess.Popen([*privileges(None), "sleep", "600"])
family = Family(folder=folder / "logs", environment=os.environ, spare=[bystander.pid])
family.start("stubborn", "-c", sys.argv[2], str(folder))
while not ((folder / "stray").exists() and (folder / "program").exists()):
    family.check()
    time.sleep(0.02)
print("up", flush=True)
sys.stdin.readline()
family.end(patience=5)
print("bystander", "lives" if bystander.poll() is None else "is gone", flush=True)
bystander.kill()
bystander.wait()
"""


@pytest.fixture
def parent(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), STUBBORN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as running:
        assert running.stdout
        assert running.stdout.readline() == "up\n"
        yield running


def pid_of(name, folder):
    return int((folder / name).read_text())


def test_ending_takes_the_strays_along_and_spares_what_is_somebody_elses(parent, tmp_path):
    said, _ = parent.communicate("end\n", timeout=60)
    assert said == "bystander lives\n"
    assert parent.returncode == 0
    assert not is_alive(pid_of("program", tmp_path))
    assert not is_alive(pid_of("stray", tmp_path))


def test_a_program_goes_when_the_demo_is_killed(parent, tmp_path):
    os.kill(parent.pid, signal.SIGKILL)
    program = pid_of("program", tmp_path)
    assert become_true(lambda: not is_alive(program))
    os.kill(pid_of("stray", tmp_path), signal.SIGKILL)


def test_a_program_that_ended_says_its_last_words(tmp_path):
    watching = "import os, sys, time; from pathlib import Path; from demo.family import Family, ProgramEnded\n"
    watching += "family = Family(folder=Path(sys.argv[1]), environment=os.environ); family.start('poet', '-c', 'raise SystemExit(\"so long\")')\n"
    watching += "try:\n    while True: family.check(); time.sleep(0.02)\nexcept ProgramEnded as end: print(end)"
    done = subprocess.run([sys.executable, "-c", watching, str(tmp_path)], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True)
    assert done.stdout == "poet ended with status 1. Its log ends:\n    so long\n"
