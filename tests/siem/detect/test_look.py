import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from siem.detect.alert import FRESH
from siem.detect.definition import Rule
from siem.detect.look import MOST_KEPT, Match, look
from siem.index.store import EventStore
from tests.contract.backends import BACKENDS, SOON, opened
from tests.siem.detect.reference import Found, expected
from tests.siem.detect.rules import EVENTS_RULE, SUBJECTS_RULE
from tests.siem.detect.test_run import TOUCHED
from tests.siem.detect.test_sequences import RULES, made
from tests.siem.events import NINE

HOUR = timedelta(hours=1)
LOOKED_FOR = (*RULES.values(), EVENTS_RULE, SUBJECTS_RULE, TOUCHED)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    with opened(request.param, tmp_path, request) as opener:
        yield opener()


def found_in(rule: Rule, match: Match) -> Found:
    return Found(
        rule.id,
        match.group,
        match.first_at,
        match.last_at,
        match.event_count,
        match.subject_count,
        tuple(match.events),
    )


@pytest.mark.parametrize("kept", [MOST_KEPT, 3])
def test_a_look_back_finds_what_the_detector_would_have(
    store: EventStore, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siem.detect.look.MOST_KEPT", kept)  # what does not fit is read a second time
    chance = random.Random(7)
    documents = made(
        [
            (
                chance.choice([0, 2 * 3600, 9 * 3600]) + chance.randrange(40),
                chance.choice("aaabc"),
                chance.choice(["li", "Li", "wang", ""]),
                chance.choice(["", "li", "wang"]),
                chance.choice(["register", "hall"]),
            )
            for _ in range(200)
        ]
    )
    store.append(documents, SOON)
    silent = 0
    for rule in LOOKED_FOR:
        matches = list(look(rule, store, NINE, NINE + 24 * HOUR, timeout=SOON))
        assert sorted(found_in(rule, match) for match in matches) == expected([rule], documents, FRESH)
        assert [match.reached_at for match in matches] == sorted(match.reached_at for match in matches)
        silent += not matches
    assert silent <= 1


def test_what_began_before_the_span_counts_and_what_ended_before_it_does_not(store: EventStore) -> None:
    documents = made([(second, "a", "li", "", "register") for second in (1, 2, 3, 4, 5)])
    store.append(documents, SOON)
    (match,) = look(EVENTS_RULE, store, NINE + timedelta(seconds=5), NINE + HOUR, timeout=SOON)
    assert (match.reached_at, match.first_at, match.event_count) == (
        NINE + timedelta(seconds=5),
        NINE + timedelta(seconds=1),
        5,
    )
    assert list(look(EVENTS_RULE, store, NINE + timedelta(seconds=6), NINE + HOUR, timeout=SOON)) == []
    assert list(look(EVENTS_RULE, store, NINE, NINE + timedelta(seconds=4), timeout=SOON)) == []
