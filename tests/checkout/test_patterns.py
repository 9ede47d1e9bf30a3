import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import patterns

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SAME = [
    ("https://shop.test/thanks", "https://shop.test/thanks"),
    ("https://shop.test/thanks*", "https://shop.test/thanks?order=7"),
    ("https://shop.test", "https://shop.test/"),
    ("HTTPS://Shop.test/Cart", "https://shop.test/Cart"),
    ("https://*.pay.test/v3/*", "https://js.pay.test/v3/card.html#a"),
    ("https://*/cart", "https://shop.test/cart"),
    ("https://*", "https://shop.test/cart"),
    ("*", "about:blank"),
    ("*/thanks*", "https://shop.test/de/thanks?a=1"),
    ("/cart", "https://shop.test/cart"),
    ("/*/cart", "https://shop.test/de/cart"),
    ("*a*b*", "xaxb"),
    ("about:srcdoc", "about:srcdoc"),
    ("https://shop.test/a.b+c?(d)", "https://shop.test/a.b+c?(d)"),
]
OTHER = [
    ("https://shop.test/thanks", "https://shop.test/thanks?order=7"),
    ("https://shop.test/*", "https://shop.test.evil.test/"),
    ("https://shop.test/*", "https://evil.test/https://shop.test/"),
    ("https://*.pay.test/*", "https://evil.test/x.pay.test/"),
    ("https://*.pay.test/*", "https://evil.test?x.pay.test/"),
    ("https://*.pay.test/*", "https://evil.test\\.pay.test/"),
    ("https://*.pay.test/*", "https://pay.test/"),
    ("https://shop.test/*", "http://shop.test/"),
    ("https://shop.test/Cart", "https://shop.test/cart"),
    ("/cart", "https://shop.test/de/cart"),
    ("shop.test", "https://shop.test/"),
    ("*ab*ba*", "aba"),
    ("https://shop.test/a.b", "https://shop.test/aXb"),
    ("", "https://shop.test/"),
]


@pytest.mark.parametrize(("pattern", "url"), SAME)
def test_an_address_matches_its_pattern(pattern, url):
    assert patterns.match_url(pattern, url)


@pytest.mark.parametrize(("pattern", "url"), OTHER)
def test_another_address_does_not(pattern, url):
    assert not patterns.match_url(pattern, url)


@calmly
@given(st.text("abc/.:*", max_size=40))
def test_a_text_without_stars_matches_itself(text):
    plain = text.replace("*", "")
    assert patterns.match_url(plain, plain) or plain.startswith("/")


@calmly
@given(st.lists(st.text("ab", max_size=3), min_size=1, max_size=6), st.data())
def test_each_star_stands_for_anything(pieces, data):
    address = "".join(piece + data.draw(st.text("ab/", max_size=5)) for piece in pieces[:-1]) + pieces[-1]
    assert patterns.match_url("x" + "*".join(pieces), "x" + address)


def test_a_pattern_made_to_be_slow_is_read_to_its_end():
    assert not patterns.match_url("*a" * 1000 + "b", "a" * 2000)
