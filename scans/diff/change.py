"""What the comparison speaks of: an item seen on a page, and a change between what was known and what was seen. Pure.

To add a category: name it here, let `digest` give its items, and write its rules in `scans/classify/rules/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Category = Literal[
    "script", "third_party", "tag", "cookie", "storage", "request", "consent", "policy", "security_header", "dom", "form", "visual", "availability"
]
CATEGORIES: tuple[Category, ...] = get_args(Category)
Kind = Literal["new", "gone", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing seen on one page in one load.

    `key` is its identity within the category. `facts` are compared inside the key: name -> value as text. `about` is for reading and judging and is not
    compared. With `presence` off only its facts are watched: it is never new and never gone.
    """

    category: Category
    key: str
    name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    presence: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A difference between a load and what was known of the site.

    `name` is what people call the thing. `before` and `after` are its facts (None where it was not there); `differs` names those that changed.
    `pages` are the URLs where it differs, `payment_pages` those of them that are marked as payment pages.
    `chain` is the initiator chain of a new thing, from its nearest cause up to the document (URLs).
    `about` holds what rules and pages read, always plain data: `url`, `host`, `domain`, `entity`, `vendor_category` (as in `classify.vendors`), `party` where
    the thing has an address; `known_on_site` (seen on other pages in the window), `known_party` (its domain was in touch with the site before), `rotating`
    (its party's things come and go); and what `digest` says per category.
    `first_seen_at` and `last_seen_at` are ISO 8601 in UTC; for a new thing both are the time of this load.
    """

    category: Category
    kind: Kind
    key: str
    name: str
    pages: tuple[str, ...]
    payment_pages: tuple[str, ...] = ()
    before: Mapping[str, str] | None = None
    after: Mapping[str, str] | None = None
    differs: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    first_seen_at: str = ""
    last_seen_at: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """The same for the same change in another load of the same site."""
        return self.category, self.kind, self.key
