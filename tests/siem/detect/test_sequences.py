"""Correlations over several rules: `temporal`, `temporal_ordered`, aliases, and correlations over correlations."""

import random
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siem.detect.alert import FRESH
from siem.detect.definition import Rule
from siem.detect.rule_file import RuleError
from siem.detect.rule_set import parse_rules
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore
from siem.record.event import PermitNote, PermitState
from tests.contract.backends import BACKENDS, opened
from tests.effort import examples
from tests.siem.detect.detection import Detection, chopped, detecting
from tests.siem.detect.reference import expected, hits
from tests.siem.events import NINE, digest, document

PART = """
---
title: {name}
name: {name}
logsource: {{product: yingbi, service: access}}
detection: {{it: {{event.reason: {name}}}, condition: it}}
"""


def correlation(name: str, told: str, *, alerts: bool = True) -> str:
    advice = "yingbi: {what_to_do: {zh: 看, en: Look}}"
    whole = f"id: 7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6e{len(name):02}\nlevel: low\n{advice}"
    return f"---\ntitle: {name}\nname: {name}\n{whole if alerts else ''}\ncorrelation: {{{told}}}\n"


def rule(*correlations: str) -> Rule:
    """The rule of these correlations, with the plain rules that they name."""
    text = "".join(correlations)
    named = {name for rules in re.findall(r"rules: (\[.*?\]|\w+)", text) for name in re.findall(r"\b[abc]\b", rules)}
    (read,) = parse_rules("".join(PART.format(name=name) for name in sorted(named)) + text, "tried.yml", {})
    return read


ANY_ORDER = rule(correlation("whole", "type: temporal, rules: [a, b, c], group-by: user.id, timespan: 10s"))
TWO_OF_THREE = rule(
    correlation("whole", "type: temporal, rules: [a, b, c], group-by: user.id, timespan: 10s, condition: {gte: 2}")
)
IN_ORDER = rule(correlation("whole", "type: temporal_ordered, rules: [a, b, c], group-by: user.id, timespan: 10s"))
ALIASED = rule(
    correlation(
        "whole",
        "type: temporal_ordered, rules: [a, b], group-by: [who, service.name], timespan: 10s,"
        " aliases: {who: {a: user.id, b: yingbi.permit.by}}",
    )
)
MANY = "type: event_count, rules: a, group-by: [user.id, service.name], timespan: 5s, condition: {gte: 3}"
MANY_THEN_ONE = rule(
    correlation("many", MANY, alerts=False),
    correlation("whole", "type: temporal_ordered, rules: [many, b], group-by: user.id, timespan: 10s"),
)
MANY_TIMES = rule(
    correlation("many", MANY, alerts=False),
    correlation(
        "whole",
        "type: value_count, rules: many, group-by: user.id, timespan: 20s, condition: {field: service.name, gte: 2}",
    ),
)
THREE_DEEP = rule(
    correlation(
        "then",
        "type: temporal_ordered, rules: [a, b], group-by: [who, service.name], timespan: 5s,"
        " aliases: {who: {a: user.id, b: yingbi.permit.by}}",
        alerts=False,
    ),
    correlation(
        "twice", "type: event_count, rules: then, group-by: who, timespan: 10s, condition: {gte: 2}", alerts=False
    ),
    correlation(
        "whole",
        "type: temporal, rules: [twice, c], group-by: person, timespan: 10s,"
        " aliases: {person: {twice: who, c: user.id}}",
    ),
)
RULES = {
    "any order": ANY_ORDER,
    "two of three": TWO_OF_THREE,
    "in order": IN_ORDER,
    "aliases": ALIASED,
    "many then one": MANY_THEN_ONE,
    "many, in several systems": MANY_TIMES,
    "three deep": THREE_DEEP,
}


def happening(number: int, second: float, what: str, by: str = "", **changes: Any) -> dict[str, Any]:
    return document(
        number,
        at=NINE + timedelta(seconds=second),
        reason=what,
        subjects=(digest(number),),
        permit=PermitNote(id="prm-1", state=PermitState.ENDED, kind="reveal", by=by) if by else None,
        **changes,
    )


def happened(told: str, **changes: Any) -> list[dict[str, Any]]:
    """Events such as `a1 b3`: which part, at which second."""
    return [happening(number, float(one[1:]), one[0], **changes) for number, one in enumerate(told.split())]


PLANTED = {
    "all, in another order": (ANY_ORDER, "c1 a3 b11", [11]),
    "a microsecond too far apart": (ANY_ORDER, "c1 a3 b11.000001", []),
    "one part again and again": (ANY_ORDER, "a1 a2 a3 a4 b5", []),
    "the window that still holds all": (ANY_ORDER, "c1 a3 b8 a11 a12", [8, 11]),
    "two of them": (TWO_OF_THREE, "a1 c20 b29", [29]),
    "in order": (IN_ORDER, "a1 b5 c9", [9]),
    "in another order": (IN_ORDER, "b1 a5 c9 c10", []),
    "the last before the middle": (IN_ORDER, "a1 c5 b9", []),
    "what lies between does no harm": (IN_ORDER, "c0 a1 b2 a3 c4", [4]),
    "the later beginning counts": (IN_ORDER, "a0 a8 b9 c15", [15]),
    "a later beginning that nothing follows": (IN_ORDER, "a0 b1 a9 c11", []),
    "at one time in any order": (IN_ORDER, "c5 b5 a5", [5]),
    "at one time, begun before": (IN_ORDER, "a1 c5 b5", [5]),
    "many and then one": (MANY_THEN_ONE, "a1 a2 a3 b9", [9]),
    "one and then many": (MANY_THEN_ONE, "b1 a2 a3 a4", []),
    "many, but long before": (MANY_THEN_ONE, "a1 a2 a3 b14", []),
    "many, the first of which lies before the window": (MANY_THEN_ONE, "a1 a3 a6 b16", [16]),
}


@pytest.mark.parametrize(("planted", "told", "seconds"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found_when_it_happens(
    planted: Rule, told: str, seconds: list[float], tmp_path: Path
) -> None:
    documents = happened(told)
    at = [document["@timestamp"] for found in hits(planted, documents).values() for document in found]
    assert sorted(set(at)) == [happening(0, second, "")["@timestamp"] for second in seconds]
    with closing(SqliteStore(tmp_path / "index.db")) as store, detecting([planted], store, tmp_path) as detection:
        detection.feed(documents)
        assert detection.found() == expected([planted], documents, FRESH)
        assert bool(detection.found()) is bool(seconds)


def test_an_alias_joins_what_is_called_differently(tmp_path: Path) -> None:
    documents = [
        happening(1, 1, "a", caller="li"),
        happening(2, 2, "b", caller="wang", by="li"),
        happening(3, 3, "b", caller="li", by="wang"),
    ]
    with closing(SqliteStore(tmp_path / "index.db")) as store, detecting([ALIASED], store, tmp_path) as detection:
        detection.feed(documents)
        (alert,) = detection.alerts.latest()
    assert alert.group == {"who": "li", "service.name": "register"}
    assert alert.events == ("6YQ3K0M9ZT-1", "6YQ3K0M9ZT-2")


def test_the_windows_of_inner_groups_that_are_over_are_let_go(tmp_path: Path) -> None:
    documents = [happening(number, number / 2, "a", system=f"system-{number}") for number in range(100)]
    with closing(SqliteStore(tmp_path / "index.db")) as store, detecting([MANY_TIMES], store, tmp_path) as detection:
        detection.feed(documents)
        (window,) = detection.detector._windows.values()
        assert len(window._inner) <= 12


made_events = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from(["a", "a", "a", "b", "c"]),
        st.sampled_from(["li", "li", "wang", ""]),
        st.sampled_from(["", "li", "li", "wang"]),
        st.sampled_from(["register", "register", "hall"]),
    ),
    max_size=24,
)


def made(events: list[tuple[int, str, str, str, str]]) -> list[dict[str, Any]]:
    return [
        happening(number, second, what, caller=caller, by=by, system=system)
        for number, (second, what, caller, by, system) in enumerate(events)
    ]


@given(made_events, st.data())
@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_whatever_the_order_of_arrival_the_same_is_found(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, str, str, str, str]], data: st.DataObject
) -> None:
    rules = [data.draw(st.sampled_from(list(RULES.values())))]
    documents = made(events)
    arriving = data.draw(st.permutations(documents))
    folder = tmp_path_factory.mktemp("any")
    with closing(SqliteStore(folder / "index.db")) as store, detecting(rules, store, folder) as detection:
        while arriving:
            size = data.draw(st.integers(1, len(arriving)))
            detection.feed(arriving[:size])
            arriving = arriving[size:]
            if data.draw(st.booleans()):
                detection.restart()
        assert detection.found() == expected(rules, documents, FRESH)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    with opened(request.param, tmp_path, request) as opener:
        yield opener()


@pytest.mark.parametrize("seed", range(2))
def test_every_index_leads_to_what_the_reference_finds(store: EventStore, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    documents = made(
        [
            (
                chance.randrange(200),
                chance.choice("aaabc"),
                chance.choice(["li", "Li", "wang", ""]),
                chance.choice(["", "li", "wang"]),
                chance.choice(["register", "hall"]),
            )
            for _ in range(240)
        ]
    )
    silent = 0
    for number, each in enumerate(RULES.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        with detecting([each], store, folder) as detection:
            _feed_late(detection, documents, chance)
            assert detection.found() == expected([each], documents, FRESH)
            silent += not detection.found()
    assert silent <= 1, "the rarest may find nothing"


def _feed_late(detection: Detection, documents: list[dict[str, Any]], chance: random.Random) -> None:
    batches = list(chopped(documents, 3))
    late = [batches[0].pop(chance.randrange(len(batches[0]))) for _ in range(5)]
    for batch in [*batches, late]:
        detection.feed(batch)


FAULTS = {
    "one rule alone": (
        "type: temporal, rules: [a], group-by: user.id, timespan: 1s",
        "`temporal` is about at least two rules",
    ),
    "more than there are": (
        "type: temporal, rules: [a, b], group-by: user.id, timespan: 1s, condition: {gte: 3}",
        "`temporal` names 2 rules and asks for 3 of them",
    ),
    "an order with gaps": (
        "type: temporal_ordered, rules: [a, b, c], group-by: user.id, timespan: 1s, condition: {gte: 2}",
        "`temporal_ordered` names 3 rules and asks for 2 of them",
    ),
    "a rule twice": (
        "type: temporal, rules: [a, a], group-by: user.id, timespan: 1s",
        "`rules` names `a` twice",
    ),
    "a field": (
        "type: temporal, rules: [a, b], group-by: user.id, timespan: 1s, condition: {field: user.id, gte: 2}",
        "`temporal` is about rules and takes no `field`",
    ),
    "a condition in words": (
        "type: temporal, rules: [a, b], group-by: user.id, timespan: 1s, condition: a and not b",
        "`condition` is a mapping",
    ),
    "a count without a threshold": (
        "type: event_count, rules: [a], group-by: user.id, timespan: 1s",
        "non-temporal Sigma correlation rule without condition",
    ),
    "an alias for one of two": (
        "type: temporal, rules: [a, b], group-by: who, timespan: 1s, aliases: {who: {a: user.id}}",
        "`who` names no field of `b`",
    ),
    "an alias for a stranger": (
        "type: temporal, rules: [a, b], group-by: who, timespan: 1s,"
        " aliases: {who: {a: user.id, b: user.id, d: user.id}}",
        "`d` is none of `rules`",
    ),
    "an alias for what is no field": (
        "type: temporal, rules: [a, b], group-by: who, timespan: 1s, aliases: {who: {a: user.id, b: user.name}}",
        "`user.name` is no field",
    ),
    "aliases of another form": (
        "type: temporal, rules: [a, b], group-by: who, timespan: 1s, aliases: {who: user.id}",
        "`aliases` is a mapping of names",
    ),
    "a group that the inner one does not have": (
        "type: event_count, rules: [many], group-by: source.ip, timespan: 1s, condition: {gte: 1}",
        "`many` is not grouped by `source.ip`",
    ),
}


@pytest.mark.parametrize(("told", "said"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_correlation_is_told(told: str, said: str) -> None:
    with pytest.raises(RuleError, match=re.escape(said)) as wrong:
        rule(correlation("many", MANY, alerts=False), correlation("whole", told))
    assert {problem.file for problem in wrong.value.problems} == {"tried.yml"}


def test_correlations_of_each_other_and_too_many_in_each_other_are_told() -> None:
    def count(name: str, of: str) -> str:
        return correlation(
            name, f"type: event_count, rules: {of}, group-by: user.id, timespan: 1s, condition: {{gte: 2}}"
        )

    with pytest.raises(RuleError, match="is a part of itself"):
        rule(count("one", "two"), count("two", "one"))
    chain = [count("x" * number, "x" * (number - 1) if number > 1 else "a") for number in range(1, 7)]
    with pytest.raises(RuleError, match="more than 4 correlations lie in each other"):
        rule(*chain)
    with pytest.raises(RuleError, match="more than 4 correlations lie in each other"):
        rule(*reversed(chain))
    assert rule(*chain[:4]).counted.reach == timedelta(seconds=4)
