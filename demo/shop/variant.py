"""What about the shop may change from one day to the next. The whole shop is a pure function of a `Variant`.

To add a change: a field with today's behaviour as its default, the place in the shop that reads it, and a name for it in `VARIANTS`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The defaults are the shop as everybody knows it."""

    new_tracker: bool = False
    banner: bool = True
    granted_by_default: bool = False
    skimmer: bool = False
    privacy_revised: bool = False
    script_revision: int = 1
    hardened: bool = True


BASE = Variant()

VARIANTS = {
    "base": BASE,
    "new-tracker": Variant(new_tracker=True),
    "no-banner": Variant(banner=False, granted_by_default=True),
    "skimmer": Variant(skimmer=True, script_revision=2),
    "privacy-revised": Variant(privacy_revised=True),
    "script-revised": Variant(script_revision=2),
    "headers-dropped": Variant(hardened=False),
}
