"""The environment, read once: every variable that Tracefox knows is asked for in `tracefox.settings` through here.

A secret `X` may also come from a file named by `X_FILE`. In production a missing secret stops the program with a sentence that names it.
"""

from __future__ import annotations

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
STAGE = env.str("TRACEFOX_ENV", "development")
if STAGE not in ("development", "test", "production"):
    raise ImproperlyConfigured(f"TRACEFOX_ENV is {STAGE!r}; it must be development, test or production.")
PRODUCTION = STAGE == "production"


def secret(name: str, *, development: str, needed: bool = True) -> str:
    """The secret's value; outside production a fixed stand-in serves where none is set. One that is not `needed` may be empty, and in production is."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    if value := os.environ.get(name):
        return value
    if not needed and (PRODUCTION or name in os.environ):
        return ""
    if PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set. In production every secret must be given, as {name} or as a file named by {name}_FILE.")
    return development
