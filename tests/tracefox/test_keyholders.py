"""Each program in a process of its own, with the settings that production has: who was given keys that are not for it does not start."""

from __future__ import annotations

import pytest

from tests.tracefox.test_headers import PRODUCTION, run
from tracefox import keyholders

RING = {"TRACEFOX_RUNNER_KEYS": "test:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}
WORKER = ("-m", "celery", "-A", "tracefox", "worker", "--pool", "solo", "-Q")
NOBODY = {"REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.mark.parametrize(
    ("queues", "ring", "kms", "words"),
    [
        ([], False, False, ""),
        ([], False, True, ""),
        (["scan"], False, False, ""),
        (["checkout"], True, False, ""),
        (["checkout"], False, True, ""),
        ([], True, False, "The web server was given"),
        (["scan"], True, False, "A worker for scan was given"),
        (["scan", "default"], True, True, "A worker for default, scan was given"),
        (["checkout"], False, False, "needs TRACEFOX_RUNNER_KEYS"),
        (["checkout", "scan"], True, False, "serves no other queue: not scan"),
    ],
)
def test_keys_of_test_data_are_for_checkout_workers_alone(queues, ring, kms, words):
    sentence = keyholders.fault(queues=queues, holds_ring=ring, holds_kms=kms)
    assert sentence.startswith(words) if sentence.startswith(("The", "A worker for")) else words in sentence
    assert bool(sentence) == bool(words)


def test_the_web_server_refuses_to_start_with_the_runners_ring():
    assert run("-c", "import tracefox.wsgi", **PRODUCTION).returncode == 0
    refused = run("-c", "import tracefox.wsgi", **PRODUCTION, **RING)
    assert refused.returncode != 0
    assert "The web server was given TRACEFOX_RUNNER_KEYS" in refused.stderr
    assert RING["TRACEFOX_RUNNER_KEYS"] not in refused.stderr


@pytest.mark.parametrize(("queue", "given", "words"), [("scan", RING, "A worker for scan was given"), ("checkout", {}, "needs TRACEFOX_RUNNER_KEYS")])
def test_a_worker_with_the_wrong_keys_does_not_start(queue, given, words):
    refused = run(*WORKER, queue, **PRODUCTION, **NOBODY, **given)
    assert refused.returncode != 0
    assert words in refused.stdout + refused.stderr


def test_the_deployment_check_warns_where_the_ring_is_set(settings):
    settings.RUNNER_KEYS = ""
    assert keyholders.check_place() == []
    settings.RUNNER_KEYS = RING["TRACEFOX_RUNNER_KEYS"]
    assert [found.id for found in keyholders.check_place()] == ["tracefox.W020"]


def test_outside_production_one_process_may_be_everything(settings):
    settings.RUNNER_KEYS = RING["TRACEFOX_RUNNER_KEYS"]
    keyholders.refuse_to_serve()
