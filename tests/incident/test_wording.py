from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incident.audience import SHIPPED
from incident.command import Containment, Question
from incident.draft import MISSING_MARK
from incident.duty.duties import Grade
from incident.ids import CaseId, CommandKey, NotPermitted
from incident.notice import Stage
from incident.scope import Caution
from incident.wording import FACT_NAMES, facts_of, moment, write_draft
from siem.record.event import Disclosure
from tests.golden import Golden
from tests.incident.office import CHEN, LI, LIMIT, PRESS, TEN, Office, alert, shown, zh
from tests.siem.events import digest, document

MASKED = {"fields": (shown("name", Disclosure.MASKED),), "disclosure": Disclosure.MASKED}
SENSITIVE = {"fields": (shown("resident_id"), shown("bank_card"))}


@pytest.mark.parametrize(
    ("name", "events"),
    [("in-clear", {}), ("masked-only", MASKED), ("sensitive", SENSITIVE), ("nothing-known", None)],
)
def test_the_notice_as_the_public_would_read_it(
    office: Office, golden: Golden, name: str, events: dict[str, Any] | None
) -> None:
    if events is None:
        case = office.cases.open_or_join(alert())
    else:
        office.record(count=1234, **events)
        case = office.cases.open_or_join(alert(automatic=True))
        office.perform_all()
    content = write_draft(office.cases.get(case), "bulk-retrieval", PRESS, TEN).content
    parts = (f"# {content.title_zh}", content.body_zh, f"# {content.title_en}", content.body_en)
    golden.check(f"bulk-retrieval-{name}.txt", "\n\n".join(part.strip() for part in parts) + "\n")


@pytest.mark.parametrize("events", [{}, MASKED, SENSITIVE], ids=["in clear", "masked only", "sensitive"])
def test_the_shipped_template_needs_no_hand(office: Office, events: dict[str, Any]) -> None:
    office.record(**events)
    case = office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    assert office.cases.problems(case) == ()


@pytest.mark.parametrize("name", sorted(path.name.partition(".")[0] for path in SHIPPED.glob("*.zh.j2")))
def test_one_minute_is_told_as_one_time_and_more_as_a_span(office: Office, name: str) -> None:
    office.record()
    case = office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    for last, times in (("17:56", 1), ("17:59", 2)):
        if last != "17:56":
            office.record(at=TEN - timedelta(minutes=1))
            office.cases.reassess(case, CHEN, 24)
            office.perform_all()
        content = write_draft(office.cases.get(case), name, PRESS, TEN).content
        for text in (content.body_zh, content.body_en):
            told = sum(text.count(time) for time in {"17:56", last})
            assert told == times, text


ONE_DECOY = {"count": 1, **MASKED}


@pytest.mark.parametrize(
    ("name", "caller", "events"),
    [
        ("decoy-only", "", ONE_DECOY),
        ("clerk", "clerk-wang", {"count": 30, **SENSITIVE}),
        ("masked-more", "", {"count": 30, **MASKED}),
        ("unknown-source", "", ONE_DECOY),
    ],
)
def test_the_notice_about_a_canary(
    office: Office, golden: Golden, name: str, caller: str, events: dict[str, Any]
) -> None:
    office.record(caller=caller, source_ip="10.0.0.7", **events)
    source = {} if name == "unknown-source" else {"source.ip": "10.0.0.7"}
    group = {"service.name": "register", **source, **({"user.id": caller} if caller else {})}
    case = office.cases.open_or_join(
        alert(group=group, respond="canary-record", automatic=True, events=("6YQ3K0M9ZT-0",))
    )
    office.perform_all()
    content = write_draft(office.cases.get(case), "canary-record", PRESS, TEN).content
    parts = (f"# {content.title_zh}", content.body_zh, f"# {content.title_en}", content.body_en)
    golden.check(f"canary-record-{name}.txt", "\n\n".join(part.strip() for part in parts) + "\n")


def contained_by(office: Office, case: CaseId, kind: Containment, **about: Any) -> None:
    office.cases.contain(case, CHEN, kind, hours=2, reason="先行控制", **about)
    office.perform_all()


def test_only_a_block_in_force_stops_an_account(office: Office) -> None:
    office.record(credential="key:7f3a")
    case = office.cases.open_or_join(alert())
    office.cases.decline(case, office.question(case, Question.CONTAIN).key, CHEN, "先核实")
    office.perform_all()

    def says_stopped(at: datetime = TEN) -> bool:
        content = write_draft(office.cases.get(case), "bulk-retrieval", PRESS, at).content
        assert ("已停用" in content.body_zh) is ("was stopped" in content.body_en)
        assert MISSING_MARK not in content.body_zh
        return "已停用" in content.body_zh

    assert not says_stopped()
    contained_by(office, case, Containment.MASK_HARDER, system="register")
    contained_by(office, case, Containment.BLOCK_CALLER, target="clerk-zhou")
    assert not says_stopped(), "neither stops the account that the case is about"
    contained_by(office, case, Containment.BLOCK_CREDENTIAL, target="key:7f3a")
    assert says_stopped()
    assert not says_stopped(TEN + timedelta(hours=2)), "it has ended by itself"
    contained_by(office, case, Containment.BLOCK_CALLER, target="clerk-wang")
    for key in [key for key, entry in office.overlay.items() if entry.target != "clerk-zhou"]:
        assert says_stopped()
        office.cases.ask_lift(case, CommandKey(key), CHEN, "误报")
        office.cases.agree_lift(case, CommandKey(key), LI)
        office.perform_all()
    assert says_stopped() is False


def test_before_anything_is_known_there_are_gaps_not_guesses(office: Office) -> None:
    case = office.cases.open_or_join(alert(respond=""))
    office.cases.redraft_notice(case, CHEN, "bulk-retrieval")
    draft = office.cases.get(case).notice.draft
    assert draft is not None
    assert MISSING_MARK in draft.content.body_zh
    assert MISSING_MARK in draft.content.body_en
    assert "missing-fact" in {problem.code for problem in office.cases.problems(case)}


def test_every_fact_has_its_source(office: Office) -> None:
    case = office.cases.get(office.to_the_draft())
    found = facts_of(case, PRESS, TEN)
    assert {fact.name for fact in found} == FACT_NAMES
    for fact in found:
        assert fact.value.zh
        assert fact.value.en
        assert fact.source
    persons = next(fact for fact in found if fact.name == "persons")
    assert persons.source == f"{case.id}#{case.scope_entry}"


@pytest.mark.parametrize("caution", [Caution.INDEX_BEHIND, Caution.EPOCHS_MIXED, Caution.SOURCE_UNKNOWN])
def test_a_doubtful_scope_makes_its_numbers_doubtful(office: Office, caution: Caution) -> None:
    case = office.cases.get(office.to_the_draft())
    assert case.scope is not None
    found = facts_of(replace(case, scope=replace(case.scope, cautions=(caution,))), PRESS, TEN)
    assert {fact.name for fact in found if fact.doubt} == {"persons", "persons_masked"}


def test_an_alert_after_the_count_makes_it_doubtful_until_it_is_counted_again(office: Office) -> None:
    case = office.to_the_draft()
    office.watch.move(minutes=5)
    office.cases.open_or_join(alert(automatic=True, last_at=office.watch() - timedelta(seconds=30), event_count=12))
    assert "doubtful-fact" in {problem.code for problem in office.cases.problems(case)}
    office.cases.reassess(case, CHEN, 24)
    office.perform_all()
    assert office.cases.problems(case) == ()


def test_a_category_without_a_public_name_blocks(office: Office) -> None:
    office.record(fields=(shown("household_no"),))
    case = office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    problems = office.cases.problems(case)
    assert any("`household_no` has no public name" in problem.text.en for problem in problems)
    office.cases.settle_fact(case, CHEN, "categories", zh("户号", "household numbers"), "目录尚未登记")
    office.cases.redraft_notice(case, CHEN, "bulk-retrieval")
    assert office.cases.problems(case) == ()
    draft = office.cases.get(case).notice.draft
    assert draft is not None
    assert "户号" in draft.content.body_zh


def test_only_facts_that_exist_are_settled(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    with pytest.raises(NotPermitted, match="no fact `weather`"):
        office.cases.settle_fact(case, CHEN, "weather", zh("晴"), "看了天")
    with pytest.raises(NotPermitted, match="a reason"):
        office.cases.settle_fact(case, CHEN, "persons", zh("5", "5"), " ")


def test_values_without_a_subject_are_said_as_at_least(office: Office) -> None:
    office.record(count=3)
    unnamed = document(99, at=TEN - timedelta(minutes=3), subjects=(), fields=(shown("name", count=4),))
    office.events.append([unnamed], LIMIT)
    case = office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    draft = office.cases.get(case).notice.draft
    assert draft is not None
    assert "经逐条核对访问记录，至少有 3 人、至多有 7 人的个人信息被显示。" in draft.content.body_zh
    assert "of at least 3 persons, and of 7 at most, was shown" in draft.content.body_en
    assert office.cases.problems(case) == ()


def test_that_nobody_is_named_is_not_said_as_nobody_affected(office: Office) -> None:
    unnamed = document(99, at=TEN - timedelta(minutes=3), subjects=(), fields=(shown("name", count=4),))
    office.events.append([unnamed], LIMIT)
    case = office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    now = office.cases.get(case)
    assert now.notice.draft is not None
    assert "经逐条核对访问记录，至多有 4 人的个人信息被显示。" in now.notice.draft.content.body_zh
    assert "of at most 4 persons was shown" in now.notice.draft.content.body_en
    assert "没有发现未经遮盖" not in now.notice.draft.content.body_zh
    assert now.graded is not None
    assert "至多 4 人，按上限计" in now.graded.why


def test_stage_and_grade_follow_the_case(office: Office) -> None:
    case = office.to_the_draft()
    draft = office.cases.get(case).notice.draft
    assert draft is not None
    assert (draft.content.stage, draft.content.grade) == (Stage.CONTAINED, zh("一般", "ordinary"))
    office.cases.grade(case, CHEN, Grade.LARGE, "影响较大")
    again = write_draft(office.cases.get(case), "bulk-retrieval", PRESS, TEN).content
    assert again.grade == zh("较大", "relatively major")


@pytest.mark.parametrize(
    ("at", "text", "english"),
    [
        (
            datetime(2026, 11, 23, 16, 5, 59),
            "2026年11月24日 00:05（北京时间）",
            "00:05 on 24 November 2026 (Beijing time)",
        ),
        (datetime(2026, 1, 2, 3, 4), "2026年1月2日 11:04（北京时间）", "11:04 on 2 January 2026 (Beijing time)"),
    ],
)
def test_times_are_said_in_the_zone_of_the_reader(at: datetime, text: str, english: str) -> None:
    press = replace(PRESS, zone_name=zh("北京时间", "Beijing time"))
    assert moment(at.replace(tzinfo=UTC), press) == zh(text, english)
    assert moment(None, press) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no title", "must begin with"),
        ("# {{ fact.weather }}", "weather"),
        ("# {{ fact.persons.__class__.__mro__ }}", "only facts have parts"),
        ("# {% for x in range(10) %}", "end of template"),
        ("# {% for x in clear %}{% endfor %}", "`for` has no place"),
        ("# {{ 1 / 0 }}", "`div` has no place"),
        ("# {{ range(99999999) | list }}", "has no place"),
        ("# {% extends 'layouts/public.zh.j2' %}", "extends `layout`|is missing"),
        ("# {% include '../../secret' %}", "`include` has no place"),
    ],
)
def test_a_hostile_or_broken_template_is_refused(office: Office, tmp_path: Path, text: str, says: str) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    for language in ("zh", "en"):
        (folder / f"odd.{language}.j2").write_text(text, "utf-8")
    case = office.cases.get(office.cases.open_or_join(alert()))
    with pytest.raises(ValueError, match=rf"the template `odd\.zh\.j2` .*{says}"):
        write_draft(case, "odd", replace(PRESS, templates=folder), TEN)


@pytest.mark.parametrize("name", ["no-such", "../wording", "/etc/passwd"])
def test_only_templates_of_the_folder_are_read(office: Office, name: str) -> None:
    case = office.cases.get(office.cases.open_or_join(alert()))
    with pytest.raises(ValueError, match="there is no such template"):
        write_draft(case, name, PRESS, TEN)


def test_every_shipped_template_has_both_languages() -> None:
    files = {path.name for path in SHIPPED.glob("*.j2")}
    names = {file.partition(".")[0] for file in files}
    assert names
    assert files == {f"{name}.{language}.j2" for name in names for language in ("zh", "en")}


def test_what_was_settled_is_in_doubt_where_the_log_says_more_since(office: Office) -> None:
    case = office.to_the_draft()
    office.cases.settle_fact(case, CHEN, "persons", zh("20", "20"), "逐一核对")
    office.watch.move(minutes=5)
    office.record(count=25, at=TEN + timedelta(minutes=1))
    office.cases.reassess(case, CHEN, 24)
    office.perform_all()
    problems = [problem for problem in office.cases.problems(case) if problem.code == "doubtful-fact"]
    assert [problem.text.zh for problem in problems] == [
        "事实“以明文显示所涉人数”存疑：p-chen 于2026年11月23日 18:00（北京时间）核定为“20”，"
        "此后于2026年11月23日 18:05（北京时间）统计为“25”，请重新核定"
    ]
    office.cases.settle_fact(case, CHEN, "persons", zh("22", "22"), "其中三人为测试数据")
    office.cases.redraft_notice(case, CHEN, "bulk-retrieval")
    assert office.cases.problems(case) == ()


def test_what_was_settled_is_not_in_doubt_where_the_log_agrees(office: Office) -> None:
    case = office.to_the_draft()
    office.cases.settle_fact(case, CHEN, "persons", zh("20", "20"), "逐一核对")
    office.watch.move(minutes=5)
    office.cases.reassess(case, CHEN, 24)
    office.perform_all()
    assert not [fact for fact in office.cases.facts(case) if fact.doubt]


@pytest.mark.parametrize(
    ("persons", "said"), [(0, "没有发现同一来源读取过任何人的真实个人信息"), (1, "共有 1 人的个人信息被显示。")]
)
def test_a_canary_that_is_told_apart_is_no_person_of_the_notice(office: Office, persons: int, said: str) -> None:
    office.record(caller="clerk-wang", count=persons + 1)
    office.canaries = frozenset({digest(0)})
    case = office.cases.open_or_join(alert(respond="canary-record", automatic=True))
    office.perform_all()
    content = write_draft(office.cases.get(case), "canary-record", PRESS, TEN).content
    assert said in content.body_zh
    assert "虚构记录计算在内" not in content.body_zh
    assert "invented record included" not in content.body_en
