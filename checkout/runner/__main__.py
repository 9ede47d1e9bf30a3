"""`python -m checkout.runner FD`: hand the listener over through the socket FD, read one job on stdin, play it, tell events on stdout.

What is said here must never hold a secret: stdout belongs to `Voice`, which replaces every one; before a job is read stderr goes nowhere, and an error of ours
is told by its type and its place in our own code, without values.
"""

from __future__ import annotations

import array
import asyncio
import ctypes
import os
import resource
import socket
import sys
import traceback
from types import TracebackType

from playwright.async_api import async_playwright

from checkout.runner import protocol
from checkout.runner.voice import Voice

PROXY_PORT = 8080
PR_SET_DUMPABLE = 4
OURS = ("checkout", "scans", "tracefox")
SPAWN_SECONDS = 0.05
LOCKED = "The Test Data of this test does not open, or some of it is missing. Give its values again."
OURS_TO_MEND: dict[str, object] = {"type": "end", "status": "inconclusive", "stopped_as_defined": False, "total_ms": 0}


def main() -> None:
    keep_to_oneself()
    voice = Voice(own_stdout())
    hand_over(int(sys.argv[1]))
    silence()
    sys.excepthook = lambda kind, error, trace: voice.say(fault(kind, trace))
    asyncio.run(run(voice))


async def run(voice: Voice) -> None:
    """Playwright's driver takes most of a second to come up: it does so while the rest of the runner is loaded."""
    driver = asyncio.create_task(async_playwright().start())
    await asyncio.sleep(SPAWN_SECONDS)
    from checkout import cards, steps
    from checkout.runner import play, unsealing
    from checkout.runner import values as test_data
    from checkout.runner.masking import Secrets

    voice.say({"type": "ready"})
    job = protocol.read_job(sys.stdin.buffer.readline())
    flow = steps.parse(job.flow)
    try:
        values, secret = test_data.of(job, flow)
        cards.refuse(values, where="test data")  # what a recorder sealed, nobody but us has seen
    except (test_data.Missing, unsealing.Unreadable):
        voice.say(OURS_TO_MEND | {"reason": "test-data", "sentence": LOCKED})
        return
    except cards.RealCard as refused:
        voice.say(OURS_TO_MEND | {"reason": "real-card", "sentence": f"Nothing was typed. {refused}"})
        return
    secrets = Secrets(secret)
    voice.hide = secrets.hide
    del job.__dict__["private_key"], job.__dict__["plain"]
    await play.play(flow, values=values, secrets=secrets, voice=voice, settings=play.Settings.of(job, port=PROXY_PORT), driver=driver)


def keep_to_oneself() -> None:
    """No core dump, and no reading of our memory by a browser that shares our user."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def own_stdout() -> int:
    """Events alone go to what was stdout; whatever else prints, prints to stderr."""
    events = os.dup(1)
    os.set_inheritable(events, False)
    os.dup2(2, 1)
    return events


def silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def hand_over(door: int) -> None:
    """The guard listens for us in here, from out there."""
    with socket.socket(fileno=door) as parent, socket.create_server(("127.0.0.1", PROXY_PORT), backlog=512) as listener:
        parent.sendmsg([b"listener"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener.fileno()]))])


def fault(kind: type[BaseException], trace: TracebackType | None) -> dict[str, object]:
    """An error of ours as an end: type and places, never a value."""
    places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(trace) if any(f"/{package}/" in frame.filename for package in OURS)]
    sentence = f"The runner itself failed ({kind.__name__} at {' > '.join(places[-4:])}). The shop has nothing to do with it."
    return OURS_TO_MEND | {"reason": "runner-fault", "sentence": sentence}


if __name__ == "__main__":
    main()
