"""Forms about sites, changes and rules. Fields and their words; what an address must look like is said by `scans.addresses`, what is allowed by the verbs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Client, Workspace
from scans import changes, inbox, register
from scans.models import Change, IgnoreRule, Page, RegisterEntry, Site

RHYTHMS = [(60, "Every hour"), (180, "Every 3 hours"), (360, "Every 6 hours"), (720, "Every 12 hours"), (1440, "Every day"), (10_080, "Every week")]
KEPT = 20_000  # characters of a text that was refused
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


class Lines(forms.CharField):
    """A text whose ends of lines count as its writer counts them: as one character."""

    def to_python(self, value: Any) -> str:
        return changes.plain_lines(super().to_python(value) or "")


def _justification(label: str, words: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "class": "prose"})
    return Lines(label=label, max_length=changes.LONGEST_JUSTIFICATION, help_text=words, widget=widget, error_messages={"required": "Say why."})


class Expect(forms.Form):
    justification = _justification("Why was it expected?", "Who agreed to it, and what for. It stands in the audit trail.")


class Authorise(forms.Form):
    """Why something is on a payment page. Saying so and authorising it are two steps: two buttons of one form. `sha256` and `stood` are what was looked at."""

    justification = _justification("Justification", "Why this page needs it.")
    sha256 = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    stood = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, entry: RegisterEntry) -> None:
        seen = {"sha256": entry.sha256, "stood": register.stands(entry)}
        super().__init__(data, initial={"justification": entry.justification} | seen, auto_id=f"id_{entry.pk}_%s")
        self.entry = entry

    def again(self, refusal: str) -> Authorise:
        """What was written, beside what the entry is by now."""
        sent = {"justification": self.data.get("justification", ""), "sha256": self.entry.sha256, "stood": register.stands(self.entry)}
        form = Authorise(sent, entry=self.entry)
        form.add_error(None, refusal)
        return form


class DecideMany(forms.Form):
    """A decision about the changes, or all changes of the incidents, that were ticked in the inbox. `newest_at` is the newest change that it showed."""

    decision = forms.ChoiceField(choices=[("acknowledge", "Acknowledge"), ("expect", "Expected")])
    justification = Lines(max_length=changes.LONGEST_JUSTIFICATION, required=False)
    newest_at = forms.DateTimeField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "expect" and not cleaned.get("justification") and not self.has_error("justification"):
            self.add_error("justification", "Say why these changes were expected.")
        if not (self._ids or self._incidents):
            raise forms.ValidationError("Tick at least one change first.")
        if self._incidents and not cleaned.get("newest_at"):
            raise forms.ValidationError("Open the list again: it does not say which changes it showed.")
        return cleaned

    def chosen(self, rows: QuerySet[Change]) -> QuerySet[Change]:
        """An incident holds what its reader saw of it: what a scan added since waits."""
        seen = Q(incident__in=self._incidents, found_at__lte=self.cleaned_data["newest_at"]) if self._incidents else Q()
        return rows.filter(Q(id__in=self._ids) | seen if self._ids else seen)

    @property
    def kept(self) -> dict[str, Any]:
        """What was ticked and written, to be shown again when it was refused."""
        return {"changes": [str(one) for one in self._ids], "incidents": self._incidents, "justification": str(self.data.get("justification", ""))[:KEPT]}

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
    """What a rule hides, why and how long. `like` fills it in after a change. `once` is another for each page that shows the form."""

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
    once = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, workspace: Workspace, like: Change | None = None, saving: bool = False) -> None:
        super().__init__(data, initial=_scope_like(like) if like else None)
        if not saving:  # to look at what it would have hidden, its scope is enough
            self.fields["reason"].required = False
            self.fields["days"].required = False
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
        return hashlib.sha256(_joined(self.scope.values()).encode()).hexdigest()[:16]

    @property
    def shows_scope(self) -> bool:
        """Whatever else is missing: what it hides is said."""
        return not any(self.has_error(name) for name in (*self.SCOPE, NON_FIELD_ERRORS))

    @property
    def id(self) -> UUID | None:
        """Of the rule that this form makes: sent twice it is one rule, sent with other words it is another."""
        once = self.cleaned_data.get("once")
        return uuid5(once, _joined([*self.scope.values(), self.cleaned_data["reason"], self.cleaned_data["days"]])) if once else None


def _joined(values: Iterable[Any]) -> str:
    return "\0".join(str(getattr(value, "pk", value)) for value in values)


def _scope_like(change: Change) -> dict[str, Any]:
    return {
        "category": change.category,
        "kind": change.kind,
        "entity": change.entity,
        "pattern": change.name[:300],
        "site": change.site_id,
        "up_to": change.severity,
    }
