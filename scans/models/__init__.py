"""The rows of the scans app: what we watch (`watch`), and what changed (`review`)."""

from scans.models.review import Change, IgnoreRule, RegisterEntry
from scans.models.watch import Baseline, Evidence, Page, Scan, Site, Snapshot

__all__ = ["Baseline", "Change", "Evidence", "IgnoreRule", "Page", "RegisterEntry", "Scan", "Site", "Snapshot"]
