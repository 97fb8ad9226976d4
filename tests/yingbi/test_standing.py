from pathlib import Path

from policies.overlay import Overlay
from yingbi.clock import now
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.key_status import facts_of
from yingbi.keys import KeyStore
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


def test_keys_are_told_by_their_ids_and_ages(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_folders(home)
    store = KeyStore(home, now)
    store.make_root()
    store.make_missing(["hall", "torn"])
    (home.keyrings / "torn.json").write_text("{")
    tell(home.told("supervisor"), {"keys": facts_of(home, store)})
    keys = installation_of(home, Overlay()).keys
    assert keys is not None
    assert (keys.root, keys.proved_at, keys.wrong) == ("root-1", None, "")
    hall, torn = keys.systems
    assert (hall.current, hall.old, hall.proved, hall.wrong) == (store.data_keys("hall").current.id, 0, False, "")
    assert "it is torn" in torn.wrong
    home.key_journal.write_text("{}\n")
    tell(home.told("supervisor"), {"keys": facts_of(home, store)})
    keys = installation_of(home, Overlay()).keys
    assert keys is not None
    assert "altered" in keys.wrong
