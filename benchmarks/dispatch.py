"""How fast do due sites come from Postgres into the queue, and how fast is one claimed?

    python -m benchmarks.dispatch --sites 100000 --workspaces 1000

Starts its own Postgres and Redis, fills them, and prints wall and CPU seconds, and the CPU as a multiple of that of a bare INSERT of the same rows: on a busy
machine CPU and ratios hold, wall times do not. Target: 100,000 due sites in at most 20 seconds.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import cpu_of


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--sites", type=int, default=100_000)
    asked.add_argument("--workspaces", type=int, default=1000)
    options = asked.parse_args()
    with servers():
        fill(options.sites, options.workspaces)
        bare = measure_bare_insert()
        dispatched = measure_dispatch(options.sites)
        print(f"CPU as a multiple of the bare insert's: {dispatched / bare:.2f}")
        measure_claims(200)
        measure_a_full_workspace(20)


@contextmanager
def servers() -> Iterator[None]:
    from tracefox import embedded

    root = Path(tempfile.mkdtemp(prefix="tracefox-bench-"))
    root.chmod(0o711)
    running = embedded.start(root, durable=True)
    try:
        os.environ.update(running.environment | {"DJANGO_SETTINGS_MODULE": "tracefox.settings"})
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield
    finally:
        running.stop()
        embedded.erase(root)


def fill(sites: int, workspaces: int) -> None:
    """Sites that are all due, spread over workspaces of equal size. Every workspace may run many scans, every site has a host of its own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_workspace (id, name, slug, site_limit, concurrent_scan_limit, created_at)
            SELECT gen_random_uuid(), 'Agency ' || n, 'agency-' || n, 1000000, 4, now() FROM generate_series(1, %s) n
            """,
            [workspaces],
        )
        cursor.execute("INSERT INTO accounts_client (id, workspace_id, name, created_at) SELECT gen_random_uuid(), id, 'Client', now() FROM accounts_workspace")
        cursor.execute(
            """
            INSERT INTO scans_site (id, workspace_id, client_id, name, url, scan_every_minutes, next_scan_at, created_at)
            SELECT gen_random_uuid(), client.workspace_id, client.id, 'Shop', 'https://shop' || n || '.test/', 1440,
                   now() - make_interval(secs => n %% 900), now()
            FROM generate_series(1, %s) n
            JOIN (SELECT *, row_number() OVER () AS place FROM accounts_client) client ON client.place = 1 + n %% %s
            """,
            [sites, workspaces],
        )
        cursor.execute("ANALYZE")


def measure_bare_insert() -> float:
    """The floor: one INSERT of one bare scan row per site, rolled back."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        with stopwatch() as bare:
            cursor.execute(
                """
                INSERT INTO scans_scan (id, site_id, status, trigger, due_at, requested_at, not_before, turn, attempts, fence, worker, stage, pages_done,
                                        pages_total, reason, blocked_by, sentence)
                SELECT gen_random_uuid(), id, 'queued', 'schedule', next_scan_at, now(), now(), 1, 0, 0, '', '', 0, 0, '', '', '' FROM scans_site
                """
            )
        transaction.set_rollback(True)
    print(f"bare insert: {bare}")
    return bare.cpu


def measure_dispatch(sites: int) -> float:
    from scans import queue, tasks

    with stopwatch() as dispatched:
        enqueued = queue.enqueue_due(now=queue.clock())
    assert len(enqueued) == sites
    print(f"dispatch: {len(enqueued)} sites in {dispatched}; target 20 s")
    with stopwatch() as rung:
        tasks.ring_waiting()
    print(f"bells: {tasks.BELLS} in {rung}")
    return dispatched.cpu


@dataclass
class Spent:
    wall: float = 0.0
    here: float = 0.0
    postgres: float = 0.0

    @property
    def cpu(self) -> float:
        return self.here + self.postgres

    def __str__(self) -> str:
        return f"{self.wall:.2f} s (CPU: {self.here:.2f} s here, {self.postgres:.2f} s in Postgres)"


@contextmanager
def stopwatch() -> Iterator[Spent]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = [cursor.fetchone()[0]]
    spent, wall, here, there = Spent(), time.perf_counter(), time.process_time(), cpu_of(backend)
    yield spent
    spent.wall, spent.here, spent.postgres = time.perf_counter() - wall, time.process_time() - here, cpu_of(backend) - there


def measure_claims(count: int) -> None:
    from scans import claims
    from scans.snapshot import Outcome

    with stopwatch() as spent:
        taken = [claims.claim_next(worker="benchmark") for _ in range(count)]
    print(f"claims: {sum(claim is not None for claim in taken)} with a full queue, {spent.wall / count * 1000:.1f} ms each, {spent.cpu / count * 1000:.1f} CPU")
    for claim in taken:
        if claim:
            claims.finish(claim, Outcome(status="ok"))


def measure_a_full_workspace(count: int) -> None:
    """The worst case: all that waits belongs to workspaces that may start nothing more, so every waiting row is looked at, for nothing."""
    from accounts.models import Workspace
    from scans import claims

    Workspace.objects.update(concurrent_scan_limit=0)
    with stopwatch() as spent:
        for _ in range(count):
            assert claims.claim_next(worker="benchmark") is None
    print(f"claims: none to be had from a full queue, {spent.wall / count * 1000:.1f} ms each, {spent.cpu / count * 1000:.1f} CPU")


if __name__ == "__main__":
    main()
