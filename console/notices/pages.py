"""The notice of a case: its facts, its text, the preview, and the two people it takes."""

from collections.abc import Callable

from starlette.responses import Response

from console.cases.pages import CasePages
from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE
from console.notices.templates import template_chosen, template_options
from console.notices.view import (
    KEEP,
    NO_GRADE,
    NOTICE_FACTS,
    STANDING_KINDS,
    STANDINGS,
    content_of,
    hands_of,
    is_being_published,
    standing_of,
)
from console.pages import Pages
from console.words import options
from incident.audience import templates_in
from incident.draft import CHECK_LIST
from incident.duty.duties import GRADE_NAMES
from incident.ids import Bilingual, CaseId, NotPermitted
from incident.incident import Case
from incident.notice import STAGE_NAMES, WITHDRAWAL_NAMES, WithdrawalReason
from incident.state import ENDED

MOST_ENTRIES = 60
"""Of who did what; the case's timeline has all of it."""


class NoticePages:
    """The page and its forms."""

    def __init__(self, pages: Pages, cases: CasePages) -> None:
        self._pages = pages
        self._shown = cases
        self._cases = pages.office.cases

    def show(self, desk: Admitted, case: str) -> Response:
        """The notice as it stands."""
        return self._page(desk, self._shown.find(case))

    def settle(self, desk: Admitted, case: str) -> Response:
        """Say what a fact is."""
        form = desk.form
        name = form.get("name")

        def act() -> None:
            value = Bilingual(zh=form.text("zh", most=LONGEST_LINE), en=form.text("en", most=LONGEST_LINE))
            self._cases.settle_fact(CaseId(case), desk.person, name, value, form.text("reason"))

        return self._do(desk, case, f"settle-{name}", act, "settled")

    def redraft(self, desk: Admitted, case: str) -> Response:
        """Fill in the notice anew, by the template that was chosen, or the one that the case is given."""
        given = self._given(self._shown.find(case))

        def act() -> None:
            template = template_chosen(desk.form, self._templates(), given)
            self._cases.redraft_notice(CaseId(case), desk.person, template)

        return self._do(desk, case, "redraft", act, "redrafted")

    def edit(self, desk: Admitted, case: str) -> Response:
        """Replace the text."""

        def act() -> None:
            draft = self._shown.find(case).notice.draft
            if draft is None:
                raise NotPermitted("还没有通告草稿", "there is no draft yet")
            if desk.form.get("digest") != self._shown.find(case).notice.digest:
                raise NotPermitted(
                    "您打开页面以后草稿被别人修改过。请对照现有草稿，把您的修改合并后再保存",
                    "somebody changed the draft since you opened the page: bring your changes into it",
                )
            self._cases.edit_notice(CaseId(case), desk.person, content_of(desk.form, draft))

        return self._do(desk, case, "edit", act, "edited")

    def submit(self, desk: Admitted, case: str) -> Response:
        """Answer for the text and the check list."""

        def act() -> None:
            self._needs_intact(case)
            checks = desk.form.several("check")
            due = desk.form.moment("due", self._pages.moments.zone) if desk.form.get("due").strip() else None
            self._cases.submit_notice(CaseId(case), desk.person, desk.form.get("digest"), checks, due=due)

        return self._do(desk, case, "submit", act, "submitted")

    def approve(self, desk: Admitted, case: str) -> Response:
        """Approve the text as the second person."""

        def act() -> None:
            self._needs_intact(case)
            self._cases.approve_notice(CaseId(case), desk.person, desk.form.get("digest"))

        return self._do(desk, case, "approve", act, "approved")

    def call_off(self, desk: Admitted, case: str) -> Response:
        """Call off what waits for its time."""

        def act() -> None:
            self._cases.call_off_notice(CaseId(case), desk.person, desk.form.get("digest"))

        return self._do(desk, case, "call-off", act, "called-off")

    def withdraw(self, desk: Admitted, case: str) -> Response:
        """Take the published notice back."""

        def act() -> None:
            self._cases.withdraw_notice(CaseId(case), desk.person, desk.form.choice("reason", WithdrawalReason))

        return self._do(desk, case, "withdraw", act, "withdrawn")

    def _given(self, case: Case) -> str:
        return self._cases.template_of(case.id) or self._pages.office.press_template

    def _templates(self) -> tuple[str, ...]:
        return templates_in(self._cases.rules.press.templates)

    def _needs_intact(self, case: str) -> None:
        """Return if the journal that the notice was filled from is as it was written. Raises NotPermitted otherwise."""
        if self._shown.altered(CaseId(case)):
            raise NotPermitted(
                "案件记录被改动过，不能据以发布通告。请审计员先核查",
                "the journal of the case was altered, so nothing is published from it: an auditor has to look first",
            )

    def _do(self, desk: Desk, case: str, form: str, act: Callable[[], None], done: str) -> Response:
        self._shown.find(case)
        return self._pages.carry_out(
            desk,
            form,
            act,
            done=done,
            back=f"/cases/{case}/notice",
            again=lambda handed_back: self._page(handed_back, self._shown.find(case)),
        )

    def _page(self, desk: Desk, case: Case) -> Response:
        entries = [entry for entry in case.entries if isinstance(entry.fact, NOTICE_FACTS)]
        hands, standing = hands_of(case), standing_of(case)
        ended = case.state in ENDED
        writes = desk.may("POST", "/cases/{case}/notice/edit")
        content = case.notice.draft.content if case.notice.draft else None
        kept = f"保持：{content.grade.zh if content and content.grade else '不写级别'} / as it is"
        return self._pages.page(
            desk,
            "notice.html.j2",
            case=case,
            altered=self._shown.altered(case.id),
            notice=case.notice,
            content=content,
            standing=STANDINGS[standing],
            standing_kind=STANDING_KINDS[standing],
            facts_known=self._cases.facts(case.id),
            problems=self._cases.problems(case.id),
            hands=hands,
            barred=hands.bars(desk.person),
            writes=writes,
            settles=writes and not ended,
            approves=desk.may("POST", "/cases/{case}/notice/approve"),
            busy=ended or is_being_published(case),
            ended=ended,
            checks=CHECK_LIST,
            entries=tuple(reversed(entries[-MOST_ENTRIES:])),
            entries_left=max(0, len(entries) - MOST_ENTRIES),
            stage_options=options(STAGE_NAMES),
            notice_grade_options=[(KEEP, kept), *options(GRADE_NAMES), (NO_GRADE, "不写级别 / none")],
            withdrawal_options=options(WITHDRAWAL_NAMES),
            template_options=template_options(self._templates()),
            template_given=self._given(case),
        )
