"""API keys: make one, recognise one, revoke one. The secret leaves this module once, when it is made; we keep what can only recognise it.

A key is `tfx_live_<8: its public id>_<43: 256 random bits>_<6: CRC32>`, all in base62, so that a secret scanner can find a leaked one by `PATTERN` and the
check sum tells a mistyped key without a query. Kept are the public id, a salt, and HMAC-SHA256(pepper, salt + secret): at 256 bits nothing slower is needed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from accounts.models import ApiKey, User, Workspace

PATTERN = re.compile(r"tfx_live_([0-9A-Za-z]{8})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})", re.ASCII)
LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
NO_SALT = bytes(16)
USE_IS_NOTED_EVERY = timedelta(minutes=1)


def create(*, workspace: Workspace, name: str, by: User | None, can_write: bool) -> tuple[ApiKey, str]:
    """A new key and its plain text, which nobody can read again."""
    key_id, secret, salt = _random(8), _random(43), secrets.token_bytes(16)
    digest = _digest(salt, secret)
    key = ApiKey.objects.create(workspace=workspace, name=name, key_id=key_id, salt=salt, digest=digest, can_write=can_write, created_by=by)
    head = f"tfx_live_{key_id}_{secret}"
    return key, f"{head}_{_check_sum(head)}"


def verify(plain: str, *, now: datetime) -> ApiKey | None:
    """The key that this text is, unless it is unknown or revoked. An unknown id costs the same work as a wrong secret."""
    match = PATTERN.fullmatch(plain)
    if match is None or _check_sum(plain[: match.start(3) - 1]) != match[3]:
        return None
    key = ApiKey.objects.across_workspaces().select_related("workspace").filter(key_id=match[1]).first()
    salt, digest = (bytes(key.salt), bytes(key.digest)) if key else (NO_SALT, b"")
    same = hmac.compare_digest(_digest(salt, match[2]), digest)
    if key is None or not same or key.revoked_at is not None:
        return None
    _note_use(key, now=now)
    return key


def revoke(key: ApiKey, *, now: datetime) -> None:
    """From now on the key opens nothing. Revoking it again changes nothing."""
    key.revoked_at = key.revoked_at or now
    key.save(update_fields=["revoked_at"])


def _note_use(key: ApiKey, *, now: datetime) -> None:
    """At most once a minute. Requests at the same moment do not wait for each other: whoever has the row notes it."""
    before = now - USE_IS_NOTED_EVERY
    if key.last_used_at is not None and key.last_used_at > before:
        return
    rows = ApiKey.objects.for_workspace(key.workspace_id).filter(Q(last_used_at=None) | Q(last_used_at__lte=before), id=key.id)
    free = rows.select_for_update(skip_locked=True).values("id")
    if ApiKey.objects.for_workspace(key.workspace_id).filter(id__in=free).update(last_used_at=now):
        key.last_used_at = now


def _digest(salt: bytes, secret: str) -> bytes:
    return hmac.digest(settings.API_KEY_PEPPER.encode(), salt + secret.encode(), hashlib.sha256)


def _check_sum(head: str) -> str:
    rest, letters = zlib.crc32(head.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, len(LETTERS))
        letters = LETTERS[digit] + letters
    return letters


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
