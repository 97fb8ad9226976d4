"""The rules without an index raise what they would have raised with one."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from siem.baseline.by_rules import Rules
from siem.detect.correlate import key_of
from siem.detect.look import look
from siem.detect.rule_set import read_rules, rule_files
from siem.index.sqlite import SqliteStore
from siem.record.event import CallerKind, Disclosure
from tests.siem.baseline.office import CLERKS, LEARNED, Office, moment
from tests.siem.detect.rules import EVENTS_RULE
from tests.siem.events import NINE, digest, document
from yingbi.rules import SHIPPED

SOON = timedelta(seconds=20)
LATE = datetime(2100, 1, 1, tzinfo=UTC)
REASONS = ("", "parameter_refused", "not_allowed")
RULES = read_rules(rule_files(SHIPPED), {"canary_subjects": frozenset({digest(3), digest(77)})})


def test_each_alert_begins_when_it_would_with_an_index(tmp_path: Path) -> None:
    office = Office()
    documents = [
        *(
            document(10**6 + n, subjects=(digest(n // 4),), reason=REASONS[n % 3], caller=f"c{n % 2}")
            for n in range(99)
        ),
        *office.looks(CLERKS[1], LEARNED, 150, hour=9),
        *(office.look(CLERKS[2], moment(LEARNED, 10 + 1.5 * hour), range(400)) for hour in range(3)),
    ]
    documents.sort(key=key_of)
    rules = Rules(RULES)
    found = [(raised.rule.name, raised.at) for each in documents for raised in rules.take(each)]
    with closing(SqliteStore(tmp_path / "index.db")) as store:
        store.append(documents, SOON)
        first = datetime.fromisoformat(documents[0]["@timestamp"])  # what is before it would be asked for day by day
        expected = [
            (rule.name, match.reached_at) for rule in RULES for match in look(rule, store, first, LATE, timeout=SOON)
        ]
    assert sorted(found) == sorted(expected)
    assert {"canary", "many_subjects", "several_signs"} <= {rule for rule, _ in found}


def test_an_alert_is_about_the_caller_and_the_address_of_its_group() -> None:
    (rule,) = [rule for rule in RULES if rule.name == "people_by_address"]
    rules = Rules([rule])
    about = [
        raised.about
        for number in range(4)
        for raised in rules.take(
            document(
                number,
                caller="clerk-wang",
                caller_kind=CallerKind.STAFF,
                source_ip="10.0.0.7",
                subjects=tuple(map(digest, range(1000 * number, 1000 * (number + 1)))),
                disclosure=Disclosure.CLEAR,
            )
        )
    ]
    assert about == [{"clerk-wang", "10.0.0.7"}]


def test_what_is_found_again_within_an_hour_is_one_alert() -> None:
    rules = Rules([EVENTS_RULE])
    seconds = [*range(10), *range(1800, 1810), *range(9000, 9010)]
    found = [
        raised
        for number, second in enumerate(seconds)
        for raised in rules.take(document(number, at=NINE + timedelta(seconds=second)))
    ]
    assert [raised.at.hour for raised in found] == [9, 11]
