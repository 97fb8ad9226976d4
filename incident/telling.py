"""Which incidents those outside were told of, and what may therefore be said of them to a citizen who asks.

INVARIANT: nothing is said of a drill, nor of a case that nobody outside was told of; of a restricted one no more than
its notice says.
"""

from incident.duty.duties import Audience
from incident.incident import Case
from incident.notice import Content, WithdrawalReason
from incident.scope import Caution

_MORE_MAY_BE = frozenset({Caution.INDEX_BEHIND, Caution.SOURCE_UNKNOWN, Caution.NOTHING_FOUND})
"""With these there may be persons who were not counted."""


def public_content(case: Case) -> Content | None:
    """What the public reads of *case* now; None where nothing is published, or it was withdrawn."""
    if case.drill or not case.notice.versions:
        return None
    return case.notice.versions[-1].content


def is_told(case: Case) -> bool:
    """Whether the public or the persons affected were told of *case*."""
    if public_content(case) is not None:
        return True
    if case.drill or case.handling.restricted or case.merged_into or _never_was(case):
        return False
    clocks = case.clocks.values()
    return any(clock.duty.audience is Audience.PERSONS and clock.fulfilled is not None for clock in clocks)


def may_be_named(case: Case) -> bool:
    """Whether who is affected by *case*, which was told, may be answered."""
    return case.scope is not None and not case.handling.restricted


def is_whole(case: Case) -> bool:
    """Whether everybody was counted whom the log shows to be affected: else nobody can be told that they are not."""
    return case.scope is not None and not case.scope_outdated and _MORE_MAY_BE.isdisjoint(case.scope.cautions)


def has_unattributed(case: Case) -> bool:
    """Whether values were shown of which the log does not say whose they are."""
    return case.scope is not None and Caution.VALUES_WITHOUT_SUBJECT in case.scope.cautions


def has_other_numbers(case: Case) -> bool:
    """Whether records were shown that name whom they are about by another number than a resident ID."""
    return case.scope is not None and Caution.OTHER_NUMBERS in case.scope.cautions


def _never_was(case: Case) -> bool:
    withdrawn = case.notice.versions[-1].withdrawn if case.notice.versions else None
    return withdrawn is not None and withdrawn.reason is WithdrawalReason.NO_INCIDENT
