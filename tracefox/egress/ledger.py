"""What one scan may spend at the guard, what it has spent, and every decision that was taken.

A budget that is spent ends the scan: `exceeded` names the first that was, as `limit:<which>`, and `on_exceeded` is called once. Bytes are counted
before they are passed on, so nothing beyond the budget reaches the other side. The record is bounded too: `left_out` counts what did not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

MAX_DECISIONS = 5_000

Verdict = Literal["allowed", "denied", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """Limits of one scan. The first six end the scan; the others, in seconds, end one connection."""

    max_down: int = 48 * 1024 * 1024
    max_up: int = 1024 * 1024
    max_open: int = 256
    max_connections: int = 1_500
    max_hosts: int = 300
    max_wall: float = 90
    head: float = 10
    lookup: float = 5
    connect: float = 10
    idle: float = 30


@dataclass(frozen=True, slots=True)
class Decision:
    """`denied` by a rule, `failed` on the way (look-up, connect), or `allowed` and dialled at `address`. `at` counts seconds from the guard's start."""

    verdict: Verdict
    reason: str
    host: str
    port: int
    address: str = ""
    method: str = "CONNECT"
    at: float = 0.0


@dataclass(slots=True)
class Counters:
    """`connections` and `hosts` are totals, denied ones included; `open` is the number of connections at this moment."""

    bytes_down: int = 0
    bytes_up: int = 0
    connections: int = 0
    hosts: int = 0
    open: int = 0


@dataclass(slots=True)
class Ledger:
    budget: Budget
    on_exceeded: Callable[[str], None]
    counters: Counters = field(default_factory=Counters)
    decisions: list[Decision] = field(default_factory=list)
    left_out: int = 0
    exceeded: str = ""
    _hosts: set[str] = field(default_factory=set)
    _began: float = field(default_factory=monotonic)

    def note(self, verdict: Verdict, reason: str, host: str, port: int, *, address: str = "", method: str = "CONNECT") -> None:
        if len(self.decisions) >= MAX_DECISIONS:
            self.left_out += 1
            return
        self.decisions.append(Decision(verdict, reason, host, port, address, method, round(monotonic() - self._began, 3)))

    def admit(self) -> bool:
        """One more connection came. Where it fits, `leave` must follow."""
        if self.counters.connections >= self.budget.max_connections:
            return self.exceed("max-connections")
        if self.counters.open >= self.budget.max_open:
            return self.exceed("max-open")
        self.counters.connections += 1
        self.counters.open += 1
        return True

    def leave(self) -> None:
        self.counters.open -= 1

    def meet(self, host: str) -> bool:
        """This host was asked for. Denied hosts count: each name may cost a look-up."""
        if host in self._hosts:
            return True
        if len(self._hosts) >= self.budget.max_hosts:
            return self.exceed("max-hosts")
        self._hosts.add(host)
        self.counters.hosts = len(self._hosts)
        return True

    def spend_down(self, size: int) -> bool:
        if self.counters.bytes_down + size > self.budget.max_down:
            return self.exceed("max-down")
        self.counters.bytes_down += size
        return True

    def spend_up(self, size: int) -> bool:
        if self.counters.bytes_up + size > self.budget.max_up:
            return self.exceed("max-up")
        self.counters.bytes_up += size
        return True

    def exceed(self, which: str) -> bool:
        """Always False, so that a caller can return it."""
        if not self.exceeded:
            self.exceeded = f"limit:{which}"
            self.on_exceeded(self.exceeded)
        return False
