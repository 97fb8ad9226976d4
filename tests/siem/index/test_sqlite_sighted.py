"""What is added up of a day says what its events say, whatever came in, in whatever batches, and how often."""

import contextlib
import itertools
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from siem.index.sightings import Seer
from siem.index.sqlite import SqliteStore
from siem.record.event import CallerKind, Disclosure
from tests.contract.backends import SOON
from tests.effort import examples
from tests.siem.events import NINE, digest, document

DAY = timedelta(days=1)
MIDNIGHT = NINE.replace(hour=0)
SUBJECTS = [digest(number) for number in range(5)]

events = st.fixed_dictionaries(
    {
        "at": st.timedeltas(timedelta(0), DAY - timedelta(microseconds=1)).map(lambda after: MIDNIGHT + after),
        "caller": st.sampled_from(["", "clerk-7", "Clerk-7", "hall"]),
        "caller_kind": st.just(CallerKind.STAFF),
        "source_ip": st.sampled_from(["", "10.0.0.7", "2001:db8::1"]),
        "subjects": st.lists(st.sampled_from(SUBJECTS), max_size=4).map(tuple),
        "disclosure": st.sampled_from(Disclosure),
    }
)


def told(store: SqliteStore, since: Any, until: Any) -> tuple[object, ...]:
    """All that tracing asks of a span, but for what a sample says of the whole index."""
    seers = [Seer(caller, address) for caller in ("", "clerk-7", "hall") for address in ("", "10.0.0.7", "2001:db8::1")]
    return (
        sorted(map(repr, store.sightings(SUBJECTS, since, until, SOON))),
        store.volume([each for each in seers if not (each.caller and each.address)], since, until, SOON),
        store.volumes(("1",), since, until, SOON),
    )


@given(st.lists(st.lists(events, min_size=1, max_size=6), min_size=1, max_size=4), st.data())
@settings(max_examples=examples(40))
def test_the_whole_day_is_what_its_events_say(batches: list[list[dict[str, Any]]], data: st.DataObject) -> None:
    numbers = itertools.count()
    made = [[document(next(numbers), **each) for each in batch] for batch in batches]
    again = data.draw(st.sampled_from(made))
    last = max(each["at"] for batch in batches for each in batch)
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(SqliteStore(Path(folder) / "index")) as store:
        for batch in (*made, again):
            store.append(batch, SOON)
        whole = told(store, MIDNIGHT, MIDNIGHT + DAY)
        if last < MIDNIGHT + DAY - timedelta(microseconds=1):
            assert whole == told(store, MIDNIGHT, last + timedelta(microseconds=1)), "as the events are read"
        assert told(store, MIDNIGHT - DAY, MIDNIGHT + 2 * DAY) == whole
