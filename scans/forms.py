"""Forms about sites. Fields and their words; what an address must look like is said by `scans.addresses`, what is allowed by `scans.sites`."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models.functions import Lower

from accounts.models import Client
from scans.models import Page, Site

RHYTHMS = [(60, "Every hour"), (180, "Every 3 hours"), (360, "Every 6 hours"), (720, "Every 12 hours"), (1440, "Every day"), (10_080, "Every week")]


class AddSites(forms.Form):
    """One address or many, of one client. The client is named, not chosen by id: a name that is new makes a new client."""

    client = forms.CharField(
        max_length=Client._meta.get_field("name").max_length,
        help_text="Whose sites these are. Choose one of your clients, or type a new name.",
        widget=forms.TextInput(attrs={"list": "clients", "autocomplete": "off", "autofocus": True}),
    )
    urls = forms.CharField(
        label="Addresses",
        max_length=200_000,
        help_text="One per line. An address without https:// is taken as https.",
        widget=forms.Textarea(attrs={"placeholder": "https://www.your-client.com/\nhttps://shop.your-client.com/", "spellcheck": "false", "rows": 8}),
        error_messages={"required": "Give at least one address."},
    )


class AddPage(forms.Form):
    url = forms.CharField(
        label="Address of the page",
        max_length=4096,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Give the address of the page."},
    )
    kind = forms.ChoiceField(
        choices=[(Page.Kind.PAGE, "A page like any other"), (Page.Kind.POLICY, "A policy page: also keep and compare its text")],
        initial=Page.Kind.PAGE,
        widget=forms.RadioSelect,
    )


class Schedule(forms.Form):
    """How often a site is scanned. A rhythm that was set elsewhere, by the API say, stays on offer."""

    scan_every_minutes = forms.TypedChoiceField(label="Scan this site", coerce=int)

    def __init__(self, data: Any = None, *, current: int) -> None:
        super().__init__(data, initial={"scan_every_minutes": current})
        known = dict(RHYTHMS)
        rhythms = RHYTHMS if current in known else sorted([*RHYTHMS, (current, f"Every {current} minutes")])
        cast(forms.TypedChoiceField, self.fields["scan_every_minutes"]).choices = rhythms


class SiteSettings(forms.Form):
    """What a site is called and whose it is."""

    name = forms.CharField(
        max_length=Site._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the site a name."},
    )
    client: forms.ModelChoiceField[Client] = forms.ModelChoiceField(
        queryset=None,  # the workspace's, given by `__init__`
        empty_label=None,
        error_messages={"invalid_choice": "Choose one of your clients."},
    )

    def __init__(self, data: Any = None, *, site: Site) -> None:
        super().__init__(data, initial={"name": site.name, "client": site.client_id})
        cast("forms.ModelChoiceField[Client]", self.fields["client"]).queryset = Client.objects.for_workspace(site.workspace_id).order_by(Lower("name"))
