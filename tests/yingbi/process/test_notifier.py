"""The process as it runs, real servers as channels: what arrives, what survives a kill, and what is in none of it."""

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from incident.database import for_writing, open_database
from policies.keys.key_files import Signer
from siem.baseline.calendar import LOCAL
from siem.detect.alert import Alert, AlertId, AlertStore
from siem.detect.definition import Advice, Finding, Level
from siem.detect.lifecycle import Disposition
from siem.notify.channel import Channel
from siem.notify.message import Kind, text_of
from siem.notify.outbox import Outbox
from tests.console.alerts.invented import Ward
from tests.gateway import ROOT, wait_until
from tests.incident.office import Watch
from tests.siem.detect.rules import rule
from tests.siem.events import digest, document
from tests.siem.notify.alerts import DIGEST, MOBILE, RESIDENT
from tests.siem.notify.peers import Answer, Hook, Mailbox, hook, mailbox
from yingbi.drill_reminders import reminders
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.metrics.figures import Figures
from yingbi.migrations.apply import migrate
from yingbi.process.notifier import Notifier
from yingbi.settings import Settings, write_settings
from yingbi.settings_tables import Notify
from yingbi.told import hear, tell

PATH = "hook-5ec4e7c0ffee"
"""Part of the addresses: whoever knows it can write to the channel."""
LIMIT_S = 30


class Unit:
    """A notifier of an installation that has nothing else, told of alerts as the detector would tell it."""

    def __init__(self, root: Path, **notify: Any) -> None:
        self.home = Home(root)
        make_folders(self.home)
        self.settings = Settings(home=root, notify=Notify(**notify))
        self.alerts = AlertStore(self.home.alerts)
        self.process: subprocess.Popen[bytes] | None = None
        self.said = root / "notifier.said"

    def address(self, name: str, url: str) -> None:
        path = self.home.root / f"{name}.url"
        path.write_text(f"{url}\n")
        path.chmod(0o600)

    def start(self) -> None:
        command = [sys.executable, "-m", "yingbi.process.notifier", write_settings(self.settings)]
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
        wait_until(lambda: hear(self.home.told("notifier")).get("pid") == self.pid, LIMIT_S)

    @property
    def pid(self) -> int:
        assert self.process is not None
        assert self.process.poll() is None, self.said.read_text()
        return self.process.pid

    def end(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(LIMIT_S)

    def raise_alert(self, caller: str, people: int = 3, *, ago: timedelta = timedelta(0), **changes: Any) -> Alert:
        now = datetime.now(UTC) - ago
        group = (("user.id", caller),)
        finding = Finding(
            rule=rule(**changes), group=group, first_at=now, last_at=now, new_from=now - timedelta(seconds=people)
        )
        seen = [document(number, at=now - timedelta(seconds=people - number)) for number in range(people)]
        return self.alerts.join(finding, seen, now)

    def channel(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(
            each for each in hear(self.home.told("notifier"))["channels"] if each["name"] == name
        )
        return found

    def everything(self) -> bytes:
        """All that the notifier has written and told, but for the addresses and the alerts, which others wrote."""
        registry = CollectorRegistry()
        registry.register(Figures(self.home))
        written = [*self.home.root.glob("notifications.db*"), *self.home.run.iterdir(), self.said]
        return b"".join([path.read_bytes() for path in written if path.is_file()]) + generate_latest(registry)


@contextlib.contextmanager
def running(root: Path, **notify: Any) -> Iterator[Unit]:
    made = Unit(root, **notify)
    try:
        yield made
    finally:
        made.end()
        made.alerts.close()


def titles(webhook: Hook) -> list[str]:
    return [posted.json["title"].split(" / ")[0] for posted in webhook.posted]


@pytest.fixture
def peers() -> Iterator[tuple[Hook, Hook, Mailbox]]:
    with hook() as outside, hook() as inside, mailbox() as mail:
        yield outside, inside, mail


def test_whoever_is_to_be_told_is_told_what_they_may_know(tmp_path: Path, peers: tuple[Hook, Hook, Mailbox]) -> None:
    outside, inside, mail = peers
    channels = (
        Channel(name="outside", url_file="outside.url"),
        Channel(name="inside", url_file="inside.url", internal=True, level=Level.LOW),
        Channel(name="mail", url_file="mail.url", level=Level.CRITICAL),
    )
    with running(tmp_path, channels=channels) as unit:
        unit.address("outside", f"{outside.address}/{PATH}")
        unit.address("inside", f"{inside.address}/{PATH}?+X-Token={PATH}")
        unit.address("mail", f"mailto://127.0.0.1:{mail.port}?from=yingbi@example.gov.cn&to=a@example.gov.cn")
        unit.raise_alert("clerk-before", ago=timedelta(hours=1))
        unit.start()
        high = unit.raise_alert("clerk-wang")
        wait_until(lambda: len(outside.posted) == 1, LIMIT_S)
        unit.raise_alert("clerk-li", level=Level.LOW)
        personal = Advice(zh=f"问 {MOBILE}", en="Ask")
        about = f"看过 {RESIDENT} / Who saw {RESIDENT}"
        worst = unit.raise_alert(DIGEST, level=Level.CRITICAL, title=about, what_to_do=personal)
        wait_until(lambda: len(mail.mails) == 1 and len(outside.posted) == 2 and len(inside.posted) == 3, LIMIT_S)
        assert titles(outside) == [f"【影壁】新告警（高） {high.id}", f"【影壁】新告警（严重） {worst.id}"]
        assert f"/alerts/{worst.id}" in mail.text()
        wait_until(lambda: not any(unit.channel(name)["waiting"] for name in ("outside", "inside", "mail")), LIMIT_S)
        assert b"clerk-wang" in inside.everything
        assert b"clerk-wang" not in outside.everything
        assert b"clerk-before" not in outside.everything + inside.everything
        proof = Outbox(unit.home.notifications, read_only=True).deliveries(high.id)
        assert [(each.channel, each.result, each.attempts) for each in proof] == [
            ("inside", "HTTP 200", 1),
            ("outside", "HTTP 200", 1),
        ]
        sent = outside.everything + inside.everything + mail.raw().encode() + mail.text().encode()
        for value in (RESIDENT, MOBILE, DIGEST, *(digest(number) for number in range(3))):
            for spelled in (value, json.dumps(value)[1:-1]):
                assert spelled.encode() not in sent, "what was sent"
                assert spelled.encode() not in unit.everything(), "what was kept"
        assert PATH.encode() not in unit.everything()


def keys_of(posted: Sequence[Any]) -> list[str]:
    return [each.headers["Idempotency-Key"] for each in posted]


def test_who_is_killed_in_the_middle_sends_the_same_again_and_loses_nothing(tmp_path: Path) -> None:
    go_on = threading.Event()
    with hook() as webhook, running(tmp_path, channels=(Channel(name="oncall", url_file="oncall.url"),)) as unit:
        webhook.answer = lambda posted: Answer(wait_for=go_on)
        unit.address("oncall", f"{webhook.address}?rto=60")
        unit.start()
        first = unit.raise_alert("clerk-wang")
        wait_until(lambda: webhook.posted, LIMIT_S)
        second = unit.raise_alert("clerk-li")
        unit.end(signal.SIGKILL)
        go_on.set()
        unit.start()
        wait_until(lambda: len(webhook.posted) == 3, LIMIT_S)
        wait_until(lambda: unit.channel("oncall")["waiting"] == 0, LIMIT_S)
        once, again, other = webhook.posted
        assert (again.body, keys_of([again])) == (once.body, keys_of([once]))
        assert first.id in once.json["message"]
        assert second.id in other.json["message"]
        assert len(set(keys_of(webhook.posted))) == 2


def test_what_cannot_be_delivered_goes_to_the_fallback_and_all_of_it_shows(tmp_path: Path) -> None:
    channels = (
        Channel(name="oncall", url_file="oncall.url", fallback="mail"),
        Channel(name="mail", url_file="mail.url", only_fallback=True),
    )
    with mailbox() as mail, running(tmp_path, channels=channels) as unit:
        unit.address("oncall", f"wecombot://{PATH}")
        (unit.home.root / "oncall.url").chmod(0o644)
        unit.address("mail", f"mailto://127.0.0.1:{mail.port}?from=yingbi@example.gov.cn&to=a@example.gov.cn")
        unit.start()
        alert = unit.raise_alert("clerk-wang")
        wait_until(lambda: any(alert.id in mail.text(number) for number in range(len(mail.mails))), LIMIT_S)
        wait_until(lambda: hear(unit.home.told("notifier"))["still"], LIMIT_S)
        told = unit.channel("oncall")
        assert "0600" in told["wrong"]
        assert told["waiting"] >= 1
        wait_until(lambda: _proof(unit, alert.id) == [("oncall", "", False), ("mail", "oncall", True)], LIMIT_S)
        assert PATH.encode() not in unit.everything()


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """An installation whose alerts somebody follows, by a clock that is two hours behind; only the notifier is not."""
    home = Home(tmp_path)
    make_folders(home)
    engine = open_database(f"sqlite:///{home.state}")
    migrate(engine)
    try:
        made = Ward(tmp_path, engine, clock=Watch(datetime.now(UTC) - timedelta(hours=2)))
        home.public_key("alerts").write_bytes(Signer(tmp_path / "alerts.key").public_bytes)
        yield made
        made.alerts.close()
    finally:
        engine.dispose()


def told_in(ward: Ward) -> list[Kind]:
    """What is told of the first alert by a notifier that starts now, with all that was told before."""
    channel = Channel(name="oncall", url_file="oncall.url", level=Level.LOW)
    with contextlib.closing(Notifier(Settings(home=ward.folder, notify=Notify(channels=(channel,))))) as notifier:
        notifier.step()
        notifier.step()
    outbox = Outbox(Home(ward.folder).notifications, read_only=True)
    return [each.kind for each in outbox.deliveries(AlertId("A-000001"))]


def test_what_waits_for_somebody_is_told_and_what_somebody_sees_to_does_not_grow(ward: Ward) -> None:
    alert = ward.raised()
    assert told_in(ward) == [], "it was there before"
    ward.pass_on(hours=1)
    told = [Kind.ESCALATED]
    assert told_in(ward) == told
    assert told_in(ward) == told, "nor twice"
    ward.acknowledge(alert)
    ward.find(90)
    ward.watch.step()
    assert told_in(ward) == told
    ward.snooze(alert, hours=1)
    ward.find(300)
    assert told_in(ward) == told
    ward.watch.step()
    told.append(Kind.RETURNED)
    assert told_in(ward) == told, "and not that it has grown besides"
    ward.book.close(ward.as_shown(alert), ward.alert(alert), Disposition.BENIGN, "年检")
    ward.clock.move(seconds=1)
    ward.find(1)
    ward.watch.step()
    assert told_in(ward) == [*told, Kind.REOPENED]


def test_that_the_journal_of_alerts_was_altered_is_told_and_alerts_are_told_on(ward: Ward) -> None:
    told_in(ward)
    ward.raised()
    assert told_in(ward) == [Kind.RAISED]
    with for_writing(ward.engine).begin() as connection:
        connection.exec_driver_sql("UPDATE alert_journal SET body = replace(body, 'clerk', 'chief')")
    assert told_in(ward) == [Kind.RAISED]
    still = hear(Home(ward.folder).told("notifier"))["still"]
    assert "journal" in still
    outbox = Outbox(Home(ward.folder).notifications, read_only=True)
    waiting = outbox.states(["oncall"])[0].waiting
    ward.find(caller="clerk-li")
    told_in(ward)
    assert outbox.states(["oncall"])[0].waiting == waiting + 1
    assert [each.kind for each in outbox.deliveries(AlertId("A-000002"))] == [Kind.RAISED]


def _proof(unit: Unit, alert: AlertId) -> list[tuple[str, str, bool]]:
    found = Outbox(unit.home.notifications, read_only=True).deliveries(alert)
    return [(each.channel, each.via, each.sent_at is not None) for each in found]


def test_who_cannot_tell_how_it_stands_goes_on_and_is_not_well(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_folders(home)
    home.told("notifier").mkdir()
    with contextlib.closing(Notifier(Settings(home=tmp_path))) as notifier:
        notifier.step()
        assert not notifier.is_well()
        home.told("notifier").rmdir()
        notifier.step()
        assert notifier.is_well()


def test_while_the_alerts_cannot_be_read_the_pipeline_is_watched_and_it_is_told(tmp_path: Path) -> None:
    bad = Channel(name="oncall", url_file="none.url")
    with running(tmp_path, channels=(bad,)) as unit:
        unit.alerts.close()
        unit.home.alerts.write_bytes(b"no database, and long enough to be none" * 100)
        unit.start()
        wait_until(lambda: "channels" in hear(unit.home.told("notifier"))["still"], LIMIT_S)
        assert "the file of alerts" in hear(unit.home.told("notifier"))["trouble"]


def test_the_heart_beats_only_while_all_is_well(tmp_path: Path) -> None:
    """Nothing of the pipeline is here, so nothing stands still; a channel that cannot be used is enough."""
    with hook() as outside, running(tmp_path, heartbeat_file="heartbeat.url", still_s=3600) as unit:
        unit.address("heartbeat", f"{outside.url}/{PATH}")
        unit.start()
        wait_until(lambda: outside.posted, LIMIT_S)
        wait_until(lambda: hear(unit.home.told("notifier"))["heartbeat"]["at"], LIMIT_S)
        assert outside.posted[0].path == f"/{PATH}"
        unit.end()
        outside.posted.clear()
        bad = Channel(name="oncall", url_file="none.url")
        unit.settings = Settings(home=tmp_path, notify=Notify(channels=(bad,), heartbeat_file="heartbeat.url"))
        unit.start()
        wait_until(lambda: "channels" in hear(unit.home.told("notifier"))["still"], LIMIT_S)
        assert outside.posted == []
        assert PATH.encode() not in unit.everything()


def test_a_drill_is_reminded_of_once_before_it_is_due_and_once_each_week_that_it_is_overdue(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_folders(home)
    today = datetime.now(LOCAL).date()
    channel = Channel(name="oncall", url_file="oncall.url")
    settings = Settings(home=tmp_path, notify=Notify(channels=(channel,)))

    def waiting(*drills: tuple[int, bool]) -> int:
        """How many messages wait after a start and two steps, where drills are due in so many days."""
        tell(
            home.told("control"),
            {
                "drills": [
                    {
                        "name": "q",
                        "title": "季度演练",
                        "lead": "p-chen",
                        "due": (today + timedelta(days=days)).isoformat(),
                        "overdue": overdue,
                    }
                    for days, overdue in drills
                ]
            },
        )
        with contextlib.closing(Notifier(settings)) as notifier:
            notifier.step()
            notifier.step()
        with contextlib.closing(Outbox(home.notifications, read_only=True)) as outbox:
            (state,) = outbox.states(["oncall"])
        return state.waiting

    before = waiting()
    assert waiting((5, False)) == before + 1
    assert waiting((5, False)) == before + 1, "nor after a restart"
    assert waiting((-1, True)) == before + 2
    assert waiting((-6, True), (-8, True)) == before + 4, "of another due date, and of its second week"
    tell(home.told("control"), {"drills": [{"name": "q"}, "nonsense", {"name": 1, "due": 2}]})
    with contextlib.closing(Notifier(settings)) as notifier:
        notifier.step()
        assert "told" not in hear(home.told("notifier"))["trouble"]


def test_who_leads_a_drill_is_told_to_internal_channels_alone() -> None:
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    told = [{"name": "q", "title": "季度演练", "lead": "p-chen", "due": "2026-11-20", "overdue": True}]
    (message,) = reminders(told, at.date(), at)
    inside, outside = (text_of([message], "https://c", language="zh", internal=one) for one in (True, False))
    assert "演练逾期 5 天：季度演练" in outside.body
    assert "p-chen" in inside.body
    assert "p-chen" not in outside.body
