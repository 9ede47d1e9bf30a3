"""The egress guard: an HTTP proxy that speaks CONNECT only, one per scan, and the browser's only way out.

Its promise: nothing in plain text leaves, nothing but global unicast addresses is dialled, every name keeps its first addresses for the whole scan, and
after `cut` nothing moves. The order of the decisions is the order of `_converse`: port, name or address, look-up, pin, `200`, ClientHello, dial, peer.
A refusal before the `200` is a 403 whose `Tracefox-Refused` header says why; afterwards it is a closed connection. All of them are in `decisions`.

A new rule on what may be reached belongs into `policy`; a new rule on what may be said there, into `_judge_hello`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from tracefox.egress import dialling, head, policy, refusal, tls
from tracefox.egress.greeting import Greeting
from tracefox.egress.hosts import HostMap
from tracefox.egress.ledger import Budget, Counters, Decision, Ledger, Verdict
from tracefox.egress.refusal import Refused
from tracefox.egress.resolver import Resolver, SystemResolver
from tracefox.egress.routes import Route, Routes
from tracefox.egress.tunnel import Dripped, Inbound, Pipe, Tunnel

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_BACKLOG = 256
_IDLE_ROUNDS = 10
_MAX_TRIES = 4
_NOTHING_ASKED = head.Request("", "", 0)

Result = TypeVar("Result")


class Guard:
    """One per scan, in one event loop. Read `decisions`, `counters` and `exceeded` at any time; `dial` and `resolve` are there for tests."""

    def __init__(
        self,
        *,
        budget: Budget | None = None,
        hosts: HostMap | None = None,
        resolve: Resolver | None = None,
        read_only: bool = True,
        refuse_http1_alpn: bool = True,
        ports: Collection[int] = frozenset({443}),
        extra_deny: Collection[policy.Network] = (),
        on_exceeded: Callable[[str], None] | None = None,
        dial: dialling.Dial = dialling.dial,
    ) -> None:
        self._budget = budget = budget or Budget()
        self._read_only = read_only
        self._refuse_http1_alpn = refuse_http1_alpn
        self._on_exceeded = on_exceeded
        self._dial = dial
        self._ledger = Ledger(budget, self._end_scan)
        self._resolver = resolve or SystemResolver()
        self._routes = Routes(
            resolve=self._resolver, hosts=hosts or HostMap(), ports=ports, extra_deny=extra_deny, lookup_time=budget.lookup, meet=self._ledger.meet
        )
        self._tunnels: set[Tunnel] = set()
        self._server: asyncio.Server | None = None
        self._wall: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._ended = False

    @property
    def decisions(self) -> list[Decision]:
        return self._ledger.decisions

    @property
    def decisions_left_out(self) -> int:
        return self._ledger.left_out

    @property
    def counters(self) -> Counters:
        return self._ledger.counters

    @property
    def exceeded(self) -> str:
        return self._ledger.exceeded

    async def serve(self, listener: socket.socket) -> None:
        """Start accepting on a bound TCP socket, which may live in another network namespace. The scan's time starts here."""
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        self._server = await loop.create_server(lambda: Inbound(self._admit), sock=listener, backlog=_BACKLOG)
        self._wall = loop.call_later(self._budget.max_wall, self._ledger.exceed, "max-wall")
        self._watch_idle()

    def cut(self) -> None:
        """The kill switch: every connection ends now, and every later one at once. Call it in the guard's loop."""
        self._ended = True
        for tunnel in list(self._tunnels):
            tunnel.abort()

    async def close(self) -> None:
        """Cut, stop accepting, and wait until nothing of this guard is left in the loop."""
        self.cut()
        if self._server is not None:
            self._server.close()
        for timer in (self._wall, self._idle):
            if timer is not None:
                timer.cancel()
        await asyncio.gather(*(tunnel.task for tunnel in self._tunnels if tunnel.task), return_exceptions=True)
        await self._routes.close()
        if isinstance(self._resolver, SystemResolver):
            self._resolver.close()

    def _end_scan(self, limit: str) -> None:
        self.cut()
        self._ledger.note("denied", limit, "", 0)
        if self._on_exceeded is not None:
            self._on_exceeded(limit)

    def _watch_idle(self) -> None:
        for tunnel in list(self._tunnels):
            tunnel.quiet += 1
            if tunnel.quiet > _IDLE_ROUNDS:
                tunnel.abort()
        self._idle = asyncio.get_running_loop().call_later(self._budget.idle / _IDLE_ROUNDS, self._watch_idle)

    def _admit(self, client: Inbound) -> None:
        if self._ended or not self._ledger.admit():
            client.transport.abort()
            return
        tunnel = Tunnel(client)
        task = tunnel.task = asyncio.get_running_loop().create_task(self._converse(tunnel))
        task.add_done_callback(lambda _: self._leave(tunnel))
        client.gone = task.cancel
        self._tunnels.add(tunnel)

    def _leave(self, tunnel: Tunnel) -> None:
        tunnel.abort()
        self._tunnels.discard(tunnel)
        self._ledger.leave()

    async def _converse(self, tunnel: Tunnel) -> None:
        request, answered = _NOTHING_ASKED, False
        try:
            request = await self._in_time(tunnel.client.read(head.parse))
            if request.plain_text:
                raise Refused("plain-text")
            route = await self._routes.find(request.host, request.port)
            tunnel.client.transport.write(_ESTABLISHED)
            answered = True
            hello = await self._in_time(tunnel.client.read(tls.parse_client_hello, keep=True))
            remark = self._judge_hello(hello, request, route)
            connection, address = await self._reach(route)
            self._ledger.note("allowed", remark, request.host, request.port, address=address)
            await self._relay(tunnel, connection, request)
        except (Refused, head.Malformed, head.TooLarge, tls.NotTls, Dripped) as error:
            refused = refusal.of(error)
            self._note(refused, request)
            if refused.status and not answered:
                await tunnel.client.dismiss(refusal.answer(refused))

    async def _in_time(self, reading: Awaitable[Result]) -> Result:
        try:
            async with asyncio.timeout(self._budget.head):
                return await reading
        except TimeoutError as error:
            raise Refused("slow", status=0) from error

    def _judge_hello(self, hello: tls.ClientHello, request: head.Request, route: Route) -> str:
        """The name asked for must be the name greeted; literal addresses have none. Chromium offers h2 for everything but WebSockets."""
        if hello.server_name != ("" if route.literal else request.host):
            raise Refused("sni-differs")
        if hello.max_version < tls.TLS_1_2:
            raise Refused("tls-version")
        if not self._read_only or b"h2" in hello.alpn:
            return ""
        if self._refuse_http1_alpn:
            raise Refused("websocket-alpn")
        return "http1-alpn"

    async def _reach(self, route: Route) -> tuple[socket.socket, str]:
        """Dial the addresses in turn; each gets its share of the time."""
        trouble = "unreachable"
        addresses = route.addresses[:_MAX_TRIES]
        for address in addresses:
            try:
                async with asyncio.timeout(self._budget.connect / len(addresses)):
                    connection = await self._dial(address, route.port)
            except OSError as error:
                trouble = _trouble(error)
                continue
            if not dialling.reached(connection, address, route.port):
                connection.close()
                raise Refused("peer-differs", address=address)
            return connection, address
        raise Refused(trouble, address=route.addresses[0], failed=True)

    async def _relay(self, tunnel: Tunnel, connection: socket.socket, request: head.Request) -> None:
        down = Pipe(tunnel, self._ledger.spend_down)
        down.other = tunnel.client.transport
        down.inspect = Greeting(down, lambda refused: self._refuse_server(tunnel, refused, request))
        server, _ = await asyncio.get_running_loop().create_connection(lambda: down, sock=connection)
        await tunnel.join(server, up=Pipe(tunnel, self._ledger.spend_up))

    def _refuse_server(self, tunnel: Tunnel, refused: Refused, request: head.Request) -> None:
        self._note(refused, request)
        tunnel.abort()

    def _note(self, refused: Refused, request: head.Request) -> None:
        verdict: Verdict = "failed" if refused.failed else "denied"
        self._ledger.note(verdict, refused.reason, request.host, request.port, address=refused.address, method=request.method)


def _trouble(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "connect-timeout"
    return "refused" if isinstance(error, ConnectionRefusedError) else "unreachable"
