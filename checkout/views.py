"""Pages about Checkout Tests: the list, one test, its settings. Steps and conditions are in `checkout.step_views`, runs in `checkout.run_views`.

Views translate: they find the workspace's rows, make one call, and choose the template named like the view.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import admin_view, member_view, viewer_view
from accounts.models import User, Workspace
from checkout import cards, charts, editor, forms, importing, listing, outline, progress, steps, test_data, tests
from checkout.models import CheckoutTest, TestData, TestRun
from scans.models import Site
from scans.views import person
from tracefox.htmx import render_part

HISTORY = 40
TIMED = 30
DEEDS = 6  # of the audit trail
REFUSALS = (steps.BadFlow, cards.RealCard, tests.TestRefused, tests.ChangedMeanwhile, editor.CannotEdit)
EXAMPLE = "{{shipping.email}}"


@require_safe
@viewer_view
def test_list(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    words, state, page = request.GET.get("q", "").strip(), request.GET.get("state", ""), request.GET.get("page", "")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    found = listing.of(workspace, now=timezone.now(), words=words, state=state, page=number)
    context = {"workspace": workspace, "tab": "tests", "tests": found, "words": words, "state": state}
    context["has_sites"] = found.total > 0 or Site.objects.for_workspace(workspace).exists()
    return render_part(request, "checkout/test_list.html", "checkout/_tests.html", context)


@sensitive_post_parameters("recording")
@require_http_methods(["GET", "HEAD", "POST"])
@member_view
def test_add(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    has_sites = Site.objects.for_workspace(workspace).exists()
    form = forms.AddTest(request.POST or None, request.FILES or None, workspace=workspace, site=request.GET.get("site", ""))
    if request.method == "POST" and form.is_valid():
        try:
            added = _added(form, by=person(request), now=timezone.now())
        except importing.Refused as refused:
            form.refuse(str(refused))
        except importing.LATER as later:
            form.add_error(None, str(later))
        else:
            messages.success(request, f"{added.test.title} is added. Look through its steps and put the stop point where you want it.")
            for note in added.notes:
                messages.info(request, note)
            return to_test(added.test)
    context = {"workspace": workspace, "tab": "tests", "form": forms.given_back(form), "has_sites": has_sites}
    return render(request, "checkout/test_add.html", context, status=200 if request.method != "POST" else 422)


@require_safe
@viewer_view
def test_detail(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    return page_of(request, workspace, test_of(workspace, test_id))


@require_POST
@member_view
def test_settings(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test = test_of(workspace, test_id)
    form = forms.Settings(request.POST, flow=test.flow)
    if form.is_valid():
        try:
            tests.change(test, flow=form.wanted, was=version_of(request), by=person(request), now=timezone.now())
        except REFUSALS as refusal:
            forms.add_refusal(form, str(refusal))
        else:
            messages.success(request, "The settings are saved.")
            return to_test(test)
    return page_of(request, workspace, test_of(workspace, test_id), settings_form=forms.given_back(form), status=422)


@require_POST
@member_view
def test_schedule(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test, now = test_of(workspace, test_id), timezone.now()
    form = forms.Schedule(request.POST, current=test.every_minutes)
    if form.is_valid():
        every = form.cleaned_data["every_minutes"]
        try:
            tests.set_schedule(test, every_minutes=every, now=now)
        except tests.BadInterval as refusal:
            form.add_error("every_minutes", str(refusal))
        else:
            audit.record(workspace=workspace, by=person(request), action="checkout_test.scheduled", subject=test, now=now, every_minutes=every)
            messages.success(request, "The schedule is saved.")
            return to_test(test)
    return page_of(request, workspace, test, schedule_form=form, status=422)


@require_POST
@member_view
def test_pause(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test = test_of(workspace, test_id)
    tests.pause(test, by=person(request), now=timezone.now())
    messages.success(request, f"{test.title} is paused. It does not run until you resume it or ask for a run.")
    return to_test(test)


@require_POST
@member_view
def test_resume(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test = test_of(workspace, test_id)
    tests.resume(test, by=person(request), now=timezone.now())
    messages.success(request, f"{test.title} runs again on its schedule.")
    return to_test(test)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_view
def past_order(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    """The one way past 'place order': a person who runs the workspace says so, and reads first what it means."""
    test = test_of(workspace, test_id)
    form = forms.PastOrder(request.POST or None, flow=test.flow)
    if request.method == "POST" and form.is_valid():
        flow = test.flow | {"stop_after": None, "order_step": form.cleaned_data["order_step"]}
        try:
            tests.change(test, flow=flow, was=version_of(request), by=person(request), now=timezone.now())
            tests.acknowledge_order(test, by=person(request), now=timezone.now())
        except REFUSALS as refusal:
            form.add_error(None, forms.plainly(refusal))
        else:
            messages.success(request, f"{test.title} places the order from now on.")
            return to_test(test)
    clicks = any(step["action"] == "click" for step in test.flow["steps"])
    context = {"workspace": workspace, "tab": "tests", "test": test, "form": form, "clicks": clicks, "version": test.version}
    return render(request, "checkout/past_order.html", context, status=200 if request.method != "POST" else 422)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_view
def test_remove(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    """Asks first, on a page of its own that says what will be lost."""
    test = test_of(workspace, test_id)
    if request.method == "POST":
        tests.remove(test, by=person(request), now=timezone.now())
        messages.success(request, f"{test.title} is removed, with its Test Data, runs and evidence.")
        return redirect("checkout:test-list", workspace=workspace.slug)
    count = TestRun.objects.for_workspace(workspace).filter(test=test).count()
    return render(request, "checkout/test_remove.html", {"workspace": workspace, "tab": "tests", "test": test, "run_count": count})


@require_safe
@viewer_view
def export(_request: HttpRequest, workspace: Workspace, test_id: UUID, form: str) -> HttpResponse:
    test = test_of(workspace, test_id)
    try:
        body = json.dumps(importing.written(test, form), indent=2, ensure_ascii=False) + "\n"
    except KeyError as error:
        raise Http404("No such form.") from error
    name = f"{slugify(test.title) or 'test'}-{form}.json"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return HttpResponse(body, content_type="application/json", headers=headers)


def _added(form: forms.AddTest, *, by: User, now: datetime) -> importing.Added:
    """With the steps of the recording, or with one that opens the start page."""
    wanted = form.cleaned_data
    if form.imported:
        return importing.add(wanted["site"], data=importing.from_text(form.imported), title=wanted["title"], by=by, now=now)
    data = importing.from_start(site=wanted["site"], title=wanted["title"], start_url=wanted["start_url"])
    return importing.add(wanted["site"], data=data, by=by, now=now)


def page_of(request: HttpRequest, workspace: Workspace, test: CheckoutTest, *, status: int = 200, **bound: Any) -> HttpResponse:
    """The page of a test, also when one of its forms comes back with errors."""
    past, now = listing.history(test, count=HISTORY), timezone.now()
    running = next((run for run in past if run["status"] in TestRun.OPEN), None)
    timed = listing.timed(test, count=TIMED)
    context: dict[str, Any] = {
        "workspace": workspace,
        "tab": "tests",
        "test": test,
        "flow": test.flow,
        "rows": outline.rows(test.flow),
        "days": listing.days(test, now=now),
        "history": past,
        "strip": charts.runs(past, slots=HISTORY),
        "timings": charts.timings(test.flow, timed, slots=TIMED),
        "timed_runs": len(timed),
        "latest": next((run for run in past if run["status"] not in TestRun.OPEN), None),
        "running": TestRun.objects.for_workspace(workspace).select_related("test").get(id=running["id"]) if running else None,
        "data": data_rows(test),
        "missing": test_data.missing(test),
        "example": EXAMPLE,
        "trail": audit.of(test, workspace=workspace)[:DEEDS],
        "schedule_form": forms.Schedule(current=test.every_minutes),
        "settings_form": forms.Settings(flow=test.flow),
    }
    if context["running"]:
        context["progress"] = progress.of(context["running"])
    return render(request, "checkout/test_detail.html", context | bound, status=status)


def data_rows(test: CheckoutTest) -> list[dict[str, Any]]:
    """What the steps name and what was given, by name: never a value, for nobody here can read one."""
    given = dict(TestData.objects.for_workspace(test.site.workspace_id).filter(test=test).values_list("name", "changed_at"))
    named = steps.test_data_names(steps.parse(test.flow))
    rows = [{"name": name, "changed_at": given.get(name), "used": True} for name in named]
    return rows + [{"name": name, "changed_at": at, "used": False} for name, at in sorted(given.items()) if name not in named]


def test_of(workspace: Workspace, test_id: UUID) -> CheckoutTest:
    rows = CheckoutTest.objects.for_workspace(workspace).select_related("site__client", "site__workspace", "acknowledged_order_by")
    return get_object_or_404(rows, id=test_id)


def to_test(test: CheckoutTest, *, part: str = "") -> HttpResponseRedirect:
    there = redirect("checkout:test-detail", workspace=test.site.workspace.slug, test_id=test.id)
    return HttpResponseRedirect(f"{there.url}#{part}") if part else there


def version_of(request: HttpRequest) -> int:
    """The version that the page showed. None was shown: no version is that, so nothing is changed."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
