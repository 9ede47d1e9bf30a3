"""What the tests of the pages share: a scan that saw something, and a look at the answer's text."""

from __future__ import annotations

import html
import re
from typing import Any

from django.urls import reverse

from scans import store
from scans.models import Scan, Site
from scans.snapshot import Captured
from tests.factories import make_scan
from tests.scans.sample_snapshot import sample_captured

SECTIONS = ["overview", "changes", "third-parties", "requests", "scripts", "cookies", "consent", "security", "frames", "console", "blocked", "evidence"]


def scan_that_saw(site: Site, captured: Captured | None = None, *, status: str = "ok", **fields: Any) -> Scan:
    """A scan of this site with a stored snapshot."""
    scan = make_scan(site=site, status=status, **fields)
    store.save(scan, captured or sample_captured())
    return scan


def text_of(response: Any) -> str:
    """What people read: no tags, entities resolved, one space between words."""
    plain = re.sub(r"<[^>]*>", " ", response.content.decode())
    return " ".join(html.unescape(plain).split())


def section_url(scan: Scan, section: str = "overview") -> str:
    return reverse("scans:scan-section", args=[scan.site.workspace.slug, scan.id, section])
