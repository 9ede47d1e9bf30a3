"""What answers and requests look like, for the API's description."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

CLIENT_ID = "0b1c9a52-3f5e-4f0e-9a53-6a4f6a1f2d10"
SITE_ID = "9a1f2c1e-8a40-4b37-8f7a-0d6c4f6c1b22"
SCAN_ID = "4f0e9a53-6a4f-4a1f-ad10-0b1c9a523f5e"
PAGE_ID = "6c4f6c1b-229a-4f2c-9e8a-404b378f7a0d"
EVIDENCE_ID = "378f7a0d-6c4f-4c1b-a29a-1f2c1e8a404b"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_newest = {"id": SCAN_ID, "status": "ok", "requested_at": "2026-03-03T06:00:00Z", "finished_at": "2026-03-03T06:00:07Z"}
_site = {
    "id": SITE_ID,
    "name": "www.your-client.com",
    "url": "https://www.your-client.com/",
    "client": {"id": CLIENT_ID, "name": "Tea House"},
    "scan_every_minutes": 1440,
    "next_scan_at": "2026-03-04T06:00:00Z",
    "paused": False,
    "answers_consent": False,
    "created_at": "2026-03-02T09:00:00Z",
    "newest_scan": _newest,
}
_scan = {
    "id": SCAN_ID,
    "site": SITE_ID,
    "status": "ok",
    "trigger": "schedule",
    "requested_at": "2026-03-03T06:00:00Z",
    "started_at": "2026-03-03T06:00:01Z",
    "finished_at": "2026-03-03T06:00:07Z",
    "stage": "",
    "pages_done": 2,
    "pages_total": 2,
    "reason": "",
    "blocked_by": "",
    "sentence": "",
    "snapshot": {
        "version": 1,
        "sha256": SHA256,
        "size": 48213,
        "captured_at": "2026-03-03T06:00:07Z",
        "summary": {"pages": 2, "requests": 71, "scripts": 20, "cookies": 12, "third_parties": 9, "writes_attempted": 3, "writes_delivered": 0},
    },
}
_waiting = {"status": "queued", "trigger": "api", "started_at": None, "finished_at": None, "pages_done": 0, "snapshot": None}
_page = {"id": PAGE_ID, "url": "https://www.your-client.com/privacy", "kind": "policy", "position": 1}
_marked = {"id": PAGE_ID, "url": "https://www.your-client.com/checkout", "kind": "payment", "position": 1}
_notice = "A site with a payment page is scanned at least once a week. So is this one from now on."
_evidence = {"id": EVIDENCE_ID, "kind": "script", "media_type": "text/javascript", "sha256": SHA256, "size": 9120}
_added = {"line": 1, "url": "your-client.com", "result": "added", "detail": "", "site": SITE_ID}
_refused = {
    "line": 2,
    "url": "ftp://your-client.com",
    "result": "refused",
    "detail": "“ftp://your-client.com” is not the address of a web page. Give one that starts with https://.",
    "site": None,
}

SITE = OpenApiExample("A site", _site, response_only=True)
SCAN = OpenApiExample("A scan that ended", _scan, response_only=True)
QUEUED = OpenApiExample("A scan that waits", _scan | _waiting, response_only=True)
PAGE = OpenApiExample("A page", _page, response_only=True)
PAGE_CHANGED = OpenApiExample("A payment page", _marked | {"notice": _notice}, response_only=True)
EVIDENCE = OpenApiExample("A script", _evidence, response_only=True)
SITE_LIST = OpenApiExample("Two addresses", {"client": CLIENT_ID, "urls": ["your-client.com", "ftp://your-client.com"]}, request_only=True)
LINES = OpenApiExample("One of two", {"added": 1, "already_there": 0, "refused": 1, "results": [_added, _refused]}, response_only=True)

LOCATION_OF_NEW = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201], description="The path of what was added.")
LOCATION_OF_SCAN = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description="The path of the scan, to be polled.")
RETRY_AFTER = OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, response=[200, 202], description="Seconds to wait while the scan is open.")
