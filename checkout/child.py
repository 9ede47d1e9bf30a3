"""One Test Run, played by a runner in a room of its own (`isolation`), with an egress guard that stands outside: the barrier is here, not in there.

    result = child.replay(job, settings=child.from_settings(settings), on_event=tell)

The runner has no way out but a listener that it gives us and that our guard serves. When the step at the stop point has ended, the guard is cut before the
runner hears of it; a runner that never asks, lies or hangs changes nothing about that. Before a step that may place the order, `on_event` gets `begin` and
must have returned before the runner may act. The runner's whole process tree is killed at the end, whatever happened.

`replay` blocks its thread (the runner ends with this thread), and calls `on_event` in it, so that Django's ORM may be used there.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from io import FileIO
from selectors import EVENT_READ, DefaultSelector
from typing import Any, cast

import structlog

from checkout import isolation, steps
from checkout.flow import Flow
from checkout.gate import Gate
from checkout.result import RunResult
from checkout.runner import protocol
from checkout.runner.protocol import Job
from checkout.tally import Tally
from scans import capture
from scans.capture import configuration
from tracefox import browser
from tracefox.browser import limits
from tracefox.egress.hosts import HostMap
from tracefox.egress.policy import Network

log = structlog.get_logger(__name__)
START_SECONDS, LAST_WORDS_SECONDS = 60, 20
LOOK_EVERY = 0.25
READ_SIZE = 1 << 20
ERROR_KEPT = 4000
OnEvent = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class ChildSettings:
    binary: str = "/usr/lib/chromium/chromium-headless-shell"
    hosts: HostMap = field(default_factory=HostMap)
    extra_deny: tuple[Network, ...] = ()
    trusted_key_pins: tuple[str, ...] = ()
    memory_bytes: int = 2 << 30


class Ended(Exception):
    """The run is over without the runner's word: which trouble, and a sentence for people."""

    def __init__(self, trouble: str, sentence: str) -> None:
        super().__init__(sentence)
        self.trouble, self.sentence = trouble, sentence


def from_settings(settings: Any) -> ChildSettings:
    known = capture.from_settings(settings)
    return ChildSettings(binary=known.binary, hosts=known.hosts, extra_deny=known.extra_deny, trusted_key_pins=known.trusted_key_pins)


def user_agent(binary: str) -> str:
    """What the browser calls itself: that of a scan, which says that it tests the checkout."""
    return configuration.user_agent(binary).replace("(+", "(checkout test; +")


def replay(job: Job, *, settings: ChildSettings, on_event: OnEvent, give_up: threading.Event | None = None) -> RunResult:
    """Play the run and give its result, whatever a shop or a runner does. Raises `steps.BadFlow`, `isolation.NoIsolation`, `browser.BrowserMissing`, and what
    `on_event` raises; the runner is gone then too."""
    flow = steps.parse(job.flow)
    job = replace(
        job,
        browser=job.browser or settings.binary,
        pins=job.pins or settings.trusted_key_pins,
        user_agent=job.user_agent or user_agent(settings.binary),
    )
    with closing(Gate(flow, hosts=settings.hosts, extra_deny=settings.extra_deny)) as gate, closing(_Runner(job, settings.memory_bytes)) as runner:
        try:
            return _Run(job, flow, gate=gate, runner=runner, on_event=on_event, give_up=give_up or threading.Event()).play()
        finally:
            gate.shut()  # before the browser is killed: whatever its pages try then, nothing leaves


class _Run:
    def __init__(self, job: Job, flow: Flow, *, gate: Gate, runner: _Runner, on_event: OnEvent, give_up: threading.Event) -> None:
        self.job, self.flow, self.gate, self.runner, self.on_event, self.give_up = job, flow, gate, runner, on_event, give_up
        self.tally = Tally(flow)
        self.began = time.monotonic()
        self.ends = self.began + START_SECONDS + flow.run_seconds + LAST_WORDS_SECONDS

    def play(self) -> RunResult:
        trouble = sentence = ""
        try:
            self.gate.serve(self.runner.listener(self._look))
            self.runner.tell(protocol.job_line(self.job))
            for event in self.runner.events(self._look):
                self._hear(event)
                if event["type"] == "end":
                    break
        except Ended as ended:
            trouble, sentence = ended.trouble, ended.sentence
        except protocol.Garbled as garbled:
            log.warning("runner_garbled", run=self.job.run, what=str(garbled))
            trouble, sentence = "runner-garbled", "The runner told something that cannot be, and was ended."
        if trouble == "" and self.gate.exceeded:
            trouble, sentence = self.gate.exceeded, "The shop's pages used up what one Test Run may load."
        took = round((time.monotonic() - self.began) * 1000)
        decisions = [asdict(decision) for decision in self.gate.decisions]
        return self.tally.result(cut=self.gate.is_cut, decisions=decisions, trouble=trouble, sentence=sentence, total_ms=took)

    def _hear(self, event: dict[str, Any]) -> None:
        self.tally.add(event)
        if self.tally.stop and not self.gate.is_cut:
            self.gate.cut()  # before anything else: the runner is not asked, and nobody is told first
        self.on_event(event)
        if event["type"] == "await_cut" and self.gate.is_cut:
            self.runner.tell(b'{"type": "cut"}\n')
        if event["type"] == "begin" and event["commits"]:
            self.runner.tell(b'{"type": "go"}\n')

    def _look(self) -> None:
        """Between events: is there a reason to end this?"""
        if self.give_up.is_set():
            raise Ended("given-up", "The run was ended before the test was through.")
        if time.monotonic() > self.ends:
            raise Ended("run-limit", "The run did not end in its time.")
        if self.runner.memory_exceeded():
            raise Ended("memory", "The shop's pages used up the memory that one Test Run may use.")


class _Runner:
    """The runner's process tree and its pipes."""

    def __init__(self, job: Job, memory_bytes: int) -> None:
        self._memory_bytes, self._looks = memory_bytes, 0
        browser.version(job.browser)
        self._ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = _start(job, theirs)
            except BaseException:
                self._ours.close()
                raise
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._stdin, self._stdout, self._stderr = (cast("FileIO", pipe) for pipe in pipes)  # they are pipes: asked for above, unbuffered
        with suppress(ProcessLookupError):
            resource.prlimit(self._process.pid, resource.RLIMIT_CORE, (0, 0))
        self._reader = protocol.Reader()
        self._errors = bytearray()

    def listener(self, look: Callable[[], None]) -> socket.socket:
        """What the runner listens on inside, for our guard."""
        ends = time.monotonic() + START_SECONDS
        self._ours.settimeout(LOOK_EVERY)
        while time.monotonic() < ends:
            look()
            with suppress(TimeoutError):
                message, doors, _, _ = socket.recv_fds(self._ours, 16, 1)
                if doors:
                    return socket.socket(fileno=doors[0])
                if not message:
                    break
        said = self._last_errors()
        log.error("runner_not_started", said=said)
        if said.startswith("bwrap:"):
            raise isolation.NoIsolation(f"{isolation.REFUSED} It says: {said.splitlines()[0][:200]}")
        raise Ended("not-started", "The runner did not start on our side. The shop has nothing to do with it.")

    def tell(self, line: bytes) -> None:
        view = memoryview(line)
        try:
            while view:
                view = view[self._stdin.write(view) :]
        except BrokenPipeError as error:
            raise Ended("runner-lost", "The runner ended before the test did.") from error

    def events(self, look: Callable[[], None]) -> Iterator[dict[str, Any]]:
        with DefaultSelector() as selector:
            selector.register(self._stdout, EVENT_READ)
            selector.register(self._stderr, EVENT_READ)
            while True:
                look()
                for key, _ in selector.select(LOOK_EVERY):
                    data = os.read(key.fd, READ_SIZE)
                    if not data:
                        selector.unregister(key.fileobj)
                    if key.fileobj is self._stderr:
                        self._errors = (self._errors + data)[-ERROR_KEPT:]
                    elif data:
                        yield from self._reader.feed(data)
                    else:
                        raise Ended("runner-lost", "The runner ended before the test did.")

    def memory_exceeded(self) -> bool:
        self._looks += 1
        return self._looks % 4 == 0 and limits.private_bytes(limits.tree(self._process.pid)) > self._memory_bytes

    def close(self) -> None:
        """Killed, never asked. The first process of the namespace takes all others with it."""
        limits.end(limits.tree(self._process.pid))
        self._process.wait()
        self._ours.close()
        for pipe in (self._stdin, self._stdout, self._stderr):
            pipe.close()

    def _last_errors(self) -> str:
        """What was written to stderr before there was a job, and with it a secret."""
        os.set_blocking(self._stderr.fileno(), False)
        return (self._errors + (self._stderr.read() or b"")).decode(errors="replace")[-ERROR_KEPT:]


def _start(job: Job, door: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        isolation.command(isolation.python("-m", "checkout.runner", str(door.fileno())), browser=job.browser),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[door.fileno()],
        env={},
        start_new_session=True,
        bufsize=0,
        cwd="/",
    )
