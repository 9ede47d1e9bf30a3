"""The server's first words: watched until its ServerHello settles on TLS 1.2 or better."""

from __future__ import annotations

from collections.abc import Callable

from tracefox.egress import refusal, tls
from tracefox.egress.refusal import Refused
from tracefox.egress.tunnel import MAX_CHUNKS, Dripped, Pipe


class Greeting:
    """Stands in a pipe and steps out of it once all is well. A client sends nothing of value before the whole ServerHello has reached it."""

    def __init__(self, pipe: Pipe, refuse: Callable[[Refused], None]) -> None:
        self._pipe = pipe
        self._refuse = refuse
        self._heard = bytearray()
        self._chunks = 0

    def __call__(self, data: bytes) -> bool:
        """May this chunk pass?"""
        self._heard += data
        self._chunks += 1
        try:
            done = self._judge()
        except (Refused, tls.NotTls, Dripped) as error:
            self._refuse(refusal.of(error))
            return False
        if done:
            self._pipe.inspect = None
        return True

    def _judge(self) -> bool:
        found = tls.parse_server_hello(self._heard)
        if found is None and self._chunks > MAX_CHUNKS:
            raise Dripped
        if found is not None and found[0].version < tls.TLS_1_2:
            raise Refused("tls-version")
        return found is not None
