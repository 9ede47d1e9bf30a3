"""What a change of what a visitor sees first means. Pure. `about.share` is the part of the viewport that differs, without what always moves."""

from __future__ import annotations

from scans.classify.rules import phrases
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change

LARGE_SHARE = 0.05


def _share(change: Change) -> float:
    return float(change.about.get("share") or 0.0)


def _large(change: Change, scene: Scene) -> bool:
    return _share(change) >= LARGE_SHARE


def _small(change: Change, scene: Scene) -> bool:
    return _share(change) > 0


def _percent(change: Change) -> str:
    percent = _share(change) * 100
    return f"{percent:.0f} %" if percent >= 1 else "less than 1 %"


RULES = (
    Rule(
        id="visual.large_part_changed",
        version=1,
        severity="medium",
        what="At least 5 % of what a visitor sees first looks different.",
        applies=_large,
        sentence=lambda change, scene: f"About {_percent(change)} of what a visitor sees first looks different {phrases.where(change)}.",
        inputs=reads("about.share"),
    ),
    Rule(
        id="visual.small_part_changed",
        version=1,
        severity="low",
        what="A smaller part looks different.",
        applies=_small,
        sentence=lambda change, scene: f"A small part ({_percent(change)}) of what a visitor sees first looks different {phrases.where(change)}.",
        inputs=reads("about.share"),
    ),
    Rule(
        id="visual.other",
        version=1,
        severity="info",
        what="The picture is another one, and where it differs is not known.",
        applies=always,
        sentence=lambda change, scene: f"The picture of the page is another one {phrases.where(change)}; which part differs is not known.",
        inputs=reads("about.share"),
    ),
)
