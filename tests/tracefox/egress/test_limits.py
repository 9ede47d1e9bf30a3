"""What ends a connection, and what ends the scan: silence, budgets, the cut."""

from __future__ import annotations

import asyncio

import pytest

from tests.tracefox.egress.lab import SHOP, Canary, client_hello, connect, eventually, guarding, hang_up, reasons, say, server_hello, shop_on, tunnel_to
from tracefox.egress.hosts import HostMap
from tracefox.egress.ledger import MAX_DECISIONS, Budget, Ledger

HELLO = client_hello(SHOP)


def test_a_connection_that_falls_silent_is_ended():
    async def scan() -> bytes:
        async with Canary() as canary, guarding(hosts=shop_on(canary.port), budget=Budget(idle=0.2)) as (guard, port):
            reader, writer = await tunnel_to(port)
            heard = b""
            try:
                while data := await reader.read(65536):
                    heard += data
            except ConnectionError:
                heard += b"|reset"
            await hang_up(writer)
            await eventually(lambda: guard.counters.open == 0)
            assert guard.exceeded == ""
            return heard

    assert asyncio.run(scan()).startswith(server_hello())


def test_the_cut_ends_everything_and_lets_nothing_begin():
    async def scan():
        async with Canary(server_hello() + bytes(5_000_000)) as canary, guarding(hosts=shop_on(canary.port)) as (guard, port):
            reader, writer = await tunnel_to(port)
            await reader.readexactly(100_000)
            guard.cut()
            at_the_cut = guard.counters.bytes_down
            heard_at_the_cut = len(canary.heard)
            writer.write(b"parting words")
            await eventually(lambda: guard.counters.open == 0)
            late = await say(port, connect(SHOP), HELLO)
            await hang_up(writer)
            return guard.counters.bytes_down - at_the_cut, late, len(canary.heard) - heard_at_the_cut, b"parting words" in canary.heard[0]

    assert asyncio.run(scan()) == (0, b"", 0, False)


async def spend(budget: Budget, *, connections: int = 1, hosts: int = 1, answer: bytes | None = None, more: bytes = b"") -> tuple[str, list[str], object]:
    """Open connections until the guard has had enough: which limit it names, to itself and to its caller, and its counters."""
    told: list[str] = []
    async with Canary(answer) as canary:
        names = [SHOP, *(f"h{number}.test" for number in range(hosts))]
        known = HostMap(dict.fromkeys(names, ("127.0.0.1", canary.port)))
        writers = []
        async with guarding(hosts=known, budget=budget, on_exceeded=told.append) as (guard, port):
            for number in range(connections):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(connect(names[number % hosts]) + client_hello(names[number % hosts]) + more)
                writers.append(writer)
            await eventually(lambda: guard.exceeded)
            await eventually(lambda: guard.counters.open == 0)
            for writer in writers:
                await hang_up(writer)
            assert reasons(guard).count(("denied", guard.exceeded)) >= 1
            return guard.exceeded, told, guard.counters


@pytest.mark.parametrize(
    ("budget", "effort", "which", "spent"),
    [
        (Budget(max_down=1_000_000), {"answer": server_hello() + bytes(3_000_000)}, "limit:max-down", lambda c: c.bytes_down <= 1_000_000),
        (Budget(max_up=10_000), {"more": bytes(20_000)}, "limit:max-up", lambda c: c.bytes_up <= 10_000),
        (Budget(max_connections=10), {"connections": 14}, "limit:max-connections", lambda c: c.connections == 10),
        (Budget(max_open=10), {"connections": 14}, "limit:max-open", lambda c: c.connections == 10),
        (Budget(max_hosts=5), {"connections": 9, "hosts": 9}, "limit:max-hosts", lambda c: c.hosts == 5),
        (Budget(max_wall=0.2), {"connections": 3}, "limit:max-wall", lambda c: c.connections == 3),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_budget_that_is_spent_ends_the_scan(budget, effort, which, spent):
    exceeded, told, counters = asyncio.run(spend(budget, **effort))
    assert exceeded == which
    assert told == [which]
    assert spent(counters)


def test_the_record_has_an_end_and_says_how_much_it_left_out():
    ledger = Ledger(Budget(), lambda limit: None)
    for number in range(MAX_DECISIONS + 7):
        ledger.note("denied", "port", f"h{number}.com", 22)
    assert len(ledger.decisions) == MAX_DECISIONS
    assert ledger.left_out == 7
