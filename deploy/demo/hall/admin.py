"""How staff see applications: Django's admin as it comes."""

from django.contrib import admin

from deploy.demo.hall.models import Application

admin.site.site_header = admin.site.site_title = "云溪区办事大厅"


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):
    list_display = ("id", "applicant", "mobile", "item", "status", "submitted_on")
    list_filter = ("status",)
    search_fields = ("item", "status")
    list_per_page = 50
