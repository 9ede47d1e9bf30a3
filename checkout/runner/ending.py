"""How a step or a run can go wrong, as exceptions that say it in words: `Failed` is the shop's failure, `Over` ends the run at once."""

from __future__ import annotations

from typing import Any


class Failed(Exception):
    """What was expected and what was seen instead. `kind` is a word of `checkout.cause`; `facts` are what the cause is told from."""

    def __init__(self, kind: str, *, expected: str, seen: str, **facts: Any) -> None:
        super().__init__(kind)
        self.kind, self.expected, self.seen, self.facts = kind, expected, seen, facts


class Uncertain(Failed):
    """The deed may have been done, and nothing tells whether it was."""


class Over(Exception):
    """The run ends here, with this status and reason."""

    def __init__(self, status: str, reason: str, sentence: str) -> None:
        super().__init__(reason)
        self.status, self.reason, self.sentence = status, reason, sentence
