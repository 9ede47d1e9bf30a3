"""Each test run has real servers of its own, and no way to the web."""

from __future__ import annotations

import socket

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_a_real_postgres():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        assert cursor.fetchone()[0].startswith("18.")


def test_the_cache_is_a_real_redis():
    cache.set("greeting", "hello", 5)
    assert cache.get("greeting") == "hello"


def test_each_worker_has_a_redis_and_a_bucket_of_its_own(worker_id):
    number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw")) + 1
    assert settings.REDIS_URL.endswith(f"/{number}")
    assert worker_id == "master" or settings.S3_BUCKET.endswith(f"-{worker_id}")


@pytest.mark.parametrize("host", ["192.0.2.1", "example.com", b"example.com", "2001:db8::1"])
def test_no_test_reaches_the_web(host):
    with pytest.raises(OSError, match="this machine only"):
        socket.create_connection((host, 443), timeout=1)
