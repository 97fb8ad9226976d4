import logging
from pathlib import Path

import pytest

from bulletin.shelf import Shelf
from tests.bulletin.shelves import content, notice, put, withdrawn
from tests.incident.office import zh


def test_what_was_published_a_moment_ago_is_there(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "published")
    assert shelf.notices() == ()
    put(tmp_path / "published", notice(1))
    assert shelf.notices() == (notice(1),)
    put(tmp_path / "published", notice(2))
    assert shelf.notices() == (notice(2), notice(1))


def test_a_correction_and_a_withdrawal_are_seen_at_once(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    put(tmp_path, notice(1))
    assert shelf.notices() == (notice(1),)
    corrected = notice(1, content(), content(change=zh("更正")))
    put(tmp_path, corrected)
    assert shelf.notices() == (corrected,)
    put(tmp_path, withdrawn(corrected))
    assert shelf.notices() == (withdrawn(corrected),)


def test_the_generation_grows_only_with_a_change(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    put(tmp_path, notice(1))
    shelf.notices()
    before = shelf.generation
    shelf.notices()
    assert shelf.generation == before
    put(tmp_path, notice(2))
    shelf.notices()
    assert shelf.generation == before + 1


def test_a_broken_file_takes_no_other_down_and_its_last_form_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = Shelf(tmp_path)
    put(tmp_path, notice(1), notice(2))
    shelf.notices()
    (tmp_path / "N-20261123-001.json").write_text('{"id": "张三"')
    (tmp_path / "N-20261123-003.json").write_text("{}")
    with caplog.at_level(logging.WARNING, "bulletin"):
        assert shelf.notices() == (notice(2), notice(1))
        shelf.notices()
    assert len(caplog.records) == 2, "each is reported once"
    assert "张三" not in caplog.text


def test_a_file_that_is_gone_is_gone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    put(tmp_path, notice(1))
    assert shelf.notices()
    (tmp_path / "N-20261123-001.json").unlink()
    assert shelf.notices() == ()
