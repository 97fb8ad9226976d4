"""What people do about several cases at once: merging, splitting and linking them."""

from incident import merging
from incident.acting import Acting
from incident.ids import CaseId, PersonId, person
from incident.ledger import Together
from incident.taken import LinkKind


class SeveralActs(Acting):
    """The acts that bind more than one case."""

    def merge(self, goes: CaseId, stays: CaseId, by: PersonId, reason: str) -> None:
        """Let the case *goes* go into the case *stays*, with all that binds it."""
        self.check_text(reason)
        self.ledger.refresh()
        now, who = self.now(), person(by)
        self.ledger.record_together(
            lambda: merging.merge(self.get(goes), self.get(stays), reason, who, self.books_of, now), at=now, by=who
        )
        self.carry_on(stays)

    def split(self, case: CaseId, alert: str, by: PersonId, reason: str) -> CaseId:
        """Let *alert* become a case of its own, and return its number."""
        self.check_text(reason)
        self.ledger.refresh()
        now, who, begun = self.now(), person(by), CaseId("")
        known = self.get(case).alerts.get(alert)
        opened, texts = self.opening(known.title, known, known.level) if known else (None, {})

        def decide() -> Together:
            nonlocal begun
            begun = self.ledger.next_id(now.astimezone(self.rules.press.zone).date())
            left, begins = merging.split(self.get(case), alert, begun, reason, now)
            assert opened is not None
            return Together(facts=((case, left), (begun, (opened, *begins))), alerts=(alert,), to=begun)

        self.ledger.record_together(decide, at=now, by=who, playbooks=texts)
        self.carry_on(begun)
        self.carry_on(case)
        return begun

    def link(self, case: CaseId, by: PersonId, kind: LinkKind, other: CaseId, reason: str) -> None:
        """Say how *case* hangs together with *other*."""
        there = self.get(other)
        self.record(case, by, lambda known: merging.link(known, kind, there, reason), reason)

    def unlink(self, case: CaseId, by: PersonId, kind: LinkKind, other: CaseId, reason: str) -> None:
        """Take back that it does."""
        self.record(case, by, lambda known: merging.unlink(known, kind, other, reason), reason)
