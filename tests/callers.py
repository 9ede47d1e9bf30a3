"""Programs that call the API: `caller(workspace)` is Django's test client with a key of that workspace in its header."""

from __future__ import annotations

from typing import Any

from django.test import Client as Browser

from accounts import api_keys
from accounts.models import Workspace


def caller(workspace: Workspace, *, can_write: bool = True) -> Browser:
    _key, plain = api_keys.create(workspace=workspace, name="Pipeline", by=None, can_write=can_write)
    return Browser(headers={"Authorization": f"Bearer {plain}"})


def send(program: Browser, method: str, path: str, body: Any = None) -> Any:
    """The answer to a request with a JSON body."""
    return getattr(program, method)(path, body, content_type="application/json")
