"""What people do about the notice of a case, from its facts to its withdrawal."""

from collections.abc import Collection
from datetime import datetime

from incident import publishing
from incident.acting import Acting
from incident.audience import Audience
from incident.contact import public_numbers
from incident.draft import NoticeFact, Problem
from incident.ids import Bilingual, CaseId, PersonId
from incident.notice import Content, WithdrawalReason
from incident.rendition import Rendition, rendition_of
from incident.wording import facts_of


class NoticeActs(Acting):
    """The acts of who tells the public, and of who agrees to it."""

    def facts(self, case: CaseId) -> tuple[NoticeFact, ...]:
        """What a notice about the case may state, with where it comes from and what is in doubt."""
        return facts_of(self.get(case), self.rules.press, self.now())

    def problems(self, case: CaseId) -> tuple[Problem, ...]:
        """What keeps the draft of the notice from being submitted, approved and published; none without a draft."""
        return self._problems(self.get(case))

    def rendition(self, case: CaseId, template: str, audience: Audience) -> Rendition:
        """What *template* tells *audience* of the case now. Raises ValueError where the template cannot be used."""
        return rendition_of(self.get(case), template, audience, self.rules.press, self._scan, self.now())

    def settle_fact(self, case: CaseId, by: PersonId, name: str, value: Bilingual, reason: str) -> None:
        """Say what a fact of the notice is, where the log cannot."""
        self.record(case, by, lambda _: publishing.settle(name, value, reason), value.zh, value.en, reason)

    def redraft_notice(self, case: CaseId, by: PersonId, template: str) -> None:
        """Fill in the notice anew; what was written by hand is replaced."""
        self.record(case, by, lambda known: publishing.redraft(known, template))

    def edit_notice(self, case: CaseId, by: PersonId, content: Content) -> None:
        """Replace the text of the draft: any approval is void. Text that holds personal data is not kept at all."""
        change = content.change or Bilingual(zh="", en="")
        contact, ours = content.contact, self.rules.press.contact
        units = tuple(unit for unit in (contact.unit.zh, contact.unit.en) if unit not in (ours.unit.zh, ours.unit.en))
        written = (content.title_zh, content.body_zh, content.title_en, content.body_en, change.zh, change.en)
        texts = (*written, *units, contact.phone, contact.hotline)
        public = public_numbers(contact, (ours.phone, ours.hotline))
        self.record(case, by, lambda known: publishing.edit(known, content), *texts, public=public)

    def submit_notice(
        self, case: CaseId, by: PersonId, digest: str, checks: Collection[str], *, due: datetime | None = None
    ) -> None:
        """The first person answers for the exact text and the check list, and says when it is to be published."""
        now = self.now()
        self.record(
            case, by, lambda known: publishing.submit(known, digest, checks, self._problems(known), due=due, now=now)
        )

    def call_off_notice(self, case: CaseId, by: PersonId, digest: str) -> None:
        """Call off what was to be published at a time."""
        self.record(case, by, lambda known: publishing.call_off(known, digest))

    def approve_notice(self, case: CaseId, by: PersonId, digest: str) -> None:
        """The second person approves the exact text; it is then published."""
        self.record(case, by, lambda known: publishing.approve(known, digest, by, self._problems(known)))

    def withdraw_notice(self, case: CaseId, by: PersonId, reason: WithdrawalReason) -> None:
        """Take the published notice back."""
        now = self.now()
        self.record(case, by, lambda known: publishing.withdraw(known, reason, now))
