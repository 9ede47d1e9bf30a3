"""Scripts side by side, legible: minified code is broken into lines first. Pure, and linear in the length of the script.

`beautify` is no parser. It reads tokens and breaks lines at braces, semicolons and the commas of lists; strings, templates, regular expressions and comments
stay as they are, and so do the script's own line breaks. Nothing is added but white space, nothing else is taken away: the code means what it meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scans.diff import rows
from scans.diff.rows import Row

LONGEST, MOST_LINES = 2_000_000, 200_000
DEEPEST = 20  # steps of indentation
LONG_LIST = 12  # tokens: a list in square brackets that is shorter stays on its line

_TOKEN = re.compile(
    r"(?P<space>\s++)"
    r"|(?P<comment>//[^\n]*+|/\*(?:.*?\*/|.*+)|<!--[^\n]*+)"
    r"|(?P<string>\"[^\"\\\n]*+(?:\\.[^\"\\\n]*+){0,100000}\"?|'[^'\\\n]*+(?:\\.[^'\\\n]*+){0,100000}'?)"
    r"|(?P<word>[\w$#@]++(?:\.\d[\w]*+)?)"
    r"|(?P<sign>=>|\+\+|--|\?\.|\.\.\.|[^\w\s])",
    re.DOTALL,
)
_EXPRESSION = re.compile(r"/(?![*/])(?:[^/\\\[\n]++|\\[^\n]|\[[^\]\\\n]*+(?:\\[^\n][^\]\\\n]*+)*\]){1,20000}/\w*+")
_IN_TEMPLATE = re.compile(r"(?:[^`\\$]++|\\.|\$(?!\{)){1,10000}", re.DOTALL)  # a round of a repeat is remembered: not too many at once
# Behind these an expression begins, so that a slash begins a regular expression and is no division.
_BEFORE_EXPRESSION = frozenset(
    "return typeof case in of delete void throw new else do instanceof yield await ( [ { } , ; : ? ! ~ & | ^ = + - * % < > =>".split()  # noqa: SIM905
)
_STAYS_BEHIND_BRACE = frozenset([")", "]", ",", ";", ".", "?.", ":", "(", "else", "catch", "finally", "while", "from"])
_OPENING, _CLOSING = frozenset("{[("), frozenset("}])")

Token = tuple[str, str]


def compare(before: str, after: str) -> list[Row]:
    """Nothing when both say the same once they are broken into lines."""
    return rows.side_by_side(beautify(before).split("\n"), beautify(after).split("\n"))


def beautify(script: str) -> str:
    """What lies beyond the limits is left as it came."""
    layout, end = _Layout(), 0
    read = list(_tokens(script[:LONGEST]))
    long = _long_lists(read)
    for at, (kind, text) in enumerate(read):
        if len(layout.lines) >= MOST_LINES:
            break
        layout.add(kind, text, long_list=at in long)
        end += len(text)
    layout.end_line()
    return "\n".join([*layout.lines, script[end:]] if end < len(script) else layout.lines)


class _Layout:
    """Lines as they grow. `open` holds the brackets around the place: `{`, `(`, `[`, and `L` for a list in square brackets that is long."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.parts: list[str] = []
        self.open: list[str] = []
        self.depth = self.indent = 0
        self.last = ""
        self.space = self.must_break = False

    def add(self, kind: str, text: str, *, long_list: bool) -> None:
        if kind == "space":
            self.space = True
            self.must_break = self.must_break or "\n" in text
            return
        closes, opens = kind == "sign" and text in _CLOSING, kind == "sign" and text in _OPENING
        if closes:
            self._close()
        elif self.must_break and not (self.last == "}" and text in _STAYS_BEHIND_BRACE):
            self.end_line()
        if not self.parts:
            self.indent = self.depth
        elif self.space or (text == "{" and _is_word_or_end(self.last)) or (self.last == "}" and text.isalpha()):
            self.parts.append(" ")
        self.parts.append(text)
        self.last = text
        self.space = False
        self.must_break = self._open(text, long_list=long_list) if opens else self._breaks_behind(kind, text)

    def end_line(self) -> None:
        if self.parts:
            self.lines.append("  " * min(self.indent, DEEPEST) + "".join(self.parts))
        self.parts.clear()
        self.space = False

    def _open(self, text: str, *, long_list: bool) -> bool:
        self.open.append("L" if long_list else text)
        self.depth += self.open[-1] in ("{", "L")
        return self.open[-1] in ("{", "L")

    def _close(self) -> None:
        inner = self.open.pop() if self.open else ""
        self.depth -= inner in ("{", "L")
        if self.last in _OPENING:
            self.space = False
        elif inner in ("{", "L") or (self.must_break and self.last != "}"):
            self.end_line()

    def _breaks_behind(self, kind: str, text: str) -> bool:
        if kind == "comment":
            return text.startswith(("//", "<!--"))
        around = self.open[-1] if self.open else ""
        return kind == "sign" and (text == "}" or (text == ";" and around != "(") or (text == "," and around in ("{", "L", "")))


def _is_word_or_end(text: str) -> bool:
    return text in (")", "=>") or text[-1:].isalnum()


def _long_lists(read: list[Token]) -> set[int]:
    """Where the square brackets open that hold more than a few tokens."""
    long, opened = set(), []
    for at, (kind, text) in enumerate(read):
        if kind == "sign" and text in _OPENING:
            opened.append(at)
        elif kind == "sign" and text in _CLOSING and opened:
            start = opened.pop()
            if read[start][1] == "[" and at - start > LONG_LIST:
                long.add(start)
    return long


def _tokens(script: str) -> Iterator[Token]:
    """Everything in the script, in order."""
    at, last, no_expression_before = 0, "", 0
    while at < len(script):
        if script[at] == "`":
            end = _template_end(script, at)
            yield "string", script[at:end]
            at, last = end, "`"
            continue
        found = _TOKEN.match(script, at)
        kind, text = (found.lastgroup or "sign", found[0]) if found else ("sign", script[at])
        if text == "/" and at >= no_expression_before and (not last or last in _BEFORE_EXPRESSION):
            if expression := _EXPRESSION.match(script, at):
                kind, text = "string", expression[0]
            else:  # no slash that ends it on this line: so none of the next ones on it begins one, and the line is not read again and again
                no_expression_before = script.find("\n", at) if "\n" in script[at : at + 10_000] else at + 10_000
        yield kind, text
        at += len(text)
        last = last if kind in ("space", "comment") else text


def _template_end(script: str, at: int) -> int:
    """Where the template that starts here ends, with the code in it and the templates in that."""
    around = ["`"]
    at += 1
    while around and at < len(script):
        if around[-1] == "`":
            at = _in_template(script, at)
            if script.startswith("${", at):
                around.append("{")
                at += 2
            else:
                around.pop()
                at += 1
        elif script[at] in "`{":
            around.append(script[at])
            at += 1
        elif script[at] == "}":
            around.pop()
            at += 1
        else:
            found = _TOKEN.match(script, at)
            at = found.end() if found else at + 1
    return min(at, len(script))


def _in_template(script: str, at: int) -> int:
    while found := _IN_TEMPLATE.match(script, at):
        at = found.end()
    return at
