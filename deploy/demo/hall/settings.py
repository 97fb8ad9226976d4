"""Django's settings. The project stands behind a gateway that ends TLS under another host name."""

import os
from pathlib import Path

from deploy.demo.hall.environment import DATABASE, HOST_NAME, files_in
from deploy.private_file import make_password

_database = Path(os.environ[DATABASE])
_host_name = os.environ[HOST_NAME]

SECRET_KEY = make_password(files_in(_database.parent).secret_key)
DEBUG = False
ALLOWED_HOSTS = [_host_name.split(":", maxsplit=1)[0], "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [f"https://{_host_name}"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

INSTALLED_APPS = [
    "deploy.demo.hall.apps.HallConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
ROOT_URLCONF = "deploy.demo.hall.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": _database}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
