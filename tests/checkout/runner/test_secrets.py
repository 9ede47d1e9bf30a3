"""Secrets in strings: every form is replaced, and prices are left alone."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.runner.masking import Secrets
from scans.capture.redact import MARK

CARD, NAME = "4242424242424242", 'Zoë "Zed" O\'Hara & Söhne'
SECRETS = Secrets([CARD, NAME, "jane@example.com", "12", "", "DE", "737"])


@pytest.mark.parametrize(
    "form",
    [
        CARD,
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        NAME,
        NAME.upper(),
        quote(NAME),
        quote(NAME, safe=""),
        quote_plus(NAME),
        html.escape(NAME),
        json.dumps(NAME)[1:-1],
        json.dumps(json.dumps(NAME)),
        NAME.encode().hex(),
        base64.b64encode(NAME.encode()).decode(),
        base64.b64encode(b"x" + CARD.encode()).decode(),
        base64.b64encode(b"xy" + CARD.encode() + b"z").decode(),
        base64.urlsafe_b64encode(json.dumps({"card": CARD}).encode()).decode(),
        "JANE@EXAMPLE.COM",
        quote("jane@example.com"),
    ],
)
def test_a_secret_is_found_in_every_form(form):
    hidden = SECRETS.hide(f"before {form} after")
    assert MARK in hidden
    assert not [value for value in (CARD, NAME, "jane@example.com") if value.casefold() in hidden.casefold()]


@pytest.mark.parametrize("text", ["Total 12.00 EUR", "DEAR CUSTOMER", "737 items", "42424242424242429", "step-12.jpg"])
def test_what_is_no_secret_stays(text):
    assert SECRETS.hide(text) == text


def test_a_page_that_was_masked_reads_the_same_as_what_is_looked_for():
    assert Secrets(["Jane Appleseed"]).veil("Thank you, JANE APPLESEED!") == "Thank you, " + "•" * 14 + "!"


def test_without_secrets_nothing_changes():
    assert Secrets([]).hide("4242") == "4242"
    assert not Secrets(["a"]).hold("a")


def test_they_do_not_show_themselves():
    assert CARD not in repr(SECRETS) + str(SECRETS)


@given(st.text(min_size=6, max_size=30), st.text(max_size=40), st.text(max_size=40))
def test_a_long_secret_never_comes_through(secret, before, after):
    if secret.strip().isdigit() or len(secret.strip()) < 6 or secret.casefold() in MARK:
        return
    assert secret not in Secrets([secret]).hide(f"{before}{secret}{after}")
