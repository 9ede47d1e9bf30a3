"""The head of a request to the guard: what is read, what is refused, and a hundred thousand damaged ones."""

from __future__ import annotations

import ipaddress
import random

import pytest

from tracefox.egress import head, policy, routes


def test_a_connect_is_read_and_its_bytes_counted():
    data = b"CONNECT www.Shop.com.:443 HTTP/1.1\r\nHost: other.com\r\nUser-Agent: x\r\n\r\n\x16\x03"
    assert head.parse(data) == (head.Request("CONNECT", "www.shop.com", 443), len(data) - 2)


@pytest.mark.parametrize(
    ("target", "host", "port"), [("[::1]:443", "::1", 443), ("[FE80::1%25lo]:443", "fe80::1%25lo", 443), ("1.2.3.4:99999", "1.2.3.4", 99999), ("a:0", "a", 0)]
)
def test_targets_are_taken_as_they_are_and_judged_later(target, host, port):
    found = head.parse(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
    assert found is not None
    assert found[0] == head.Request("CONNECT", host, port)


@pytest.mark.parametrize("method", ["GET", "POST", "TRACE", "get", "PROPFIND"])
def test_plain_text_is_recognised(method):
    found = head.parse(f"{method} http://Www.Shop.com/a?b HTTP/1.1\r\nCookie: \xe4\r\nContent-Length: 3\r\n\r\nabc".encode("latin-1"))
    assert found is not None
    assert found[0] == head.Request(method, "www.shop.com", 80, plain_text=True)


def test_plain_text_keeps_its_port():
    found = head.parse(b"GET http://www.shop.com:8080 HTTP/1.0\r\n\r\n")
    assert found is not None
    assert found[0].port == 8080


def test_an_incomplete_head_is_waited_for():
    data = b"CONNECT www.shop.com:443 HTTP/1.1\r\nHost: www.shop.com\r\n\r\n"
    assert [head.parse(data[:length]) for length in range(len(data))] == [None] * len(data)


@pytest.mark.parametrize(
    "data",
    [
        b"CONNECT www.shop.com HTTP/1.1\r\n\r\n",
        b"CONNECT www.shop.com: HTTP/1.1\r\n\r\n",
        b"CONNECT :443 HTTP/1.1\r\n\r\n",
        b"CONNECT www.shop.com:443:443 HTTP/1.1\r\n\r\n",
        b"CONNECT www.shop.com:+443 HTTP/1.1\r\n\r\n",
        b"CONNECT user@www.shop.com:443 HTTP/1.1\r\n\r\n",
        b"CONNECT www.shop.com\\@a:443 HTTP/1.1\r\n\r\n",
        b"CONNECT http://www.shop.com:443 HTTP/1.1\r\n\r\n",
        b"CONNECT www.sh op.com:443 HTTP/1.1\r\n\r\n",
        b"CONNECT  www.shop.com:443 HTTP/1.1\r\n\r\n",
        b"CONNECT www.shop.com:443  HTTP/1.1\r\n\r\n",
        b"CONNECT\twww.shop.com:443 HTTP/1.1\r\n\r\n",
        b"CONNECT www.sh\x00op.com:443 HTTP/1.1\r\n\r\n",
        b"CONNECT m\xc3\xbcnchen.de:443 HTTP/1.1\r\n\r\n",
        b"CONNECT www.shop.com:443 HTTP/2.0\r\n\r\n",
        b"CONNECT www.shop.com:443 http/1.1\r\n\r\n",
        b"CONNECT www.shop.com:443\r\n\r\n",
        b"CONNECT www.shop.com:443 HTTP/1.1\nHost: a\n\n",
        b"CONNECT www.shop.com:443 HTTP/1.1\r\nHost: a\n\r\n\r\n",
        b"CONNECT www.shop.com:443 HTTP/1.1\r\nHost: a\rb\r\n\r\n",
        b"CONNECT www.shop.com:443 HTTP/1.1\r\nHost : a\r\n\r\n",
        b"CONNECT www.shop.com:443 HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        b"CONNECT www.shop.com:443 HTTP/1.1\r\nno colon\r\n\r\n",
        b"CONNECT www.shop.com:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        b"CONNECT www.shop.com:443 HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
        b"connect www.shop.com:443 HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET www.shop.com/ HTTP/1.1\r\n\r\n",
        b"GET https://www.shop.com/ HTTP/1.1\r\n\r\n",
        b"GET file:///etc/passwd HTTP/1.1\r\n\r\n",
        b"GET ftp://www.shop.com/ HTTP/1.1\r\n\r\n",
        b"GET http://user:word@www.shop.com/ HTTP/1.1\r\n\r\n",
        b"GET http://127.0.0.1\\@www.shop.com/ HTTP/1.1\r\n\r\n",
        b"GET http:///etc HTTP/1.1\r\n\r\n",
        b"GET http://www.shop.com:http/ HTTP/1.1\r\n\r\n",
        b"GET http://www.shop.com/\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\r\n\r\n",
    ],
)
def test_what_can_be_read_in_two_ways_is_malformed(data):
    with pytest.raises(head.Malformed):
        head.parse(data)


def test_a_head_has_a_largest_size():
    line = b"CONNECT www.shop.com:443 HTTP/1.1\r\n"
    with pytest.raises(head.TooLarge):
        head.parse(line + b"A: " + b"b" * head.MAX_SIZE)
    with pytest.raises(head.TooLarge):
        head.parse(line + b"A: " + b"b" * head.MAX_SIZE + b"\r\n\r\n")


SEEDS = [
    b"CONNECT www.shop.com:443 HTTP/1.1\r\nHost: www.shop.com:443\r\nProxy-Connection: keep-alive\r\n\r\n",
    b"CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n",
    b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]\r\n\r\n",
    b"CONNECT 10.0.0.5:443 HTTP/1.0\r\n\r\n",
    b"CONNECT localhost:443 HTTP/1.1\r\nA: b\r\n\r\n",
    b"GET http://169.254.169.254/latest HTTP/1.1\r\nHost: www.shop.com\r\n\r\n",
]
CRUMBS = [
    b"\r\n",
    b"\n",
    b"\x00",
    b" ",
    b"\t",
    b":",
    b"@",
    b"\\",
    b"%31",
    b"[",
    b"]",
    b"127.0.0.1",
    b"0x7f",
    b"1",
    b".",
    b"\xc3\xa4",
    b"CONNECT ",
    b"\r\n\r\n",
    b"443",
    b"//",
]


def test_a_hundred_thousand_damaged_heads_open_nothing():
    source = random.Random(13)
    opened = 0
    for _ in range(100_000):
        try:
            found = head.parse(_damage(source))
        except (head.Malformed, head.TooLarge):
            continue
        if found is not None and not found[0].plain_text and _may_pass(found[0]):
            opened += 1
    assert 0 < opened < 100_000  # some survive their damage, and `_may_pass` has looked at each


def _damage(source: random.Random) -> bytes:
    data = bytearray(source.choice(SEEDS))
    for _ in range(source.randint(1, 4)):
        at = source.randrange(len(data) + 1)
        match source.randrange(4):
            case 0:
                data[at:at] = source.choice(CRUMBS)
            case 1:
                del data[at : at + source.randint(1, 6)]
            case 2 if at < len(data):
                data[at] = source.getrandbits(8)
            case _:
                data[at:at] = data[at : at + source.randint(1, 12)]
    return bytes(data)


def _may_pass(request: head.Request) -> bool:
    """What the guard would go on with. A literal address that passes must be public by an independent reading too."""
    if not policy.judge_port(request.port).allowed:
        return False
    if not routes.is_literal(request.host):
        assert all(character.isalnum() or character in ".-" for character in request.host) or not policy.judge_host(request.host).allowed
        return policy.judge_host(request.host).allowed
    allowed = policy.judge_address(request.host).allowed
    assert not allowed or ipaddress.ip_address(request.host).is_global
    return allowed
