"""What answers and requests about Checkout Tests look like, for the API's description."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

SITE_ID = "9a1f2c1e-8a40-4b37-8f7a-0d6c4f6c1b22"
TEST_ID = "5d0c8f1a-2b64-4c1d-9e0f-7a1b2c3d4e5f"
RUN_ID = "c3d4e5f6-0718-4a2b-8c3d-5e6f708192a3"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_flow = {
    "version": 1,
    "title": "Buy a tea pot",
    "start_url": "https://www.your-client.com/tea-pot",
    "viewport": {"width": 1280, "height": 800, "device": "desktop", "scale": 1, "touch": False},
    "allowed_origins": ["https://www.your-client.com"],
    "analytics": "blocked",
    "stop_after": 1,
    "order_step": None,
    "step_seconds": 10,
    "run_seconds": 120,
    "steps": [
        {"action": "navigate", "url": "https://www.your-client.com/tea-pot"},
        {"action": "click", "target": {"selectors": [["aria/Add to cart"], ["#add"]]}},
    ],
    "conditions": [{"kind": "text", "text": "1 item in your cart"}],
}
_newest = {"id": RUN_ID, "status": "passed", "requested_at": "2026-03-03T06:00:00Z", "finished_at": "2026-03-03T06:00:07Z"}
_test = {
    "id": TEST_ID,
    "site": SITE_ID,
    "title": "Buy a tea pot",
    "version": 3,
    "state": "passing",
    "state_since": "2026-03-02T09:00:00Z",
    "every_minutes": 60,
    "next_run_at": "2026-03-03T07:00:00Z",
    "paused": False,
    "places_order": False,
    "acknowledged_order_at": None,
    "created_at": "2026-03-02T09:00:00Z",
    "changed_at": "2026-03-02T09:30:00Z",
    "newest_run": _newest,
}
_run = {
    "id": RUN_ID,
    "test": TEST_ID,
    "status": "passed",
    "trigger": "schedule",
    "requested_at": "2026-03-03T06:00:00Z",
    "started_at": "2026-03-03T06:00:01Z",
    "finished_at": "2026-03-03T06:00:07Z",
    "flow_version": 3,
    "stop_after": 1,
    "stage": "",
    "reached": 1,
    "reason": "",
    "sentence": "",
    "stopped_as_defined": True,
    "failed_step": None,
    "total_ms": 5120,
    "confirms": None,
}
_waiting = {"status": "queued", "trigger": "api", "started_at": None, "finished_at": None, "reached": -1, "stopped_as_defined": False, "total_ms": None}
_step = {"index": 0, "action": "navigate", "label": "", "status": "passed", "ms": 812, "expected": "", "seen": "", "cause": "", "screenshot": "step-00.jpg"}
_held = {"index": 0, "kind": "text", "status": "passed", "expected": "1 item in your cart", "seen": "1 item in your cart"}
_picture = {"name": "step-00.jpg", "kind": "screenshot", "media_type": "image/jpeg", "sha256": SHA256, "size": 48213}
_recording = {"title": "Buy a tea pot", "steps": [{"type": "navigate", "url": "https://www.your-client.com/tea-pot"}]}
_data = {"name": "shipping.email", "changed_at": "2026-03-02T09:00:00Z", "used": True}

TEST = OpenApiExample("A test", _test, response_only=True)
TEST_DETAIL = OpenApiExample("A test with its steps", _test | {"flow": _flow, "missing_test_data": []}, response_only=True)
TEST_IN = OpenApiExample("A new test", {"site": SITE_ID, "flow": _flow}, request_only=True)
IMPORT_IN = OpenApiExample("A recording", {"site": SITE_ID, "recording": _recording}, request_only=True)
TEST_DATA = OpenApiExample("A value that is set", _data, response_only=True)
RUN = OpenApiExample("A run that passed", _run, response_only=True)
RUN_QUEUED = OpenApiExample("A run that waits", _run | _waiting, response_only=True)
RUN_DETAIL = OpenApiExample(
    "A run that passed", _run | {"steps": [_step], "conditions": [_held], "network": [], "console": [], "evidence": [_picture]}, response_only=True
)

LOCATION_OF_TEST = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201], description="The path of the test.")
LOCATION_OF_RUN = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description="The path of the run, to be polled.")
RETRY_AFTER = OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, response=[200, 202], description="Seconds to wait while the run is open.")
