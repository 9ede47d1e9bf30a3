"""What a Checkout Test is made of: Steps on Targets, Success conditions, a Viewport and a stop point.

Pure. Only the shape: `checkout.steps` reads and judges it. To add a field: give it a default here, a reader and a schema in `checkout.parsing`, a line in
`docs/checkout-tests.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Device = Literal["desktop", "phone", "tablet"]
Analytics = Literal["blocked", "tagged", "left"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameMatch:
    """One frame on the way to the element, by its address pattern, its name, or both. Empty: does not matter."""

    url: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fingerprint:
    """What the element looked like when it was recorded. Empty: not known."""

    tag: str = ""
    role: str = ""
    text: str = ""
    type: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An element: alternatives that race, each a chain through shadow roots, in a frame (outermost first; none: the page itself)."""

    selectors: tuple[tuple[str, ...], ...]
    frame: tuple[FrameMatch, ...] = ()
    fingerprint: Fingerprint = field(default_factory=Fingerprint)


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewport:
    """The size of the window. A phone or tablet is an emulation in Chromium, no such device."""

    width: int = 1280
    height: int = 800
    device: Device = "desktop"
    scale: float = 1
    touch: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What must hold. `kind` says which of the other fields count."""

    kind: str
    target: Target | None = None
    text: str = ""
    url: str = ""
    count: int = 0
    equals: str = ""
    vendor: str = ""
    account_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One action. `action` says which of the other fields count; `seconds` is its own time limit, if it has one."""

    action: str
    url: str = ""
    target: Target | None = None
    value: str = ""
    key: str = ""
    x: int = 0
    y: int = 0
    state: Literal["visible", "hidden"] = "visible"
    condition: Condition | None = None
    label: str = ""
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """A Checkout Test as it is replayed. `allowed_origins` always holds the origin of `start_url`.

    `stop_after` is the index of the last step that may act; None goes past 'place order', which is the click at `order_step`.
    """

    title: str
    start_url: str
    steps: tuple[Step, ...]
    allowed_origins: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    viewport: Viewport = field(default_factory=Viewport)
    analytics: Analytics = "blocked"
    stop_after: int | None = None
    order_step: int | None = None
    step_seconds: int = 10
    run_seconds: int = 120
    version: int = 1

    @property
    def places_order(self) -> bool:
        return self.stop_after is None and self.order_step is not None
