"""The register of payment pages over the API: evidence for PCI DSS 6.4.3 and 11.6.1."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import WorkspaceViewSet
from scans import register, register_paper, register_sheet
from scans.api import review_examples as examples
from scans.api import review_serializers as forms
from scans.api.callers import program_of
from scans.api.scans import SANDBOX
from scans.models import RegisterEntry, Site
from tracefox.api.problems import Conflict, Unavailable


@extend_schema(tags=["Register"])
class RegisterApi(WorkspaceViewSet):
    """The scripts and security headers of a site's payment pages, with their justification and who authorised them."""

    model = RegisterEntry
    order = "id"
    serializer_class = forms.EntrySerializer

    def get_queryset(self) -> QuerySet[RegisterEntry]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return super().get_queryset().filter(page__site=self._site())

    @extend_schema(
        operation_id="list_register", summary="The register of a site's payment pages, and of those that were payment pages once", examples=[examples.ENTRY]
    )
    def list(self, _request: Request, **_path: Any) -> Response:
        entries = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(forms.EntrySerializer(self._read([entry.pk for entry in entries]), many=True).data)

    @extend_schema(
        operation_id="change_register_entry",
        summary="Justify an entry, authorise it, or withdraw that",
        description="An entry is authorised as it is now; if its content changes later, its state says so. The key's name stands as who authorised it. "
        "Send the `sha256` that you looked at: where the entry is another by now, the answer is 409 and nothing is written.",
        request=forms.EntryPatchSerializer,
        responses={200: forms.EntrySerializer, 409: None},
        examples=[
            OpenApiExample("Justified and authorised", examples.DECISION, request_only=True),
            examples.ENTRY,
        ],
    )
    def partial_update(self, request: Request, **_path: Any) -> Response:
        entry = get_object_or_404(self.get_queryset().select_related("page__site__workspace"), pk=self.kwargs["pk"])
        sent = forms.EntryPatchSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            self._change(entry, sent.validated_data, program=program_of(request))
        except register.JustificationMissing as missing:
            raise ValidationError({"justification": str(missing)}) from missing
        except register.Outdated as outdated:
            raise Conflict(str(outdated)) from outdated
        return Response(forms.EntrySerializer(self._read([entry.pk])[0]).data)

    @extend_schema(
        operation_id="register_csv",
        summary="The register of a site's payment pages as CSV",
        description="Page by page. Each line says that it is evidence for PCI DSS 6.4.3 and 11.6.1.",
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def csv(self, _request: Request, **_path: Any) -> HttpResponse:
        name = {"Content-Disposition": 'attachment; filename="payment-pages.csv"'}
        return HttpResponse(register_sheet.as_csv(register.rows(self._site())), content_type="text/csv", headers=SANDBOX | name)

    @extend_schema(
        operation_id="register_pdf",
        summary="The register of a site's payment pages as PDF",
        description="As it stands now, for people. With 503 the same is in the CSV.",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, 503: None},
    )
    def pdf(self, _request: Request, **_path: Any) -> HttpResponse:
        try:
            printed = register_paper.pdf(self._site(), now=timezone.now())
        except register_paper.NotPrinted as error:
            raise Unavailable(str(error)) from error
        name = {"Content-Disposition": 'attachment; filename="payment-pages.pdf"'}
        return HttpResponse(printed, content_type="application/pdf", headers=SANDBOX | name)

    @transaction.atomic
    def _change(self, entry: RegisterEntry, wanted: dict[str, Any], *, program: str) -> None:
        register.hold(entry, sha256=wanted.get("sha256"))
        if "justification" in wanted:
            register.justify(entry, by=None, justification=wanted["justification"], now=timezone.now(), program=program)
        if "authorised" in wanted:
            (register.authorise if wanted["authorised"] else register.withdraw)(entry, by=None, now=timezone.now(), program=program)

    def _read(self, ids: Any) -> Any:
        return register.read(self.get_queryset().filter(pk__in=ids).order_by("id"), workspace=self.workspace)

    def _site(self) -> Site:
        return get_object_or_404(Site.objects.for_workspace(self.workspace), pk=self.kwargs["site"])
