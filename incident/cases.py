"""The cases of an installation: what the console and the composition root talk to.

The root tells `open_or_join` of alerts, calls `tick` every second or so, performs what `pending` lists and tells
`finished`; `changed` wakes it earlier. The console shows what `get` and `all` return and passes on what people do: each
act is recorded, and what follows from it too, before the call returns. All of it may be called from any thread.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from incident import acts, drill, lifting, merging, persons, publishing, stating, withdrawing
from incident.audience import Audience
from incident.clocks import ProofFile
from incident.command import Containment
from incident.contact import digits_of, public_numbers
from incident.draft import NoticeFact, Problem
from incident.duties import Grade, Occurrence
from incident.duty_forms import Form, fill
from incident.engine import Engine
from incident.facts.case import AlertFacts, Move, Noted
from incident.facts.persons import PersonsListed
from incident.ids import ENGINE, Bilingual, CaseId, CommandKey, DutyId, NotPermitted, PersonId, person
from incident.incident import Case
from incident.journal import Fact
from incident.ledger import Together
from incident.notice import Content, WithdrawalReason
from incident.rendition import Rendition, rendition_of
from incident.reported import Report, report_fact, unknown_to
from incident.sheet import Sheet
from incident.taken import LinkKind
from incident.validity import is_valid
from incident.wording import facts_of
from policies.recognisers.category_names import names_of

_DIGEST = re.compile(r"\w+:[0-9a-f]{32,}", re.ASCII)
"""A citizen as the log names them: random letters and digits, in which a number is found by chance."""


class Cases(Engine):
    """All cases. Whoever acts is named by the human they are; what they may do by role is the console's business.

    Every act raises NotPermitted where a rule of the work forbids it, and KeyError where there is no such case.
    """

    def facts(self, case: CaseId) -> tuple[NoticeFact, ...]:
        """What a notice about the case may state, with where it comes from and what is in doubt."""
        return facts_of(self.get(case), self.rules.press, self.now())

    def problems(self, case: CaseId) -> tuple[Problem, ...]:
        """What keeps the draft of the notice from being submitted, approved and published; none without a draft."""
        return self._problems(self.get(case))

    def open_by_hand(
        self,
        title: str,
        level: str,
        by: PersonId,
        note: str,
        *,
        once: str = "",
        alert: AlertFacts | None = None,
        report: Report | None = None,
        book: str = "",
    ) -> CaseId:
        """A new case that a person opens, on a *report* from outside, or of *alert*, where they open it because of one.

        It is led by the playbook that the alert asks for; where there is no alert by *book*, for a loss, a letter or a
        report. Asked again with the same *once*, or for the same alert, it is the same case.
        """
        self.check_text(title, note)
        self._needs_book(book)
        named = alert.id if alert else f"form:{once}" if once else None
        told = (report_fact(report, self.now()),) if report else ()
        case = self.begin(title, alert, person(by), level=level, book=book, note=note, once=named, also=told)
        # The alert may have had its case before: then the report is new to that one.
        self.ledger.record(case, lambda known: unknown_to(known, told), at=self.now(), by=person(by))
        self.carry_on(case)
        return case

    def open_drill(self, title: str, level: str, by: PersonId, *, book: str, once: str, plan: str = "") -> CaseId:
        """A case for practice, by the playbook *book*, or by hand where that is empty. *plan*: the drill that was due.

        Asked again with the same *once*, it is the same case.
        """
        self.check_text(title)
        self._needs_book(book)
        alert = drill.invented_alert(once, title, level, book, self.now())
        case = self.begin(title, alert, person(by), once=alert.id, drill=True, plan=plan)
        self.carry_on(case)
        return case

    def _needs_book(self, name: str) -> None:
        if name and name not in self.rules.books:
            raise NotPermitted(f"没有预案“{name}”", f"there is no such playbook: `{name}`")
        if name and not is_valid(self.rules.books[name], self.now()):
            raise NotPermitted(f"预案“{name}”不在有效期内", f"the playbook `{name}` is not valid now")

    def record(self, case: CaseId, by: PersonId, decide: Callable[[Case], Sequence[Fact]], *texts: str) -> None:
        """Record what *decide* adds to the case, of which *texts* were written by *by*."""
        self._act(case, by, decide, *texts)

    # -- what people do

    def act(self, case: CaseId, move: Move, by: PersonId, reason: str = "") -> None:
        """Change the state of the case."""
        now = self.now()
        self._act(case, by, lambda known: acts.move(known, move, reason, now), reason)

    def note(self, case: CaseId, by: PersonId, text: str) -> None:
        """Write something down."""
        self._act(case, by, lambda _: (Noted(text=text),), text)

    def happened(self, case: CaseId, by: PersonId, what: Occurrence, at: datetime, note: str = "") -> None:
        """Record a human confirmation, a report received or a clue to a crime, at the time it was so."""
        now = self.now()
        self._act(case, by, lambda known: acts.happened(known, what, at, note, now), note)

    def contain(
        self,
        case: CaseId,
        by: PersonId,
        kind: Containment,
        *,
        system: str = "",
        target: str = "",
        hours: int,
        reason: str,
        known: bool = False,
    ) -> None:
        """Contain at once, beside the playbook.

        *known*: whether the case or the log names *target* already, as it does every account, citizens by digest. What
        is typed otherwise may be somebody's number.
        """
        now = self.now()
        typed = () if known or _DIGEST.fullmatch(target) else (target,)
        self._act(
            case,
            by,
            lambda known: acts.contain(
                known, kind, system=system, target=target, hours=hours, reason=reason, by=by, now=now
            ),
            reason,
            *typed,
        )

    def ask_lift(self, case: CaseId, tightening: CommandKey, by: PersonId, reason: str) -> None:
        """Want a tightening taken back before it ends."""
        now = self.now()
        self._act(case, by, lambda known: lifting.ask(known, tightening, reason, now), reason)

    def agree_lift(self, case: CaseId, tightening: CommandKey, by: PersonId) -> None:
        """Agree, as the second person, that a tightening is taken back."""
        now = self.now()
        self._act(case, by, lambda known: lifting.agree(known, tightening, by, now))

    def dispute_clue(self, case: CaseId, by: PersonId, reason: str) -> None:
        """Hold the recorded clue to a crime to be a mistake."""
        self._act(case, by, lambda known: withdrawing.ask(known, reason), reason)

    def withdraw_clue(self, case: CaseId, by: PersonId) -> None:
        """Agree, as the second person, that there was no clue to a crime."""
        self._act(case, by, lambda known: withdrawing.agree(known, by))

    def complete(
        self, case: CaseId, key: CommandKey, by: PersonId, *, inputs: Mapping[str, str] | None = None, note: str = ""
    ) -> None:
        """Answer a question with yes, or: it is done."""
        texts = (note, *(inputs or {}).values())
        now = self.now()
        self._act(
            case,
            by,
            lambda known: acts.answer(known, key, accepted=True, note=note, by=by, now=now, inputs=inputs),
            *texts,
        )

    def decline(self, case: CaseId, key: CommandKey, by: PersonId, reason: str) -> None:
        """Answer a question with no."""
        now = self.now()
        self._act(case, by, lambda known: acts.answer(known, key, accepted=False, note=reason, by=by, now=now), reason)

    def retry(self, case: CaseId, key: CommandKey, by: PersonId) -> None:
        """Try again what failed: *key* is the rescue question's, or that of a command that a person asked for."""
        self._act(case, by, lambda known: acts.retry(known, key))

    def reassess(self, case: CaseId, by: PersonId, look_back_hours: int) -> None:
        """Count again who is affected, up to now."""
        now = self.now()
        self._act(case, by, lambda known: acts.reassess(known, now, look_back_hours))

    def grade(self, case: CaseId, by: PersonId, grade: Grade, reason: str) -> None:
        """Grade the incident, whatever the engine suggested."""
        self._act(case, by, lambda _: acts.grade(grade, reason), reason)

    def move_clock(self, case: CaseId, duty: DutyId, by: PersonId, start: datetime, reason: str) -> None:
        """Let a clock run from another time; it shows for ever."""
        now = self.now()
        self._act(case, by, lambda known: acts.move_clock(known, duty, start, reason, now), reason)

    def judge_duty(self, case: CaseId, duty: DutyId, by: PersonId, reason: str, *, applies: bool) -> None:
        """Decide whether a duty exists in this case."""
        self._act(case, by, lambda known: acts.judge_duty(known, duty, reason, applies=applies), reason)

    def fulfil(
        self,
        case: CaseId,
        duty: DutyId,
        by: PersonId,
        reference: str,
        note: str = "",
        file: ProofFile | None = None,
    ) -> None:
        """Record that a duty was fulfilled, with its proof."""
        now = self.now()
        texts = (reference, note, file.name if file else "")
        self._act(case, by, lambda known: acts.fulfil(known, duty, reference, note, now, file), *texts)

    def state_item(self, case: CaseId, by: PersonId, item: str, text: str) -> None:
        """State an item of the reports that no log can know."""
        self._act(case, by, lambda known: stating.state(known, item, text), text)

    def rendition(self, case: CaseId, template: str, audience: Audience) -> Rendition:
        """What *template* tells *audience* of the case now. Raises ValueError where the template cannot be used."""
        return rendition_of(self.get(case), template, audience, self.rules.press, self._scan, self.now())

    def form(self, case: CaseId, form: Form, marks: tuple[str, ...] = ()) -> Sheet:
        """The *form* about the case as its facts stand now."""
        return fill(self.get(case), form, self.rules.press, self._scan, self.now(), marks)

    # -- the persons to tell

    def ask_persons(
        self, case: CaseId, by: PersonId, source: str, recipient: str, reason: str, *, masked: bool
    ) -> None:
        """Want the list of persons to tell, encrypted to *recipient*."""
        self._act(case, by, lambda known: persons.ask(known, source, recipient, reason, masked=masked), reason)

    def agree_persons(self, case: CaseId, by: PersonId, number: int, recipient: str) -> None:
        """Agree, as the second person, that the list is made for that very *recipient*."""
        self._act(case, by, lambda known: persons.agree(known, number, recipient, by))

    def stop_persons(self, case: CaseId, by: PersonId, number: int, reason: str) -> None:
        """Try nothing more for a list."""
        self._act(case, by, lambda known: persons.stop(known, number, reason), reason)

    def persons_listed(self, case: CaseId, fact: PersonsListed) -> None:
        """Record what an attempt at a list came to."""
        self.ledger.record(case, lambda known: persons.listed(known, fact), at=self.now(), by=ENGINE)

    # -- several cases

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
        self._act(case, by, lambda known: merging.link(known, kind, there, reason), reason)

    def unlink(self, case: CaseId, by: PersonId, kind: LinkKind, other: CaseId, reason: str) -> None:
        """Take back that it does."""
        self._act(case, by, lambda known: merging.unlink(known, kind, other, reason), reason)

    # -- the notice

    def settle_fact(self, case: CaseId, by: PersonId, name: str, value: Bilingual, reason: str) -> None:
        """Say what a fact of the notice is, where the log cannot."""
        self._act(case, by, lambda _: publishing.settle(name, value, reason), value.zh, value.en, reason)

    def redraft_notice(self, case: CaseId, by: PersonId, template: str) -> None:
        """Fill in the notice anew; what was written by hand is replaced."""
        self._act(case, by, lambda known: publishing.redraft(known, template))

    def edit_notice(self, case: CaseId, by: PersonId, content: Content) -> None:
        """Replace the text of the draft: any approval is void. Text that holds personal data is not kept at all."""
        change = content.change or Bilingual(zh="", en="")
        contact, ours = content.contact, self.rules.press.contact
        units = tuple(unit for unit in (contact.unit.zh, contact.unit.en) if unit not in (ours.unit.zh, ours.unit.en))
        written = (content.title_zh, content.body_zh, content.title_en, content.body_en, change.zh, change.en)
        texts = (*written, *units, contact.phone, contact.hotline)
        public = public_numbers(contact, (ours.phone, ours.hotline))
        self._act(case, by, lambda known: publishing.edit(known, content), *texts, public=public)

    def submit_notice(
        self, case: CaseId, by: PersonId, digest: str, checks: Collection[str], *, due: datetime | None = None
    ) -> None:
        """The first person answers for the exact text and the check list, and says when it is to be published."""
        now = self.now()
        self._act(
            case, by, lambda known: publishing.submit(known, digest, checks, self._problems(known), due=due, now=now)
        )

    def call_off_notice(self, case: CaseId, by: PersonId, digest: str) -> None:
        """Call off what was to be published at a time."""
        self._act(case, by, lambda known: publishing.call_off(known, digest))

    def approve_notice(self, case: CaseId, by: PersonId, digest: str) -> None:
        """The second person approves the exact text; it is then published."""
        self._act(case, by, lambda known: publishing.approve(known, digest, by, self._problems(known)))

    def withdraw_notice(self, case: CaseId, by: PersonId, reason: WithdrawalReason) -> None:
        """Take the published notice back."""
        now = self.now()
        self._act(case, by, lambda known: publishing.withdraw(known, reason, now))

    def _act(
        self,
        case: CaseId,
        by: PersonId,
        decide: Callable[[Case], Sequence[Fact]],
        *texts: str,
        public: Collection[str] = (),
    ) -> None:
        self.check_text(*texts, public=public)
        self.ledger.refresh()
        self.ledger.record(case, lambda known: _in_it(known, decide), at=self.now(), by=person(by))
        self.carry_on(case)

    def check_text(self, *texts: str, public: Collection[str] = ()) -> None:
        """INVARIANT 3: what people write into a journal stays there for ever, so it holds no personal data.

        *public*: the digits of numbers that everybody may call.
        """
        for text in texts:
            for hit in self._scan(text):
                if digits_of(text[hit.start : hit.end]) not in public:
                    where = f"{hit.start + 1}-{hit.end}"
                    zh, en = names_of(hit.category)
                    raise NotPermitted(
                        f"文字中疑似有个人信息（{zh}，第 {where} 字），请删去后再提交",
                        f"the text seems to hold personal data ({en}, characters {where}): leave it out",
                    )


def _in_it(case: Case, decide: Callable[[Case], Sequence[Fact]]) -> Sequence[Fact]:
    merging.needs_unmerged(case)
    return decide(case)
