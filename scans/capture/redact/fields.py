"""Which rule each field of the snapshot passes through. A field that is named nowhere here is treated as text; a test asks that each is named.

Pure. To add a field to the snapshot: enter its name in one of the sets. Two records that use one name use it for the same kind of thing.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, Protocol, TypeVar

URLS = frozenset(["url", "final_url", "location", "redirected_to", "frame", "parent", "set_by_url", "chain", "origin", "pages", "action"])
HOSTS = frozenset(["host", "hosts", "domain", "reaches"])
TEXTS = frozenset(["sentence", "text", "error", "title", "name", "key", "path", "what", "fields", "button"])
HEADERS = frozenset(["headers"])
# Words of our own, hashes, times, names of products and public accounts: no text of a page is in them.
KEPT = frozenset(
    """version started_at finished_at captured_at status reason blocked_by product user_agent wait_policy protocol cipher issuer subject valid_from valid_to
    kind method type party outcome media_type sha256 raw_sha256 normalised_sha256 text_sha256 integrity same_site set_by area vendor account_id seen_in command
    signals region cmp level channel entity category address methods data_sets shape why state verdict
    """.split()  # noqa: SIM905
)

Record = TypeVar("Record")


class Rules(Protocol):
    """What of a redactor is needed here."""

    def url(self, url: str) -> str: ...

    def text(self, text: str) -> str: ...

    def host(self, host: str) -> str: ...

    def header(self, name: str, value: str) -> str: ...


def redact(record: Record, *, redactor: Rules) -> Record:
    """The same record with every string redacted by the rule of its field, records inside it included."""
    return replace(record, **{name: _value(name, getattr(record, name), redactor) for name in _names(type(record))})  # type: ignore[type-var, arg-type]


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _value(name: str, value: Any, redactor: Rules) -> Any:
    if isinstance(value, str):
        value = _storable(value)
        return _string(name, value, redactor) if value and name not in KEPT else value
    if isinstance(value, list):
        return [_value(name, item, redactor) for item in value]
    if isinstance(value, dict):
        return {_storable(key): redactor.header(key, item) if name in HEADERS else _value(name, item, redactor) for key, item in value.items()}
    return redact(value, redactor=redactor) if is_dataclass(value) else value


def _storable(text: str) -> str:
    """Without NUL and half surrogate pairs: a page may write them, and neither UTF-8 nor Postgres holds them."""
    text = text.replace("\0", "\ufffd")
    return text if text.isascii() else text.encode(errors="replace").decode()


def _string(name: str, value: str, redactor: Rules) -> str:
    if name in URLS:
        return redactor.url(value)
    return redactor.host(value) if name in HOSTS else redactor.text(value)
