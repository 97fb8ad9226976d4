"""What people do about the lists of persons to tell, and what attempts at them come to."""

from incident import persons
from incident.acting import Acting
from incident.facts.persons import PersonsListed
from incident.ids import ENGINE, CaseId, PersonId


class PersonActs(Acting):
    """The acts of who asks for such a list, and of who agrees to it."""

    def ask_persons(
        self, case: CaseId, by: PersonId, source: str, recipient: str, reason: str, *, masked: bool
    ) -> None:
        """Want the list of persons to tell, encrypted to *recipient*."""
        self.record(case, by, lambda known: persons.ask(known, source, recipient, reason, masked=masked), reason)

    def agree_persons(self, case: CaseId, by: PersonId, number: int, recipient: str) -> None:
        """Agree, as the second person, that the list is made for that very *recipient*."""
        self.record(case, by, lambda known: persons.agree(known, number, recipient, by))

    def stop_persons(self, case: CaseId, by: PersonId, number: int, reason: str) -> None:
        """Try nothing more for a list."""
        self.record(case, by, lambda known: persons.stop(known, number, reason), reason)

    def persons_listed(self, case: CaseId, fact: PersonsListed) -> None:
        """Record what an attempt at a list came to."""
        self.ledger.record(case, lambda known: persons.listed(known, fact), at=self.now(), by=ENGINE)
