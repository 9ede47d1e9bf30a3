"""Nobody opens a connection to the web but the egress guard.

The grep reads every Python file of the product. Vendors' libraries bring their own clients and speak to fixed hosts; the modules that wrap them are listed,
each with its vendor. To add one: a line in `WRAPPERS`, and a host in `compliance/subprocessors.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CLIENTS = re.compile(r"^\s*(?:import|from)\s+(?:requests|httpx|aiohttp|urllib3|pycurl|websockets?)\b|urllib\.request|urlopen|http\.client|HTTPSConnection")
SOCKETS = re.compile(r"socket\.create_connection|\.sock_connect\(|asyncio\.open_connection|\bcreate_connection\(|\.connect(?:_ex)?\(\(")
WRAPPERS = {
    "tracefox/blobs.py": "S3",
    "tracefox/mail.py": "Resend",
    "tracefox/analytics.py": "PostHog",
    "billing/stripe_api.py": "Stripe",
}
LOOPBACK_ONLY = ("tracefox/embedded/", "docker/")  # start and ask after programs beside them: Postgres, Redis, S3, the web server
NOT_THE_PRODUCT = ("tests", "demo", "benchmarks", "docs", "node_modules", "staticfiles")


def product_files() -> list[Path]:
    files = (path for path in ROOT.rglob("*.py") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts))
    return [path for path in files if path.relative_to(ROOT).parts[0] not in NOT_THE_PRODUCT]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in product_files():
        name = str(path.relative_to(ROOT))
        if name in WRAPPERS or name.startswith(("tracefox/egress/", *LOOPBACK_ONLY)):
            continue
        found += [f"{name}:{number}" for number, line in enumerate(path.read_text().splitlines(), 1) if pattern.search(line)]
    return found


@pytest.mark.parametrize("pattern", [CLIENTS, SOCKETS], ids=["clients", "sockets"])
def test_only_the_egress_guard_and_vendors_wrappers_open_connections(pattern):
    assert lines_with(pattern) == []


def test_the_grep_finds_what_it_looks_for():
    for line in ("import requests", "    from httpx import Client", "import urllib.request", "import aiohttp", "http.client.HTTPSConnection(h)"):
        assert CLIENTS.search(line)
    for line in ("socket.create_connection(a)", "await loop.sock_connect(s, a)", "await asyncio.open_connection(h, 1)", "s.connect((host, 443))"):
        assert SOCKETS.search(line)
    assert len(product_files()) > 10


def test_one_module_of_the_guard_dials():
    dialling = [path.name for path in (ROOT / "tracefox/egress").glob("*.py") if "sock_connect(" in path.read_text()]
    assert dialling == ["dialling.py"]
