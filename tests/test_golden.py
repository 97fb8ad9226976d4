from pathlib import Path

import pytest

from tests.golden import Golden


def test_what_was_written_passes_and_what_changed_is_shown(tmp_path: Path) -> None:
    folder = tmp_path / "golden"
    Golden(folder=folder, rewrite=True).check("notice.txt", "第一行\n第二行\n")
    kept = Golden(folder=folder, rewrite=False)
    kept.check("notice.txt", "第一行\n第二行\n")
    with pytest.raises(AssertionError, match=r"(?s)`notice.txt` is no longer .*-第二行\n\+第三行"):
        kept.check("notice.txt", "第一行\n第三行\n")


def test_a_line_end_is_a_difference(tmp_path: Path) -> None:
    Golden(folder=tmp_path, rewrite=True).check("log.txt", "line\n")
    with pytest.raises(AssertionError):
        Golden(folder=tmp_path, rewrite=False).check("log.txt", "line\r\n")


def test_a_missing_file_says_how_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"no golden file `absent.txt`: make golden writes it"):
        Golden(folder=tmp_path, rewrite=False).check("absent.txt", "")
