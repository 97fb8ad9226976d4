"""What the journal of the policies adds up to: drafts as they stand, versions as they were in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from console.policy.journal import (
    Adopted,
    Approved,
    Drafted,
    Edited,
    Entry,
    Governed,
    Published,
    RolledBack,
    Submitted,
    Withdrawn,
)
from incident.ids import PersonId


class Standing(StrEnum):
    """How far a draft is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """How a version came into force."""

    ADOPTED = "adopted"
    PUBLISHED = "published"
    ROLLED_BACK = "rolled_back"


ENDED = frozenset({Standing.PUBLISHED, Standing.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What may become a version."""

    number: int
    title: str
    reason: str
    base: int
    """The version that it was made from, or brought onto."""
    content: str
    """Digest of its files."""
    drafted_at: datetime
    changed_at: datetime
    authors: frozenset[PersonId]
    """Everybody who had a hand in the files. None of them can approve."""
    standing: Standing = Standing.DRAFT
    warnings: int = 0
    submitted_by: PersonId | None = None
    submitted_at: datetime | None = None
    approved_by: PersonId | None = None
    approved_at: datetime | None = None
    version: int = 0
    """That it became."""

    @property
    def hands(self) -> frozenset[PersonId]:
        """Who wrote or submitted it."""
        return self.authors | ({self.submitted_by} if self.submitted_by else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What is, or was, in force. It never changes."""

    number: int
    content: str
    origin: Origin
    at: datetime
    by: PersonId | None
    """Who published it or rolled back to it; nobody where it was taken over."""
    drafted_by: tuple[PersonId, ...] = ()
    approved_by: PersonId | None = None
    title: str = ""
    reason: str = ""
    draft: int = 0
    to: int = 0
    """For a roll-back: the version whose files these are."""
    before: int = 0
    """What a roll-back leads to; 0 where there is nothing before."""
    entry: int
    chain: str
    """The entry that put it in force, and the chain there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyHistory:
    """All of it."""

    two_people: bool | None = None
    """As it was set last; None where it never was."""
    drafts: Mapping[int, Draft] = field(default_factory=dict)
    versions: tuple[Version, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def current(self) -> Version | None:
        """The version in force."""
        return self.versions[-1] if self.versions else None

    @property
    def waiting(self) -> tuple[Draft, ...]:
        """The drafts that have not ended, newest first."""
        return tuple(draft for draft in reversed(tuple(self.drafts.values())) if draft.standing not in ENDED)

    @property
    def ended(self) -> tuple[Draft, ...]:
        """The drafts that were published or withdrawn, newest first."""
        return tuple(draft for draft in reversed(tuple(self.drafts.values())) if draft.standing in ENDED)

    @property
    def ways_back(self) -> tuple[int, ...]:
        """The versions that one person may roll back to: each was in force before what is, the last one first."""
        found: list[int] = []
        number = self.current.before if self.current else 0
        while number:
            found.append(number)
            number = self.version(number).before
        return tuple(found)

    def version(self, number: int) -> Version:
        """The version *number*. Raises KeyError where there is none."""
        if not 1 <= number <= len(self.versions):
            raise KeyError(number)
        return self.versions[number - 1]


def history_of(entries: Iterable[Entry]) -> PolicyHistory:
    """What *entries*, the whole journal, add up to."""
    history = PolicyHistory()
    for entry in entries:
        history = _after(history, entry)
    return history


def _after(history: PolicyHistory, entry: Entry) -> PolicyHistory:
    fact, who = entry.fact, PersonId(entry.by.id)
    history = replace(history, entries=(*history.entries, entry))
    match fact:
        case Governed(two_people=two_people):
            return replace(history, two_people=two_people)
        case Adopted(version=number, content=content, reason=reason):
            before = history.current.number if history.current else 0
            return _with_version(
                history,
                Version(
                    number=number,
                    content=content,
                    origin=Origin.ADOPTED,
                    at=entry.at,
                    by=None,
                    reason=reason,
                    before=before,
                    entry=entry.number,
                    chain=entry.chain,
                ),
            )
        case Published():
            return _published(history, fact, entry)
        case RolledBack(version=number, to=to, content=content, reason=reason):
            old = history.version(to)
            return _with_version(
                history,
                replace(
                    old,
                    number=number,
                    content=content,
                    origin=Origin.ROLLED_BACK,
                    at=entry.at,
                    by=who,
                    reason=reason,
                    to=to,
                    entry=entry.number,
                    chain=entry.chain,
                ),
            )
        case Drafted():
            draft = Draft(
                number=fact.draft,
                title=fact.title,
                reason=fact.reason,
                base=fact.base,
                content=fact.content,
                drafted_at=entry.at,
                changed_at=entry.at,
                authors=frozenset({who}),
            )
            return replace(history, drafts={**history.drafts, fact.draft: draft})
        case Edited() | Submitted() | Approved() | Withdrawn():
            draft = _with(history.drafts[fact.draft], fact, who, entry.at)
            return replace(history, drafts={**history.drafts, fact.draft: draft})
        case _:
            assert_never(fact)


def _with(draft: Draft, fact: Edited | Submitted | Approved | Withdrawn, who: PersonId, at: datetime) -> Draft:
    match fact:
        case Edited(base=base, content=content):
            return replace(
                draft,
                base=base,
                content=content,
                changed_at=at,
                authors=draft.authors | {who},
                standing=Standing.DRAFT,
                submitted_by=None,
                submitted_at=None,
                approved_by=None,
                approved_at=None,
            )
        case Submitted(warnings=warnings):
            return replace(
                draft,
                standing=Standing.SUBMITTED,
                warnings=warnings,
                submitted_by=who,
                submitted_at=at,
                approved_by=None,
                approved_at=None,
            )
        case Approved():
            return replace(draft, standing=Standing.APPROVED, approved_by=who, approved_at=at)
        case Withdrawn():
            return replace(draft, standing=Standing.WITHDRAWN, changed_at=at)
        case _:
            assert_never(fact)


def _published(history: PolicyHistory, fact: Published, entry: Entry) -> PolicyHistory:
    draft = history.drafts[fact.draft]
    version = Version(
        number=fact.version,
        content=fact.content,
        origin=Origin.PUBLISHED,
        at=entry.at,
        by=PersonId(entry.by.id),
        drafted_by=tuple(sorted(draft.hands)),
        approved_by=draft.approved_by,
        title=draft.title,
        reason=draft.reason,
        draft=draft.number,
        before=history.current.number if history.current else 0,
        entry=entry.number,
        chain=entry.chain,
    )
    ended = replace(draft, standing=Standing.PUBLISHED, version=fact.version)
    return _with_version(replace(history, drafts={**history.drafts, draft.number: ended}), version)


def _with_version(history: PolicyHistory, version: Version) -> PolicyHistory:
    return replace(history, versions=(*history.versions, version))
