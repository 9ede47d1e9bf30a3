"""What a DevTools recording says of elements and addresses, in the words of a Checkout Test: Targets, frames, patterns.

Pure. A recording knows frames by their place in the page (`frame: [0, 2]`) and, where they are of another site, by their address (`target`). Only the address
lasts, so it becomes the pattern; without one the pattern is the page's own origin, and a note asks for a look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checkout import targets

# Parts of an address that are made anew: long numbers, hashes, UUIDs, tokens of letters and digits.
_WORD = re.compile(r"[A-Za-z0-9]+")
_NUMBER, _TOKEN, _HEX = re.compile(r"[0-9]{4,}"), re.compile(r"(?=.*[0-9])(?=.*[A-Za-z]).{12,}"), re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{6,}")
_ARIA = re.compile(r'aria/(?P<name>.+?)(?:\[role="(?P<role>[a-z]+)"\])?', re.DOTALL)
_NAMELESS = re.compile(r'aria/(?:\[role="[a-z]+"\])?')
_CHOICE = re.compile(r'\[role="(?:combobox|listbox)"\]$|^(?!aria/)(?:.*[\s>/])?select(?:[.#:\[][^\s>/]*)?$', re.DOTALL)
UNKNOWN_FRAME = "is in a frame that the recording knows only by its place. It is looked for in frames of {origin}; if it is another, give its address."
ONE_FRAME = "is in the frame {url}. If that frame lies in another frame, add the outer one before it."


def secure(url: str) -> str:
    """Nothing is sent in plain text: http becomes https."""
    return f"https://{url[7:]}" if url.lower().startswith("http://") else url


def pattern(url: str) -> str:
    """An address for later visits: what stands behind ? or # may differ, and parts that are made anew for each visit."""
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    scheme, mark, rest = path.partition("://")
    host, _, path = rest.partition("/")
    if not path:  # a star would cover the whole shop
        return f"{scheme}{mark}{host.lower()}/" + ("?*" if "?" in url else "")
    told = _WORD.sub(lambda found: "*" if _is_made_anew(found[0]) else found[0], path)
    return f"{scheme}{mark}{host.lower()}/" + re.sub(r"\*[*-]*\*", "*", f"{told}*")


def _is_made_anew(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word) or _TOKEN.fullmatch(word) or _HEX.fullmatch(word))


def target(row: Mapping[str, Any], *, origin: str) -> tuple[dict[str, Any], str]:
    """The element of this row, and a note about its frame if one is needed."""
    chains = [_named([each] if isinstance(each, str) else list(each)) for each in row["selectors"]]
    chains = [chain for index, chain in enumerate(chains) if chain not in chains[:index]]
    lasting = [chain for chain in chains if _is_readable(chain)][: targets.MOST_SELECTORS] or chains[: targets.MOST_SELECTORS]
    frame, note = _frame(row, origin)
    return {"selectors": lasting, "frame": frame, "fingerprint": _fingerprint(lasting)}, note


def frame_origin(aim: Mapping[str, Any]) -> str:
    """The origin of the innermost frame, if an address tells it."""
    url = aim["frame"][-1]["url"] if aim["frame"] else ""
    return "/".join(url.split("/")[:3]) if "*" not in url.partition("://")[2].partition("/")[0] else ""


def labels(aim: Mapping[str, Any]) -> list[str]:
    """What people read at the element."""
    leaves = [chain[-1] for chain in aim["selectors"]]
    said = [found["name"] for leaf in leaves if (found := _ARIA.fullmatch(leaf))]
    return said + [leaf.removeprefix("text/") for leaf in leaves if leaf.startswith("text/")]


def names(aim: Mapping[str, Any]) -> list[str]:
    """What the shop calls the element: its ids and the names in its selectors, the innermost only."""
    leaves = [chain[-1] for chain in aim["selectors"] if not chain[-1].startswith(("aria/", "text/"))]
    return [re.split(r"[\s>]+", leaf.removeprefix("pierce/").removeprefix("xpath/"))[-1] for leaf in leaves]


def is_choice(aim: Mapping[str, Any]) -> bool:
    """A list to choose from, as far as selectors tell."""
    leaves = [chain[-1] for chain in aim["selectors"]]
    return any(_CHOICE.search(leaf.partition("/")[2] if leaf.startswith("xpath/") else leaf) for leaf in leaves if not leaf.startswith("text/"))


def _named(chain: list[str]) -> list[str]:
    """A click on the words inside a button is a click on the button: its name lasts, the nameless piece inside it does not."""
    while len(chain) > 1 and _NAMELESS.fullmatch(chain[-1]):
        chain = chain[:-1]
    return chain


def _is_readable(chain: list[str]) -> bool:
    """An element that is known only by its role may be any element."""
    return len(chain) <= targets.MOST_ROOTS and not any(
        _NAMELESS.fullmatch(each) or len(each) > targets.LONGEST_SELECTOR or each in targets.PREFIXES for each in chain
    )


def _frame(row: Mapping[str, Any], origin: str) -> tuple[list[dict[str, str]], str]:
    aimed = secure(str(row.get("target") or "main"))
    if aimed.startswith("https://"):
        url = aimed if "*" in aimed else pattern(aimed)
        return [{"url": url, "name": ""}], ONE_FRAME.format(url=url)
    depth = len(row.get("frame") or [])
    if not depth:
        return [], ""
    return [{"url": f"{origin}/*", "name": ""}] * min(depth, targets.MOST_FRAMES), UNKNOWN_FRAME.format(origin=origin)


def _fingerprint(chains: list[list[str]]) -> dict[str, str]:
    """The words and the role by which Chrome's own selector names the element, where one does."""
    for found in (_ARIA.fullmatch(chain[0]) for chain in chains if len(chain) == 1):
        if found:
            return {"text": found["name"][: targets.LONGEST_FINGERPRINT], "role": found["role"] or ""}
    return {}
