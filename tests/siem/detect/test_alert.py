from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from siem.detect.alert import AlertId, AlertStore
from siem.detect.definition import Finding, Level
from siem.index.store import StoreUnavailable
from tests.siem.detect.rules import EVENTS_RULE, SUBJECTS_RULE
from tests.siem.events import NINE, digest, document

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
EVENTS = [document(number) for number in range(600)]
WANG = (("user.id", "clerk-wang"),)


@pytest.fixture
def alerts(tmp_path: Path) -> Iterator[AlertStore]:
    with closing(AlertStore(tmp_path / "alerts.db")) as alerts:
        yield alerts


def finding(first: int, last: int, **changes: object) -> Finding:
    facts: dict[str, object] = {
        "rule": EVENTS_RULE,
        "group": WANG,
        "first_at": NINE + first * SECOND,
        "last_at": NINE + last * SECOND,
        "new_from": NINE + first * SECOND,
    }
    return Finding(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_finding_becomes_an_alert_that_says_what_the_rule_says(alerts: AlertStore) -> None:
    alert = alerts.join(finding(3, 4), EVENTS[:5], NINE + 6 * SECOND)
    assert alert.id == "A-000001"
    assert (alert.rule, alert.rule_name, alert.title, alert.level) == ("events", "events", "多 / Many", Level.HIGH)
    assert alert.group == {"user.id": "clerk-wang"}
    assert (alert.raised_at, alert.first_at, alert.last_at) == (NINE + 6 * SECOND, NINE, NINE + 4 * SECOND)
    assert (alert.event_count, alert.subject_count) == (5, 5)
    assert alert.events == tuple(item["event"]["id"] for item in EVENTS[:5])
    assert (alert.respond, alert.automatic, alert.what_to_do.en) == ("bulk-retrieval", False, "Look")


def test_what_is_told_twice_is_in_it_once(alerts: AlertStore) -> None:
    told = alerts.join(finding(3, 4), EVENTS[:5], NINE)
    assert alerts.join(finding(3, 4), EVENTS[:5], NINE + HOUR) == told
    assert alerts.latest() == [told]


def test_a_finding_soon_after_joins_and_one_long_after_does_not(alerts: AlertStore) -> None:
    first = alerts.join(finding(0, 10), EVENTS[:11], NINE)
    joined = alerts.join(finding(3610, 3610), [document(1, at=NINE + 3610 * SECOND)], NINE)
    assert joined.id == first.id
    other = alerts.join(finding(3610 + 3601, 3610 + 3601), [document(2, at=NINE + 7211 * SECOND)], NINE)
    assert other.id == "A-000002"


def test_another_group_or_rule_is_another_alert(alerts: AlertStore) -> None:
    for changes in ({}, {"group": (("user.id", "clerk-li"),)}, {"rule": SUBJECTS_RULE}):
        alerts.join(finding(0, 1, **changes), EVENTS[:2], NINE)
    assert [alert.id for alert in alerts.latest()] == ["A-000003", "A-000002", "A-000001"]
    assert [alert.id for alert in alerts.latest(2)] == ["A-000003", "A-000002"]


def test_only_the_ends_of_many_events_are_named(alerts: AlertStore) -> None:
    alert = alerts.join(finding(0, 599), iter(EVENTS), NINE)
    assert (alert.event_count, alert.subject_count) == (600, 600)
    assert alert.events == tuple(item["event"]["id"] for item in [*EVENTS[:5], *EVENTS[-5:]])


def test_subjects_are_counted_once_over_all_events(alerts: AlertStore) -> None:
    events = [document(number, subjects=(digest(number % 3), digest(9))) for number in range(30)]
    assert alerts.join(finding(0, 29), events, NINE).subject_count == 4


def test_readers_see_each_change_by_its_sequence(alerts: AlertStore, tmp_path: Path) -> None:
    with closing(AlertStore(tmp_path / "alerts.db", read_only=True)) as reader:
        assert (reader.since(0), reader.latest(), reader.get(AlertId("A-000001"))) == ([], [], None)
        first = alerts.join(finding(0, 1), EVENTS[:2], NINE)
        second = alerts.join(finding(0, 1, rule=SUBJECTS_RULE), EVENTS[:2], NINE)
        assert reader.since(0) == [first, second]
        assert reader.since(first.sequence) == [second]
        assert reader.since(second.sequence) == []
        assert alerts.sequence() == second.sequence
        changed = alerts.join(finding(2, 2), EVENTS[2:3], NINE)
        assert reader.since(second.sequence) == [changed]
        assert reader.get(first.id) == changed
        assert [alert.id for alert in reader.since(0)] == [second.id, first.id]
        with pytest.raises(ValueError, match="read only"):
            reader.join(finding(0, 1), EVENTS[:2], NINE)


def test_evidence_is_read_from_where_the_alert_has_none(alerts: AlertStore) -> None:
    within = EVENTS_RULE.threshold.within
    assert alerts.evidence_from(finding(100, 110)) == NINE + 100 * SECOND - within
    alerts.join(finding(100, 110), EVENTS[80:111], NINE)
    assert alerts.evidence_from(finding(111, 115)) == NINE + 110 * SECOND, "what follows"
    late = NINE + 105 * SECOND
    assert alerts.evidence_from(finding(111, 115, new_from=late)) == late, "and a late event in what is covered"
    long_before = NINE + 10 * SECOND
    assert alerts.evidence_from(finding(111, 115, new_from=long_before)) == NINE + 80 * SECOND
    assert alerts.evidence_from(finding(90, 115)) == NINE + 70 * SECOND, "an earlier window is read whole"


def breaking_off(count: int) -> Iterator[dict[str, object]]:
    yield from EVENTS[:count]
    raise StoreUnavailable("the index did not answer in time")


def test_where_the_index_breaks_off_the_same_finding_takes_it_up_again(alerts: AlertStore) -> None:
    whole = finding(0, 599)
    with pytest.raises(StoreUnavailable):
        alerts.join(whole, breaking_off(30), NINE)
    assert alerts.latest() == [], "no alert without evidence"
    with pytest.raises(StoreUnavailable):
        alerts.join(whole, breaking_off(450), NINE)
    (partial,) = alerts.latest()
    assert 0 < partial.event_count < 450
    since = alerts.evidence_from(finding(599, 599))
    assert since == partial.last_at, "a later finding goes on where the evidence ends"
    assert alerts.evidence_from(whole) == whole.new_from
    assert alerts.join(whole, EVENTS, NINE).event_count == 600


def test_no_alert_has_a_name_of_another_form(alerts: AlertStore) -> None:
    alerts.join(finding(0, 1), EVENTS[:2], NINE)
    for name in ("A-1; DROP TABLE alerts", "", "A-", "B-000001", "A-٣", "A-000002", f"A-{2**63}", f"A-{'9' * 5_000}"):
        assert alerts.get(AlertId(name)) is None
    assert alerts.get(AlertId("A-000001")) is not None


def test_how_far_was_looked_is_remembered(alerts: AlertStore, tmp_path: Path) -> None:
    assert alerts.detected_to() is None
    alerts.note_detected(NINE)
    alerts.note_detected(NINE + SECOND)
    alerts.close()
    with closing(AlertStore(tmp_path / "alerts.db")) as again:
        assert again.detected_to() == NINE + SECOND
