"""The host of a URL that a page gave us. Pure, and never surprised: a page may say anything."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """In lower case; empty when there is none, or when the text cannot be taken apart."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
