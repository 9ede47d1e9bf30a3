"""Browser in, Snapshot out: what a page loads, sets and shows, seen without touching it.

    captured = capture.visit([Target("https://shop.example/")], settings=capture.from_settings(settings))

The flow: `visit` opens a browser behind a guard; `tap` listens to a page and keeps it read-only (`readonly`); `page` waits and reads; `assemble` makes the
Observation; `finish` passes everything through `redact`. `outcome` and `blockpage` name how it ended.
"""

from scans.capture.configuration import CaptureSettings, Limits, Target, from_settings
from scans.capture.visit import visit

__all__ = ["CaptureSettings", "Limits", "Target", "from_settings", "visit"]
