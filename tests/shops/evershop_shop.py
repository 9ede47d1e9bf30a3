"""EverShop, opened: installed and built once with the Node of a wheel, then a fresh database for each opening, in the Postgres of the test run."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.shops import installing, serving, vendor
from tests.shops.front import Front, forwarding

HERE = Path(__file__).parent / "evershop"
HOST = "www.harbour-cups.shop"
PRODUCT = "c0ffee00-0000-4000-8000-000000000001"
LOCKS = ("package.json", "package-lock.json", "node.txt", "build.mjs")
QUIET = {
    "NODE_ENV": "production",
    "SUPPRESS_NO_CONFIG_WARNING": "1",
    "SUPPRESS_STRICTNESS_CHECK": "1",
    "NODE_CONFIG": json.dumps({"shop": {"homeUrl": f"https://{HOST}"}}),
}


def install(home: Path) -> None:
    """Nothing that a package would like to run at its installation is run. Not `npm ci`: it would ask for the packages of other platforms too."""
    for name in LOCKS:
        (home / name).write_bytes((HERE / name).read_bytes())
    node = installing.environment(home, locked=HERE / "node.txt").with_name("node")
    path = {"PATH": f"{node.parent}:{os.environ['PATH']}"}
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-timeout=60000", "--fetch-retries=2", f"--cache={home / 'npm'}")
    installing.run(node.with_name("npm"), "install", "--no-save", *quiet, home=home, extra=path)
    with _database() as database:  # it asks for its settings while it builds, and has none yet
        installing.run(node, "build.mjs", home=home, extra=path | QUIET | database)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Front]:
    """The shop, answering. Its orders are forgotten with its database."""
    home = installing.kept("evershop", made_from=[HERE / name for name in LOCKS], make=install)
    for name in (".evershop", "node_modules", "package.json"):
        (folder / name).symlink_to(home / name)
    shop = "node_modules/@evershop/evershop/dist/bin/evershop.js"
    with (
        _database() as database,
        serving.running(
            "EverShop",
            command=lambda port: ["env", f"PORT={port}", str(home / "venv" / "bin" / "node"), shop, "start"],
            folder=folder,
            environment=QUIET | database,
        ) as server,
    ):
        _stock(database["DB_NAME"])
        with Front({HOST: forwarding(server.port), **vendor.sites()}) as front:
            yield front


@contextlib.contextmanager
def _database() -> Iterator[dict[str, str]]:
    """An empty database, and the variables by which EverShop finds it."""
    name = f"evershop_{secrets.token_hex(6)}"
    there = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(there.geturl(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield {
            "DB_HOST": str(there.hostname),
            "DB_PORT": str(there.port),
            "DB_USER": str(there.username),
            "DB_PASSWORD": str(there.password),
            "DB_NAME": name,
            "DB_SSLMODE": "disable",
        }
    finally:
        with psycopg.connect(there.geturl(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _stock(database: str) -> None:
    there = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}")
    with psycopg.connect(there.geturl()) as connection:
        connection.execute((HERE / "stock.sql").read_bytes())
