"""How the tests of the capture look at a page: the real browser, at sites of the tests' own web."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings

from demo.web import Hit, Reply, Web
from scans import capture
from scans.capture.configuration import CaptureSettings, Limits, Target, key_pins
from scans.snapshot import Captured, Observation
from tracefox.egress.hosts import HostMap

HTML = [("Content-Type", "text/html; charset=utf-8")]


def settings_for(web: Web, **limits: Any) -> CaptureSettings:
    return CaptureSettings(
        binary=settings.BROWSER, hosts=HostMap.read(web.hosts_file), trusted_key_pins=key_pins(web.ca_file), limits=replace(Limits(), **limits)
    )


def scan(web: Web, *urls: str, **limits: Any) -> Captured:
    return capture.visit([Target(url) for url in urls], settings=settings_for(web, **limits))


def see(web: Web, url: str, **limits: Any) -> Observation:
    return scan(web, url, **limits).snapshot.observations[0]


def html(body: str, **reply: Any) -> Reply:
    return Reply(body=body.encode(), headers=[*HTML, *reply.pop("headers", [])], **reply)


def one_page(body: str, **reply: Any):
    """A site whose start page is this; everything else is not found."""

    def site(hit: Hit) -> Reply:
        return html(f"<!doctype html><title>A page</title><h1>Hello</h1><p>Some words.</p>{body}", **reply) if hit.path == "/" else Reply(status=404)

    return site
