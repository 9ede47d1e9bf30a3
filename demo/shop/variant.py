"""What about the shop may change from one day to the next. The whole shop is a pure function of a `Variant`.

To add a change: a field with today's behaviour as its default, the place in the shop that reads it, and a name for it in `VARIANTS`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The defaults are the shop as everybody knows it.

    `day` moves what moves by itself in any shop and means nothing: the shop's release with its file names, tokens, dates, the arm of the experiment.
    `newsletter` lies over the payment step, so that nobody can buy.
    """

    new_tracker: bool = False
    early_cookie: bool = False
    banner: bool = True
    granted_by_default: bool = False
    pixel_id: str = "848210993217"
    skimmer: bool = False
    tampered: bool = False
    privacy_revised: bool = False
    script_revision: int = 1
    hardened: bool = True
    newsletter: bool = False
    day: int = 1

    @property
    def date(self) -> str:
        return f"2026-03-{1 + self.day:02}"

    @property
    def version(self) -> str:
        """Behind the names of files that keep theirs, to get past caches."""
        return f"?v={self.day}" if self.day > 1 else ""

    @property
    def arm(self) -> str:
        """Of the experiment, that today's visitor meets."""
        return "ba"[(self.day - 1) % 2]

    def token(self, purpose: str) -> str:
        """Looks random, and is another one each day."""
        return hashlib.sha256(f"{purpose} {self.day}".encode()).hexdigest()[:32]


BASE = Variant()

VARIANTS = {
    "base": BASE,
    "new-tracker": Variant(new_tracker=True),
    "early-cookie": Variant(early_cookie=True),
    "no-banner": Variant(banner=False, granted_by_default=True),
    "pixel-swapped": Variant(pixel_id="848210995713"),
    "skimmer": Variant(skimmer=True, script_revision=2),
    "tampered": Variant(tampered=True),
    "privacy-revised": Variant(privacy_revised=True),
    "script-revised": Variant(script_revision=2),
    "headers-dropped": Variant(hardened=False),
    "newsletter": Variant(newsletter=True),
    "noise": Variant(day=2),
    "changed": Variant(day=2, new_tracker=True, early_cookie=True, pixel_id="848210995713", skimmer=True, tampered=True, privacy_revised=True),
}
