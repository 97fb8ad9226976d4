from collections.abc import Callable
from pathlib import Path

import pytest

from siem.record.log import AccessLog, StartId, segment_path
from siem.record.recheck import LogCheck
from tests.siem.events import event

START, OTHER = StartId("6YQ3K0M9ZT"), StartId("6YQ3K0M9ZV")


def write(folder: Path, start: StartId, count: int = 5) -> AccessLog:
    log = AccessLog(folder, start, segment_bytes=2_500)
    for number in range(count):
        log.append(event(number))
    return log


def file(folder: Path, segment: int = 1) -> Path:
    return segment_path(folder / START, segment)


def flip(folder: Path) -> None:
    path = file(folder)
    path.write_bytes(path.read_bytes().replace(b"clerk-wang", b"clerk-wong", 1))


def drop_a_line(folder: Path) -> None:
    path = file(folder)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))


def cut_the_tail(folder: Path) -> None:
    last = max((folder / START).iterdir())
    last.write_bytes(b"".join(last.read_bytes().splitlines(keepends=True)[:-1]))


def drop_a_segment(folder: Path) -> None:
    file(folder, 2).unlink()


def write_it_anew(folder: Path) -> None:
    """With chains that hold, as who knows how they are made can."""
    for path in (folder / START).iterdir():
        path.unlink()
    (folder / START).rmdir()
    log = AccessLog(folder, START, segment_bytes=2_500)
    for number in range(5):
        log.append(event(number, caller="clerk-wong"))
    log.close()


def drop_it_all(folder: Path) -> None:
    for path in (folder / START).iterdir():
        path.unlink()
    (folder / START).rmdir()


@pytest.mark.parametrize(
    "tamper",
    [flip, drop_a_line, cut_the_tail, drop_a_segment, write_it_anew, drop_it_all],
    ids=lambda each: each.__name__,
)
def test_what_was_altered_after_it_was_read_shows(tmp_path: Path, tamper: Callable[[Path], None]) -> None:
    write(tmp_path, START).close()
    write(tmp_path, OTHER).close()
    check = LogCheck(tmp_path, lambda: sorted(StartId(path.name) for path in tmp_path.iterdir()))
    for look in (check.again, check.go_on, check.again):
        look(lambda: None)
        assert check.broken == {}
    tamper(tmp_path)
    check.again(lambda: None)
    assert set(check.broken) == {START}
    assert check.broken[START][1]
    check.go_on(lambda: None)
    assert set(check.broken) == {START}, "it stays so"


def test_what_is_new_is_followed_without_reading_all_again(tmp_path: Path) -> None:
    log = write(tmp_path, START, 1)
    check = LogCheck(tmp_path, lambda: [START])
    check.again(lambda: None)
    log.append(event(7))
    log.close()
    path = file(tmp_path)
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second.replace(b"clerk-wang", b"clerk-wong"))
    check.go_on(lambda: None)
    position, said = check.broken[START]
    assert (position.segment, position.offset) == (1, len(first))
    assert said


def test_a_line_that_was_being_taken_back_breaks_nothing(tmp_path: Path) -> None:
    write(tmp_path, START).close()
    path = max((tmp_path / START).iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole + b"half a line of rubbish\n")
    check = LogCheck(tmp_path, lambda: [START])

    def take_it_back() -> None:
        path.write_bytes(whole)

    check.again(take_it_back)
    assert check.broken == {}
