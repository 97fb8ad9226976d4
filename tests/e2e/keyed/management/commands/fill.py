"""`fill`: the residents, their visits, and the staff user."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand

from deploy.demo.hall.environment import STAFF
from tests.e2e.keyed.models import Resident, Visit
from tests.e2e.keyed.people import PASSWORD, RESIDENTS, VISITS


class Command(BaseCommand):
    help = "Fill an empty hall."

    def handle(self, **options: object) -> None:
        User.objects.create_superuser(STAFF, password=PASSWORD)
        Resident.objects.bulk_create(
            Resident(id_no=id_no, name=name, street=street) for id_no, name, street in RESIDENTS
        )
        Visit.objects.bulk_create(Visit(resident_id=id_no, item=item) for id_no, item in VISITS)
