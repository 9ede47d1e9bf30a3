import pytest

from scans.classify import strength

WEAKER = [
    ("default-src 'self'", "default-src *", ["script-src now allows *"]),
    ("script-src 'self'", "script-src 'self' 'unsafe-inline'", ["script-src now allows 'unsafe-inline'"]),
    ("script-src 'self'", "script-src 'self' 'unsafe-eval'", ["script-src now allows 'unsafe-eval'"]),
    ("script-src 'self'", "script-src 'self' https://evil.test", ["script-src now allows https://evil.test"]),
    ("script-src 'self'", "script-src 'self' https:", ["script-src now allows https:"]),
    ("script-src 'self'", "img-src *", ["script-src is no longer limited"]),
    ("script-src 'none'", "script-src a.test", ["script-src now allows a.test"]),
    ("default-src 'self'", "script-src 'self'", ["connect-src is no longer limited"]),
    ("default-src 'self'", "default-src 'self'; connect-src evil.test", ["connect-src now allows evil.test"]),
    ("script-src a.test/js/", "script-src a.test", ["script-src now allows a.test"]),
    ("script-src www.a.test", "script-src *.a.test", ["script-src now allows *.a.test"]),
    ("script-src 'nonce-x' 'unsafe-inline'", "script-src 'unsafe-inline'", ["script-src now allows 'unsafe-inline'"]),
    ("frame-ancestors 'none'", "frame-ancestors 'self'", ["frame-ancestors now allows 'self'"]),
    ("frame-ancestors 'self'", "default-src 'self'", ["frame-ancestors is no longer limited"]),
    ("form-action 'self'", "form-action 'self' evil.test", ["form-action now allows evil.test"]),
    ("base-uri 'none'", "base-uri *", ["base-uri now allows *"]),
    ("sandbox allow-scripts", "default-src 'self'", ["sandbox is gone"]),
    ("default-src 'self'", "", ["it is empty"]),
    ("script-src 'self', script-src a.test", "script-src 'self'; img-src *", ["script-src now allows 'self'"]),
    ("script-src 'self'", "script-src 'self' data:", ["script-src now allows data:"]),
    ("script-src https://a.test", "script-src http://a.test", ["script-src now allows http://a.test"]),
]

NOT_WEAKER = [
    ("default-src 'self'", "default-src 'self'"),
    ("default-src 'self' a.test", "default-src 'self'"),
    ("script-src 'self'; img-src *", "img-src *; script-src 'self'"),
    ("script-src *.a.test", "script-src *.a.test cdn.a.test"),
    ("script-src https:", "script-src https: https://a.test"),
    ("script-src a.test", "script-src a.test/js/"),
    ("script-src http://a.test", "script-src https://a.test"),
    ("script-src 'nonce-a'", "script-src 'nonce-b'"),
    ("script-src 'sha256-a='", "script-src 'sha256-b=' 'sha256-c='"),
    ("script-src 'nonce-a'", "script-src 'nonce-a' 'unsafe-inline'"),
    ("script-src 'nonce-a' 'strict-dynamic'", "script-src 'nonce-a' 'strict-dynamic' https: 'unsafe-inline'"),
    ("default-src 'self'; script-src 'self'", "default-src 'self'"),
    ("img-src 'self'", "img-src 'self'; script-src a.test"),
    ("default-src 'self'", "default-src 'self', script-src *"),
    ("default-src 'self'; report-uri /a", "default-src 'self'; report-uri /b"),
    ("upgrade-insecure-requests; default-src 'self'", "default-src 'self'"),
    ("SCRIPT-SRC A.test", "script-src a.TEST"),
    ("", "default-src *"),
    ("script-src 'none'", "script-src 'none'"),
]


@pytest.mark.parametrize(("before", "after", "said"), WEAKER)
def test_a_policy_that_allows_more_is_weaker(before, after, said):
    found = strength.weaker_csp(before, after)
    assert [each for each in said if each not in found] == []


@pytest.mark.parametrize(("before", "after"), NOT_WEAKER)
def test_a_policy_that_allows_no_more_is_not_weaker(before, after):
    assert strength.weaker_csp(before, after) == []


def test_another_host_of_the_site_itself_is_no_weakness():
    assert strength.weaker_csp("script-src 'self'", "script-src 'self' https://js.shop.test *.shop.test", own_domain="shop.test") == []
    assert strength.weaker_csp("script-src 'self'", "script-src 'self' notshop.test", own_domain="shop.test") == ["script-src now allows notshop.test"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("max-age=31536000; includeSubDomains", "max-age=31536000", ["includeSubDomains is gone"]),
        ("max-age=31536000", "max-age=0", ["max-age went from 31536000 to 0 seconds"]),
        ("max-age=300", "max-age=31536000; includeSubDomains; preload", []),
        ('max-age="300"', "Max-Age=300", []),
        ("max-age=31536000; preload", "max-age=31536000", []),
    ],
)
def test_strict_transport_security_is_weaker_when_it_holds_for_less(before, after, said):
    assert strength.weaker_hsts(before, after) == said


@pytest.mark.parametrize(("before", "after", "count"), [("DENY", "SAMEORIGIN", 1), ("SAMEORIGIN", "ALLOW-FROM x", 1), ("SAMEORIGIN", "deny", 0)])
def test_frame_options_are_weaker_when_more_may_frame(before, after, count):
    assert len(strength.weaker_frame_options(before, after)) == count


def test_what_no_browser_could_read_breaks_nothing():
    for odd in ("; ; ,,", "script-src", "script-src ://///", "script-src [::1]:8", "\n", "default-src 'self' " * 500):
        assert isinstance(strength.weaker_csp(odd, odd), list)
        assert strength.weaker_csp(odd, odd) == []
