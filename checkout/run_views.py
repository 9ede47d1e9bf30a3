"""Pages about Test Runs: ask for one, follow it, see what it saw.

What a run saw reaches a browser in three ways only: as escaped text in a page, as a picture, and as a video. The last two come in a sandbox, and only if their
first bytes say that they are what they should be.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import member_view, viewer_view
from accounts.models import Workspace
from checkout import asking, editor, evidence, listing, progress, queue, screening
from checkout.models import RunEvidence, TestRun
from checkout.views import test_of, to_test
from scans import reading
from scans.scan_views import PNG
from scans.views import person
from tracefox.htmx import wants_part

RUNS_PER_PAGE = 50
WEBM = b"\x1a\x45\xdf\xa3"
JPEG = b"\xff\xd8\xff"
SHOWN = {"image/png": PNG, "image/jpeg": JPEG, "video/webm": WEBM}
RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


@require_POST
@member_view
def run_now(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test = test_of(workspace, test_id)
    try:
        run = asking.ask(test, by=person(request), now=timezone.now())
    except queue.AlreadyOpen as already:
        messages.info(request, str(already))
        run = already.run
    except queue.NotAcknowledged as refusal:
        messages.error(request, str(refusal))
        return to_test(test)
    if wants_part(request):
        return HttpResponse(status=204, headers={"HX-Trigger": "runsChanged"})
    return redirect("checkout:run-detail", workspace=workspace.slug, run_id=run.id)


@require_POST
@member_view
def run_to_here(request: HttpRequest, workspace: Workspace, test_id: UUID, index: int) -> HttpResponse:
    test = test_of(workspace, test_id)
    try:
        run = asking.ask(test, index=index, by=person(request), now=timezone.now())
    except queue.AlreadyOpen as already:
        messages.info(request, str(already))
        run = already.run
    except (editor.CannotEdit, queue.NotAcknowledged) as refusal:
        messages.error(request, str(refusal))
        return to_test(test, part="steps")
    return redirect("checkout:run-detail", workspace=workspace.slug, run_id=run.id)


@require_safe
@viewer_view
def test_runs(request: HttpRequest, workspace: Workspace, test_id: UUID) -> HttpResponse:
    test, text = test_of(workspace, test_id), request.GET.get("from", "")
    first = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    rows = listing.history(test, count=RUNS_PER_PAGE + 1, skip=first)
    context = {
        "workspace": workspace,
        "tab": "tests",
        "test": test,
        "rows": rows[:RUNS_PER_PAGE],
        "older": first + RUNS_PER_PAGE if len(rows) > RUNS_PER_PAGE else None,
        "newer": max(first - RUNS_PER_PAGE, 0) if first else None,
    }
    return render(request, "checkout/test_runs.html", context)


@require_safe
@viewer_view
def run_detail(request: HttpRequest, workspace: Workspace, run_id: UUID) -> HttpResponse:
    run = _run(workspace, run_id)
    context: dict[str, Any] = {"workspace": workspace, "tab": "tests", "run": run, "test": run.test} | _around(run)
    names = dict(RunEvidence.objects.for_workspace(workspace).filter(run=run).values_list("name", "kind"))
    frames = screening.film(run.flow, run.result, pictures=[name for name, kind in names.items() if kind == "screenshot"])
    context |= {"film": frames, "steps_total": len(run.flow["steps"]), "done": sum(frame.status == "passed" for frame in frames)}
    if run.is_open:
        return render(request, "checkout/run_detail.html", context | {"progress": progress.of(run), "todo": progress.todo(run)})
    calls = screening.calls(run.result)
    held = screening.held(run.flow, run.result)
    context |= {
        "failed": screening.failure(frames, held) if run.status == TestRun.Status.FAILED else None,
        "held": held,
        "video": next((name for name, kind in names.items() if kind == "video"), ""),
        "calls_total": len(calls),
        "bad_calls": [call for call in calls if call.is_bad],
        "good_calls": [call for call in calls if not call.is_bad],
        "console": run.result.get("console", []),
        "again": TestRun.objects.for_workspace(workspace).filter(confirms=run).first(),
    }
    return render(request, "checkout/run_detail.html", context)


@require_GET
@viewer_view
def run_progress(request: HttpRequest, workspace: Workspace, run_id: UUID) -> HttpResponse:
    """The part that says how far the run is. Nothing new is 204, so that a screen reader hears each step once."""
    run = _run(workspace, run_id)
    state = progress.of(run)
    if run.is_open and state.token == request.GET.get("seen"):
        return HttpResponse(status=204)
    todo = progress.todo(run) if request.GET.get("steps") else None
    response = render(request, "checkout/_progress.html", {"workspace": workspace, "run": run, "progress": state, "todo": todo})
    if not run.is_open:
        response["HX-Trigger"] = "runEnded"
    return response


@require_safe
@viewer_view
def run_evidence(request: HttpRequest, workspace: Workspace, run_id: UUID, name: str) -> HttpResponse:
    row = get_object_or_404(_evidence(workspace, run_id), name=name)
    try:
        body = evidence.body(row)
    except reading.LATER:
        return HttpResponse(reading.TRY_LATER + "\n", status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "60"})
    except reading.NEVER as error:
        raise Http404("This evidence cannot be opened any more.") from error
    if row.media_type not in SHOWN or not body.startswith(SHOWN[row.media_type]):
        raise Http404("This is neither a picture nor a video.")
    response = _ranged(request, body)
    response["Content-Type"] = row.media_type
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _ranged(request: HttpRequest, body: bytes) -> HttpResponse:
    """A part of it, if one part was asked for: a player that seeks asks for parts."""
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or asked[1] == asked[2] == "":
        return HttpResponse(body)
    first = int(asked[1]) if asked[1] else max(len(body) - int(asked[2]), 0)
    last = min(int(asked[2]), len(body) - 1) if asked[1] and asked[2] else len(body) - 1
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
    return HttpResponse(body[first : last + 1], status=206, headers={"Content-Range": f"bytes {first}-{last}/{len(body)}"})


def _around(run: TestRun) -> dict[str, Any]:
    """The runs before and after."""
    runs = TestRun.objects.for_workspace(run.test.site.workspace_id).filter(test=run.test)
    return {
        "older": runs.filter(requested_at__lt=run.requested_at).order_by("-requested_at").values_list("id", flat=True).first(),
        "newer": runs.filter(requested_at__gt=run.requested_at).order_by("requested_at").values_list("id", flat=True).first(),
    }


def _run(workspace: Workspace, run_id: UUID) -> TestRun:
    return get_object_or_404(TestRun.objects.for_workspace(workspace).select_related("test__site__client"), id=run_id)


def _evidence(workspace: Workspace, run_id: UUID) -> QuerySet[RunEvidence]:
    return RunEvidence.objects.for_workspace(workspace).filter(run=run_id).select_related("run__test__site")
