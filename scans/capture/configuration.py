"""What a capture needs to know beside the URLs: the browser, the guard's openings, and the limits."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tracefox import browser
from tracefox.egress.hosts import HostMap
from tracefox.egress.policy import Network

VERSION = "1.0"
IDENTITY = f"Tracefox/{VERSION} (+https://tracefox.co/bot)"


@dataclass(frozen=True)
class Limits:
    """Caps on what a page may make us keep or wait for. Whatever hits one is marked as truncated."""

    navigation_seconds: float = 20.0
    load_seconds: float = 12.0
    page_seconds: float = 40.0
    memory_bytes: int = 1536 << 20
    requests: int = 3000
    scripts: int = 400
    script_bytes: int = 2 << 20
    dom_bytes: int = 5 << 20
    cookies: int = 500
    storage_keys: int = 500
    console_lines: int = 200
    text_length: int = 1000
    header_length: int = 8192
    url_length: int = 2048
    frames: int = 200
    writes: int = 500


@dataclass(frozen=True)
class CaptureSettings:
    """`answers_consent`: opted in for the site, the start page is loaded again for each answer to its consent banner.

    `trusted_key_pins` are base64 SHA-256 of public keys trusted besides the system's, for test sites with an authority of their own.
    """

    binary: str = "/usr/lib/chromium/chromium-headless-shell"
    isolation: str = "netns"
    hosts: HostMap = field(default_factory=HostMap)
    extra_deny: tuple[Network, ...] = ()
    trusted_key_pins: tuple[str, ...] = ()
    viewport: tuple[int, int] = (1280, 800)
    limits: Limits = field(default_factory=Limits)
    answers_consent: bool = False


@dataclass(frozen=True)
class Target:
    """One URL to load. A policy page also gives its readable text."""

    url: str
    kind: Literal["page", "payment", "policy"] = "page"


def user_agent(binary: str) -> str:
    """What the browser calls itself: an ordinary Chrome of its version that says who sent it."""
    major = browser.version(binary).partition(".")[0]
    return f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36 {IDENTITY}"


def from_settings(settings: Any) -> CaptureSettings:
    """Out of Django's settings: the only place where capture learns of them."""
    return CaptureSettings(
        binary=settings.BROWSER,
        isolation=settings.EGRESS_ISOLATION,
        hosts=HostMap.read(Path(settings.EGRESS_HOSTS)) if settings.EGRESS_HOSTS else HostMap(),
        extra_deny=tuple(ip_network(network) for network in settings.EGRESS_DENY),
        trusted_key_pins=key_pins(Path(settings.EGRESS_CA)) if settings.EGRESS_CA else (),
    )


def key_pins(authority: Path) -> tuple[str, ...]:
    """The pins of every certificate in a PEM file."""
    certificates = x509.load_pem_x509_certificates(authority.read_bytes())
    keys = (certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for certificate in certificates)
    return tuple(base64.b64encode(hashlib.sha256(key).digest()).decode() for key in keys)
