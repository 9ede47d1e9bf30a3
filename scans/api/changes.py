"""Changes over the API: list them, read one with its evidence, decide about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import WorkspaceViewSet
from scans import changes
from scans.api import review_examples as examples
from scans.api import review_serializers as forms
from scans.api.callers import program_of
from scans.models import Change, Evidence
from tracefox.api.problems import Conflict

BODIES = ("sha256", "body", "text", "normalised", "screenshot")  # the facts that name a stored object


@extend_schema(tags=["Changes"])
class ChangeApi(WorkspaceViewSet):
    """A difference between a scan and what was known of the site. One that may require review is called a Potential Risk."""

    model = Change
    order = "-found_at"
    serializer_class = forms.ChangeSerializer

    def get_queryset(self) -> QuerySet[Change]:
        return super().get_queryset().select_related("workspace")

    @extend_schema(operation_id="list_changes", summary="The changes of all sites, newest first", parameters=[forms.ChangeQuery], examples=[examples.CHANGE])
    def list(self, request: Request) -> Response:
        asked = forms.ChangeQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        wanted = dict(asked.validated_data)
        rows: Any = self.paginate_queryset(changes.found(self.workspace, words=wanted.pop("q", ""), **wanted))
        return self.get_paginated_response(forms.ChangeSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="change",
        summary="One change: before and after, its cause, the rule that judged it, its evidence",
        responses={200: forms.ChangeDetailSerializer},
        examples=[examples.CHANGE_DETAIL],
    )
    def retrieve(self, _request: Request, **_path: Any) -> Response:
        return self._shown(self.get_object())

    @extend_schema(
        operation_id="acknowledge_change",
        summary="Note that a change was seen",
        description="Twice is once. What is marked as expected already is a conflict: reopen it first.",
        request=None,
        responses={200: forms.ChangeDetailSerializer, 409: None},
        examples=[examples.CHANGE_DETAIL],
    )
    def acknowledge(self, request: Request, **_path: Any) -> Response:
        return self._decide(changes.acknowledge, request)

    @extend_schema(
        operation_id="expect_change",
        summary="Mark a change as expected, and say why",
        request=forms.JustificationSerializer,
        responses={200: forms.ChangeDetailSerializer, 409: None},
        examples=[OpenApiExample("A deployment", {"justification": "We deployed the new chat today."}, request_only=True), examples.CHANGE_DETAIL],
    )
    def expected(self, request: Request, **_path: Any) -> Response:
        self.get_object()  # another's change is no change, whatever was sent with it
        sent = forms.JustificationSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return self._decide(lambda change, **who: changes.expect(change, justification=sent.validated_data["justification"], **who), request)

    @extend_schema(
        operation_id="reopen_change",
        summary="Take back what was decided about a change",
        request=None,
        responses={200: forms.ChangeDetailSerializer},
        examples=[examples.CHANGE_DETAIL],
    )
    def reopen(self, request: Request, **_path: Any) -> Response:
        return self._decide(changes.reopen, request)

    def get_object(self) -> Change:
        change: Change = get_object_or_404(self.get_queryset().select_related("site"), pk=self.kwargs["pk"])
        return change

    def _decide(self, verb: Callable[..., None], request: Request) -> Response:
        change = self.get_object()
        try:
            verb(change, by=None, now=timezone.now(), program=program_of(request))
        except changes.AlreadyReviewed as already:
            raise Conflict(str(already)) from already
        except changes.JustificationMissing as missing:
            raise ValidationError({"justification": str(missing)}) from missing
        return self._shown(change)

    def _shown(self, change: Change) -> Response:
        return Response(forms.ChangeDetailSerializer(change, context={"evidence": self._evidence(change)}).data)

    def _evidence(self, change: Change) -> Sequence[dict[str, str]]:
        """The newest stored object for each hash that the change names; found among the same site's, since a hash says nothing about whose it is."""
        named = [facts.get(name) for facts in (change.before or {}, change.after or {}, change.about) for name in BODIES]
        wanted = {value for value in named if isinstance(value, str) and len(value) == 64}
        if not wanted:
            return []
        rows = Evidence.objects.for_workspace(self.workspace).filter(snapshot__scan__site=change.site_id, sha256__in=wanted)
        newest = rows.order_by("sha256", "kind", "-snapshot__captured_at").distinct("sha256", "kind")
        return [{"sha256": row.sha256, "kind": row.kind, "url": reverse("api-evidence", args=[row.snapshot_id, row.pk])} for row in newest]
