"""The guard at work: what passes, and what is refused after the 200 or when it comes to dialling."""

from __future__ import annotations

import asyncio
import socket
import ssl

import pytest

from demo.web import Reply, Web
from tests.tracefox.egress.lab import (
    PUBLIC,
    SHOP,
    Canary,
    Dials,
    Names,
    client_hello,
    connect,
    eventually,
    guarding,
    hang_up,
    hello_bytes,
    reasons,
    record,
    say,
    server_hello,
    shop_on,
    tunnel_to,
)
from tracefox.egress import dialling, policy
from tracefox.egress.hosts import HostMap
from tracefox.egress.ledger import Budget

HELLO = client_hello(SHOP)


# What passes


def test_a_page_comes_through_unchanged_and_every_byte_is_counted():
    page = bytes(range(256)) * 40_000

    async def load(port: int, web: Web) -> bytes:
        context = ssl.create_default_context(cafile=web.ca_file)
        context.set_alpn_protocols(["h2", "http/1.1"])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(connect(SHOP))
        await reader.readuntil(b"\r\n\r\n")
        await writer.start_tls(context, server_hostname=SHOP)
        writer.write(f"GET / HTTP/1.1\r\nHost: {SHOP}\r\nConnection: close\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(len(page))
        await hang_up(writer)
        return body

    async def scan(web: Web):
        async with guarding(hosts=HostMap.read(web.hosts_file)) as (guard, port):
            body = await load(port, web)
            await eventually(lambda: guard.counters.open == 0)
            return body, guard

    with Web({SHOP: lambda hit: Reply(page)}) as web:
        body, guard = asyncio.run(scan(web))
    assert body == page
    assert reasons(guard) == [("allowed", "")]
    assert (guard.decisions[0].host, guard.decisions[0].port, guard.decisions[0].address) == (SHOP, 443, "127.0.0.1")
    assert len(page) < guard.counters.bytes_down < len(page) * 1.05
    assert 0 < guard.counters.bytes_up < 5_000
    assert (guard.counters.connections, guard.counters.hosts, guard.exceeded) == (1, 1, "")


def test_a_slow_reader_slows_the_server_down():
    async def scan() -> int:
        async with Canary(server_hello() + bytes(40_000_000)) as canary, guarding(hosts=shop_on(canary.port)) as (guard, port):
            reader, writer = await tunnel_to(port)
            await reader.readexactly(1000)
            await asyncio.sleep(0.3)
            taken = guard.counters.bytes_down
            await hang_up(writer)
            return taken

    assert asyncio.run(scan()) < 20_000_000


def test_what_the_server_says_after_the_client_has_finished_still_arrives():
    async def answer_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(server_hello())
        heard = await reader.read()
        writer.write(len(heard).to_bytes(4, "big"))
        writer.close()

    async def scan() -> bytes:
        server = await asyncio.start_server(answer_at_the_end, "127.0.0.1", 0)
        async with guarding(hosts=shop_on(server.sockets[0].getsockname()[1])) as (guard, port):
            reader, writer = await tunnel_to(port)
            assert await reader.readexactly(len(server_hello())) == server_hello()
            writer.write_eof()
            said = await reader.read()
            writer.close()
            await eventually(lambda: guard.counters.open == 0)
        server.close()
        return said

    assert asyncio.run(scan()) == len(HELLO).to_bytes(4, "big")


def test_a_server_that_hangs_up_first_ends_the_connection_on_both_sides():
    async def hang_up_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def scan() -> bytes:
        server = await asyncio.start_server(hang_up_at_once, "127.0.0.1", 0)
        async with guarding(hosts=shop_on(server.sockets[0].getsockname()[1])) as (guard, port):
            reader, writer = await tunnel_to(port)
            said = await reader.read()
            writer.close()
            await eventually(lambda: guard.counters.open == 0)
        server.close()
        return said

    assert asyncio.run(scan()) == b""


# What is refused after the 200, or when it comes to dialling


async def outcome(first: bytes, *, host: str = SHOP, answer: bytes | None = None, **settings) -> tuple[list[tuple[str, str]], bool]:
    """Connect, say the first words, wait for the end: the decisions, and whether the canary heard anything."""
    async with Canary(answer) as canary, guarding(**{"hosts": shop_on(canary.port), **settings}) as (guard, port):
        await say(port, connect(host), first, until=canary.answer or None)
        return reasons(guard), bool(canary.heard)


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (hello_bytes(server_name="www.bank.test"), "sni-differs"),
        (hello_bytes(server_name=None), "sni-differs"),
        (hello_bytes(server_name=f"{SHOP}."), "sni-differs"),
        (hello_bytes(versions=(0x0302, 0x0301)), "tls-version"),
        (hello_bytes(versions=None, legacy=0x0301), "tls-version"),
        (hello_bytes(alpn=(b"http/1.1",)), "websocket-alpn"),
        (hello_bytes(alpn=()), "websocket-alpn"),
        (b"GET / HTTP/1.1\r\n\r\n", "not-tls"),
        (b"SSH-2.0-x\r\n", "not-tls"),
        (record(b"\x02" + bytes(50)), "not-tls"),
    ],
)
def test_first_words_that_are_not_right_are_not_passed_on(first, reason):
    assert asyncio.run(outcome(first)) == ([("denied", reason)], False)


def test_connections_that_may_become_websockets_can_be_allowed_and_are_remarked():
    assert asyncio.run(outcome(hello_bytes(alpn=(b"http/1.1",)), refuse_http1_alpn=False)) == ([("allowed", "http1-alpn")], True)


def test_a_checkout_run_may_open_websockets():
    assert asyncio.run(outcome(hello_bytes(alpn=()), read_only=False)) == ([("allowed", "")], True)


@pytest.mark.parametrize(
    "pieces", [[server_hello(version=0x0302, chosen=None)], [server_hello(chosen=0x0301)], [record(b"\x01\x70", 21) + server_hello(chosen=0x0302)]]
)
def test_a_server_that_settles_on_old_tls_is_cut_off_before_the_client_hears_it(pieces):
    async def scan():
        async with Canary(b"".join(pieces)) as canary, guarding(hosts=shop_on(canary.port)) as (guard, port):
            heard = await say(port, connect(SHOP), HELLO)
            return heard, reasons(guard)

    heard, decisions = asyncio.run(scan())
    assert heard.endswith(b"established\r\n\r\n")
    assert decisions == [("allowed", ""), ("denied", "tls-version")]


def test_a_server_that_speaks_no_tls_is_cut_off():
    assert asyncio.run(outcome(HELLO, answer=b"HTTP/1.1 400 Bad Request\r\n\r\n")) == ([("allowed", ""), ("denied", "not-tls")], True)


def test_a_public_literal_is_dialled_without_a_name_in_the_hello():
    dials = Dials()
    assert asyncio.run(outcome(hello_bytes(server_name=None), host=PUBLIC, dial=dials))[0] == [("failed", "refused")]
    assert dials.made == [(PUBLIC, 443)]


def test_a_public_literal_is_not_dialled_for_some_other_name():
    dials = Dials()
    assert asyncio.run(outcome(hello_bytes(server_name=SHOP), host=PUBLIC, dial=dials))[0] == [("denied", "sni-differs")]
    assert dials.made == []


def test_the_addresses_of_a_name_are_tried_in_turn():
    dials = Dials()
    names = Names({"www.shop.com": [[PUBLIC, "1.1.1.1", "2606:4700::1111"]]})
    assert asyncio.run(outcome(client_hello("www.shop.com"), host="www.shop.com", dial=dials, resolve=names))[0] == [("failed", "refused")]
    assert dials.made == [(PUBLIC, 443), ("1.1.1.1", 443), ("2606:4700::1111", 443)]


def test_a_connection_that_is_never_accepted_is_given_up():
    async def never(address: str, port: int) -> socket.socket:
        await asyncio.sleep(3600)
        raise OSError

    decisions, _ = asyncio.run(outcome(hello_bytes(server_name=None), host=PUBLIC, dial=never, budget=Budget(connect=0.05)))
    assert decisions == [("failed", "connect-timeout")]


def test_nothing_is_sent_when_the_other_end_is_not_the_address_that_was_judged():
    async def scan():
        async with Canary() as canary:

            async def elsewhere(address: str, port: int) -> socket.socket:
                return await dialling.dial("127.0.0.1", canary.port)

            async with guarding(dial=elsewhere) as (guard, port):
                await say(port, connect(PUBLIC), hello_bytes(server_name=None))
                return reasons(guard), [bytes(heard) for heard in canary.heard if heard]

    assert asyncio.run(scan()) == ([("denied", "peer-differs")], [])


def test_networks_of_our_own_are_denied_by_literal_and_by_name():
    deny = policy.networks(["93.184.215.0/24"])
    names = Names({"www.shop.com": [[PUBLIC]]})
    for host in (PUBLIC, "www.shop.com"):
        assert asyncio.run(outcome(HELLO, host=host, resolve=names, extra_deny=deny)) == ([("denied", "own network")], False)


def test_a_client_that_leaves_during_the_look_up_leaves_nothing_behind():
    async def scan() -> list[tuple[str, str]]:
        names = Names({"silent.evil.com": [None]})
        async with guarding(resolve=names) as (guard, port):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(connect("silent.evil.com"))
            await eventually(lambda: names.asked)
            await hang_up(writer)
            await eventually(lambda: guard.counters.open == 0)
            return reasons(guard)

    assert asyncio.run(scan()) == []


def test_a_head_in_crumbs_is_given_up_early():
    async def scan() -> list[tuple[str, str]]:
        async with guarding() as (guard, port):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"CONNECT www.shop.test:443 HTTP/1.1\r\nA: ")
            while not guard.decisions:
                writer.write(b"b")
                await asyncio.sleep(0.001)
            await hang_up(writer)
            return reasons(guard)

    assert asyncio.run(scan()) == [("denied", "slow")]


def test_plain_text_is_recorded_with_its_method_and_host():
    async def scan():
        async with guarding() as (guard, port):
            answer = await say(port, b"POST http://www.shop.com/cart?email=a HTTP/1.1\r\nHost: www.shop.com\r\nContent-Length: 1\r\n\r\nx")
            return answer, guard.decisions[0]

    answer, decision = asyncio.run(scan())
    assert answer.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert (decision.verdict, decision.reason, decision.method, decision.host, decision.port) == ("denied", "plain-text", "POST", "www.shop.com", 80)


def test_a_guard_that_was_closed_leaves_no_task_and_no_thread_of_work():
    async def scan() -> set[str]:
        async with Canary() as canary, guarding(hosts=shop_on(canary.port)) as (_, port):
            _, writer = await tunnel_to(port)
        await hang_up(writer)
        await asyncio.sleep(0)
        return {str(task) for task in asyncio.all_tasks() if "egress" in str(task) and task is not asyncio.current_task()}

    assert asyncio.run(scan()) == set()
