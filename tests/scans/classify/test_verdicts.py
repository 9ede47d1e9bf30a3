import json
import re
from pathlib import Path

import pytest

from scans.classify import rules, verdicts
from scans.classify.verdicts import SEVERITIES, Scene
from scans.diff.change import CATEGORIES
from scans.models import Change as StoredChange
from tests.scans.classify.rules.judging import CHECKOUT, HOME, make

ROOT = Path(__file__).resolve().parents[3]
ALL = [rule for found in rules.BY_CATEGORY.values() for rule in found]
NOT_SAID = re.compile(r"violat|complian|illegal|unlawful|breach|GDPR", re.IGNORECASE)
KINDS = ("new", "gone", "changed")


def bare(category, kind, *, payment):
    return make(category, kind, "thing", payment=payment, before={} if kind != "new" else None, after={} if kind != "gone" else None)


@pytest.mark.parametrize("payment", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("category", CATEGORIES)
def test_whatever_changes_gets_a_verdict(category, kind, payment):
    verdict = verdicts.judge(bare(category, kind, payment=payment), Scene())
    assert verdict.sentence.endswith(".")
    assert not NOT_SAID.search(verdict.sentence)
    json.dumps(dict(verdict.inputs))


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_last_rule_of_a_category_catches_all_quietly(category):
    last = rules.of(category)[-1]
    assert last.severity in ("info", "low")
    assert all(last.applies(bare(category, kind, payment=payment), Scene()) for kind in KINDS for payment in (False, True))


def test_every_rule_has_its_own_name_under_its_category():
    ids = [rule.id for rule in ALL]
    assert len(ids) == len(set(ids))
    assert [rule.id for category, found in rules.BY_CATEGORY.items() for rule in found if not rule.id.startswith(f"{category}.")] == []
    assert [rule.id for rule in ALL if len(rule.id) > 80] == []


def test_every_rule_has_a_version_and_says_when_it_applies():
    assert [rule.id for rule in ALL if rule.version < 1 or rule.severity not in SEVERITIES or not rule.what.endswith(".") or NOT_SAID.search(rule.what)] == []


def test_every_rule_is_exercised_by_the_test_of_its_category():
    missing, tests = [], ROOT / "tests/scans/classify/rules"
    for category, found in rules.BY_CATEGORY.items():
        text = "".join((tests / f"test_{name}.py").read_text() for name in (category, "expected"))
        missing += [rule.id for rule in found if f'"{rule.id}"' not in text]
    assert missing == []


def test_the_page_of_rules_is_up_to_date():
    assert (ROOT / "docs/rules.md").read_text() == rules.catalogue()


def test_a_severity_ranks_as_it_is_stored():
    assert [verdicts.rank(severity) for severity in SEVERITIES] == [choice.value for choice in StoredChange.Severity]


def test_a_verdict_names_its_rule_its_version_and_what_it_looked_at():
    change = make("third_party", "new", "evil.test", payment=True, about={"domain": "evil.test", "known_party": False})
    verdict = verdicts.judge(change, Scene())
    assert (verdict.rule, verdict.version, verdict.basis) == ("third_party.new_on_payment_page", 1, "observed")
    assert verdict.inputs == {"kind": "new", "key": "evil.test", "payment_pages": [CHECKOUT], "about.known_party": False}


def test_a_sentence_counts_pages_and_names_the_payment_page():
    change = make("third_party", "new", "evil.test", pages=(HOME, CHECKOUT), payment_pages=(CHECKOUT,), about={"domain": "evil.test"})
    assert "on 2 pages, among them the payment page /checkout" in verdicts.judge(change, Scene()).sentence


def test_a_sentence_names_the_vendor_through_which_it_came():
    chain = ("https://www.googletagmanager.com/gtm.js?id=GTM-AB12CD", HOME)
    change = make("third_party", "new", "evil.test", chain=chain, about={"domain": "evil.test", "host": "cdn.evil.test"})
    assert "It was loaded through Google Tag Manager (www.googletagmanager.com)." in verdicts.judge(change, Scene()).sentence


def test_what_a_site_writes_stays_one_short_line_in_a_sentence():
    change = make("storage", "new", "key", name="a\nb " * 300)
    sentence = verdicts.judge(change, Scene()).sentence
    assert "\n" not in sentence
    assert len(sentence) < 300
