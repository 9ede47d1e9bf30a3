"""The forms of a step and of a success condition, and the way between them and their JSON form.

Which fields an action or a kind has is said by `checkout.steps` and `checkout.conditions`; a form shows all of them, and a page's script hides those that
do not count. To offer a new action: its words in `checkout.wording`, and a field here if it has a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from checkout import steps, wording
from checkout.conditions import KINDS
from checkout.forms import PLAIN

LINES = {"rows": 3, "class": "short", **PLAIN}
MISSING = {
    "selectors": "Say which element, with a selector such as aria/Add to cart.",
    "url": "Give the address.",
    "text": "Give the text.",
    "count": "Say how many.",
    "equals": "Give the amount.",
    "vendor": "Say whose tag.",
    "key": "Name the key.",
}
IN_CONDITION = ("selectors", "frame", "url", "text", "count", "equals", "vendor", "account_id")
STATES = [("visible", "it can be seen"), ("hidden", "it is gone")]
VENDORS = ("Google Analytics 4", "Google Ads", "Google Tag Manager", "Meta Pixel", "TikTok Pixel", "Pinterest Tag", "Microsoft Advertising")


class ConditionForm(forms.Form):
    """What must hold."""

    kind = forms.ChoiceField(label="What must hold", choices=list(wording.CONDITIONS.items()))
    selectors = forms.CharField(
        required=False,
        label="Element",
        help_text="A selector per line; the first that finds it wins. aria/Add to cart, text/Pay now, testid/pay, or CSS. >>> steps into a shadow root.",
        widget=forms.Textarea(attrs=LINES),
    )
    frame = forms.CharField(
        required=False,
        label="In the frame",
        help_text="Only for an element inside a frame, such as a card field: the frame’s address, * for anything, one per line, outermost first.",
        widget=forms.Textarea(attrs=LINES | {"rows": 2, "placeholder": "https://js.stripe.com/*"}),
    )
    text = forms.CharField(required=False, label="Text", help_text="{{names}} of Test Data are filled in.", widget=forms.TextInput(attrs=PLAIN))
    url = forms.CharField(required=False, label="Address", help_text="* stands for anything, as in /order/*/thanks.", widget=forms.TextInput(attrs=PLAIN))
    count = forms.IntegerField(required=False, label="How many", min_value=0, max_value=10_000)
    equals = forms.CharField(required=False, label="Amount", help_text="With a point and without currency: 12.00", widget=forms.TextInput(attrs=PLAIN))
    vendor = forms.CharField(required=False, label="Whose tag", widget=forms.TextInput(attrs={"list": "vendors", **PLAIN}))
    account_id = forms.CharField(required=False, label="Account id", help_text="Such as G-ABC123. Empty: any.", widget=forms.TextInput(attrs=PLAIN))
    keep = forms.BooleanField(
        required=False,
        label="Insist on the recorded element",
        help_text="If the selectors find something that differs from it, the run fails instead of taking it.",
    )

    def __init__(self, data: Any = None, *, condition: dict[str, Any] | None = None) -> None:
        self.recorded = _target(condition or {}).get("fingerprint") or {}
        super().__init__(data, initial=_condition_initial(condition or {}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._ask_for(KINDS[cleaned["kind"]][0] if cleaned.get("kind") else ())
        return cleaned

    def _ask_for(self, needed: tuple[str, ...]) -> None:
        """What the kind or the action cannot do without."""
        for name in (_field_of(one) for one in needed):
            if name in MISSING and name not in self.errors and self.cleaned_data.get(name) in (None, ""):
                self.add_error(name, MISSING[name])

    @property
    def condition(self) -> dict[str, Any]:
        """The condition in its JSON form, with the fields that its kind has."""
        needed, optional = KINDS[self.cleaned_data["kind"]]
        return {"kind": self.cleaned_data["kind"]} | self._picked(needed, optional)

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """Each field with the kinds and actions that it counts for, for the page's script."""
        for field in self:
            if field.name not in ("kind", "action", "keep"):
                yield {"field": field, "kinds": " ".join(_kinds_with(field.name)), "actions": " ".join(_actions_with(field.name))}

    @property
    def recorded_words(self) -> str:
        """'button “Add to cart”': what was recorded of the element."""
        name = self.recorded.get("text") or self.recorded.get("name") or ""
        role = self.recorded.get("role") or self.recorded.get("tag") or ""
        return " ".join(part for part in (role, f"“{name[:80]}”" if name else "") if part)

    def _picked(self, needed: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Any]:
        found = {}
        for name in (*needed, *optional):
            value = self._target() if name == "target" else self.cleaned_data.get(name)
            if value not in (None, "") or (name in needed and name == "value"):
                found[name] = value
        return found

    def _target(self) -> dict[str, Any] | None:
        chains = [[part.strip() for part in line.split(">>>")] for line in self.cleaned_data["selectors"].splitlines() if line.strip()]
        if not chains:
            return None
        frames = [_frame(line) for line in self.cleaned_data["frame"].splitlines() if line.strip()]
        kept = self.recorded if self.cleaned_data["keep"] else {}
        return {"selectors": chains, "frame": frames} | ({"fingerprint": kept} if kept else {})


class StepForm(ConditionForm):
    """One step. The fields of a condition count for an `assert`."""

    action = forms.ChoiceField(label="What to do", choices=list(wording.ACTIONS.items()))
    value = forms.CharField(
        required=False,
        strip=False,
        max_length=steps.LONGEST_VALUE,
        label="Value",
        help_text="What a person would see anyway. What is secret or personal goes into Test Data, and its name in here: {{card.number}}, {{shipping.email}}.",
        widget=forms.TextInput(attrs={"list": "names", **PLAIN}),
    )
    key = forms.CharField(required=False, label="Key", help_text="Enter, Tab, Escape, ArrowDown…", widget=forms.TextInput(attrs=PLAIN))
    x = forms.IntegerField(required=False, label="Pixels to the right")
    y = forms.IntegerField(required=False, label="Pixels down")
    state = forms.ChoiceField(required=False, label="Until", choices=STATES)
    seconds = forms.IntegerField(required=False, label="Time limit in seconds", min_value=1, max_value=60, help_text="Empty: as for every step of this test.")
    label = forms.CharField(
        required=False,
        max_length=steps.LONGEST_LABEL,
        label="Name of the step",
        help_text="Empty: what it does.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("action", "kind", "selectors", "frame", "url", "value", "key", "x", "y", "state", "text", "count", "equals", "vendor", "account_id")

    def __init__(self, data: Any = None, *, step: dict[str, Any] | None = None) -> None:
        step = step or {}
        super().__init__(data, condition=step.get("condition"))
        self.recorded = _target(step).get("fingerprint") or self.recorded
        own: dict[str, Any] = {name: step[name] for name in ("action", "value", "key", "x", "y", "state", "seconds", "label", "url") if name in step}
        self.initial.update(own if "condition" in step else _target_initial(step) | own)
        self.fields["kind"].required = False
        if "\n" in str(step.get("value", "")):
            self.fields["value"].widget = forms.Textarea(attrs=LINES)

    @property
    def step(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        needed, optional = steps.ACTIONS[cleaned["action"]]
        found = {"action": cleaned["action"]}
        if "condition" in needed:
            found["condition"] = self.condition
        found |= self._picked(tuple(name for name in needed if name != "condition"), optional)
        if cleaned["action"] == "scroll":
            found |= {name: cleaned[name] or 0 for name in ("x", "y")}
        return found | {name: cleaned[name] for name in ("label", "seconds") if cleaned[name]}

    def clean(self) -> dict[str, Any]:
        action = self.cleaned_data.get("action")
        if action == "assert" and not self.cleaned_data.get("kind"):
            self.add_error("kind", "Choose what must hold.")
        if action == "assert":
            return super().clean()
        self._ask_for(steps.ACTIONS[action][0] if action else ())
        return self.cleaned_data


def _field_of(part: str) -> str:
    """The form's field for a part of the JSON form, and the other way round below."""
    return "selectors" if part == "target" else part


def _part_of(field: str) -> str:
    return "target" if field in ("selectors", "frame") else field


def _actions_with(name: str) -> list[str]:
    field = _part_of(name)
    if field in ("label", "seconds"):
        return list(steps.ACTIONS)
    return [action for action, (needed, optional) in steps.ACTIONS.items() if field in (*needed, *optional)]


def _kinds_with(name: str) -> list[str]:
    field = _part_of(name)
    return [kind for kind, (needed, optional) in KINDS.items() if field in (*needed, *optional)]


def _target(part: dict[str, Any]) -> dict[str, Any]:
    return part.get("target") or {}


def _target_initial(part: dict[str, Any]) -> dict[str, Any]:
    target = _target(part)
    known = any((target.get("fingerprint") or {}).values())
    return {"selectors": "\n".join(wording.selectors(target)), "frame": "\n".join(wording.frames(target)), "keep": known}


def _condition_initial(condition: dict[str, Any]) -> dict[str, Any]:
    return {name: condition[name] for name in ("kind", *IN_CONDITION) if name in condition} | _target_initial(condition)


def _frame(line: str) -> dict[str, str]:
    """`https://js.stripe.com/* name=card`: the address, the name, or both."""
    parts = line.split()
    name = next((part.removeprefix("name=") for part in parts if part.startswith("name=")), "")
    return {"url": next((part for part in parts if not part.startswith("name=")), ""), "name": name}
