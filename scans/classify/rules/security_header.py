"""What a change of a header that protects visitors means: is it gone, or does it protect less? Pure."""

from __future__ import annotations

from scans.classify import strength, vendors
from scans.classify.rules import phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change

CSP, HSTS, FRAMES = "content-security-policy", "strict-transport-security", "x-frame-options"
SHOWN = {CSP: "Content Security Policy", HSTS: "Strict-Transport-Security", FRAMES: "X-Frame-Options"}
GUARDS = {
    CSP: "which limits what scripts may load and where data may go",
    HSTS: "which keeps visitors on encrypted connections",
    FRAMES: "which keeps other sites from framing the page",
}


def _is_removed(change: Change) -> bool:
    emptied = traits.is_changed(change) and bool(traits.before(change, "value").strip()) and not traits.after(change, "value").strip()
    return traits.is_gone(change) or emptied


def _csp_removed_on_payment(change: Change, scene: Scene) -> bool:
    return change.key == CSP and _is_removed(change) and traits.on_payment_page(change)


def _protection_removed(change: Change, scene: Scene) -> bool:
    return change.key in GUARDS and _is_removed(change)


def _weaker(change: Change, scene: Scene) -> list[str]:
    before, after = traits.before(change, "value"), traits.after(change, "value")
    if not traits.is_changed(change):
        return []
    if change.key == CSP:
        return strength.weaker_csp(before, after, own_domain=vendors.registrable_domain(scene.site_host) if scene.site_host else "")
    return strength.weaker_hsts(before, after) if change.key == HSTS else []


def _weakened(change: Change, scene: Scene) -> bool:
    return bool(_weaker(change, scene))


def _frames_loosened(change: Change, scene: Scene) -> bool:
    return (
        change.key == FRAMES
        and traits.is_changed(change)
        and bool(strength.weaker_frame_options(traits.before(change, "value"), traits.after(change, "value")))
    )


def _removed(change: Change, scene: Scene) -> bool:
    return _is_removed(change)


def _shown(change: Change) -> str:
    return SHOWN.get(change.key, change.key)


VALUES = ("key", "kind", "before.value", "after.value")

RULES = (
    Rule(
        id="security_header.csp_removed_on_payment_page",
        version=1,
        severity="critical",
        what="A payment page no longer sends a Content Security Policy.",
        applies=_csp_removed_on_payment,
        sentence=lambda change, scene: (
            f"The Content Security Policy is gone {phrases.where(change)}: nothing limits any more which scripts run there and where data may go."
        ),
        inputs=reads("payment_pages", *VALUES),
    ),
    Rule(
        id="security_header.protection_removed",
        version=1,
        severity="high",
        what="Content-Security-Policy, Strict-Transport-Security or X-Frame-Options is gone.",
        applies=_protection_removed,
        sentence=lambda change, scene: f"The header {_shown(change)}, {GUARDS[change.key]}, is gone {phrases.where(change)}.",
        inputs=reads(*VALUES),
    ),
    Rule(
        id="security_header.protection_weakened",
        version=1,
        severity="high",
        what="The Content Security Policy allows more than before, or Strict-Transport-Security holds for less.",
        applies=_weakened,
        sentence=lambda change, scene: (
            f"The header {_shown(change)}, {GUARDS[change.key]}, protects less {phrases.where(change)}: {phrases.listed(_weaker(change, scene))}."
        ),
        inputs=reads("scene.site_host", *VALUES),
    ),
    Rule(
        id="security_header.frames_loosened",
        version=1,
        severity="low",
        what="X-Frame-Options is less strict.",
        applies=_frames_loosened,
        sentence=lambda change, scene: f"The header X-Frame-Options is less strict {phrases.where(change)}: now {phrases.became(change, 'value')}.",
        inputs=reads(*VALUES),
    ),
    Rule(
        id="security_header.removed",
        version=1,
        severity="low",
        what="Any other security header is gone.",
        applies=_removed,
        sentence=lambda change, scene: f"The security header {_shown(change)} is gone {phrases.where(change)}.",
        inputs=reads(*VALUES),
    ),
    Rule(
        id="security_header.other",
        version=1,
        severity="info",
        what="Anything else about a security header: it is new, or does not protect less.",
        applies=always,
        sentence=lambda change, scene: (
            f"The security header {_shown(change)} {'is new' if traits.is_new(change) else 'changed'} {phrases.where(change)}, and does not protect less."
        ),
        inputs=reads(*VALUES),
    ),
)
