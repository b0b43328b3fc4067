"""Settings of the tracker. All of them come from the environment and are safe by default.

``TRACKER_LOCAL=1`` is the one switch for a laptop: a key of its own, plain HTTP on loopback, embedded database and
broker. Without it the settings are those of production and a missing one is an error that says its name.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF

from tracker import __version__, env

BASE_DIR = env.BASE_DIR
LOCAL = env.flag("TRACKER_LOCAL", default=False)
DEBUG = env.flag("DEBUG", default=False)
DATA_DIR = env.data_dir()
SECRET_KEY = env.secret_key(local=LOCAL)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if LOCAL else [])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "tracker",
    "api",
    "review",
    "interchange",
    "pledges",
    "sanctions",
    "ingestion",
    "reference",
    "history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_celery_beat",
    "axes",
    "csp",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "tracker.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "api.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],  # the project's own are those of its first application
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# --- Database, cache, broker ------------------------------------------------------------------------------------------
DATABASES = {"default": env.database(default=f"sqlite:///{DATA_DIR / 'tracker.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis_url()
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tracker",
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 5},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tracker"}
}
# Counts of requests by address: apart, so that a crowd of addresses does not push out what else is kept.
CACHES["throttle"] = (
    {**CACHES["default"], "KEY_PREFIX": "throttle"}
    if REDIS_URL
    else {**CACHES["default"], "LOCATION": "throttle", "OPTIONS": {"MAX_ENTRIES": 100_000}}
)
# Answers of the API that were made already, up to 200 kB each.
CACHES["answers"] = (
    {**CACHES["default"], "KEY_PREFIX": "answers"}
    if REDIS_URL
    else {**CACHES["default"], "LOCATION": "answers", "OPTIONS": {"MAX_ENTRIES": 500}}
)

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # no results are kept, so no clearing away of results is scheduled
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = {
    "ingestion.tasks.poll_*": {"queue": "fetching"},
    "ingestion.tasks.visit_*": {"queue": "fetching"},
    "ingestion.tasks.extract_*": {"queue": "extraction"},
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        # Longer than the longest task, or it would run twice; unacknowledged work is looked for every few seconds.
        "visibility_timeout": 900,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        # A Redis that went away is noticed, and a request does not wait for it for long.
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.2}

# --- People -----------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
AXES_FAILURE_LIMIT = env.whole_number("LOGIN_FAILURE_LIMIT", default=5, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=env.whole_number("LOGIN_LOCKOUT_MINUTES", default=15, least=1))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "tracker.visitors.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_VERBOSE = False
# Who entered a record, or corrected it last, does not publish it.
FOUR_EYES = env.flag("FOUR_EYES", default=False)
# By recipient, the day before which a pledge draws a warning.
EARLIEST_AID = env.days("EARLIEST_AID", default="UA=2022-02-24")

# --- Language, time, files --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = ["tracker.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_USE_FINDERS = LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Security ---------------------------------------------------------------------------------------------------------
HTTPS = env.flag("HTTPS", default=not LOCAL)
SECURE_SSL_REDIRECT = HTTPS and env.flag("HTTPS_REDIRECT", default=True)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "if-none-match"]
CORS_EXPOSE_HEADERS = [
    "content-disposition", "deprecation", "etag", "last-modified", "link", "location", "ratelimit", "ratelimit-policy",
    "retry-after", "sunset", "x-total-count",
]  # fmt: skip
CORS_PREFLIGHT_MAX_AGE = 86_400

RELEASE = __version__

# --- The published record as files ------------------------------------------------------------------------------------
DOWNLOADS_DIR = env.text("DOWNLOADS_DIR", default=str(DATA_DIR / "downloads"))
# Editions that are made every night: of all datasets that may be given out, or of single ones by their keys.
DOWNLOADS_OF = env.words("DOWNLOADS_OF", default=["all", "tracker"])
DOWNLOADS_KEPT = env.whole_number("DOWNLOADS_KEPT", default=30, least=1)
IATI_REPORTING_ORG = env.organisation_id("IATI_REPORTING_ORG", default="UNREGISTERED-PLEDGE-TRACKER")
IATI_REPORTING_ORG_NAME = env.text("IATI_REPORTING_ORG_NAME", default="Aid and sanctions pledge tracker")
IATI_REPORTING_ORG_TYPE = env.choice("IATI_REPORTING_ORG_TYPE", default="90", allowed=env.ORGANISATION_TYPES)

# --- The public API ---------------------------------------------------------------------------------------------------
# How often one address may ask in a minute; 0 is no limit. Downloads are whole lists as CSV, XLSX or NDJSON.
API_REQUESTS_PER_MINUTE = env.whole_number("API_REQUESTS_PER_MINUTE", default=300, least=0)
API_DOWNLOADS_PER_MINUTE = env.whole_number("API_DOWNLOADS_PER_MINUTE", default=20, least=0)
# How long the database may add up records for one answer; 0 is no limit.
API_SECONDS_OF_SUMMING = env.whole_number("API_SECONDS_OF_SUMMING", default=10, least=0)
VISITOR_ADDRESS = "tracker.visitors.address_of"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "COERCE_DECIMAL_TO_STRING": True,
    "URL_FORMAT_OVERRIDE": None,  # `format` is read by api.formats, and is no part of the addresses in answers
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Aid and sanctions pledge tracker",
    "DESCRIPTION": (
        "What countries have pledged in aid and which sanctions they have imposed, each record reviewed by a person "
        "and tied to the words that it rests on. Read-only, without a key. Amounts are texts and exact; what is not "
        "known is null, never zero."
    ),
    "VERSION": "1",
    "TAGS": [
        {"name": "totals", "description": "Sums of pledges, counts of measures."},
        {"name": "pledges", "description": "Pledges of aid with their evidence."},
        {"name": "sanctions", "description": "Sanctions measures with their steps and evidence."},
        {"name": "parties", "description": "Countries, organisations, groups and funds."},
        {"name": "articles", "description": "Articles that ground a published record."},
        {"name": "changes", "description": "What was added, modified, withdrawn and corrected."},
        {"name": "feeds", "description": "New pledges and corrections as Atom feeds."},
        {"name": "exchange rates", "description": "What one euro cost in a currency on a day."},
        {"name": "vocabularies", "description": "Every code with its label, meaning and standard code."},
        {"name": "start", "description": "Where everything is."},
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.schema_hooks.complete"],
}

# --- Fetching ---------------------------------------------------------------------------------------------------------
NO_CONTACT = "no contact address given"
CONTACT_ADDRESS = env.text("CONTACT_ADDRESS", default=NO_CONTACT)
FETCH_TIMEOUT_SECONDS = env.whole_number("FETCH_TIMEOUT_SECONDS", default=20, least=1)
# Between two requests to one host; a site's robots.txt may ask for more.
HOST_DELAY_SECONDS = env.seconds("HOST_DELAY_SECONDS", default=1.0)
FETCH_MAX_BYTES = env.whole_number("FETCH_MAX_BYTES", default=10_000_000, least=1000)
# Longer than a reading may take (90 s): a revision whose reader died is read again once its lease is over.
EXTRACTION_LEASE_SECONDS = env.whole_number("EXTRACTION_LEASE_SECONDS", default=120, least=1)
FETCH_ALLOW_LOOPBACK = env.flag("FETCH_ALLOW_LOOPBACK", default=False)
LOCAL_SOURCES_ROOT = env.text("LOCAL_SOURCES_ROOT", default=str(BASE_DIR / "sample"))
ECB_RATES_URL = env.text("ECB_RATES_URL", default="https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml")

# --- Mail to staff ----------------------------------------------------------------------------------------------------
STAFF_MAIL = env.staff_mail()
MAIL_FROM = DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mail_from()
EMAIL_URL_GIVEN = bool(env.text("EMAIL_URL"))
_mail = env.mail_server(local=LOCAL)
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"] or "localhost", _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20

# --- The first start --------------------------------------------------------------------------------------------------
LOAD_SAMPLE = env.flag("LOAD_SAMPLE", default=LOCAL)

# --- Logs -------------------------------------------------------------------------------------------------------------
LOG_LEVEL = env.choice("LOG_LEVEL", default="INFO", allowed=("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_JSON = env.flag("LOG_JSON", default=not LOCAL)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structured": {"()": "tracker.logs.formatter", "as_json": LOG_JSON}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "httpx": {"level": "WARNING"},
        # On a laptop a line for every task that ran well is only noise.
        "celery": {"level": "WARNING" if LOCAL and LOG_LEVEL == "INFO" else LOG_LEVEL},
        "axes": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
