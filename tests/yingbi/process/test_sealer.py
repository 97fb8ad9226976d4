import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from siem.record.anchor import anchors_in
from siem.record.log import AccessLog, new_start_id
from siem.record.verify import SealFault, verify
from tests.siem.events import event
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.process.sealer import Sealer
from yingbi.settings import Settings
from yingbi.settings_tables import Log


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    make_folders(home)
    return home


def written(home: Home) -> AccessLog:
    log = AccessLog(home.log, new_start_id(datetime.now(UTC)))
    log.append(event(1, id=log.new_id()))
    return log


def test_what_is_written_is_sealed_anchored_and_told(home: Home, tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    settings = Settings(home=home.root, log=Log(anchors=(str(tmp_path / "audit"), str(tmp_path / "away"))))
    sealer = Sealer(settings)
    sealer.step()
    assert json.loads(home.told("sealer").read_bytes())["seal"] == 0
    log = written(home)
    sealer.step()
    log.append(event(2, id=log.new_id()))
    log.close()
    sealer.close()
    told = json.loads(home.told("sealer").read_bytes())
    assert (told["seal"], told["trouble"]) == (2, "")
    assert [(each["seal"], bool(each["trouble"])) for each in told["anchors"]] == [(2, False), (0, True)]
    report = verify(home.log, home.seals, anchors_in(tmp_path / "audit"))
    assert (report.is_intact, report.anchored, report.unanchored.records) == (True, 2, 0)
    assert report.root == told["fingerprint"]


def test_a_journal_that_cannot_be_read_is_put_aside_and_shows(home: Home, tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    settings = Settings(home=home.root, log=Log(anchors=(str(tmp_path / "audit"),)))
    log = written(home)
    first = Sealer(settings)
    first.close()
    home.seals.write_bytes(b"no seal\n" + home.seals.read_bytes())
    Sealer(settings).close()
    log.close()
    faults = {found.fault for found in verify(home.log, home.seals, anchors_in(tmp_path / "audit")).seal_findings}
    assert SealFault.NOT_HERE in faults
    assert len(list(home.seals.parent.glob("seals-broken-*.jsonl"))) == 1
