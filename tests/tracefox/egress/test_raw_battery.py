"""Raw bytes to the guard, G01 to G45: what a browser would never send, and a hostile program might.

The oracle is what the guard dials, and a canary behind the one name that may be reached. Nothing is delivered unless the attempt is a control, and
after it the guard still serves. To add an attempt: one row in `ATTEMPTS`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from tests.tracefox.egress.lab import PUBLIC, SHOP, Answers, Canary, Dials, Names, client_hello, connect, guarding, say, shop_on
from tracefox.egress.ledger import Budget

BUDGET = Budget(head=0.5, lookup=0.3, connect=1)
HELLO = client_hello(SHOP)
NAMES: Answers = {"mixed.evil.com": [[PUBLIC, "10.0.0.5"]], "silent.evil.com": [None], "public.evil.com": [[PUBLIC]]}


@dataclass(frozen=True)
class Attempt:
    """`answers`: the status lines in order; empty when the guard hangs up without a word. A control's bytes arrive at the canary."""

    id: str
    title: str
    pieces: tuple[bytes, ...]
    answers: tuple[int, ...]
    reason: str = ""
    control: bool = False


def plain(target: bytes, method: bytes = b"GET", more: bytes = b"") -> bytes:
    return method + b" " + target + b" HTTP/1.1\r\nHost: " + SHOP.encode() + b"\r\n" + more + b"\r\n"


SITE = b"http://www.shop.test/"
ATTEMPTS = [
    Attempt("G01", "CONNECT loopback", (connect("127.0.0.1"), HELLO), (403,), "special 127.0.0.0/8"),
    Attempt("G02", "CONNECT [::1]", (connect("[::1]"), HELLO), (403,), "not global unicast"),
    Attempt("G03", "CONNECT localhost", (connect("localhost"), HELLO), (403,), "single label"),
    Attempt("G04", "octal literal", (connect("0177.0.0.1"), HELLO), (403,), "numeric"),
    Attempt("G05", "hex literal", (connect("0x7f000001"), HELLO), (403,), "single label"),
    Attempt("G06", "decimal literal", (connect("2130706433"), HELLO), (403,), "single label"),
    Attempt("G07", "short literal", (connect("127.1"), HELLO), (403,), "numeric"),
    Attempt("G08", "port 0", (connect(SHOP, 0), HELLO), (403,), "port"),
    Attempt("G09", "port 65537", (connect(SHOP, 65537), HELLO), (403,), "port"),
    Attempt("G10", "no port", (b"CONNECT www.shop.test HTTP/1.1\r\n\r\n", HELLO), (400,), "malformed target"),
    Attempt("G11", "port 22", (connect(SHOP, 22), HELLO), (403,), "port"),
    Attempt("G12", "NUL in the host", (connect("www.shop.test\0.evil.com"),), (400,), "malformed control byte"),
    Attempt("G13", "bare line feeds", (b"CONNECT www.shop.test:443 HTTP/1.1\nHost: a\n\n", HELLO), (400,), "malformed control byte"),
    Attempt("G14", "space in the target", (connect("www.shop.test 127.0.0.1"), HELLO), (400,), "malformed request line"),
    Attempt("G15", "userinfo in an absolute URI", (plain(b"http://www.shop.test@127.0.0.1/"),), (400,), "malformed target"),
    Attempt("G16", "file URI", (plain(b"file:///etc/passwd"),), (400,), "malformed target"),
    Attempt("G17", "https absolute URI", (plain(b"https://www.shop.test/"),), (400,), "malformed target"),
    Attempt("G18", "origin form", (plain(b"/"),), (400,), "malformed target"),
    Attempt("G19", "plain GET, Host header differs", (plain(b"http://127.0.0.1/"),), (403,), "plain-text"),
    Attempt("G20", "percent-encoded host", (connect("%31%32%37.0.0.1"), HELLO), (403,), "hostname"),
    Attempt("G21", "backslash in the host", (connect("127.0.0.1\\.shop.test"), HELLO), (400,), "malformed target"),
    Attempt("G22", "plain POST", (plain(SITE, b"POST", b"Content-Length: 3\r\n") + b"a=b",), (403,), "plain-text"),
    Attempt("G23", "plain TRACE", (plain(SITE, b"TRACE"),), (403,), "plain-text"),
    Attempt("G24", "lower-case get", (plain(SITE, b"get"),), (403,), "plain-text"),
    Attempt("G25", "second request behind the first", (plain(SITE) + plain(b"http://10.0.0.5/") + connect(SHOP) + HELLO,), (403,), "plain-text"),
    Attempt("G26", "plain GET with a smuggled body", (plain(SITE, more=b"Content-Length: 60\r\n") + connect(SHOP) + HELLO,), (403,), "plain-text"),
    Attempt(
        "G27", "plain GET with a chunked body", (plain(SITE, more=b"Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n" + connect(SHOP),), (403,), "plain-text"
    ),
    Attempt("G28", "64 KB header", (b"CONNECT www.shop.test:443 HTTP/1.1\r\nA: " + b"b" * 65536 + b"\r\n\r\n",), (431,), "head too large"),
    Attempt("G29", "HTTP/0.9", (b"GET http://www.shop.test/\r\n",), (400,), "malformed request line"),
    Attempt("G30", "HTTP/2 preface", (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",), (400,), "malformed request line"),
    Attempt("G31", "TLS to the guard itself", (HELLO,), (400,), "malformed control byte"),
    Attempt("G32", "bytes that are no TLS in a tunnel", (connect(SHOP), b"GET / HTTP/1.1\r\nHost: www.shop.test\r\n\r\n"), (200,), "not-tls"),
    Attempt("G33", "single label", (connect("redis"), HELLO), (403,), "single label"),
    Attempt("G34", ".internal", (connect("metadata.google.internal"), HELLO), (403,), "suffix .internal"),
    Attempt("G35", "host of 300 characters", (connect("a." * 150 + "com"), HELLO), (403,), "hostname"),
    Attempt("G36", "raw bytes of an international name", ("CONNECT münchen.de:443 HTTP/1.1\r\n\r\n".encode(),), (400,), "malformed target"),
    Attempt("G37", "IPv6 zone", (connect("[fe80::1%25lo]"), HELLO), (403,), "scoped"),
    Attempt("G38", "v4-mapped public address", (connect("[::ffff:8.8.8.8]"), HELLO), (403,), "v4-mapped"),
    Attempt("G39", "one private among public answers", (connect("mixed.evil.com"), HELLO), (403,), "special 10.0.0.0/8"),
    Attempt("G40", "a resolver that never answers", (connect("silent.evil.com"), HELLO), (403,), "dns"),
    Attempt("G41", "control: the shop over TLS", (connect(SHOP), HELLO), (200,), "", control=True),
    Attempt("G42", "CONNECT to port 80", (connect(SHOP, 80), b"GET / HTTP/1.1\r\n\r\n"), (403,), "port"),
    Attempt("G43", "a head that never ends", (b"CONNECT www.shop.test:443 HTTP/1.1\r\nA: b",), (), "slow"),
    Attempt("G44", "header injected through the path", (plain(SITE + b"a\r\nB:c d\r\n"),), (400,), "malformed request line"),
    Attempt("G45", "credentials for the proxy", (connect(SHOP)[:-2] + b"Proxy-Authorization: Basic c2VjcmV0\r\n\r\n", HELLO), (200,), "", control=True),
    Attempt("G46", "another name in the ClientHello", (connect(SHOP), client_hello("www.bank.test")), (200,), "sni-differs"),
    Attempt("G47", "a ClientHello without a name", (connect(SHOP), client_hello("127.0.0.1")), (200,), "sni-differs"),
    Attempt("G48", "a ClientHello without h2", (connect(SHOP), client_hello(SHOP, ("http/1.1",))), (200,), "websocket-alpn"),
    Attempt("G49", "a ClientHello without ALPN", (connect(SHOP), client_hello(SHOP, ())), (200,), "websocket-alpn"),
    Attempt("G50", "half a ClientHello", (connect(SHOP), HELLO[:100]), (200,), "slow"),
    Attempt("G51", "CONNECT with a body", (connect(SHOP)[:-2] + b"Content-Length: 5\r\n\r\nhello", HELLO), (400,), "malformed body"),
    Attempt("G52", "a name that does not exist", (connect("nowhere.evil.com"), HELLO), (403,), "dns"),
]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.id)
def test_raw_bytes_are_answered_and_go_nowhere(attempt):
    delivered, private = asyncio.run(_try(attempt))
    assert delivered == attempt.control
    assert private == []


def test_the_raw_battery_delivers_nothing():
    tried, delivered = asyncio.run(_try_all())
    print(f"raw battery: {tried} tried, {delivered} delivered")
    assert tried >= 45
    assert delivered == 0


async def _try_all() -> tuple[int, int]:
    attempts = [attempt for attempt in ATTEMPTS if not attempt.control]
    results = await asyncio.gather(*(_try(attempt) for attempt in attempts))
    return len(results), sum(delivered or bool(private) for delivered, private in results)


async def _try(attempt: Attempt) -> tuple[bool, list[tuple[str, int]]]:
    """Did anything arrive at the canary, and which addresses beside it were dialled?"""
    dials = Dials()
    async with Canary() as canary, guarding(hosts=shop_on(canary.port), resolve=Names(NAMES), dial=dials, budget=BUDGET) as (guard, port):
        heard = await say(port, *attempt.pieces, until=canary.answer)
        _check_words(attempt, heard)
        if attempt.reason:
            assert [(decision.verdict == "allowed", decision.reason) for decision in guard.decisions] == [(False, attempt.reason)]
        await _still_serves(port, canary)
        attempts = canary.heard[: len(canary.heard) - 1]
        assert all(bytes(heard) == HELLO for heard in attempts)
        return bool(attempts), [dial for dial in dials.made if dial != ("127.0.0.1", canary.port)]


def _check_words(attempt: Attempt, heard: bytes) -> None:
    statuses = [int(line.split(b" ")[1]) for line in heard.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    assert statuses == list(attempt.answers)
    if statuses and statuses[0] != 200:
        assert f"\r\nTracefox-Refused: {attempt.reason}\r\n".encode() in heard


async def _still_serves(port: int, canary: Canary) -> None:
    heard = await say(port, connect(SHOP), HELLO, until=canary.answer)
    assert heard.startswith(b"HTTP/1.1 200 ")
    assert heard.endswith(canary.answer)
