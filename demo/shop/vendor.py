"""What a third party is made of: what its hosts answer, and what its tag leaves behind on a page. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from demo.shop import SHOP_DOMAIN
from demo.trace import ExpectedCookie, SameSite, Trace
from demo.wire import SAFE_METHODS, Hit, Reply, Site

SCRIPTS = Path(__file__).parent / "scripts"
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
ANY_ORIGIN = ("Access-Control-Allow-Origin", "*")
CONTAINER = "GTM-KSLH7Q2"
MEASUREMENT = "G-KSLHAUS01"
CONSENT_GROUP = "6f1c0a52-3c1e-4c57-9a58-2f6d7f0b9d11"

Answers = Mapping[str, Mapping[str, Reply | Site]]


@dataclass(frozen=True, slots=True)
class Vendor:
    """`answers`: host -> path -> reply. `trace`: what is left on a page that loads the tag."""

    answers: Answers
    trace: Trace


def answer_of(hit: Hit, answers: Mapping[str, Reply | Site]) -> Reply:
    """What stands in the table; a write that is not in it gets the empty answer that such hosts give."""
    found = answers.get(hit.path)
    if found is None:
        return Reply(status=404 if hit.method in SAFE_METHODS else 204, headers=[ANY_ORIGIN])
    return found if isinstance(found, Reply) else found(hit)


@cache
def read_script(name: str) -> str:
    return (SCRIPTS / f"{name}.js").read_text()


def script(name: str, *, before: str = "") -> Reply:
    headers = [ANY_ORIGIN, ("Cache-Control", "public, max-age=3600")]
    return Reply(before + read_script(name), headers=headers, media_type="text/javascript; charset=utf-8")


def integrity(name: str) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(read_script(name).encode()).digest()).decode()


def gif(*cookies: str) -> Reply:
    return Reply(GIF, headers=[("Set-Cookie", cookie) for cookie in cookies], media_type="image/gif")


def redirect(url: str, *cookies: str) -> Reply:
    return Reply(status=302, headers=[("Location", url), *(("Set-Cookie", cookie) for cookie in cookies)])


def frame(*, title: str, body: str, cookies: tuple[str, ...] = ()) -> Reply:
    return Reply(f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>{body}", headers=[("Set-Cookie", each) for each in cookies])


def script_cookie(name: str, url: str, *, domain: str = SHOP_DOMAIN, same_site: SameSite = "Lax") -> ExpectedCookie:
    return ExpectedCookie(name=name, domain=domain, set_by_url=url, same_site=same_site)


def header_cookie(name: str, url: str, *, domain: str, http_only: bool = True) -> ExpectedCookie:
    return ExpectedCookie(name=name, domain=domain, set_by="header", set_by_url=url, http_only=http_only, same_site="None")
