from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.digest import Digester
from policies.keys.epochs import (
    BOTH,
    BadEpochs,
    Epoch,
    digest_key_path,
    digester_in,
    ends_of,
    epochs_path,
    read_epochs,
    write_epochs,
)
from policies.keys.key_files import make_secret

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SECOND = [Epoch("1"), Epoch("2", NOW, "遗失")]
THIRD = [*SECOND, Epoch("3", NOW + timedelta(days=40), "again")]
LI = "11010519491231002X"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("1", "2", "3"):
        make_secret(digest_key_path(tmp_path, name))
    epochs_path(tmp_path).write_bytes(write_epochs([]))
    return tmp_path


def key(folder: Path, name: str) -> Digester:
    return Digester(name, digest_key_path(folder, name).read_bytes())


def noted(digester: Digester) -> dict[str, str]:
    subjects: dict[str, str] = {}
    digester.note([LI], subjects)
    return subjects


def test_in_the_first_epoch_there_is_one_digest(folder: Path) -> None:
    digester = digester_in(folder, NOW)
    subjects = noted(digester)
    assert subjects == {key(folder, "1")(LI): ""}
    assert (digester.epoch, digester.earlier, ends_of(read_epochs(folder))) == ("1", (), None)


def test_both_are_written_for_31_days_and_counted_by_the_new_one(folder: Path) -> None:
    epochs_path(folder).write_bytes(write_epochs(SECOND))
    assert read_epochs(folder) == SECOND
    for days, both in ((0, True), (30.9, True), (31, False), (400, False)):
        digester = digester_in(folder, NOW + timedelta(days=days))
        subjects = noted(digester)
        assert subjects == {key(folder, "2")(LI): key(folder, "1")(LI) if both else ""}, days
        assert digester(LI) == key(folder, "2")(LI)
        assert [each(LI) for each in digester.earlier] == [key(folder, "1")(LI)], "a block outlasts the 31 days"
    assert ends_of(SECOND) == NOW + BOTH


def test_of_three_epochs_the_last_two_are_written(folder: Path) -> None:
    epochs_path(folder).write_bytes(write_epochs(THIRD))
    digester = digester_in(folder, NOW + timedelta(days=41))
    subjects = noted(digester)
    assert subjects == {key(folder, "3")(LI): key(folder, "2")(LI)}
    assert [each.epoch for each in digester.earlier] == ["1", "2"]
    assert digester.alone().former is None
    assert digester.alone()(LI) == digester(LI)


@given(st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_what_is_noted_is_the_same_as_each_digest_by_itself(identifiers: list[str]) -> None:
    before, now = Digester("1", b"a" * 32), Digester("2", b"b" * 32)
    subjects: dict[str, str] = {}
    now.after([before], writes_both=True).note(iter(identifiers), subjects)
    assert subjects == {now(each): before(each) for each in identifiers}


@pytest.mark.parametrize(
    "data",
    [None, b"", b"{}", b"[{}]", b'[{"epoch": "3", "began_at": "2026-11-26T09:00:00+00:00", "reason": ""}]', b"[1]"],
    ids=["gone", "empty", "no list", "no epoch", "one left out", "a number"],
)
def test_a_list_that_is_lost_or_torn_is_not_taken_for_the_first_epoch(folder: Path, data: bytes | None) -> None:
    if data is None:
        epochs_path(folder).unlink()
    else:
        epochs_path(folder).write_bytes(data)
    with pytest.raises(BadEpochs):
        read_epochs(folder)


def test_without_the_key_of_an_epoch_nothing_is_counted(folder: Path) -> None:
    epochs_path(folder).write_bytes(write_epochs(SECOND))
    digest_key_path(folder, "2").unlink()
    with pytest.raises(BadEpochs):
        digester_in(folder, NOW)
