"""Whoever is on duty is told of each warning and of each limit that passed, once, whatever is restarted in between."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from incident.by_hand_acts import take
from incident.duty.due_time import DUE_TIME, WITHIN
from incident.duty.duties import load_duties
from incident.ids import Bilingual, CaseId, DutyId
from siem.detect.definition import Level
from siem.notify.channel import Channel
from siem.notify.message import Kind, Message, text_of
from siem.notify.outbox import Outbox
from tests.incident.books import book, manual
from tests.incident.office import CHEN, LI, TEN, Office, alert, new_database
from yingbi.clock import now
from yingbi.duty_standing import DutyStanding
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.process.notifier import Notifier
from yingbi.settings import Settings
from yingbi.settings_tables import Notify

NOTIFY = DutyId("notify-authority")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    engine = new_database(tmp_path)
    office = Office(folder=tmp_path, engine=engine)
    yield office
    office.events.close()
    engine.dispose()


@pytest.fixture
def standing(office: Office) -> Iterator[DutyStanding]:
    standing = DutyStanding(Home(office.folder))
    yield standing
    standing.close()


def told(standing: DutyStanding, office: Office) -> list[tuple[Kind, str]]:
    found = standing.messages(office.watch())
    standing.noted()
    return [(message.kind, message.title.zh) for message in found]


def after(office: Office, hours: float) -> None:
    office.watch.move(hours=hours)
    office.cases.tick()


def test_each_warning_and_what_is_late_is_told_as_it_comes(office: Office, standing: DutyStanding) -> None:
    office.cases.open_or_join(alert())
    assert told(standing, office) == []
    report = "C-20261123-001 向省级网信部门报告网络安全事件："
    after(office, 2)
    assert told(standing, office) == [(Kind.DUTY_WARNED, f"{report}时限已过半，最迟 2026-11-23 22:00")]
    assert told(standing, office) == []
    after(office, 1)
    assert told(standing, office) == [(Kind.DUTY_WARNED, f"{report}只剩最后四分之一的时间，最迟 2026-11-23 22:00")]
    after(office, 1.1)
    assert told(standing, office) == [(Kind.DUTY_LATE, f"{report}超过时限，最迟 2026-11-23 22:00")]


def test_of_a_drill_each_message_says_that_it_is_one(office: Office, standing: DutyStanding) -> None:
    drill = office.cases.open_drill("演练", "high", CHEN, book="", once="1")
    after(office, 5)
    messages = standing.messages(office.watch())
    assert Kind.DUTY_LATE in {message.kind for message in messages}
    for message in messages:
        assert message.title.zh.startswith(f"【演练】{drill} "), message.title.zh
        assert message.title.en.startswith(f"[DRILL] {drill} "), message.title.en


def test_a_step_is_told_of_when_it_is_due_soon_and_when_it_is_late(office: Office, standing: DutyStanding) -> None:
    one = {**manual(), "step_extensions": {DUE_TIME: {WITHIN: 3_600_000}}, "then": "end"}
    office.books = {"main": book("main", start={"then": "one"}, one=one, end={})}
    office.restart()
    real = office.cases.open_by_hand("来信", "low", CHEN, "", book="main")
    drill = office.cases.open_drill("演练", "low", CHEN, book="main", once="1")
    (asked,) = office.cases.get(real).questions
    office.cases.record(real, CHEN, lambda case: take(case, asked.key, LI))

    def steps() -> list[Message]:
        found = [each for each in standing.messages(office.watch()) if each.kind in (Kind.STEP_WARNED, Kind.STEP_LATE)]
        standing.noted()
        return found

    assert steps() == []
    due = "one（值班员）：最迟 2026-11-23 19:00"
    for hours, kind in ((0.8, Kind.STEP_WARNED), (0.3, Kind.STEP_LATE)):
        after(office, hours)
        first = standing.messages(office.watch())
        assert standing.messages(office.watch()) == first, "they could not be kept"
        found = {message.case: message for message in steps()}
        assert {message.kind for message in found.values()} == {kind}
        assert found[real].title.zh == f"{real} {due}"
        assert found[drill].title.zh == f"【演练】{drill} {due}"
        assert (found[real].assignee, found[drill].assignee) == (LI, "")
    assert steps() == []


def test_what_is_not_kept_yet_comes_again_and_nothing_between_is_lost(office: Office, standing: DutyStanding) -> None:
    office.cases.open_or_join(alert())
    after(office, 2)
    first = standing.messages(office.watch())
    assert standing.messages(office.watch()) == first, "they could not be kept"
    after(office, 1)
    standing.noted()
    assert [kind for kind, _ in told(standing, office)] == [Kind.DUTY_WARNED]


def route(message: Message) -> dict[str, object]:
    return {"duty": TEN} if message.level is Level.HIGH else {"duty": TEN, "chief": TEN}


def test_it_is_told_once_whatever_is_restarted(office: Office, standing: DutyStanding) -> None:
    outbox = Outbox(office.folder / "notifications.db")
    office.cases.open_or_join(alert())
    for hours in (2, 1, 1.1):
        after(office, hours)
    assert outbox.say(standing.messages(office.watch()), route) == 3  # type: ignore[arg-type]
    again = DutyStanding(Home(office.folder))
    assert len(again.messages(office.watch())) == 3
    assert outbox.say(again.messages(office.watch()), route) == 0  # type: ignore[arg-type]
    assert [state.waiting for state in outbox.states(["duty", "chief"])] == [3, 1]
    again.close()
    outbox.close()


def test_what_was_recorded_days_ago_is_not_told(office: Office, standing: DutyStanding) -> None:
    office.cases.open_or_join(alert())
    after(office, 2)
    office.watch.move(days=2)
    assert told(standing, office) == []


def test_a_message_leads_to_its_case_and_holds_nothing_personal(office: Office, standing: DutyStanding) -> None:
    personal = "1380013" + "8000"
    duties = load_duties()
    named = replace(duties.duties[0], name=Bilingual(zh=f"报告 {personal}", en="report"))
    office.cases.rules = replace(office.cases.rules, duties=replace(duties, duties=(named,)))
    case = office.cases.open_or_join(alert())
    after(office, 2)
    messages = standing.messages(office.watch())
    text = text_of(messages, "https://console.example", language="both", internal=True)
    assert text.body.endswith(f"https://console.example/cases/{case}")
    assert personal not in text.title + text.body
    assert "（见案件页）：时限已过半" in text.body


def test_what_is_fulfilled_is_not_told_of(office: Office, standing: DutyStanding) -> None:
    case: CaseId = office.cases.open_or_join(alert())
    office.cases.fulfil(case, DutyId("report-cyberspace"), CHEN, "回执")
    after(office, 5)
    assert told(standing, office) == []


def test_there_is_nothing_before_there_are_cases(tmp_path: Path) -> None:
    standing = DutyStanding(Home(tmp_path))
    assert standing.messages(TEN) == []
    standing.noted()
    standing.close()


def test_the_notifier_hands_them_to_its_channels(office: Office) -> None:
    office.watch.at = now() - timedelta(hours=2)
    case = office.cases.open_or_join(alert(raised_at=office.watch(), first_at=office.watch(), last_at=office.watch()))
    after(office, 2)
    make_folders(Home(office.folder))
    channels = (Channel(name="duty", url_env="NOWHERE"),)
    notifier = Notifier(Settings(home=office.folder, notify=Notify(channels=channels)), {})
    for _ in range(2):
        notifier.step()
    notifier.close()
    outbox = Outbox(office.folder / "notifications.db")
    batch = outbox.take("duty", now() + timedelta(minutes=1), tokens=1)
    outbox.close()
    assert batch is not None
    assert [message.case for message in batch.messages if message.kind is Kind.DUTY_WARNED] == [case]
