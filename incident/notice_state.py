"""The notice of a case, from draft to public, and what people said its facts are."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from incident.draft import Draft
from incident.facts.notice import (
    FactSettled,
    NoticeApproved,
    NoticeDrafted,
    NoticePublished,
    NoticeSubmitted,
    NoticeWithdrawn,
)
from incident.ids import ENGINE, Actor, PersonId
from incident.notice import Content, Version, Withdrawal, digest_of


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
    def public(self) -> Content | None:
        """What the public reads now; None where it never read anything, or all is withdrawn."""
        return self.versions[-1].content if self.versions else None

    @property
    def published(self) -> bool:
        """Whether the draft is what the public reads now."""
        return bool(self.versions) and self.versions[-1].digest == self.digest and not self.versions[-1].withdrawn


def with_notice(
    notice: NoticeState,
    fact: NoticeDrafted | NoticeSubmitted | NoticeApproved | NoticePublished | NoticeWithdrawn,
    by: Actor,
) -> NoticeState:
    """*notice* after *fact*, which *by* brought about: whatever changes the text voids what was agreed to."""
    match fact:
        case NoticeDrafted(draft=draft):
            authors = frozenset() if by == ENGINE else notice.authors | {PersonId(by.id)}
            emptied = replace(notice, submitted_by=None, checks=(), approved_by=None, due=None, released=False, held=())
            return replace(emptied, draft=draft, authors=authors)
        case NoticeSubmitted(checks=checks):
            submitted = replace(notice, due=None, released=False, held=())
            return replace(submitted, submitted_by=PersonId(by.id), checks=checks, approved_by=None)
        case NoticeApproved():
            return replace(notice, approved_by=PersonId(by.id))
        case NoticePublished(version=version):
            return replace(notice, versions=(*notice.versions, version))
        case NoticeWithdrawn(reason=reason, at=at):
            gone = Withdrawal(at=at, reason=reason)
            return replace(
                notice,
                versions=tuple(
                    version if version.withdrawn else replace(version, content=None, withdrawn=gone)
                    for version in notice.versions
                ),
                draft=None,
                authors=frozenset(),
                submitted_by=None,
                approved_by=None,
                due=None,
                released=False,
                held=(),
            )
        case _:
            assert_never(fact)
