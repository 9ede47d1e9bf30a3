"""What weighs in a policy that changed: dates, addresses, companies, periods. And what does not."""

import pytest

from scans.diff import companies, policy, times
from scans.diff.policy import Weighty

BEFORE = """Privacy policy
Last updated: 2 January 2026
We are Tea House GmbH. Write to privacy@teahouse.example.
We count visits with Matomo. The data is deleted after 14 months.
Payments are made by Stripe Payments Europe, Ltd. in Dublin.
You may object at any time."""


def told(before: str, after: str) -> set[tuple[str, str, str]]:
    return {(one.kind, one.change, one.text) for one in policy.compare(before, after).weighty}


def test_a_text_that_is_the_same_says_nothing():
    assert policy.compare(BEFORE, BEFORE) == policy.PolicyDiff(rows=[], weighty=[])


def test_other_quotes_dashes_and_spaces_are_no_change():
    assert policy.compare('We say "no" - at least - here', "We say “no” – at\u00a0least – here").rows == []


def test_a_new_company_a_longer_period_and_a_new_date_weigh():
    after = BEFORE.replace("2 January", "3 March").replace("14 months", "26 months").replace("with Matomo", "with Hotjar Ltd and Matomo")
    assert told(BEFORE, after) == {
        ("date", "removed", "2 January 2026"),
        ("date", "added", "3 March 2026"),
        ("period", "removed", "14 months"),
        ("period", "added", "26 months"),
        ("processor", "added", "Hotjar Ltd"),
    }


def test_each_is_told_with_the_sentence_it_stands_in():
    after = BEFORE.replace("14 months", "26 months")
    [gone, come] = policy.compare(BEFORE, after).weighty
    assert gone == Weighty(kind="period", change="removed", text="14 months", sentence="The data is deleted after 14 months.")
    assert come.sentence == "The data is deleted after 26 months."


def test_the_paragraphs_stand_side_by_side_with_their_words_marked():
    found = policy.compare(BEFORE, BEFORE.replace("14 months", "26 months")).rows
    [changed] = [row for row in found if row.kind == "changed"]
    assert [part.text for part in changed.before_parts if part.changed] == ["14"]
    assert [part.text for part in changed.after_parts if part.changed] == ["26"]


def test_a_paragraph_that_moved_does_not_weigh():
    lines = BEFORE.split("\n")
    moved = policy.compare(BEFORE, "\n".join([*lines[:1], *lines[2:], lines[1]]))
    assert moved.rows
    assert moved.weighty == []


def test_the_same_date_in_another_writing_does_not_weigh():
    assert told("Stand: 02.01.2026", "Stand: 2. Januar 2026") == set()


def test_the_same_company_in_another_writing_does_not_weigh():
    assert told("We use Klaviyo, Inc. for mails", "We now use Klaviyo Inc for mails") == set()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("privacy@shop.example", "dpo@shop.example", {("email", "removed", "privacy@shop.example"), ("email", "added", "dpo@shop.example")}),
        (
            "x {redacted}@shop.example",
            "x {redacted}@other.example",
            {("email", "removed", "{redacted}@shop.example"), ("email", "added", "{redacted}@other.example")},
        ),
        ("Mail: datenschutz(at)shop.example", "Mail: datenschutz@shop.example", set()),
        ("Mail: Info@Shop.example", "Mail: info@shop.example!", set()),
    ],
)
def test_mail_addresses_weigh(before, after, expected):
    assert told(before, after) == expected


def test_a_vendor_of_the_lists_weighs_without_a_company_form():
    assert told("We use Matomo.", "We use Matomo, Google Analytics and Klaviyo.") == {
        ("processor", "added", "Google Analytics"),
        ("processor", "added", "Klaviyo"),
    }


def test_a_vendor_that_got_its_company_form_is_told_once():
    assert told("We use Google.", "We use Google Ireland Limited.") == {("processor", "added", "Google Ireland Limited")}


def test_words_that_are_also_names_of_vendors_do_not_weigh():
    assert told("We told you.", "Here you can Segment. Time is Medium. Button. Indeed, Target is a Signal.") == set()


def test_a_name_inside_a_longer_word_does_not_weigh():
    assert told("We told you.", "We told you of Stripes, Googleable things.") == set()


def test_a_period_written_once_more_weighs():
    assert told("Logs: 30 days.", "Logs: 30 days. Orders: 30 days.") == {("period", "added", "30 days")}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anbieter ist die Google Ireland Limited, Gordon House, Dublin", ["Google Ireland Limited"]),
        ("We use Stripe Payments Europe, Ltd. for payments", ["Stripe Payments Europe, Ltd."]),
        ("Muster & Sohn GmbH & Co. KG, Registergericht: AG Hamburg", ["Muster & Sohn GmbH & Co. KG"]),
        ("Mollie B.V., Adyen N.V. und Hetzner Online GmbH.", ["Mollie B.V.", "Adyen N.V.", "Hetzner Online GmbH"]),
        ("Amazon Europe Core S.à r.l. and OVH SAS", ["Amazon Europe Core S.à r.l.", "OVH SAS"]),
        ("Meta Platforms (Ireland) Ltd; ContentSquare S.A.S.", ["Meta Platforms (Ireland) Ltd", "ContentSquare S.A.S."]),
        ("Verantwortlich: SAP SE, Walldorf", ["SAP SE"]),
        ("It is provided AS IS and is Limited in time", []),
        ("Die GmbH ist eine Form. An AG too.", []),
        ("Section 3 LLC", ["Section 3 LLC"]),
    ],
)
def test_companies_are_known_by_their_form(text, names):
    assert [name for name, _ in companies.named(text)] == names


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", "2026-03-01"),
        ("01.03.2026", "2026-03-01"),
        ("1/3/2026", "2026-03-01"),
        ("12/31/2026", "2026-12-31"),
        ("1 March 2026", "2026-03-01"),
        ("1st of March 2026", "2026-03-01"),
        ("March 1st, 2026", "2026-03-01"),
        ("1. März 2026", "2026-03-01"),
        ("le 1er mars 2026", "2026-03-01"),
        ("1 de marzo de 2026", "2026-03-01"),
        ("1 marzo 2026", "2026-03-01"),
        ("1 maart 2026", "2026-03-01"),
        ("1 de março de 2026", "2026-03-01"),
        ("1 marca 2026", "2026-03-01"),
        ("Stand: März 2026", "2026-03"),
    ],
)
def test_dates_are_read_in_many_forms_and_languages(text, day):
    assert [key for key, _, _ in times.dates(text)] == [day]


@pytest.mark.parametrize("text", ["1.2.3", "99.99.2026", "version 2026", "10.0.0.1", "May I", "2026-13-01"])
def test_what_is_no_date_is_not_read(text):
    assert list(times.dates(text)) == []


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("14 months", "14 month"),
        ("two (2) years", "2 year"),
        ("a 30-day period", "30 day"),
        ("sechs Monate", "6 month"),
        ("nach 90 Tagen", "90 day"),
        ("13 mois", "13 month"),
        ("dos años", "2 year"),
        ("24 maanden", "24 month"),
        ("12 miesięcy", "12 month"),
    ],
)
def test_periods_are_read_in_many_languages(text, period):
    assert [key for key, _, _ in times.periods(text)] == [period]


def test_a_long_policy_is_compared_in_a_bounded_way():
    before = "\n".join(f"Paragraph {number} names Company{number} GmbH and 1{number} days." for number in range(20_000))
    found = policy.compare(before, before.replace("days", "weeks"))
    assert len(found.weighty) == policy.MOST_WEIGHTY
    assert found.rows[-1].kind == "cut"
