"""A small web on loopback: many host names behind one TLS port, each answered by a function.

`Web({"www.example.com": site})` serves every name with a certificate of its own, logs whatever arrives (requests of any method with their body, WebSocket
frames, bytes that are no TLS, datagrams to the same port) and writes the two files by which a client finds and trusts it: `hosts_file`, lines of
`127.0.0.1:PORT name`, and `ca_file`. A name that is not in it gets no connection. A site is `(hit) -> Reply`; it runs on the server's thread and must be quick:
use `Reply.delay` to be slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import socket
import ssl
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from demo.authority import Authority, Fault, modern_context, old_context
from demo.connection import Connection
from demo.wire import SAFE_METHODS, Hit, Reply, Site

__all__ = ["SAFE_METHODS", "Fault", "Hit", "Reply", "Site", "Web"]

TLS_HANDSHAKE = b"\x16"
PLAIN_ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Web:
    """Serves `sites` between `start` and `stop`. With a directory it keeps its authority there; without, everything is gone afterwards."""

    def __init__(self, sites: Mapping[str, Site], *, directory: Path | None = None, port: int = 0, faults: Mapping[str, Fault] | None = None) -> None:
        self._temporary = directory is None
        self._directory = directory or Path(tempfile.mkdtemp(prefix="web-"))
        self._authority = Authority.open(self._directory)
        self._sites = dict(sites)
        self._faults = dict(faults or {})
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="web", daemon=True)
        self._living: set[Connection] = set()
        self._arriving: set[socket.socket] = set()
        self._handshakes: set[asyncio.Task[None]] = set()
        self._datagrams: asyncio.BaseTransport | None = None
        self.ca_file = self._authority.ca_file
        self.hosts_file = self._directory / "hosts"
        self.log: list[Hit] = []
        self.plain_log: list[Hit] = []
        self.udp_log: list[Hit] = []
        self.unknown_hosts: list[str] = []
        self.failures: list[Exception] = []
        self._listener, self._udp = _bind(port)
        self._old_listener, old_udp = _bind(0)  # the protocol is settled before a client has said which name it wants
        old_udp.close()
        self.port: int = self._listener.getsockname()[1]

    def start(self) -> None:
        self.hosts_file.write_text("".join(f"127.0.0.1:{self.port_of(host)} {host}\n" for host in self._sites))
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def stop(self) -> None:
        if self._loop.is_closed():
            return
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()
        for bound in (self._listener, self._old_listener, self._udp):
            bound.close()
        if self._temporary:
            shutil.rmtree(self._directory, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def port_of(self, host: str) -> int:
        old = self._faults.get(host) is Fault.OLD_PROTOCOL
        return int((self._old_listener if old else self._listener).getsockname()[1])

    def forget(self) -> None:
        """Start the logs afresh."""
        for log in (self.log, self.plain_log, self.udp_log, self.unknown_hosts):
            log.clear()

    @property
    def writes(self) -> list[Hit]:
        """Everything that arrived and could have changed something here."""
        return [hit for hit in itertools.chain(self.log, self.plain_log, self.udp_log) if hit.writes]

    # On the server's thread

    async def _open(self) -> None:
        for listener, context in ((self._listener, modern_context()), (self._old_listener, old_context())):
            context.sni_callback = self._choose
            self._loop.add_reader(listener, self._accept, listener, context)
        self._datagrams, _ = await self._loop.create_datagram_endpoint(lambda: _Datagrams(self.udp_log), sock=self._udp)

    async def _close(self) -> None:
        self._loop.remove_reader(self._listener)
        self._loop.remove_reader(self._old_listener)
        for waiting in self._arriving:
            self._loop.remove_reader(waiting)
            waiting.close()
        for task in self._handshakes:
            task.cancel()
        await asyncio.gather(*self._handshakes)
        connections = list(self._living)
        for connection in connections:
            connection.transport.abort()
            await connection.closed.wait()
        if self._datagrams:
            self._datagrams.close()
        await asyncio.sleep(0)  # closing is finished on the loop's next turn

    def _accept(self, listener: socket.socket, context: ssl.SSLContext) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                arrived, _ = listener.accept()
                arrived.setblocking(False)
                self._arriving.add(arrived)
                self._loop.add_reader(arrived, self._welcome, arrived, context)

    def _welcome(self, arrived: socket.socket, context: ssl.SSLContext) -> None:
        """The first byte is there: TLS, or something that must not be."""
        self._loop.remove_reader(arrived)
        self._arriving.discard(arrived)
        try:
            first = arrived.recv(1, socket.MSG_PEEK)
        except OSError:
            first = b""
        if first == TLS_HANDSHAKE:
            task = self._loop.create_task(self._shake_hands(arrived, context))
            self._handshakes.add(task)
            task.add_done_callback(self._handshakes.discard)
            return
        if first:
            self._log_plain(arrived)
        arrived.close()

    async def _shake_hands(self, arrived: socket.socket, context: ssl.SSLContext) -> None:
        try:
            await self._loop.connect_accepted_socket(
                lambda: Connection(answer=self._answer, record=self.log.append, living=self._living), arrived, ssl=context, ssl_handshake_timeout=10
            )
        except (OSError, ssl.SSLError, asyncio.CancelledError):
            arrived.close()  # the client was not satisfied, or hung up: its business

    def _choose(self, handshake: Any, name: str | None, _: ssl.SSLContext) -> int | None:
        host = (name or "").lower()
        if host not in self._sites:
            self.unknown_hosts.append(host)
            return int(ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)
        if host not in self._contexts:
            self._contexts[host] = self._authority.context(host, fault=self._faults.get(host))
        handshake.context = self._contexts[host]
        return None

    def _answer(self, hit: Hit) -> Reply:
        self.log.append(hit)
        if hit.host not in self._sites:
            return Reply(status=421)
        try:
            return self._sites[hit.host](hit)
        except Exception as failure:
            self.failures.append(failure)
            return Reply(traceback.format_exc(), status=500, media_type="text/plain")

    def _log_plain(self, arrived: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self.plain_log.append(Hit("", "PLAIN", "/", body=arrived.recv(4096), at=time.time(), protocol="plain"))
            arrived.send(PLAIN_ANSWER)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, log: list[Hit]) -> None:
        self._log = log

    def datagram_received(self, data: bytes, _: Any) -> None:
        self._log.append(Hit("", "UDP", "/", body=data[:256], at=time.time(), protocol="udp"))


def _bind(port: int) -> tuple[socket.socket, socket.socket]:
    """A TCP and a UDP socket on the same port of 127.0.0.1."""
    for _ in range(20):
        listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        listener.setblocking(False)
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagrams.bind(("127.0.0.1", listener.getsockname()[1]))
        except OSError:
            listener.close()
            datagrams.close()
        else:
            return listener, datagrams
    raise OSError(f"No port of 127.0.0.1 is free for both TCP and UDP (asked for {port or 'any'}).")
