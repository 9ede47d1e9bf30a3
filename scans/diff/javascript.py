"""JavaScript as words: its outline without literals, and the strings in it.

Pure. No parser: a reader of words that takes each letter once, so that a hostile text costs its length and no more, and that reads on over what it does not
understand. Comments are dropped. Names, keywords and punctuation stay; a string is S, a number N, true and false B, a regular expression R.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SPACE = r"\s++|//[^\n]*+|/\*(?:[\s\S]*?\*/|[\s\S]*+)|<!--[^\n]*+|^\s*+-->[^\n]*+"
_WORD = re.compile(
    rf"""(?P<space>{_SPACE})
    |(?P<string>"[^"\\\n]*+(?:\\(?:\r\n|[\s\S])[^"\\\n]*+){{0,100000}}"?|'[^'\\\n]*+(?:\\(?:\r\n|[\s\S])[^'\\\n]*+){{0,100000}}'?)
    |(?P<number>(?:0[xXoObB][0-9A-Fa-f_]++|(?:\d[\d_]*+\.?[\d_]*+|\.\d[\d_]*+)(?:[eE][+-]?\d++)?)n?)
    |(?P<name>(?:[\w$#@]|\\u)[\w$]*+)
    |(?P<mark>=>|\.\.\.|\?\.|\?\?=?|[=!]==?|[<>]{{1,3}}=?|&&=?|\|\|=?|\+\+|--|\*\*=?|[+*%&|^-]=|[\s\S])""",
    re.VERBOSE,
)
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]{0,8}")
_CHUNK = re.compile(r"(?:[^`\\$]++|\\[\s\S]|\$(?!\{)){0,100000}")
_BEFORE_REGEX = frozenset("( , = : [ ! & | ? { } ; + - * % ~ ^ < > => && || ?? == === != !== return typeof case in of delete void throw new else do".split())  # noqa: SIM905
_OPENS, _CLOSES = {"(": ")", "[": "]", "{": "}", "${": "}"}, frozenset(")]}")
_KEY = re.compile(r"[A-Za-z_$][A-Za-z_$-]{0,40}")
_DATA = frozenset({"S", "N", "B", "R", "null", "undefined"})
_NAMES = frozenset({"name", "number"})
_SHORT = 200
_LONGEST_REGEX = 1000
_TRIED = 500  # slashes that begin no regular expression; after these none is looked for

Word = tuple[str, str]  # what it is, and its text


@dataclass(slots=True)
class _Group:
    """What stands between two brackets, part by part between its commas."""

    opener: str
    parts: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    is_data: bool = True


def words(text: str) -> Iterator[Word]:
    """Each word with its kind: string, number, name, regex, mark. A template is its strings, with `${` and `}` around the code in it."""
    at, before, failures = 0, "(", 0
    inside: list[bool] = []  # for each open brace: does a template go on behind it?
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:  # pragma: no cover - the last alternative takes any letter
            return
        kind, word = str(found.lastgroup), found[0]
        if word == "/" and failures < _TRIED and before in _BEFORE_REGEX:
            if regex := _REGEX.match(text, at, at + _LONGEST_REGEX):
                kind, word = "regex", regex[0]
            else:
                failures += 1
        at += len(word)
        if kind == "space":
            continue
        resumes = word == "`" or (word == "}" and bool(inside) and inside[-1])
        if word in {"{", "}"}:
            _follow(inside, word)
        yield from [(kind, word)] if word != "`" else []
        before = word
        if resumes:
            chunk = _CHUNK.match(text, at)
            string = chunk[0] if chunk else ""
            at += len(string)
            yield "string", f"`{string}"
            before = "S"
            if text.startswith("${", at):
                inside.append(True)
                yield "mark", "${"
                before = "{"
                at += 2
            else:
                at += 1


def _follow(inside: list[bool], word: str) -> None:
    if word == "{":
        inside.append(False)
    elif inside:
        inside.pop()


def strings(text: str) -> Iterator[str]:
    """What the literals hold, as it is written; those joined by `+` as one."""
    held: list[str] = []
    joins = False
    for kind, word in words(text):
        if kind == "string":
            if not joins and held:
                yield "".join(held)
                held = []
            held.append(word[1:-1] if word[0] != "`" and word[-1] == word[0] and len(word) > 1 else word[1:])
            joins = False
        elif word == "+" and held and not joins:
            joins = True
        else:
            if held:
                yield "".join(held)
            held, joins = [], False
    if held:
        yield "".join(held)


def code(text: str) -> str:
    """The code without its comments, and without the spaces that say nothing."""
    written: list[str] = []
    before = ""
    for kind, word in words(text):
        written.append(f" {word}" if before in _NAMES and kind in _NAMES else word)
        before = kind
    return "".join(written)


def outline(text: str) -> str:
    """The code without its literals. In a list or object of nothing but data each form of element counts once."""
    groups = [_Group("")]
    waiting: Word | None = None
    for word in words(text):
        if waiting is not None:
            _take(groups, waiting, word[1])
        waiting = word
    if waiting is not None:
        _take(groups, waiting, "")
    while len(groups) > 1:
        _close(groups, "")
    return " ".join((*groups[0].parts, *groups[0].words))


def _take(groups: list[_Group], word: Word, following: str) -> None:
    kind, text = word
    group = groups[-1]
    if text in _OPENS and kind == "mark":
        groups.append(_Group(text))
    elif text in _CLOSES and kind == "mark":
        _close(groups, text)
    elif text == "," and kind == "mark" and len(groups) > 1:
        group.parts.append(" ".join(group.words))
        group.words = []
    else:
        _add(group, _plain(kind, text, following, group), is_key=following == ":")


def _plain(kind: str, text: str, following: str, group: _Group) -> str:
    """What stands for a word. The key of an object stays, quoted or not, as long as it is a name."""
    if kind == "string":
        name = text[1:-1]
        return name if following == ":" and group.opener == "{" and not group.words and _KEY.fullmatch(name) else "S"
    if kind == "number":
        return "N"
    if kind == "regex":
        return "R"
    return "B" if text in {"true", "false"} else text


def _add(group: _Group, word: str, *, is_key: bool) -> None:
    words = group.words
    if word == "N" and words and words[-1] in {"-", "+", "!"} and (len(words) == 1 or words[-2] in {":", "=", "(", "return", "=="}):
        word = "B" if words.pop() == "!" else "N"  # -1 is a number, !0 is true
    words.append(word)
    if word not in _DATA and word not in {":", "-", "!", "+"} and not is_key:
        group.is_data = False


def _close(groups: list[_Group], closer: str) -> None:
    if len(groups) == 1:
        groups[0].words.append(closer)
        return
    group = groups.pop()
    if group.words or not group.parts:
        group.parts.append(" ".join(group.words))
    parts = group.parts
    is_list = group.opener in {"[", "{"}
    if is_list and group.is_data:
        parts = list(dict.fromkeys(part for part in parts if part))
    inner = " , ".join(parts)
    if len(inner) > _SHORT:
        inner = hashlib.sha256(inner.encode("utf-8", "replace")).hexdigest()  # nested brackets must not grow with their depth
    outer = groups[-1]
    outer.words.append(f"{group.opener}{inner}{closer}")
    outer.is_data = outer.is_data and is_list and group.is_data
