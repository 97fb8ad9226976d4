"""The one application of the project."""

from django.apps import AppConfig


class HallConfig(AppConfig):
    name = "deploy.demo.hall"
    label = "hall"
    verbose_name = "办事大厅"
