"""How passwords are kept, and which are accepted.

A password goes through HMAC-SHA384 with a secret pepper, then base64, then bcrypt: 64 bytes whatever its length, so bcrypt's 72-byte limit never cuts or
refuses one; and a stolen table is worth nothing without the pepper. The cost is 12 outside tests; a hash of another cost is renewed at the next log-in.
To ask more of a new password: a class with `validate` and `get_help_text` here, named in `settings.AUTH_PASSWORD_VALIDATORS`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.core.exceptions import ValidationError

LONGEST = 256


class BcryptHasher(BCryptSHA256PasswordHasher):
    """bcrypt over a peppered hash of the password. The pepper is never rotated in place: a new one is a new algorithm name beside this one."""

    algorithm = "bcrypt_hmac_sha384"

    @property
    def rounds(self) -> int:  # type: ignore[override]
        return settings.PASSWORD_BCRYPT_COST

    def encode(self, password: str, salt: str | bytes) -> str:
        bcrypt = self._load_library()  # type: ignore[attr-defined]
        salt = salt.encode("ascii") if isinstance(salt, str) else salt
        return f"{self.algorithm}${bcrypt.hashpw(_peppered(password), salt).decode('ascii')}"


def _peppered(password: str) -> bytes:
    digest = hmac.digest(settings.PASSWORD_PEPPER.encode(), password.encode("utf-8", "surrogatepass"), hashlib.sha384)
    return base64.b64encode(digest)


class NotTooLong:
    """Any password up to 256 characters is welcome; beyond that somebody is testing us."""

    def validate(self, password: str, _user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(f"This password is too long. It may have at most {LONGEST} characters.", code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password may have at most {LONGEST} characters."


class NotOurName:
    """The product's own name is the first word that a guesser tries."""

    words = ("tracefox",)

    def validate(self, password: str, _user: Any = None) -> None:
        plain = "".join(letter for letter in password.lower() if letter.isalpha())
        if plain in self.words:
            raise ValidationError("This password is the product's name with decoration. Choose another.", code="password_is_our_name")

    def get_help_text(self) -> str:
        return "Your password can't be the product's name with digits added."
