from __future__ import annotations

import pytest

from scans.capture.blockpage import who_blocks


@pytest.mark.parametrize(
    ("who", "status", "headers", "page"),
    [
        ("Cloudflare's challenge", 403, {"cf-mitigated": "challenge"}, ""),
        ("Cloudflare's challenge", 503, {}, "<html><head><title>Just a moment...</title></head>"),
        ("Cloudflare", 403, {}, "<title>Attention Required! | Cloudflare</title>"),
        ("Akamai", 403, {}, "<HTML><TITLE>Access Denied</TITLE>".replace("TITLE", "title") + "You don't have permission. Reference #18.2d"),
        ("Imperva", 200, {}, '<script src="/_Incapsula_Resource?SWJIYLWA=7"></script>'),
        ("DataDome", 403, {"x-datadome": "protected"}, ""),
        ("HUMAN (PerimeterX)", 403, {}, '<div id="px-captcha">'),
        ("AWS WAF", 202, {"x-amzn-waf-action": "challenge"}, ""),
        ("Too many requests: the site's rate limit", 429, {}, "slow down"),
        ("a shop password page", 200, {}, '<form method="post" action="/password" class="x"><label>Enter store using password</label></form>'),
    ],
)
def test_who_stands_before_the_site_is_named(who, status, headers, page):
    assert who_blocks(status=status, headers=headers, html=page) == who


@pytest.mark.parametrize(
    ("status", "headers", "page"),
    [
        (200, {"server": "cloudflare"}, "<title>Tea</title><p>Just a moment... your order is on its way.</p>"),
        (200, {}, "<p>Access Denied is a novel.</p> Reference #7"),
        (403, {}, "<h1>Forbidden</h1>"),
        (503, {}, "<h1>We are updating the shop</h1>"),
        (200, {"x-datadome": "protected"}, "<h1>Shop</h1>"),
    ],
)
def test_a_site_is_not_taken_for_its_doorman(status, headers, page):
    assert who_blocks(status=status, headers=headers, html=page) == ""
