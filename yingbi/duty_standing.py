"""What becomes of the clocks of cases, for the process that tells of it: warnings that are due, and limits that passed.

It only reads. That a warning is due was decided, and recorded once, by who carries the cases on; here it becomes a
message under a key of its own, so that it is told once however often it is read.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from incident.database import open_database
from incident.duty.clocks import URGENCY_NAMES, Urgency
from incident.facts.by_hand import StepWarned
from incident.facts.duty import ClockSet, DutyLate, DutyWarned
from incident.ids import Bilingual, CaseId, DutyId
from incident.journal import Entry
from incident.store import CaseStore
from policies.recognisers.scan import scan
from siem.baseline.calendar import LOCAL
from siem.detect.aliases import holds_digest
from siem.detect.definition import Level
from siem.index.store import StoreUnavailable
from siem.notify.message import Kind, Message, Words
from yingbi.home import Home
from yingbi.pipeline import is_made
from yingbi.step_standing import StepTitles

NOT_OLDER = timedelta(days=1)
"""What was recorded longer ago is not told any more: the pages of the case say it."""
_ADVICE = Words(
    zh="打开案件，报送或者通知后登记回执；不须履行的写明认定理由",
    en="open the case, report or tell, and enter the receipt; where nothing is owed, record why",
)


class DutyStanding:
    """The journals of cases of the installation in *home*, followed while another process writes them."""

    def __init__(self, home: Home) -> None:
        self._state = home.state
        self._engine: Engine | None = None
        self._position = self._seen = 0
        self._names: dict[tuple[CaseId, DutyId], Bilingual] = {}
        self._steps = StepTitles()

    def messages(self, now: datetime) -> list[Message]:
        """What was recorded since `noted`, as it is to be told. Raises StoreUnavailable."""
        if self._engine is None:
            if not is_made(self._state):
                return []
            self._engine = open_database(f"sqlite:///{self._state}")
        try:
            entries = list(CaseStore(self._engine).since(self._position))
        except OperationalError:
            raise StoreUnavailable("案件日志读不了 / the journals of cases cannot be read") from None
        self._seen = entries[-1][0] if entries else self._position
        return [message for _, entry in entries if (message := self._told(entry, now)) is not None]

    def noted(self) -> None:
        """What `messages` gave is kept, and need not be read again."""
        self._position = self._seen

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()

    def _told(self, entry: Entry, now: datetime) -> Message | None:
        fact = entry.fact
        self._steps.note(entry)
        if isinstance(fact, StepWarned) and entry.at >= now - NOT_OLDER:
            return self._steps.message(entry, fact)
        if isinstance(fact, ClockSet):
            self._names[entry.case, fact.duty.id] = fact.duty.name
        if not isinstance(fact, DutyWarned | DutyLate) or entry.at < now - NOT_OLDER:
            return None
        urgency = fact.urgency if isinstance(fact, DutyWarned) else Urgency.OVER
        late = urgency is Urgency.OVER
        return Message(
            key=f"{entry.case}/{entry.number}/{entry.chain[:16]}",
            kind=Kind.DUTY_LATE if late else Kind.DUTY_WARNED,
            level=Level.CRITICAL if late else Level.HIGH,
            at=entry.at,
            title=_title(
                entry.case, self._steps.mark(entry.case), self._names[entry.case, fact.duty], urgency, fact.due
            ),
            advice=_ADVICE,
            case=entry.case,
        )


def _title(case: CaseId, mark: Words, name: Bilingual, urgency: Urgency, due: datetime) -> Words:
    gone, by = URGENCY_NAMES[urgency], f"{due.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    if scan(name.zh) or scan(name.en) or holds_digest(name.zh + name.en):  # of a file that somebody wrote
        name = Bilingual(zh="（见案件页）", en="(see the case)")
    return Words(
        zh=f"{mark.zh}{case} {name.zh}：{gone.zh}，最迟 {by}",
        en=f"{mark.en}{case} {name.en}: {gone.en}, due {by} (UTC+8)",
    )
