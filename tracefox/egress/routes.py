"""Where a host may be reached: port, name or literal address, look-up, judgement of every answer, pin.

One bad address among the answers denies the host: a page that mixes a public and a private address is trying something. What was decided for a name holds
for the whole scan, whatever DNS says next, so rebinding finds nothing to rebind. Only a look-up that failed is tried again.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Collection
from dataclasses import dataclass

from tracefox.egress import policy
from tracefox.egress.hosts import HostMap
from tracefox.egress.refusal import Refused
from tracefox.egress.resolver import Resolver


@dataclass(frozen=True, slots=True)
class Route:
    """`literal` hosts are addresses themselves; `judged` is false only for the hosts of tests, which live on loopback."""

    addresses: tuple[str, ...]
    port: int
    literal: bool = False
    judged: bool = True


Pin = tuple[str, ...] | Refused


class Routes:
    """The routes of one scan. `meet` is told each host first, and says whether the budget allows one more."""

    def __init__(
        self,
        *,
        resolve: Resolver,
        hosts: HostMap,
        ports: Collection[int],
        extra_deny: Collection[policy.Network],
        lookup_time: float,
        meet: Callable[[str], bool],
    ) -> None:
        self._resolve = resolve
        self._hosts = hosts
        self._ports = frozenset(ports)
        self._extra_deny = tuple(extra_deny)
        self._lookup_time = lookup_time
        self._meet = meet
        self._pins: dict[str, asyncio.Task[Pin]] = {}

    async def find(self, host: str, port: int) -> Route:
        """Raises `Refused`."""
        _demand(policy.judge_port(port, allowed=self._ports))
        if not self._meet(host):
            raise Refused("limit:max-hosts")
        if place := self._hosts.get(host):
            return Route((place[0],), place[1], judged=False)
        if is_literal(host):
            self.demand_address(host)
            return Route((host,), port, literal=True)
        _demand(policy.judge_host(host))
        return Route(await self._pinned(host), port)

    def demand_address(self, address: str) -> None:
        _demand(policy.judge_address(address, extra_deny=self._extra_deny), address)

    async def close(self) -> None:
        pending = [task for task in self._pins.values() if not task.done()]
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _pinned(self, host: str) -> tuple[str, ...]:
        task = self._pins.get(host)
        if task is None:
            task = self._pins[host] = asyncio.get_running_loop().create_task(self._look_up(host))
        pin = await asyncio.shield(task)  # others may wait for the same answer
        if isinstance(pin, Refused):
            raise Refused(pin.reason, address=pin.address, failed=pin.failed)
        return pin

    async def _look_up(self, host: str) -> Pin:
        try:
            async with asyncio.timeout(self._lookup_time):
                addresses = tuple(await self._resolve(host))
        except (OSError, UnicodeError):
            addresses = ()
        if not addresses:
            del self._pins[host]
            return Refused("dns", failed=True)
        try:
            for address in addresses:
                self.demand_address(address)
        except Refused as refusal:
            return refusal
        return addresses


def is_literal(host: str) -> bool:
    if ":" in host:
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _demand(verdict: policy.Verdict, address: str = "") -> None:
    if not verdict.allowed:
        raise Refused(verdict.reason, address=address)
