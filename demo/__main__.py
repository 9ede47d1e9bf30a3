"""`python -m demo`: the whole product on this machine, and a shop for it to watch.

Real servers, real workers and a real browser; the shop and its third parties answer on loopback, and nothing leaves the machine. It puts the shop under watch,
waits for the scan and prints what was found. Then two more days pass in the shop: one on which only such things moved as move in every shop, and one on which
somebody meddled with it; each is scanned, and what there is to tell is printed. Last, a Checkout Test buys in the shop; then the shop is broken, and the test
shows how. It stays up; with `--once` it ends there, status 0 if all scans are ok and the Test Runs came out as they must. Data and logs lie in `.run`, or in
`--folder`.
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import django

from demo.family import Family, ProgramEnded
from demo.programs import PROGRAMS
from demo.progress import Line, step
from tracefox import embedded

if TYPE_CHECKING:
    from checkout.models import CheckoutTest, TestRun
    from demo.workspace import Login
    from scans.models import Scan

FOLDER = Path(__file__).resolve().parent.parent / ".run"
PATIENCE = 300.0
DAYS = {
    "noise": "A day on which nothing happened: a new release, other tokens, another arm of the experiment",
    "changed": "A day on which somebody meddled: a tracker, a cookie, a pixel's account, a tampered file, a skimmer, the privacy policy",
}
"""Variants of the shop, in the order in which they come, and what the terminal says of them."""

BROKEN = "Somebody lays an invitation to a newsletter over the payment page"


class DemoFailed(Exception):
    """The demo could not show what it is for. The message says why."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description="The whole product on this machine, and a shop for it to watch.")
    parser.add_argument("--once", action="store_true", help="end after the scans and the runs; status 0 if they came out as they must")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where data and logs lie")
    wanted = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with step("Postgres, Redis and S3"):
            servers = embedded.start(wanted.folder, given=os.environ)
        with quietly_ending(servers.stop):
            show(servers, folder=wanted.folder.absolute(), once=wanted.once)
    except (DemoFailed, ProgramEnded, embedded.ServerFailed, embedded.AlreadyRunning) as reason:
        print(f"\nThe demo ended: {reason}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)
        return 130 if wanted.once else 0
    return 0


def show(servers: embedded.Servers, *, folder: Path, once: bool) -> None:
    """From running servers to a printed scan. Every program started here has ended when this returns."""
    door = open_door()
    origin = f"http://127.0.0.1:{door.getsockname()[1]}"
    os.environ |= servers.environment | {
        "TRACEFOX_ORIGIN": origin,
        "TRACEFOX_EGRESS_HOSTS": str(folder / "shop" / "hosts"),
        "TRACEFOX_EGRESS_CA": str(folder / "shop" / "ca.pem"),
        "DJANGO_SETTINGS_MODULE": "tracefox.settings",
    }
    family = Family(folder=folder / "logs", environment=os.environ, spare=[server.process.pid for server in servers.running if server.process])
    with quietly_ending(family.end):
        with step("Demo shop"):
            start_shop(family, folder / "shop")
        with step("Database"):
            django.setup()
            from demo import workspace

            must_have_a_browser()
            workspace.migrate()
            login = workspace.prepare()
        with step("Web server and workers"):
            start_programs(family, door=door, folder=folder)
        scan = scanned(login, family=family)
        print(f"\n{workspace.findings(scan)}\n", flush=True)
        for variant, day in DAYS.items():
            with step(day):
                switch_shop(folder / "shop", variant, family=family)
            print(f"\n{workspace.news(scanned(login, family=family))}\n", flush=True)
        run = show_checkout(login, folder=folder / "shop", family=family)
        print(workspace.doorway(login, origin=origin, run=run), flush=True)
        if not once:
            print("Ctrl-C ends everything.", flush=True)
        while not once:
            family.check()
            time.sleep(1)


def show_checkout(login: Login, *, folder: Path, family: Family) -> TestRun:
    """The Checkout Test passes in a shop that is well, and fails in one that is broken. The last run."""
    from demo import checking

    switch_shop(folder, "base", family=family)
    with step("Checkout Test"):
        test = checking.prepare(login)
    print(f"\n{checking.news(ended(test, 'passed', family=family))}\n", flush=True)
    with step(BROKEN):
        switch_shop(folder, "newsletter", family=family)
    last = ended(test, "failed", family=family)
    print(f"\n{checking.news(last)}\n", flush=True)
    return last


def switch_shop(folder: Path, variant: str, *, family: Family) -> None:
    """Come back when it is another shop."""
    (folder / "variant").write_text(variant)
    wait_until(lambda: (folder / "serving").read_text() == variant, family=family, what=f"The shop of the variant {variant}")


def start_shop(family: Family, folder: Path) -> None:
    for name in ("hosts", "variant", "serving"):  # of an earlier demo: another port, perhaps another day in the shop's life
        (folder / name).unlink(missing_ok=True)
    family.start("shop", "-m", "demo.shop", "--state-dir", str(folder))
    wait_until(lambda: (folder / "hosts").exists() and (folder / "serving").exists(), family=family, what="The shop")


def open_door(preferred: int = 8000) -> socket.socket:
    """A socket that listens for the web server, which inherits it: so nobody can take the port in between."""
    try:
        return socket.create_server(("127.0.0.1", preferred))
    except OSError:
        return socket.create_server(("127.0.0.1", 0))


def start_programs(family: Family, *, door: socket.socket, folder: Path) -> None:
    """First what the scan and the dashboard need, then what keeps the schedule."""
    family.start("scan-worker", *PROGRAMS["scan-worker"], "--hostname", "scan-worker@demo")
    family.start("web", *PROGRAMS["web"], "--bind", f"fd://{door.fileno()}", inherit=[door.fileno()])
    wait_until(lambda: is_ready(door.getsockname()[1]), family=family, what="The web server")
    family.start("beat", *PROGRAMS["beat"], "--schedule", str(folder / "beat"))
    for name in ("worker", "checkout-worker"):
        family.start(name, *PROGRAMS[name], "--hostname", f"{name}@demo")


def must_have_a_browser() -> None:
    from django.conf import settings

    if not os.access(settings.BROWSER, os.X_OK):
        raise DemoFailed(
            f"there is no browser at {settings.BROWSER}. `make setup` installs one, or name yours in TRACEFOX_BROWSER. "
            "On Debian it is: apt-get install chromium-headless-shell"
        )


def scanned(login: Login, *, family: Family) -> Scan:
    """The shop's scan, ended well. The line that is printed meanwhile says what is being done."""
    from demo import workspace

    scan, line = workspace.ask_for_scan(login), Line("Scan")

    def has_ended() -> bool:
        scan.refresh_from_db()
        line.say(f"{scan.stage or scan.get_status_display().lower()}{'' if scan.is_open else f', {line.seconds:.1f} s'}")
        return not scan.is_open

    wait_until(has_ended, family=family, what="The scan")
    line.end()
    if scan.status != scan.Status.OK:
        raise DemoFailed(
            f"the scan is {scan.status} ({scan.reason or 'no reason given'}). {scan.sentence}\nThe scan worker's log ends:\n{family.last_words('scan-worker')}"
        )
    return scan


def ended(test: CheckoutTest, status: str, *, family: Family) -> TestRun:
    """A Test Run that came out as it must, its failure confirmed by the run after it."""
    from demo import checking

    run, line = checking.ask_for_run(test), Line("Test Run")

    def has_ended() -> bool:
        nonlocal run
        run.refresh_from_db()
        if not run.is_open:
            run = checking.confirmation_of(run) or run
        line.say(f"{run.stage or run.get_status_display().lower()}{'' if run.is_open else f', {line.seconds:.1f} s'}")
        return not run.is_open

    wait_until(has_ended, family=family, what="The Test Run")
    line.end()
    if run.status != status:
        raise DemoFailed(f"the Test Run is {run.status}. {run.sentence}\nThe checkout worker's log ends:\n{family.last_words('checkout-worker')}")
    return run


def wait_until(holds: Callable[[], bool], *, family: Family, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        family.check()
        if time.monotonic() > deadline:
            raise DemoFailed(f"{what} was not ready after {PATIENCE:.0f} seconds. The logs are in {family.folder}.")
        time.sleep(0.1)


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def quietly_ending(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` on the way out, and let no second Ctrl-C come between."""
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
