"""Commands that are made from what is recorded of a case: who was affected, and what is published."""

from datetime import datetime, timedelta

from incident.command import AssessScope, Containment
from incident.ids import CommandKey
from incident.incident import Case
from incident.notice import PublishedNotice, Version
from incident.scope import CALLER_FIELD, ScopeQuestion, question_about

LOOK_BACK_HOURS = 24
"""How long before the first finding a scope begins where the playbook does not say: a thief may have started slowly."""


def first_at(case: Case) -> datetime:
    """When the first finding of *case* was, or the case was opened."""
    return min((alert.first_at for alert in case.alerts.values()), default=case.opened_at)


def since_of(kind: Containment, first: datetime, now: datetime) -> datetime | None:
    """The time that *kind*, decided on at *now*, goes by in a case whose first finding was at *first*; None: by none.

    Of the log, what was written from a while before the first finding on; of sessions, what was begun before now.
    """
    match kind:
        case Containment.PRESERVE_EVIDENCE:
            return first - timedelta(hours=LOOK_BACK_HOURS)
        case Containment.REVOKE_SESSIONS:
            return now
        case _:
            return None


def scope_command(case: Case, key: CommandKey, now: datetime, look_back: timedelta) -> AssessScope:
    """The count of who is affected, from *look_back* before the first finding to *now*.

    Raises ValueError where no alert says whom to ask about.
    """
    if not case.alerts:
        raise ValueError(
            "案件没有关联告警，无法统计 / no alert belongs to the case, so there is nobody to ask the log about"
        )
    start = first_at(case) - look_back
    alerts = tuple(case.alerts.values())
    callers = tuple(sorted({alert.group[CALLER_FIELD] for alert in alerts if alert.group.get(CALLER_FIELD)}))
    if len(callers) > 1:  # a case that took another in is about the callers of both
        question = ScopeQuestion(where={CALLER_FIELD: callers}, start=start, end=now)
        return AssessScope(key=key, case=case.id, question=question)
    group = next((alert.group for alert in alerts if alert.group.get(CALLER_FIELD)), alerts[0].group)
    events = tuple(dict.fromkeys(event for alert in alerts for event in alert.events))
    return AssessScope(key=key, case=case.id, question=question_about(group, start, now, events))


def with_draft(case: Case, at: datetime) -> PublishedNotice:
    """The case's notice with its draft as the newest version, published at *at*."""
    notice = case.notice
    assert notice.draft is not None
    version = Version(number=len(notice.versions) + 1, at=at, digest=notice.digest, content=notice.draft.content)
    return PublishedNotice(id=case.notice_id, versions=(*notice.versions, version))
