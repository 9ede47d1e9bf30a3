"""django-oscar, opened: installed once with its goods, then a fresh copy of its database for each opening."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from demo.wire import Hit, Reply, Site
from tests.shops import installing, serving, vendor
from tests.shops.front import Front, forwarding

HERE = Path(__file__).parent / "oscar"
HOST = "www.harbour-books.shop"
JQUERY = "ajax.googleapis.com"


def install(home: Path) -> None:
    python = installing.environment(home, locked=HERE / "requirements.txt")
    extra = {"OSCAR_HOME": str(home), "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    installing.run(python, "-m", "django", "migrate", "-v0", home=home, extra=extra)
    installing.run(python, "-m", "django", "collectstatic", "--noinput", "-v0", home=home, extra=extra)
    installing.run(python, "stock.py", home=home, folder=HERE, extra=extra)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Front]:
    """The shop and the payment vendor of its card field, answering. Orders are forgotten with the folder."""
    home = installing.kept("oscar", made_from=[HERE / name for name in ("requirements.txt", "settings.py", "stock.py")], make=install)
    shutil.copy(home / "shop.sqlite3", folder)
    (folder / "static").symlink_to(home / "static")
    environment = {"OSCAR_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    gunicorn = [str(home / "venv" / "bin" / "python"), "-m", "gunicorn", "--workers", "1", "--threads", "4", "--no-control-socket", "wsgi:application"]
    with (
        serving.running(
            "The oscar shop", command=lambda port: [*gunicorn, "--bind", f"127.0.0.1:{port}"], folder=folder, environment=environment, path="/catalogue/"
        ) as server,
        Front({HOST: forwarding(server.port), JQUERY: _jquery(forwarding(server.port)), **vendor.sites()}) as front,
    ):
        yield front


def _jquery(shop: Site) -> Site:
    """What oscar's pages load from a public place, out of oscar's own folder."""
    return lambda hit: _public(shop(Hit(HOST, "GET", "/static/oscar/js/jquery/jquery.min.js")))


def _public(reply: Reply) -> Reply:
    reply.headers.append(("Access-Control-Allow-Origin", "*"))
    return reply
