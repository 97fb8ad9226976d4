"""What is written of an event is its document, whether it was written before or not."""

from random import Random

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.record.ecs import from_ecs, to_ecs, to_json
from siem.record.event import AccessEvent, Disclosure, FieldUse
from tests.siem.events import assorted, digest, event

USES = st.builds(
    FieldUse,
    name=st.sampled_from(("person.name", "person.id_no", "家.电话", 'a"b')),
    category=st.sampled_from(("person_name", "resident_id", "号码")),
    transform=st.sampled_from(("keep:6,4", "show")),
    disclosure=st.sampled_from(Disclosure),
    rule=st.just("people.yaml:7"),
    grant=st.sampled_from((None, "", "hall")),
    count=st.integers(0, 3),
)


@given(st.lists(st.tuples(st.lists(USES, max_size=3), st.integers(0, 2)), min_size=1, max_size=4))
def test_what_fields_became_is_written_as_it_would_be_alone(drawn: list[tuple[list[FieldUse], int]]) -> None:
    """Fields that were written before are told with as many subjects as then, and with no others."""
    for number, (uses, subjects) in enumerate([*drawn, *drawn]):
        one = event(number, fields=tuple(uses), subjects=tuple(map(digest, range(subjects))))
        assert to_json(one) == orjson.dumps(to_ecs(one))
        assert from_ecs(orjson.loads(to_json(one))) == _with_absent_grants(one)


@pytest.mark.parametrize("seed", range(3))
def test_events_of_every_kind_are_written_as_their_documents(seed: int) -> None:
    documents = assorted(200, seed)
    Random(seed).shuffle(documents)
    for document in documents:
        assert to_json(from_ecs(document)) == orjson.dumps(to_ecs(from_ecs(document)))


def _with_absent_grants(one: AccessEvent) -> AccessEvent:
    fields = tuple(msgspec.structs.replace(use, grant=use.grant or None) for use in one.fields)
    return msgspec.structs.replace(one, fields=fields)
