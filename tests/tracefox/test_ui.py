from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

from tracefox import ui

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=40), "40 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=7), "7 h ago"),
        (timedelta(days=3), "3 d ago"),
        (timedelta(days=90), "3 mo ago"),
        (timedelta(days=1000), "2 y ago"),
        (timedelta(hours=-2), "in 2 h"),
        (timedelta(seconds=-3), "now"),
    ],
)
def test_a_moment_is_told_from_now(ago, words):
    assert ui.relative(NOON - ago, NOON) == words


@pytest.mark.parametrize(
    ("value", "words"), [(None, ""), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (412_388, "412 kB"), (999_600, "1.0 MB"), (7_300_000_000, "7.3 GB")]
)
def test_bytes_are_told_in_three_digits(value, words):
    assert ui.size(value) == words


@pytest.mark.parametrize(("value", "words"), [(None, ""), (0, "0 ms"), (84.4, "84 ms"), (999.6, "1.00 s"), (1930.0, "1.93 s")])
def test_milliseconds_are_told_as_seconds_when_there_are_many(value, words):
    assert ui.ms(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(60, "every hour"), (1440, "every day"), (4320, "every 3 days"), (10_080, "every week"), (15, "every 15 minutes"), (90, "every 90 minutes")],
)
def test_a_rhythm_is_told_in_the_largest_unit_that_fits(value, words):
    assert ui.every(value) == words


def test_how_long_something_took():
    assert ui.lasting(timedelta(seconds=7.25)) == "7.2 s"
    assert ui.lasting(timedelta(seconds=185)) == "3 min 5 s"
    assert ui.lasting(None) == ""


def test_a_cookie_lives_for_a_session_or_a_time():
    assert ui.span(None) == "Session"
    assert ui.span(34_560_000) == "13 mo"
    assert ui.span(-5) == "0 s"


def test_a_time_is_relative_to_read_and_absolute_in_its_title():
    html = Template("{% when at %}").render(Context({"at": "2020-01-02T03:04:05Z"}))
    assert html.startswith('<time datetime="2020-01-02T03:04:05+00:00" title="2 Jan 2020, 03:04:05 UTC">')
    assert html.endswith(" ago</time>")


def test_what_is_late_is_due_now():
    assert ">due now</time>" in Template("{% due at %}").render(Context({"at": NOON - timedelta(days=9000)}))


@pytest.mark.parametrize("value", [None, "", "soon", '"><script>', 7])
def test_what_is_no_time_shows_nothing(value):
    assert Template("{% when at %}{% at at %}{% day at %}").render(Context({"at": value})) == ""


def test_an_address_is_shown_bare():
    assert ui.bare("https://www.shop.test/") == "www.shop.test"
    assert ui.bare("http://www.shop.test/a") == "http://www.shop.test/a"
