"""The one application of the project."""

from django.apps import AppConfig


class KeyedConfig(AppConfig):
    name = "tests.e2e.keyed"
    label = "keyed"
    default_auto_field = "django.db.models.BigAutoField"
