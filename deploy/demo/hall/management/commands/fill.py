"""`fill`: applications of the register's first residents, and the staff user."""

from itertools import islice

from django.contrib.auth.models import Permission, User
from django.core.management.base import BaseCommand, CommandParser

from deploy.demo.hall.environment import STAFF
from deploy.demo.hall.models import Application
from deploy.demo.register.people import generate

APPLICATIONS = 200
_FIRST = 1000
"""So many residents are made that the first of them are those of any larger register, and no canary is among them."""


class Command(BaseCommand):
    help = "Fill an empty hall."

    def add_arguments(self, parser: CommandParser) -> None:
        # Not `required`: Django parses those anew, and takes a password that begins with a dash for an option.
        parser.add_argument("--seed", type=int)
        parser.add_argument("--password")

    def handle(self, *, seed: int, password: str, **options: object) -> None:
        residents = islice(generate(_FIRST, seed).residents, APPLICATIONS)
        Application.objects.bulk_create(
            Application(
                applicant=person.name,
                id_no=person.id_no,
                mobile=person.mobile,
                address=person.address,
                item=person.service,
                status=person.status,
                note=person.remark,
                submitted_on=person.registered_on,
            )
            for person in residents
        )
        clerk = User.objects.create_user(STAFF, password=password, is_staff=True)
        allowed = ("add_application", "change_application", "view_application")
        clerk.user_permissions.set(Permission.objects.filter(codename__in=allowed))
