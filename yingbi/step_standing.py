"""What becomes of the manual steps of cases, as messages: that one is due soon, or late. It only reads.

Who has taken a step is told to internal channels alone, as the person whose alert it is.
"""

from incident.command import AskPerson, Question
from incident.drill import MARK
from incident.duty.clocks import Urgency
from incident.facts.by_hand import StepGivenBack, StepTaken, StepWarned
from incident.facts.case import Opened
from incident.facts.run import CommandIssued
from incident.ids import Bilingual, CaseId, CommandKey, PersonId
from incident.journal import Entry
from incident.lines import split
from policies.recognisers.scan import scan
from siem.baseline.calendar import LOCAL
from siem.detect.aliases import holds_digest
from siem.detect.definition import Level
from siem.notify.message import Kind, Message, Words

_ADVICE = Words(
    zh="打开案件，办完后登记；不能办的，写明理由",
    en="open the case and say that it is done; where it cannot be, say why",
)


class StepTitles:
    """What messages about steps need of the journals before: titles, who has taken which, which cases are drills."""

    def __init__(self) -> None:
        self._asked: dict[CommandKey, AskPerson] = {}
        self._taken: dict[CommandKey, PersonId] = {}
        self._drills: set[CaseId] = set()

    def note(self, entry: Entry) -> None:
        """Take in what *entry* says of a step. What was read before may be read again: titles are kept for good."""
        match entry.fact:
            case Opened(drill=True):
                self._drills.add(entry.case)
            case CommandIssued(command=AskPerson(question=Question.STEP) as asked):
                self._asked[asked.key] = asked
            case StepTaken(key=key, person=taker):
                self._taken[key] = taker
            case StepGivenBack(key=key):
                self._taken.pop(key, None)
            case _:
                pass

    def mark(self, case: CaseId) -> Words:
        """What a title about *case* begins with: that it is a drill, or nothing."""
        return Words(zh=f"【{MARK.zh}】", en=f"[{MARK.en}] ") if case in self._drills else Words(zh="", en="")

    def message(self, entry: Entry, fact: StepWarned) -> Message:
        """What is to be told of the warning *fact*."""
        asked = self._asked[fact.key]
        late = fact.urgency is Urgency.OVER
        return Message(
            key=f"{entry.case}/{entry.number}/{entry.chain[:16]}",
            kind=Kind.STEP_LATE if late else Kind.STEP_WARNED,
            level=Level.HIGH if late else Level.MEDIUM,
            at=entry.at,
            title=self._title(entry.case, asked, fact),
            advice=_ADVICE,
            assignee=self._taken.get(fact.key, ""),
            case=entry.case,
        )

    def _title(self, case: CaseId, asked: AskPerson, fact: StepWarned) -> Words:
        name, role = split(asked.title), split(asked.assignee)
        if any(scan(text) or holds_digest(text) for text in (asked.title, asked.assignee)):  # somebody else wrote it
            name, role = Bilingual(zh="（见案件页）", en="(see the case)"), Bilingual(zh="", en="")
        by = f"{fact.due.astimezone(LOCAL):%Y-%m-%d %H:%M}"
        mark = self.mark(case)
        whose = (f"（{role.zh}）", f" ({role.en or role.zh})") if role.zh else ("", "")
        return Words(
            zh=f"{mark.zh}{case} {name.zh}{whose[0]}：最迟 {by}",
            en=f"{mark.en}{case} {name.en or name.zh}{whose[1]}: due {by} (UTC+8)",
        )
