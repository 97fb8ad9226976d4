"""Facts of the public notice, from its first draft to its withdrawal."""

from dataclasses import dataclass
from datetime import datetime

from incident.draft import Draft
from incident.ids import Bilingual
from incident.notice import Version, WithdrawalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSettled:
    """A person said what a fact of the notice is."""

    name: str
    value: Bilingual
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDrafted:
    """The notice was drafted or edited. Any approval before is void."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSubmitted:
    """A person answers for the text and for the check list."""

    digest: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeApproved:
    """Another person approved the exact text."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTimed:
    """What was submitted is to be published at a time, not as soon as it is approved."""

    digest: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReleased:
    """The time has come, and nothing stands against it."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeHeld:
    """It is not published at its time after all, and waits for people again."""

    digest: str
    why: tuple[str, ...]
    """Codes of the problems, or that a person called it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePublished:
    """The public can read this version."""

    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWithdrawn:
    """The public can read no version any more."""

    reason: WithdrawalReason
    at: datetime


type NoticeFact = (
    FactSettled
    | NoticeDrafted
    | NoticeSubmitted
    | NoticeApproved
    | NoticeTimed
    | NoticeReleased
    | NoticeHeld
    | NoticePublished
    | NoticeWithdrawn
)
