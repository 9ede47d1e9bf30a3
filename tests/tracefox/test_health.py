"""Whoever runs us learns whether we live and can serve, and nothing else."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from tracefox import health


def test_the_process_lives_without_its_parts(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_ready_asks_the_real_database_and_queue(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "queue": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_a_part_that_is_down_is_named_and_its_cause_is_not():
    def broken():
        raise ConnectionError("postgres://tracefox:secret@db/tracefox refused")

    response = health.ready(RequestFactory().get("/readyz"), parts={"database": broken, "queue": lambda: True})
    assert response.status_code == 503
    assert response.content == b'{"database": "down", "queue": "ok"}'


def test_health_is_only_read(client):
    assert client.post("/healthz").status_code == 405
