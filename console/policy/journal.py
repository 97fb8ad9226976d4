"""The journal of the policies: who drafted, approved, published and took back what, chained, sealed, append-only.

An entry says what was done to which draft by the digest of its files; the files lie beside, under their digests.
"""

from dataclasses import dataclass

from console import sealed_journal
from console.sealed_journal import SealedJournal
from incident.ids import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Governed:
    """From now on policies take two people, or no longer: an operator has set it."""

    two_people: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """The policy that was there was taken over as it stood. Nobody has approved it."""

    version: int
    content: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft was begun, on what was in force as version `base`."""

    draft: int
    base: int
    content: str
    """Digest of the files; so everywhere."""
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The files of a draft were changed, or it was brought onto a newer version. It has to be submitted anew."""

    draft: int
    base: int
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A person answers for the exact files, of which the check had no error to tell."""

    draft: int
    content: str
    warnings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """Another person approved the exact files."""

    draft: int
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The files are the policy in force."""

    draft: int
    version: int
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """The files of an earlier version are the policy in force again."""

    version: int
    to: int
    content: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The draft will not be published."""

    draft: int
    reason: str


type Fact = Governed | Adopted | Drafted | Edited | Submitted | Approved | Published | RolledBack | Withdrawn


Entry = sealed_journal.Entry[Fact]


class BrokenPolicyJournal(sealed_journal.BrokenJournal):
    """The journal of policies is not as it was written."""

    of = Bilingual(zh="策略记录", en="policies")


JOURNAL = SealedJournal[Fact]("yingbi policy journal 1", Fact, BrokenPolicyJournal)
