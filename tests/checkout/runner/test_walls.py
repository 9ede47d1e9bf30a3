"""The runner knows no Django, no database and no storage; and what opens Test Data is known to the runner alone."""

from __future__ import annotations

import subprocess
import sys

from checkout import isolation
from tests.sources import sources

LOADED = "import sys; import checkout.runner.__main__, checkout.runner.play, checkout.runner.film, checkout.runner.values; print(' '.join(sorted(sys.modules)))"
NOT_IN_THE_RUNNER = (
    "django",
    "psycopg",
    "redis",
    "boto3",
    "botocore",
    "rest_framework",
    "stripe",
    "resend",
    "accounts",
    "alerts",
    "billing",
    "celery",
    "kombu",
)
NOT_OURS_TO_LOAD = ("tracefox.settings", "tracefox.vault", "tracefox.blobs", "checkout.models", "checkout.runner_keys", "scans.models")


def test_nothing_of_the_web_process_is_loaded_in_the_runner():
    ran = subprocess.run([sys.executable, "-c", LOADED, "checkout.runner"], capture_output=True, text=True, check=True, cwd=isolation.ROOT, timeout=60)
    loaded = set(ran.stdout.split())
    assert [name for name in (*NOT_IN_THE_RUNNER, *NOT_OURS_TO_LOAD) if name in loaded] == []
    assert "checkout.runner.unsealing" in loaded


def test_nobody_but_the_runner_can_open_test_data():
    importing = {source.module for source in sources() for found in source.imports if found.module == "checkout.runner.unsealing"}
    assert importing == {"checkout.runner.__main__", "checkout.runner.values"}


def test_only_the_protocol_of_the_runner_is_known_outside_of_it():
    outside = {
        found.module
        for source in sources()
        if not source.module.startswith("checkout.runner")
        for found in source.imports
        if found.module.startswith("checkout.runner.")
    }
    assert outside == {"checkout.runner.protocol"}
