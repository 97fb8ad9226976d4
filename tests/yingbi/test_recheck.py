from datetime import timedelta
from pathlib import Path

from console.installation import RecordState
from incident.store import CaseStore
from siem.record.log import AccessLog, StartId, segment_path
from tests.incident.office import TEN, Watch, new_database
from tests.siem.events import event
from yingbi.home import Home
from yingbi.recheck import ALL_EVERY, Rechecker

START = StartId("6YQ3K0M9ZT")


def test_what_was_altered_is_found_within_a_day_with_its_place(tmp_path: Path) -> None:
    home, watch = Home(tmp_path), Watch()
    log = AccessLog(home.log, START)
    log.append(event(1))
    log.append(event(2))
    log.close()
    engine = new_database(tmp_path)
    rechecker = Rechecker(home, CaseStore(engine), watch)
    assert rechecker.state == RecordState()
    rechecker.step()
    assert rechecker.state == RecordState(all_at=TEN, checked_at=TEN)
    path = segment_path(home.log / START, 1)
    path.write_bytes(path.read_bytes().replace(b"clerk-wang", b"clerk-wong", 1))
    watch.move(hours=1)
    rechecker.step()
    before = RecordState(all_at=TEN, checked_at=TEN + timedelta(hours=1))
    assert rechecker.state == before, "what was looked at already is looked at again daily"
    watch.at = TEN + ALL_EVERY
    rechecker.step()
    assert rechecker.state.log[START].zh == f"文件 {START}/{path.name} 第 0 字节以后与前文不符"
    assert rechecker.state.log[START].en.startswith(f"{START}/{path.name}")
    engine.dispose()
