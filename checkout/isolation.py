"""The room that a Test Run is played in: a command line of bubblewrap that gives a program new namespaces and shows it next to nothing of this machine.

Inside there is no network but an own loopback, no process but its own, no environment, no capability, a user that owns nothing, a small `/tmp`; and read-only
the operating system's programs, the Python that runs us, and the packages named in PACKAGES. No setting, no secret and no data of Tracefox lies in any.
To show the inside one more thing: add a line to `_seen`, and ask in `tests/checkout/test_battery.py` what could be done with it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("checkout", "scans", "tracefox")
ROOM_IN_TMP = 768 << 20
NOBODY = "65534"
SCRATCH = "/tmp"  # noqa: S108  its own, inside


class NoIsolation(Exception):
    """A Test Run cannot be isolated on this machine. The message says what is missing."""


def command(program: Sequence[str], *, browser: str) -> list[str]:
    """What to start, with an empty environment, so that `program` runs inside. It and all its children end with the process that started it."""
    bubblewrap = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if not bubblewrap:
        raise NoIsolation("Test Runs are isolated by bubblewrap, which is not installed. Install it with: apt-get install bubblewrap, or run: sh setup.sh.")
    return [
        bubblewrap,
        *("--unshare-all", "--die-with-parent", "--new-session", "--hostname", "runner"),
        *("--uid", NOBODY, "--gid", NOBODY, "--cap-drop", "ALL"),
        *_seen(browser),
        *_environment(),
        *("--chdir", SCRATCH, "--"),
        *program,
    ]


def python(*arguments: str) -> list[str]:
    """Our interpreter, as it is called inside."""
    return [str(Path(sys.prefix, "bin", "python")), "-s", "-B", *arguments]


def _seen(browser: str) -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("bin", "lib", "lib64"):
        if Path("/", name).exists():
            yield from ("--symlink", f"usr/{name}", f"/{name}")
    yield from ("--ro-bind-try", "/etc/fonts", "/etc/fonts", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind", "/etc/passwd", "/etc/passwd")
    yield from ("--proc", "/proc", "--dev", "/dev", "--size", str(ROOM_IN_TMP), "--tmpfs", SCRATCH)
    for folder in _folders(browser):
        yield from ("--ro-bind", folder, folder)


def _folders(browser: str) -> list[str]:
    """Folders beside `/usr`, each once. What lies inside `/usr` is there already."""
    wanted = [sys.base_prefix, sys.prefix, *(str(ROOT / package) for package in PACKAGES), str(Path(browser).resolve().parent)]
    return [folder for folder in dict.fromkeys(wanted) if not folder.startswith("/usr/") and folder not in ("/usr", "/bin")]


def _environment() -> Iterator[str]:
    yield "--clearenv"
    values = {"PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": SCRATCH, "PYTHONPATH": str(ROOT)}
    for name, value in values.items():
        yield from ("--setenv", name, value)
