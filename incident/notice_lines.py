"""What the entries about the notice of a case say to a reader, in one line."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from incident.facts.notice import (
    FactSettled,
    NoticeApproved,
    NoticeDrafted,
    NoticeHeld,
    NoticePublished,
    NoticeReleased,
    NoticeSubmitted,
    NoticeTimed,
    NoticeWithdrawn,
)
from incident.ids import Bilingual
from incident.lines import line
from incident.notice import WITHDRAWAL_NAMES


def notice_line(
    fact: FactSettled | NoticeDrafted | NoticeSubmitted | NoticeApproved | NoticePublished | NoticeWithdrawn,
) -> Bilingual:
    """What was written, submitted, approved, published or taken back."""
    match fact:
        case FactSettled(name=name, reason=reason):
            return line(f"核定事实 {name}", f"Fact settled: {name}", reason)
        case NoticeDrafted(draft=draft):
            return line("通告草稿", "Notice drafted", draft.content.title_zh)
        case NoticeSubmitted(digest=digest):
            return line("通告提交", "Notice submitted", digest[:12])
        case NoticeApproved(digest=digest):
            return line("通告批准", "Notice approved", digest[:12])
        case NoticePublished(version=version):
            return Bilingual(zh=f"通告第 {version.number} 版已发布", en=f"Version {version.number} published")
        case NoticeWithdrawn(reason=reason):
            why = WITHDRAWAL_NAMES[reason]
            return Bilingual(zh=f"通告撤回：{why.zh}", en=f"Notice withdrawn: {why.en}")
        case _:
            assert_never(fact)


def notice_time_line(
    fact: NoticeTimed | NoticeReleased | NoticeHeld, told: Callable[[datetime], Bilingual]
) -> Bilingual:
    """What became of the time at which the notice is to be published; *told* writes times as readers know them."""
    match fact:
        case NoticeTimed(due=due):
            at = told(due)
            return Bilingual(zh=f"通告定于{at.zh}发布", en=f"Notice to be published at {at.en}")
        case NoticeReleased(digest=digest):
            return line("到时复核无误，准予发布", "Checked again when due, and released", digest[:12])
        case NoticeHeld(why=why):
            return line("不按时发布，须重新提交", "Not published at its time, to be submitted anew", ", ".join(why))
        case _:
            assert_never(fact)
