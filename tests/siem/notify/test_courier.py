import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.store import StoreUnavailable
from siem.notify.channel import Channel
from siem.notify.courier import DOWN_AFTER, Courier, is_down
from siem.notify.delivery import ChannelState, Outcome
from siem.notify.due import due
from siem.notify.message import Text
from siem.notify.outbox import Outbox
from siem.notify.secret import Secret
from siem.notify.sender import Sender
from tests.siem.events import NINE
from tests.siem.notify.alerts import MINUTE, SECOND, alert
from tests.siem.notify.peers import Answer, hook


class Round:
    """A courier, its outbox, and a clock that stands still until it is moved."""

    def __init__(self, folder: Path, send: Callable[[Text, str], Outcome], per_minute: int = 6) -> None:
        self.now = NINE
        self.outbox = Outbox(folder / "notifications.db")
        self.channel = Channel(name="oncall", url_env="ONCALL", per_minute=per_minute)
        carrier = type("Carrier", (), {"send": staticmethod(send)})()
        self.courier = Courier(
            self.channel, carrier, self.outbox, "https://c.example", lambda: self.now, chance=lambda: 0.0
        )

    def tell(self, numbers: range) -> None:
        dues = due([alert(number) for number in numbers], {}, NINE)
        self.outbox.note(dues, numbers[-1], lambda _: {"oncall": NINE})

    def run(self) -> int:
        """How many messages go until none does."""
        steps = 0
        while self.courier.step() is not None:
            steps += 1
        return steps


def test_over_the_limit_they_are_joined_and_nothing_is_lost(tmp_path: Path) -> None:
    with hook() as webhook:
        sender = Sender("oncall", Secret(webhook.address), clock=lambda: NINE)
        made = Round(tmp_path, sender.send)
        made.tell(range(1, 18))
        assert made.run() == 6
        titles = [posted.json["title"] for posted in webhook.posted]
        assert [title.split(" / ")[0] for title in titles[:5]] == [
            f"【影壁】新告警（高） A-{number:06d}" for number in range(1, 6)
        ]
        assert titles[5] == "【影壁】另有 12 条消息 / [Yingbi] 12 more alerts"
        assert made.outbox.states(["oncall"])[0].waiting == 0
        made.tell(range(18, 20))
        assert made.run() == 0
        made.now += MINUTE / 6
        assert made.run() == 1
        assert webhook.posted[-1].json["title"].startswith("【影壁】另有 2 条消息")
    made.outbox.close()


def test_a_channel_that_fails_is_tried_again_ever_later_under_the_same_key(tmp_path: Path) -> None:
    with hook() as webhook:
        webhook.answer = lambda posted: Answer(500 if len(webhook.posted) < 4 else 200)
        made = Round(tmp_path, Sender("oncall", Secret(webhook.address), clock=lambda: NINE).send)
        made.tell(range(1, 2))
        pauses = []
        while len(webhook.posted) < 4:
            before = made.now
            while made.courier.step() is None:
                made.now += SECOND
            pauses.append(made.now - before)
        assert pauses == [0 * SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND]
        assert len({posted.headers["Idempotency-Key"] for posted in webhook.posted}) == 1
        assert made.outbox.states(["oncall"])[0].waiting == 0
    made.outbox.close()


def test_who_asks_to_be_left_alone_is(tmp_path: Path) -> None:
    with hook() as webhook:
        webhook.answer = lambda posted: Answer(429, headers={"Retry-After": "90"})
        made = Round(tmp_path, Sender("oncall", Secret(webhook.address), clock=lambda: NINE).send)
        made.tell(range(1, 2))
        assert made.run() == 1
        made.now += 89 * SECOND
        assert made.run() == 0
        made.now += SECOND
        assert made.run() == 1
    made.outbox.close()


@pytest.mark.parametrize(
    ("since", "after", "down"),
    [(None, timedelta(0), False), (NINE, DOWN_AFTER - SECOND, False), (NINE, DOWN_AFTER, True)],
)
def test_who_has_failed_for_long_is_down(since: object, after: timedelta, down: bool) -> None:
    state = ChannelState(name="oncall", failing_since=since)  # type: ignore[arg-type]
    assert is_down(state, NINE + after) is down


def test_what_arrived_and_could_not_be_kept_is_kept_later_and_not_sent_again(tmp_path: Path) -> None:
    sent: list[str] = []
    somebody = sqlite3.connect(tmp_path / "notifications.db", isolation_level=None)

    def send(text: Text, key: str) -> Outcome:
        sent.append(key)
        somebody.execute("BEGIN IMMEDIATE")
        return Outcome(delivered=True, result="HTTP 200")

    made = Round(tmp_path, send)
    made.outbox.timeout = timedelta(milliseconds=50)
    with closing(somebody), closing(made.outbox):
        made.tell(range(1, 2))
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                made.courier.step()
        somebody.execute("ROLLBACK")
        assert made.courier.step() is None
        assert len(sent) == 1
        assert made.outbox.states(["oncall"])[0].waiting == 0


def test_a_file_that_cannot_be_written_sends_nothing(tmp_path: Path) -> None:
    sent: list[str] = []

    def send(text: Text, key: str) -> Outcome:
        sent.append(key)
        return Outcome(delivered=True, result="HTTP 200")

    made = Round(tmp_path, send)
    with closing(made.outbox):
        made.tell(range(1, 2))
    with pytest.raises(StoreUnavailable, match="closed"):
        made.courier.step()
    assert sent == []
