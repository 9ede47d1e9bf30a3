"""Who: people, the workspace they work in, the clients they work for, and the keys that programs use.

Fields, constraints and state changes of one's own row; verbs live in `workspaces`, `clients`, `api_keys`.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from accounts.tenancy import TenantModel


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address. Belongs to workspaces by `Membership`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.email


class Workspace(models.Model):
    """Our customer, the agency; the tenant. Everything a customer owns hangs on one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    site_limit = models.PositiveIntegerField(default=25, help_text="How many sites may be watched. Written by billing.")
    concurrent_scan_limit = models.PositiveIntegerField(default=4, help_text="How many scans of this workspace run at once.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """From most to least. Order matters: `at_least` compares by it."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"

    def at_least(self, other: Role) -> bool:
        order = list(Role)
        return order.index(self) <= order.index(other)


class Membership(TenantModel):
    """A user in a workspace, with a role."""

    workspace_path = "workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.workspace_id}: {self.role}"


class Client(TenantModel):
    """The agency's client, who owns sites. Never our own customer."""

    workspace_path = "workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="clients")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="client_name_once_per_workspace")]

    def __str__(self) -> str:
        return self.name


class ApiKey(TenantModel):
    """A program's way in. The secret is shown once; here are its public id, a salt and a salted, peppered hash."""

    workspace_path = "workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    key_id = models.CharField(max_length=12, unique=True)
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    can_write = models.BooleanField(default=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.key_id})"


class DataKey(TenantModel):
    """A workspace's data key, wrapped by the key ring or by KMS. The newest one that is not retired seals; all that are left open."""

    workspace_path = "workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="data_keys")
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], condition=models.Q(retired_at=None), name="one_current_data_key_per_workspace"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AuditEvent(TenantModel):
    """Something that a member or a key did. Written by `accounts.audit`, never changed."""

    workspace_path = "workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="audit_events", db_index=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=254, help_text="Who it was, in words that stay when the person is gone.")
    action = models.CharField(max_length=60, help_text="topic.verb, e.g. change.expected")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    details = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "-at", "-id"], name="audit_trail"),
            models.Index(fields=["workspace", "subject_kind", "subject_id", "-at"], name="audit_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_name}"

    @property
    def words(self) -> str:
        """`ignore_rule.approved` -> `Ignore rule approved`."""
        return self.action.replace(".", " ").replace("_", " ").capitalize()
