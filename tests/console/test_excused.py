"""Closing an alert of the baselines for a good reason excuses its caller, once, and everybody who may can see it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.excused import Excuses
from siem.baseline.calendar import LOCAL
from siem.baseline.excuse import AGAIN, LASTS
from siem.detect.alert import AlertId
from siem.detect.definition import Finding, Rule, RuleId
from siem.detect.lifecycle import Disposition
from tests.console.alerts.invented import CHEN, TEN, WANG, WEI, Ward
from tests.console.bureau import Bureau
from tests.siem.detect.rules import EVENTS_RULE
from tests.siem.events import document
from yingbi.excused import ExcusedFile, read_excused

PEOPLE = replace(EVENTS_RULE, id=RuleId("baseline-people"), name="baseline_people")
NETWORK = replace(EVENTS_RULE, id=RuleId("baseline-network"), name="baseline_network")
TODAY = TEN.astimezone(LOCAL).date()


def close(
    ward: Ward, rule: Rule = PEOPLE, disposition: Disposition = Disposition.BENIGN, caller: str = WANG
) -> AlertId:
    alert = ward.raised(rule=rule, caller=caller)
    ward.book.close(ward.as_shown(alert), ward.alert(alert), disposition, "核对过，是普查")
    return alert


def excuses_of(ward: Ward) -> Excuses:
    return Excuses(ward.book.all, ward.alerts.get)


def test_an_alert_closed_for_a_good_reason_excuses_from_the_next_day_on(ward: Ward) -> None:
    alert = close(ward)
    (told,) = excuses_of(ward).of(WANG)
    assert (told.excuse.alert, told.by, told.reason) == (alert, CHEN, "核对过，是普查")
    assert (told.excuse.day, told.excuse.since) == (TODAY, TODAY + timedelta(days=1))
    assert not told.is_in_force(TODAY)
    assert told.is_in_force(TODAY + LASTS)
    assert not told.is_in_force(TODAY + LASTS + timedelta(days=1))
    ward.restart()
    assert excuses_of(ward).of(WANG) == [told], "it is in the journal"


@pytest.mark.parametrize(
    ("rule", "disposition"),
    [
        (PEOPLE, Disposition.LEAK),
        (PEOPLE, Disposition.VIOLATION),
        (PEOPLE, Disposition.FALSE_ALARM),
        (PEOPLE, Disposition.DRILL),
        (NETWORK, Disposition.BENIGN),
        (EVENTS_RULE, Disposition.BENIGN),
    ],
)
def test_nothing_else_excuses_anybody(ward: Ward, rule: Rule, disposition: Disposition) -> None:
    close(ward, rule, disposition)
    assert excuses_of(ward).all() == []


def test_one_officer_cannot_widen_again_and_again(ward: Ward) -> None:
    first = close(ward)
    ward.pass_on(days=10)
    second = close(ward)
    assert [(each.excuse.alert, each.is_first) for each in excuses_of(ward).all()] == [(first, True), (second, False)]
    ward.book.reopen(ward.as_shown(first, WEI), ward.alert(first), "再看看")
    assert excuses_of(ward).in_force() == [], "who takes the first back cannot have the second instead"
    ward.pass_on(days=AGAIN.days)
    third = close(ward)
    assert [each.alert for each in excuses_of(ward).in_force()] == [third]


def test_the_baselines_are_told_by_a_file_as_soon_as_it_changes(ward: Ward, tmp_path: Path) -> None:
    path = tmp_path / "excused.json"
    file = ExcusedFile(path, excuses_of(ward).in_force)
    assert read_excused(path) == {}
    file.step()
    close(ward)
    file.step()
    assert read_excused(path) == {WANG: excuses_of(ward).in_force()}
    assert path.stat().st_mode & 0o777 == 0o600


def test_pages_say_for_whom_the_range_is_wider_and_until_when(bureau: Bureau) -> None:
    at = TEN - timedelta(minutes=6)
    finding = Finding(rule=PEOPLE, group=(("user.id", WANG),), first_at=at, last_at=at, new_from=at)
    alert = bureau.alerts.join(finding, [document(1, at=at, caller=WANG)], TEN).id
    bureau.alert_watch.step()
    oncall = bureau.browser("oncall")
    oncall.submit(oncall.get(f"/alerts/{alert}"), "close", disposition="benign", reason="普查期间，台账核对过")
    auditor = bureau.browser("auditor")
    for address in (f"/alerts/{alert}", "/alerts/rules", f"/callers?name={WANG}"):
        assert f"到 {TODAY + LASTS} 放宽到 {TODAY} 当天所见，至多再加一成" in auditor.get(address).text(), address
    assert "普查期间，台账核对过" in auditor.get("/alerts/rules").text()
