"""A page's document as lines that stay the same while the page does, and the text of a policy page as a reader sees it.

Pure. `normalise` gives a line for each thing that matters when a page changes: title, metadata, headings, text with its prices, links, forms, pictures,
frames, inline event handlers. Out go scripts, styles, nonces, class names, tokens, hashes, dates and times, and the nesting: a wrapper more is no change.
To keep another element: a function in `LINES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

Attributes = dict[str, str | None]

# The parser's time grows with the square of the depth. No page is this deep by its own will.
DEEPEST = 1000

_DROPPED = frozenset(["script", "style", "noscript", "template"])
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup time tt u var wbr".split()  # noqa: SIM905
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "title"])
_NOT_POLICY = (
    "script, style, noscript, template, svg, nav, header, footer, aside, form, iframe, button, dialog, select, [role=dialog], [role=navigation], [role=banner],"
    " [role=contentinfo], [role=search], [aria-modal=true], [aria-hidden=true], [hidden]"
)
_POLICY_BODY = "main, article, [role=main]"

_MONTH = (
    r"(?:jan(?:uar[yi]?)?|feb(?:ruar[yi]?)?|m(?:ar(?:ch)?|ärz)|apr(?:il)?|ma[yi]|jun[ei]?|jul[yi]?|aug(?:ust)?|sep(?:t(?:ember)?)?|o[ck]t(?:ober)?|nov(?:ember)?"
    r"|de[cz](?:ember)?)\b\.?"
)
# The beginnings of the names above, without an i: it has forms that only an expression takes for one.
_MONTH_STEMS = ("jan", "feb", "ma", "mär", "apr", "jun", "jul", "aug", "sep", "oct", "okt", "nov", "dec", "dez")
# What changes by itself: signs of which one at least must occur, in lower case, the expression, and what stands in its place.
_CHANGING = (
    (("-",), re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?\b"), "{date}"),
    (_MONTH_STEMS, re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s{{1,2}}(?:of\s)?{_MONTH},?(?:\s{{1,2}}\d{{4}}\b)?", re.IGNORECASE), "{date}"),
    (_MONTH_STEMS, re.compile(rf"\b{_MONTH}\s{{1,2}}\d{{1,2}}(?:st|nd|rd|th)?\b,?(?:\s{{1,2}}\d{{4}}\b)?", re.IGNORECASE), "{date}"),
    (("-", ".", "/"), re.compile(r"(?<![\d.,/])\d{1,2}([./-])\d{1,2}\1(?:19|20)?\d\d(?![\d.,/]\d|\d)"), "{date}"),
    ((":",), re.compile(r"(?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?(?![\d:])", re.IGNORECASE), "{time}"),
    (("ago",), re.compile(r"\b\d{1,4}\s(?:second|minute|hour|day|week|month|year)s?\sago\b", re.IGNORECASE), "{ago}"),
    (("©", "(c)", "copyr"), re.compile(r"((?:©|\(c\)|copyright)\s{0,3}(?:(?:19|20)\d\d\s?[-–]\s?)?)(?:19|20)\d\d\b", re.IGNORECASE), r"\1{year}"),
    (("-",), re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE), "{uuid}"),
    (("1",), re.compile(r"1(?<![\w.]1)[0-9]{9}(?:\d{3})?(?![\w.])"), "{time}"),
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?=[^\W_]{0,40}\d)(?:(?=[^\W_]{0,40}[a-zA-Z])[A-Za-z0-9]{20,}|(?=\d{0,40}[a-f])[0-9a-f]{8,})(?![A-Za-z0-9])")
_MAYBE_TOKEN = re.compile(r"[0-9a-f]{8}|[A-Za-z0-9]{20}")
# A tag as the parser reads it: a quote only counts where a value begins. Every part is there or is not, so nothing is ever read again, however broken the page.
# An expression remembers each round of a repeat, so of a tag's attributes only so many are read at once.
_ATTRIBUTES = (
    r"(?:[\t\n\f\r /]++|[^\t\n\f\r />][^\t\n\f\r />=]*+"
    r"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\t\n\f\r >\"'][^\t\n\f\r >]*+)?)?){0,500}(?P<whole>>|\Z)?"
)
_MORE_ATTRIBUTES = re.compile(_ATTRIBUTES)
_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style|textarea|title)(?=[\t\n\f\r />]).*?(?:</\1|\Z)"
    rf"|<(?P<end>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+){_ATTRIBUTES}",
    re.DOTALL | re.IGNORECASE,
)
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_DIGIT = re.compile(r"\d")
_SPACE = re.compile(r"\s+")
_CACHE_BUSTERS = frozenset(
    ["_", "t", "ts", "time", "timestamp", "cb", "cachebuster", "cache", "rnd", "rand", "random", "nocache", "v", "ver", "version", "hash", "h"]
)


def normalise(html: str) -> str:
    parser = _parsed(html)
    return "\n".join(_lines(parser.root)) if parser.root else ""


def readable_text(html: str) -> str:
    """The text of a policy page, one line for a paragraph. What surrounds it on every page of the site is left out, unless that would leave hardly anything."""
    parser = _parsed(html)
    if parser.body is None:
        return ""
    surroundings = frozenset(node.mem_id for node in parser.css(_NOT_POLICY))
    inner = _paragraphs(parser.body, without=surroundings) or _paragraphs(parser.body)
    bodies = (_paragraphs(node, without=surroundings) for node in parser.css(_POLICY_BODY))
    body = max(bodies, key=len, default="")
    return body if len(body) * 2 > len(inner) else inner


def count_nodes(html: str) -> int:
    """How many elements the document has."""
    parser = _parsed(html)
    return sum(1 for _ in parser.root.traverse()) if parser.root else 0


def _parsed(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(_flattened(html).encode(errors="replace"))


def _flattened(html: str) -> str:
    """The same document, without the tags that lie deeper than DEEPEST."""
    if not _is_too_deep(html):
        return html
    depth, done, parts = 0, 0, []
    for start, end, step in _tags(html):
        depth = max(0, depth + step)
        if depth >= DEEPEST + (1 if step > 0 else 0):
            parts.append(html[done:start])
            done = end
    return "".join(parts) + html[done:] if parts else html


def _is_too_deep(html: str) -> bool:
    depth = 0
    for _, _, step in _tags(html):
        depth = max(0, depth + step)
        if depth > DEEPEST:
            return True
    return False


def _tags(html: str) -> Iterator[tuple[int, int, int]]:
    """Where each tag starts and ends, and whether it leads deeper (1) or back (-1)."""
    at = 0
    while tag := _TAG.search(html, at):
        at, whole = tag.end(), tag["whole"] is not None
        if not (name := tag["name"]):
            continue
        while not whole and (more := _MORE_ATTRIBUTES.match(html, at)):
            at, whole = more.end(), more["whole"] is not None
        if name not in _VOID and name.lower() not in _VOID:
            yield tag.start(), at, -1 if tag["end"] else 1


def _paragraphs(root: LexborNode, *, without: frozenset[int] = frozenset()) -> str:
    return "\n".join(text for text in _texts(root, without=without))


def _texts(root: LexborNode, *, without: frozenset[int]) -> Iterator[str]:
    gathered: list[str] = []
    for node in _walk(root, without=without):
        if node is None:
            if text := _squeezed(gathered):
                yield text
            gathered.clear()
        elif node.is_text_node:
            gathered.append(node.text_content or "")


def _lines(root: LexborNode) -> Iterator[str]:
    """Text is gathered until a block begins or ends. A heading's name goes before its text."""
    gathered: list[str] = []
    heading = ""
    for node in _walk(root):
        if node is None:
            if text := _squeezed(gathered):
                yield f"{heading or 'text'} {steady(text)}"
            gathered.clear()
            heading = ""
        elif node.is_text_node:
            gathered.append(node.text_content or "")
        else:
            heading = node.tag if node.tag in _HEADINGS else heading
            yield from _said(node)


def _walk(root: LexborNode, *, without: frozenset[int] = frozenset()) -> Iterator[LexborNode | None]:
    """Elements and texts in their order, and None where a block begins or ends. Without recursion, so that no nesting is too deep."""
    stack: list[LexborNode | None] = [root]
    while stack:
        node = stack.pop()
        if node is None or node.is_text_node:
            yield node
            continue
        tag = node.tag if node.is_element_node else "script"
        if tag in _DROPPED or (without and node.mem_id in without):
            continue
        if tag not in _INLINE:
            yield None
            stack.append(None)
        yield node
        stack += _children(node)[::-1]


def _children(node: LexborNode) -> list[LexborNode]:
    found, child = [], node.first_child
    while child is not None:
        found.append(child)
        child = child.next
    return found


def _squeezed(texts: list[str]) -> str:
    return " ".join("".join(texts).split()) if texts else ""


def _said(node: LexborNode) -> Iterator[str]:
    attributes = node.attributes
    line = LINES.get(node.tag or "")
    if line and (said := line(attributes)):
        yield f"{node.tag} {said}"
    for name, value in attributes.items():
        if name.startswith("on") and value:
            yield f"{node.tag} {name}={steady(_SPACE.sub(' ', value))[:300]}"


def steady(text: str) -> str:
    """The text with what changes by itself replaced: dates, times, hashes, tokens. Prices and other numbers stay."""
    if not _DIGIT.search(text):
        return text
    folded = text.casefold()
    for signs, pattern, name in _CHANGING:
        for sign in signs:
            if sign in folded:
                text = pattern.sub(name, text)
                break
    return _TOKEN.sub("{token}", text) if _MAYBE_TOKEN.search(text) else text


def _address(value: str | None) -> str:
    """A link without fragment and cache busters; its tokens replaced, its parameters in order of their names."""
    address, _, query = (value or "").strip().partition("#")[0].partition("?")
    pairs = sorted(pair for pair in query.split("&") if pair and pair.partition("=")[0].lower() not in _CACHE_BUSTERS)
    return steady(address + ("?" + "&".join(pairs) if pairs else ""))


def _named(attributes: Attributes, *names: str) -> str:
    return " ".join(f"{name}={steady(attributes[name] or '')}" for name in names if name in attributes)


def _link(attributes: Attributes) -> str:
    return f"href={_address(attributes['href'])}" if attributes.get("href") else ""


def _source(attributes: Attributes) -> str:
    source = attributes.get("src") or attributes.get("data") or ""
    return f"src={'data:' if source.startswith('data:') else _address(source)} {_named(attributes, 'alt', 'title', 'sandbox')}".rstrip() if source else ""


def _form(attributes: Attributes) -> str:
    return (
        f"action={_address(attributes.get('action'))} method={(attributes.get('method') or 'get').lower()} {_named(attributes, 'target', 'enctype')}".rstrip()
    )


def _field(attributes: Attributes) -> str:
    where = f" formaction={_address(attributes['formaction'])}" if attributes.get("formaction") else ""
    return _named(attributes, "name", "type", "autocomplete", "placeholder", "required", "disabled") + where


def _meta(attributes: Attributes) -> str:
    name = (attributes.get("name") or attributes.get("property") or attributes.get("http-equiv") or "").lower()
    if not name or "csrf" in name or "token" in name or "nonce" in name:
        return ""
    return f"{name}={_address(attributes.get('content')) if name.endswith((':url', ':image')) else steady(attributes.get('content') or '')}"


def _relation(attributes: Attributes) -> str:
    return f"rel={(attributes.get('rel') or '').lower()} {_link(attributes)}".rstrip()


LINES: dict[str, Callable[[Attributes], str]] = {
    **dict.fromkeys(["img", "iframe", "frame", "embed", "object", "video", "audio", "source", "track"], _source),
    **dict.fromkeys(["input", "select", "textarea", "button"], _field),
    **dict.fromkeys(["a", "area"], _link),
    "form": _form,
    "meta": _meta,
    "link": _relation,
}
