"""A caller on the hotline is answered by the table that citizens are answered by, and each look-up is an event."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from console.access import API
from console.hotline_desk import Checked, Question
from console.search.look_up import CannotLookUp
from incident.handling_book import HandlingBook
from incident.ids import CaseId, PersonId
from incident.notice import WithdrawalReason
from siem.record.event import CallerKind, Disclosure, Verdict
from siem.record.log import AccessLog, new_start_id
from tests.console.browser import Browser, Page
from tests.console.bureau import FIELDS, LI, SUN, ZHAO, Bureau, opened
from tests.console.programs import program
from tests.incident.office import LIMIT, TEN
from tests.siem.events import document, event
from yingbi.hotline import IN_A_MINUTE, IN_AN_HOUR
from yingbi.hotline_record import OPERATION, asked_since

SEEN, MASKED, OTHER = "11010519491231002X", "13912345678", "110105194912310038"
TAN = PersonId("p-tan")
SPOKEN = "您好，您问的事情我们已经发布通告"


def leaked(bureau: Bureau) -> CaseId:
    """A case whose persons are known by the key of the epoch before: one was seen in clear, another masked."""
    (old,) = bureau.exchange.digester.earlier
    masked = document(
        7002,
        at=TEN - timedelta(minutes=4),
        caller="clerk-wang",
        fields=FIELDS[2:],
        subjects=(old(MASKED),),
        disclosure=Disclosure.MASKED,
    )
    bureau.office.events.append([masked], LIMIT)
    case = bureau.open(bureau.leak(persons=20, whom=lambda number: old(f"R-{number:06}" if number else SEEN)))
    bureau.office.perform_all()
    return case


def published(bureau: Bureau) -> Bureau:
    """The public was told of it."""
    case = leaked(bureau)
    assert bureau.office.publish(case).notice.published
    bureau.exchange.tell()
    return bureau


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with opened(tmp_path_factory.mktemp("line")) as bureau:
        yield published(bureau)


@pytest.fixture
def told(line: Bureau) -> Bureau:
    """One whose telephones were quiet for a while, and whose log is empty."""
    line.office.watch.move(minutes=2)
    line.exchange.tell()
    line.exchange.forget()
    return line


@pytest.fixture
def fresh(bureau: Bureau) -> Bureau:
    """One that a test may spoil."""
    return published(bureau)


def asked(browser: Browser, identifier: str, basis: str = "T-2026-118", checked: str = "called-back") -> Page:
    return browser.submit(browser.get("/hotline"), "look-up", identifier=identifier, basis=basis, checked=checked)


@pytest.mark.parametrize(
    ("identifier", "words", "more"),
    [
        (SEEN, "查到了您的记录", "被他人看到。"),
        (f" {SEEN[:6]} {SEEN[6:-1]}x ", "查到了您的记录", "被他人看到。"),
        ("+86 139-1234-5678", "查到了您的记录", "显示的内容经过遮盖"),
        (OTHER, "没有查到您的记录", "没有查到您的记录。"),
        ("QS-330102-1", "没有查到您的记录", "刚才查的号码不是身份证号或手机号的样子"),
    ],
)
def test_a_caller_is_answered_as_who_asks_themselves(told: Bureau, identifier: str, words: str, more: str) -> None:
    page = asked(told.browser("hotline"), identifier)
    assert (page.status, words in page.said) == (200, True)
    assert more in page.text()
    assert ("不要转账" in page.text().partition("下一位来电人")[0]) == (words == "查到了您的记录"), "what to do"
    assert identifier.strip() not in page.response.text
    assert "用其他号码（如手机号、单位代码）登记的记录，要用那个号码再查" in page.text()


def test_a_look_up_is_an_event_about_the_caller_and_holds_no_number(told: Bureau) -> None:
    page = asked(told.browser("hotline"), SEEN)
    (event,) = told.exchange.recorded
    digester = told.exchange.digester
    assert (event.caller, event.caller_kind, event.operation) == (TAN, CallerKind.STAFF, OPERATION)
    assert (event.basis, event.attributes, event.purpose) == ("T-2026-118", ("identity=called-back",), "hotline")
    assert (event.subjects, event.disclosure) == ((digester(SEEN),), Disclosure.NONE)
    assert [(each.category, each.count) for each in event.fields] == [("resident_id", 1)]
    assert event.id in page.text()
    written = b"".join(path.read_bytes() for path in told.exchange.home.log.rglob("*.log"))
    assert SEEN.encode() not in written
    assert b"3912345678" not in written


def test_what_cannot_be_recorded_is_not_answered(fresh: Bureau) -> None:
    log = fresh.exchange.home.log
    for path in (*log.rglob("*"), log):
        path.chmod(0o500)
    log.rmdir()
    log.write_text("no folder")
    page = asked(fresh.browser("hotline"), SEEN)
    assert (page.status, "不予查询" in page.said) == (422, True)
    assert not page.has("answer")


def test_what_is_out_of_date_is_no_answer_and_never_a_no(fresh: Bureau) -> None:
    fresh.office.watch.move(minutes=31)
    page = asked(fresh.browser("hotline"), OTHER)
    assert (page.status, "这不表示没有受到影响" in page.said) == (422, True)
    assert not page.has("answer")


def test_an_incident_whose_persons_are_not_counted_is_never_a_no(bureau: Bureau) -> None:
    case = leaked(bureau)
    HandlingBook(bureau.office.cases).restrict(case, SUN, [SUN, LI, ZHAO], "涉及内部人员")
    assert bureau.office.publish(case).notice.published
    bureau.exchange.tell()
    page, other = (asked(bureau.browser("hotline"), each) for each in (SEEN, OTHER))
    for each in (page, other):
        assert "现在还不能确定您是否受到影响" in each.said
    assert SPOKEN not in page.text(), "of a restricted case no more is said than its notice says"
    assert "请按通告原文答复" in page.text()


def test_who_asks_too_often_waits_and_that_is_recorded(fresh: Bureau) -> None:
    browser, office = fresh.browser("hotline"), fresh.office
    for _ in range(IN_A_MINUTE):
        assert asked(browser, OTHER).status == 200
    page = asked(browser, OTHER)
    assert (page.status, "查得太频繁" in page.said) == (422, True)
    caller = program(fresh, "hotline")
    refused = caller.post("/hotline", identifier=OTHER, basis="T-1", checked="knows")
    assert (refused.status_code, refused.json()["code"]) == (422, "not-permitted"), "one pace for page and API"
    found = fresh.exchange.recorded[-2:]
    assert [(each.verdict, each.reason, each.subjects) for each in found] == [
        (Verdict.WITHHOLD, "too_many_requests", ())
    ] * 2
    office.watch.move(minutes=1)
    for _ in range(IN_AN_HOUR - IN_A_MINUTE):
        office.watch.move(seconds=20)
        fresh.exchange.tell()
        assert asked(browser, OTHER).status == 200
    office.watch.move(minutes=2)
    assert "查得太频繁" in asked(browser, OTHER).said


def test_a_restart_lets_nobody_ask_more(fresh: Bureau) -> None:
    exchange, watch = fresh.exchange, fresh.office.watch
    worker = AccessLog(exchange.home.log, new_start_id(watch()))
    for number in range(IN_A_MINUTE):
        worker.append(event(number, caller=TAN, at=watch()))  # what they do elsewhere does not count
    worker.close()
    for _ in range(2):
        for _ in range(IN_A_MINUTE // 2):
            assert asked(fresh.browser("hotline"), OTHER).status == 200
        fresh.restart()
    assert "查得太频繁" in asked(fresh.browser("hotline"), OTHER).said

    def ask(by: PersonId = TAN) -> None:
        exchange.desk.answer(Question(by=by, basis="T-1", checked=Checked.KNOWS, kind="resident_id", identifier=OTHER))

    watch.move(minutes=1)
    for _ in range(IN_AN_HOUR - IN_A_MINUTE):
        ask()
        watch.move(seconds=20)
    exchange.tell()
    exchange.restart()
    with pytest.raises(CannotLookUp, match="too many look-ups"):
        ask()
    ask(PersonId("p-shi"))
    watch.move(minutes=41)  # the first four are forgotten
    exchange.tell()
    exchange.restart()
    for _ in range(IN_A_MINUTE):
        ask()


def test_who_asked_of_late_is_read_from_a_log_of_which_a_part_is_damaged(fresh: Bureau) -> None:
    exchange = fresh.exchange
    browser = fresh.browser("hotline")
    for _ in range(3):
        assert asked(browser, OTHER).status == 200
    (segment,) = exchange.home.log.glob("*/*.log")
    first, second, third = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(first + second + third.replace(b"T-2026-118", b"T-2026-119"))
    since = fresh.office.watch() - timedelta(hours=1)
    assert [who for who, _ in asked_since(exchange.home.log, since)] == [TAN] * 2
    assert asked_since(exchange.home.log, fresh.office.watch()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"identifier": ""}, "请填写此项"),
        ({"identifier": "1101051949****002X"}, "打了星号的查不了"),
        ({"identifier": f"{SEEN} {MASKED}"}, "一次只查一个人"),
        ({"identifier": f"{SEEN[:-1]}1"}, "校验码不对"),
        ({"checked": ""}, "请选择一项"),
        ({"basis": ""}, "请填写此项"),
        ({"basis": "13800138000 来电"}, "个人信息"),
    ],
)
def test_what_cannot_be_looked_up_is_told_and_not_recorded(told: Bureau, changes: dict[str, str], words: str) -> None:
    page = asked(told.browser("hotline"), **{"identifier": SEEN, **changes})
    assert page.status == 422
    assert words in page.said
    assert told.exchange.recorded == []


def test_the_script_is_that_of_what_the_public_reads_until_it_reads_more(fresh: Bureau) -> None:
    browser, office = fresh.browser("hotline"), fresh.office
    text = browser.get("/hotline").text()
    assert SPOKEN in text
    assert "20 人" in text
    fresh.leak(persons=40, whom=lambda number: fresh.exchange.digester.earlier[0](f"Q-{number:06}"))
    (case,) = office.cases.all()
    office.cases.reassess(case.id, SUN, 24)
    office.perform_all()
    assert office.cases.get(case.id).scope != case.scope
    assert browser.get("/hotline").text() == text, "what is not published is not said"
    office.cases.withdraw_notice(case.id, LI, WithdrawalReason.WRONG)
    office.perform_all()
    gone = browser.get("/hotline").text()
    assert SPOKEN not in gone
    assert "没有已公布的事件" in gone


def test_who_answers_the_hotline_sees_what_is_public_and_no_more(fresh: Bureau) -> None:
    fresh.open(fresh.leak(persons=30, caller="clerk-zhou"))
    browser = fresh.browser("hotline")
    page = browser.get("/")
    assert page.path == "/hotline", "there is no overview for them"
    links = {str(link.get("href")) for link in page.all("a")}
    assert links <= {
        "/",
        "/hotline",
        "/password",
        "/tokens",
        "#main",
        "https://notices.yingbi.example/notices/N-20261123-001",
    }
    assert "C-20261123" not in page.response.text
    assert "clerk" not in page.response.text


def test_the_telephone_desks_own_program_is_answered_alike(told: Bureau) -> None:
    caller = program(told, "hotline")
    found = caller.post("/hotline", identifier=SEEN, basis="T-2026-118", checked="at-counter").json()
    assert (found["answer"], [each["answer"] for each in found["incidents"]]) == ("found", ["shown"])
    assert found["incidents"][0]["notice"] == "N-20261123-001"
    assert found["event"] == told.exchange.recorded[-1].id
    with told.office.engine.connect() as connection:
        kept = "\n".join(map(str, connection.exec_driver_sql("select * from api_requests")))
    assert SEEN not in kept
    assert "found" not in kept
    (script,) = caller.get("/hotline").json()["scripts"]
    assert SPOKEN in script["body"]
    assert caller.get("/cases").status_code == 403
    assert API == "/api/v1"
