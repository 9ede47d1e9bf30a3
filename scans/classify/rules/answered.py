"""What a change of what follows an answer to the consent banner means: after accepting, rejecting, or with Global Privacy Control. Pure.

Part of the category `consent`, asked first. A key is `state:<state>:verdict`, or `state:<state>:<cookie|request|storage|signal>:<key>`.
"""

from __future__ import annotations

from scans.classify.rules import malicious, phrases, traits
from scans.classify.rules.rule import Rule, Scene, reads
from scans.diff.change import Change

NO_WAY_TO_REJECT = {"hidden_only": "only hides it and answers nothing", "no_reject_button": "is not offered any more"}


def _is(change: Change, state: str) -> bool:
    return change.key.startswith(f"state:{state}:")


def _is_verdict(change: Change, state: str) -> bool:
    return change.key == f"state:{state}:verdict"


def _tracks(change: Change, scene: Scene) -> bool:
    """By the thing's own purpose where lists know it, else by its party's."""
    purpose = change.about.get("purpose") or "unknown"
    by_purpose = purpose in traits.TRACKING
    by_party = purpose == "unknown" and traits.is_third_party(change) and change.about.get("vendor_category") in traits.TRACKING
    return traits.is_new(change) and (by_purpose or by_party)


def _has_rejected(change: Change) -> bool:
    """Where nothing could be rejected, nobody has: what follows then says nothing about a refusal."""
    return _is(change, "rejected") and change.about.get("verdict") == "rejected"


def _after_reject(change: Change, scene: Scene) -> bool:
    return _has_rejected(change) and _tracks(change, scene)


def _is_granted(change: Change) -> bool:
    return ":signal:" in change.key and not traits.is_gone(change) and traits.after(change, "value") == "granted"


def _granted_after_reject(change: Change, scene: Scene) -> bool:
    return _has_rejected(change) and _is_granted(change)


def _granted_without_answer(change: Change, scene: Scene) -> bool:
    return (_is(change, "untouched") or _is(change, "gpc")) and _is_granted(change) and traits.is_changed(change)


def _with_gpc(change: Change, scene: Scene) -> bool:
    return _is(change, "gpc") and _tracks(change, scene)


def _reject_gone(change: Change, scene: Scene) -> bool:
    return _is_verdict(change, "rejected") and traits.is_changed(change) and traits.after(change, "value") in NO_WAY_TO_REJECT


def _answer_differs(change: Change, scene: Scene) -> bool:
    return change.key.startswith("state:") and change.key.endswith(":verdict")


def _any(change: Change, scene: Scene) -> bool:
    return change.key.startswith("state:")


def _thing(change: Change) -> str:
    what = change.about.get("what") or (change.key.split(":")[2] if change.key.count(":") >= 2 else "")
    kind = {"cookie": "The cookie ", "request": "", "storage": "The storage key "}.get(str(what), "")
    vendor = change.about.get("vendor") or change.about.get("entity")
    shown = phrases.name(change)
    return f"{kind}{shown}" if not vendor or str(vendor) in shown else f"{kind}{shown} of {phrases.short(str(vendor))}"


def _purpose(change: Change) -> str:
    purpose = str(change.about.get("purpose", "unknown"))
    return purpose if purpose in traits.TRACKING else str(change.about.get("vendor_category", "tracking"))


def _verb(change: Change) -> str:
    return "is contacted" if ":request:" in change.key else "is set"


TRACKS = ("key", "kind", "about.state", "about.verdict", "about.party", "about.purpose", "about.vendor", "about.vendor_category")
AFTER = {
    "untouched": "before a visitor answers",
    "accepted": "after a visitor accepts",
    "rejected": "after a visitor rejects",
    "gpc": "for a visitor with Global Privacy Control",
}


def _after_what(change: Change) -> str:
    return AFTER.get(change.key.split(":")[1], "after an answer")


RULES = (
    malicious.rule("consent"),
    Rule(
        id="consent.tracks_after_reject",
        version=2,
        severity="critical",
        what="After a visitor rejects, something that tracks by our lists is new: a cookie, a storage key or a party that is contacted.",
        applies=_after_reject,
        sentence=lambda change, scene: (
            f"{_thing(change)}, probably for {_purpose(change)}, {_verb(change)} although the visitor has rejected, {phrases.where(change)}."
        ),
        inputs=reads(*TRACKS),
        basis="inferred",
    ),
    Rule(
        id="consent.signal_granted_after_reject",
        version=1,
        severity="high",
        what="After a visitor rejects, Google's hits say that a signal of Consent Mode is granted.",
        applies=_granted_after_reject,
        sentence=lambda change, scene: (
            f"Google is told that {phrases.short(str(change.about.get('signal', '')))} is granted although the visitor has rejected, {phrases.where(change)}."
        ),
        inputs=reads("key", "kind", "about.verdict", "after.value"),
    ),
    Rule(
        id="consent.signal_granted_without_answer",
        version=1,
        severity="medium",
        what="Google's hits say that a signal is granted, which was denied before, for a visitor who has not answered or who asks not to be tracked.",
        applies=_granted_without_answer,
        sentence=lambda change, scene: (
            f"Google is now told that {phrases.short(str(change.about.get('signal', '')))} is granted {_after_what(change)}, {phrases.where(change)}."
        ),
        inputs=reads("key", "kind", "before.value", "after.value"),
    ),
    Rule(
        id="consent.tracks_despite_gpc",
        version=1,
        severity="high",
        what="For a visitor with Global Privacy Control, something that tracks by our lists is new.",
        applies=_with_gpc,
        sentence=lambda change, scene: (
            f"{_thing(change)}, probably for {_purpose(change)}, {_verb(change)} although the browser asks not to be tracked (Global Privacy Control), "
            f"{phrases.where(change)}."
        ),
        inputs=reads(*TRACKS),
        basis="inferred",
    ),
    Rule(
        id="consent.reject_gone",
        version=1,
        severity="high",
        what="The banner's reject button is gone, or what is left only hides the banner.",
        applies=_reject_gone,
        sentence=lambda change, scene: f"Rejecting on the consent banner {NO_WAY_TO_REJECT[traits.after(change, 'value')]}, {phrases.where(change)}.",
        inputs=reads("key", "kind", "before.value", "after.value"),
    ),
    Rule(
        id="consent.answer_differs",
        version=1,
        severity="low",
        what="An answer to the banner ends in another way, for example because the button could not be pressed.",
        applies=_answer_differs,
        sentence=lambda change, scene: (
            f"Answering the consent banner ended differently ({phrases.became(change, 'value') or 'without an outcome'}), {phrases.where(change)}."
        ),
        inputs=reads("key", "kind", "before.value", "after.value"),
    ),
    Rule(
        id="consent.state_other",
        version=1,
        severity="info",
        what="Anything else that follows an answer.",
        applies=_any,
        sentence=lambda change, scene: f"{_thing(change)} {_seen(change)} {_after_what(change)}, {phrases.where(change)}.",
        inputs=reads(*TRACKS),
    ),
)


def _seen(change: Change) -> str:
    return {"new": "is new", "gone": "is gone", "changed": "is different"}[change.kind]
