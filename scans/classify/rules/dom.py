"""What a change of the document means. Pure. Shops edit their pages daily: it is recorded and never told; scripts and forms have rules of their own."""

from __future__ import annotations

from scans.classify.rules import phrases
from scans.classify.rules.rule import Rule, always, reads

RULES = (
    Rule(
        id="dom.changed",
        version=1,
        severity="info",
        what="The document is another one.",
        applies=always,
        sentence=lambda change, scene: f"The content changed {phrases.where(change)}.",
        inputs=reads("kind", "differs"),
    ),
)
