from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from siem.detect.definition import EVERY_EVENT, Correlation, Measure, Part, Rule, Threshold
from siem.detect.grouping import Grouping
from siem.index.condition import Condition, Exists, Is
from tests.siem.detect.rules import rule
from tests.siem.events import document

TWICE = Threshold(measure=Measure.EVENT_COUNT, at_least=2, within=timedelta(minutes=10))
FIELDS = st.sampled_from(["user.id", "source.ip", "service.name", "yingbi.credential"])


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """One whose parts may have different fields, and whose groups may have names of their own."""
    names = draw(st.sampled_from([("user.id",), ("who",), ("user.id", "service.name")]))
    fields = st.lists(FIELDS, min_size=len(names), max_size=len(names), unique=True).map(tuple)
    conditions: list[Condition] = [Exists("event.id"), Is("yingbi.disclosure", "clear")]
    parts = tuple(Part(condition, draw(fields)) for condition in conditions[: draw(st.integers(1, 2))])
    return rule(counted=Correlation(parts, names, draw(st.sampled_from([EVERY_EVENT, TWICE]))))


@given(
    st.lists(rules(), min_size=1, max_size=6),
    st.sampled_from(["", "li"]),
    st.sampled_from(["", "key:a"]),
    st.sampled_from(["clear", "masked"]),
)
def test_the_groups_are_those_of_each_rule(tried: list[Rule], caller: str, credential: str, disclosure: str) -> None:
    event = document(1, caller=caller, credential=credential, source_ip="10.0.0.1", disclosure=disclosure)
    found = Grouping(tried).of(event, range(len(tried)))
    assert found == [(number, group) for number, each in enumerate(tried) for group in each.groups_of(event)]
