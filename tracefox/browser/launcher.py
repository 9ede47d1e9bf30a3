#!/usr/bin/env -S python3 -ISE
"""What Playwright starts in Chromium's place: it shuts itself into an empty network namespace, hands over the two doors, and becomes Chromium.

Doors handed to the worker over the Unix socket that TRACEFOX_LAUNCH names: the egress guard's listener (bound inside the namespace, the only thing there to
connect to) and both DevTools pipes, Playwright's and Chromium's, so that Playwright and the capture can speak to the same browser. As root it gives up
root before it becomes Chromium; Chromium's own sandbox stays on. Standard library only: it runs without Tracefox's packages.
"""

import array
import contextlib
import ctypes
import fcntl
import os
import resource
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, SIGKILL = 1, 9
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
PROXY_PORT = 8080


def isolate(libc: ctypes.CDLL) -> socket.socket:
    """Enter a network namespace with nothing in it but a loopback interface, and listen there for the guard."""
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWNET if uid == 0 else CLONE_NEWUSER | CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "The kernel refuses a network namespace; see TRACEFOX_EGRESS_ISOLATION in docs/settings.md")
    if uid:
        with contextlib.suppress(FileNotFoundError):
            write("/proc/self/setgroups", "deny")
        write("/proc/self/uid_map", f"{uid} {uid} 1")
        write("/proc/self/gid_map", f"{gid} {gid} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))
    listener = socket.socket()
    listener.bind(("127.0.0.1", PROXY_PORT))
    listener.listen(512)
    return listener


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def hand_over(doors: list[int]) -> tuple[int, int]:
    """Send the doors to the worker; give back Chromium's ends of its DevTools pipe."""
    commands_out, commands_in = os.pipe()
    answers_out, answers_in = os.pipe()
    with socket.socket(socket.AF_UNIX) as worker:
        worker.connect(os.environ.pop("TRACEFOX_LAUNCH"))
        rights = array.array("i", [commands_in, answers_out, 3, 4, *doors])
        worker.sendmsg([str(os.getpid()).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        worker.recv(1)  # the worker holds its copies now
    return commands_out, answers_in


def give_up_root(profile: str) -> None:
    if os.getuid() == 0:
        import pwd

        nobody = pwd.getpwnam("nobody")
        if profile:
            os.chown(profile, nobody.pw_uid, nobody.pw_gid)
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)


def main() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    binary, isolation = os.environ.pop("TRACEFOX_BINARY"), os.environ.pop("TRACEFOX_ISOLATION")
    listener = isolate(libc) if isolation == "netns" else None
    commands, answers = hand_over([listener.fileno()] if listener else [])
    profile = next((word.partition("=")[2] for word in sys.argv if word.startswith("--user-data-dir=")), "")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    give_up_root(profile)
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL)  # after the change of user, which clears it
    os.environ["HOME"] = profile or "/nonexistent"
    commands, answers = fcntl.fcntl(commands, fcntl.F_DUPFD, 64), fcntl.fcntl(answers, fcntl.F_DUPFD, 64)
    os.dup2(commands, 3)
    os.dup2(answers, 4)
    os.closerange(5, 4096)
    os.execv(binary, [binary, *sys.argv[1:]])


if __name__ == "__main__":
    main()
