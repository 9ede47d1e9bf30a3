"""What a security header says, without what is new in each answer."""

from __future__ import annotations

import pytest

from scans.diff import headers

CSP = "Content-Security-Policy"


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        (CSP, "script-src 'nonce-abc' 'self'", "script-src 'self'  'nonce-def';"),
        (CSP, "default-src 'none'; img-src a.test", "img-src A.test; default-src 'none'"),
        (CSP, "img-src *; report-uri https://r.test/csp?id=1", "img-src *; report-uri https://r.test/csp?id=2"),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains", 'includesubdomains ;Max-Age="31536000"'),
        ("X-Frame-Options", "DENY", "deny"),
        ("Permissions-Policy", "camera=(), geolocation=(self)", "geolocation=(self),camera=()"),
        ("Cross-Origin-Opener-Policy", 'same-origin; report-to="a1"', "same-origin"),
        ("Report-To", '{"url":"https://r.test/a?s=abc"}', '{"url":"https://r.test/a?s=def"}'),
    ],
)
def test_nonces_order_and_case_say_nothing(name, one, other):
    assert headers.value(name, one) == headers.value(name.lower(), other)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        (CSP, "script-src 'self'", "script-src 'self' evil.test"),
        (CSP, "script-src 'self' 'nonce-abc'", "script-src 'self'"),
        (CSP, "script-src 'sha256-AAAA'", "script-src 'sha256-aaaa'"),
        (CSP, "img-src *; report-uri https://r.test/", "img-src *; report-uri https://evil.test/"),
        ("Strict-Transport-Security", "max-age=31536000", "max-age=0"),
        ("Referrer-Policy", "no-referrer, origin", "origin, no-referrer"),
        ("Permissions-Policy", "camera=()", "camera=*"),
    ],
)
def test_another_meaning_is_another_value(name, one, other):
    assert headers.value(name, one) != headers.value(name, other)


def test_of_two_directives_of_one_name_the_first_holds():
    assert headers.value(CSP, "img-src a.test; img-src b.test") == "img-src a.test"


def test_a_hostile_header_is_read_too():
    assert headers.value("Permissions-Policy", ",(" * 50_000)
    assert headers.value(CSP, "'nonce-" * 50_000)
