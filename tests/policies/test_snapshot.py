"""What a policy is made of: any folder and any upload is either that, or refused with a sentence."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.load import load_policy
from policies.parse.yaml_tree import LARGEST_FILE
from policies.snapshot import (
    LARGEST,
    MOST_FILES,
    Snapshot,
    UnfitFiles,
    laid_out,
    read_folder,
    snapshot_of,
    write_folder,
)
from tests.policies.compiled import GOOD

FILES = {"catalogue.yaml": "categories: {}\n", "systems/people.yaml": "system: people\n"}


def test_a_folder_is_its_files_and_nothing_else(tmp_path: Path) -> None:
    write_folder(snapshot_of(FILES), tmp_path)
    before = read_folder(tmp_path)
    (tmp_path / "README.md").write_text("how we work")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.yaml").write_text("x: 1")
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "grants.schema.json").write_text("{}")
    (tmp_path / "systems" / ".people.yaml.swp.yaml").write_text("x: 1")
    assert read_folder(tmp_path) == before
    assert dict(before.files) == FILES


def test_dates_owners_and_kinds_of_line_ends_do_not_count(tmp_path: Path) -> None:
    write_folder(snapshot_of(FILES), tmp_path)
    before = read_folder(tmp_path).digest
    os.utime(tmp_path / "catalogue.yaml", (1, 1))
    (tmp_path / "systems" / "people.yaml").write_bytes(b"system: people\r\n")
    assert read_folder(tmp_path).digest == before


@given(st.dictionaries(st.sampled_from(["a.yaml", "b/c.yaml", "b/d.json", "e.txt"]), st.text(max_size=20)))
def test_two_policies_have_one_digest_only_if_they_are_the_same(files: dict[str, str]) -> None:
    try:
        made = snapshot_of(files)
    except UnfitFiles:  # lone surrogates
        return
    for name in files:
        assert snapshot_of({**files, name: files[name] + "x"}).digest != made.digest
        assert snapshot_of({each: text for each, text in files.items() if each != name}).digest != made.digest
    assert snapshot_of(dict(reversed(files.items()))).digest == made.digest


@pytest.mark.parametrize(
    "name",
    [
        "../grants.yaml",
        "systems/../../grants.yaml",
        "/etc/grants.yaml",
        "systems//people.yaml",
        "./grants.yaml",
        "systems/.hidden.yaml",
        ".yaml",
        "",
        "systems",
        "grants.yaml/",
        "a\\b.yaml",
        "a\u202eb.yaml",
        "a\nb.yaml",
        "a\0.yaml",
        "run.sh",
        "schema/grants.json",
        "a/b/c/d.yaml",
        f"{'x' * 200}.yaml",
    ],
)
def test_no_other_name_is_one_of_a_policy(name: str) -> None:
    with pytest.raises(UnfitFiles, match="names no file of a policy"):
        snapshot_of({**FILES, name: "x: 1\n"})


def test_names_in_chinese_are_names() -> None:
    assert "systems/预约.yaml" in snapshot_of({"systems/预约.yaml": "system: x\n"}).files


def linked_file(folder: Path) -> None:
    (folder / "grants.yaml").symlink_to("/etc/hostname")


def linked_folder(folder: Path) -> None:
    (folder / "packs").symlink_to(GOOD)


def linked_nowhere(folder: Path) -> None:
    (folder / "grants.yaml").symlink_to(folder / "nowhere.yaml")


def many(folder: Path) -> None:
    for number in range(10_000):
        (folder / "systems" / f"s{number}.yaml").touch()


def huge(folder: Path) -> None:
    with (folder / "grants.yaml").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)


def huge_together(folder: Path) -> None:
    for number in range(LARGEST // LARGEST_FILE + 1):
        with (folder / f"g{number}.yaml").open("wb") as file:
            file.truncate(LARGEST_FILE)


def no_text(folder: Path) -> None:
    (folder / "grants.yaml").write_bytes(b"\xff\xfe")


def name_of_no_text(folder: Path) -> None:
    Path(os.fsdecode(bytes(folder) + b"/\xff.yaml")).touch()


def deep(folder: Path) -> None:
    place = folder / "a" / "b" / "c" / "d"
    place.mkdir(parents=True)
    (place / "e.yaml").touch()


UNFIT: dict[Callable[[Path], None], str] = {
    linked_file: "is a link",
    linked_folder: "is a link",
    linked_nowhere: "is a link",
    many: f"more than {MOST_FILES} files",
    huge: "more than",
    huge_together: "bytes together",
    no_text: "no UTF-8 text",
    name_of_no_text: "names no file of a policy",
    deep: "names no file of a policy",
}


@pytest.mark.parametrize("make", UNFIT, ids=lambda make: make.__name__)
def test_a_folder_is_refused_in_a_sentence(tmp_path: Path, make: Callable[[Path], None]) -> None:
    write_folder(snapshot_of(FILES), tmp_path)
    make(tmp_path)
    with pytest.raises(UnfitFiles, match=UNFIT[make]) as why:
        read_folder(tmp_path)
    assert any("\u4e00" <= character <= "\u9fff" for character in why.value.zh)
    assert str(why.value).isprintable()


def test_a_folder_with_something_that_is_no_file_does_not_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "grants.yaml")
    assert read_folder(tmp_path).files == {"grants.yaml": ""}
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tmp_path)  # the name of a socket is short
        listening.bind("callers.yaml")
        with pytest.raises(OSError, match=r"callers\.yaml"):
            read_folder(tmp_path)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        read_folder(tmp_path / "nowhere")


def test_what_is_written_is_read_as_it_was_and_what_is_no_part_of_it_goes(tmp_path: Path) -> None:
    write_folder(snapshot_of({**FILES, "packs/old.yaml": "x: 1\n"}), tmp_path)
    (tmp_path / "README.md").write_text("how we work")
    made = snapshot_of({**FILES, "grants.yaml": "grants: []\n"})
    write_folder(made, tmp_path)
    assert read_folder(tmp_path) == made
    assert (tmp_path / "README.md").exists()


def test_a_policy_that_is_laid_out_loads_as_its_folder_does_and_leaves_nothing(tmp_path: Path) -> None:
    made = read_folder(GOOD)
    with laid_out(made, tmp_path) as folder:
        assert load_policy(folder).policy == load_policy(GOOD).policy
    assert not list(tmp_path.iterdir())


def test_a_snapshot_is_as_it_was_made() -> None:
    made = Snapshot(FILES)
    with pytest.raises(AttributeError):
        made.files = {}  # type: ignore[misc]
