"""The checkout app: can people still buy?"""

from __future__ import annotations

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "checkout"
    verbose_name = "Checkout testing"
