"""The page where Test Data enters. Values come in and are sealed; none goes out, not even back into the form that it was typed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_view
from accounts.models import Workspace
from checkout import card_choices, cards, runner_keys, test_data
from checkout.forms import SealedValues
from checkout.models import CheckoutTest
from checkout.views import EXAMPLE, data_rows, test_of
from scans.views import person

NO_REAL_CARD = (
    "This could be the number of a real payment card, so it was not kept. Choose a published test number of the shop’s payment processor; "
    "Tracefox never takes a real one."
)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@member_view
def data_edit(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test = test_of(workspace, test_id)
    rows = data_rows(test)
    named = [row["name"] for row in rows if row["used"]]
    form = SealedValues(request.POST or None, names=named)
    if request.method == "POST" and form.is_valid():
        kept = _keep(request, test, form)
        if kept:
            messages.success(request, f"{len(kept)} value{'s are' if len(kept) > 1 else ' is'} sealed: {', '.join(kept)}.")
        if not form.errors:
            return redirect("checkout:data-edit", workspace=workspace.slug, test_id=test.id)
        rows = data_rows(test)
    shown = [row | form.row(row["name"]) for row in rows if row["used"]]
    context: dict[str, Any] = {
        "workspace": workspace,
        "tab": "tests",
        "test": test,
        "form": form,
        "rows": shown,
        "unused": [row for row in rows if not row["used"]],
        "cards": card_choices.grouped(),
        "example": EXAMPLE,
    }
    return render(request, "checkout/data_edit.html", context, status=200 if request.method != "POST" else 422)


@require_POST
@member_view
def data_remove(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test, name = test_of(workspace, test_id), request.POST.get("name", "")
    try:
        test_data.remove(test, name=name, by=person(request), now=timezone.now())
    except test_data.NoSuchTestData as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{name} is removed.")
    return redirect("checkout:data-edit", workspace=workspace.slug, test_id=test.id)


@sensitive_variables("value")
def _keep(request: HttpRequest, test: CheckoutTest, form: SealedValues) -> list[str]:
    """Each value for itself: one that is refused takes no other with it, for none could be given back to be typed less."""
    kept = []
    for name, value in form.given.items():
        try:
            test_data.put(test, name=name, value=value, by=person(request), now=timezone.now())
        except cards.RealCard:
            form.add_error(form.field_of(name), NO_REAL_CARD)
        except test_data.BadTestData as refusal:
            form.add_error(form.field_of(name), str(refusal))
        except runner_keys.KeyNotReady as later:
            form.add_error(None, f"{later} Nothing that you typed was kept.")
            break
        else:
            kept.append(name)
    return kept
