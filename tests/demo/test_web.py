from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
from collections.abc import Iterator

import pytest

from demo.web import Fault, Hit, Reply, Web

HOST = "www.example.com"


def echo(hit: Hit) -> Reply:
    return Reply(f"{hit.method} {hit.path} {hit.query} {hit.body.decode()}", media_type="text/plain")


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({HOST: echo}) as web:
        yield web


@contextlib.contextmanager
def connect(web: Web, host: str = HOST, *, context: ssl.SSLContext | None = None) -> Iterator[ssl.SSLSocket]:
    context = context or ssl.create_default_context(cafile=str(web.ca_file))
    with socket.create_connection(("127.0.0.1", web.port_of(host))) as plain:
        plain.settimeout(30)
        with context.wrap_socket(plain, server_hostname=host) as connection:
            yield connection


def ask(connection: ssl.SSLSocket, path: str = "/", *, host: str = HOST, method: str = "GET", extra: str = "", body: bytes = b"") -> bytes:
    connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body)
    return read_reply(connection)


def read_reply(connection: ssl.SSLSocket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    size = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0)
    while len(body) < size:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def test_a_request_reaches_its_site_and_the_log_with_its_body(web):
    with connect(web) as connection:
        reply = ask(connection, "/cart?id=7", method="POST", body=b"a=b")
    assert reply.endswith(b"POST /cart id=7 a=b")
    [hit] = web.log
    assert (hit.host, hit.method, hit.path, hit.parameter("id"), hit.body) == (HOST, "POST", "/cart", "7", b"a=b")
    assert web.writes == [hit]


def test_a_body_in_chunks_is_put_together(web):
    with connect(web) as connection:
        connection.sendall(f"PUT / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\n".encode())
        connection.sendall(b"de\r\n0\r\n\r\n")
        assert read_reply(connection).endswith(b"abcde")


def test_one_connection_carries_many_requests_even_sent_at_once(web):
    with connect(web) as connection:
        connection.sendall(b"".join(f"GET /{n} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode() for n in range(3)))
        received = b""
        while received.count(b"HTTP/1.1 200") < 3 or not received.endswith(b"GET /2  "):
            received += connection.recv(65536)
    assert [hit.path for hit in web.log] == ["/0", "/1", "/2"]


def test_every_host_shows_its_own_certificate():
    with Web({HOST: echo, "cdn.example.net": echo}) as web:
        for host in (HOST, "cdn.example.net"):
            with connect(web, host) as connection:
                certificate = connection.getpeercert()
                assert certificate is not None
                assert certificate["subjectAltName"] == (("DNS", host),)


def test_an_unknown_host_gets_no_connection(web):
    with pytest.raises(ssl.SSLError), connect(web, "nowhere.example.com"):
        pass
    assert web.unknown_hosts == ["nowhere.example.com"]
    assert web.log == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.EXPIRED, "certificate has expired"),
        (Fault.OTHER_NAME, "Hostname mismatch"),
        (Fault.UNKNOWN_AUTHORITY, "unable to get local issuer"),
        (Fault.SELF_SIGNED, "self-signed certificate"),
        (Fault.OLD_PROTOCOL, "protocol|legacy sigalg"),  # said by the client or the server, whichever finds out first
    ],
)
def test_a_careful_client_refuses_a_faulty_host(fault, words):
    with Web({HOST: echo}, faults={HOST: fault}) as web:
        with pytest.raises(ssl.SSLError, match=f"(?i){words}"), connect(web):
            pass
        assert web.log == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated")
def test_the_old_host_does_speak_tls_1_0():
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    with Web({HOST: echo}, faults={HOST: Fault.OLD_PROTOCOL}) as web, connect(web, context=old) as connection:
        assert connection.version() == "TLSv1"
        assert ask(connection).startswith(b"HTTP/1.1 200")


def test_bytes_that_are_no_tls_are_logged_apart_and_count_as_a_write(web):
    with socket.create_connection(("127.0.0.1", web.port)) as plain:
        plain.sendall(b"GET /secret HTTP/1.1\r\n\r\n")
        assert plain.recv(100).startswith(b"HTTP/1.1 400")
    assert [hit.body for hit in web.plain_log] == [b"GET /secret HTTP/1.1\r\n\r\n"]
    assert web.log == []
    assert web.writes == web.plain_log


def test_a_datagram_is_logged(web):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, connect(web) as connection:
        datagrams.sendto(b"stun", ("127.0.0.1", web.port))
        while not web.udp_log:
            ask(connection)
    assert web.udp_log[0].body == b"stun"


def test_an_upgrade_is_completed_and_its_frames_are_logged(web):
    with connect(web) as connection:
        extra = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        accepted = ask(connection, "/live", extra=extra)
        assert b"101 Switching" in accepted
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in accepted
        mask = b"\x01\x02\x03\x04"
        connection.sendall(b"\x81\x85" + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(b"hello")) + b"\x88\x80" + mask)
        assert connection.recv(10) == b"\x88\x00"
    upgrade, frame = web.log
    assert (upgrade.method, upgrade.protocol, upgrade.writes) == ("GET", "websocket", True)
    assert (frame.method, frame.path, frame.body) == ("WS", "/live", b"hello")


def test_a_body_may_drip():
    with Web({HOST: lambda hit: Reply(iter([b"one", b"two"]), pause=0.001)}) as web, connect(web) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        received = b""
        while chunk := connection.recv(1000):
            received += chunk
    assert received.endswith(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")


def test_an_endless_body_waits_for_its_reader():
    given = itertools.count()

    def endless(hit: Hit) -> Reply:
        return Reply((next(given).to_bytes(8, "big") * 1000 for _ in itertools.repeat(None)), headers=[("Content-Length", "10000000000")])

    with Web({HOST: endless}) as web, connect(web) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        connection.recv(1000)
    assert next(given) < 10_000


def test_a_reply_may_never_come_and_the_web_still_stops():
    with Web({HOST: lambda hit: Reply(delay=3600)}) as web, connect(web) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        while not web.log:
            pass


def test_a_site_that_breaks_answers_500_and_is_remembered():
    def broken(hit: Hit) -> Reply:
        raise KeyError("no such page")

    with Web({HOST: broken}) as web, connect(web) as connection:
        assert ask(connection).startswith(b"HTTP/1.1 500")
        assert [type(failure) for failure in web.failures] == [KeyError]


def test_three_hundred_connections_at_once_are_served(web):
    context = ssl.create_default_context(cafile=str(web.ca_file))
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(web, context=context)) for _ in range(300)]
        for number, connection in enumerate(connections):
            connection.sendall(f"GET /{number} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        for number, connection in enumerate(connections):
            assert read_reply(connection).endswith(f"GET /{number}  ".encode())


def test_the_hosts_file_names_every_host_and_the_authority_stays_the_same(tmp_path):
    with Web({HOST: echo, "cdn.example.net": echo}, directory=tmp_path) as web:
        assert web.hosts_file.read_text() == f"127.0.0.1:{web.port} {HOST}\n127.0.0.1:{web.port} cdn.example.net\n"
        trusted = web.ca_file.read_bytes()
    with Web({HOST: echo}, directory=tmp_path) as web:
        assert web.ca_file.read_bytes() == trusted
        with connect(web) as connection:
            assert ask(connection).startswith(b"HTTP/1.1 200")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["authority.pem", "ca.pem", "hosts"]
