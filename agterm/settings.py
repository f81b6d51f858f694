"""Django's settings, all derived from `Config`; this is the only bridge from the environment to Django."""

import re
from pathlib import Path

from agterm import config as configuration
from agterm import secrets
from agterm.version import VERSION
from providers import catalog, prices

PACKAGE = Path(__file__).resolve().parent

AGTERM = configuration.load()

SECRET_KEY = secrets.signing_key(AGTERM)
ENCRYPTION_KEYS = secrets.encryption_keys(AGTERM)
catalog.use(AGTERM.own_providers)
try:
    prices.use_snapshot(AGTERM.home / "prices.json")  # what `agterm prices refresh` keeps
    prices.use_overlay(AGTERM.prices_file)
except prices.PricesError as error:
    raise configuration.ConfigError(f"AGTERM_PRICES_FILE: {error}") from None
DEBUG = AGTERM.debug
ALLOWED_HOSTS = secrets.host_names(AGTERM)
CSRF_TRUSTED_ORIGINS = [*AGTERM.allowed_origins, *re.findall(r"^https?://[^/]+", AGTERM.public_url)]
SECURE_PROXY_SSL_HEADER = (
    "HTTP_X_FORWARDED_PROTO",
    "https",
)  # OriginMiddleware drops it unless a trusted proxy wrote it

INSTALLED_APPS = [
    "daphne",
    "agterm.admin.apps.SiteConfig",  # Django's admin with our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts.apps.AccountsConfig",
    "providers.apps.ProvidersConfig",
    "agents.apps.AgentsConfig",
    "profiles.apps.ProfilesConfig",
    "costs.apps.CostsConfig",
    "sessions.apps.SessionsConfig",
    "transcripts.apps.TranscriptsConfig",
    "recordings.apps.RecordingsConfig",
    "files.apps.FilesConfig",
    "runs.apps.RunsConfig",
    "notifications.apps.NotificationsConfig",
    "audit.apps.AuditConfig",
    "agterm.apps.AgtermConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "agterm.middleware.ContentSecurityPolicy",
    "core.envelope.EnvelopeMiddleware",
    "audit.middleware.AuditMiddleware",
    "accounts.origins.OriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.admin_site.BrowserLoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "agterm.urls"
ASGI_APPLICATION = "agterm.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
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

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": AGTERM.database_path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        "TEST": {"NAME": AGTERM.home / "test.sqlite3"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The throttles' counter is atomic inside the one web process; several processes need Redis (W001/E003 warn of that).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "agterm",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # of the default 300, a flood of callers would push the counters out
    }
}
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001"]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.LoggedIn"],
    "DEFAULT_RENDERER_CLASSES": ["core.envelope.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.envelope.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.CallerThrottle"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.envelope.JSONOnly",
    "EXCEPTION_HANDLER": "core.envelope.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "POSTPROCESSING_HOOKS": [],
    "TITLE": "AGTerm",
    "VERSION": VERSION,
    "DESCRIPTION": "A self-hosted workspace manager for AI agents. Success is `{success: true, data}`, every failure "
    "`{success: false, error: {code, message, details?}}`. The WebSockets and more words: docs/api.md.",
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "agterm.formats"

STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG


def _is_hashed(_path: str, url: str) -> bool:
    return "/static/app/assets/" in url


WHITENOISE_IMMUTABLE_FILE_TEST = _is_hashed

SESSION_COOKIE_NAME = "agterm_admin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = AGTERM.public_url.startswith("https:")
CSRF_FAILURE_VIEW = "core.envelope.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"own_errors": {"()": "core.logs.OwnErrorsInWords"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["own_errors"]}},
    "root": {"handlers": ["stderr"], "level": AGTERM.log_level.upper()},
    "loggers": {
        "uvicorn.error": {"level": "WARNING"},  # below that it writes socket URLs, tokens included
        "daphne.server": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},  # it tells of every request to a provider
        "httpcore": {"level": "INFO"},  # below that it writes headers
        "django.request": {"level": "ERROR"},  # a caller's 404 is no news
    },
}
