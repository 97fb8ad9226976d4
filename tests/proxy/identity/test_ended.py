"""Which sessions have ended early: known to all, kept, and forgotten when they would have been over for long."""

from pathlib import Path

import pytest

from proxy.identity.ended import KEPT_S, SLOT_S, CannotTell, EndedSessions
from proxy.identity.sessions import Session

NOW = 1_000_000.0


def session(name: str = "a", until: float = NOW + 600) -> Session:
    return Session(id=name, subject="li", posts=(), until=int(until), value="x")


def test_what_one_ends_is_over_for_all_and_nothing_else_is(tmp_path: Path) -> None:
    one, other = EndedSessions(tmp_path / "ended"), EndedSessions(tmp_path / "ended")
    assert not other.has(session())
    one.end(session(), NOW)
    one.end(session(), NOW)
    assert other.has(session())
    assert EndedSessions(tmp_path / "ended").has(session())
    assert not other.has(session("b"))


def test_the_files_tell_nothing_and_are_nobody_elses(tmp_path: Path) -> None:
    EndedSessions(tmp_path / "ended").end(session(), NOW)
    (slot,) = (tmp_path / "ended").iterdir()
    (file,) = slot.iterdir()
    assert file.read_bytes() == b""
    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "ended", slot, file)] == [0, 0, 0]


def test_what_would_have_been_over_for_long_is_forgotten_a_few_at_a_time(tmp_path: Path) -> None:
    ended = EndedSessions(tmp_path / "ended")
    old = [session(str(number), NOW + number * SLOT_S) for number in range(6)]
    for each in old:
        ended.end(each, NOW)
    later = NOW + 5 * SLOT_S + KEPT_S
    for number in range(4):
        ended.end(session(f"new-{number}", later + 9 * SLOT_S), later)
    assert [ended.has(each) for each in old] == [False] * 5 + [True]  # the last is not over for long enough
    assert all(ended.has(session(f"new-{number}", later + 9 * SLOT_S)) for number in range(4))


def test_a_clock_that_is_set_back_revives_none(tmp_path: Path) -> None:
    ended = EndedSessions(tmp_path / "ended")
    ended.end(session(), NOW)
    for _ in range(9):
        ended.end(session("b", NOW + 9 * SLOT_S), NOW + KEPT_S)
    assert ended.has(session())


def test_without_its_folder_nothing_is_told(tmp_path: Path) -> None:
    ended = EndedSessions(tmp_path / "ended")
    (tmp_path / "ended").rmdir()
    with pytest.raises(CannotTell):
        ended.has(session())
    with pytest.raises(CannotTell):
        ended.end(session(), NOW)


def test_where_a_file_cannot_be_made_nothing_is_told(tmp_path: Path) -> None:
    ended = EndedSessions(tmp_path / "ended")
    (tmp_path / "ended" / str(session().until // SLOT_S)).write_text("no folder")
    with pytest.raises(CannotTell):
        ended.end(session(), NOW)
    with pytest.raises(CannotTell):
        ended.has(session())
