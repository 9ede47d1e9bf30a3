"""What the steps of one run share: the page, the test, the values to type, and what was recorded so far."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from playwright.async_api import Page

from checkout import steps
from checkout.flow import Flow
from checkout.runner.locate import Found
from checkout.runner.masking import Secrets
from checkout.runner.record import Record


@dataclass
class Scene:
    """`found` is the element of the step that runs."""

    page: Page
    flow: Flow
    values: dict[str, str]
    secrets: Secrets
    record: Record
    found: Found | None = None

    def put_in(self, text: str) -> str:
        return steps.put_in(text, self.values)

    def words(self, text: str) -> str:
        """A text of the page, as it may be told."""
        return self.record.text(text)

    def now(self) -> float:
        return asyncio.get_running_loop().time()
