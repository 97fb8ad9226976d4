from datetime import timedelta
from pathlib import Path

from console.installation import ProgramVersion, SealState
from policies.overlay import Overlay
from siem.record.anchor import anchors_in
from siem.record.log import AccessLog, new_start_id
from siem.record.verify import verify
from tests.siem.events import NINE, event
from yingbi.clock import now
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.keys.handling import KeyStore
from yingbi.keys.status import facts_of
from yingbi.log.verified import note_verified
from yingbi.process.sealer import Sealer
from yingbi.publications import Publication, add_publication
from yingbi.settings import Settings
from yingbi.settings_tables import Log
from yingbi.standing import installation_of, version_in
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


def test_programs_and_workers_are_told_by_version(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_folders(home)
    for version, digest in ((1, "aa"), (2, "bb")):
        publication = Publication(
            generation=version + 4,
            version=version,
            at=NINE + timedelta(hours=version),
            systems={"hall": digest, "register": "cc"},
            drafted_by=("P-001",) * (version - 1),
            approved_by="P-006" * (version - 1),
        )
        add_publication(home.publications, publication)
    tell(home.told("supervisor"), {"policy": {"generation": 6, "version": 2, "two_people": True}})
    policy = installation_of(home, Overlay()).policy
    assert (policy.version, policy.two_people, policy.versions) == (2, True, {5: 1, 6: 2})
    first = ProgramVersion(number=1, drafted_by=(), approved_by="")
    second = ProgramVersion(number=2, drafted_by=("P-001",), approved_by="P-006")
    assert version_in(home, "aa", NINE + timedelta(hours=9)) == first
    for hours, told in ((0, first), (1, first), (1.9, first), (2, second), (9, second)):
        assert version_in(home, "cc", NINE + timedelta(hours=hours)) == told, "what both versions have goes by time"
    assert version_in(home, "dd", NINE) is None


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


def test_how_far_the_log_is_sealed_is_told_by_the_sealer_and_by_who_verified(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_folders(home)
    assert installation_of(home, Overlay()).seals == SealState()
    log = AccessLog(home.log, new_start_id(now()))
    log.append(event(1, id=log.new_id()))
    (tmp_path / "audit").mkdir()
    sealer = Sealer(Settings(home=home.root, log=Log(anchors=(str(tmp_path / "audit"),))))
    sealer.step()
    log.append(event(2, id=log.new_id()))
    log.close()
    sealer.close()
    log = AccessLog(home.log, new_start_id(now()))
    log.append(event(3, id=log.new_id()))
    log.close()
    report = verify(home.log, home.seals, anchors_in(tmp_path / "audit"))
    note_verified(home, report, NINE)
    seals = installation_of(home, Overlay()).seals
    assert (seals.number, seals.at, seals.fingerprint) == (report.seals, report.sealed_at, report.root)
    assert [(each.seal, each.at, each.trouble) for each in seals.anchors] == [(2, report.anchored_at, "")]
    assert seals.anchored_at == report.anchored_at
    found = seals.verified
    assert found is not None
    assert (found.at, found.records, found.unsealed, found.unanchored, found.findings) == (NINE, 3, 1, 1, ())
    segment = next(path for path in sorted(home.log.rglob("*.log")))
    segment.write_bytes(segment.read_bytes().replace(b"clerk-wang", b"clerk-wong"))
    note_verified(home, verify(home.log, home.seals, anchors_in(tmp_path / "audit")), NINE)
    found = installation_of(home, Overlay()).seals.verified
    assert found is not None
    assert len(found.findings) == 1
    home.verified.write_text("{}", "utf-8")
    assert installation_of(home, Overlay()).seals.verified is None
