"""The first message of each side, whole, in pieces, damaged and hostile."""

from __future__ import annotations

import random

import pytest

from tests.tracefox.egress.lab import client_hello, extension, hello_bytes, record, server_hello, vector
from tracefox.egress import tls


def test_a_real_hello_is_read():
    data = client_hello("www.shop.test")
    assert tls.parse_client_hello(data) == (tls.ClientHello("www.shop.test", (b"h2", b"http/1.1"), tls.TLS_1_3), len(data))


def test_what_follows_the_hello_is_left_alone():
    data = client_hello("www.shop.test")
    found = tls.parse_client_hello(data + b"\x17\x03\x03\x00\x05early")
    assert found is not None
    assert found[1] == len(data)


def test_an_incomplete_hello_is_waited_for():
    data = client_hello("www.shop.test")
    assert [tls.parse_client_hello(data[:length]) for length in range(len(data))] == [None] * len(data)


def test_a_hello_may_come_in_several_records():
    whole = client_hello("www.shop.test")
    handshake = whole[5:]
    split = b"".join(record(handshake[at : at + 40]) for at in range(0, len(handshake), 40))
    found = tls.parse_client_hello(split)
    assert found is not None
    assert found[0].server_name == "www.shop.test"
    assert found[1] == len(split)


def test_names_are_compared_in_lower_case():
    found = tls.parse_client_hello(hello_bytes(server_name="WWW.Shop.Test"))
    assert found is not None
    assert found[0].server_name == "www.shop.test"


def test_a_hello_without_extensions_says_little():
    body = b"\x03\x01" + bytes(32) + vector(1, b"") + vector(2, b"\x00\x2f") + vector(1, b"\x00")
    found = tls.parse_client_hello(record(b"\x01" + vector(3, body)))
    assert found is not None
    assert found[0] == tls.ClientHello("", (), 0x0301)


@pytest.mark.parametrize(
    ("versions", "legacy", "expected"),
    [
        ((0x0304, 0x0303), 0x0303, 0x0304),
        ((0x3A3A, 0x0304), 0x0303, 0x0304),
        ((0x0302, 0x0301), 0x0303, 0x0302),
        ((0x3A3A,), 0x0303, 0),
        ((0x7F1C,), 0x0303, 0),
        (None, 0x0303, 0x0303),
        (None, 0x0302, 0x0302),
        (None, 0x0305, 0x0303),
    ],
)
def test_the_highest_version_is_the_one_really_offered(versions, legacy, expected):
    found = tls.parse_client_hello(hello_bytes(versions=versions, legacy=legacy))
    assert found is not None
    assert found[0].max_version == expected


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"GET / HTTP/1.1\r\n", "record type"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "record type"),
        (b"\x80\x2e\x01\x03\x01", "record type"),
        (b"\x16\x02", "record type"),
        (b"\x16\x03\x09", "record type"),
        (record(b""), "record length"),
        (b"\x16\x03\x01\xff\xff", "record length"),
        (server_hello(), "handshake type"),
        (record(b"\x01\xff\xff\xff"), "too large"),
        (record(b"\x01") * 40, "too large"),
        (record(b"\x01" + vector(3, b"\x03\x03")), "message ends early"),
        (record(b"\x01" + vector(3, b"\x03\x03" + bytes(32) + b"\x00" + vector(2, b"") + vector(1, b"\x00"))), "no cipher suites"),
    ],
)
def test_bytes_that_are_no_hello_are_refused_at_once(data, complaint):
    with pytest.raises(tls.NotTls, match=complaint):
        tls.parse_client_hello(data)


@pytest.mark.parametrize(
    ("extensions", "complaint"),
    [
        (extension(0, b"") + extension(0, b""), "extension twice"),
        (extension(0, vector(2, b"\x00" + vector(2, b"a.test") + b"\x00" + vector(2, b"b.test"))), "trailing bytes"),
        (extension(0, vector(2, b"\x01" + vector(2, b"a.test"))), "server name"),
        (extension(0, vector(2, b"\x00" + vector(2, b""))), "server name"),
        (extension(0, vector(2, b"\x00" + vector(2, "ä.test".encode()))), "server name"),
        (extension(16, b"\x00\x05\x02h2"), "message ends early"),
        (extension(43, b""), "message ends early"),
    ],
)
def test_an_extension_that_can_be_read_in_two_ways_is_refused(extensions, complaint):
    body = b"\x03\x03" + bytes(32) + vector(1, b"") + vector(2, b"\x13\x01") + vector(1, b"\x00") + vector(2, extensions)
    with pytest.raises(tls.NotTls, match=complaint):
        tls.parse_client_hello(record(b"\x01" + vector(3, body)))


def test_a_second_message_behind_the_hello_is_refused():
    with pytest.raises(tls.NotTls, match="bytes after the message"):
        tls.parse_client_hello(record(hello_bytes()[5:] * 2))


def test_a_hello_that_never_ends_is_refused():
    endless = record(b"\x01" + (tls.MAX_SIZE - 4).to_bytes(3, "big") + bytes(100))
    with pytest.raises(tls.NotTls, match="too many records"):
        tls.parse_client_hello(endless + record(b"\x00") * 40)


@pytest.mark.parametrize(
    ("version", "chosen", "expected"), [(0x0303, 0x0304, 0x0304), (0x0303, None, 0x0303), (0x0302, None, 0x0302), (0x0303, 0x0301, 0x0301)]
)
def test_the_server_settles_on_a_version(version, chosen, expected):
    data = server_hello(version=version, chosen=chosen)
    assert tls.parse_server_hello(data + record(b"\x0b" + vector(3, b"certificate"))) == (tls.ServerHello(expected), len(data))


def test_a_servers_warning_is_stepped_over():
    warning = record(b"\x01\x70", kind=21)
    assert tls.parse_server_hello(warning) is None
    found = tls.parse_server_hello(warning + server_hello())
    assert found is not None
    assert found[0].version == tls.TLS_1_3


def test_a_server_that_speaks_first_and_not_tls_is_refused():
    with pytest.raises(tls.NotTls):
        tls.parse_server_hello(b"SSH-2.0-OpenSSH_9.2\r\n")


def test_twenty_thousand_damaged_hellos_raise_nothing_else():
    source = random.Random(7)
    samples = [client_hello("www.shop.test"), hello_bytes(), server_hello(), hello_bytes()[:60]]
    for _ in range(20_000):
        data = bytearray(source.choice(samples))
        for _ in range(source.randint(1, 6)):
            data[source.randrange(len(data))] = source.getrandbits(8)
        del data[source.randint(len(data) // 2, len(data)) :]
        for parse in (tls.parse_client_hello, tls.parse_server_hello):
            try:
                parse(data)
            except tls.NotTls:
                continue
