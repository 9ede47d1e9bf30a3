"""Reads the values in the JSON form of a Checkout Test: texts, numbers, choices, addresses. Each refusal names the place and says what to do.

Pure. A reader takes the object, the name of the field and the place of the object (`steps[3].target`), and gives the value or raises `BadFlow`.
To add one: a function here, and its JSON Schema in `checkout.flow_schema`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

SHOWN = 60
LONGEST_URL = 2048
LONGEST_TEXT = 500
_REQUIRED: Final = object()
_ORIGIN = re.compile(r"(?i:https)://([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}))(?::([0-9]{1,5}))?(?=[/?#]|$)")
_VARIABLE = re.compile(r"\{\{([^{}]{0,80})\}\}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}")


class BadFlow(ValueError):
    """This is no Checkout Test. The message names the place and says what to do."""


def bad(place: str, sentence: str) -> BadFlow:
    return BadFlow(f"{place}: {sentence}" if place else sentence)


def shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")


def below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def mapping(value: object, place: str, *, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise bad(place, f"{what} is an object with named fields; write it in braces.")
    return value


def items(data: Mapping[str, Any], name: str, place: str, *, most: int, least: int = 0, what: str) -> list[Any]:
    """A list of the object; a missing one is empty."""
    found = data.get(name, [])
    where = below(place, name)
    if not isinstance(found, list | tuple):
        raise bad(where, f"give a list of {what}.")
    if len(found) < least:
        raise bad(where, f"give at least {least} {what}." if least > 1 else f"give at least one of {what}.")
    if len(found) > most:
        raise bad(where, f"{len(found)} {what} are too many; at most {most} fit.")
    return list(found)


def only(data: Mapping[str, Any], allowed: Iterable[str], place: str, *, what: str) -> None:
    """A field that means nothing here is refused: it may be a typing error of one that does."""
    names = list(allowed)
    for name in data:
        if name not in names:
            raise bad(below(place, shown(name)[1:-1]), f"{what} has no such field; it may have {', '.join(names)}.")


def text(data: Mapping[str, Any], name: str, place: str, *, longest: int = LONGEST_TEXT, default: object = _REQUIRED, variables: bool = False) -> str:
    """A text without hidden characters. An empty one counts as missing. Names in double braces are read where they are allowed."""
    found = data.get(name)
    where = below(place, name)
    if found is None or found == "":
        if default is _REQUIRED:
            raise bad(where, "is missing; give a text.")
        return str(default)
    if not isinstance(found, str):
        raise bad(where, "must be a text, in quotes.")
    if len(found) > longest:
        raise bad(where, f"is {len(found)} characters long; at most {longest} fit.")
    if any((ord(letter) < 32 and letter not in "\t\n\r") or ord(letter) == 127 or 0xD800 <= ord(letter) <= 0xDFFF for letter in found):
        raise bad(where, "holds a character that no page shows; type the text instead of pasting it.")
    if variables:
        names_in(found, place=where)
    return found


def names_in(value: str, *, place: str = "") -> list[str]:
    """The names in double braces, in their order: `{{shipping.email}}` gives `shipping.email`."""
    names = []
    for name in (found.strip() for found in _VARIABLE.findall(value)):
        if not _NAME.fullmatch(name):
            raise bad(place, f"{shown(name)} is no name of Test Data; a name has two parts of small letters, digits and _, such as {{{{shipping.email}}}}.")
        names.append(name)
    if not names and "{{" in value:
        raise bad(place, "opens {{ and never names Test Data; write {{shipping.email}}, say.")
    return names


def put_in(value: str, values: Mapping[str, str]) -> str:
    """The text with its names replaced by their values, once: a value that looks like a name stays as it is. KeyError for a name without value."""
    return _VARIABLE.sub(lambda found: values[found[1].strip()], value)


def whole(data: Mapping[str, Any], name: str, place: str, *, least: int, most: int, default: object = _REQUIRED) -> int:
    found = data.get(name, default)
    where = below(place, name)
    if found is _REQUIRED:
        raise bad(where, f"is missing; give a whole number from {least} to {most}.")
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise bad(where, f"must be a whole number from {least} to {most}.")
    return found


def choice(data: Mapping[str, Any], name: str, place: str, *, of: Iterable[str], default: object = _REQUIRED) -> str:
    found = data.get(name, default)
    names = list(of)
    where = below(place, name)
    if found is _REQUIRED:
        raise bad(where, f"is missing; it is one of {', '.join(names)}.")
    if not isinstance(found, str) or found not in names:
        raise bad(where, f"{shown(found)} is not known; it is one of {', '.join(names)}.")
    return found


def origin_of(url: str, place: str) -> str:
    """`https://shop.test/cart` gives `https://shop.test`: small letters, no default port."""
    if not url.lower().startswith("https://"):
        raise bad(place, f"{shown(url)} does not begin with https://. Tracefox sends nothing in plain text; give the https:// address.")
    if not (found := _ORIGIN.match(url)):
        raise bad(place, f"{shown(url)} names no host that can be read; give an address such as https://shop.your-client.com/, without user name.")
    host, port = found[1].lower(), found[2]
    if port is not None and not 1 <= int(port) <= 65535:
        raise bad(place, f"{shown(url)} names a port that no server has; leave the port away.")
    return f"https://{host}" + (f":{int(port)}" if port and int(port) != 443 else "")


def address(data: Mapping[str, Any], name: str, place: str, *, variables: bool = True) -> str:
    """An https address, with names of Test Data behind its host if these are allowed."""
    found = text(data, name, place, longest=LONGEST_URL, variables=variables)
    where = below(place, name)
    if not variables and "{{" in found:
        raise bad(where, "holds a name of Test Data; give the address without one.")
    if "\\" in found or any(letter.isspace() for letter in found.replace("{{ ", "{{").replace(" }}", "}}")):
        raise bad(where, "holds a space, a line break or a backslash; give one address.")
    origin_of(found, where)
    return found


def bare_origin(value: object, place: str) -> str:
    """An origin and nothing behind it."""
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        raise bad(place, "must be a text such as https://pay.example.com.")
    origin = origin_of(value, place)
    if value[len(_ORIGIN.match(value)[0]) :] not in ("", "/"):  # type: ignore[index]
        raise bad(place, f"{shown(value)} has more than a host; give only {origin}.")
    return origin


def pattern(data: Mapping[str, Any], name: str, place: str) -> str:
    """An address in which * stands for anything."""
    return text(data, name, place, longest=LONGEST_URL, variables=True)
