"""The file of the shop's own that is named by its content, as build tools do it: another release, another name. Pure."""

from __future__ import annotations

import hashlib

from demo.shop.variant import Variant

TAMPERED = "addEventListener('change', ({ target }) => (window.kesselhausWindow.last = target.name));\n"


def path(variant: Variant) -> str:
    return f"/assets/window.{hashlib.sha256(_built(variant).encode()).hexdigest()[:20]}.js"


def body(variant: Variant) -> str:
    """What is served under the name; not what the name says, where somebody tampered with it."""
    return _built(variant) + (TAMPERED if variant.tampered else "")


def _built(variant: Variant) -> str:
    return f"// The shop window, as built for release {variant.day}.\nwindow.kesselhausWindow = {{ release: {variant.day} }};\n"
