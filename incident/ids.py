"""The ids of a case and who acts in it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

CaseId = NewType("CaseId", str)
"""`C-20261123-001`: the day it was opened, in the zone of the installation, and its number on that day."""

NoticeId = NewType("NoticeId", str)
"""`N-20261123-001`: the notice about the case of the same number."""

PersonId = NewType("PersonId", str)
"""A human being, however many accounts they hold. Rules that ask for two people compare these."""

DutyId = NewType("DutyId", str)
StepId = NewType("StepId", str)
"""A workflow step of a playbook: `action--<uuid>`."""

PlaybookId = NewType("PlaybookId", str)
"""`playbook--<uuid>`."""

CommandKey = NewType("CommandKey", str)
"""What makes asking for a command twice the same as asking once: `C-20261123-001.3.1`."""


class ActorKind(StrEnum):
    """What kind of actor wrote an entry of the journal."""

    PERSON = "person"
    ENGINE = "engine"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something: a person, the engine itself, or a detection rule."""

    kind: ActorKind
    id: str = ""
    """The person or the rule; empty for the engine."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind.value


ENGINE = Actor(kind=ActorKind.ENGINE)


def person(who: PersonId) -> Actor:
    """*who* as an actor."""
    return Actor(kind=ActorKind.PERSON, id=who)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilingual:
    """One text in the two languages that users read."""

    zh: str
    en: str


def in_both(zh: str, en: str) -> Bilingual:
    """What *zh* says in Chinese and *en* in English: the short spelling for tables of words."""
    return Bilingual(zh=zh, en=en)


class NotPermitted(Exception):
    """A rule of the work forbids it: two people are needed, the state does not allow it, a reason is missing.

    `str()` is the English sentence, `zh` the Chinese one.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
