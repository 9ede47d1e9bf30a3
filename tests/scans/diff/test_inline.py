"""Which inline scripts are one thing, what changed in them, and whom they name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scans.diff import inline, javascript

UUID = "0a1b2c3d-0000-4000-8000-00000000000a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a = 1;\n  b()", "a = 1; b()"),
        ('x({"nonce":"0123456789"})', 'x({"nonce":"abcdefabcd"})'),
        ("var csrf_token = 'abcdefgh'", "var csrf_token = 'hgfedcba'"),
        ('f({"form_key":"AbCdEfGhIjKlMnOp"})', 'f({"form_key":"ZbCdEfGhIjKlMnOp"})'),
        (f"f('{UUID}')", "f('ffffffff-0000-4000-8000-00000000000b')"),
        ("f(1699999999)", "f(1712345678)"),
        ("f('1699999999123')", "f('1712345678123')"),
        ("f('2024-05-17T12:00:00Z')", "f('2024-05-18T13:10:00Z')"),
        ("p={t:'MTcxNTk0NTYwMC4wMDAwMDA='}", "p={t:'MTcxNTk0NTYwMS4wMDAwMDA='}"),
        ("f('/app.3f2a1b9c.js')", "f('/app.91bd02ef.js')"),
        ("f('8f3a9c1d2b7e6f508f3a9c1d2b7e6f50')", "f('11aa22bb33cc44dd11aa22bb33cc44dd')"),
    ],
)
def test_what_is_new_in_every_load_is_no_other_content(one, other):
    assert inline.normalised_sha256(one) == inline.normalised_sha256(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fbq('init','123456789012345')", "fbq('init','123456789012346')"),
        ("fbq('init', '1712345678')", "fbq('init', '1712345679')"),
        ("gtag('config','AW-1712345678')", "gtag('config','AW-1712345679')"),
        ("mixpanel.init('0123456789abcdef0123456789abcdef')", "mixpanel.init('fedcba98765432100123456789abcdef')"),
        ("posthog.init('phc_AbCdEf0123456789AbCdEf')", "posthog.init('phc_ZbCdEf0123456789AbCdEf')"),
        ("a('https://3f2a1b9c1d2e.test/x')", "a('https://91bd02ef3a4b.test/x')"),
        ("eval(atob('aHR0cHM6Ly9ldmlsLnRlc3QvYS5qcw=='))", "eval(atob('aHR0cHM6Ly9iYWQxLnRlc3QvYi5qcw=='))"),
        ("h(7, 1234567)", "h(7, 1234568)"),
        ("price(10)", "price(11)"),
    ],
)
def test_an_account_an_address_and_a_number_are_content(one, other):
    assert inline.normalised_sha256(one) != inline.normalised_sha256(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f('a', 1)", 'f("b", 2.5e3)'),
        ("f(`a`)", "f('b')"),
        ("a(); // one", "a(); /* two */"),
        ("var d = [1, 2, 3]", "var d = [4]"),
        ("d = [{id: 1, name: 'a'}, {id: 2, name: 'b'}]", "d = [{id: -3, name: 'c'}]"),
        ('d = {"1": "a", "2": "b"}', 'd = {"7": "c"}'),
        ("c = {on: true}", "c = {on: false}"),
        ("c = {on: !0}", "c = {on: !1}"),
        ("t = /a'b[/]/g.test(x)", "t = /c/.test(x)"),
        ("a = b ? 'x//y' : 1", "a = b ? 'z' : 2"),
    ],
)
def test_other_literals_are_the_same_shape(one, other):
    assert inline.shape(one) == inline.shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f('a')", "g('a')"),
        ("f('a')", "f('a'); fetch('b')"),
        ("f('a')", "f('a', 'b')"),
        ("f(`a`)", "f(`a${steal()}`)"),
        ("c = {on: 1}", "c = {off: 1}"),
        ("d = [1, f()]", "d = [1, 2]"),
        ("a / b / c", "a(/b/, c)"),
        ("x = 'a' /* ' */ + y", "x = 'a'"),
    ],
)
def test_other_code_is_another_shape(one, other):
    assert inline.shape(one) != inline.shape(other)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("a('https://B.test/x'); b('//a.test/y')", ["a.test", "b.test"]),
        (r"a('https:\/\/evil.test\/x')", ["evil.test"]),
        (r"a('\x68ttps:\u002f\u002fevil.test')", ["evil.test"]),
        ("a('https://ev' + 'il.test/x')", ["evil.test"]),
        ("a(`https://evil.test/${x}`)", ["evil.test"]),
        ("a(atob('aHR0cHM6Ly9ldmlsLnRlc3QvYS5qcw=='))", ["evil.test"]),
        ("a('wss://203.0.113.9:8080/x')", ["203.0.113.9"]),
        ("a('https://good.test@evil.test/')", ["evil.test"]),
        ("// see https://docs.test/\na('text')", []),
        ("a('no host // here')", []),
        ("a('<script src=\"https://evil.test/a.js\">')", ["evil.test"]),
    ],
)
def test_the_hosts_that_a_script_names(text, hosts):
    assert inline.reaches(text) == hosts


def test_however_many_hosts_of_one_domain_push_out_no_other():
    decoys = ";".join(f"x('https://a{number}.shop.test/')" for number in range(300))
    found = inline.reaches(f"{decoys};send('https://zevil.test/c')")
    assert "zevil.test" in found
    assert len(found) == inline.HOSTS_KEPT


@pytest.mark.parametrize("before", [inline.LONGEST + 10, inline.LONGEST - 20, 2 * inline.LONGEST - 12])
def test_no_length_hides_a_host(before):
    padding = "var a = 1;" * (before // 10) + " " * (before % 10)
    assert inline.reaches(padding + "send('https://evil.test/c')") == ["evil.test"]


@pytest.mark.parametrize(
    "junk",
    [
        *("/[" * 100_000, "[" * 200_000, "[" * 100_000 + "]" * 100_000, "`${" * 66_000, "'" * 200_001, "\\" * 200_001, "/*" * 100_000),
        *("-_" * 100_000, "aB1-" * 50_000, "//a." * 50_000, "csrf='" * 33_000, "{a:" * 66_000, "\ud800" * 1_000, "\0\x01" * 100_000, "}" * 200_000),
    ],
    ids=lambda junk: repr(junk[:6]),
)
def test_nothing_hostile_stops_it(junk):
    assert len(inline.shape(junk)) == 64
    assert len(inline.normalised_sha256(junk)) == 64
    assert inline.reaches(junk) == []


@settings(deadline=None)
@given(st.text(alphabet="ab1'\"`\\/*${}[](),:;=+- \n.<!>", max_size=300))
def test_any_text_has_a_shape(text):
    assert len(inline.shape(text)) == 64
    assert inline.normalise(text) == inline.normalise(text)
    inline.reaches(text)


def test_every_letter_of_code_is_read():
    assert [word for _, word in javascript.words("a.b(`x${c}y`, 'z')")] == ["a", ".", "b", "(", "`x", "${", "c", "}", "`y", ",", "'z'", ")"]
