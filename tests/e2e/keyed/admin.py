"""Django's admin as it comes."""

from django.contrib import admin

from tests.e2e.keyed.models import Resident, Visit


@admin.register(Resident)
class ResidentAdmin(admin.ModelAdmin):
    list_display = ("id_no", "name", "street")
    list_filter = ("street",)
    search_fields = ("street",)
    list_per_page = 5


@admin.register(Visit)
class VisitAdmin(admin.ModelAdmin):
    list_display = ("id", "resident", "item")
