"""A document of ours on paper: real PDF, its words in it, nothing run and nothing fetched."""

from __future__ import annotations

import pytest
from django.conf import settings

from demo.web import Web
from tests.scans.capture.seeing import one_page
from tracefox.browser import paper

pytestmark = pytest.mark.browser


def test_a_document_becomes_a_pdf_of_as_many_pages_as_it_needs():
    one = paper.pdf("<h1>Register</h1>", binary=settings.BROWSER, isolation=settings.EGRESS_ISOLATION)
    three = paper.pdf("<p style='break-after:page'>a</p>" * 2 + "<p>b</p>", binary=settings.BROWSER, isolation=settings.EGRESS_ISOLATION)
    assert (one[:5], one.count(b"/Type /Page\n")) == (b"%PDF-", 1)
    assert three.count(b"/Type /Page\n") == 3


def test_what_the_document_names_is_not_fetched_and_no_script_runs():
    with Web({"www.elsewhere.test": one_page("")}) as web:
        html = "<img src=https://www.elsewhere.test/><script>document.body.innerHTML='<p style=\"break-after:page\">x</p><p>y'</script>"
        printed = paper.pdf(html, binary=settings.BROWSER, isolation=settings.EGRESS_ISOLATION)
        assert web.log == []
    assert printed.count(b"/Type /Page\n") == 1
