from pathlib import Path

import pytest

from yingbi.first_start import make_settings
from yingbi.home import Home
from yingbi.keep_index import IndexNotKept, keep_index
from yingbi.settings import Index, read_settings

OTHER = Index.ELASTICSEARCH


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('workers = 3\nindex = "sqlite"  # why\n', 'workers = 3\nindex = "elasticsearch"  # why\n'),
        ("  index='sqlite'\r\nworkers = 3\r\n", '  index="elasticsearch"\r\nworkers = 3\r\n'),
        ("", 'index = "elasticsearch"\n'),
        (
            '# index = "sqlite"\n[log]\nflush_ms = 0\n',
            'index = "elasticsearch"\n# index = "sqlite"\n[log]\nflush_ms = 0\n',
        ),
    ],
)
def test_one_line_is_written_and_all_others_stay(tmp_path: Path, text: str, kept: str) -> None:
    path = tmp_path / "yingbi.toml"
    path.write_bytes(text.encode())
    path.chmod(0o640)
    assert keep_index(path, OTHER)
    assert path.read_bytes().decode() == kept
    assert path.stat().st_mode & 0o777 == 0o640
    assert read_settings({"YINGBI_HOME": str(tmp_path)}).index is OTHER
    assert not keep_index(path, OTHER), "it says so already"


def test_the_shipped_file_is_kept_but_for_that_line(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_settings(home)
    before = home.settings.read_text("utf-8").splitlines()
    assert not keep_index(home.settings, Index.SQLITE)
    assert keep_index(home.settings, OTHER)
    after = home.settings.read_text("utf-8").splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        (line, line.replace('"sqlite"', '"elasticsearch"')) for line in before if line.startswith("index = ")
    ]


def test_a_line_that_only_looks_like_it_is_left_to_the_operator(tmp_path: Path) -> None:
    path = tmp_path / "yingbi.toml"
    text = '"index" = "sqlite"\n[contact]\nunit = """\nindex = "sqlite"\n"""\n'
    path.write_text(text)
    with pytest.raises(IndexNotKept, match='index = "elasticsearch"'):
        keep_index(path, OTHER)
    assert path.read_text() == text


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexNotKept, match="No such file"):
        keep_index(tmp_path / "yingbi.toml", OTHER)
