"""What a change of how a page answers means: its status, where it leads, who issued its certificate. Pure."""

from __future__ import annotations

from scans.classify.rules import phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change


def _is_error(status: str) -> bool:
    return status[:1] in ("4", "5")


def _errs(change: Change, scene: Scene) -> bool:
    return change.key == "status" and _is_error(traits.after(change, "value")) and not _is_error(traits.before(change, "value"))


def _errs_on_payment(change: Change, scene: Scene) -> bool:
    return _errs(change, scene) and traits.on_payment_page(change)


def _leads_elsewhere(change: Change, scene: Scene) -> bool:
    return change.key == "final_url" and traits.is_changed(change)


def _leads_elsewhere_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and _leads_elsewhere(change, scene)


def _issuer(change: Change, scene: Scene) -> bool:
    return change.key == "issuer" and traits.is_changed(change)


VALUES = ("key", "kind", "before.value", "after.value")

RULES = (
    Rule(
        id="availability.payment_page_errs",
        version=1,
        severity="high",
        what="A payment page answers with an error.",
        applies=_errs_on_payment,
        sentence=lambda change, scene: (
            f"The page answers with the error {phrases.became(change, 'value')} {phrases.where(change)}. Buyers probably cannot pay."
        ),
        inputs=reads("payment_pages", *VALUES),
    ),
    Rule(
        id="availability.page_errs",
        version=1,
        severity="medium",
        what="Another page answers with an error.",
        applies=_errs,
        sentence=lambda change, scene: f"The page answers with the error {phrases.became(change, 'value')} {phrases.where(change)}.",
        inputs=reads(*VALUES),
    ),
    Rule(
        id="availability.payment_page_leads_elsewhere",
        version=1,
        severity="high",
        what="A payment page leads to another address than before.",
        applies=_leads_elsewhere_on_payment,
        sentence=lambda change, scene: (
            f"Whoever opens the page now ends at {phrases.became(change, 'value')} instead of {phrases.was(change, 'value')}, {phrases.where(change)}. "
            "What buyers type may go to somebody else."
        ),
        inputs=reads("payment_pages", *VALUES),
    ),
    Rule(
        id="availability.page_leads_elsewhere",
        version=1,
        severity="medium",
        what="Another page leads to another address than before.",
        applies=_leads_elsewhere,
        sentence=lambda change, scene: (
            f"Whoever opens the page now ends at {phrases.became(change, 'value')} instead of {phrases.was(change, 'value')}, {phrases.where(change)}."
        ),
        inputs=reads(*VALUES),
    ),
    Rule(
        id="availability.other_issuer",
        version=1,
        severity="low",
        what="The certificate comes from another issuer.",
        applies=_issuer,
        sentence=lambda change, scene: (
            f"The certificate comes from another issuer {phrases.where(change)}: {phrases.became(change, 'value')} instead of {phrases.was(change, 'value')}."
        ),
        inputs=reads(*VALUES),
    ),
    Rule(
        id="availability.other",
        version=1,
        severity="low",
        what="Anything else about how a page answers.",
        applies=always,
        sentence=lambda change, scene: (
            f"The page answers in another way {phrases.where(change)}: {phrases.name(change)} is now {phrases.became(change, 'value') or 'unknown'}."
        ),
        inputs=reads(*VALUES),
    ),
)
