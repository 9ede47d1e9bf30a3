import pytest

from scans.classify.verdicts import Scene
from tests.scans.classify.rules.judging import META, NEW_PARTY, OWN, check, make

TRACKS = OWN | {"purpose": "analytics", "vendor": "Hotjar"}

CASES = [
    (make("storage", "new", "k", about=OWN | {"known_on_site": True}), "info", "storage.familiar", "known from this site"),
    (make("storage", "new", "k", about=META), "info", "storage.familiar", "known from this site"),
    (make("storage", "new", "k", about=TRACKS), "medium", "storage.tracks_before_consent", "of Hotjar, probably for analytics"),
    (make("storage", "new", "k", about=OWN), "low", "storage.new", "is new on the start page"),
    (make("storage", "new", "k", about=OWN, payment=True), "low", "storage.new", "/checkout"),
    (make("storage", "gone", "k", about=TRACKS), "info", "storage.other", "no longer kept"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_a_storage_key_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)


def test_storage_of_a_host_on_a_list_is_critical():
    check(make("storage", "new", "k", about=NEW_PARTY), "critical", "storage.malicious_host", "evil.test", Scene(malicious=lambda host: "URLhaus"))
