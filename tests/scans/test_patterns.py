from __future__ import annotations

import pytest

from scans import patterns


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("_ga_*", "_ga_ABC123"),
        ("*.vendor.com", "cdn.vendor.com"),
        ("VENDOR.com", "vendor.com"),
        ("*.vendor.com/*", "https://cdn.vendor.com/a/b.js"),
        ("https://cdn.vendor.com/a/*.js", "https://cdn.vendor.com/a/b.js"),
        ("*/card.js", "https://any.test/deep/card.js"),
        ("cdn.vendor.com/*/x*y.js", "https://cdn.vendor.com/1/2/xy.js"),
        ("Strict-Transport-Security", "strict-transport-security"),
    ],
)
def test_a_pattern_covers_what_is_named_like_it(pattern, name):
    assert patterns.covers(pattern, [name])


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("_ga_*", "x_ga_1"),
        ("vendor.com", "notvendor.com"),
        ("a*a", "a"),
        ("http://vendor.com/*", "https://vendor.com/x"),
        ("*.vendor.com", "https://evil.test/x.vendor.com"),
        ("*.vendor.com/*", "https://evil.test/x.vendor.com/card.js"),
        ("*.vendor.com/*", "https://evil.test?x.vendor.com/card.js"),
        ("*.vendor.com/*", "https://evil.test#.vendor.com/"),
        ("*.vendor.com/*", "https://x.vendor.com@evil.test/card.js"),
        ("https://*.vendor.com/*", "https://evil.test/https://cdn.vendor.com/x"),
        ("cdn.vendor.com*/x.js", "https://evil.test/cdn.vendor.com/x.js"),
    ],
)
def test_a_pattern_covers_nothing_else(pattern, name):
    assert not patterns.covers(pattern, [name])


def test_many_stars_cost_no_time():
    """A matcher that tries every way would not come to an end within the time that a test has."""
    assert not patterns.covers("a*" * 150 + "c", ["a" * 100_000 + "b"])
