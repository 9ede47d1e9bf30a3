"""The wall between workspaces: every row a customer owns is asked for by workspace, or not at all.

A model that belongs to a customer is a `TenantModel` and says by `workspace_path` which lookup leads to its workspace. Its `objects` answers no query
until a workspace is named. To add a model: derive from `TenantModel`, set `workspace_path`; `tests/test_tenant_wall.py` fails for any that does neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import Workspace

Row = TypeVar("Row", bound="models.Model")


class TenantNotNamed(Exception):
    """A query for tenant rows did not say whose."""


class TenantManager(models.Manager[Row]):
    """Answers only after a workspace was named; `across_workspaces` is for the few modules listed in the tenant wall's test."""

    def get_queryset(self) -> models.QuerySet[Row]:
        raise TenantNotNamed(f"Start from {self.model.__name__}.objects.for_workspace(workspace).")

    def for_workspace(self, workspace: Workspace | UUID) -> models.QuerySet[Row]:
        return self.across_workspaces().filter(**{self.model.workspace_path: workspace})  # type: ignore[attr-defined]

    def across_workspaces(self) -> models.QuerySet[Row]:
        return super().get_queryset()

    def create(self, **fields: Any) -> Row:
        return self.across_workspaces().create(**fields)

    def bulk_create(self, objs: Any, *args: Any, **options: Any) -> list[Row]:
        return self.across_workspaces().bulk_create(objs, *args, **options)


class TenantModel(models.Model):
    """A row that belongs to one workspace, reached by `workspace_path` (a Django lookup from this model to `accounts.Workspace`)."""

    workspace_path: ClassVar[str]

    plain_rows_for_django_itself = models.Manager()
    objects: ClassVar[TenantManager[Self]] = TenantManager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        default_manager_name = "plain_rows_for_django_itself"
        base_manager_name = "plain_rows_for_django_itself"
