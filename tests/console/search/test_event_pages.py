"""Looking an event up tells everything but who it was about."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from policies.compiling.folder import compile_folder
from siem.record.event import CallerKind, Disclosure, Phase, Raised
from tests.console.bureau import FIELDS, Bureau, use
from tests.incident.office import LIMIT, TEN
from tests.policies.compiled import program
from tests.policies.revealed import declare_reveals
from tests.proxy.credentials import Provider
from tests.siem.events import digest, document


def put(bureau: Bureau, number: int, **changes: object) -> str:
    told = document(number, **{"at": TEN - timedelta(minutes=1), "fields": FIELDS, **changes})  # type: ignore[arg-type]
    bureau.office.events.append([told], LIMIT)
    return str(told["event"]["id"])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("6YQ3K0M9ZT-1", True),
        (" 6yq3k0m9zt-1 ", True),
        ("6YQ3 K0M9 ZT-1", True),
        ("６ＹＱ３Ｋ０Ｍ９ＺＴ－１", True),
        ("6YQ3K0M9ZT-999", False),
    ],
)
def test_the_number_is_found_however_it_is_typed(archive: Bureau, typed: str, found: bool) -> None:
    browser = archive.browser("oncall")
    page = browser.get("/events")
    address = page.by_id("look-up").get("action")
    answer = browser.client.get(str(address), params={"id": typed})
    assert answer.status_code == (200 if found else 404)
    assert found == ("clerk-wang" in answer.text)


def test_the_number_of_an_event_that_was_brought_in_is_found(archive: Bureau) -> None:
    event = put(archive, 7, id="7YQ3K0M9ZT-6YQ3K0M9ZT-7", exchange="7YQ3K0M9ZT-6YQ3K0M9ZT-7")
    browser = archive.browser("oncall")
    address = browser.get("/events").by_id("look-up").get("action")
    assert browser.client.get(str(address), params={"id": event}).status_code == 200


@pytest.mark.parametrize("typed", ["x", "../../etc/passwd", "6YQ3K0M9ZT", "A" * 500, "<b>-1", "‮6YQ-1"])
def test_what_is_no_number_is_told(archive: Bureau, typed: str) -> None:
    answer = archive.browser("oncall").client.get("/events", params={"id": typed})
    assert answer.status_code == 422
    assert "编号由字母、数字和一个连字符组成" in answer.text


def test_a_withheld_exchange_says_why(archive: Bureau) -> None:
    page = archive.browser("oncall").get("/events/6YQ3K0M9ZT-9001")
    for word in ("已拦截", "该账号已被安全值班人员暂停访问", "caller_blocked", "403", "没有涉及任何已声明的字段"):
        assert word in page.text(), word


def test_a_reason_without_words_is_shown_as_it_is(bureau: Bureau) -> None:
    event = put(bureau, 1, reason="brand_new_reason")
    assert "brand_new_reason" in bureau.browser("oncall").get(f"/events/{event}").text()


def test_field_by_field(archive: Bureau) -> None:
    page = archive.browser("officer").get("/events/6YQ3K0M9ZT-1")
    for word in ("姓名", "明文", "脱敏", "不显示", "keep last 4", "systems/register.yaml:46", "clerk-case-handling"):
        assert word in page.text(), word


def test_a_declared_rule_leads_to_everything_that_it_decided(bureau: Bureau) -> None:
    event = put(bureau, 1)
    put(bureau, 2, fields=(use("a", "name", Disclosure.CLEAR, "keep", 1),))
    browser = bureau.browser("oncall")
    links = [each.get("href") or "" for each in browser.get(f"/events/{event}").all("a")]
    (to,) = {link for link in links if link.startswith("/events?span=month&rule=") and link.endswith("48")}
    page = browser.get(to)
    assert "所依据的规则（文件:行）systems/register.yaml:48" in page.text().replace("：", "")
    assert [each.get("href") for each in page.all("a") if "/events/6YQ" in (each.get("href") or "")] == [
        f"/events/{event}"
    ]


def test_what_would_show_more_and_how_grave_it_is(bureau: Bureau) -> None:
    bureau.programs["now"] = program()
    uses = (
        use("person.name", "person_name", Disclosure.MASKED, "keep 1..0", 3),
        use("person.id_no", "resident_id", Disclosure.CLEAR, "show", 3),
        use("person.mobile", "mobile", Disclosure.MASKED, "keep 3..4", 3),
    )
    page = bureau.browser("auditor").get(f"/events/{put(bureau, 1, program='now', fields=uses)}")
    for word in ("岗位 clerk，目的 case-handling → show", "grants.yaml:2", "重要，敏感", "一般", "没有授权能看到更多"):
        assert word in page.text(), word
    late = put(bureau, 2, program="gone", fields=uses)
    assert "当时的策略已不在" in bureau.browser("auditor").get(f"/events/{late}").text()


def test_what_can_be_asked_for_is_told_beside_the_field(bureau: Bureau, tmp_path: Path) -> None:
    bureau.programs["now"] = compile_folder(declare_reveals(tmp_path / "policies", Provider()))["people"]
    uses = (use("person.mobile", "mobile", Disclosure.MASKED, "keep 3..4", 3),)
    page = bureau.browser("auditor").get(f"/events/{put(bureau, 1, program='now', fields=uses)}")
    assert "岗位 clerk，目的 case-handling：可以申请查看原文（window-sees-whole grants.yaml:" in page.text()
    assert "没有授权能看到更多" not in page.text()


def test_no_digest_leaves(bureau: Bureau) -> None:
    citizen, other = digest(4711), digest(4712)
    event = put(
        bureau,
        1,
        caller=citizen,
        caller_kind=CallerKind.CITIZEN,
        on_behalf_of=other,
        basis="W-2026/17",
        left_out=3,
        subjects=tuple(digest(number) for number in range(40)),
    )
    page = bureau.browser("auditor").get(f"/events/{event}")
    assert "e1:" not in page.response.text
    assert "公民（以摘要记录，不在此显示）" in page.text()
    assert "代他人办理是（以摘要记录，不在此显示），依据 W-2026/17" in page.text()
    assert "去掉的记录3 条，访问者无权查看" in page.text()
    assert "40 人（以摘要记录，不在此显示）" in page.text()


def test_nobody_is_nobody(bureau: Bureau) -> None:
    event = put(bureau, 1, caller="", caller_kind=CallerKind.ANONYMOUS, disclosure=Disclosure.MASKED)
    assert "访问者未登录" in bureau.browser("auditor").get(f"/events/{event}").text()


def test_the_other_events_of_a_stream_are_beside_it(bureau: Bureau) -> None:
    first = put(bureau, 1, phase=Phase.OPEN, subjects=())
    for number in (2, 3):
        put(bureau, number, exchange=first, phase=Phase.SHOWN)
    put(bureau, 4, exchange=first, phase=Phase.CLOSE, subjects=())
    put(bureau, 5)
    browser = bureau.browser("oncall")
    page = browser.get(f"/events/{first}")
    links = [each.get("href") for each in page.all("a") if (each.get("href") or "").startswith("/events/")]
    assert links == [f"/events/6YQ3K0M9ZT-{number}" for number in (2, 3, 4)]
    assert "流式答复结束" in page.text()
    long = [document(number, at=TEN, exchange=first, phase=Phase.SHOWN) for number in range(10, 100)]
    bureau.office.events.append(long, LIMIT)
    assert "只列出前 50 条" in browser.get(f"/events/{first}").text()


def test_an_index_that_does_not_answer_is_said_to_be(bureau: Bureau) -> None:
    event = put(bureau, 1)
    browser = bureau.browser("oncall")
    bureau.office.events.close()
    answer = browser.client.get(f"/events/{event}")
    assert answer.status_code == 503
    assert "暂时不可用" in answer.text
    assert "记录查询" in answer.text, "the way on is there"


def test_an_event_of_a_raised_log_tells_of_the_same_question_and_program_and_shows_no_digest(bureau: Bureau) -> None:
    told = Raised(by=("C-1.0.1",), asked=("q",), about=(digest(901),), question=digest(902), client=digest(903))
    other = replace(told, question=digest(904), client=digest(905))
    event = put(bureau, 1, raised=told, credential="key:1")
    put(bureau, 2, raised=told, credential="key:1")
    put(bureau, 3, raised=replace(told, question=digest(906)), caller="clerk-li", credential="key:2")
    put(bureau, 4, raised=other, credential="key:1")
    text = bureau.browser("oncall").get(f"/events/{event}").text()
    for said in ("同样的提问另有 1 次", "还用过这些账号：clerk-li", "该凭证被 2 种程序使用", "提及 1 个标识"):
        assert said in text, said
    assert not any(digest(number) in text for number in range(901, 907))
    plain = put(bureau, 5)
    assert "加强记录" not in bureau.browser("oncall").get(f"/events/{plain}").text()
