from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path

import playwright
import pytest

from scans import addresses
from scans.addresses import BadUrl, canonical_url

ACCEPTED = [
    ("https://shop.nl/", "https://shop.nl/"),
    ("https://shop.nl", "https://shop.nl/"),
    ("shop.nl", "https://shop.nl/"),
    ("  shop.nl\n", "https://shop.nl/"),
    ("www.shop.co.uk", "https://www.shop.co.uk/"),
    ("http://shop.nl/", "https://shop.nl/"),
    ("HTTP://SHOP.NL/Sale", "https://shop.nl/Sale"),
    ("hTTps://Shop.Nl/", "https://shop.nl/"),
    ("https://shop.nl:443/", "https://shop.nl/"),
    ("https://shop.nl:0443/", "https://shop.nl/"),
    ("https://shop.nl:/", "https://shop.nl/"),
    ("http://shop.nl:80/cart", "https://shop.nl/cart"),
    ("http://shop.nl:443/cart", "https://shop.nl/cart"),
    ("shop.nl:443", "https://shop.nl/"),
    ("shop.nl:443/cart", "https://shop.nl/cart"),
    ("shop.nl:443?a=1", "https://shop.nl/?a=1"),
    ("https://shop.nl.", "https://shop.nl/"),
    ("https://shop.nl./a", "https://shop.nl/a"),
    ("https://shop.nl/#top", "https://shop.nl/"),
    ("https://shop.nl#top", "https://shop.nl/"),
    ("https://shop.nl/a?b=c#d?e", "https://shop.nl/a?b=c"),
    ("https://shop.nl?q=1", "https://shop.nl/?q=1"),
    ("https://shop.nl/?", "https://shop.nl/"),
    ("https://shop.nl/a?", "https://shop.nl/a"),
    ("https://shop.nl/a?b?c", "https://shop.nl/a?b?c"),
    ("https://shop.nl/?a=/../b", "https://shop.nl/?a=/../b"),
    ("https://shop.nl/a/./b", "https://shop.nl/a/b"),
    ("https://shop.nl/a/../b", "https://shop.nl/b"),
    ("https://shop.nl/a/..", "https://shop.nl/"),
    ("https://shop.nl/a/b/..", "https://shop.nl/a/"),
    ("https://shop.nl/a/.", "https://shop.nl/a/"),
    ("https://shop.nl/../../a", "https://shop.nl/a"),
    ("https://shop.nl/a/%2e%2E/b", "https://shop.nl/b"),
    ("https://shop.nl/a/.%2e/b", "https://shop.nl/b"),
    ("https://shop.nl/a/%2e/b", "https://shop.nl/a/b"),
    ("https://shop.nl/a/...", "https://shop.nl/a/..."),
    ("https://shop.nl//a//b", "https://shop.nl//a//b"),
    ("https://shop.nl//../a", "https://shop.nl/a"),
    ("https://shop.nl/a/", "https://shop.nl/a/"),
    ("https://shop.nl/%7Euser", "https://shop.nl/%7Euser"),
    ("https://shop.nl/~user", "https://shop.nl/~user"),
    ("https://shop.nl/100%", "https://shop.nl/100%"),
    ("https://shop.nl/%zz", "https://shop.nl/%zz"),
    ("https://shop.nl/a%20b", "https://shop.nl/a%20b"),
    ("https://shop.nl/käse", "https://shop.nl/k%C3%A4se"),
    ("https://shop.nl/?q=käse", "https://shop.nl/?q=k%C3%A4se"),
    ("https://shop.nl/it's", "https://shop.nl/it's"),
    ("https://shop.nl/?q=it's", "https://shop.nl/?q=it%27s"),
    ('https://shop.nl/"a"<b>', "https://shop.nl/%22a%22%3Cb%3E"),
    ("https://shop.nl/{a}^`|[b]", "https://shop.nl/%7Ba%7D%5E%60|[b]"),
    ("https://shop.nl/?{a}^`|[b]", "https://shop.nl/?{a}^`|[b]"),
    ("https://shop.nl/a;b=c,d", "https://shop.nl/a;b=c,d"),
    ("https://shop.nl/@maker", "https://shop.nl/@maker"),
    ("https://shop.nl/a:b", "https://shop.nl/a:b"),
    ("https://shop.nl/https://other.nl/", "https://shop.nl/https://other.nl/"),
    ("https://shop.nl/?next=https://other.nl/", "https://shop.nl/?next=https://other.nl/"),
    ("https://münchen.de/", "https://xn--mnchen-3ya.de/"),
    ("https://MÜNCHEN.de/", "https://xn--mnchen-3ya.de/"),
    ("https://xn--mnchen-3ya.de/", "https://xn--mnchen-3ya.de/"),
    ("https://XN--MNCHEN-3YA.de/", "https://xn--mnchen-3ya.de/"),
    ("https://faß.de/", "https://xn--fa-hia.de/"),
    ("https://例え.jp/", "https://xn--r8jz45g.jp/"),
    ("https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"),
    ("https://ｓｈｏｐ.nl/", "https://shop.nl/"),
    ("https://shop。nl/", "https://shop.nl/"),
    ("https://shop．nl/", "https://shop.nl/"),
    ("https://sh\u00adop.nl/", "https://shop.nl/"),
    ("https://r3---sn.shop.nl/", "https://r3---sn.shop.nl/"),
    ("https://1.shop.nl/", "https://1.shop.nl/"),
    ("https://127.0.0.1.nip.io/", "https://127.0.0.1.nip.io/"),
    ("https://a.b.c.d.e.nl/", "https://a.b.c.d.e.nl/"),
    (f"https://{'a' * 63}.nl/", f"https://{'a' * 63}.nl/"),
]

REFUSED = [
    ("", "no address"),
    ("   ", "no address"),
    ("https://", "host name"),
    ("https:///shop.nl", "two slashes"),
    ("https:shop.nl", "two slashes"),
    ("https:/shop.nl", "two slashes"),
    ("//shop.nl/", "part of an address"),
    ("/cart", "part of an address"),
    ("?q=1", "host name"),
    ("file:///etc/passwd", "web page"),
    ("file://shop.nl/", "web page"),
    ("ftp://shop.nl/", "web page"),
    ("javascript:alert(1)", "web page"),
    ("JavaScript:alert(1)", "web page"),
    ("data:text/html,hello", "web page"),
    ("view-source:https://shop.nl/", "web page"),
    ("chrome://version", "web page"),
    ("about:blank", "web page"),
    ("blob:https://shop.nl/1", "web page"),
    ("ws://shop.nl/", "web page"),
    ("wss://shop.nl/", "web page"),
    ("mailto:a@shop.nl", "web page"),
    ("source:file:///etc/passwd", "web page"),
    ("devtools://devtools", "web page"),
    ("https://me@shop.nl/", "user name"),
    ("https://me:secret@shop.nl/", "user name"),
    ("https://@shop.nl/", "user name"),
    ("https://shop.nl@evil.nl/", "user name"),
    ("https://shop.nl:443@evil.nl/", "user name"),
    ("https://shop.nl\\@evil.nl/", "backslash"),
    ("https:\\\\shop.nl\\", "backslash"),
    ("https://shop.nl/a\\..\\b", "backslash"),
    ("https://sh\top.nl/", "space"),
    ("https://shop.nl/a\nb", "space"),
    ("https://shop.nl/a b", "space"),
    ("https://shop.nl/\u00a0b", "space"),
    ("https://shop.nl/\u2028b", "space"),
    ("https://shop.nl\x00.evil.nl/", "character"),
    ("https://shop.nl/\x7f", "character"),
    ("https://shop.nl/\x85b", "space"),
    ("https://shop.nl/\ud800", "character"),
    ("https://shop.nl:8443/", "port 8443"),
    ("https://shop.nl:80/", "port 80"),
    ("http://shop.nl:8080/", "port 8080"),
    ("localhost:3000", "port 3000"),
    ("https://shop.nl:0/", "port 0"),
    ("https://shop.nl:https/", "no number"),
    ("https://shop.nl:-1/", "no number"),
    ("https://shop.nl:４４３/", "no number"),
    ("https://127.0.0.1/", "number"),
    ("https://127.1/", "number"),
    ("https://2130706433/", "number"),
    ("https://0x7f000001/", "number"),
    ("https://0x7f.1/", "number"),
    ("https://0177.0.0.1/", "number"),
    ("https://0/", "number"),
    ("https://1.2.3.4./", "number"),
    ("https://8.8.8.8/", "number"),
    ("https://shop.0x/", "number"),
    ("https://shop.123/", "number"),
    ("https://１２７.０.０.１/", "number"),
    ("https://127。0。0。1/", "number"),
    ("https://①②⑦.0.0.1/", "number"),
    ("https://[::1]/", "number"),
    ("https://[::ffff:127.0.0.1]/", "number"),
    ("https://[2606:4700::1]:443/", "number"),
    ("https://::1/", "number"),
    ("https://localhost/", "dot in it"),
    ("https://shop/", "dot in it"),
    ("https://localhost./", "dot in it"),
    ("https://shop.localhost/", "private network"),
    ("https://printer.local/", "private network"),
    ("https://metadata.google.internal/", "private network"),
    ("https://wiki.corp/", "private network"),
    ("https://router.lan/", "private network"),
    ("https://hidden.onion/", "private network"),
    ("https://shop.test/", "private network"),
    ("https://db.svc/", "private network"),
    ("https://shop.nl../", "host name"),
    ("https://.shop.nl/", "host name"),
    ("https://shop..nl/", "host name"),
    ("https://-shop.nl/", "host name"),
    ("https://shop-.nl/", "host name"),
    ("https://sh_op.nl/", "host name"),
    ("https://sh%6fp.nl/", "host name"),
    ("https://sh%2Fop.nl/", "host name"),
    ("https://shop,nl/", "host name"),
    ("https://shop.nl;/", "host name"),
    ("https://sh<op.nl/", "host name"),
    ("https://*.shop.nl/", "host name"),
    ("https://xn--a.nl/", "host name"),
    ("https://xn--.nl/", "host name"),
    ("https://💩.la/", "host name"),
    ("https://a\u200db.nl/", "host name"),
    (f"https://{'a' * 64}.nl/", "host name"),
    (f"https://{'.'.join(['a' * 60] * 5)}.nl/", "host name"),
    ("https://shop.nl/" + "a" * 2048, "longer than"),
    ("https://shop.nl/" + "ä" * 500, "longer than"),
]


@pytest.mark.parametrize(("typed", "expected"), ACCEPTED)
def test_an_address_has_one_canonical_form(typed, expected):
    assert canonical_url(typed) == expected
    assert canonical_url(expected) == expected


@pytest.mark.parametrize(("typed", "why"), REFUSED)
def test_a_refusal_is_one_short_sentence_that_says_why(typed, why):
    with pytest.raises(BadUrl) as refusal:
        canonical_url(typed)
    sentence = str(refusal.value)
    assert why in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 220
    assert sentence.isprintable()


def test_a_refusal_never_repeats_a_password():
    for typed in ("https://me:hunter2@shop.nl/", "me:hunter2@shop.nl", "https://me:hunter2@shop.nl:99/", "https://me:hunter2/@shop.nl"):
        with pytest.raises(BadUrl) as refusal:
            canonical_url(typed)
        assert "hunter2" not in str(refusal.value)


def test_known_hosts_are_spared_the_judgement_of_names_and_nothing_else():
    assert canonical_url("http://Shop.Test/a", known_hosts=["shop.test"]) == "https://shop.test/a"
    for typed in ("https://shop.test:8443/", "https://me@shop.test/", "https://127.0.0.1/", "https://other.test/"):
        with pytest.raises(BadUrl):
            canonical_url(typed, known_hosts=["shop.test", "127.0.0.1"])


def test_the_registrable_domain_follows_the_public_suffix_list():
    assert addresses.registrable_domain("www.shop.co.uk") == "shop.co.uk"
    assert addresses.registrable_domain("shop.nl") == "shop.nl"
    assert addresses.registrable_domain("co.uk") == "co.uk"


def browsers_own(urls: list[str]) -> list[str | None]:
    """What the URL parser of a browser makes of each: the JavaScript engine that Playwright brings along runs the same standard."""
    node = Path(playwright.__file__).parent / "driver" / "node"
    program = (
        "const urls = JSON.parse(require('fs').readFileSync(0));"
        "console.log(JSON.stringify(urls.map(u => { try { return new URL(u).href } catch { return null } })))"
    )
    done = subprocess.run([node, "-e", program], input=json.dumps(urls), capture_output=True, text=True, check=True, timeout=60)
    read: list[str | None] = json.loads(done.stdout)
    return read


def test_every_canonical_address_is_what_a_browser_would_go_to():
    expected = [url for _, url in ACCEPTED]
    assert browsers_own(expected) == expected


def test_a_browser_reads_what_was_typed_as_the_same_host_and_path():
    typed = [text.strip() if "://" in text else f"https://{text.strip()}" for text, _ in ACCEPTED]
    for (text, canonical), theirs in zip(ACCEPTED, browsers_own(typed), strict=True):
        assert theirs is not None, text
        ours = canonical.removeprefix("https://")
        assert theirs.partition("#")[0].removesuffix("?").partition("://")[2].replace(":443/", "/").replace("nl./", "nl/") == ours, text


def test_no_mutation_of_an_address_is_accepted_and_read_differently_by_a_browser():
    letters = "aA0.%2e/\\?#@:[]&='\"<>^`{}|~!*(),;+-_$ \t\u00e9\u3002\uff0f\uff0e\u2100\u200d\u212a\u1e9eßxn0x"
    dice = random.Random(20261123)
    typed: list[str] = []
    for _ in range(30_000):
        mutant = list(dice.choice(ACCEPTED)[0])
        for _ in range(dice.randint(1, 3)):
            mutant.insert(dice.randint(0, len(mutant)), dice.choice(letters))
        typed.append("".join(mutant))
    accepted: list[tuple[str, str]] = []
    for text in typed:
        try:
            accepted.append((text, canonical_url(text)))
        except BadUrl:
            continue
    assert len(accepted) > 4_000
    canonical = [url for _, url in accepted]
    assert browsers_own(canonical) == canonical
    with_scheme = [text.strip() if re.match("[a-zA-Z]+://", text.strip()) else f"https://{text.strip()}" for text, _ in accepted]
    for (text, ours), theirs in zip(accepted, browsers_own(with_scheme), strict=True):
        assert theirs is not None, text
        host = theirs.partition("://")[2].partition("/")[0].removesuffix(":443").removesuffix(".")
        assert host == addresses.host_of(ours), text
