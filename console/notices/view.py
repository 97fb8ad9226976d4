"""How far the notice of a case is, who did what to it, and who may still approve it."""

from dataclasses import dataclass
from enum import StrEnum

from console.forms import Mistyped, Typed
from incident.command import PublishNotice
from incident.draft import Draft
from incident.duty.duties import GRADE_NAMES, Grade
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
from incident.ids import Bilingual, PersonId
from incident.incident import Case
from incident.notice import Contact, Content, Stage

NOTICE_FACTS = (
    FactSettled,
    NoticeDrafted,
    NoticeSubmitted,
    NoticeApproved,
    NoticePublished,
    NoticeWithdrawn,
    NoticeTimed,
    NoticeReleased,
    NoticeHeld,
)
"""The entries of a journal that are about the notice."""

LONGEST_TITLE = 200
LONGEST_BODY = 100_000
"""Characters that a form may bring; how long a notice may be is said by its problems."""


class Standing(StrEnum):
    """How far the notice is."""

    NONE = "none"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    TIMED = "timed"
    PUBLISHING = "publishing"
    REHEARSED = "rehearsed"
    """As far as the notice of a drill comes."""
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


STANDINGS = {
    Standing.NONE: Bilingual(zh="还没有草稿", en="no draft yet"),
    Standing.DRAFT: Bilingual(zh="草稿，待核对提交", en="a draft, to be checked and submitted"),
    Standing.SUBMITTED: Bilingual(zh="已提交，待另一人批准", en="submitted, to be approved by another person"),
    Standing.TIMED: Bilingual(zh="已批准，等待定时发布", en="approved, waits for its time"),
    Standing.PUBLISHING: Bilingual(zh="已批准，正在发布", en="approved, being published"),
    Standing.REHEARSED: Bilingual(zh="演练：已批准，不发布", en="drill: approved, not published"),
    Standing.PUBLISHED: Bilingual(zh="已发布", en="published"),
    Standing.WITHDRAWN: Bilingual(zh="已撤回", en="withdrawn"),
}

STANDING_KINDS = {
    Standing.NONE: "",
    Standing.DRAFT: "warn",
    Standing.SUBMITTED: "warn",
    Standing.TIMED: "note",
    Standing.PUBLISHING: "note",
    Standing.REHEARSED: "note",
    Standing.PUBLISHED: "good",
    Standing.WITHDRAWN: "danger",
}
"""How each looks; its words say the same."""


def standing_of(case: Case) -> Standing:
    """How far the notice of *case* is."""
    notice = case.notice
    if notice.draft is None:
        return Standing.WITHDRAWN if notice.versions else Standing.NONE
    if notice.published:
        return Standing.PUBLISHED
    if notice.approved_by and case.drill:
        return Standing.REHEARSED
    if notice.approved_by:
        return Standing.PUBLISHING if case.notice_approved else Standing.TIMED
    return Standing.SUBMITTED if notice.submitted_by else Standing.DRAFT


def is_being_published(case: Case) -> bool:
    """Whether a publication or a withdrawal is under way: until it has ended the text stays as it is."""
    return any(isinstance(command, PublishNotice) for command in case.machine_commands)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Who had a hand in the draft. The rule is `incident.publishing`'s; here it is shown before somebody tries."""

    wrote: tuple[PersonId, ...]
    settled: tuple[PersonId, ...]
    submitted: PersonId | None
    approved: PersonId | None

    def bars(self, person: PersonId) -> Bilingual | None:
        """Why *person* cannot be the one who approves, or None."""
        if person == self.submitted:
            return Bilingual(zh="您提交了这份通告，须由另一人批准", en="you submitted it: another person approves")
        if person in self.wrote:
            return Bilingual(zh="您修改过这份草稿，须由另一人批准", en="you wrote in it: another person approves")
        if person in self.settled:
            return Bilingual(
                zh="您核定过其中的事实，须由另一人批准", en="you settled a fact in it: another person approves"
            )
        return None


def hands_of(case: Case) -> Hands:
    """Who had a hand in the draft of *case*."""
    return Hands(
        wrote=tuple(sorted(case.notice.authors)),
        settled=tuple(sorted(case.settled_by)),
        submitted=case.notice.submitted_by,
        approved=case.notice.approved_by,
    )


def content_of(form: Typed, draft: Draft) -> Content:
    """What was typed into the form for the text. Saved as it was shown, it is the same to the last character."""
    change = Bilingual(zh=form.text("change_zh"), en=form.text("change_en"))
    return Content(
        title_zh=form.text("title_zh", most=LONGEST_TITLE),
        body_zh=_body(form, "body_zh"),
        title_en=form.text("title_en", most=LONGEST_TITLE),
        body_en=_body(form, "body_en"),
        stage=form.choice("stage", Stage),
        grade=_grade(form, draft),
        contact=Contact(
            unit=Bilingual(zh=form.text("unit_zh", most=LONGEST_TITLE), en=form.text("unit_en", most=LONGEST_TITLE)),
            phone=form.text("phone", most=40),
            hotline=form.text("hotline", most=40),
        ),
        change=change if change.zh or change.en else None,
    )


KEEP = "keep"
"""The choice of a grade: as the draft has it."""
NO_GRADE = "none"


def _grade(form: Typed, draft: Draft) -> Bilingual | None:
    chosen = form.get("grade", KEEP)
    if chosen == KEEP:
        return draft.content.grade
    return None if chosen == NO_GRADE else GRADE_NAMES[form.choice("grade", Grade)]


def _body(form: Typed, name: str) -> str:
    body = form.get(name)
    if len(body) > LONGEST_BODY:
        raise Mistyped(name, f"最多 {LONGEST_BODY} 个字", f"at most {LONGEST_BODY} characters")
    return body
