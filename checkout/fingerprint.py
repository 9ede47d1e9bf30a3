"""Is the element that was found the one that was recorded? What it is and what it says count; how it is built does not.

Pure. Two elements are the same when assistive technology would call them the same: their role and their words. Digits in the words do not count (prices,
numbers of things), nor do signs, spaces and capitals. A field is also known by the name it sends, whatever its label has become.
"""

from __future__ import annotations

import re
import unicodedata

from checkout.flow import Fingerprint

SHOWN = 60
CUT = 75  # recorded words that are so long were perhaps cut
FIELDS = frozenset({"textbox", "searchbox", "combobox", "listbox", "spinbutton", "slider"})
FIELD_TAGS = frozenset({"input", "select", "textarea"})
# Fields in which the same is typed: one may become the other in a harmless change.
LIKE_TEXT = frozenset({"", "text", "email", "tel", "search", "url", "number"})
NAMES = {
    "textbox": "text field",
    "searchbox": "search field",
    "combobox": "choice",
    "listbox": "list",
    "spinbutton": "number field",
    "img": "image",
    "a": "link",
    "menuitem": "menu item",
    "radio": "radio button",
    "columnheader": "heading of a column",
    "input": "field",
    "select": "choice",
    "textarea": "text field",
    "p": "paragraph",
    "li": "list item",
    "listitem": "list item",
    "tabpanel": "tab",
}
_DIGITS = re.compile(r"\d+")
_SIGNS = re.compile(r"[\W_]+")


def differs(recorded: Fingerprint, seen: Fingerprint) -> str:
    """Empty, or in words: 'a link called "Delete cart", recorded was a button called "Add to cart"'."""
    type_differs = _type_differs(recorded, seen)
    if not (_kind_differs(recorded, seen) or type_differs or _words_differ(recorded, seen)):
        return ""
    return f"{_words(seen, with_type=type_differs)}, recorded was {_words(recorded, with_type=type_differs)}"


def _kind_differs(recorded: Fingerprint, seen: Fingerprint) -> bool:
    """By role where both are known; else by tag."""
    if recorded.role and seen.role:
        one, other = recorded.role.lower(), seen.role.lower()
        return one != other and not {one, other} <= {"textbox", "searchbox", "combobox", "spinbutton"} - _strict(recorded, seen)
    return bool(recorded.tag and seen.tag) and recorded.tag.lower() != seen.tag.lower()


def _strict(recorded: Fingerprint, seen: Fingerprint) -> set[str]:
    """A field with suggestions is a text field to most people, but a list of choices (`select`) is not."""
    return {"combobox"} if "select" in (recorded.tag.lower(), seen.tag.lower()) else set()


def _type_differs(recorded: Fingerprint, seen: Fingerprint) -> bool:
    if recorded.tag.lower() != "input" or seen.tag.lower() != "input":
        return False
    one, other = recorded.type.lower(), seen.type.lower()
    buttons = {"submit", "button", "image"}
    return one != other and not ({one, other} <= LIKE_TEXT or {one, other} <= buttons)


def _words_differ(recorded: Fingerprint, seen: Fingerprint) -> bool:
    if _is_field(recorded) and recorded.name and recorded.name == seen.name:
        return False
    if not recorded.text:
        return _is_field(recorded) and bool(recorded.name) and recorded.name != seen.name
    one, other = _plain(recorded.text), _plain(seen.text)
    if not one:  # nothing but signs, such as a cross: then the signs count
        return recorded.text.split() != seen.text.split()
    return one != other and not (len(recorded.text) >= CUT and other.startswith(one)) and not (len(seen.text) >= CUT and one.startswith(other))


def _is_field(element: Fingerprint) -> bool:
    if element.role:
        return element.role.lower() in FIELDS
    return element.tag.lower() in FIELD_TAGS and element.type.lower() not in ("submit", "button", "image", "reset")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _SIGNS.sub("", _DIGITS.sub("", folded))


def _words(element: Fingerprint, *, with_type: bool) -> str:
    kind = element.role.lower() or element.tag.lower() or "element"
    noun = NAMES.get(kind, kind)
    told = f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
    if with_type:
        told += f" of the type {element.type or 'text'}"
    if element.text:
        return f'{told} called "{_cut(element.text)}"'
    return f'{told} with the name "{_cut(element.name)}"' if element.name else f"{told} without words"


def _cut(text: str) -> str:
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= SHOWN else tidy[: SHOWN - 1] + "…"
