"""The room that a Test Run is played in: a command line of bubblewrap that gives a program new namespaces and shows it next to nothing of this machine.

Inside there is no network but an own loopback, no process but its own, no environment, no capability, a user that owns nothing, a small `/tmp`; and read-only
the operating system's programs, the Python that runs us, and the packages named in PACKAGES. No setting, no secret and no data of Tracefox lies in any.
To show the inside one more thing: add a line to `_seen`, and ask in `tests/checkout/test_battery.py` what could be done with it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("checkout", "scans", "tracefox")
ROOM_IN_TMP = 768 << 20
NOBODY = "65534"
# A user namespace of root's would leave the program root in the kernel's eyes, who may write into /proc/sys. So root makes none, and gives up root.
AS_OTHERS = ("--unshare-all", "--uid", NOBODY, "--gid", NOBODY, "--cap-drop", "ALL")
AS_ROOT = (
    *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"),
)
GIVE_UP_ROOT = (
    *("/usr/bin/setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"),
    *("--inh-caps", "-all", "--bounding-set", "-all", "--no-new-privs", "--"),
)
SCRATCH = "/tmp"  # noqa: S108  its own, inside


REFUSED = "This machine does not let bubblewrap isolate Test Runs: it needs user namespaces, and in a container leave to mount (docs/replay.md)."


class NoIsolation(Exception):
    """A Test Run cannot be isolated on this machine. The message says what is missing."""


def command(program: Sequence[str], *, browser: str) -> list[str]:
    """What to start, with an empty environment, so that `program` runs inside. It and all its children end with the process that started it."""
    bubblewrap = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if not bubblewrap:
        raise NoIsolation("Test Runs are isolated by bubblewrap, which is not installed. Install it with: apt-get install bubblewrap, or run: sh setup.sh.")
    return [
        bubblewrap,
        *("--die-with-parent", "--new-session", "--hostname", "runner"),
        *(AS_ROOT if os.getuid() == 0 else AS_OTHERS),
        *_seen(browser),
        *_environment(),
        *("--chdir", SCRATCH, "--"),
        *(GIVE_UP_ROOT if os.getuid() == 0 else ()),
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
    yield from ("--perms", "0755", "--dir", "/etc")
    yield from ("--ro-bind-try", "/etc/fonts", "/etc/fonts", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind", "/etc/passwd", "/etc/passwd")
    yield from ("--proc", "/proc", "--dev", "/dev")
    for folder in (SCRATCH, "/dev/shm"):  # noqa: S108
        yield from ("--size", str(ROOM_IN_TMP), "--perms", "1777", "--tmpfs", folder)
    folders = _folders(browser)
    for way in dict.fromkeys(str(parent) for folder in folders for parent in reversed(Path(folder).parents[:-1])):
        yield from ("--perms", "0755", "--dir", way)
    for folder in folders:
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
