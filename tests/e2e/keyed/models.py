"""Residents by their ID numbers, and their visits."""

from django.db import models


class Resident(models.Model):
    """Somebody. How he prints is his number."""

    id_no = models.CharField("身份证号", max_length=30, primary_key=True)
    name = models.CharField("姓名", max_length=50)
    street = models.CharField("街道", max_length=50)

    class Meta:
        verbose_name = verbose_name_plural = "居民"
        ordering = ("street",)

    def __str__(self) -> str:
        return str(self.id_no)


class Visit(models.Model):
    """A resident's visit to the hall."""

    resident = models.ForeignKey(Resident, models.CASCADE, verbose_name="来访人")
    item = models.CharField("事项", max_length=50)

    class Meta:
        verbose_name = verbose_name_plural = "来访"

    def __str__(self) -> str:
        return f"{self.item}：{self.resident_id}"
