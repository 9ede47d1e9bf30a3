"""Before any test: real servers (tests/servers.py), settings that read their addresses, no network but this machine's own, and the cast (tests/cast.py).

All of it happens before Django reads its settings, so pyproject names no settings module: this file does.
"""

from __future__ import annotations

import ipaddress
import os
import socket

import django
import pytest
from django.conf import settings

from tests import servers
from tracefox import embedded

_running: list[embedded.Servers] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if settings.configured:
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: tests/conftest.py names the settings itself, once their servers are running.")
    os.environ["TRACEFOX_ENV"] = "test"
    os.environ["TRACEFOX_ONBOARDING_LOADS"] = "1"  # what learns by several loads says so
    if not worker and not config.option.collectonly:
        try:
            _running.append(servers.start())
        except embedded.ServerFailed as reason:
            raise pytest.UsageError(str(reason)) from reason
    if not config.option.collectonly:
        servers.take_share(worker)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tracefox.settings"
    django.setup()
    del os.environ["DJANGO_SETTINGS_MODULE"]  # a worker that inherited it would read its settings too early
    config.pluginmanager.import_plugin("tests.cast")
    stay_on_this_machine()


def pytest_unconfigure() -> None:
    while _running:
        servers.stop(_running.pop())


def stay_on_this_machine() -> None:
    """Refuse every connection and every look-up that would leave this machine, so a test that needs the web fails at once."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in (None, "", "localhost") and not _is_loopback(str(name)):
            raise OSError(f"Tests reach this machine only, not {name}.")

    def guarded(call):
        def inner(self, address):
            if self.family != socket.AF_UNIX:
                refuse(address[0])
            return call(self, address)

        return inner

    def guarded_look_up(host, *args, **kwargs):
        refuse(host)
        return look_up(host, *args, **kwargs)

    socket.socket.connect = guarded(connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded(connect_ex)  # type: ignore[method-assign]
    socket.getaddrinfo = guarded_look_up


def _is_loopback(text: str) -> bool:
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False
