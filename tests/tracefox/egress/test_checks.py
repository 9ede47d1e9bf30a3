"""What must be so before production starts."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from tracefox.egress import checks

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("stage", "isolation", "found"),
    [
        ("production", "netns", []),
        ("production", "network", []),
        ("production", "proxy-only", ["tracefox.E012"]),
        ("development", "proxy-only", []),
        ("production", "none", ["tracefox.E011"]),
        ("development", "", ["tracefox.E011"]),
    ],
)
def test_production_is_not_started_without_isolation(settings, stage, isolation, found):
    settings.ENVIRONMENT, settings.EGRESS_ISOLATION = stage, isolation
    assert [message.id for message in checks.isolation(None)] == found


def test_a_denied_network_that_cannot_be_read_stops_the_start(settings):
    settings.EGRESS_DENY = ["10.0.0.0/33"]
    assert [message.id for message in checks.isolation(None)] == ["tracefox.E013"]


def test_the_settings_of_the_tests_pass():
    assert django_settings.EGRESS_ISOLATION in checks.ISOLATIONS
    assert checks.isolation(None) == []


@pytest.mark.parametrize("variable", ["TRACEFOX_EGRESS_HOSTS", "TRACEFOX_EGRESS_CA"])
def test_production_refuses_the_doors_of_the_tests(variable):
    result = start(**{variable: "/tmp/anything"})
    assert result.returncode != 0
    assert "TRACEFOX_EGRESS_HOSTS and TRACEFOX_EGRESS_CA open the egress guard for tests" in result.stderr


def test_production_starts_without_them():
    result = start()
    assert (result.returncode, result.stderr) == (0, "")


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """Read the settings as production would, with every secret given."""
    wanted = re.findall(r'secret\("(\w+)"', (ROOT / "tracefox/settings.py").read_text())
    shaped = {"TRACEFOX_VAULT_KEYS": "prod:" + base64.b64encode(bytes(32)).decode(), "TRACEFOX_EMAIL_URL": "smtp://127.0.0.1:25"}
    secrets = dict.fromkeys(wanted, "x" * 60) | shaped
    environment = {"PATH": os.environ["PATH"], "TRACEFOX_ENV": "production", **secrets, **variables}
    command = [sys.executable, "-c", "import tracefox.settings"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
