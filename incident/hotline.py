"""What whoever answers the hotline says of an incident that the public was told of.

It is filled in from the facts as they stood when the version in force was published: what the case has found out since
is said on the telephone once the notice says it.
"""

from dataclasses import dataclass
from datetime import datetime

from incident.audience import Audience
from incident.draft import Scan
from incident.ids import NoticeId
from incident.incident import Case
from incident.notice import Version
from incident.rendition import rendition_of
from incident.replay import apply
from incident.telling import public_content
from incident.wording import Press


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is said of one incident."""

    notice: NoticeId
    version: int
    published_at: datetime
    title: str
    """Of the notice."""
    body: str
    """In the light markup of notices."""
    is_spoken: bool
    """Whether it is written to be said; else it is the notice itself, which is read out."""


def script_of(case: Case, press: Press, scan: Scan) -> Script | None:
    """What is said of *case*; None where the public reads nothing of it."""
    content = public_content(case)
    if content is None:
        return None
    version = case.notice.versions[-1]
    spoken = "" if case.handling.restricted else _spoken(case, version, press, scan)
    return Script(
        notice=case.notice_id,
        version=version.number,
        published_at=version.at,
        title=content.title_zh,
        body=spoken or content.body_zh,
        is_spoken=bool(spoken),
    )


def _spoken(case: Case, version: Version, press: Press, scan: Scan) -> str:
    """The script as the facts of *version* have it; empty where they make none that may be said."""
    then = _when_published(case, version)
    if then is None or then.notice.draft is None:
        return ""
    try:
        made = rendition_of(then, then.notice.draft.template, Audience.HOTLINE, press, scan, version.at)
    except ValueError:  # the template is gone, or was altered since
        return ""
    return "" if made.problems else made.draft.content.body_zh


def _when_published(case: Case, version: Version) -> Case | None:
    """*case* as it stood when *version* was published."""
    then: Case | None = None
    for entry in case.entries:
        then = apply(then, entry)
        if version.number <= len(then.notice.versions):
            return then
    return None
