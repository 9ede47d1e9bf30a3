"""What a change of the consent banner, of Consent Mode, or of what follows an answer means. Pure.

`cmp`, `banner`, `default:<signal>` and `update:<signal>` (with `@<regions>` where they are given for some) are of the untouched page; `state:<state>:...` is of
a page whose banner was answered, or that was loaded with Global Privacy Control. Purposes come from lists and are said as `probably`.
"""

from __future__ import annotations

from scans.classify.rules import answered, phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change

ABOUT_MONEY_AND_MEASURING = {
    "ad_storage": "advertising cookies",
    "analytics_storage": "analytics cookies",
    "ad_user_data": "sending visitors' data for advertising",
    "ad_personalization": "personalised advertising",
}


def _cmp_gone(change: Change, scene: Scene) -> bool:
    was_there = traits.is_gone(change) or bool(traits.before(change, "value"))
    return change.key == "cmp" and not traits.is_new(change) and was_there and not traits.after(change, "value")


def _cmp_other(change: Change, scene: Scene) -> bool:
    return change.key == "cmp" and traits.is_changed(change) and bool(traits.before(change, "value")) and bool(traits.after(change, "value"))


def _banner_gone(change: Change, scene: Scene) -> bool:
    return change.key == "banner" and traits.before(change, "value") == "shown" and traits.after(change, "value") != "shown"


def _default_granted(change: Change, scene: Scene) -> bool:
    return change.key.startswith("default:") and traits.is_changed(change) and traits.after(change, "value") == "granted"


def _default_denied_gone(change: Change, scene: Scene) -> bool:
    return change.key.startswith("default:") and traits.is_gone(change) and traits.before(change, "value") == "denied"


def _granted_unasked(change: Change, scene: Scene) -> bool:
    return change.key.startswith("update:") and not traits.is_gone(change) and traits.after(change, "value") == "granted"


def _default_new_granted(change: Change, scene: Scene) -> bool:
    return change.key.startswith("default:") and traits.is_new(change) and traits.after(change, "value") == "granted"


def _signal(change: Change) -> str:
    signal, _, region = change.key.partition(":")[2].partition("@")
    words = ABOUT_MONEY_AND_MEASURING.get(signal)
    named = f"{phrases.short(signal)} ({words})" if words else phrases.short(signal)
    return f"{named} in {phrases.short(region)}" if region else named


VALUES = ("key", "kind", "before.value", "after.value")

RULES = (
    *answered.RULES,
    Rule(
        id="consent.platform_gone",
        version=1,
        severity="high",
        what="The consent platform is gone.",
        applies=_cmp_gone,
        sentence=lambda change, scene: (
            f"The consent platform {phrases.was(change, 'value')} is gone {phrases.where(change)}. Visitors are probably no longer asked."
        ),
        inputs=reads(*VALUES),
    ),
    Rule(
        id="consent.platform_swapped",
        version=1,
        severity="medium",
        what="Another consent platform took its place.",
        applies=_cmp_other,
        sentence=lambda change, scene: (
            f"The consent platform {phrases.where(change)} is now {phrases.became(change, 'value')} instead of {phrases.was(change, 'value')}."
        ),
        inputs=reads(*VALUES),
    ),
    Rule(
        id="consent.banner_gone",
        version=1,
        severity="high",
        what="The consent banner is no longer shown to a visitor who has not answered.",
        applies=_banner_gone,
        sentence=lambda change, scene: f"The consent banner is no longer shown {phrases.where(change)} to a visitor who has not answered it.",
        inputs=reads("about.cmp", *VALUES),
    ),
    Rule(
        id="consent.default_granted",
        version=1,
        severity="high",
        what="A default of Consent Mode went from denied to granted.",
        applies=_default_granted,
        sentence=lambda change, scene: f"Consent Mode now grants {_signal(change)} by default {phrases.where(change)}, before a visitor has answered.",
        inputs=reads(*VALUES),
    ),
    Rule(
        id="consent.default_denied_gone",
        version=1,
        severity="high",
        what="A default of Consent Mode that denied is no longer set.",
        applies=_default_denied_gone,
        sentence=lambda change, scene: (
            f"Consent Mode no longer denies {_signal(change)} by default {phrases.where(change)}; without a default Google's tags take it as granted."
        ),
        inputs=reads(*VALUES),
    ),
    Rule(
        id="consent.granted_unasked",
        version=1,
        severity="high",
        what="Consent Mode is updated to granted although nobody answered.",
        applies=_granted_unasked,
        sentence=lambda change, scene: f"Consent Mode is told that {_signal(change)} is granted {phrases.where(change)}, although no visitor has answered.",
        inputs=reads(*VALUES),
    ),
    Rule(
        id="consent.default_new_granted",
        version=1,
        severity="medium",
        what="A default of Consent Mode that grants is new.",
        applies=_default_new_granted,
        sentence=lambda change, scene: f"Consent Mode is new {phrases.where(change)} and grants {_signal(change)} by default, before a visitor has answered.",
        inputs=reads(*VALUES),
    ),
    Rule(
        id="consent.other",
        version=1,
        severity="low",
        what="Anything else about consent, such as a default that now denies.",
        applies=always,
        sentence=lambda change, scene: f"The consent setting {phrases.name(change)} {_went(change)} {phrases.where(change)}.",
        inputs=reads(*VALUES),
    ),
)


def _went(change: Change) -> str:
    before, after = phrases.was(change, "value") or "nothing", phrases.became(change, "value") or "nothing"
    return {"new": f"is new, {after},", "gone": f"is gone, it was {before},", "changed": f"went from {before} to {after}"}[change.kind]
