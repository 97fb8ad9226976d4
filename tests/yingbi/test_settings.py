from pathlib import Path

import pytest

from siem.notify.channel import Days
from yingbi.addresses import addresses_of
from yingbi.first_start import make_settings
from yingbi.home import Home
from yingbi.settings import Index, Ports, Settings, WrongSettings, read_settings, settings_of, write_settings


def test_without_anything_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({}) == Settings(home=tmp_path / "var")


def test_every_key_of_the_shipped_file_is_read(tmp_path: Path) -> None:
    make_settings(Home(tmp_path))
    settings = read_settings({"YINGBI_HOME": str(tmp_path)})
    assert settings.contact.unit.zh.startswith("云溪区")
    assert (settings.host, settings.workers, settings.index, settings.demo) == ("127.0.0.1", 2, Index.SQLITE, True)


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "yingbi.toml").write_text("workers = 3\n")
    make_settings(Home(tmp_path))
    assert read_settings({"YINGBI_HOME": str(tmp_path)}).workers == 3


def test_ports_move_together_and_are_all_different() -> None:
    names = [name for name in dir(Ports) if isinstance(getattr(Ports, name), property)]
    here, there = Ports(8443), Ports(20000)
    assert len({getattr(here, name) for name in names} | {here.gateway}) == len(names) + 1
    assert {getattr(there, name) - getattr(here, name) for name in names} == {20000 - 8443}


DRILL = "[[drills]]\nname = 'q'\ntitle = 't'\nlead = 'p'\nfirst = 2027-01-01"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("worker = 2", "worker"),
        ("workers = 0", "between 1 and 64"),
        ("workers = 'two'", "workers"),
        ('index = "postgres"', "index"),
        ("host = ", "yingbi.toml"),
        ("[contact]\nfax = '1'", "fax"),
        ("[log]\nseal_every_s = 0", "seal_every_s"),
        ("[alerts]\nhigh_minutes = -1", "alerts.high_minutes"),
        ("[alerts]\nmedium_hours = 401", "alerts.medium_hours"),
        ("[alerts]\nreview_below = 101", "percentage"),
        ("[log]\nflush_ms = -1", "flush_ms"),
        ("[log]\nkeep_days = 183", "at least 184"),
        ("[log]\nsharing_keep_days = 365", "three years"),
        ("[log]\nanchors = ['audit']", "whole paths"),
        ("[log]\nanchors = ['http://audit.example.gov.cn:9200/anchors']", "whole paths"),
        ("[log]\nanchors = ['https://audit.example.gov.cn:9200/anchors']", "anchor_login_file"),
        ("[log]\nanchor_mail_file = '/etc/mail'", "in the data directory"),
        ("[log]\nanchor_mail_min = 0", "between 1 and 1440"),
        ("[log]\ncopies = 'copies'", "whole path"),
        ("[notify]\nstill_s = 1", "between 20 and 3600"),
        ("[notify]\nheartbeat_method = 'PUT'", "GET or POST"),
        ("[notify]\nheartbeat_file = '/etc/x'", "in the data directory"),
        ("[notify]\nheartbeat_file = 'x'\nheartbeat_env = 'X'", "either"),
        ("[notify]\nca = 'missing.pem'", "missing.pem.*No such file"),
        ("[[notify.channels]]\nname = 'a'\nurl = 'wecombot://k'", "url"),
        ("[[notify.channels]]\nname = 'a'\nurl_env = 'A'\nlevel = 'loud'", "level"),
        ("[[notify.channels]]\nname = 'a'\nurl_env = 'A'\nfallback = 'b'", "another channel"),
        (
            f"{DRILL}\nevery_days = 0",
            "every_days.*between 1 and 3660",
        ),
        (
            f"{DRILL}\nlevel = 'loud'",
            "level.*one of informational",
        ),
        ("[[drills]]\nname = 'Q'\ntitle = 't'\nlead = 'p'\nfirst = 2027-01-01", "drills.name"),
        ("[[drills]]\nname = 'q'\ntitle = ' '\nlead = 'p'\nfirst = 2027-01-01", "has a `title`"),
        ("[[drills]]\nname = 'q'\ntitle = 't'\nlead = 'p'\nfirst = 'soon'", "drills"),
        (
            f"{DRILL}\n{DRILL}",
            "two have the same name",
        ),
        ("[goals]\ncontained = -1", "goals.contained.*between 0"),
        (b"\xff\xfe", "yingbi.toml"),
        ('host = "nowhere.invalid"', "address of this machine"),
        ('quota_database = "postgresql://yingbi:secret@db.example/quota"', "without its password"),
        ('quota_database = "postgresql://yingbi@db.example/quota?sslmode=disable"', "quota_database"),
        ('quota_database = "mysql://yingbi@db.example/quota"', "quota_database"),
        ('quota_database_ca = "missing.pem"', "missing.pem.*No such file"),
        ("index_days = 183", "index_days.*between 184"),
        ("index_days = 3661", "index_days.*3660"),
        ('elasticsearch = ["https://es-1.example"]', "elasticsearch.*with its port"),
        ('elasticsearch = ["http://es-1.example:9200"]', "elasticsearch.*with its port"),
        ('elasticsearch = ["https://a:9200", "https://a:9200"]', "elasticsearch.*once"),
        ("root_key_days = 0", "root_key_days.*at least 1"),
        ('upstream_ca = "missing.pem"', "missing.pem.*No such file"),
        ('upstream_ca = "yingbi.toml"', "no certificate in PEM"),
        ('[addresses]\nbulletin = "http://notices.example"', "without a path"),
        ('[addresses]\nconsole = "https://console.example/x"', "without a path"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str | bytes, said: str) -> None:
    (tmp_path / "yingbi.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(WrongSettings, match=said):
        read_settings({"YINGBI_HOME": str(tmp_path)})


def test_addresses_that_others_use_stand_in_the_place_of_this_machines(tmp_path: Path) -> None:
    environment = {"YINGBI_HOME": str(tmp_path)}
    assert read_settings(environment).bulletin_url == "https://localhost:8445"
    (tmp_path / "yingbi.toml").write_text('[addresses]\nbulletin = "https://notices.example.gov.cn"\n')
    settings = read_settings(environment)
    assert settings.bulletin_url == "https://notices.example.gov.cn"
    assert settings.console_url == "https://localhost:8444"
    assert addresses_of(settings, ())["bulletin"] == "https://notices.example.gov.cn"


@pytest.mark.parametrize("base", ["0", "65536", "-1", "８４４３", "8443.0", "http"])
def test_a_wrong_port_is_refused(base: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="YINGBI_PORT_BASE"):
        read_settings({"YINGBI_PORT_BASE": base, "YINGBI_HOME": str(tmp_path)})


def test_settings_go_whole_from_process_to_process(tmp_path: Path) -> None:
    make_settings(Home(tmp_path))
    settings = read_settings({"YINGBI_HOME": str(tmp_path), "YINGBI_PORT_BASE": "12000"})
    assert settings_of(write_settings(settings)) == settings


def test_channels_are_read_and_go_whole_to_the_notifier(tmp_path: Path) -> None:
    text = '[[notify.channels]]\nname = "oncall"\nurl_file = "keys/a"\ndays = "work"\nfallback = "mail"\n'
    (tmp_path / "yingbi.toml").write_text(f'{text}[[notify.channels]]\nname = "mail"\nurl_env = "MAIL"\n')
    settings = read_settings({"YINGBI_HOME": str(tmp_path)})
    assert [channel.name for channel in settings.notify.channels] == ["oncall", "mail"]
    assert settings.notify.channels[0].days is Days.WORK
    assert settings_of(write_settings(settings)) == settings
