"""What the hall keeps: applications of residents."""

from django.db import models


class Application(models.Model):
    """Somebody's request to the hall. How it prints tells nothing of who asked."""

    STATUSES = (("待受理", "待受理"), ("办理中", "办理中"), ("待补正", "待补正"), ("已办结", "已办结"))

    applicant = models.CharField("申请人", max_length=50)
    id_no = models.CharField("身份证号", max_length=18)
    mobile = models.CharField("手机号", max_length=20)
    address = models.CharField("住址", max_length=200)
    item = models.CharField("事项", max_length=50)
    status = models.CharField("状态", max_length=10, choices=STATUSES)
    note = models.TextField("备注", blank=True)
    submitted_on = models.DateField("申请日期")

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.item}（第{self.pk}号）"
