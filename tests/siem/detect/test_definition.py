from siem.detect.definition import EVERY_EVENT
from siem.index.condition import matches
from tests.siem.detect.rules import CLEAR, rule
from tests.siem.events import document

GROUPED = ("user.id", "service.name")


def test_events_are_grouped_by_the_rules_fields() -> None:
    counted = rule(group_by=GROUPED)
    assert [*counted.groups_of(document(1))] == [(("user.id", "clerk-wang"), ("service.name", "register"))]
    assert [*counted.groups_of(document(1, caller=""))] == []


def test_a_rule_that_counts_nothing_leaves_out_what_an_event_lacks() -> None:
    plain = rule(group_by=GROUPED, threshold=EVERY_EVENT)
    assert [*plain.groups_of(document(1, caller=""))] == [(("service.name", "register"),)]


def test_the_condition_of_a_group_finds_its_events_and_those_alike_in_case_only() -> None:
    plain = rule(group_by=GROUPED, threshold=EVERY_EVENT, condition=CLEAR)
    nobody = plain.condition_of((("service.name", "register"),))
    wang = plain.condition_of((("user.id", "clerk-wang"), ("service.name", "register")))
    assert matches(nobody, document(1, caller=""))
    assert not matches(nobody, document(1))
    assert matches(wang, document(1))
    assert matches(wang, document(1, caller="Clerk-Wang"))
    assert not matches(wang, document(1, system="hall"))
