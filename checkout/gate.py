"""The egress guard of one Test Run, and the barrier in it. It runs in the loop of this process's browser engine; every method here blocks until it is done.

A checkout writes, so the guard is not read-only; everything else holds as for a scan. Hosts that only count or advertise are not reached when the test says
so: here, where neither a worker nor a frame of the page gets around it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from typing import TypeVar
from urllib.parse import urlsplit

from checkout import analytics
from checkout.flow import Flow
from tracefox import browser
from tracefox.egress.hosts import HostMap
from tracefox.egress.ledger import Budget, Decision
from tracefox.egress.policy import Network
from tracefox.egress.proxy import Guard
from tracefox.egress.refusal import Refused

BLOCKED = "analytics"
Result = TypeVar("Result")


class Gate:
    def __init__(self, flow: Flow, *, hosts: HostMap, extra_deny: Collection[Network]) -> None:
        budget = Budget(
            max_down=256 << 20, max_up=16 << 20, max_open=256, max_connections=6000, max_hosts=500, max_wall=flow.run_seconds + 120, lookup=5, idle=60
        )
        self._guard = Guard(read_only=False, budget=budget, hosts=Reachable(hosts, flow), extra_deny=extra_deny)
        self.is_cut = False

    @property
    def decisions(self) -> list[Decision]:
        return list(self._guard.decisions)

    @property
    def exceeded(self) -> str:
        return self._guard.exceeded

    def serve(self, listener: socket.socket) -> None:
        browser.engine().run(self._guard.serve(listener))

    def cut(self) -> None:
        """The barrier at the stop point: from here on nothing leaves. When this returns, it is so."""
        self.shut()
        self.is_cut = True

    def shut(self) -> None:
        """The same, for whatever other reason the run is over."""
        self._in_loop(self._guard.cut)

    def close(self) -> None:
        browser.engine().run(self._guard.close())

    def _in_loop(self, deed: Callable[[], Result]) -> Result:
        async def done() -> Result:
            return deed()

        return browser.engine().run(done())


class Reachable(HostMap):
    """The map of tests' hosts, which also says which hosts this run does not reach. Others go to the address that DNS gives."""

    def __init__(self, hosts: HostMap, flow: Flow) -> None:
        super().__init__()
        self._hosts = hosts
        self._blocks = flow.analytics == "blocked"
        self._home = urlsplit(flow.start_url).hostname or ""

    def get(self, name: str) -> tuple[str, int] | None:
        if self._blocks and analytics.is_kept_away(name, home=self._home):
            raise Refused(BLOCKED)
        return self._hosts.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._hosts

    def __len__(self) -> int:
        return len(self._hosts)
