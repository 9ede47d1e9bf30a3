"""From inside the runner's room everything that must not be reached is tried, and none of it is. Outside, the same program shows that it has teeth."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings

from checkout import isolation, sealing
from checkout.runner import unsealing
from tests.checkout import inside

PROGRAM = Path(inside.__file__).read_text()
CANARY = "canary-8c1f2a"
# These the machine itself may refuse to anybody, outside too, depending on who runs the tests.
TOOTHLESS = {
    *("connect to the metadata address", "connect to the metadata address of IPv6", "connect to a public address", "send a datagram", "look up a name"),
    *("find secrets in the own environment", "find what was left open", "trace the worker", "read the kernel's log"),
    *("read sealed data in the storage's folder",),
}
ONLY_AS_ROOT = {
    *("read the passwords of the machine", "open a raw socket", "enter the worker's network", "enter the worker's file system"),
}
# Made inside only: outside they would change this machine, or what others on it see.
NEVER_OUTSIDE = {
    *("mount a file system", "become root", "write into the machine's programs", "write into the list of users", "change a setting of the kernel"),
    *("name a program for the kernel to run", "change the host's name", "ask the kernel to restart"),
    *("open the machine's memory", "write into the interpreter", "write into the project"),
}


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """Stands for the worker: a process of this machine with a canary in its environment."""
    sleeping = subprocess.Popen([sys.executable, "-c", "input()", "the-worker"], stdin=subprocess.PIPE, env={"WORKERS_SECRET": CANARY})
    yield sleeping
    sleeping.kill()
    sleeping.communicate()


@pytest.fixture
def places(tmp_path, worker) -> Iterator[dict]:
    with ExitStack() as stack:
        web, udp = stack.enter_context(socket.create_server(("127.0.0.1", 0))), stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        for name, address in (("named", str(tmp_path / "socket")), ("abstract", f"\0tracefox-{os.getpid()}")):
            listening = stack.enter_context(socket.socket(socket.AF_UNIX))
            listening.bind(address)
            listening.listen(8)
            assert name
        shared = int(inside.must(inside.libc.shmget(inside.IPC_PRIVATE_KEY, 4096, 0o1600)))
        stack.callback(inside.libc.shmctl, shared, 0, None)
        (tmp_path / "file").write_text(CANARY)
        yield {
            "postgres": _place(os.environ["DATABASE_URL"]),
            "redis": _place(os.environ["REDIS_URL"]),
            "s3": _place(os.environ["S3_ENDPOINT_URL"]),
            "web": web.getsockname(),
            "udp": udp.getsockname(),
            "abstract": f"tracefox-{os.getpid()}",
            "socket": str(tmp_path / "socket"),
            "file": str(tmp_path / "file"),
            "object": str(tmp_path / "object"),
            "home": str(Path.home()),
            "pyproject": str(isolation.ROOT / "pyproject.toml"),
            "git": str(isolation.ROOT / "tests"),
            "code": str(isolation.ROOT / "checkout" / "__init__.py"),
            "interpreter_at": sys.base_prefix,
            "interpreter": str(Path(sys.prefix) / "pyvenv.cfg"),
            "host": socket.gethostname(),
            "canary": CANARY,
            "folder": "/tmp",  # its own, inside
            "leave": [],
            "program": "the-worker",
            "pid": worker.pid,
        }


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 5432


def tried(command: list[str], places: dict) -> dict[str, str | None]:
    done = subprocess.run([*command, "-c", PROGRAM, json.dumps(places)], capture_output=True, text=True, timeout=100, env={}, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, str | None] = json.loads(done.stdout)
    return found


def test_nothing_of_this_machine_is_reached_from_inside(places, capsys):
    found = tried(isolation.command(isolation.python(), browser=settings.BROWSER), places)
    succeeded = {name: got for name, got in found.items() if got is not None}
    with capsys.disabled():
        print(f"\nisolation: {len(found)} tried, {len(succeeded)} succeeded")
    assert succeeded == {}
    assert len(found) >= 20


def test_outside_the_same_attempts_have_teeth(places):
    found = tried([sys.executable], places | {"folder": "", "leave": sorted(NEVER_OUTSIDE)})
    harmless = TOOTHLESS | (set() if os.getuid() == 0 else ONLY_AS_ROOT)
    assert [name for name, got in found.items() if got is None and name not in harmless] == []


def test_the_private_key_of_one_workspace_opens_nothing_of_another_and_nothing_that_was_moved():
    mine, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    here = sealing.context("workspace|test", name="card.number", version=1)
    box = sealing.seal("4242424242424242", public_key=mine.public_key().public_bytes_raw(), context=here)
    assert unsealing.unseal(box, private_key=mine.private_bytes_raw(), context=here) == "4242424242424242"
    moved = [
        (other, here, box),
        (mine, sealing.context("another|test", name="card.number", version=1), box),
        (mine, sealing.context("workspace|other", name="card.number", version=1), box),
        (mine, sealing.context("workspace|test", name="card.cvc", version=1), box),
        (mine, sealing.context("workspace|test", name="card.number", version=2), box),
        (mine, here, box[:-1]),
        (mine, here, box[:60] + bytes([box[60] ^ 1]) + box[61:]),
        (mine, here, b""),
    ]
    for key, context, changed in moved:
        with pytest.raises(unsealing.Unreadable):
            unsealing.unseal(changed, private_key=key.private_bytes_raw(), context=context)
