"""What a change of an inline script means. Pure.

Part of the category `script`, asked first; the last rule applies to every inline script. Its key is its code without its literals, `reaches` are the hosts
that it names: another host in the same code is how a skimmer gets into what was always there.
"""

from __future__ import annotations

from scans.classify.rules import phrases, traits
from scans.classify.rules.rule import Rule, Scene, reads
from scans.diff.change import Change


def _is_inline(change: Change, scene: Scene) -> bool:
    return change.key.startswith("inline:") or bool(change.about.get("inline"))


def _new_reach(change: Change, scene: Scene) -> list[str]:
    """Hosts that it names, that it did not name before, and that the site never was in touch with."""
    known = set(traits.before(change, "reaches").split())
    hosts = [host for host in traits.after(change, "reaches").split() if host not in known]
    return traits.never_seen(hosts, scene, on_payment=traits.on_payment_page(change))


def _reaches_unseen(change: Change, scene: Scene) -> bool:
    return _is_inline(change, scene) and not traits.is_gone(change) and bool(_new_reach(change, scene))


def _reaches_unseen_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and _reaches_unseen(change, scene)


def _new_on_payment(change: Change, scene: Scene) -> bool:
    return _is_inline(change, scene) and traits.is_new(change) and traits.on_payment_page(change) and not traits.is_known_on_site(change)


def _new(change: Change, scene: Scene) -> bool:
    return _is_inline(change, scene) and traits.is_new(change)


def _changed(change: Change, scene: Scene) -> bool:
    return _is_inline(change, scene) and traits.is_changed(change)


def _say_reach(change: Change, scene: Scene) -> str:
    verb = "A new inline script" if traits.is_new(change) else "A changed inline script"
    return f"{verb} {phrases.where(change)} names {phrases.listed(_new_reach(change, scene))}, which this site was never in touch with."


REACH = ("key", "kind", "payment_pages", "before.reaches", "after.reaches", "scene.site_host", "scene.domains_before")

RULES = (
    Rule(
        id="script.inline_reaches_never_seen_host_on_payment_page",
        version=1,
        severity="critical",
        what="An inline script on a payment page is new or changed and names a host that the site was never in touch with.",
        applies=_reaches_unseen_on_payment,
        sentence=lambda change, scene: f"{_say_reach(change, scene)} It can read what buyers type there.",
        inputs=reads(*REACH),
    ),
    Rule(
        id="script.inline_reaches_never_seen_host",
        version=1,
        severity="high",
        what="An inline script elsewhere is new or changed and names a host that the site was never in touch with.",
        applies=_reaches_unseen,
        sentence=_say_reach,
        inputs=reads(*REACH),
    ),
    Rule(
        id="script.inline_new_on_payment_page",
        version=1,
        severity="medium",
        what="An inline script is new on a payment page and known from no other page; it names no host that is new.",
        applies=_new_on_payment,
        sentence=lambda change, scene: f"A new inline script runs {phrases.where(change)}. It names no party that is new to this site.",
        inputs=reads("about.known_on_site", *REACH),
    ),
    Rule(
        id="script.inline_new",
        version=1,
        severity="low",
        what="An inline script is new elsewhere, or known from other pages; it names no host that is new.",
        applies=_new,
        sentence=lambda change, scene: f"A new inline script is {phrases.where(change)}. It names no party that is new to this site.",
        inputs=reads("about.known_on_site", *REACH),
    ),
    Rule(
        id="script.inline_changed",
        version=1,
        severity="low",
        what="The configuration in an inline script changed; the code around it did not.",
        applies=_changed,
        sentence=lambda change, scene: f"The configuration in an inline script changed {phrases.where(change)}; its code is the same.",
        inputs=reads("differs", *REACH),
    ),
    Rule(
        id="script.inline_other",
        version=1,
        severity="info",
        what="An inline script is gone.",
        applies=_is_inline,
        sentence=lambda change, scene: f"An inline script is gone {phrases.where(change)}.",
        inputs=reads("key", "kind"),
    ),
)
