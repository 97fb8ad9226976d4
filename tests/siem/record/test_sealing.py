from datetime import timedelta
from pathlib import Path

import pytest

from siem.record.anchor import Anchor, AnchorFile, AnchorFolder, anchors_in, second_party
from siem.record.log import AccessLog, StartId, begun_at, new_start_id, seed_of, segment_path
from siem.record.reader import beginning_of, follow
from siem.record.sealing import head_of
from tests.siem.events import NINE, event
from tests.siem.record.sealed import MINUTE, Sealed

START = StartId("6YQ3K0M9ZT")


def test_a_new_start_is_sealed_at_once_and_growth_every_minute(tmp_path: Path) -> None:
    made = Sealed(tmp_path)
    assert made.sealing.step() is None, "there is nothing to seal"
    log = made.start()
    first = made.sealing.step()
    assert first is not None
    assert first.seal.heads == {log.start: beginning_of(log.start)}
    made.write(log, 2)
    assert made.sealing.step() is None
    made.now += MINUTE
    second = made.sealing.step()
    assert second is not None
    assert second.seal.heads[log.start].chain == list(follow(log.folder, beginning_of(log.start)))[-1][1].chain
    made.now += MINUTE
    assert made.sealing.step() is None, "nothing has grown"
    made.write(log, 1)
    made.now -= timedelta(hours=1)
    assert made.sealing.step() is not None, "a clock that was set back puts nothing off"
    made.close()


@pytest.mark.parametrize("long", [1, 70_000, 140_000])
def test_the_head_is_behind_the_last_whole_line_however_long_lines_are(tmp_path: Path, long: int) -> None:
    log = AccessLog(tmp_path, START, segment_bytes=100_000)
    assert head_of(log.folder, START) == beginning_of(START)
    for number in range(3):
        log.append(event(number, operation="x" * long))
    log.close()
    *_, (_, last) = follow(log.folder, beginning_of(START))
    assert head_of(log.folder, START) == last
    with segment_path(log.folder, last.segment).open("ab") as segment:
        segment.write(b"half a line" * long)
    segment_path(log.folder, last.segment + 1).write_bytes(b"half")
    assert head_of(log.folder, START) == last


def test_a_start_says_when_it_began() -> None:
    assert begun_at(new_start_id(NINE)) == NINE
    assert len(seed_of(START)) == 64


ANCHORS = [Anchor(root="r", seal=number, digest=f"{number:064x}", at=NINE) for number in (1, 2, 3)]


def test_a_folder_keeps_each_anchor_in_a_file_of_its_own_and_never_opens_one_again(tmp_path: Path) -> None:
    party = second_party(tmp_path)
    assert isinstance(party, AnchorFolder)
    for anchor in (*ANCHORS, ANCHORS[0]):
        party.put(anchor)
        for path in tmp_path.iterdir():
            path.chmod(0o400)
    assert anchors_in(tmp_path) == ANCHORS
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_is_only_added_to(tmp_path: Path) -> None:
    path = tmp_path / "anchors"
    with pytest.raises(FileNotFoundError):
        second_party(path)
    path.write_bytes(b"half an anchor\n")
    party = second_party(path)
    assert isinstance(party, AnchorFile)
    for anchor in ANCHORS:
        party.put(anchor)
    assert path.read_bytes().startswith(b"half an anchor\n{")
    assert anchors_in(path) == ANCHORS
