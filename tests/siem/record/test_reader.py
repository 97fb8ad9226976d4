from collections.abc import Iterator
from pathlib import Path

import pytest

from siem.record.log import AccessLog, BrokenChain, StartId, segment_path
from siem.record.reader import Position, beginning_of, follow, is_kept, unread_bytes
from tests.siem.events import document, event
from tests.siem.lines import write_start

START = StartId("6YQ3K0M9ZT")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AccessLog]:
    log = AccessLog(tmp_path, START, segment_bytes=2000)
    yield log
    log.close()


def read(log: AccessLog, position: Position | None = None) -> tuple[list[str], Position]:
    position = position or beginning_of(START)
    ids = []
    for found, after in follow(log.folder, position):
        ids.append(found["event"]["id"])
        position = after
    return ids, position


def test_reading_goes_on_where_it_stopped_across_segments(log: AccessLog) -> None:
    position = beginning_of(START)
    read_ids: list[str] = []
    for number in range(20):
        log.append(event(number))
        if number % 3 == 0:
            ids, position = read(log, position)
            read_ids += ids
    ids, position = read(log, position)
    assert read_ids + ids == [event(number).id for number in range(20)]
    assert position.segment > 2
    assert unread_bytes(log.folder, position) == 0
    assert read(log, position) == ([], position)


def test_a_log_that_has_yet_to_be_written_is_empty(log: AccessLog) -> None:
    assert read(log) == ([], beginning_of(START))
    assert unread_bytes(log.folder, beginning_of(START)) == 0


def test_unread_bytes_count_every_segment(log: AccessLog) -> None:
    log.append(event(0))
    _, position = read(log)
    for number in range(1, 20):
        log.append(event(number))
    size = sum(path.stat().st_size for path in log.folder.iterdir())
    assert unread_bytes(log.folder, position) == size - position.offset


def test_half_a_line_left_at_the_end_of_a_segment_is_passed(tmp_path: Path) -> None:
    _, second = write_start(tmp_path, START, [document(0)], [document(1)], torn=b"0123456789 {half a line")
    kept = second.read_bytes()
    second.unlink()
    found = list(follow(tmp_path / START, beginning_of(START)))
    assert [item["event"]["id"] for item, _ in found] == [event(0).id], "it may yet become a whole one"
    second.write_bytes(kept)
    after = list(follow(tmp_path / START, found[-1][1]))
    assert [item["event"]["id"] for item, _ in after] == [event(1).id]


def test_a_line_that_follows_and_is_no_document_is_a_break(tmp_path: Path) -> None:
    write_start(tmp_path, START, [document(0), b"no JSON"])
    with pytest.raises(BrokenChain, match=r"000001\.log: the line at byte \d+ is no event"):
        list(follow(tmp_path / START, beginning_of(START)))


def damaged(log: AccessLog, position: Position, how: str) -> None:
    first, second = segment_path(log.folder, 1), segment_path(log.folder, 2)
    match how:
        case "truncated":
            first.write_bytes(first.read_bytes()[: position.offset - 1])
        case "removed":
            first.unlink()
        case "swapped":
            first.write_bytes(second.read_bytes())
        case _:
            raise ValueError(how)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("truncated", r"000001\.log: the segment ends before byte \d+"),
        ("removed", r"000001\.log: the segment is missing"),
        ("swapped", r"000001\.log: the line at byte \d+ does not follow"),
    ],
)
def test_what_was_read_already_must_still_be_there(log: AccessLog, how: str, said: str) -> None:
    for number in range(9):
        log.append(event(number, subjects=()))
    position = next(after for _, after in follow(log.folder, beginning_of(START)))
    damaged(log, position, how)
    with pytest.raises(BrokenChain, match=said):
        read(log, position)


def test_a_segment_that_was_never_read_is_missed_as_well(log: AccessLog) -> None:
    for number in range(9):
        log.append(event(number))
    segment_path(log.folder, 1).unlink()
    with pytest.raises(BrokenChain, match="the segment is missing"):
        read(log)


def test_an_event_is_kept_as_long_as_its_start(tmp_path: Path) -> None:
    write_start(tmp_path, START, [document(1)])
    assert is_kept(tmp_path, f"{START}-1")
    assert not is_kept(tmp_path, "7ZZZZZZZZZ-1"), "the start was let go"
    for other in ("", "x", "../../etc-1", "PERMIT-7"):
        assert is_kept(tmp_path, other), "what is of no start is said nothing of"
