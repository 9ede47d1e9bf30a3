"""How the runner speaks: every event goes out here, and no string in it holds a secret. It also hears the parent's two answers, `go` and `cut`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from checkout.runner import protocol


class Voice:
    """`hide` takes the secrets out of a text, from the moment on that there are any."""

    def __init__(self, events: int) -> None:
        self._events = events
        self.hide: Callable[[str], str] = str

    def say(self, event: Mapping[str, Any]) -> None:
        """Bytes (`data`) pass as they are: what makes them hides secrets before."""
        line = protocol.event_line({name: value if name == "type" else self._clean(value) for name, value in event.items()})
        view = memoryview(line)
        while view:
            view = view[os.write(self._events, view) :]

    async def hear(self, answer: str) -> None:
        """Wait for this answer. A parent that is gone ends us anyway."""
        while True:
            line = await asyncio.to_thread(sys.stdin.buffer.readline)
            if not line:
                raise EOFError("the parent is gone")
            if json.loads(line).get("type") == answer:
                return

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, Mapping):
            return {self._clean(key): self._clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._clean(item) for item in value]
        return value
