"""Every setting, in one file, from the environment. Nothing else reads the environment.

A missing secret in production stops the program; so does a setting that exists for tests only.
"""

from __future__ import annotations

import base64
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tracefox import logs
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
    "django_structlog",
    "accounts",
    "alerts",
    "scans",
    "checkout",
]

MIDDLEWARE = [
    "tracefox.http.headers",
    "csp.middleware.CSPMiddleware",
    "tracefox.http.refuse_plain_api",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tracefox.http.refuse_large_bodies",
    "tracefox.http.refuse_foreign_writes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.end_old_sessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
                "accounts.navigation.navigation",
            ],
            "builtins": ["tracefox.ui"],
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
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["accounts.passwords.BcryptHasher"]
PASSWORD_BCRYPT_COST = 4 if ENVIRONMENT == "test" else 12
PASSWORD_PEPPER = secret("TRACEFOX_PASSWORD_PEPPER", development="development-only-password-pepper")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.NotTooLong"},
    {"NAME": "accounts.passwords.NotOurName"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
ACCOUNT_FORMS = {"signup": "accounts.forms.SignUp"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/15m/key"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = ORIGIN.partition(":")[0]
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tracefox"

# --- mail -------------------------------------------------------------------------------------------------------------------------------------------
vars().update(env.email_url_config(secret("TRACEFOX_EMAIL_URL", development="consolemail://")))
DEFAULT_FROM_EMAIL = env.str("TRACEFOX_MAIL_FROM", "Tracefox <no-reply@tracefox.co>")

# --- sessions and cookies ---------------------------------------------------------------------------------------------------------------------------
# The prefix makes a browser refuse the cookie unless it is Secure, for the whole host and nobody else's. It needs TLS, so development goes without.
SESSION_COOKIE_NAME = "__Host-sid" if PRODUCTION else "sid"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = SESSION_LONGEST = 7 * 24 * 3600
SESSION_IDLE = 8 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [ORIGIN]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- headers ----------------------------------------------------------------------------------------------------------------------------------------
TRUSTED_PROXIES = env.int("TRACEFOX_TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63072000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

# --- the API ----------------------------------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    # A view names its door itself; one that forgets it is closed to all.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tracefox.api.reading.ShallowJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "tracefox.api.reading.OneAnswer",
    "DEFAULT_PAGINATION_CLASS": "tracefox.api.paging.KeysetPagination",
    "DEFAULT_THROTTLE_CLASSES": ["tracefox.api.rate.WorkspaceRate"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "tracefox.api.problems.answer",
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Tracefox",
    "VERSION": "1",
    "DESCRIPTION": "Watch web sites, scan them, and read what the scans saw. Every request needs an API key; every refusal is a problem (RFC 9457).",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PREPROCESSING_HOOKS": ["tracefox.api.description.keep_ours"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "tracefox.api.description.add_refusals"],
    "ENUM_NAME_OVERRIDES": {
        "ScanStatus": "scans.models.Scan.Status",
        "ScanTrigger": "scans.models.Scan.Trigger",
        "PageKind": "scans.models.Page.Kind",
        "ChangeKind": "scans.models.Change.Kind",
        "ChangeReview": "scans.models.Change.Review",
        "ChangeCategory": "scans.diff.change.CATEGORIES",
        "ChangeSeverity": "scans.api.review_serializers.SEVERITIES",
        "RegisterKind": "scans.models.RegisterEntry.Kind",
        "CheckoutTestState": "checkout.models.CheckoutTest.State",
        "CheckoutRunStatus": "checkout.models.TestRun.Status",
        "CheckoutRunTrigger": "checkout.models.TestRun.Trigger",
        "CheckoutPartStatus": "checkout.api.serializers.PART_STATUSES",
    },
    "TAGS": [
        {"name": "Workspace", "description": "What the key opens."},
        {"name": "Clients", "description": "The agency's clients, who own sites."},
        {"name": "Sites", "description": "What is under watch: Monitored Websites and their pages."},
        {"name": "Scans", "description": "Sessions in a headless browser, what they saw and the evidence for it."},
        {"name": "Changes", "description": "What differs from what was known of a site, how grave it is, and what was decided about it."},
        {"name": "Ignore rules", "description": "What is not to be seen, why, and until when."},
        {
            "name": "Checkout tests",
            "description": "Can people still buy? Recorded steps, replayed on the live shop up to a stop point.",
        },
        {"name": "Register", "description": "Scripts and headers of payment pages: evidence for PCI DSS 6.4.3 and 11.6.1."},
    ],
}

# --- language and time ------------------------------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# --- static files -----------------------------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "tracefox" / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION  # production serves what `collectstatic` gathered, under names that hold the content's hash
_STATICFILES = "whitenoise.storage.CompressedManifestStaticFilesStorage" if PRODUCTION else "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}, "staticfiles": {"BACKEND": _STATICFILES}}

# --- secrets at rest --------------------------------------------------------------------------------------------------------------------------------
VAULT_KMS_KEY = env.str("TRACEFOX_VAULT_KMS_KEY", "")
_DEVELOPMENT_RING = "dev:" + base64.b64encode(b"development-only-key-32-bytes!!!").decode()
VAULT_KEYS = env.str("TRACEFOX_VAULT_KEYS", "") if VAULT_KMS_KEY else secret("TRACEFOX_VAULT_KEYS", development=_DEVELOPMENT_RING)
# Opens Test Data: for checkout workers, and for nobody else. In production a web server or another worker that is given it refuses to start.
RUNNER_KMS_KEY = env.str("TRACEFOX_RUNNER_KMS_KEY", "")
_DEVELOPMENT_RUNNER_RING = "dev:" + base64.b64encode(b"development-only-runner-ring-32!").decode()
RUNNER_KEYS = secret("TRACEFOX_RUNNER_KEYS", development="" if RUNNER_KMS_KEY else _DEVELOPMENT_RUNNER_RING, needed=False)
API_KEY_PEPPER = secret("TRACEFOX_API_KEY_PEPPER", development="development-only-pepper")

# --- object storage ---------------------------------------------------------------------------------------------------------------------------------
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", "") or None
S3_BUCKET = env.str("S3_BUCKET", "tracefox-snapshots")
S3_REGION = env.str("AWS_REGION", "eu-west-1")
S3_ENCRYPTION = env.str("S3_ENCRYPTION", "AES256")  # or aws:kms, then with the bucket's default key
BLOBS = env.str("TRACEFOX_BLOBS", "s3")  # or directory, or memory
BLOBS_DIRECTORY = env.str("TRACEFOX_BLOBS_DIRECTORY", str(BASE_DIR / ".run" / "blobs"))

# --- the browser and its only way out ---------------------------------------------------------------------------------------------------------------
# The binary itself: the wrapper of the same name in /usr/bin stays between us and the browser when it is to be ended.
BROWSER = env.str("TRACEFOX_BROWSER", "/usr/lib/chromium/chromium-headless-shell")
EGRESS_HOSTS = env.str("TRACEFOX_EGRESS_HOSTS", "")
EGRESS_CA = env.str("TRACEFOX_EGRESS_CA", "")
EGRESS_DENY = env.list("TRACEFOX_EGRESS_DENY", default=[])
EGRESS_ISOLATION = env.str("TRACEFOX_EGRESS_ISOLATION", "netns")
if PRODUCTION and (EGRESS_HOSTS or EGRESS_CA):
    raise ImproperlyConfigured("TRACEFOX_EGRESS_HOSTS and TRACEFOX_EGRESS_CA open the egress guard for tests. Unset them in production.")

# Public lists of malicious and tracking hosts, as `manage.py refresh_lists` wrote them. Empty: none is asked.
LISTS = env.str("TRACEFOX_LISTS", "")

# --- jobs -------------------------------------------------------------------------------------------------------------------------------------------
SCAN_LEASE_SECONDS = env.int("TRACEFOX_SCAN_LEASE_SECONDS", 120)  # a worker that is silent for so long has lost its scan to another
RUN_LEASE_SECONDS = env.int("TRACEFOX_RUN_LEASE_SECONDS", 60)  # the same for a Test Run
RUNS_AT_ONCE = env.int("TRACEFOX_RUNS_AT_ONCE", 2)  # so many Test Runs of one workspace at once
ONBOARDING_LOADS = env.int("TRACEFOX_ONBOARDING_LOADS", 6)  # so often a new page is loaded before anything about it is told
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "scans.tasks.run_scan": {"queue": "scan"},
    # What needs the runner's keys or a browser. The rest of checkout testing is short, and goes to `default`.
    "checkout.tasks.run_next": {"queue": "checkout"},
    "checkout.tasks.make_runner_keys": {"queue": "checkout"},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,  # then a message is delivered again: what it rings for is done by then, or claimed, and nothing happens twice
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 5,
    "socket_timeout": 10,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}  # a lost bell is rung again by beat
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # remembers nothing, so it needs no file; what is due stands in the database
CELERY_BEAT_SCHEDULE = {
    # Messages that nobody took pile up for two hours at most. Not less: a worker's clock may be an hour wrong.
    "take back scans whose worker is gone": {"task": "scans.tasks.reap", "schedule": 10.0, "options": {"expires": 7200.0}},
    "queue the sites that are due": {"task": "scans.tasks.ring_due", "schedule": 15.0, "options": {"expires": 7200.0}},
    "take back runs whose worker is gone": {"task": "checkout.tasks.reap", "schedule": 10.0, "options": {"expires": 7200.0}},
    "queue the checkout tests that are due": {"task": "checkout.tasks.ring_due", "schedule": 15.0, "options": {"expires": 7200.0}},
}

# --- logs -------------------------------------------------------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("TRACEFOX_LOG_LEVEL", "WARNING" if STAGE == "test" else "INFO").upper()
LOGGING = logs.configure(json=PRODUCTION, level=LOG_LEVEL)
