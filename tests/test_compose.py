"""docker-compose.yml runs what the demo runs, as nobody in particular, and holds no secret."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from demo.programs import PROGRAMS

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "tracefox"}
SECRETS = re.compile(r"PASSWORD|SECRET|PEPPER|KEYS?\b|AUTH|KEY_ID")
PLACEHOLDER = re.compile(r"\$\{[A-Z0-9_]+:\?[^}]*\}")


def test_every_program_and_every_store_is_there():
    assert set(SERVICES) == {*PROGRAMS, "migrate", "postgres", "redis", "s3"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_the_command_that_the_demo_runs(name):
    command = shlex.split(SERVICES[name]["command"])
    assert tuple(command[: len(PROGRAMS[name]) + 1]) == ("python", *PROGRAMS[name])


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_runs_as_root_or_may_become_it(name):
    service = SERVICES[name]
    assert str(service["user"]).split(":")[0] not in ("", "0", "root")
    assert "privileged" not in service
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "no-new-privileges:true" in service["security_opt"]
    assert not any(mount.startswith(("/", "~", ".")) for mount in service.get("volumes", []))


@pytest.mark.parametrize("name", OURS)
def test_our_programs_cannot_change_their_own_files(name):
    assert OURS[name]["read_only"] is True


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_everything_that_stays_up_says_whether_it_is_well(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries"} <= set(check)


def test_the_stores_are_reached_from_inside_only():
    assert COMPOSE["networks"]["data"] == {"internal": True}
    for name in ("postgres", "redis", "s3"):
        assert SERVICES[name]["networks"] == ["data"]
        assert "ports" not in SERVICES[name]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_is_written_down(name):
    for variable, value in SERVICES[name].get("environment", {}).items():
        if SECRETS.search(variable):
            assert PLACEHOLDER.sub("", str(value)).strip('",') == "", f"{variable} is written down"
        assert not re.search(r"://[^@/]*:[^@$]+@", PLACEHOLDER.sub("", str(value)))


def test_every_variable_that_must_be_given_stands_in_the_example():
    wanted = set(re.findall(r"\$\{([A-Z0-9_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    offered = {line.split("=")[0] for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line and not line.startswith("#")}
    assert wanted <= offered


def test_every_variable_is_one_that_the_settings_know():
    known = (ROOT / "tracefox" / "settings.py").read_text() + (ROOT / "tracefox" / "env.py").read_text()
    for name in SERVICES["web"]["environment"]:
        assert f'"{name}"' in known or name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def test_chromium_keeps_its_sandbox():
    profile = json.loads((ROOT / "docker" / "seccomp.json").read_text())
    refused = {name for rule in profile["syscalls"] for name in rule["names"]}
    assert refused.isdisjoint({"clone", "clone3", "unshare", "setns", "chroot"})
    assert {"mount", "bpf", "kexec_load", "init_module", "open_by_handle_at"} <= refused
    assert "seccomp=docker/seccomp.json" in SERVICES["scan-worker"]["security_opt"]
    assert "seccomp=docker/seccomp-checkout.json" in SERVICES["checkout-worker"]["security_opt"]
    assert "no-sandbox" not in (ROOT / "Dockerfile").read_text() + (ROOT / "docker-compose.yml").read_text()


def test_the_image_runs_without_root_and_is_built_from_the_lock():
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    for stage in stages[-1], next(stage for stage in stages if stage.startswith("base AS s3\n")):
        assert "\nUSER 10001:10001\n" in stage
    assert "uv sync --frozen" in "".join(stages)


def test_the_image_gathers_its_static_files_with_the_settings_of_its_dockerfile(tmp_path):
    line = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("RUN TRACEFOX_ENV=production"))
    given = dict(part.split("=", 1) for part in line.removeprefix("RUN ").rstrip(" \\").split())
    environment = {"PATH": os.defpath, "DJANGO_SETTINGS_MODULE": "tracefox.settings", **given}
    program = "import sys, django; from django.conf import settings; settings.STATIC_ROOT = sys.argv[1]; django.setup()\n"
    program += "from django.core.management import call_command; call_command('collectstatic', interactive=False, verbosity=0)"
    ran = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert list((tmp_path / "tracefox").glob("base.*.css.gz"))


def test_only_the_checkout_worker_gets_the_keys_that_open_test_data():
    assert [name for name, service in SERVICES.items() if "TRACEFOX_RUNNER_KEYS" in service.get("environment", {})] == ["checkout-worker"]
    assert SERVICES["checkout-worker"]["environment"].items() > SERVICES["scan-worker"]["environment"].items()


def test_the_checkout_worker_may_mount_for_bubblewrap_and_nothing_else_that_a_scan_worker_may_not():
    scan, checkout = (json.loads((ROOT / "docker" / f"{name}.json").read_text())["syscalls"][0]["names"] for name in ("seccomp", "seccomp-checkout"))
    assert set(scan) - set(checkout) == {"mount", "mount_setattr", "pivot_root", "umount"}
    assert set(checkout) <= set(scan)
    assert "bubblewrap" in (ROOT / "Dockerfile").read_text()
    assert "bubblewrap" in (ROOT / "setup.sh").read_text()
