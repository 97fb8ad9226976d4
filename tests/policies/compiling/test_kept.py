"""A folder that is read again costs only what has changed, and gives what it would give read anew."""

import shutil
from pathlib import Path

import pytest

from policies.compiling.kept import Kept
from policies.load import Loaded, load_policy
from tests.bench.compiling import written
from tests.policies.broken import BROKEN
from tests.policies.compiled import GOOD


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(GOOD, tmp_path / "policies")
    return tmp_path / "policies"


def same(one: Loaded, other: Loaded) -> bool:
    return (one.policy, one.jwks, one.findings.sorted(), one.programs) == (
        other.policy,
        other.jwks,
        other.findings.sorted(),
        other.programs,
    )


def test_what_did_not_change_is_not_made_again(tmp_path: Path) -> None:
    folder, kept = written(tmp_path / "policies", 3, 2), Kept()
    first = load_policy(folder, None, kept)
    path = folder / "systems" / "system-1.yaml"
    path.write_text(path.read_text("utf-8").replace("System", "Other"), "utf-8")
    second = load_policy(folder, None, kept)
    again = {name for name, program in second.programs.items() if program is not first.programs[name]}
    assert again == {"system-1"}
    assert second.programs["system-1"].title_en == "Other"


@pytest.mark.parametrize("what", BROKEN)
def test_reading_again_gives_what_reading_anew_gives(folder: Path, what: str) -> None:
    """From good to broken, and back: nothing that was found lingers, and nothing is lost."""
    kept = Kept()
    file, before, after, _ = BROKEN[what]
    path = folder / file
    good = path.read_text("utf-8") if path.exists() else None
    assert same(load_policy(folder, None, kept), load_policy(folder))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(after if before is None else str(good).replace(before, after), "utf-8")
    for _ in range(2):
        broken = load_policy(folder, None, kept)
        assert same(broken, load_policy(folder))
        assert not (broken.findings.errors and broken.programs)
    if good is None:
        path.unlink()
    else:
        path.write_text(good, "utf-8")
    assert same(load_policy(folder, None, kept), load_policy(folder))


@pytest.mark.parametrize("file", ["catalogue.yaml", "grants.yaml", "callers.yaml"])
def test_what_all_systems_share_changes_all_of_them(folder: Path, file: str) -> None:
    kept = Kept()
    load_policy(folder, None, kept)
    path = folder / file
    path.write_text(f"# one more line\n{path.read_text('utf-8')}", "utf-8")
    assert same(load_policy(folder, None, kept), load_policy(folder))


def test_what_a_name_stands_for_changes_the_files_that_use_it(folder: Path) -> None:
    kept, catalogue, grants = Kept(), folder / "catalogue.yaml", folder / "grants.yaml"
    text = catalogue.read_text("utf-8")
    grants.write_text(grants.read_text("utf-8").replace("person_name: show", "person_name: mine", 1), "utf-8")
    for spec in ("show", "redact", "{keep: {last: 99}}", "show"):
        catalogue.write_text(f"transforms: {{mine: {spec}}}\n{text}", "utf-8")
        loaded = load_policy(folder, None, kept)
        assert same(loaded, load_policy(folder))
        assert bool(loaded.findings.errors) == ("99" in spec)
