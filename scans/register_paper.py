"""The register of a site's payment pages on paper: PDF, as it stands at a moment. Chromium prints it, with no way out."""

from __future__ import annotations

import threading
from datetime import datetime

import structlog
from django.conf import settings
from django.template.loader import render_to_string

from scans import addresses, register
from scans.models import Site
from tracefox import browser
from tracefox.browser import paper

log = structlog.get_logger(__name__)
TROUBLE = (browser.BrowserMissing, browser.BrowserNotStarted, browser.DevToolsError, TimeoutError)


PATIENCE_SECONDS = 15
_one_at_a_time = threading.Semaphore()  # a browser for each of the web server's threads would be too many


class NotPrinted(Exception):
    """The browser that prints did not do it. Trying later may help; the same is in the CSV."""


def pdf(site: Site, *, now: datetime) -> bytes:
    """Raises NotPrinted."""
    rows = register.rows(site)
    by_page = [(page, [row for row in rows if row.page.id == page.id]) for page in register.pages(site)]
    html = render_to_string("scans/register_print.html", {"workspace": site.workspace, "site": site, "now": now, "pages": by_page})
    if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
        raise NotPrinted("Others are having PDFs made right now. Try again in a minute; the same is in the CSV.")
    try:
        return paper.pdf(html, binary=settings.BROWSER, isolation=settings.EGRESS_ISOLATION)
    except TROUBLE as error:
        log.error("register_not_printed", site=str(site.pk), error=str(error))
        raise NotPrinted("The PDF could not be made right now. The same is in the CSV.") from error
    finally:
        _one_at_a_time.release()


def file_name(site: Site, *, now: datetime, ending: str) -> str:
    return f"{addresses.host_of(site.url)}-payment-pages-{now:%Y-%m-%d}.{ending}"
