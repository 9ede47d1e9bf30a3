"""Who a program is, in the audit trail: it acts under the name of its key, and no person does."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request


def program_of(request: Request) -> str:
    """The name for the trail. A key's own name may be anything, so it stands in quotation marks."""
    return f"API key “{key_of(request).name}”"


def key_of(request: Request) -> Any:
    """The key that opened the door, which lets nobody in without one."""
    return request.auth
