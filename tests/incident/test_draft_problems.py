from dataclasses import replace

import pytest

from incident.draft import MISSING_MARK, Draft, Headline, NoticeFact
from incident.draft_problems import LONGEST_BODY, SECTIONS, problems_of
from incident.duty.duties import GRADE_NAMES, Grade
from incident.ids import Bilingual
from incident.notice import Content, Stage
from policies.recognisers.scan import scan
from tests.incident.office import zh
from tests.incident.test_notice import CONTENT

BODY = "\n".join(f"## {section.zh}\n\n这一节说的是：{section.zh}。\n" for section in SECTIONS)
HEADLINE = Headline(stage=CONTENT.stage, grade=CONTENT.grade)
FACTS = (
    NoticeFact(name="persons", label=zh("人数", "persons"), value=zh("1,234", "1,234"), source="C-20261123-001#21"),
    NoticeFact(name="from", label=zh("时间", "from"), value=zh("2026年11月23日 09:05", "09:05"), source="#21"),
    NoticeFact(name="phone", label=zh("电话", "phone"), value=zh("0570-8765000", "0570-8765000"), source="settings"),
    NoticeFact(name="hotline", label=zh("热线", "hotline"), value=zh("12345", "12345"), source="settings"),
    NoticeFact(name="unit", label=zh("单位", "unit"), value=CONTENT.contact.unit, source="settings"),
)


def draft(**changes: object) -> Draft:
    content = replace(CONTENT, body_zh=BODY)
    content = replace(content, **changes)  # type: ignore[arg-type]
    return Draft(template="bulk-retrieval", content=content, facts=FACTS, headline=HEADLINE)


def codes(
    of: Draft, facts: tuple[NoticeFact, ...] = FACTS, *, headline: Headline = HEADLINE, public: Content | None = None
) -> set[str]:
    found = problems_of(
        of,
        facts,
        scan,
        headline=headline,
        never_named={"clerk-wang", "10.0.0.7"},
        correction=public is not None,
        public=public,
    )
    assert all(problem.text.zh and problem.text.en for problem in found)
    return {problem.code for problem in found}


def test_a_good_draft_has_no_problem() -> None:
    assert codes(draft()) == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body_zh": BODY + MISSING_MARK}, "missing-fact"),
        ({"title_zh": " "}, "empty"),
        ({"body_en": ""}, "empty"),
        ({"body_zh": BODY.replace("## 您可以怎样做", "## 其他")}, "lacking-section"),
        ({"body_zh": BODY.replace("这一节说的是：联系我们。", "")}, "lacking-section"),
        ({"body_zh": BODY + "联系人 13800138000"}, "personal-data"),
        ({"title_en": "Call 13800138000"}, "personal-data"),
        ({"change": Bilingual(zh="删去身份证号110101199003070011", en="x")}, "personal-data"),
        ({"body_zh": BODY + "涉事账号 clerk-wang"}, "names-caller"),
        ({"body_zh": BODY + "涉事账号 Ｃlerk-Wang"}, "names-caller"),
        ({"body_en": "From 10.0.0.7"}, "names-caller"),
        ({"body_zh": BODY + "请联系 wang＠example。com"}, "personal-data"),
        ({"body_zh": BODY + "请联系 wang[at]example.com"}, "personal-data"),
        ({"body_zh": BODY + "请联系 wang（at）example（点）com"}, "personal-data"),
        ({"body_en": "Write to wang at example dot com."}, "personal-data"),
        ({"body_zh": BODY + "涉事账号 clerk\u2010wang"}, "names-caller"),
        ({"body_zh": BODY + "涉事账号 cle\u200brk-wang"}, "names-caller"),
        ({"body_zh": BODY + "涉事账号 clerk-w\u200dang"}, "names-caller"),
        ({"body_zh": BODY + "涉事账号 clerk wang"}, "names-caller"),
        ({"body_zh": BODY + "涉事账号clerk_wang。"}, "names-caller"),
        ({"body_zh": BODY + "涉事账号 clerkwang"}, "names-caller"),
        ({"body_zh": BODY + "涉事账号 \u0441l\u0435rk-w\u0430ng"}, "names-caller"),
        ({"body_zh": BODY + "涉事账号 c1érk—wang"}, "names-caller"),
        ({"body_en": "From 10.0.\u200b0.7"}, "names-caller"),
        ({"body_zh": BODY + "共 1235 人"}, "untraced-number"),
        ({"body_zh": BODY + "共 １２３５ 人"}, "untraced-number"),
        ({"title_en": "3 persons"}, "untraced-number"),
        ({"body_zh": BODY + "影响三百余人"}, "untraced-number"),
        ({"body_zh": BODY + "影响千人"}, "untraced-number"),
        ({"body_zh": BODY + "啊" * LONGEST_BODY}, "too-long"),
        ({"contact": replace(CONTENT.contact, phone="")}, "no-contact"),
    ],
)
def test_what_keeps_it_from_the_public(changes: dict[str, object], code: str) -> None:
    assert code in codes(draft(**changes))


@pytest.mark.parametrize(
    "more",
    [
        "共有 1,234 人，另有 1234 人。",
        "2026年11月23日 09:05 以前",
        "请拨打 0570-8765000 或者 12345",
        "一个人的信息也很重要，十分抱歉",
        "详见 www.example.gov.cn。Read it at www.example.gov.cn or at example.cn",
        "请到 @青石发布 查看。clerk 和 wang 是常见的词",
    ],
)
def test_numbers_of_the_facts_and_plain_words_may_stand(more: str) -> None:
    assert codes(draft(body_zh=BODY + more)) == set()


UNIT = CONTENT.contact.unit


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit": replace(UNIT, zh="青石区数据局，受害人王小明，身份证号110101199003070011")}, "personal-data"),
        ({"unit": replace(UNIT, zh="青石区数据局，手机13800138000")}, "personal-data"),
        ({"unit": replace(UNIT, en="Data Bureau, wang@example.com")}, "personal-data"),
        ({"unit": replace(UNIT, zh="青石区数据局，涉事账号clerk-wang")}, "names-caller"),
        ({"unit": replace(UNIT, en="Data Bureau, clerk-wang")}, "names-caller"),
        ({"unit": replace(UNIT, zh="青石区数据局，涉及1235人")}, "untraced-number"),
        ({"phone": "110101199003070011"}, "personal-data"),
        ({"phone": "110101199003070011"}, "no-line"),
        ({"phone": "13800138000"}, "personal-data"),
        ({"hotline": "13800138000"}, "no-line"),
        ({"hotline": "013800138000"}, "no-line"),
        ({"hotline": "12345、13800138000"}, "no-line"),
        ({"hotline": "clerk-wang"}, "names-caller"),
    ],
)
def test_the_contact_is_read_as_strictly_as_the_text(changes: dict[str, object], code: str) -> None:
    contact = replace(CONTENT.contact, **changes)  # type: ignore[arg-type]
    assert code in codes(draft(contact=contact))


@pytest.mark.parametrize(
    "phone",
    [
        *("0570-8765000", "0570 8765000", "（0570）8765000", "+86 570-8765000", "010-87650000", "8765000"),
        *("0570-8765000-801", "0570-8765000 转 801", "0570-8765000、0570-8765001", "12345", "400-876-5000", "96333"),
    ],
)
def test_a_line_of_an_office_may_be_called(phone: str) -> None:
    contact = replace(CONTENT.contact, phone=phone)
    assert codes(draft(contact=contact)) == set()
    assert "personal-data" not in codes(draft(contact=contact, body_zh=f"{BODY}电话 {phone}"))


def test_the_public_phone_is_no_personal_data_even_if_it_is_a_mobile() -> None:
    contact = replace(CONTENT.contact, phone="13800138000")
    facts = (*FACTS, replace(FACTS[2], value=zh("13800138000", "13800138000")))
    text = draft(contact=contact, body_zh=BODY + "电话 13800138000")
    assert not {"personal-data", "no-line"} & codes(text, facts)
    assert {"personal-data", "no-line"} <= codes(text), "the settings do not have it"
    assert "personal-data" in codes(draft(contact=contact, body_zh=BODY + "电话 13900139000"), facts)


def test_doubtful_and_changed_facts_block() -> None:
    doubtful = (replace(FACTS[0], doubt=zh("索引尚未完整", "the index was behind")), *FACTS[1:])
    assert codes(draft(), doubtful) == {"doubtful-fact"}
    changed = (replace(FACTS[0], value=zh("1,240", "1,240")), *FACTS[1:])
    assert codes(draft(), changed) == {"changed-fact"}
    assert codes(draft(body_zh=BODY + "共 1,234 人"), changed) == {"changed-fact", "untraced-number"}


OTHER = Headline(stage=Stage.RESOLVED, grade=GRADE_NAMES[Grade.MAJOR])


@pytest.mark.parametrize(
    ("changes", "now", "found"),
    [
        ({}, OTHER, {"changed-stage", "changed-grade"}),
        ({}, replace(HEADLINE, stage=OTHER.stage), {"changed-stage"}),
        ({}, replace(HEADLINE, grade=OTHER.grade), {"changed-grade"}),
        ({}, replace(HEADLINE, grade=None), {"changed-grade"}),
        ({"stage": OTHER.stage, "grade": OTHER.grade}, OTHER, set()),
        ({"stage": Stage.REVIEWED, "grade": None}, HEADLINE, set()),
        ({"stage": Stage.REVIEWED, "grade": None}, OTHER, {"changed-stage", "changed-grade"}),
    ],
)
def test_stage_and_grade_are_the_case_s_or_chosen_since(
    changes: dict[str, object], now: Headline, found: set[str]
) -> None:
    assert codes(draft(**changes), headline=now) == found


def test_a_draft_of_before_they_were_noted_has_those_of_the_case() -> None:
    old = replace(draft(), headline=None)
    assert codes(old) == set()
    assert codes(old, headline=OTHER) == {"changed-stage", "changed-grade"}


def test_a_correction_says_what_it_corrects() -> None:
    public = draft(title_zh="另一个标题").content
    assert codes(draft(), public=public) == {"no-change"}
    assert codes(draft(change=zh("补充了说明")), public=public) == set()


@pytest.mark.parametrize("before", [None, zh("补充了致谢")])
def test_a_correction_changes_what_the_public_reads(before: Bilingual | None) -> None:
    """A note on what was corrected, below the same text, would be untrue."""
    public = draft(change=before).content
    assert codes(draft(change=zh("补充了说明")), public=public) == {"nothing-changed"}
    for changed in ({"stage": Stage.RESOLVED}, {"body_en": "Another text."}):
        assert "nothing-changed" not in codes(draft(change=zh("补充了说明"), **changed), public=public)


def test_a_problem_never_repeats_what_was_found() -> None:
    found = problems_of(draft(body_zh=BODY + "13800138000"), FACTS, scan, headline=HEADLINE)
    said = [problem.text for problem in found]
    assert "personal-data" in {problem.code for problem in found}
    assert "13800138000" not in "".join(text.zh + text.en for text in said)


def test_chinese_commas_do_not_join_numbers() -> None:
    assert codes(draft(body_zh=BODY + "分别为 1234，12345。")) == set()
