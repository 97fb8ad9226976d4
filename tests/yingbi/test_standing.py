from pathlib import Path

from policies.overlay import Overlay
from yingbi.home import Home
from yingbi.standing import installation_of
from yingbi.told import tell

SYSTEM = {
    "name": "hall",
    "title_zh": "政务服务大厅",
    "title_en": "Service hall",
    "hosts": ["hall.localhost"],
    "state": "enforcing",
    "digest": "a5",
    "operations": 15,
}


def test_addresses_of_systems_are_called_what_readers_call_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run.mkdir(parents=True)
    addresses = {
        "console": "https://localhost:8444",
        "systems": {"hall": "https://hall.localhost:8443"},
        "demo": {"hall": "http://127.0.0.1:9001", "other": "http://127.0.0.1:9002"},
    }
    tell(home.told("supervisor"), {"policy": {"generation": 3, "systems": [SYSTEM]}, "addresses": addresses})
    found = installation_of(home, Overlay())
    assert found.addresses == {
        "console": "https://localhost:8444",
        "政务服务大厅": "https://hall.localhost:8443",
        "演示后端：政务服务大厅": "http://127.0.0.1:9001",
        "演示后端：other": "http://127.0.0.1:9002",
    }
    assert [(system.name, system.hosts) for system in found.policy.systems] == [("hall", ("hall.localhost",))]


def test_of_an_installation_that_has_told_nothing_yet_nothing_is_known(tmp_path: Path) -> None:
    found = installation_of(Home(tmp_path), Overlay())
    assert (found.policy.generation, found.workers, found.addresses, found.shipping.indexed_until) == (0, (), {}, None)
