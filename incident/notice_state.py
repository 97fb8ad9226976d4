"""The notice of a case, from draft to public, and what people said its facts are."""

from dataclasses import dataclass
from datetime import datetime

from incident.draft import Draft
from incident.facts.notice import FactSettled
from incident.ids import PersonId
from incident.notice import Version, digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a person said a fact of the notice is."""

    fact: FactSettled
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeState:
    """The notice of a case, from draft to public."""

    draft: Draft | None = None
    authors: frozenset[PersonId] = frozenset()
    """Who wrote in the draft since a machine last filled it in."""
    submitted_by: PersonId | None = None
    checks: tuple[str, ...] = ()
    approved_by: PersonId | None = None
    due: datetime | None = None
    """When it is to be published; None for as soon as it is approved."""
    released: bool = False
    """Whether that time has come with nothing standing against it."""
    held: tuple[str, ...] = ()
    """Why it was not published at its time; see `journal.NoticeHeld`."""
    versions: tuple[Version, ...] = ()

    @property
    def digest(self) -> str:
        """Of the draft, or empty where there is none."""
        return digest_of(self.draft.content) if self.draft else ""

    @property
    def published(self) -> bool:
        """Whether the draft is what the public reads now."""
        return bool(self.versions) and self.versions[-1].digest == self.digest and not self.versions[-1].withdrawn
