"""Pages about the steps and success conditions of a Checkout Test: add, edit, move, remove, and the stop point.

Each change is one verb of `checkout.editor`, saved by `tests.change` with the version that the page showed, or the part of it: two people who edit at once
cannot overwrite each other. Asked by htmx, the list of steps answers in place, with what was refused above it; otherwise the test's page is shown again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_view
from accounts.models import Workspace
from checkout import editor, forms, outline, step_forms, steps, tests
from checkout.models import CheckoutTest
from checkout.views import REFUSALS, test_of, to_test, version_of
from scans.views import person
from tracefox.htmx import wants_part

Change = Callable[[editor.Flow], editor.Flow]


@require_http_methods(["GET", "HEAD", "POST"])
@member_view
def step_add(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test = test_of(workspace, test_id)
    at = _place(request.GET.get("at"), most=len(test.flow["steps"]))
    form = step_forms.StepForm(request.POST or None)
    past_stop = bool(request.POST.get("past_stop"))
    if request.method == "POST" and form.is_valid():
        refusal = _change(request, test, lambda flow: editor.insert(flow, form.step, at=at, past_stop=past_stop))
        if refusal is None:
            messages.success(request, f"Step {at + 1} is added.")
            return to_test(test, part=f"step-{at + 1}")
        forms.add_refusal(form, refusal, at=f"steps[{at}]")
    return _form(request, test, "checkout/step_form.html", form, index=None, number=at + 1, at_stop=_is_at_stop(test, at), past_stop=past_stop)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view
def step_edit(request: HttpRequest, workspace: Workspace, test_id: UUID, index: int) -> HttpResponse:
    test = test_of(workspace, test_id)
    step = _listed(test.flow["steps"], index)
    form = step_forms.StepForm(request.POST or None, step=step)
    if request.method == "POST" and form.is_valid():
        refusal = _change(request, test, lambda flow: editor.replace(flow, form.step, index=index), seen=step)
        if refusal is None:
            messages.success(request, f"Step {index + 1} is saved.")
            return to_test(test, part=f"step-{index + 1}")
        forms.add_refusal(form, refusal, at=f"steps[{index}]")
    return _form(request, test, "checkout/step_form.html", form, index=index, number=index + 1, mark=editor.mark(step))


@require_POST
@member_view
def step_move(request: HttpRequest, workspace: Workspace, test_id: UUID, index: int) -> HttpResponse:
    by = _direction(request)
    return _edited(request, workspace, test_id, lambda flow: editor.move(flow, index, by=by), said=f"Step {index + 1} is moved {'up' if by < 0 else 'down'}.")


@require_POST
@member_view
def step_remove(request: HttpRequest, workspace: Workspace, test_id: UUID, index: int) -> HttpResponse:
    return _edited(request, workspace, test_id, lambda flow: editor.remove(flow, index), said=f"Step {index + 1} is removed.")


@require_POST
@member_view
def stop_move(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    by = _direction(request)
    return _edited(request, workspace, test_id, lambda flow: editor.move_stop(flow, by=by), said="The stop point is moved.")


@require_POST
@member_view
def stop_here(request: HttpRequest, workspace: Workspace, test_id: UUID, index: int) -> HttpResponse:
    return _edited(request, workspace, test_id, lambda flow: editor.stop_after(flow, index), said=f"Runs stop after step {index + 1}.")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view
def condition_add(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test = test_of(workspace, test_id)
    form = step_forms.ConditionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refusal = _change(request, test, lambda flow: editor.put_condition(flow, form.condition))
        if refusal is None:
            messages.success(request, "The success condition is added.")
            return to_test(test, part="conditions")
        forms.add_refusal(form, refusal, at=f"conditions[{len(test.flow['conditions'])}]")
    return _form(request, test, "checkout/condition_form.html", form, index=None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view
def condition_edit(request: HttpRequest, workspace: Workspace, test_id: UUID, index: int) -> HttpResponse:
    test = test_of(workspace, test_id)
    condition = _listed(test.flow["conditions"], index)
    form = step_forms.ConditionForm(request.POST or None, condition=condition)
    if request.method == "POST" and form.is_valid():
        refusal = _change(request, test, lambda flow: editor.put_condition(flow, form.condition, at=index), seen=condition)
        if refusal is None:
            messages.success(request, "The success condition is saved.")
            return to_test(test, part="conditions")
        forms.add_refusal(form, refusal, at=f"conditions[{index}]")
    return _form(request, test, "checkout/condition_form.html", form, index=index, mark=editor.mark(condition))


@require_POST
@member_view
def condition_remove(request: HttpRequest, workspace: Workspace, test_id: UUID, index: int) -> HttpResponse:
    test = test_of(workspace, test_id)
    refusal = _change(request, test, lambda flow: editor.remove_condition(flow, index))
    (messages.success if refusal is None else messages.error)(request, forms.plainly(refusal or "The success condition is removed."))
    return to_test(test, part="conditions")


def _change(request: HttpRequest, test: CheckoutTest, change: Change, *, seen: dict[str, Any] | None = None) -> str | None:
    """Save the flow as it is after this change. What was refused, or None.

    The test must be the version that the page showed; or, where only one part was on the page, that part must be the one that was `seen`.
    """
    was = version_of(request) if seen is None else test.version
    try:
        if seen is not None and request.POST.get("mark") != editor.mark(seen):
            raise tests.ChangedMeanwhile
        tests.change(test, flow=change(test.flow), was=was, by=person(request), now=timezone.now())
    except REFUSALS as refusal:
        return str(refusal)
    return None


def _edited(request: HttpRequest, workspace: Workspace, test_id: UUID, change: Change, *, said: str) -> HttpResponse:
    test = test_of(workspace, test_id)
    refusal = _change(request, test, change)
    refusal = forms.plainly(refusal) if refusal else None
    if not wants_part(request):
        (messages.success if refusal is None else messages.error)(request, refusal or said)
        return to_test(test, part="steps")
    now = test_of(workspace, test_id)
    context = {"workspace": workspace, "test": now, "flow": now.flow, "rows": outline.rows(now.flow), "refusal": refusal, "said": refusal or said}
    return render(request, "checkout/_steps.html", context)


def _form(request: HttpRequest, test: CheckoutTest, template: str, form: Any, **more: Any) -> HttpResponse:
    names = [f"{{{{{name}}}}}" for name in (*steps.test_data_names(steps.parse(test.flow)), *steps.BUILT_IN)]
    context = {"workspace": test.site.workspace, "tab": "tests", "test": test, "version": test.version, "names": names, "vendors": step_forms.VENDORS} | more
    return render(request, template, context | {"form": forms.given_back(form)}, status=200 if request.method != "POST" else 422)


def _listed(rows: list[dict[str, Any]], index: int) -> dict[str, Any]:
    if not 0 <= index < len(rows):
        raise Http404("It is not there any more.")
    return rows[index]


def _is_at_stop(test: CheckoutTest, at: int) -> bool:
    stop = test.flow["stop_after"]
    return stop is not None and at == stop + 1


def _direction(request: HttpRequest) -> int:
    return -1 if request.POST.get("by") == "-1" else 1


def _place(text: str | None, *, most: int) -> int:
    return min(int(text), most) if text and text.isascii() and text.isdecimal() and len(text) < 5 else most
