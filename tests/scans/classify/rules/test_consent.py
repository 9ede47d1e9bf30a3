import pytest

from scans.classify.verdicts import Scene
from tests.scans.classify.rules.judging import META, NEW_PARTY, OWN, check, make

FBP = OWN | {"purpose": "advertising", "vendor": "Meta"}
REJECTED, GPC = {"state": "rejected", "verdict": "rejected"}, {"state": "gpc"}


def went(key, before, after):
    return make("consent", "changed", key, before={"value": before}, after={"value": after})


def came(key, value):
    return make("consent", "new", key, after={"value": value})


def signal(state, kind, value, verdict="rejected"):
    before = {"value": "denied" if value == "granted" else "granted"} if kind == "changed" else None
    about = {"state": state, "verdict": verdict, "signal": "ad_storage", "what": "signal"}
    return make("consent", kind, f"state:{state}:signal:ad_storage", name=f"ad_storage ({state})", before=before, after={"value": value}, about=about)


CASES = [
    (went("cmp", "Cookiebot", ""), "high", "consent.platform_gone", "Cookiebot is gone"),
    (went("cmp", "Cookiebot", "OneTrust"), "medium", "consent.platform_swapped", "OneTrust instead of Cookiebot"),
    (went("cmp", "", "OneTrust"), "low", "consent.other", "from nothing to OneTrust"),
    (went("banner", "shown", "hidden"), "high", "consent.banner_gone", "no longer shown"),
    (went("banner", "shown", ""), "high", "consent.banner_gone", "no longer shown"),
    (went("banner", "hidden", "shown"), "low", "consent.other", "from hidden to shown"),
    (went("default:ad_storage", "denied", "granted"), "high", "consent.default_granted", "ad_storage (advertising cookies)"),
    (went("default:ad_storage@DE, FR", "denied", "granted"), "high", "consent.default_granted", "(advertising cookies) in DE, FR by default"),
    (signal("rejected", "new", "granted"), "high", "consent.signal_granted_after_reject", "ad_storage is granted although the visitor has rejected"),
    (signal("rejected", "changed", "granted"), "high", "consent.signal_granted_after_reject", "ad_storage"),
    (signal("rejected", "new", "granted", verdict="no_reject_button"), "info", "consent.state_other", "ad_storage"),
    (signal("rejected", "changed", "denied"), "info", "consent.state_other", "is different after a visitor rejects"),
    (signal("untouched", "changed", "granted"), "medium", "consent.signal_granted_without_answer", "before a visitor answers"),
    (signal("gpc", "changed", "granted"), "medium", "consent.signal_granted_without_answer", "Global Privacy Control"),
    (signal("untouched", "new", "granted"), "info", "consent.state_other", "before a visitor answers"),
    (went("default:ad_storage", "granted", "denied"), "low", "consent.other", "from granted to denied"),
    (make("consent", "gone", "default:ad_storage", before={"value": "denied"}), "high", "consent.default_denied_gone", "no longer denies"),
    (make("consent", "gone", "default:ad_storage", before={"value": "granted"}), "low", "consent.other", "is gone, it was granted"),
    (came("default:analytics_storage", "granted"), "medium", "consent.default_new_granted", "analytics cookies"),
    (came("default:analytics_storage", "denied"), "low", "consent.other", "is new, denied"),
    (went("update:ad_storage", "denied", "granted"), "high", "consent.granted_unasked", "no visitor has answered"),
    (came("update:ad_storage", "granted"), "high", "consent.granted_unasked", "no visitor has answered"),
    (make("consent", "new", "state:rejected:cookie:_fbp|shop.test|/", about=FBP | REJECTED), "critical", "consent.tracks_after_reject", "has rejected"),
    (make("consent", "new", "state:rejected:request:facebook.net", about=META | REJECTED), "critical", "consent.tracks_after_reject", "is contacted"),
    (make("consent", "new", "state:rejected:storage:k", about=FBP | REJECTED), "critical", "consent.tracks_after_reject", "probably for advertising"),
    (make("consent", "new", "state:gpc:cookie:_fbp|shop.test|/", about=FBP | GPC), "high", "consent.tracks_despite_gpc", "Global Privacy Control"),
    (make("consent", "new", "state:rejected:cookie:c", about=OWN | REJECTED), "info", "consent.state_other", "after a visitor rejects"),
    (make("consent", "new", "state:accepted:cookie:_fbp|shop.test|/", about=FBP), "info", "consent.state_other", "after a visitor accepts"),
    (make("consent", "gone", "state:rejected:cookie:_fbp|shop.test|/", about=FBP), "info", "consent.state_other", "is gone"),
    (went("state:rejected:verdict", "rejected", "hidden_only"), "high", "consent.reject_gone", "only hides it"),
    (went("state:rejected:verdict", "rejected", "no_reject_button"), "high", "consent.reject_gone", "not offered"),
    (went("state:rejected:verdict", "rejected", "action_failed"), "low", "consent.answer_differs", "action_failed"),
    (went("state:accepted:verdict", "accepted", "no_banner"), "low", "consent.answer_differs", "no_banner"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_consent_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)


@pytest.mark.parametrize("verdict", ["no_banner", "no_reject_button", "action_failed", "hidden_only", ""])
def test_where_nothing_was_rejected_nobody_tracks_although_it_was(verdict):
    change = make("consent", "new", "state:rejected:cookie:_fbp|shop.test|/", about=FBP | {"state": "rejected", "verdict": verdict})
    check(change, "info", "consent.state_other", "after a visitor rejects")


def test_a_necessary_cookie_of_a_tracking_party_is_left_alone_after_reject():
    about = META | {"purpose": "necessary", "state": "rejected"}
    check(make("consent", "new", "state:rejected:cookie:c", about=about), "info", "consent.state_other", "rejects")


def test_a_host_on_a_list_is_critical_after_any_answer():
    change = make("consent", "new", "state:accepted:request:evil.test", about=NEW_PARTY)
    check(change, "critical", "consent.malicious_host", "evil.test", Scene(malicious=lambda host: "URLhaus"))
