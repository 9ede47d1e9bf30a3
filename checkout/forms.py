"""Forms about Checkout Tests: fields and their words. Those about a step and a success condition are in `checkout.step_forms`.

What a good flow is, is said by `checkout.steps`; `add_refusal` brings its sentence to the field that it is about.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar, cast

from django import forms
from django.db.models.functions import Lower

from accounts.models import Workspace
from checkout import card_choices, cards, wording
from checkout.models import CheckoutTest
from scans.models import Site

RHYTHMS = [(15, "Every 15 minutes"), (30, "Every 30 minutes"), (60, "Every hour"), (180, "Every 3 hours"), (360, "Every 6 hours"), (1440, "Every day")]
LONGEST_FLOW = 500_000
VIEWPORTS = {
    "desktop": ("Desktop, 1280 × 800", {"width": 1280, "height": 800, "device": "desktop", "scale": 1, "touch": False}),
    "laptop": ("Large desktop, 1440 × 900", {"width": 1440, "height": 900, "device": "desktop", "scale": 1, "touch": False}),
    "tablet": ("Tablet, 820 × 1180, touch", {"width": 820, "height": 1180, "device": "tablet", "scale": 2, "touch": True}),
    "phone": ("Phone, 390 × 844, touch", {"width": 390, "height": 844, "device": "phone", "scale": 2, "touch": True}),
    "small": ("Small phone, 360 × 740, touch", {"width": 360, "height": 740, "device": "phone", "scale": 2, "touch": True}),
}
ANALYTICS = [
    ("blocked", "Blocked: analytics hosts are not reached, the client’s numbers stay clean"),
    ("tagged", "Tagged: they are reached and told that this is a test"),
    ("left", "Left alone: a run counts as a visit"),
]
_DIGITS = re.compile(r"\d(?:[^\da-zA-Z]{0,3}\d){12,}")
_LISTED = re.compile(r"(steps|conditions)\[(\d+)\][.\w\[\]]*: ")
Form = TypeVar("Form", bound=forms.BaseForm)
PLAIN: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false"}


def plainly(refusal: object) -> str:
    """A sentence about the JSON form, for somebody who sees a page: steps are counted from one, and fields have no names of the form."""
    sentence = str(refusal)
    if "total_is_zero" in sentence and sentence.startswith("steps: "):
        return "A step has to check that the total is zero, after the coupon is typed and before the order is placed. Add that step first."
    if found := _LISTED.match(sentence):
        thing = "Step" if found[1] == "steps" else "Success condition"
        sentence = f"{thing} {int(found[2]) + 1}: {sentence[found.end() :]}"
    return sentence.replace("allowed_origins", "the allowed origins")


def add_refusal(form: forms.BaseForm, sentence: str, *, at: str = "") -> None:
    """`steps[3].target.selectors[0]: ...` belongs to the field `selectors` of a form about `steps[3]`; what belongs to no field stands above the form."""
    place, found, words = sentence.partition(": ")
    is_here = bool(found) and " " not in place and (place.startswith(f"{at}.") if at else "." not in place)
    names = [part.partition("[")[0] for part in place.removeprefix(at).split(".")] if is_here else []
    if "target" in names:
        names = ["frame" if "frame" in names else "selectors"]
    field = next((name for name in reversed(names) if name in form.fields), None)
    form.add_error(field, plainly(f"{words[:1].upper()}{words[1:]}" if field else sentence))


def hide_cards(text: str) -> str:
    """The text without what could be a real card's number, so that it can be given back to be corrected."""
    return _DIGITS.sub(lambda found: "••••" if cards.real_number_in(found[0]) else found[0], text)


def given_back(form: Form) -> Form:
    """A form that was refused keeps all that was typed, but for a real card's number. A file comes back as text."""
    if form.is_bound:
        data = form.data.copy()  # type: ignore[attr-defined]
        if text := getattr(form, "cleaned_data", {}).get("file"):
            data["recording"] = text
        for name in data:
            if isinstance(data[name], str):
                data[name] = hide_cards(data[name])
        form.data = data
    return form


class _SiteField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Site) -> str:
        return f"{obj.name}, {obj.client.name}"


class AddTest(forms.Form):
    """A new test from a start page, or from a recording that is pasted or chosen as a file."""

    site = _SiteField(queryset=None, empty_label="Choose a site", error_messages={"required": "Choose the site that this test belongs to."})
    title = forms.CharField(
        max_length=CheckoutTest._meta.get_field("title").max_length,
        required=False,
        help_text="What it tests, such as “Buy a gift card”. A recording brings its own.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    start_url = forms.CharField(
        label="Start URL",
        required=False,
        max_length=2048,
        help_text="Where the shopper begins. Left empty: the site’s address.",
        widget=forms.TextInput(attrs={"inputmode": "url", **PLAIN}),
    )
    recording = forms.CharField(
        required=False,
        max_length=LONGEST_FLOW,
        label="Recording, pasted",
        help_text="The JSON that Chrome’s Recorder panel exports, or a Tracefox test.",
        widget=forms.Textarea(attrs={"rows": 7, **PLAIN}),
        error_messages={"max_length": "This recording is too long. Record the way to the order only, and import that."},
    )
    file = forms.FileField(required=False, label="or as a file", widget=forms.FileInput(attrs={"accept": ".json,application/json"}))

    def __init__(self, data: Any = None, files: Any = None, *, workspace: Workspace, site: str = "") -> None:
        super().__init__(data, files, initial={"site": site})
        field = cast("forms.ModelChoiceField[Site]", self.fields["site"])
        field.queryset = Site.objects.for_workspace(workspace).select_related("client").order_by(Lower("name"))

    def clean_file(self) -> str:
        """The text of the file, so that it is treated as if it had been pasted."""
        sent = self.cleaned_data.get("file")
        if not sent:
            return ""
        if sent.size > LONGEST_FLOW:
            raise forms.ValidationError("This file is too large for a recording. Export the recording as JSON and choose that file.")
        try:
            return str(sent.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError("This file is no text. Export the recording as JSON and choose that file.") from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("file") or cleaned.get("recording") or cleaned.get("title") or self.errors):
            self.add_error("title", "Give the test a title, or begin with a recording.")
        return cleaned

    @property
    def imported(self) -> str:
        return self.cleaned_data.get("file") or self.cleaned_data.get("recording") or ""

    def refuse(self, sentence: str) -> None:
        """Said beside what it is about: the recording, or the field that was typed."""
        if self.imported:
            self.add_error("recording", sentence)
        else:
            add_refusal(self, sentence)


class Settings(forms.Form):
    """What a test is called, where it starts, in what window, and where it may go."""

    title = forms.CharField(max_length=CheckoutTest._meta.get_field("title").max_length, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    start_url = forms.CharField(label="Start URL", max_length=2048, widget=forms.TextInput(attrs={"inputmode": "url", **PLAIN}))
    viewport = forms.ChoiceField(
        label="Viewport emulation", help_text="The size and touch of a device, in Chromium. It is no iPhone: Safari’s own faults are not seen."
    )
    allowed_origins = forms.CharField(
        label="Allowed origins",
        required=False,
        max_length=20_000,
        help_text="One per line: the shop itself and where it takes payments. Test Data is typed into frames of these only.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "short", **PLAIN}),
    )
    analytics = forms.ChoiceField(choices=ANALYTICS, widget=forms.RadioSelect)
    step_seconds = forms.IntegerField(label="Seconds per step", min_value=1, max_value=60)
    run_seconds = forms.IntegerField(label="Seconds per run", min_value=10, max_value=600)

    def __init__(self, data: Any = None, *, flow: dict[str, Any]) -> None:
        self.flow = flow
        chosen = next((name for name, (_, viewport) in VIEWPORTS.items() if viewport == flow["viewport"]), "own")
        initial = {name: flow[name] for name in ("title", "start_url", "analytics", "step_seconds", "run_seconds")}
        super().__init__(data, initial=initial | {"viewport": chosen, "allowed_origins": "\n".join(flow["allowed_origins"])})
        own = flow["viewport"]
        choices = [(name, label) for name, (label, _) in VIEWPORTS.items()]
        choices += [("own", f"As imported, {own['width']} × {own['height']}")] if chosen == "own" else []
        cast(forms.ChoiceField, self.fields["viewport"]).choices = choices

    @property
    def wanted(self) -> dict[str, Any]:
        """The flow with these settings."""
        cleaned = self.cleaned_data
        viewport = VIEWPORTS[cleaned["viewport"]][1] if cleaned["viewport"] in VIEWPORTS else self.flow["viewport"]
        origins = cleaned["allowed_origins"].split()
        kept = {name: cleaned[name] for name in ("title", "start_url", "analytics", "step_seconds", "run_seconds")}
        return self.flow | kept | {"viewport": viewport, "allowed_origins": origins}


class Schedule(forms.Form):
    """How often a test runs. A rhythm that was set elsewhere stays on offer."""

    every_minutes = forms.TypedChoiceField(label="Run this test", coerce=int)

    def __init__(self, data: Any = None, *, current: int) -> None:
        super().__init__(data, initial={"every_minutes": current})
        rhythms = RHYTHMS if current in dict(RHYTHMS) else sorted([*RHYTHMS, (current, f"Every {current} minutes")])
        cast(forms.TypedChoiceField, self.fields["every_minutes"]).choices = rhythms


class PastOrder(forms.Form):
    """The words that somebody takes upon them who lets a test place orders."""

    order_step = forms.TypedChoiceField(
        label="The step that places the order", coerce=int, error_messages={"required": "Choose the step that places the order."}
    )
    acknowledged = forms.BooleanField(
        label="I understand that each run of this test places a real order in this shop.",
        error_messages={"required": "Tick the box to let this test place orders, or leave its stop point where it is."},
    )

    def __init__(self, data: Any = None, *, flow: dict[str, Any]) -> None:
        steps = [(place, f"{place + 1}. {wording.of_step(step)}") for place, step in enumerate(flow["steps"]) if step["action"] == "click"]
        known = flow.get("order_step")
        super().__init__(data, initial={"order_step": known if known is not None else (steps[-1][0] if steps else None)})
        cast(forms.TypedChoiceField, self.fields["order_step"]).choices = steps


class SealedValues(forms.Form):
    """A field for each value of Test Data, and a choice of published test numbers beside a card's. Never rendered with what was typed."""

    def __init__(self, data: Any = None, *, names: list[str]) -> None:
        super().__init__(data)
        self.names = {f"value_{number}": name for number, name in enumerate(names)}
        for field, name in self.names.items():
            typed = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}, render_value=False)
            typed.input_type = "text"  # shown while it is typed, and rendered empty, as a password is
            self.fields[field] = forms.CharField(required=False, label=name, strip=False, max_length=2000, widget=typed)
            if card_choices.takes_card(name):
                self.fields[f"pick_{field}"] = forms.CharField(required=False)

    @property
    def given(self) -> dict[str, str]:
        """What was typed or chosen, by the name of the Test Data. A field that was left empty is not in it."""
        found = {name: self.cleaned_data.get(field) or self.cleaned_data.get(f"pick_{field}") or "" for field, name in self.names.items()}
        return {name: value for name, value in found.items() if value}

    def field_of(self, name: str) -> str:
        return next(field for field, known in self.names.items() if known == name)

    def row(self, name: str) -> dict[str, Any]:
        field = self.field_of(name)
        is_card = card_choices.takes_card(name)
        return {"field": self[field], "is_card": is_card, "pick": self[f"pick_{field}"] if is_card else None}
