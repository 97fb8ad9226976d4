"""A question on the hotline: what is recorded of it before it is answered, and who answers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from incident.ids import Bilingual, PersonId
from policies.affected import AffectedTable
from policies.affected_answer import Told, Verdict
from siem.record.event import EventId


class Checked(StrEnum):
    """How it was made sure that the caller is who they say they are."""

    CALLED_BACK = "called-back"
    AT_COUNTER = "at-counter"
    KNOWS = "knows"


CHECKED_WORDS: Mapping[Checked, Bilingual] = {
    Checked.CALLED_BACK: Bilingual(zh="回拨了登记的电话", en="called back the number on record"),
    Checked.AT_COUNTER: Bilingual(zh="在窗口看了证件", en="saw the document at a counter"),
    Checked.KNOWS: Bilingual(zh="核对了两项以上登记信息", en="compared two items on record or more"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of one caller."""

    by: PersonId
    """Who answers the telephone."""
    basis: str
    """The number of the call, in which there is no personal data."""
    checked: Checked
    kind: str
    """What the caller is known by, as `resident_id`."""
    identifier: str = field(repr=False)
    """It is made a digest and forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What can be told to the caller."""

    event: EventId
    """Under which the question is recorded."""
    table: AffectedTable
    kind: str
    """Of what was looked up by."""
    verdict: Verdict
    told: tuple[Told, ...]
    """Of the incidents that may be spoken of."""


class HotlineDesk(Protocol):
    """The one who has the keys of digests, the access log, and what was published of incidents."""

    def answer(self, question: Question) -> Reply:
        """Recorded first: on the disk before anything is looked for. Raises CannotLookUp, also for who asks too often:
        that is recorded as well.
        """
