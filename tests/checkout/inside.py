"""What somebody who has taken over the runner would try: run as a program inside (and, as a control, outside). One attempt is one function that returns what it
got, or raises. `python -c <this file> <JSON of places>` prints one JSON object: name of the attempt -> what it got, or null.

Standard library only, since it is given as text.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLACES: dict[str, Any] = {}
IPC_PRIVATE_KEY = 0x54726163
PTRACE_ATTACH = 16
libc = ctypes.CDLL(None, use_errno=True)


def connect(host: str, port: int) -> str:
    with socket.create_connection((host, port), 2):
        return f"{host}:{port}"


def unix(address: str) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)
        return repr(address)


def read(path: str) -> str:
    return Path(path).read_text(errors="replace")[:40] or "empty"


def write(path: str) -> str:
    with open(path, "a") as file:
        file.write("")
    return path


def overwrite(path: str) -> str:
    """Opened for writing, and nothing written."""
    os.close(os.open(path, os.O_WRONLY))
    return path


def home() -> str:
    """Anything but the way to the interpreter."""
    found = set(os.listdir(PLACES["home"])) - set(PLACES["interpreter_at"].split("/"))
    if not found:
        raise OSError("nothing")
    return str(found)


def must(result: int) -> str:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return str(result)


def datagram() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect((PLACES["udp"][0], PLACES["udp"][1]))
        client.send(b"hello")
    raise OSError("sent; whether it arrived, the listener says")


def look_up() -> str:
    return str(socket.getaddrinfo("example.com", 443))


def environments() -> str:
    """Of every process that can be seen."""
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if entry.isdigit() and PLACES["canary"] in Path(f"/proc/{entry}/environ").read_text(errors="replace"):
                return entry
    raise OSError("in none of them")


def memory() -> str:
    with open(f"/proc/{PLACES['pid']}/mem", "rb"):
        return "opened"


def inherited() -> str:
    """Whatever was left open for us, but standard streams and what this program opened itself."""
    found = [os.readlink(f"/proc/self/fd/{number}") for number in range(3, 64) if os.path.exists(f"/proc/self/fd/{number}")]
    if not found:
        raise OSError("nothing")
    return str(found)


def host_name() -> str:
    if os.uname().nodename != PLACES["host"]:
        raise OSError("another name")
    return str(PLACES["host"])


def become_root() -> str:
    os.setuid(0)
    return "root"


def own_environment() -> str:
    found = {name for name in os.environ if any(word in name for word in ("KEY", "SECRET", "URL", "TOKEN", "PASSWORD", "AWS", "TRACEFOX", "DJANGO"))}
    if not found:
        raise OSError("nothing in it")
    return str(found)


def processes() -> str:
    with open(f"/proc/{PLACES['pid']}/cmdline") as file:
        words = file.read()
    if PLACES["program"] not in words:
        raise OSError("another process has this number here")
    return words[:40]


def enter(kind: str) -> str:
    with open(f"/proc/{PLACES['pid']}/ns/{kind}") as other:
        return must(libc.setns(other.fileno(), 0))


ATTEMPTS: dict[str, Callable[[], str]] = {
    "connect to Postgres": lambda: connect(*PLACES["postgres"]),
    "connect to Redis": lambda: connect(*PLACES["redis"]),
    "connect to the object storage": lambda: connect(*PLACES["s3"]),
    "connect to a server of this machine": lambda: connect(*PLACES["web"]),
    "connect to the metadata address": lambda: connect("169.254.169.254", 80),
    "connect to the metadata address of IPv6": lambda: connect("fd00:ec2::254", 80),
    "connect to a public address": lambda: connect("93.184.216.34", 443),
    "send a datagram": datagram,
    "look up a name": look_up,
    "connect to an abstract socket": lambda: unix("\0" + PLACES["abstract"]),
    "connect to a socket in the file system": lambda: unix(PLACES["socket"]),
    "read a file in the temporary folder": lambda: read(PLACES["file"]),
    "read sealed data in the storage's folder": lambda: read(PLACES["object"]),
    "read the passwords of the machine": lambda: read("/etc/shadow"),
    "read the home of the user": home,
    "read the settings of the project": lambda: read(PLACES["pyproject"]),
    "read the history of the project": lambda: str(os.listdir(PLACES["git"])),
    "read the host's name": host_name,
    "find a canary in an environment": environments,
    "find secrets in the own environment": own_environment,
    "find the worker among the processes": processes,
    "read the environment of the worker": lambda: "".join(read(f"/proc/{PLACES['pid']}/environ").split(PLACES["canary"])[1:2]) or must(-1),
    "open the memory of the worker": memory,
    "stop the worker": lambda: must(libc.kill(PLACES["pid"], 0)) if PLACES["pid"] > 50 else must(-1),
    "trace the worker": lambda: must(libc.ptrace(PTRACE_ATTACH, PLACES["pid"], 0, 0)),
    "enter the worker's network": lambda: enter("net"),
    "enter the worker's file system": lambda: enter("mnt"),
    "find shared memory": lambda: must(libc.shmget(IPC_PRIVATE_KEY, 0, 0)),
    "find what was left open": inherited,
    "write into the project": lambda: write(PLACES["code"]),
    "write into the interpreter": lambda: write(PLACES["interpreter"]),
    "write into the machine's programs": lambda: write("/usr/bin/env"),
    "write into the list of users": lambda: write("/etc/passwd"),
    "become root": become_root,
    "mount a file system": lambda: must(libc.mount(b"none", PLACES["folder"].encode(), b"tmpfs", 0, b"")),
    "open a raw socket": lambda: str(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).fileno()),
    "read the kernel's log": lambda: read("/dev/kmsg") and "read",
    "open the machine's memory": lambda: overwrite("/dev/mem"),
    "name a program for the kernel to run": lambda: overwrite("/proc/sys/kernel/core_pattern"),
    "change a setting of the kernel": lambda: overwrite("/proc/sys/vm/overcommit_memory"),
    "change the host's name": lambda: overwrite("/proc/sys/kernel/hostname"),
    "ask the kernel to restart": lambda: overwrite("/proc/sysrq-trigger"),
}


def tried() -> dict[str, str | None]:
    """`leave` names attempts that are not made: outside, as root, they would change this machine."""
    found: dict[str, str | None] = {}
    for name, attempt in ATTEMPTS.items():
        if name in PLACES["leave"]:
            continue
        try:
            found[name] = attempt()
        except (OSError, ValueError) as error:
            found[name] = None
            print(f"{name}: {error}", file=sys.stderr)
    return found


if __name__ == "__main__":
    PLACES.update(json.loads(sys.argv[1]))
    print(json.dumps(tried()))
