from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siem.detect.alert import AlertId
from siem.detect.definition import Level
from siem.index.store import StoreUnavailable
from siem.notify.delivery import Batch, Outcome
from siem.notify.due import Due, Told, due
from siem.notify.message import Message, key_of
from siem.notify.outbox import Outbox
from tests.effort import examples
from tests.siem.events import NINE
from tests.siem.notify.alerts import HOUR, MINUTE, alert, message

FULL = 6.0
PAUSE = timedelta(seconds=30)
DELIVERED = Outcome(delivered=True, result="HTTP 200")
FAILED = Outcome(delivered=False, result="HTTP 500")
REFUSED = Outcome(delivered=False, result="HTTP 400", refused=True)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with closing(Outbox(tmp_path / "notifications.db")) as made:
        yield made


def to(*channels: str, after: timedelta = timedelta(0)) -> dict[str, datetime]:
    return dict.fromkeys(channels, NINE + after)


def entered(outbox: Outbox, *numbers: int, after: timedelta = timedelta(0), level: Level = Level.HIGH) -> None:
    """The alerts of those *numbers* are to be told to `oncall`."""
    dues = due([alert(number, level=level) for number in numbers], {}, NINE)
    assert outbox.note(dues, max(numbers), lambda _: to("oncall", after=after)) == len(numbers)


def taken(outbox: Outbox, *, now: datetime = NINE, tokens: float = FULL) -> Batch:
    batch = outbox.take("oncall", now, tokens)
    assert batch is not None
    return batch


def alerts_in(batch: Batch) -> list[str]:
    return [each.alert for each in batch.messages]


def test_what_is_noted_is_noted_once_with_how_far_it_goes(outbox: Outbox) -> None:
    assert outbox.sequence() is None
    entered(outbox, 1, 2)
    assert outbox.sequence() == 2
    again = due([alert(1), alert(2)], {}, NINE + HOUR)  # by a process that was killed before it knew
    assert outbox.note(again, 2, lambda _: to("oncall")) == 0
    assert outbox.states(["oncall"])[0].waiting == 2
    assert outbox.told([AlertId("A-000001"), AlertId("A-000009")]).keys() == {"A-000001"}


def test_what_breaks_in_the_middle_leaves_nothing(outbox: Outbox) -> None:
    def failing(told: Message) -> dict[str, datetime]:
        if told.alert == "A-000002":
            raise StoreUnavailable("as when the power fails")
        return to("oncall")

    with pytest.raises(StoreUnavailable):
        outbox.note(due([alert(1), alert(2)], {}, NINE), 2, failing)
    assert (outbox.sequence(), outbox.states(["oncall"])[0].waiting) == (None, 0)


def test_what_went_out_and_is_not_known_to_have_arrived_goes_out_again_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "notifications.db"
    with closing(Outbox(path)) as first:
        entered(first, 1)
        sent = taken(first)
    with closing(Outbox(path)) as after_kill:
        entered(after_kill, 2)
        again = taken(after_kill)
        assert (again.key, alerts_in(again)) == (sent.key, ["A-000001"])
        after_kill.end(again, DELIVERED, NINE, PAUSE)
        assert alerts_in(taken(after_kill)) == ["A-000002"]


def test_the_worst_goes_first_and_the_last_token_takes_the_rest(outbox: Outbox) -> None:
    entered(outbox, 1, 2)
    entered(outbox, 3, level=Level.CRITICAL)
    first = taken(outbox)
    assert alerts_in(first) == ["A-000003"]
    outbox.end(first, DELIVERED, NINE, PAUSE)
    rest = taken(outbox, tokens=1)
    assert alerts_in(rest) == ["A-000001", "A-000002"]
    assert rest.key == key_of(rest.messages)
    outbox.end(rest, DELIVERED, NINE, PAUSE)
    assert outbox.take("oncall", NINE, FULL) is None


def test_after_a_failure_nothing_goes_until_the_pause_is_over_and_the_same_goes_then(outbox: Outbox) -> None:
    entered(outbox, 1)
    sent = taken(outbox)
    outbox.end(sent, FAILED, NINE, PAUSE)
    (state,) = outbox.states(["oncall"])
    assert (state.failures, state.failing_since, state.result, state.waiting) == (1, NINE, "HTTP 500", 1)
    assert outbox.take("oncall", NINE + PAUSE / 2, FULL) is None
    again = taken(outbox, now=NINE + PAUSE)
    assert again.key == sent.key
    outbox.end(again, DELIVERED, NINE + PAUSE, PAUSE)
    (state,) = outbox.states(["oncall"])
    assert (state.failures, state.failing_since, state.sent_at, state.waiting) == (0, None, NINE + PAUSE, 0)


def test_a_clock_that_was_set_back_holds_up_nothing(outbox: Outbox) -> None:
    entered(outbox, 1)
    outbox.end(taken(outbox), FAILED, NINE + 9 * HOUR, PAUSE)
    assert outbox.take("oncall", NINE, FULL) is not None


def test_what_was_refused_for_what_it_is_does_not_hold_up_the_others(outbox: Outbox) -> None:
    entered(outbox, 1)
    outbox.end(taken(outbox), REFUSED, NINE, PAUSE)
    entered(outbox, 2)
    assert alerts_in(taken(outbox, now=NINE + PAUSE, tokens=1)) == ["A-000001", "A-000002"]


def test_what_has_its_hours_waits_for_them(outbox: Outbox) -> None:
    entered(outbox, 1, after=HOUR)
    assert outbox.take("oncall", NINE, FULL) is None
    assert outbox.hand_on("oncall", "mail", NINE) == 0, "nobody is late"
    assert alerts_in(taken(outbox, now=NINE + HOUR)) == ["A-000001"]


def test_a_fallback_is_told_once_and_the_channel_later(outbox: Outbox) -> None:
    entered(outbox, 1)
    outbox.end(taken(outbox), FAILED, NINE, PAUSE)
    assert outbox.hand_on("oncall", "mail", NINE + MINUTE) == 1
    assert outbox.hand_on("oncall", "mail", NINE + MINUTE) == 0
    mail = outbox.take("mail", NINE + MINUTE, FULL)
    assert mail is not None
    outbox.end(mail, DELIVERED, NINE + MINUTE, PAUSE)
    proof = {(each.channel, each.via): each for each in outbox.deliveries(AlertId("A-000001"))}
    waiting, told = proof["oncall", ""], proof["mail", "oncall"]
    assert (waiting.sent_at, waiting.attempts, waiting.result, waiting.tried_at) == (None, 1, "HTTP 500", NINE)
    assert (told.sent_at, told.attempts, told.result, told.key) == (NINE + MINUTE, 1, "HTTP 200", mail.key)
    assert outbox.take("oncall", NINE + HOUR, FULL) is not None


def test_what_waits_for_a_channel_that_is_set_no_more_goes_to_the_others(outbox: Outbox) -> None:
    entered(outbox, 1)
    outbox.end(taken(outbox), DELIVERED, NINE, PAUSE)
    entered(outbox, 2)
    assert outbox.adopt(["oncall", "mail"], lambda _: to("mail")) == 0
    assert outbox.adopt(["mail"], lambda _: to("mail")) == 1
    found = [(each.channel, each.result) for number in (1, 2) for each in outbox.deliveries(alert(number).id)]
    assert found == [("oncall", "HTTP 200"), ("mail", "")], "the proof of what arrived stays"


def test_alerts_are_looked_at_again_when_their_time_has_come(outbox: Outbox) -> None:
    told = Told(raised_at=NINE, level=Level.HIGH, events=30, persons=300, at=NINE)
    outbox.note([Due(alert=AlertId("A-000001"), told=told, message=None, again_at=NINE + HOUR)], 1, lambda _: {})
    assert outbox.to_look_at_again(NINE) == []
    assert outbox.to_look_at_again(NINE + HOUR) == ["A-000001"]
    outbox.note([Due(alert=AlertId("A-000001"), told=told, message=None, again_at=None)], 1, lambda _: {})
    assert outbox.to_look_at_again(NINE + HOUR) == []


def test_what_stands_still_is_kept_with_when_it_was_told(outbox: Outbox) -> None:
    outbox.note_standstill("index", NINE, message(alert="", at=NINE + MINUTE), lambda _: to("oncall"))
    assert outbox.standstills() == {"index": (NINE, NINE + MINUTE)}
    outbox.note_standstill("index", None, message(alert="", key="over"), lambda _: to("oncall"))
    assert outbox.standstills() == {}
    assert outbox.states(["oncall"])[0].waiting == 2


def test_who_only_reads_finds_nothing_where_there_is_no_file(tmp_path: Path) -> None:
    with closing(Outbox(tmp_path / "none.db", read_only=True)) as outbox:
        assert outbox.deliveries(AlertId("A-000001")) == []
        assert outbox.states(["oncall"])[0].waiting == 0


ACTS = ("raise", "kill before", "kill after", "deliver", "fail", "refuse", "hand on", "minute")
STEPS = st.lists(st.sampled_from(ACTS), max_size=40)


@settings(max_examples=examples(40))
@given(steps=STEPS, tokens=st.lists(st.sampled_from([1.0, 6.0]), min_size=1, max_size=5))
def test_whatever_happens_each_message_arrives_and_twice_only_after_a_kill(
    steps: list[str], tokens: list[float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As a channel sees it: what arrived is delivered, whether or not we lived to know."""
    path = tmp_path_factory.mktemp("outbox") / "notifications.db"
    outbox, now, raised, kills = Outbox(path), NINE, 0, 0
    arrived: Counter[str] = Counter()
    keys: dict[str, list[str]] = {}

    def carry(channel: str, step: str, tokens: float) -> None:
        nonlocal outbox, kills
        batch = outbox.take(channel, now, tokens)
        if batch is None:
            return
        assert keys.setdefault(f"{channel} {batch.key}", alerts_in(batch)) == alerts_in(batch)
        if step in ("deliver", "kill after"):
            arrived.update(f"{channel} {number}" for number in alerts_in(batch))
        if step.startswith("kill"):
            kills += 1
            outbox.close()
            outbox = Outbox(path)
            return
        outbox.end(batch, {"deliver": DELIVERED, "fail": FAILED, "refuse": REFUSED}[step], now, PAUSE)

    for number, step in enumerate(steps):
        if step == "raise":
            raised += 1
            entered(outbox, raised)
        elif step == "hand on":
            outbox.hand_on("oncall", "mail", now)
        elif step == "minute":
            now += MINUTE
        else:
            carry("oncall", step, tokens[number % len(tokens)])
    for channel in ("oncall", "mail"):
        while any(state.waiting for state in outbox.states([channel])):
            now += MINUTE
            carry(channel, "deliver", 6.0)
    outbox.close()
    assert {name.split()[1] for name in arrived} == {f"A-{number:06d}" for number in range(1, raised + 1)}
    assert all(arrived[f"oncall A-{number:06d}"] >= 1 for number in range(1, raised + 1))
    assert kills or all(times == 1 for times in arrived.values())
