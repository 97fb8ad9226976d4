import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from policies.load import load_policy
from siem.canary import read_canaries
from yingbi.first_start import SECRETS, make_demo, make_folders, make_keys, make_policies, make_tls
from yingbi.home import Home
from yingbi.settings import Ports

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    make_folders(home)
    make_keys(home, lambda: NOW)
    return home


def told(line: str) -> None:
    assert line


def test_keys_are_the_owners_and_are_never_replaced(home: Home) -> None:
    before = {name: home.private_key(name).read_bytes() for name in SECRETS}
    make_keys(home, lambda: NOW)
    assert {name: home.private_key(name).read_bytes() for name in SECRETS} == before
    assert len(set(before.values())) == len(SECRETS)
    assert all(not path.stat().st_mode & 0o077 for path in home.keys.glob("*.key"))
    assert not home.root.stat().st_mode & 0o066


def test_the_demo_is_a_policy_in_which_only_a_subject_that_clerks_may_send_is_found(home: Home) -> None:
    make_policies(home, demo=True)
    make_demo(home, Ports(12000), told)
    loaded = load_policy(home.policies)
    found = [(finding.at.file, finding.code) for finding in loaded.findings.sorted()]
    assert found == [("systems/hall.yaml", "subject-written")]
    assert loaded.policy.systems["register"].upstream == "http://127.0.0.1:12010"
    assert len(read_canaries(home.canaries)) == 3
    keys = json.loads((home.demo / "keys.json").read_bytes())
    assert not any(key in (home.policies / "callers.yaml").read_text("utf-8") for key in keys.values())

    (home.policies / "grants.yaml").write_text("grants: []\n", "utf-8")
    make_policies(home, demo=True)
    make_demo(home, Ports(13000), told)
    assert yaml.safe_load((home.policies / "grants.yaml").read_text("utf-8")) == {"grants": []}, "what is there stays"
    assert load_policy(home.policies).policy.systems["register"].upstream == "http://127.0.0.1:13010"


def test_an_upstream_that_somebody_changed_stays(home: Home) -> None:
    make_policies(home, demo=True)
    make_demo(home, Ports(12000), told)
    path = home.policies / "systems" / "register.yaml"
    path.write_text(path.read_text("utf-8").replace("http://127.0.0.1:12010", "http://10.0.0.7:80"), "utf-8")
    make_demo(home, Ports(13000), told)
    assert load_policy(home.policies).policy.systems["register"].upstream == "http://10.0.0.7:80"


def test_without_the_demo_there_is_a_catalogue_and_no_system(home: Home) -> None:
    make_policies(home, demo=False)
    loaded = load_policy(home.policies)
    assert loaded.findings.sorted() == []
    assert loaded.policy.categories
    assert not loaded.policy.systems


def test_schemas_are_always_those_of_this_version(home: Home) -> None:
    make_policies(home, demo=False)
    schemas = home.policies / "schema"
    names = {path.name for path in schemas.iterdir()}
    (schemas / "system.schema.json").write_text("{}")
    make_policies(home, demo=False)
    assert {path.name for path in schemas.iterdir()} == names
    assert (schemas / "system.schema.json").stat().st_size > 100


def test_the_certificate_is_made_anew_for_other_hosts_only(home: Home) -> None:
    first = make_tls(home, ["register.localhost"], NOW).certificate.read_bytes()
    assert make_tls(home, ["register.localhost"], NOW + timedelta(days=1)).certificate.read_bytes() == first
    assert make_tls(home, ["register.localhost", "hall.localhost"], NOW).certificate.read_bytes() != first


def test_a_home_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        make_folders(Home(tmp_path / "file" / "home"))
    assert os.listdir(tmp_path) == ["file"]
