"""The checkout app: can people still buy? Registers the check that the keys of Test Data lie where they belong."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register

from tracefox import keyholders


class CheckoutConfig(AppConfig):
    name = "checkout"
    verbose_name = "Checkout testing"

    def ready(self) -> None:
        register(keyholders.check_place, Tags.security, deploy=True)
