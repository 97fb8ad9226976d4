"""The first applications."""

from django.db import migrations, models

STATUSES = (("待受理", "待受理"), ("办理中", "办理中"), ("待补正", "待补正"), ("已办结", "已办结"))


class Migration(migrations.Migration):
    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("applicant", models.CharField("申请人", max_length=50)),
                ("id_no", models.CharField("身份证号", max_length=18)),
                ("mobile", models.CharField("手机号", max_length=20)),
                ("address", models.CharField("住址", max_length=200)),
                ("item", models.CharField("事项", max_length=50)),
                ("status", models.CharField("状态", max_length=10, choices=STATUSES)),
                ("note", models.TextField("备注", blank=True)),
                ("submitted_on", models.DateField("申请日期")),
            ],
            options={"verbose_name": "办件", "verbose_name_plural": "办件", "ordering": ("id",)},
        ),
    )
