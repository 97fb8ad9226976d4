import os
from pathlib import Path

import pytest

from proxy.spool import LASTS_S, MOST_KEPT, Spool, Spooled


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def kept(spool: Spool, data: bytes = b"masked", bound: bytes = b"me") -> Spooled:
    spooled = spool.begin(bound, "text/csv", "csv")
    assert spooled is not None
    spool.write(spooled, data)
    spool.end(spooled)
    return spooled


def test_what_was_shown_is_read_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spooled = kept(spool, b"0123456789")
    found = spool.find(spooled.tag, b"me")
    assert found is not None
    assert (found.read(2, 5), found.size) == (b"234", 10)
    with pytest.raises(OSError, match="less"):
        found.read(5, 11)


def test_no_file_has_a_name(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spooled = kept(spool)
    assert list((tmp_path / "spool").iterdir()) == []
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
    assert os.fstat(spooled.file).st_mode & 0o777 == 0o600
    assert os.fstat(spooled.file).st_nlink == 0


def test_a_tag_tells_nothing_and_is_never_given_twice(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    tags = {kept(spool).tag for _ in range(20)}
    assert len(tags) == 20
    assert {len(tag) for tag in tags} == {24}


def test_another_gets_nothing_nor_anybody_what_is_not_whole(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spooled = kept(spool)
    assert spool.find(spooled.tag, b"you") is None
    assert spool.find("x", b"me") is None
    begun = spool.begin(b"me", "text/csv", "csv")
    assert begun is not None
    assert spool.find(begun.tag, b"me") is None
    spool.drop(begun)
    spool.write(begun, b"more")
    assert spool.bytes_kept == spooled.size


def test_it_is_forgotten_after_a_while(tmp_path: Path) -> None:
    clock = Clock()
    spool = Spool(tmp_path, clock=clock)
    spooled = kept(spool)
    clock.now += LASTS_S - 1
    assert spool.find(spooled.tag, b"me") is not None
    clock.now += 1
    assert spool.find(spooled.tag, b"me") is None
    assert spool.bytes_kept == 0
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(spooled.file)


def test_no_more_is_kept_than_may_be(tmp_path: Path) -> None:
    spool = Spool(tmp_path, most_bytes=10)
    first = kept(spool, b"123456")
    second = kept(spool, b"123456")
    assert spool.find(first.tag, b"me") is not None
    assert spool.find(second.tag, b"me") is None
    many = Spool(tmp_path)
    for _ in range(MOST_KEPT):
        kept(many, b"")
    assert many.begin(b"me", "", "") is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    assert Spool(None).begin(b"me", "", "") is None
    (tmp_path / "file").touch()
    assert Spool(tmp_path / "file" / "spool").begin(b"me", "", "") is None
    spool = Spool(tmp_path / "spool")
    spooled = kept(spool)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, spooled.file)
    os.close(full)
    spool.write(spooled, b"more")
    assert spool.find(spooled.tag, b"me") is None
