import hashlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incident.counting import assess
from incident.scope import CategoryCount, Caution, Scope, ScopeQuestion, question_about
from siem.index.sqlite import SqliteStore
from siem.record.event import Disclosure, ExchangeId, Phase, Verdict
from tests.effort import examples
from tests.incident.office import LIMIT, TEN, shown
from tests.siem.events import digest, document

START, END = TEN - timedelta(hours=1), TEN
CLERK = ScopeQuestion(where={"user.id": ("clerk-wang",)}, start=START, end=END)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "events.db")
    yield store
    store.close()


def seen(store: SqliteStore, *documents: dict[str, Any], complete: bool = True) -> Scope:
    store.append(documents, LIMIT)
    return assess(store, CLERK, complete=complete, timeout=LIMIT)


def at(number: int, **changes: Any) -> dict[str, Any]:
    return document(number, at=START + timedelta(seconds=number), **changes)


def test_a_person_is_one_across_epochs_of_the_digest_key(store: SqliteStore) -> None:
    """Before the rotation by the old digest, for a while by both, then by the new one alone."""
    clear = (shown("name"),)
    scope = seen(
        store,
        at(1, subjects=("1:a",), fields=clear),
        at(2, subjects=("1:b",), fields=(shown("name", Disclosure.MASKED),), disclosure=Disclosure.MASKED),
        at(3, subjects=("2:a", "2:b"), former_subjects=("1:a", "1:b"), fields=(shown("name", count=2),)),
        at(4, subjects=("2:a",), fields=clear),
        at(5, subjects=("3:a",), former_subjects=("2:a",), fields=clear),
    )
    assert (scope.persons, scope.persons_masked) == (2, 0)
    assert scope.categories["name"].clear_persons == 2
    assert Caution.EPOCHS_MIXED not in scope.cautions
    alone = at(6, subjects=("3:c",), fields=clear)
    scope = seen(store, alone)
    assert scope.persons == 3
    assert Caution.EPOCHS_MIXED in scope.cautions


def test_persons_are_counted_once_and_in_clear_counts_for_more(store: SqliteStore) -> None:
    clear, masked = (shown("name"),), (shown("name", Disclosure.MASKED),)
    numbers = tuple(shown("resident_id", Disclosure.NONE, count) for count in (1, 2))
    scope = seen(
        store,
        at(
            1,
            subjects=(digest(1), digest(2)),
            fields=(shown("name", count=2), shown("mobile", Disclosure.MASKED, 2), numbers[1]),
        ),
        at(2, subjects=(digest(2), digest(3)), fields=(*masked, numbers[1]), disclosure=Disclosure.MASKED),
        at(3, subjects=(digest(3),), fields=(*clear, numbers[0])),
        at(
            4,
            subjects=(digest(4),),
            fields=(shown("mobile", Disclosure.PSEUDONYMOUS), numbers[0]),
            disclosure=Disclosure.PSEUDONYMOUS,
        ),
    )
    assert (scope.persons, scope.persons_masked) == (3, 1)
    assert scope.persons_hash == hashlib.sha256("\n".join(digest(n) for n in (1, 2, 3, 4)).encode()).hexdigest()
    assert scope.categories == {
        "mobile": CategoryCount(clear_values=0, masked_values=3, clear_persons=0),
        "name": CategoryCount(clear_values=3, masked_values=1, clear_persons=3),
    }
    assert (scope.first_at, scope.last_at) == (START + timedelta(seconds=1), START + timedelta(seconds=4))
    assert scope.cautions == (Caution.AROUND_THE_GATEWAY,)
    assert not scope.doubtful


@pytest.mark.parametrize(
    ("parts", "otherwise"),
    [
        ([(2, 2)], False),
        ([(2, 3)], False),
        ([(2, 1)], True),
        ([(2, 0), (2, 4)], False),  # a long answer, whose subjects are recorded in parts
        ([(0, 0)], False),
    ],
)
def test_records_kept_by_another_number_are_told_of(
    store: SqliteStore, parts: list[tuple[int, int]], otherwise: bool
) -> None:
    events = [
        at(number, subjects=tuple(map(digest, range(subjects))), fields=(shown("resident_id", Disclosure.MASKED, ids),))
        for number, (subjects, ids) in enumerate(parts)
    ]
    elsewhere = at(9, operation="GET /elsewhere", subjects=(), fields=(shown("resident_id", Disclosure.MASKED, 9),))
    assert (Caution.OTHER_NUMBERS in seen(store, *events, elsewhere).cautions) is otherwise


def test_only_the_caller_and_the_period_are_asked_about(store: SqliteStore) -> None:
    scope = seen(
        store,
        document(1, at=START - timedelta(microseconds=1)),
        document(2, at=START),
        document(3, at=END - timedelta(microseconds=1)),
        document(4, at=END),
        at(5, caller="clerk-li"),
    )
    assert scope.events == 2
    assert scope.callers == ("clerk-wang",)


def test_what_was_withheld_showed_nothing(store: SqliteStore) -> None:
    scope = seen(store, at(1, verdict=Verdict.WITHHOLD, subjects=(), disclosure=Disclosure.NONE, status=403))
    assert (scope.events, scope.refused, scope.persons) == (1, 1, 0)
    assert scope.first_at is None
    assert scope.systems == {}


def test_a_stream_is_counted_by_its_windows(store: SqliteStore) -> None:
    exchange = ExchangeId("6YQ3K0M9ZT-1")
    ceiling = (shown("name", count=0),)
    window = (shown("name", count=2),)
    scope = seen(
        store,
        at(1, phase=Phase.OPEN, exchange=exchange, subjects=(), fields=ceiling),
        at(2, phase=Phase.SHOWN, exchange=exchange, subjects=(digest(1), digest(2)), fields=window),
        at(3, phase=Phase.SHOWN, exchange=exchange, subjects=(digest(2), digest(3)), fields=window),
        at(4, phase=Phase.CLOSE, exchange=exchange, subjects=(), fields=(shown("name", count=4),), bytes_out=900),
    )
    assert (scope.persons, scope.streams, scope.bytes_out) == (3, 1, 900)
    assert scope.categories["name"].clear_values == 4, "neither the ceiling nor the sum is added"
    assert scope.operations == {"register: GET /register/residents/{id}": 1}
    assert Caution.STREAM_UNFINISHED not in scope.cautions


def test_a_stream_that_was_cut_still_showed_its_windows(store: SqliteStore) -> None:
    exchange = ExchangeId("6YQ3K0M9ZT-1")
    scope = seen(
        store,
        at(1, phase=Phase.OPEN, exchange=exchange, subjects=()),
        at(2, phase=Phase.SHOWN, exchange=exchange, subjects=(digest(1),), fields=(shown("name"),)),
        at(3, phase=Phase.CLOSE, exchange=exchange, subjects=(), verdict=Verdict.WITHHOLD, bytes_out=10),
    )
    assert (scope.persons, scope.refused, scope.streams) == (1, 0, 1)


def test_values_that_name_nobody_count_as_many_persons_as_they_can_be_about(store: SqliteStore) -> None:
    """Of each record the category shown most often: a name and two numbers of one row are one person at least."""
    household = {"subjects": (), "operation": "GET /register/households"}
    named, masked = shown("name", count=3), shown("name", Disclosure.MASKED, 500)
    scope = seen(
        store,
        at(1, subjects=(digest(1),), fields=(named,)),
        at(2, **household, fields=(shown("name", count=30), shown("mobile", count=40))),
        at(3, **household, fields=(shown("name", count=30), masked)),
        at(4, subjects=(), operation="GET /hall/application", fields=(shown("mobile", count=7),)),
        at(5, **household, fields=(masked,), disclosure=Disclosure.MASKED),
    )
    assert (scope.persons, scope.unattributed, scope.persons_at_most) == (1, 2 + 40 + 30 + 7, 80)
    assert scope.categories["name"] == CategoryCount(
        clear_values=63, masked_values=1000, clear_persons=1, clear_unattributed=62
    )
    assert scope.categories["mobile"].clear_unattributed == 47


@pytest.mark.parametrize(
    ("subjects", "count", "not_named"),
    [(1, 1000, 999), (1, 1, 0), (1, 2, 1), (400, 400, 0), (400, 1, 0), (0, 3, 3)],
)
def test_an_answer_that_names_one_of_many_counts_the_others(
    store: SqliteStore, subjects: int, count: int, not_named: int
) -> None:
    named = tuple(digest(number) for number in range(subjects))
    scope = seen(store, at(1, subjects=named, fields=(shown("name", count=count), shown("mobile", count=1))))
    assert (scope.persons, scope.persons_at_most) == (subjects, subjects + not_named)
    assert scope.categories["name"].clear_unattributed == not_named
    assert (Caution.VALUES_WITHOUT_SUBJECT in scope.cautions) is bool(not_named)


@pytest.mark.parametrize(
    ("documents", "complete", "caution", "doubtful"),
    [
        ([at(1)], True, Caution.AROUND_THE_GATEWAY, False),
        ([at(1, subjects=(), fields=(shown("name"),))], True, Caution.VALUES_WITHOUT_SUBJECT, False),
        ([at(1, phase=Phase.OPEN, subjects=())], True, Caution.STREAM_UNFINISHED, False),
        ([at(1)], False, Caution.INDEX_BEHIND, True),
        ([at(1), at(2, subjects=("e2:ff",))], True, Caution.EPOCHS_MIXED, True),
        ([at(1), at(2, subjects=("e2:ff",), former_subjects=("e1:ff",))], True, Caution.AROUND_THE_GATEWAY, False),
        ([], True, Caution.NOTHING_FOUND, True),
    ],
    ids=lambda value: value.value if isinstance(value, Caution) else "",
)
def test_what_the_log_cannot_know_is_said(
    store: SqliteStore, documents: list[dict[str, Any]], complete: bool, caution: Caution, doubtful: bool
) -> None:
    scope = seen(store, *documents, complete=complete)
    assert caution in scope.cautions
    assert scope.doubtful is doubtful


def test_who_and_from_where(store: SqliteStore) -> None:
    scope = seen(
        store,
        at(1, credential="jwt:hall", source_ip="10.0.0.7"),
        at(2, credential="key:ab", source_ip="10.0.0.7", system="hall"),
    )
    assert scope.credentials == ("jwt:hall", "key:ab")
    assert scope.addresses == ("10.0.0.7",)
    assert scope.systems == {"register": 1, "hall": 1}


@pytest.mark.parametrize(
    ("group", "where", "absent"),
    [
        ({"user.id": "w", "service.name": "register"}, {"user.id": ("w",)}, ()),
        ({"user.id": "", "source.ip": "10.0.0.7"}, {"source.ip": ("10.0.0.7",)}, ("user.id",)),
        ({"source.ip": "10.0.0.7"}, {"source.ip": ("10.0.0.7",)}, ("user.id",)),
    ],
)
def test_a_stolen_credential_is_asked_about_wherever_it_went(
    group: dict[str, str], where: dict[str, Any], absent: tuple[str, ...]
) -> None:
    question = question_about(group, START, END)
    assert (question.where, question.absent) == (where, absent)


@pytest.mark.parametrize("group", [{}, {"user.id": ""}])
def test_nobody_in_particular_is_not_everybody(group: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="names no caller"):
        question_about(group, START, END)


def test_a_system_alone_is_not_asked_about_everybody_in_it(store: SqliteStore) -> None:
    store.append([at(1), at(2), at(3)], LIMIT)
    question = question_about({"service.name": "register"}, START, END, events=("6YQ3K0M9ZT-2",))
    scope = assess(store, question, complete=True, timeout=LIMIT)
    assert (scope.events, scope.persons, scope.doubtful) == (1, 1, True)
    assert Caution.SOURCE_UNKNOWN in scope.cautions


uses = st.builds(
    shown, st.sampled_from(["name", "mobile", "resident_id"]), st.sampled_from(Disclosure), st.integers(0, 3)
)
facts = st.fixed_dictionaries(
    {
        "subjects": st.lists(st.integers(0, 6).map(digest), max_size=4, unique=True).map(tuple),
        "fields": st.lists(uses, max_size=3).map(tuple),
        "caller": st.sampled_from(["clerk-wang", "clerk-li"]),
        "verdict": st.sampled_from(Verdict),
    }
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(40))
@given(st.lists(facts, max_size=8))
def test_it_counts_what_an_obvious_count_counts(tmp_path: Path, told: list[dict[str, Any]]) -> None:
    clear_of: set[str] = set()
    all_of: set[str] = set()
    for one in told:
        if one["caller"] == "clerk-wang" and one["verdict"] is Verdict.FORWARD:
            all_of |= set(one["subjects"])
            if any(use.disclosure is Disclosure.CLEAR for use in one["fields"]):
                clear_of |= set(one["subjects"])
    store = SqliteStore(tmp_path / "events")
    scope = seen(store, *(at(number, disclosure=Disclosure.MASKED, **one) for number, one in enumerate(told)))
    store.close()
    shutil.rmtree(tmp_path / "events")
    assert (scope.persons, scope.persons_masked) == (len(clear_of), len(all_of - clear_of))


def test_canaries_are_no_persons_whichever_epoch_their_digest_is_of(store: SqliteStore) -> None:
    clear = (shown("name"),)
    store.append(
        [
            at(1, subjects=("1:decoy", "1:person"), fields=(shown("name", count=2),)),
            at(2, subjects=("2:decoy",), former_subjects=("1:decoy",), fields=clear),
            at(
                3,
                subjects=("2:masked-decoy",),
                fields=(shown("name", Disclosure.MASKED),),
                disclosure=Disclosure.MASKED,
            ),
        ],
        LIMIT,
    )
    known = frozenset({"2:decoy", "2:masked-decoy", "1:never-seen"})
    scope = assess(store, CLERK, complete=True, timeout=LIMIT, canaries=known)
    assert (scope.persons, scope.persons_masked, scope.canaries) == (1, 0, 2)
    assert scope.categories["name"].clear_persons == 1
    assert scope.persons_hash == hashlib.sha256(b"1:person").hexdigest()
    unknown = assess(store, CLERK, complete=True, timeout=LIMIT)
    assert (unknown.persons, unknown.persons_masked, unknown.canaries) == (2, 1, None)


def test_persons_are_counted_by_the_gravest_level_and_exports_are_listed(store: SqliteStore) -> None:
    levels = (
        ("core", frozenset({"genes"})),
        ("important", frozenset({"health", "id"})),
        ("general", frozenset({"name"})),
    )
    name, health, other = shown("name"), shown("health"), shown("colour")
    one, two = ExchangeId("stream-one"), ExchangeId("stream-two")
    store.append(
        [
            at(1, subjects=("1:a",), fields=(name,)),
            at(2, subjects=("1:a",), fields=(health,)),
            at(3, subjects=("1:b",), fields=(name,)),
            at(4, subjects=("1:c",), fields=(other,)),
            at(5, subjects=("1:d",), fields=(shown("name", Disclosure.MASKED),), disclosure=Disclosure.MASKED),
            at(6, phase=Phase.OPEN, exchange=one, subjects=()),
            at(7, phase=Phase.CLOSE, exchange=one, subjects=(), bytes_out=900),
            at(8, phase=Phase.OPEN, exchange=two, subjects=()),
        ],
        LIMIT,
    )
    scope = assess(store, CLERK, complete=True, timeout=LIMIT, levels=levels)
    assert scope.persons_by_level == {"important": 1, "general": 1, "": 1}
    assert sum(scope.persons_by_level.values()) == scope.persons
    assert [(each.at, each.bytes_out) for each in scope.exports] == [
        (START + timedelta(seconds=6), 900),
        (START + timedelta(seconds=8), None),
    ]
    assert assess(store, CLERK, complete=True, timeout=LIMIT).persons_by_level == {}, "where nobody knows the levels"
