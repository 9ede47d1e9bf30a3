"""What it means that a script is not what it was: another body, other hosts in it, another integrity. Pure.

Part of the category `script`. What fixes its content must not change; what a known vendor serves changes as vendors like; what nobody knows is looked at.
"""

from __future__ import annotations

from scans.classify.rules import phrases, traits
from scans.classify.rules.rule import Rule, Scene, reads
from scans.diff import overlay
from scans.diff.change import Change

EXACT, UNREAD = "exact:", "unread"


def is_external(change: Change) -> bool:
    return not change.key.startswith("inline:") and not change.about.get("inline")


def _names_its_content(change: Change) -> bool:
    return change.key.startswith(EXACT) or bool(change.about.get("immutable"))


def _is_unread(content: str) -> bool:
    return content.startswith(UNREAD)


def _became_unread(change: Change) -> bool:
    return traits.is_changed(change, "sha256") and _is_unread(traits.after(change, "sha256")) and not _is_unread(traits.before(change, "sha256"))


def _became_readable(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "sha256") and _is_unread(traits.before(change, "sha256")) and not _is_unread(traits.after(change, "sha256"))


def _fixed_became_unread(change: Change, scene: Scene) -> bool:
    return _names_its_content(change) and _became_unread(change)


def _other_body_of_an_exact_url(change: Change, scene: Scene) -> bool:
    return _names_its_content(change) and traits.is_changed(change, "sha256")


def _became_unread_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and _became_unread(change)


def _newly_named(change: Change, scene: Scene) -> list[str]:
    """Hosts that the script did not name before and that the site was never in touch with."""
    known = {*traits.before(change, "reaches").split(), *scene.named_before}
    hosts = [host for host in traits.after(change, "reaches").split() if host not in known]
    return traits.never_seen(hosts, scene, on_payment=traits.on_payment_page(change))


def _names_unseen_on_payment(change: Change, scene: Scene) -> bool:
    """Scripts of advertising name whom they please; their parties are told when they are contacted."""
    if not is_external(change) or not traits.on_payment_page(change) or (traits.is_third_party(change) and traits.is_rotating(change)):
        return False
    appears = traits.is_new(change) or traits.is_changed(change, "reaches")
    return appears and bool(_newly_named(change, scene))


def _integrity_dropped(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "integrity") and bool(traits.before(change, "integrity")) and not traits.after(change, "integrity")


def _integrity_dropped_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and _integrity_dropped(change, scene)


def _is_nobodys(change: Change) -> bool:
    """A third party that no list knows by name, or a host where anybody keeps things."""
    unlisted = change.about.get("vendor_category") in ("unknown", "", None) and change.about.get("entity") in (change.about.get("domain"), None)
    return traits.is_third_party(change) and (unlisted or traits.is_behind_anybodys_host(change))


def _other_body_of_nobody(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "sha256") and _is_nobodys(change) and not traits.is_rotating(change)


def _other_body_of_nobody_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and _other_body_of_nobody(change, scene)


def _new_version(change: Change, scene: Scene) -> bool:
    return traits.is_third_party(change) and "{ver}" in change.key and traits.is_changed(change, "sha256")


def _new_version_on_payment(change: Change, scene: Scene) -> bool:
    """On a host of packages anybody publishes, so what comes from there without a version is looked at as well."""
    of_a_package = traits.is_third_party(change) and change.about.get("host") in overlay.PACKAGE_HOSTS and traits.is_changed(change, "sha256")
    return traits.on_payment_page(change) and (of_a_package or _new_version(change, scene))


def _other_body_of_third(change: Change, scene: Scene) -> bool:
    return traits.is_third_party(change) and traits.is_changed(change, "sha256")


def _own_other_body(change: Change, scene: Scene) -> bool:
    return not traits.is_third_party(change) and traits.is_changed(change, "sha256")


def _own_other_body_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and _own_other_body(change, scene)


def _whose(change: Change) -> str:
    return f"of {phrases.party(change)}" if traits.is_third_party(change) else "of the site itself"


BODY = ("key", "kind", "differs", "before.sha256", "after.sha256", "about.immutable")
THIRD = ("key", "kind", "payment_pages", "about.party", "differs")
NOBODY = (*THIRD, "about.vendor_category", "about.entity", "about.domain", "about.anybodys", "about.rotating", "about.known_party")

FIXED = (
    Rule(
        id="script.fixed_content_unreadable",
        version=1,
        severity="high",
        what="A URL that names its content answers with a body that could not be kept, for example because it is now very long.",
        applies=_fixed_became_unread,
        sentence=lambda change, scene: (
            f"The file {phrases.name(change)} {phrases.where(change)} names its content in its address and should never change. It could be read before and "
            "cannot be kept now, as when it has become very long: somebody may have tampered with it."
        ),
        inputs=reads(*BODY),
    ),
    Rule(
        id="script.readable_again",
        version=1,
        severity="low",
        what="A script whose body could not be kept before can be read, and nothing is there to compare it with.",
        applies=_became_readable,
        sentence=lambda change, scene: (
            f"The content of the script {phrases.name(change)} {phrases.where(change)} could not be kept before and can be read now."
        ),
        inputs=reads(*BODY),
    ),
    Rule(
        id="script.fixed_content_changed",
        version=2,
        severity="critical",
        what="A URL that names its content (a hash or version in it, or an integrity attribute that stays) answers with another content.",
        applies=_other_body_of_an_exact_url,
        sentence=lambda change, scene: (
            f"The file {phrases.name(change)} {phrases.where(change)} has another content under the same address, which names its content and should never "
            "change. Somebody may have tampered with it."
        ),
        inputs=reads(*BODY),
    ),
)

REACHES = (
    Rule(
        id="script.names_never_seen_host_on_payment_page",
        version=1,
        severity="high",
        what="The site's own script, or one of a known party, on a payment page is new or changed and names a host that the site was never in touch with.",
        applies=_names_unseen_on_payment,
        sentence=lambda change, scene: (
            f"The script {phrases.name(change)} {_whose(change)} {phrases.where(change)} now names {phrases.listed(_newly_named(change, scene))}, which this "
            "site was never in touch with. It can read what buyers type there."
        ),
        inputs=reads(
            *("key", "kind", "payment_pages", "differs", "about.inline", "about.party", "about.rotating", "about.known_party", "about.anybodys"),
            *("before.reaches", "after.reaches", "scene.site_host", "scene.domains_before", "scene.named_before"),
        ),
    ),
)

RULES = (
    Rule(
        id="script.unlisted_party_changed_on_payment_page",
        version=1,
        severity="high",
        what="On a payment page, a script of a third party that no list knows, or from a host where anybody keeps things, has another content.",
        applies=_other_body_of_nobody_on_payment,
        sentence=lambda change, scene: (
            f"The script {phrases.name(change)} of {phrases.party(change)}, a party that our lists do not know, has another content {phrases.where(change)}. "
            "It can read what buyers type there."
        ),
        inputs=reads(*NOBODY),
    ),
    Rule(
        id="script.unreadable_on_payment_page",
        version=1,
        severity="medium",
        what="The body of another script on a payment page could be read before and could not be kept now, for example because it is very long.",
        applies=_became_unread_on_payment,
        sentence=lambda change, scene: (
            f"The script {phrases.name(change)} {phrases.where(change)} cannot be kept any more, as when it has become very long: what is in it is not known."
        ),
        inputs=reads("payment_pages", *BODY),
    ),
    Rule(
        id="script.unlisted_party_changed",
        version=1,
        severity="medium",
        what="Elsewhere, a script of a third party that no list knows, or from a host where anybody keeps things, has another content.",
        applies=_other_body_of_nobody,
        sentence=lambda change, scene: (
            f"The script {phrases.name(change)} of {phrases.party(change)}, a party that our lists do not know, has another content {phrases.where(change)}."
        ),
        inputs=reads(*NOBODY),
    ),
    Rule(
        id="script.integrity_dropped_on_payment_page",
        version=1,
        severity="medium",
        what="On a payment page the integrity attribute is gone, which fixed the content of the script.",
        applies=_integrity_dropped_on_payment,
        sentence=lambda change, scene: (
            f"The script {phrases.name(change)} {phrases.where(change)} is no longer fixed to one content: its integrity attribute is gone."
        ),
        inputs=reads("kind", "payment_pages", "differs", "before.integrity", "after.integrity"),
    ),
    Rule(
        id="script.integrity_dropped",
        version=1,
        severity="low",
        what="Elsewhere the integrity attribute is gone.",
        applies=_integrity_dropped,
        sentence=lambda change, scene: (
            f"The script {phrases.name(change)} {phrases.where(change)} is no longer fixed to one content: its integrity attribute is gone."
        ),
        inputs=reads("kind", "differs", "before.integrity", "after.integrity"),
    ),
    Rule(
        id="script.new_version_on_payment_page",
        version=2,
        severity="medium",
        what="A third party's script on a payment page has another version, or another content on a host where anybody publishes packages.",
        applies=_new_version_on_payment,
        sentence=lambda change, scene: f"{phrases.party(change)} runs in another version {phrases.where(change)}: {phrases.name(change)}.",
        inputs=reads("about.host", *THIRD),
    ),
    Rule(
        id="script.new_version",
        version=1,
        severity="low",
        what="A third party's script elsewhere has another version.",
        applies=_new_version,
        sentence=lambda change, scene: f"{phrases.party(change)} runs in another version {phrases.where(change)}: {phrases.name(change)}.",
        inputs=reads("key", "kind", "about.party", "differs"),
    ),
    Rule(
        id="script.vendor_changed_its_script",
        version=2,
        severity="info",
        what="A listed vendor's script at an address that does not name its content has another content.",
        applies=_other_body_of_third,
        sentence=lambda change, scene: f"{phrases.party(change)} changed its script {phrases.name(change)}, as vendors do, {phrases.where(change)}.",
        inputs=reads("key", "kind", "about.party", "differs"),
    ),
    Rule(
        id="script.own_changed_on_payment_page",
        version=1,
        severity="low",
        what="The site's own script on a payment page has another content; it names no host that is new.",
        applies=_own_other_body_on_payment,
        sentence=lambda change, scene: f"The site's own script {phrases.name(change)} has another content {phrases.where(change)}, as after a deploy.",
        inputs=reads("kind", "payment_pages", "about.party", "differs"),
    ),
    Rule(
        id="script.own_changed",
        version=1,
        severity="info",
        what="The site's own script elsewhere has another content.",
        applies=_own_other_body,
        sentence=lambda change, scene: f"The site's own script {phrases.name(change)} has another content {phrases.where(change)}, as after a deploy.",
        inputs=reads("kind", "about.party", "differs"),
    ),
)
