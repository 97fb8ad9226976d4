"""A running installation tells people: of a leak, and where a part of it is stopped. Nothing personal leaves."""

import os
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from deploy.certificate import CertificateFiles, make_ca, make_certificate
from deploy.demo.register import database as register
from tests.e2e.truth import truth_of
from tests.gateway import wait_until
from tests.installation import Installation, installation
from tests.siem.notify.peers import Hook, hook
from yingbi.home import Home

pytestmark = pytest.mark.system

LIMIT_S = 60
CHANNEL = """
[[notify.channels]]
name = "oncall"
url_file = "keys/oncall.url"
level = "low"
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    """Whom the channels are certified by."""
    return make_ca(tmp_path_factory.mktemp("authority"), now=datetime.now(UTC))


@pytest.fixture(scope="module")
def oncall(authority: CertificateFiles) -> Iterator[Hook]:
    folder = authority.certificate.parent
    with hook(make_certificate(folder, authority, names=["localhost"], now=datetime.now(UTC))) as made:
        yield made


@pytest.fixture(scope="module")
def outside() -> Iterator[Hook]:
    with hook() as made:
        yield made


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, authority: CertificateFiles, oncall: Hook, outside: Hook
) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("home")
    Installation(home, 0).make_settings()
    settings = (home / "yingbi.toml").read_text("utf-8")
    for shipped, wanted in (
        ("still_s = 120 ", "still_s = 20 "),
        ('heartbeat_file = "" ', 'heartbeat_file = "keys/heartbeat.url" '),
        ('\nca = "" ', f'\nca = "{authority.certificate}" '),
        ("high_minutes = 60 ", "high_minutes = 1 "),
    ):
        assert shipped in settings
        settings = settings.replace(shipped, wanted)
    (home / "yingbi.toml").write_text(settings + CHANNEL, "utf-8")
    (home / "keys").mkdir(mode=0o700)
    for name, address in (("oncall", oncall.address), ("heartbeat", f"{outside.url}/ping")):
        path = home / "keys" / f"{name}.url"
        path.write_text(address)
        path.chmod(0o600)
    with installation(home, forked=True) as made:
        yield made


def titles(oncall: Hook) -> str:
    return "\n".join(f"{posted.json['title']}\n{posted.json['message']}" for posted in oncall.posted)


def test_while_all_is_well_the_heart_beats_and_nobody_is_told_anything(
    running: Installation, oncall: Hook, outside: Hook
) -> None:
    wait_until(lambda: outside.posted, LIMIT_S)
    wait_until(lambda: running.status()["notify"]["heartbeat"]["at"], LIMIT_S)
    assert running.run("status").returncode == 0
    assert oncall.posted == []
    listed = running.run("notify", "status")
    assert (listed.returncode, "oncall" in listed.stdout) == (0, True)


def test_a_detector_that_is_stopped_is_told_and_that_it_goes_on(running: Installation, oncall: Hook) -> None:
    siem = running.process_named("siem")["pid"]
    os.kill(siem, signal.SIGSTOP)
    try:
        with running.client() as nobody:
            assert nobody.get("/register/residents.json?_size=1").status_code == 200
        wait_until(lambda: "检测停止" in titles(oncall) and "没有进入索引" in titles(oncall), LIMIT_S)
        said = running.run("status")
        assert said.returncode == 1
        assert "检测停止" in said.stdout
        assert {"index", "detector"} <= running.status()["notify"]["still"].keys()
    finally:
        os.kill(siem, signal.SIGCONT)
    wait_until(lambda: titles(oncall).count("已恢复") == 2, LIMIT_S)
    wait_until(lambda: running.status()["notify"]["still"] == {}, LIMIT_S)
    assert running.process_named("siem")["pid"] == siem


def test_a_notifier_that_is_stopped_shows(running: Installation) -> None:
    """It watches the others; who asks for the status sees that nobody does, and outside the heartbeat is missed."""
    notifier = running.process_named("notifier")["pid"]
    os.kill(notifier, signal.SIGSTOP)
    try:
        wait_until(lambda: "通知进程停滞" in running.run("status").stdout, LIMIT_S)
    finally:
        os.kill(notifier, signal.SIGCONT)
    wait_until(lambda: running.run("status").returncode == 0, LIMIT_S)


def test_a_leak_is_told_with_its_proof_and_without_anybody_in_it(running: Installation, oncall: Hook) -> None:
    played = running.run("demo", "leak", "--leave-notice")
    alert = re.search(r"A-\d{6}", played.stdout)
    assert alert is not None, played.stdout + played.stderr
    wait_until(lambda: f"新告警（高） {alert[0]}" in titles(oncall), LIMIT_S)
    wait_until(lambda: running.run("notify", "status", "--alert", alert[0]).returncode == 0, LIMIT_S)
    proof = running.run("notify", "status", "--alert", alert[0])
    assert re.search(r"raised +oncall .*delivered +HTTP 200 +×1", proof.stdout)
    wait_until(lambda: f"超时无人确认（高） {alert[0]}" in titles(oncall), 2 * LIMIT_S)
    escalated = titles(oncall).partition(f"超时无人确认（高） {alert[0]}")[2]
    assert "还没有人处理，请任何一名值班员马上确认：应在" in escalated
    assert f"/alerts/{alert[0]}" in escalated
    wait_until(lambda: "escalated" in running.run("notify", "status", "--alert", alert[0]).stdout, LIMIT_S)
    truth = truth_of(register.files_in(Home(running.home).demo / "register").database)
    assert truth.found_in(oncall.everything.decode() + titles(oncall)) == set()
    assert not re.search(r"[0-9a-f]{32}", titles(oncall)), "no digest"


def test_a_trial_is_sent_at_once(running: Installation, oncall: Hook) -> None:
    tried = running.run("notify", "test", "oncall")
    assert (tried.returncode, tried.stdout) == (0, "已送达 / delivered: HTTP 200\n")
    assert any("试发" in posted.json["title"] for posted in oncall.posted)
    unknown = running.run("notify", "test", "phone")
    assert (unknown.returncode, "oncall" in unknown.stderr) == (2, True)
