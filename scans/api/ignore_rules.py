"""Ignore rules over the API: see what one would have hidden, add it, end it. A program approves none."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import WorkspaceViewSet
from accounts.models import Client
from scans import ignore_rules
from scans.api import examples as shared
from scans.api import review_examples as examples
from scans.api import review_serializers as forms
from scans.api.callers import key_of, program_of
from scans.models import IgnoreRule, Site

A_PERSON_APPROVES = "An API key acts as a program, and a rule that hides critical changes is approved by a second person. Approve it in the dashboard."


@extend_schema(tags=["Ignore rules"])
class IgnoreRuleApi(mixins.ListModelMixin, WorkspaceViewSet):
    """Hides changes that somebody decided not to see: scoped, with a reason, and for a year at most."""

    model = IgnoreRule
    order = "-created_at"
    serializer_class = forms.RuleSerializer

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset().annotate(hidden=Count("changes"))
        return rows

    @extend_schema(operation_id="list_ignore_rules", summary="The ignore rules, newest first", examples=[examples.RULE])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="ignore_rule", summary="One ignore rule", examples=[examples.RULE])
    def retrieve(self, _request: Request, **_path: Any) -> Response:
        return Response(forms.RuleSerializer(self.get_object()).data)

    @extend_schema(
        operation_id="add_ignore_rule",
        summary="Add an ignore rule",
        description="It hides from the next scan on. With `up_to` `critical` it hides nothing before a second person approved it in the dashboard.",
        request=forms.RuleInSerializer,
        responses={201: forms.RuleSerializer},
        parameters=[shared.LOCATION_OF_NEW],
        examples=[OpenApiExample("A vendor's scripts", examples.RULE_IN, request_only=True), examples.RULE],
    )
    def create(self, request: Request) -> Response:
        sent = forms.RuleInSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        by, program = key_of(request).created_by, program_of(request)
        try:
            rule = ignore_rules.add(self.workspace, by=by, program=program, now=timezone.now(), **self._placed(sent.validated_data))
        except ignore_rules.BadRule as bad:
            raise ValidationError({bad.field: str(bad)}) from bad
        return Response(
            forms.RuleSerializer(self.get_queryset().get(pk=rule.pk)).data, status=201, headers={"Location": reverse("api-ignore-rule", args=[rule.pk])}
        )

    @extend_schema(
        operation_id="preview_ignore_rule",
        summary="What an ignore rule would have hidden of the stored past",
        description="Adds nothing and hides nothing.",
        request=forms.RuleScopeSerializer,
        responses={200: forms.PreviewSerializer},
        examples=[OpenApiExample("A vendor's scripts", examples.SCOPE, request_only=True), examples.PREVIEW],
    )
    def preview(self, request: Request) -> Response:
        sent = forms.RuleScopeSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            shown = ignore_rules.preview(self.workspace, **self._placed(sent.validated_data))
        except ignore_rules.BadRule as bad:
            raise ValidationError({bad.field: str(bad)}) from bad
        return Response(forms.PreviewSerializer(shown).data)

    @extend_schema(
        operation_id="approve_ignore_rule",
        summary="Refused: a person approves, in the dashboard",
        description="A rule that may hide critical changes needs a second person. A key is none, so this answers 403, and says so.",
        request=None,
        responses={403: None},
    )
    def approve(self, _request: Request, **_path: Any) -> Response:
        self.get_object()
        raise PermissionDenied(A_PERSON_APPROVES)

    @extend_schema(
        operation_id="end_ignore_rule",
        summary="End an ignore rule",
        description="It hides nothing more; what it hid stays under it. Twice is once.",
        request=None,
        responses={200: forms.RuleSerializer},
        examples=[examples.RULE],
    )
    def end(self, request: Request, **_path: Any) -> Response:
        rule = self.get_object()
        ignore_rules.end(rule, by=None, now=timezone.now(), program=program_of(request))
        return Response(forms.RuleSerializer(self.get_object()).data)

    def get_object(self) -> Any:
        return get_object_or_404(self.get_queryset().select_related("workspace"), pk=self.kwargs["pk"])

    def _placed(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The client and the site that were named, as rows of this workspace."""
        rows = {"client": Client.objects.for_workspace(self.workspace), "site": Site.objects.for_workspace(self.workspace)}
        placed = {name: rows[name].filter(pk=wanted[name]).first() for name in rows if name in wanted}
        if missing := [name for name, row in placed.items() if row is None]:
            raise ValidationError({missing[0]: f"This workspace has no {missing[0]} of this id."})
        return wanted | placed
