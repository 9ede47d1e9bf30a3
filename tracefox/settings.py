"""Every setting, in one file, from the environment. Nothing else reads the environment.

A missing secret in production stops the program; so does a setting that exists for tests only.
"""

from __future__ import annotations

import base64
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tracefox.env import PRODUCTION, STAGE, env, secret

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = STAGE
DEBUG = False
SECRET_KEY = secret("TRACEFOX_SECRET_KEY", development="development-only-" + "0" * 48)
ALLOWED_HOSTS = env.list("TRACEFOX_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "testserver"])
ORIGIN = env.str("TRACEFOX_ORIGIN", "https://tracefox.co" if PRODUCTION else "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_structlog",
    "accounts",
    "scans",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "tracefox.urls"
WSGI_APPLICATION = "tracefox.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- data -------------------------------------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://tracefox@127.0.0.1:5432/tracefox")}
DATABASES["default"]["ATOMIC_REQUESTS"] = True
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "tracefox"}}

# --- people -----------------------------------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["accounts.passwords.BcryptHasher"]
SESSION_COOKIE_NAME = "__Host-sid" if PRODUCTION else "sid"

# --- language and time ------------------------------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# --- static files -----------------------------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "tracefox" / "static"]

# --- secrets at rest --------------------------------------------------------------------------------------------------------------------------------
VAULT_KMS_KEY = env.str("TRACEFOX_VAULT_KMS_KEY", "")
VAULT_KEYS = "" if VAULT_KMS_KEY else secret("TRACEFOX_VAULT_KEYS", development="dev:" + base64.b64encode(b"development-only-key-32-bytes!!!").decode())
API_KEY_PEPPER = secret("TRACEFOX_API_KEY_PEPPER", development="development-only-pepper")

# --- object storage ---------------------------------------------------------------------------------------------------------------------------------
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", "") or None
S3_BUCKET = env.str("S3_BUCKET", "tracefox-snapshots")
S3_REGION = env.str("AWS_REGION", "eu-west-1")
BLOBS = env.str("TRACEFOX_BLOBS", "s3")

# --- the browser and its only way out ---------------------------------------------------------------------------------------------------------------
BROWSER = env.str("TRACEFOX_BROWSER", "/usr/bin/chromium-headless-shell")
EGRESS_HOSTS = env.str("TRACEFOX_EGRESS_HOSTS", "")
EGRESS_CA = env.str("TRACEFOX_EGRESS_CA", "")
EGRESS_DENY = env.list("TRACEFOX_EGRESS_DENY", default=[])
EGRESS_ISOLATION = env.str("TRACEFOX_EGRESS_ISOLATION", "netns")
if PRODUCTION and (EGRESS_HOSTS or EGRESS_CA):
    raise ImproperlyConfigured("TRACEFOX_EGRESS_HOSTS and TRACEFOX_EGRESS_CA open the egress guard for tests. Unset them in production.")

# --- jobs -------------------------------------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
