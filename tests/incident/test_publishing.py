"""Invariant 8: publishing takes two people, on the exact text. These tests try to do it with less."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from incident.draft import CHECK_LIST
from incident.duty.duties import Grade
from incident.facts.case import Move
from incident.ids import Bilingual, CaseId, NotPermitted, PersonId
from incident.notice import Content, WithdrawalReason, read_notice
from tests.incident.office import CHEN, LI, ZHAO, Office

ALL = tuple(CHECK_LIST)


@pytest.fixture
def case(office: Office) -> CaseId:
    return office.to_the_draft()


def content(office: Office, case: CaseId) -> Content:
    draft = office.cases.get(case).notice.draft
    assert draft is not None
    return draft.content


def digest(office: Office, case: CaseId) -> str:
    return office.cases.get(case).notice.digest


def better(office: Office, case: CaseId, more: str = "感谢大家的理解。", **changes: object) -> Content:
    old = content(office, case)
    return replace(old, body_zh=old.body_zh + f"\n{more}\n", **changes)  # type: ignore[arg-type]


def published(office: Office) -> list[int]:
    path = office.folder / "published" / "N-20261123-001.json"
    return [version.number for version in read_notice(path).versions] if path.exists() else []


def test_nobody_publishes_alone(office: Office, case: CaseId) -> None:
    with pytest.raises(NotPermitted, match="another person has to check and submit"):
        office.cases.approve_notice(case, ZHAO, digest(office, case))
    office.cases.submit_notice(case, LI, digest(office, case), ALL)
    with pytest.raises(NotPermitted, match="cannot approve it"):
        office.cases.approve_notice(case, LI, digest(office, case))
    office.perform_all()
    assert published(office) == []
    office.cases.approve_notice(case, ZHAO, digest(office, case))
    office.perform_all()
    assert published(office) == [1]


def test_an_author_under_another_account_is_the_same_person(office: Office, case: CaseId) -> None:
    """Accounts never come here: the console names the human, and humans are compared."""
    office.cases.edit_notice(case, ZHAO, better(office, case))
    office.cases.submit_notice(case, LI, digest(office, case), ALL)
    with pytest.raises(NotPermitted, match="cannot approve it"):
        office.cases.approve_notice(case, PersonId(str(ZHAO)), digest(office, case))
    office.cases.approve_notice(case, CHEN, digest(office, case))


def test_whoever_wrote_in_it_stays_an_author_through_later_edits(office: Office, case: CaseId) -> None:
    office.cases.edit_notice(case, ZHAO, better(office, case))
    office.cases.edit_notice(case, LI, better(office, case, "谢谢。"))
    office.cases.submit_notice(case, LI, digest(office, case), ALL)
    with pytest.raises(NotPermitted, match="cannot approve it"):
        office.cases.approve_notice(case, ZHAO, digest(office, case))


def test_who_said_what_a_fact_is_does_not_approve_it(office: Office, case: CaseId) -> None:
    office.cases.settle_fact(case, ZHAO, "persons", Bilingual(zh="21", en="21"), "人工补计一人")
    office.cases.redraft_notice(case, LI, "bulk-retrieval")
    office.cases.submit_notice(case, LI, digest(office, case), ALL)
    with pytest.raises(NotPermitted, match="cannot approve it"):
        office.cases.approve_notice(case, ZHAO, digest(office, case))
    office.cases.approve_notice(case, CHEN, digest(office, case))


@pytest.mark.parametrize("who", [LI, ZHAO, CHEN])
def test_an_edit_voids_submission_and_approval(office: Office, case: CaseId, who: PersonId) -> None:
    old = digest(office, case)
    office.cases.submit_notice(case, LI, old, ALL)
    office.cases.edit_notice(case, who, better(office, case))
    with pytest.raises(NotPermitted, match="has changed since"):
        office.cases.approve_notice(case, ZHAO, old)
    with pytest.raises(NotPermitted, match="has to check and submit"):
        office.cases.approve_notice(case, CHEN, digest(office, case))
    assert published(office) == []


def test_the_text_of_another_case_is_not_approved(office: Office, case: CaseId) -> None:
    with pytest.raises(NotPermitted, match="has changed since"):
        office.cases.submit_notice(case, LI, "0" * 64, ALL)


@pytest.mark.parametrize("missing", ALL)
def test_the_check_list_is_ticked_as_a_whole(office: Office, case: CaseId, missing: str) -> None:
    with pytest.raises(NotPermitted, match="not checked"):
        office.cases.submit_notice(case, LI, digest(office, case), [item for item in ALL if item != missing])


@pytest.mark.parametrize(
    ("more", "says"),
    [("共 99 人", "comes from no fact"), ("涉事账号 clerk-wang", "names an account"), ("【待补】", "gaps")],
)
def test_a_draft_with_problems_is_neither_submitted_nor_approved(
    office: Office, case: CaseId, more: str, says: str
) -> None:
    office.cases.edit_notice(case, LI, better(office, case, more))
    with pytest.raises(NotPermitted, match=says):
        office.cases.submit_notice(case, LI, digest(office, case), ALL)


def test_a_fact_that_changes_before_the_approval_blocks_it(office: Office, case: CaseId) -> None:
    office.cases.submit_notice(case, LI, digest(office, case), ALL)
    office.cases.settle_fact(case, CHEN, "persons", Bilingual(zh="21", en="21"), "人工补计一人")
    with pytest.raises(NotPermitted, match="has changed since the draft was filled in"):
        office.cases.approve_notice(case, ZHAO, digest(office, case))


def test_text_with_personal_data_is_not_even_kept(office: Office, case: CaseId) -> None:
    before = office.cases.get(case)
    with pytest.raises(NotPermitted, match="personal data"):
        office.cases.edit_notice(case, LI, better(office, case, "如有疑问请联系王小明 13800138000"))
    assert office.cases.get(case) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "110101199003070011"},
        {"hotline": "13800138000"},
        {"unit": Bilingual(zh="青石区数据局，身份证号110101199003070011", en="Data Bureau")},
        {"unit": Bilingual(zh="青石区数据局", en="Data Bureau, wang@example.com")},
    ],
)
def test_nor_is_a_contact_with_personal_data(office: Office, case: CaseId, changes: dict[str, Any]) -> None:
    before, written = office.cases.get(case), content(office, case)
    with pytest.raises(NotPermitted, match="personal data"):
        office.cases.edit_notice(case, LI, replace(written, contact=replace(written.contact, **changes)))
    assert office.cases.get(case) == before


def test_a_correction_needs_two_people_and_a_note_and_keeps_the_history(office: Office, case: CaseId) -> None:
    office.publish(case)
    with pytest.raises(NotPermitted, match="says what was corrected"):
        office.cases.edit_notice(case, LI, better(office, case))
    change = Bilingual(zh="补充了致谢", en="thanks were added")
    office.cases.edit_notice(case, LI, better(office, case, change=change))
    office.perform_all()
    assert published(office) == [1]
    office.publish(case)
    assert published(office) == [1, 2]
    notice = read_notice(office.folder / "published" / "N-20261123-001.json")
    assert notice.current.content is not None
    assert notice.current.content.change == change


def test_what_is_published_is_not_published_again(office: Office, case: CaseId) -> None:
    office.publish(case)
    with pytest.raises(NotPermitted, match="published already"):
        office.cases.submit_notice(case, LI, digest(office, case), ALL)


def test_one_person_may_withdraw_and_the_text_is_gone(office: Office, case: CaseId) -> None:
    office.publish(case)
    office.cases.withdraw_notice(case, CHEN, WithdrawalReason.PERSONAL_DATA)
    office.perform_all()
    notice = read_notice(office.folder / "published" / "N-20261123-001.json")
    assert notice.current.content is None
    assert notice.current.withdrawn is not None
    assert notice.current.withdrawn.reason is WithdrawalReason.PERSONAL_DATA
    with pytest.raises(NotPermitted, match="no notice is published"):
        office.cases.withdraw_notice(case, CHEN, WithdrawalReason.WRONG)


def test_after_a_withdrawal_a_new_version_takes_two_people_again(office: Office, case: CaseId) -> None:
    office.publish(case)
    withdrawn = content(office, case)
    office.cases.withdraw_notice(case, CHEN, WithdrawalReason.WRONG)
    office.perform_all()
    with pytest.raises(NotPermitted, match="no draft"):
        office.cases.edit_notice(case, LI, withdrawn)
    office.cases.redraft_notice(case, LI, "bulk-retrieval")
    change = Bilingual(zh="更正了原通告的内容", en="the first notice was corrected")
    office.cases.edit_notice(case, LI, replace(content(office, case), change=change))
    office.publish(case)
    notice = read_notice(office.folder / "published" / "N-20261123-001.json")
    assert [bool(version.content) for version in notice.versions] == [False, True]


def regraded(office: Office, case: CaseId) -> None:
    office.cases.grade(case, CHEN, Grade.MAJOR, "社会影响重大")


def resolved(office: Office, case: CaseId) -> None:
    office.cases.act(case, Move.RESOLVE, CHEN)


@pytest.mark.parametrize(("change", "said"), [(regraded, "the grade is"), (resolved, "the stage is")])
def test_a_grade_or_stage_that_the_case_no_longer_has_is_not_published(
    office: Office, case: CaseId, change: Callable[[Office, CaseId], None], said: str
) -> None:
    office.cases.submit_notice(case, LI, digest(office, case), ALL)
    change(office, case)
    with pytest.raises(NotPermitted, match=said):
        office.cases.approve_notice(case, ZHAO, digest(office, case))
    with pytest.raises(NotPermitted, match=said):
        office.cases.submit_notice(case, LI, digest(office, case), ALL)
    office.perform_all()
    assert published(office) == []
    office.cases.redraft_notice(case, LI, "bulk-retrieval")
    assert office.cases.problems(case) == ()
    office.publish(case)
    assert published(office) == [1]


def test_while_a_notice_is_being_published_nobody_touches_it(office: Office, case: CaseId) -> None:
    now = digest(office, case)
    office.cases.submit_notice(case, LI, now, ALL)
    office.cases.approve_notice(case, ZHAO, now)
    with pytest.raises(NotPermitted, match="being published"):
        office.cases.edit_notice(case, LI, better(office, case))
    with pytest.raises(NotPermitted, match="being published"):
        office.cases.withdraw_notice(case, LI, WithdrawalReason.WRONG)
    office.perform_all()
    assert published(office) == [1]


def test_a_case_without_a_playbook_publishes_on_approval(office: Office) -> None:
    office.record()
    case = office.to_the_draft(respond="")
    office.cases.reassess(case, CHEN, 24)
    office.perform_all()
    office.cases.redraft_notice(case, CHEN, "bulk-retrieval")
    assert office.cases.problems(case) == ()
    office.cases.settle_fact(case, CHEN, "contained", Bilingual(zh="今天上午", en="this morning"), "人工停用")
    office.cases.redraft_notice(case, CHEN, "bulk-retrieval")
    office.publish(case)
    assert published(office) == [1]
