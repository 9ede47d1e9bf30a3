"""The shops that Checkout Tests are played on, and how one is played there: isolated, as a worker plays it.

with stand.opened("oscar") as shop:
    result = shop.play(flows.oscar())
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from checkout import child
from checkout.result import RunResult
from checkout.runner.protocol import Job
from demo.shop.site import Shop as DemoShop
from scans.capture import configuration
from tests.shops import evershop_shop, flows, oscar_shop, vendor
from tests.shops.breakages import NEW_ORIGIN
from tests.shops.front import Breaking, Front
from tracefox.egress.hosts import HostMap

asked_for = pytest.mark.skipif("TRACEFOX_SHOPS" not in os.environ, reason="takes minutes and installs two shops: make shops")


@contextlib.contextmanager
def _demo(_: Path) -> Iterator[Front]:
    with Front(DemoShop().sites | {NEW_ORIGIN: vendor.sites()[NEW_ORIGIN]}) as front:
        yield front


OPENERS: dict[str, Callable[[Path], AbstractContextManager[Front]]] = {"oscar": oscar_shop.opened, "evershop": evershop_shop.opened, "demo": _demo}


@dataclass(frozen=True)
class Stand:
    front: Front
    data: dict[str, str]

    def play(self, flow: Mapping[str, Any], *, broken_by: Breaking | None = None, video: bool = False, data: Mapping[str, str] | None = None) -> RunResult:
        """One Test Run, on the shop as it is or as it is broken."""
        hosts, pins = HostMap.read(self.front.hosts_file), configuration.key_pins(self.front.ca_file)
        known = child.ChildSettings(binary=settings.BROWSER, hosts=hosts, trusted_key_pins=pins)
        self.front.forget()
        self.front.break_by = broken_by
        try:
            return child.replay(Job(run="shop", flow=flow, plain=self.data | dict(data or {}), video=video), settings=known, on_event=lambda event: None)
        finally:
            self.front.break_by = None


@contextlib.contextmanager
def opened(name: str) -> Iterator[Stand]:
    with tempfile.TemporaryDirectory(prefix=f"shop-{name}-", dir="/var/tmp") as folder, OPENERS[name](Path(folder)) as front:
        yield Stand(front, flows.DEMO_DATA if name == "demo" else flows.DATA)
