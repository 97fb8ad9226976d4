"""Compressing, copying off the machine and letting go, each read again by whatever reads the log."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
import zstandard

from siem.index.positions import Positions
from siem.index.ship import Shipper
from siem.index.sqlite import SqliteStore
from siem.record.keep import Keeper, Keeping, Spans, compress
from siem.record.log import AccessLog, StartId, begun_at, read_segment, seed_of, segment_path
from siem.record.reader import Position, beginning_of, follow, unread_bytes
from siem.record.recheck import LogCheck
from siem.record.seal import removed_in
from siem.record.segment import compressed_path, segments_in
from siem.record.verify import verify
from siem.record.verify_start import Fault, Wrong
from tests.siem.events import event
from tests.siem.record.sealed import Sealed, two_days

KEPT = timedelta(days=184)


def keeper(made: Sealed, **changes: Any) -> Keeper:
    copies = made.folder / "copies"
    copies.mkdir(exist_ok=True)
    preserved = changes.pop("preserved", tuple)
    facts: dict[str, Any] = {"copies": copies, "is_elsewhere": True, **changes}
    return Keeper(made.log, made.book, Lock(), Keeping(**facts), lambda: made.now, preserved)


def read(folder: Path, start: StartId) -> list[tuple[object, Position]]:
    return list(follow(folder / start, beginning_of(start)))


@pytest.fixture
def made(tmp_path: Path) -> Sealed:
    return two_days(tmp_path)


def test_what_is_compressed_reads_as_before_from_every_place(made: Sealed) -> None:
    before = {log.start: read(made.log, log.start) for log in made.logs}
    unread = {start: unread_bytes(made.log / start, beginning_of(start)) for start in before}
    keeper(made).step()
    assert {path.suffix for path in made.log.rglob("*.log*")} == {".zst"}
    for start, lines in before.items():
        assert read(made.log, start) == lines
        for place, (_, position) in enumerate(lines, 1):
            assert list(follow(made.log / start, position)) == lines[place:]
        assert unread_bytes(made.log / start, beginning_of(start)) == unread[start]
    assert made.verified().is_intact
    made.open()
    made.now += timedelta(hours=1)
    assert made.sealing.step() is None, "nothing has grown"


def test_a_segment_that_is_written_to_or_not_sealed_stays_as_it_is(tmp_path: Path) -> None:
    made = Sealed(tmp_path)
    log = made.start()
    made.write(log, 8)
    numbers = segments_in(log.folder)
    assert len(numbers) > 1
    keeper(made).step()
    assert not list(log.folder.glob("*.zst")), "nothing is sealed"
    made.seal()
    keeper(made).step()
    assert [path.name for path in log.folder.glob("*.log")] == [f"{max(numbers):06d}.log"], "its writer lives"
    made.write(log, 1)
    log.close()
    keeper(made).step()
    assert len(list(log.folder.glob("*.log"))) == 1, "its last line is not sealed"
    made.seal()
    keeper(made).step()
    assert not list(log.folder.glob("*.log"))
    assert made.verified().is_intact


def test_a_crash_in_the_middle_of_compressing_leaves_one_whole_file_or_both(made: Sealed) -> None:
    path = made.segment()
    data = path.read_bytes()
    compress(path)
    path.write_bytes(data)  # the compressed one is there, and the machine died before the other was removed
    assert len(list(read_segment(path, chain=seed_of(made.logs[0].start)))) > 1
    path.with_name(f".{compressed_path(path).name}").write_bytes(b"half")
    keeper(made).step()
    assert not path.exists()
    assert made.verified().is_intact


def flip(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :])


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [flip, cut, empty], ids=lambda each: each.__name__)
def test_damage_of_a_compressed_segment_is_found(made: Sealed, damage: Callable[[Path], None]) -> None:
    keeper(made).step()
    damage(compressed_path(made.segment()))
    (wrong,) = made.verified().findings
    assert (wrong.start, wrong.segment) == (made.logs[0].start, 1)
    check = LogCheck(made.log, lambda: [made.logs[0].start])
    check.again(lambda: None)
    assert set(check.broken) == {made.logs[0].start}
    store, positions = SqliteStore(made.folder / "events.db"), Positions(made.folder / "positions.db")
    shipper = Shipper(made.log, store, positions, lambda: made.now)
    while (progress := shipper.step()).behind_bytes:
        pass
    assert (set(progress.broken), progress.trouble) == ({made.logs[0].start}, ""), "and the others are shipped"
    store.close()
    positions.close()


def test_an_edited_record_in_a_compressed_segment_is_named(made: Sealed) -> None:
    keeper(made).step()
    path = compressed_path(made.segment())
    data = zstandard.ZstdDecompressor().decompress(path.read_bytes()).replace(b"clerk-wang", b"clerk-wong", 1)
    path.write_bytes(zstandard.ZstdCompressor().compress(data))
    start = made.logs[0].start
    assert made.verified().findings == [
        Wrong(fault=Fault.ALTERED_OR_MISSING, start=start, segment=1, line=1, event=f"{start}-1")
    ]


def test_a_copy_off_the_machine_verifies_by_itself(made: Sealed) -> None:
    keeper(made).step()
    keeper(made).step()
    copies = made.folder / "copies"
    report = verify(copies, copies / made.journal.name)
    assert (report.is_intact, report.records) == (True, 25)
    made.write(made.start(), 1)
    made.close()
    made.seal()
    keeper(made).step()
    assert verify(copies, copies / made.journal.name).records == 26


def test_a_start_is_let_go_after_its_time_and_not_before(made: Sealed) -> None:
    first = sorted(log.start for log in made.logs)[:2]
    made.now = made.now - timedelta(days=1) + KEPT - timedelta(hours=1)
    keeper(made).step()
    assert all((made.log / start).exists() for start in first)
    check = LogCheck(made.log, lambda: [log.start for log in made.logs], lambda: removed_in(made.journal))
    check.again(lambda: None)
    made.now += timedelta(hours=2)
    keeper(made).step()
    assert {path.name for path in made.log.iterdir()} == {made.logs[2].start}
    report = made.verified()
    assert (report.is_intact, report.removed, report.starts) == (True, 2, 1)
    check = LogCheck(made.log, lambda: [made.logs[2].start], lambda: removed_in(made.journal))
    check.again(lambda: None)
    assert check.broken == {}


def test_the_daily_look_misses_a_start_that_nothing_says_was_let_go(made: Sealed) -> None:
    starts = [log.start for log in made.logs]
    check = LogCheck(made.log, lambda: starts, lambda: removed_in(made.journal))
    check.again(lambda: None)
    shutil.rmtree(made.log / starts[0])
    check.again(lambda: None)
    assert set(check.broken) == {starts[0]}


def test_a_start_by_which_data_is_shared_is_kept_three_years(made: Sealed) -> None:
    made.now += KEPT + timedelta(days=2)
    keeping: dict[str, Any] = {"sharing": frozenset({"register"})}
    keeper(made, **keeping).step()
    assert all(log.folder.exists() for log in made.logs)
    made.now += timedelta(days=1096)
    keeper(made, **keeping).step()
    assert not any(log.folder.exists() for log in made.logs)
    assert made.verified().is_intact


def unknown() -> Spans:
    raise OSError("it cannot be known what is evidence")


def test_what_is_evidence_is_let_go_only_once_it_is_no_more(made: Sealed) -> None:
    """Whatever of a start may lie in the time of a case; what ended before it, and what began after it, goes."""
    first = min(log.start for log in made.logs)
    began, grew = begun_at(first), made.book.grew[first]
    made.now += KEPT + timedelta(days=2)
    with pytest.raises(OSError, match="what is evidence"):
        keeper(made, preserved=unknown).step()
    for span in ((grew, grew), (began, began), (began - KEPT, grew + KEPT)):
        keeper(made, preserved=lambda span=span: (span,)).step()
        assert (made.log / first).exists(), span
    before, after = (began - KEPT, began - timedelta(seconds=1)), (grew + timedelta(seconds=1), grew + KEPT)
    keeper(made, preserved=lambda: (before, after)).step()
    assert not (made.log / first).exists()
    assert made.verified().is_intact


def no_copies(made: Sealed) -> Keeper:
    return keeper(made, copies=None)


def on_the_same_disk(made: Sealed) -> Keeper:
    return keeper(made, is_elsewhere=False)


def copies_that_were_altered(made: Sealed) -> Keeper:
    first = keeper(made)
    made.now -= KEPT
    first.step()
    made.now += KEPT
    for path in (made.folder / "copies").rglob("*.zst"):
        data = zstandard.ZstdDecompressor().decompress(path.read_bytes()).replace(b"clerk-wang", b"clerk-wong", 1)
        path.write_bytes(zstandard.ZstdCompressor().compress(data))
    return keeper(made)


@pytest.mark.parametrize("how", [no_copies, on_the_same_disk, copies_that_were_altered], ids=lambda each: each.__name__)
def test_nothing_is_let_go_without_a_copy_elsewhere_that_holds(made: Sealed, how: Callable[[Sealed], Keeper]) -> None:
    made.now += KEPT + timedelta(days=2)
    keeping = how(made)
    if how is no_copies:
        keeping.step()
    else:
        with pytest.raises(OSError, match=r"lie on the disk|is not what was sealed"):
            keeping.step()
    assert all(log.folder.exists() for log in made.logs)
    assert made.verified().is_intact


def test_a_place_for_copies_that_is_not_there_is_not_made(made: Sealed) -> None:
    with pytest.raises(FileNotFoundError):
        keeper(made, copies=made.folder / "not mounted").step()
    assert not (made.folder / "not mounted").exists()


def test_an_old_log_is_gone_on_with_by_its_writer_while_others_are_compressed(tmp_path: Path) -> None:
    made = Sealed(tmp_path)
    log = AccessLog(made.log, StartId("6YQ3K0M9ZT"), segment_bytes=100_000)
    log.append(event(1, id=log.new_id()))
    made.seal()
    keeper(made).step()
    log.append(event(2, id=log.new_id()))
    log.close()
    assert len(read(made.log, log.start)) == 2
    assert segment_path(log.folder, 1).exists()
