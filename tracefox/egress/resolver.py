"""Names to addresses, by the system's resolver, for one guard.

A resolver is any `async (host) -> addresses`; it raises OSError where there is no answer. The guard sets the time limit and judges what comes back.
Names are asked with a final dot, so that no search domain of ours is ever appended.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Resolver = Callable[[str], Awaitable[Sequence[str]]]
Ask = Callable[..., Sequence[tuple[Any, ...]]]
_THREADS = 8


class SystemResolver:
    """Own threads, so that a page full of names that never answer holds up no other scan."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="egress-dns")

    async def __call__(self, host: str) -> Sequence[str]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, look_up, host)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def look_up(host: str, *, ask: Ask | None = None) -> list[str]:
    """Blocks. Each address once, in the system's order of preference."""
    answers = (ask or socket.getaddrinfo)(f"{host}.", None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))
