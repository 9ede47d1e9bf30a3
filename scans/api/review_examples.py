"""What answers and requests about changes, ignore rules and the register look like, for the API's description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from scans.api.examples import EVIDENCE_ID, SCAN_ID, SHA256, SITE_ID

CHANGE_ID = "1c9a523f-5e4f-4e9a-936a-4f6a1f2d100b"
RULE_ID = "0d6c4f6c-1b22-4a1f-a2c1-e8a404b378f7"
ENTRY_ID = "a404b378-f7a0-4d6c-8f6c-1b229a1f2c1e"
_script = "https://cdn.chat.example/widget.js"

_change: dict[str, Any] = {
    "id": CHANGE_ID,
    "site": SITE_ID,
    "scan": SCAN_ID,
    "found_at": "2026-03-03T06:00:07Z",
    "category": "script",
    "kind": "new",
    "name": _script,
    "entity": "Chat Ltd",
    "severity": "high",
    "sentence": "The page now loads a script from Chat Ltd (cdn.chat.example), which was never seen on this site.",
    "basis": "observed",
    "pages": ["https://www.your-client.com/"],
    "payment_pages": [],
    "incident": "script|new|Chat Ltd",
    "cause": "GTM-ABC123",
    "told": True,
    "confirmed": True,
    "ignored_by": None,
    "review": "open",
    "justification": "",
    "reviewed_at": None,
}
_detail = _change | {
    "key": _script,
    "before": None,
    "after": {"sha256": SHA256, "integrity": "", "loading": "async"},
    "differs": [],
    "chain": ["https://www.googletagmanager.com/gtm.js?id=GTM-ABC123", "https://www.your-client.com/"],
    "about": {"host": "cdn.chat.example", "domain": "chat.example", "party": "third"},
    "first_seen_at": "2026-03-03T06:00:07Z",
    "last_seen_at": "2026-03-03T06:00:07Z",
    "rule": {"id": "script.new-party", "version": 1, "inputs": {"domain": "chat.example"}},
    "part_of": None,
    "evidence": [{"sha256": SHA256, "kind": "script", "url": f"/api/v1/scans/{SCAN_ID}/evidence/{EVIDENCE_ID}/"}],
}
SCOPE = {"category": "script", "entity": "Chat Ltd", "site": SITE_ID, "up_to": "medium"}
RULE_IN = SCOPE | {"reason": "The client changes the chat every week.", "expires_at": "2026-06-01T00:00:00Z"}
_rule = {
    "id": RULE_ID,
    "state": "active",
    "category": "script",
    "kind": "",
    "entity": "Chat Ltd",
    "pattern": "",
    "client": None,
    "site": SITE_ID,
    "up_to": "medium",
    "reason": "The client changes the chat every week.",
    "program": "",
    "created_at": "2026-03-03T09:00:00Z",
    "expires_at": "2026-06-01T00:00:00Z",
    "approved_at": None,
    "ended_at": None,
    "hidden": 0,
}
_preview = {
    "changes": 7,
    "by_severity": {"medium": 1, "low": 6},
    "told": 1,
    "sentence": "7 changes, 1 medium, 6 low",
    "examples": [_change | {"severity": "medium"}],
}
_entry = {
    "id": ENTRY_ID,
    "page": "https://www.your-client.com/checkout",
    "kind": "script",
    "name": "https://js.processor.example/card.js",
    "entity": "Processor Ltd",
    "state": "authorised",
    "integrity": "hash of the body watched",
    "sha256": SHA256,
    "value": "",
    "payment_page": True,
    "first_seen_at": "2026-03-03T06:00:07Z",
    "last_seen_at": "2026-03-10T06:00:07Z",
    "changed_at": None,
    "gone_at": None,
    "justification": "Shows the card fields of our processor.",
    "authorised_by": "API key “Change desk”",
    "authorised_at": "2026-03-04T09:00:00Z",
}

DECISION = {"justification": "Shows the card fields of our processor.", "authorised": True, "sha256": SHA256}

CHANGE = OpenApiExample("A new script", _change, response_only=True)
CHANGE_DETAIL = OpenApiExample("A new script", _detail, response_only=True)
RULE = OpenApiExample("An ignore rule", _rule, response_only=True)
PREVIEW = OpenApiExample("What it would have hidden", _preview, response_only=True)
ENTRY = OpenApiExample("A processor's script", _entry, response_only=True)
