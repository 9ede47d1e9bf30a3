"""Passwords: what is kept of them, and which are accepted."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts import passwords
from tracefox import settings as ours

LONG = "0123456789" * 20


def test_the_cost_is_twelve_where_people_use_it(settings):
    settings.PASSWORD_BCRYPT_COST = 12
    hashed = make_password("correct horse battery staple")
    assert hashed.startswith("bcrypt_hmac_sha384$$2b$12$")
    assert check_password("correct horse battery staple", hashed)


def test_a_cost_below_twelve_exists_in_tests_only():
    assert ours.ENVIRONMENT == "test" or ours.PASSWORD_BCRYPT_COST >= 12


@pytest.mark.parametrize("length", [71, 72, 73, 200])
def test_every_byte_of_a_long_password_counts(length):
    hashed = make_password(LONG[:length])
    assert check_password(LONG[:length], hashed)
    assert not check_password(LONG[: length - 1], hashed)
    assert not check_password(LONG[: length - 1] + "x", hashed)


@pytest.mark.parametrize(("password", "almost"), [("before\0after", "before"), ("\0" * 12, "\0" * 13), ("pässwörd" * 9, "passwörd" * 9), ("\ud800", "\udfff")])
def test_nul_accents_and_broken_text_are_ordinary_letters(password, almost):
    hashed = make_password(password)
    assert check_password(password, hashed)
    assert not check_password(almost, hashed)


def test_a_hash_says_nothing_without_the_pepper(settings):
    hashed = make_password("correct horse battery staple")
    settings.PASSWORD_PEPPER = "another"
    assert not check_password("correct horse battery staple", hashed)


def test_the_same_password_twice_is_kept_as_two_hashes():
    assert make_password("correct horse battery staple") != make_password("correct horse battery staple")


def test_a_hash_of_another_cost_is_renewed_at_the_next_log_in(settings):
    cheap = make_password("correct horse battery staple")
    settings.PASSWORD_BCRYPT_COST = 5
    hasher = identify_hasher(cheap)
    assert isinstance(hasher, passwords.BcryptHasher)
    assert hasher.must_update(cheap)
    renewed: list[str] = []
    assert check_password("correct horse battery staple", cheap, setter=renewed.append)
    assert renewed == ["correct horse battery staple"]


def test_a_cheaper_hash_takes_as_long_to_refuse(settings):
    cheap = make_password("correct horse battery staple")
    settings.PASSWORD_BCRYPT_COST = 5
    rounds = []

    class Counting(passwords.BcryptHasher):
        def encode(self, password, salt):
            rounds.append(salt)
            return super().encode(password, salt)

    Counting().harden_runtime("a guess", cheap)
    assert len(rounds) == 1  # 2^5 - 2^4 = one more round of 2^4


def test_a_hash_can_be_shown_without_being_given_away():
    hashed = make_password("correct horse battery staple")
    summary = passwords.BcryptHasher().safe_summary(hashed)
    assert hashed.rpartition("$")[2] not in str(summary)


@pytest.mark.parametrize("password", ["elevenchars", "x" * 257, "tracefox2026!", "Trace-Fox-20267", "password1234", "administrator"])
def test_these_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize("password", ["correct horse", "x1" * 128, "a tracefox in the hen house", "ヒツジが一匹、ヒツジが二匹、ヒツジが"])
def test_these_passwords_are_welcome(password):
    validate_password(password)


def test_each_rule_says_what_it_asks():
    assert "256" in passwords.NotTooLong().get_help_text()
    assert "name" in passwords.NotOurName().get_help_text()
