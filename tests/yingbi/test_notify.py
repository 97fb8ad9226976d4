from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from siem.notify.channel import Channel
from siem.notify.delivery import Outcome
from siem.notify.due import due
from siem.notify.outbox import Outbox
from siem.notify.secret import WrongAddress
from tests.siem.events import NINE
from tests.siem.notify.alerts import MINUTE, alert
from tests.siem.notify.peers import Answer, hook
from yingbi.home import Home
from yingbi.notify import (
    NoSuchChannel,
    deliveries_of,
    is_well,
    lines_of,
    lines_of_deliveries,
    states_of,
    try_channel,
)
from yingbi.settings import Settings
from yingbi.settings_tables import Notify

CHANNELS = (Channel(name="oncall", url_env="ONCALL", fallback="mail"), Channel(name="mail", url_env="MAIL"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, notify=Notify(channels=CHANNELS))


@pytest.fixture
def outbox(settings: Settings) -> Iterator[Outbox]:
    with closing(Outbox(Home(settings.home).notifications)) as made:
        yield made


def end(outbox: Outbox, channel: str, outcome: Outcome) -> None:
    batch = outbox.take(channel, NINE + MINUTE, 6)
    assert batch is not None
    outbox.end(batch, outcome, NINE + MINUTE, MINUTE)


def test_who_was_told_is_listed_with_the_proof(settings: Settings, outbox: Outbox) -> None:
    outbox.note(due([alert()], {}, NINE), 1, lambda _: {"oncall": NINE})
    end(outbox, "oncall", Outcome(delivered=False, result="HTTP 500"))
    outbox.hand_on("oncall", "mail", NINE + MINUTE)
    end(outbox, "mail", Outcome(delivered=True, result="SMTP 250"))
    found = deliveries_of(settings, "A-000001")
    assert [(each["channel"], each["via"], each["attempts"], each["result"]) for each in found] == [
        ("oncall", "", 1, "HTTP 500"),
        ("mail", "oncall", 1, "SMTP 250"),
    ]
    first, second = lines_of_deliveries(found)
    assert "未送达" in first
    assert "（代 oncall" in second
    assert "11-23 17:01:00 送达" in second
    assert "nothing was told" in lines_of_deliveries(deliveries_of(settings, "A-000002"))[0]


def test_channels_are_listed_with_what_waits_for_them(settings: Settings, outbox: Outbox) -> None:
    assert is_well(states_of(settings))
    outbox.note(due([alert(), alert(2)], {}, NINE), 2, lambda _: {"oncall": NINE})
    end(outbox, "oncall", Outcome(delivered=False, result="tls"))
    states = states_of(settings)
    assert not is_well(states)
    text = "\n".join(lines_of(states))
    for said in ("从未送达", "2 条在等", "起失败 1 次", "tls"):
        assert said in text, said
    assert "没有设置通知渠道" in lines_of(states_of(Settings(home=settings.home)))[0]


def test_a_trial_says_what_became_of_it(settings: Settings) -> None:
    with hook() as webhook:
        environment = {"ONCALL": webhook.address}
        outcome = try_channel(settings, "oncall", environment, NINE)
        assert (outcome.delivered, outcome.result) == (True, "HTTP 200")
        webhook.answer = lambda posted: Answer(403)
        assert try_channel(settings, "oncall", environment, NINE).result == "HTTP 403"
        assert "试发" in webhook.posted[0].json["title"]
    with pytest.raises(NoSuchChannel, match="oncall, mail"):
        try_channel(settings, "phone", environment, NINE)
    with pytest.raises(WrongAddress, match="`MAIL`"):
        try_channel(settings, "mail", environment, NINE)
