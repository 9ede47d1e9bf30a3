"""HTML without the values that people or sessions put into it. Every tag, link, form and heading stays where it is.

Pure. Reads the text of the document tag by tag instead of building a tree, so that whatever was not touched stays byte for byte, broken markup included,
and what could not be understood as a tag still passes as text. Values of inputs go (labels of buttons and the choices of boxes and lists are the page's own
and stay), text areas are emptied, so are attributes whose name tells of a token; links follow the rule of URLs, code that of scripts, all else that of text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

from scans.capture.redact.shapes import MARK, TELLING

Rule = Callable[[str], str]

_RAW = "script|style|textarea|title|xmp|iframe|noembed|noframes"
# Tags without values, and whole texts, in which no rule finds anything as long as none of the seen values occurs: taken in one go.
_CALM = rf"(?P<calm>(?:</?(?!(?:{_RAW})[\s/>])[A-Za-z][A-Za-z0-9-]*+[^<>\"'=\d@%&:_+]*+>|[^<\d@%&:=_+]++(?=<|\Z)){{1,500}})"
# What stands in a tag behind its name. Each part begins with a sign that the part before cannot take, so there is one way to read it, and none to try again.
# An expression remembers each round of a repeat, hence the bound; a tag with more values than that passes as text.
_INSIDE = r"[^<>\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^<>\"']*+){0,10000}"
_PIECES = (
    r"(?P<comment><!--.*?(?:-->|\Z))"
    r"|<(?P<raw>" + _RAW + r")(?=[\s/>])(?P<inside>" + _INSIDE + r")>(?P<body>.*?)(?=</(?P=raw)|\Z)"
    r"|<(?P<tag>/?[A-Za-z][^\s/>]*+)(?P<attributes>" + _INSIDE + r")>"
    r"|(?P<text>[^<]++|<(?![A-Za-z/!])|</?[A-Za-z][^\s/>]*+[^<]*+)"  # the last is no whole tag: read past as one, not again from each < in its name
)
_EVERY_PIECE = re.compile(_PIECES, re.DOTALL | re.IGNORECASE)
_CALM_OR_PIECE = re.compile(f"{_CALM}|{_PIECES}", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![^\s"'<>/=])([^\s"'<>/=]++)(\s*+=\s*+)(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")

_PLAIN_TAG = re.compile(r"/?[A-Za-z][A-Za-z0-9-]{0,40}")
_LINKS = frozenset(
    ["href", "src", "action", "formaction", "poster", "data", "cite", "background", "manifest", "ping", "longdesc", "data-src", "data-href", "data-url"]
)
_LABELS = frozenset(["submit", "button", "reset", "image", "checkbox", "radio"])
_EMPTIED = frozenset(["nonce", "data-cfemail"])
_INPUT_TYPE = re.compile(r"""\btype\s*=\s*["']?([a-z]+)""", re.IGNORECASE)
_META_NAME = re.compile(r"""\b(?:name|http-equiv|id)\s*=\s*["']?([^\s"'>]+)""", re.IGNORECASE)
_PLAIN_FRAGMENT = re.compile(r"[A-Za-z_-]{0,40}")
_CODE_TYPES = re.compile(r"""\btype\s*=\s*["']?(?:application/(?:ld\+)?json|text/(?:template|html|x-))""", re.IGNORECASE)


def redact(html: str, *, url: Rule, text: Rule, script: Rule, may_hold_seen: bool = True) -> str:
    """`may_hold_seen` is False if it is known that none of the values seen in cookies and storage stands in the document."""
    reading = _Reading(url=url, text=text, script=script)
    if may_hold_seen or "PRIVATE KEY-----" in html:
        return _EVERY_PIECE.sub(reading.piece, html)
    return _CALM_OR_PIECE.sub(lambda found: found[0] if found.lastgroup == "calm" else reading.piece(found), html)


class _Reading:
    def __init__(self, *, url: Rule, text: Rule, script: Rule) -> None:
        self._url = url
        self._text = text
        self._script = script

    def piece(self, found: re.Match[str]) -> str:
        if found["text"] is not None:
            return self._text(found[0])
        if found["tag"] is not None:
            name = found["tag"] if _PLAIN_TAG.fullmatch(found["tag"]) else self._text(found["tag"])
            return f"<{name}{self._attributes(found['tag'], found['attributes'])}>"
        if found["comment"] is not None:
            return self._text(found[0])
        return f"<{found['raw']}{self._attributes(found['raw'], found['inside'])}>{self._body(found['raw'], found['inside'], found['body'])}"

    def _body(self, tag: str, attributes: str, body: str) -> str:
        if tag.lower() == "textarea":
            return MARK if body.strip() else body
        if tag.lower() in ("script", "style"):
            return self._text(body) if _CODE_TYPES.search(attributes) else self._script(body)
        return self._text(body)

    def _attributes(self, tag: str, attributes: str) -> str:
        if "=" not in attributes:
            return self._text(attributes) if attributes.strip() else attributes
        emptied = _emptied_attribute(tag.lower(), attributes)

        def changed(found: re.Match[str]) -> str:
            name, equals, value = found[1].lower(), found[2], next(part for part in found.groups()[2:] if part is not None)
            kept = MARK if value and (name == emptied or name in _EMPTIED or _tells(name)) else self._attribute(name, value)
            return found[0] if kept == value else f'{found[1]}{equals}"{kept}"'

        return _ATTRIBUTE.sub(changed, attributes)

    def _attribute(self, name: str, value: str) -> str:
        plain = unescape(value) if "&" in value else value
        if name in _LINKS:
            kept = self._link(plain)
        elif name.startswith("on") or name in ("style", "srcdoc"):
            kept = self._script(plain)
        else:
            kept = self._text(plain)
        return value if kept == plain else escape(kept, quote=True)

    def _link(self, link: str) -> str:
        """A link keeps the fragment that names a place on the page."""
        address, hash, fragment = link.strip().partition("#")
        kept = self._url(address) + hash
        return kept + (fragment if _PLAIN_FRAGMENT.fullmatch(fragment) else MARK)


def _tells(name: str) -> bool:
    return name.startswith("data-") and bool(TELLING.search(name.removeprefix("data-")))


def _emptied_attribute(tag: str, attributes: str) -> str:
    """Which attribute of this tag holds a visitor's or a session's value."""
    if tag == "input":
        kind = _INPUT_TYPE.search(attributes)
        return "" if kind and kind[1].lower() in _LABELS else "value"
    if tag == "meta" and (name := _META_NAME.search(attributes)) and TELLING.search(name[1]):
        return "content"
    return ""
