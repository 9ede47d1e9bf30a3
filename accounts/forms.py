"""Forms about people. Fields and their words; what happens next is one call into a module named after the thing."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse

from accounts import workspaces
from accounts.models import ApiKey, Client, User, Workspace


class SignUp(SignupForm):  # type: ignore[misc]
    """Sign-up begins a workspace. An address that has an account gets the same answer, after the same work; only its mail says so."""

    workspace_name = forms.CharField(max_length=Workspace._meta.get_field("name").max_length, label="Your agency's name")
    field_order = ("workspace_name", "email", "password1")

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["password1"].help_text = "At least 12 characters. A few words that do not belong together are easy to remember and hard to guess."

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        result: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return result

    def custom_signup(self, request: HttpRequest, user: Any) -> None:
        super().custom_signup(request, user)
        workspaces.create(name=self.cleaned_data["workspace_name"], owner=user)


class ClientName(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=Client._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the client a name."},
    )


class NewApiKey(forms.Form):
    """What a key is called, so that people know which program stops when it is revoked, and whether it may change anything."""

    name = forms.CharField(
        label="Name",
        max_length=ApiKey._meta.get_field("name").max_length,
        help_text="Which program uses it, for example “Weekly report script”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the key a name."},
    )
    can_write = forms.BooleanField(label="May add sites and start scans", required=False, help_text="Without this, the key can only read.")
