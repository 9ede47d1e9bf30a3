"""Forms about people. Fields and their words; what happens next is one call into a module named after the thing."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse

from accounts import workspaces
from accounts.models import User, Workspace


class SignUp(SignupForm):  # type: ignore[misc]
    """Sign-up begins a workspace. An address that has an account gets the same answer, after the same work; only its mail says so."""

    workspace_name = forms.CharField(max_length=Workspace._meta.get_field("name").max_length, label="Your agency's name")
    field_order = ("workspace_name", "email", "password1")

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        result: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return result

    def custom_signup(self, request: HttpRequest, user: Any) -> None:
        super().custom_signup(request, user)
        workspaces.create(name=self.cleaned_data["workspace_name"], owner=user)
