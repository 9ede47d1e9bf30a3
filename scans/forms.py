"""Forms about sites, changes and rules. Fields and their words; what an address must look like is said by `scans.addresses`, what is allowed by the verbs."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import Client, Workspace
from scans import inbox
from scans.models import Change, IgnoreRule, Page, RegisterEntry, Site

RHYTHMS = [(60, "Every hour"), (180, "Every 3 hours"), (360, "Every 6 hours"), (720, "Every 12 hours"), (1440, "Every day"), (10_080, "Every week")]
PERIODS = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "365 days")]
PAGE_KINDS = [
    (Page.Kind.PAGE, "A page like any other"),
    (Page.Kind.PAYMENT, "A payment page: changes weigh more, and its scripts and headers are kept in a register"),
    (Page.Kind.POLICY, "A policy page: also keep and compare its text"),
]


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
        choices=PAGE_KINDS,
        initial=Page.Kind.PAGE,
        widget=forms.RadioSelect,
    )


class PageKind(forms.Form):
    kind = forms.ChoiceField(choices=Page.Kind.choices)


class Consent(forms.Form):
    """Opting in to the one thing that a scan clicks."""

    answers_consent = forms.BooleanField(required=False)


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


def _justification(label: str, words: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "class": "prose"})
    return forms.CharField(label=label, max_length=2000, help_text=words, widget=widget, error_messages={"required": "Say why."})


class Expect(forms.Form):
    justification = _justification("Why was it expected?", "Who agreed to it, and what for. It stands in the audit trail.")


class Authorise(forms.Form):
    """Why something is on a payment page. Saying so and authorising it are two steps: two buttons of one form."""

    justification = _justification("Justification", "Why this page needs it.")

    def __init__(self, data: Any = None, *, entry: RegisterEntry) -> None:
        super().__init__(data, initial={"justification": entry.justification}, auto_id=f"id_{entry.pk}_%s")
        self.entry = entry


class DecideMany(forms.Form):
    """A decision about the changes, or all changes of the incidents, that were ticked in the inbox."""

    decision = forms.ChoiceField(choices=[("acknowledge", "Acknowledge"), ("expect", "Expected")])
    justification = forms.CharField(max_length=2000, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "expect" and not cleaned.get("justification"):
            self.add_error("justification", "Say why these changes were expected.")
        if not (self._ids or self._incidents):
            raise forms.ValidationError("Tick at least one change first.")
        return cleaned

    def chosen(self, rows: QuerySet[Change]) -> QuerySet[Change]:
        return rows.filter(told=True, id__in=self._ids) | rows.filter(told=True, incident__in=self._incidents)

    @property
    def _ids(self) -> list[Any]:
        return [known for text in cast(Any, self.data).getlist("change") if (known := inbox.uuid_of(text))]

    @property
    def _incidents(self) -> list[str]:
        return [text for text in cast(Any, self.data).getlist("incident") if text and "\0" not in text]


class _SiteField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Site) -> str:
        return obj.name


class AddRule(forms.Form):
    """What a rule hides, why and how long. `like` fills it in after a change."""

    SCOPE = ("category", "kind", "entity", "pattern", "client", "site", "up_to")

    category = forms.ChoiceField(required=False, choices=[("", "Any category"), *inbox.CATEGORIES.items()])
    kind = forms.ChoiceField(required=False, choices=[("", "New, gone or changed"), *Change.Kind.choices], label="What happened")
    entity = forms.CharField(required=False, max_length=200, label="Vendor", help_text="Only this vendor, as the change names it.")
    pattern = forms.CharField(
        required=False,
        max_length=300,
        label="Name",
        help_text="Only what is named like this. * stands for anything.",
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )
    client: forms.ModelChoiceField[Client] = forms.ModelChoiceField(queryset=None, required=False, empty_label="All clients")
    site = _SiteField(queryset=None, required=False, empty_label="All sites")
    up_to = forms.TypedChoiceField(
        label="Hide at most",
        coerce=int,
        choices=list(reversed(IgnoreRule.Severity.choices)),
        initial=IgnoreRule.Severity.MEDIUM,
        help_text="Graver changes are still told. Hiding critical ones needs a second person.",
    )
    reason = _justification("Reason", "Why nobody needs to see these changes.")
    days = forms.TypedChoiceField(label="For", coerce=int, choices=PERIODS, initial=90, help_text="No rule is for ever.")

    def __init__(self, data: Any = None, *, workspace: Workspace, like: Change | None = None) -> None:
        super().__init__(data, initial=_scope_like(like) if like else None)
        clients, sites = (cast("forms.ModelChoiceField[Any]", self.fields[name]) for name in ("client", "site"))
        clients.queryset = Client.objects.for_workspace(workspace).order_by(Lower("name"))
        sites.queryset = Site.objects.for_workspace(workspace).order_by(Lower("name"))

    @property
    def scope(self) -> dict[str, Any]:
        """As `scans.ignore_rules` takes it."""
        return {name: self.cleaned_data[name] for name in self.SCOPE}

    @property
    def fingerprint(self) -> str:
        """The same for the same scope: what was shown is what is saved."""
        words = "\0".join(str(getattr(value, "pk", value)) for value in self.scope.values())
        return hashlib.sha256(words.encode()).hexdigest()[:16]


def _scope_like(change: Change) -> dict[str, Any]:
    return {
        "category": change.category,
        "kind": change.kind,
        "entity": change.entity,
        "pattern": change.name[:300],
        "site": change.site_id,
        "up_to": min(change.severity, IgnoreRule.Severity.HIGH),
    }
