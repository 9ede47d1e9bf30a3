from __future__ import annotations

import pytest

from scans.capture import readonly


def paused(method="GET", url="https://shop.example/", kind="Fetch", **headers):
    return {"requestId": "7", "resourceType": kind, "request": {"method": method, "url": url, "headers": headers}}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "get"])
def test_reading_goes_through(method):
    assert readonly.judge(paused(method)).command == "Fetch.continueRequest"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "PROPFIND", "LOCK", "QUERY"])
def test_writing_is_answered_here_and_noted(method):
    passage = readonly.judge(paused(method, Origin="https://shop.example"))
    assert (passage.command, passage.params["responseCode"], passage.write) == ("Fetch.fulfillRequest", 204, "fetch")
    assert {"name": "Access-Control-Allow-Origin", "value": "https://shop.example"} in passage.params["responseHeaders"]


@pytest.mark.parametrize(
    ("kind", "channel"), [("Ping", "beacon"), ("Document", "form"), ("XHR", "fetch"), ("CSPViolationReport", "csp-report"), ("Other", "other")]
)
def test_a_write_is_called_by_its_channel(kind, channel):
    assert readonly.judge(paused("POST", kind=kind)).write == channel


def test_the_preflight_of_a_write_does_not_leave_either():
    assert readonly.judge(paused("OPTIONS", **{"Access-Control-Request-Method": "PUT"})).command == "Fetch.fulfillRequest"
    assert readonly.judge(paused("OPTIONS", **{"Access-Control-Request-Method": "GET"})).command == "Fetch.continueRequest"


@pytest.mark.parametrize("url", ["http://shop.example/", "ftp://shop.example/x", "file:///etc/passwd", "chrome://version", "view-source:https://a.example/"])
def test_whatever_is_not_https_is_dropped(url):
    passage = readonly.judge(paused(url=url))
    assert (passage.command, passage.refused) == ("Fetch.failRequest", "plain-text")


@pytest.mark.parametrize("url", ["data:text/html,x", "blob:https://shop.example/1", "about:blank"])
def test_what_never_leaves_the_browser_is_let_be(url):
    assert readonly.judge(paused(url=url)).command == "Fetch.continueRequest"
