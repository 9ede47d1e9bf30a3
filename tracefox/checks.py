"""What `manage.py check --deploy` asks of the place where snapshots are stored, before anything goes live.

A bucket in another region, one that is copied elsewhere, one without encryption by default, one that the public may read, or one that answers without TLS is
refused: these are promises to customers, so they are errors and not advice. The demands themselves are in `tracefox.blobs.bucket`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info

from tracefox.blobs import S3, bucket

OUTSIDE = "tracefox.E001"
BROKEN = "tracefox.E002"
UNANSWERED = "tracefox.E003"
OWN_SERVER = "tracefox.I001"


def check_bucket(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Registered for `check --deploy` by the scans app."""
    del app_configs
    if settings.BLOBS != "s3":
        return []
    if settings.S3_REGION != bucket.REGION:
        return [Error(f"The object storage is in {settings.S3_REGION}; snapshots stay in {bucket.REGION}.", hint="Set AWS_REGION.", id=OUTSIDE)]
    if not _is_amazon(settings.S3_ENDPOINT_URL):
        return [Info("S3_ENDPOINT_URL names a server of your own: where it keeps the bytes, and who else may read them, is yours to see to.", id=OWN_SERVER)]
    store = S3.connect(bucket=settings.S3_BUCKET, region=settings.S3_REGION, endpoint_url=settings.S3_ENDPOINT_URL)
    return [Error(fault.sentence, id=BROKEN if fault.is_known else UNANSWERED) for fault in bucket.faults(store.client, store.bucket)]


def _is_amazon(endpoint_url: str | None) -> bool:
    host = urlsplit(endpoint_url or "").hostname or ""
    return not endpoint_url or host.endswith((".amazonaws.com", ".api.aws"))
