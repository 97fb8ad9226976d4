import pytest

from console.forms import Mistyped, Typed
from console.notices.view import (
    KEEP,
    LONGEST_BODY,
    NO_GRADE,
    Standing,
    content_of,
    hands_of,
    is_being_published,
    standing_of,
)
from incident.draft import CHECK_LIST, Draft
from incident.duty.duties import GRADE_NAMES, Grade
from incident.notice import Content, WithdrawalReason
from tests.console.bureau import CHEN, LI, SUN, ZHAO, Bureau
from tests.incident.office import zh


def test_from_no_draft_to_withdrawn(bureau: Bureau) -> None:
    office = bureau.office
    asked = bureau.with_question()
    assert standing_of(office.cases.get(asked)) is Standing.NONE
    case = bureau.open(bureau.leak(persons=20, caller="clerk-li"))
    office.perform_all()
    seen = [standing_of(office.cases.get(case))]
    digest = office.cases.get(case).notice.digest
    office.cases.submit_notice(case, LI, digest, tuple(CHECK_LIST))
    seen.append(standing_of(office.cases.get(case)))
    office.cases.approve_notice(case, ZHAO, digest)
    seen.append(standing_of(office.cases.get(case)))
    assert is_being_published(office.cases.get(case))
    office.perform_all()
    seen.append(standing_of(office.cases.get(case)))
    office.cases.withdraw_notice(case, LI, WithdrawalReason.WRONG)
    office.perform_all()
    seen.append(standing_of(office.cases.get(case)))
    assert seen == [
        Standing.DRAFT,
        Standing.SUBMITTED,
        Standing.PUBLISHING,
        Standing.PUBLISHED,
        Standing.WITHDRAWN,
    ]
    assert not is_being_published(office.cases.get(case))


def test_hands_bar_whom_the_rule_would_refuse(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    cases = bureau.office.cases
    cases.settle_fact(case, ZHAO, "persons", zh("20", "20"), "复核")
    draft = drafted(bureau)
    cases.edit_notice(case, SUN, content_of(typed(draft.content, title_zh="另一个标题"), draft))
    cases.submit_notice(case, LI, cases.get(case).notice.digest, tuple(CHECK_LIST))
    hands = hands_of(cases.get(case))
    assert (hands.wrote, hands.settled, hands.submitted, hands.approved) == ((SUN,), (ZHAO,), LI, None)
    assert [bool(hands.bars(who)) for who in (LI, SUN, ZHAO, CHEN)] == [True, True, True, False]


def drafted(bureau: Bureau) -> Draft:
    draft = bureau.office.cases.all()[0].notice.draft
    assert draft is not None
    return draft


def typed(content: Content, **changes: str) -> Typed:
    fields = {
        "title_zh": content.title_zh,
        "body_zh": content.body_zh,
        "title_en": content.title_en,
        "body_en": content.body_en,
        "stage": content.stage.value,
        "grade": KEEP,
        "unit_zh": content.contact.unit.zh,
        "unit_en": content.contact.unit.en,
        "phone": content.contact.phone,
        "hotline": content.contact.hotline,
        **changes,
    }
    return Typed({name: [value] for name, value in fields.items()})


def test_the_form_makes_the_content_it_was_filled_from(bureau: Bureau) -> None:
    bureau.to_the_draft()
    draft = drafted(bureau)
    assert content_of(typed(draft.content), draft) == draft.content


def test_each_field_reaches_its_place(bureau: Bureau) -> None:
    bureau.to_the_draft()
    draft = drafted(bureau)
    made = content_of(
        typed(draft.content, grade="large", stage="resolved", phone="0570-1", change_zh="更正", change_en="corrected"),
        draft,
    )
    assert made.grade == GRADE_NAMES[Grade.LARGE]
    assert made.stage.value == "resolved"
    assert made.contact.phone == "0570-1"
    assert made.change == zh("更正", "corrected")
    assert content_of(typed(draft.content, grade=NO_GRADE), draft).grade is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("stage", "finished"), ("grade", "huge"), ("title_zh", "长" * 201), ("body_zh", "长" * (LONGEST_BODY + 1))],
)
def test_what_cannot_be_read(bureau: Bureau, name: str, value: str) -> None:
    bureau.to_the_draft()
    draft = drafted(bureau)
    with pytest.raises(Mistyped) as wrong:
        content_of(typed(draft.content, **{name: value}), draft)
    assert wrong.value.field == name
