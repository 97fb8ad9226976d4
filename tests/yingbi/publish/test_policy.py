import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from deploy.private_file import write_private
from policies.keys.key_files import Signer, Verifier, make_secret
from policies.release import Release, write_release
from policies.snapshot import Snapshot, read_folder
from proxy.board import Board
from proxy.published import read_programs
from tests.gateway import GOOD
from yingbi.home import Home
from yingbi.policy_source import FolderSource, ReleaseSource, Source
from yingbi.publications import publications_in, version_of
from yingbi.publish.policy import PolicyPublisher
from yingbi.told import hear, tell

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    shutil.copytree(GOOD, home.policies)
    for folder in (home.published, home.run):
        folder.mkdir()
    make_secret(home.private_key("program"))
    return home


def publisher(home: Home) -> PolicyPublisher:
    """Publishes the folder as it stands."""
    return of(home, FolderSource(home.policies))


def of(home: Home, source: Source) -> PolicyPublisher:
    return PolicyPublisher(home, Board(home.board), Signer(home.private_key("program")), lambda: NOW, source)


def settled(made: PolicyPublisher) -> bool:
    """Whether two looks in a row lead to a publication."""
    return made.step() or made.step()


def test_what_is_whole_is_published(home: Home) -> None:
    made = publisher(home)
    made.publish()
    assert made.now.generation == Board(home.board).programs == 1
    assert list(made.now.programs) == ["people"]
    assert not settled(made)


def test_a_changed_file_is_published_once_it_stays_as_it_is(home: Home) -> None:
    made = publisher(home)
    made.publish()
    grants = home.policies / "grants.yaml"
    text = grants.read_text("utf-8")
    grants.write_text(text + "\n# half", "utf-8")
    assert not made.step()
    grants.write_text(text.replace("2027", "2028") + "\n# whole", "utf-8")
    assert not made.step()
    assert made.step()
    assert made.now.generation == 2


def test_what_changes_nothing_is_not_published(home: Home) -> None:
    made = publisher(home)
    made.publish()
    (home.policies / "notes.txt").write_text("hello")
    assert settled(made)
    assert made.now.generation == 1


def test_a_broken_file_leaves_the_programs_and_every_finding(home: Home) -> None:
    made = publisher(home)
    made.publish()
    before = made.now.programs
    (home.policies / "catalogue.yaml").write_text("categories: 3\nextra: 1\n")
    assert settled(made)
    assert (made.now.generation, made.now.programs) == (1, before)
    assert {finding.code for finding in made.now.findings} >= {"wrong-form", "unknown-key"}
    shutil.copyfile(GOOD / "catalogue.yaml", home.policies / "catalogue.yaml")
    assert settled(made)
    assert (made.now.generation, made.now.findings) == (1, ())


def test_a_folder_that_is_gone_is_a_finding(home: Home) -> None:
    made = publisher(home)
    made.publish()
    shutil.rmtree(home.policies)
    assert settled(made)
    assert [finding.code for finding in made.now.findings] == ["unreadable-folder"]
    assert made.now.generation == 1


def test_an_earlier_start_s_programs_are_taken_up_and_never_an_older_generation(home: Home) -> None:
    publisher(home).publish()
    home.board.unlink()  # the machine was started again
    again = publisher(home)
    assert (again.now.generation, list(again.now.programs)) == (1, ["people"])
    assert Board(home.board).programs == 1
    system = home.policies / "systems" / "people.yaml"
    system.write_text(system.read_text("utf-8").replace("人员库", "人口库"), "utf-8")
    again.publish()
    assert again.now.generation == 2
    verifier = Verifier(Signer(home.private_key("program")).public_bytes)
    programs, generation = read_programs(home.published, verifier, {}, 1)
    assert (programs["people"][0].title_zh, generation) == ("人口库", 2)


def test_programs_put_back_from_an_older_copy_are_published_anew(home: Home, tmp_path: Path) -> None:
    """Workers refuse what is older than the board says, though nothing but its number may have changed since."""
    publisher(home).publish()
    kept = shutil.copytree(home.published, tmp_path / "kept")
    Board(home.board).programs = 4
    shutil.rmtree(home.published)
    shutil.copytree(kept, home.published)
    again = publisher(home)
    again.publish()
    _, generation = read_programs(home.published, Verifier(Signer(home.private_key("program")).public_bytes), {}, 0)
    assert again.now.generation == Board(home.board).programs == generation == 5


def test_a_file_that_no_text_names_is_told_and_leaves_the_programs(home: Home) -> None:
    made = publisher(home)
    made.publish()
    shutil.copyfile(GOOD / "systems" / "people.yaml", os.fsdecode(bytes(home.policies) + b"/systems/\xff.yaml"))
    assert settled(made)
    tell(home.told("supervisor"), {"findings": [finding.as_json() for finding in made.now.findings]})
    (finding,) = hear(home.told("supervisor"))["findings"]
    assert (finding["file"], finding["code"]) == (r"systems/\xff.yaml", "file-name")
    assert made.now.generation == 1


# -- where two people are asked for


@pytest.fixture
def governed(home: Home) -> Home:
    """One with the key of releases, and the good policy released as version 1."""
    make_secret(home.private_key("release"))
    write_private(home.public_key("release"), Signer(home.private_key("release")).public_bytes)
    release(home, 1)
    return home


def changed(home: Home) -> Snapshot:
    """The good policy with another title."""
    files = dict(read_folder(home.policies).files)
    files["systems/people.yaml"] = files["systems/people.yaml"].replace("人员库", "人口库")
    return Snapshot(files)


def release(home: Home, version: int, snapshot: Snapshot | None = None, **facts: object) -> None:
    found = snapshot or read_folder(home.policies)
    given = {"version": version, "digest": found.digest, "files": dict(found.files), **facts}
    write_release(home.release, msgspec.convert(given, Release), Signer(home.private_key("release")))


def codes(made: PolicyPublisher) -> list[str]:
    return [finding.code for finding in made.now.findings]


def test_what_was_released_is_published_and_remembered_with_who_agreed(governed: Home) -> None:
    made = of(governed, ReleaseSource(governed, "test"))
    made.publish()
    release(governed, 2, changed(governed), drafted_by=["p-sun"], approved_by="p-qian")
    assert settled(made)
    assert (made.now.version, made.now.generation, codes(made)) == (2, 2, [])
    assert made.now.programs["people"].title_zh == "人口库"
    first, second = publications_in(governed.publications)
    assert (first.version, first.approved_by) == (1, "")
    assert (second.version, second.generation, second.drafted_by, second.approved_by) == (2, 2, ("p-sun",), "p-qian")
    assert version_of(made.now.digests["people"], NOW, publications_in(governed.publications)) == second
    assert of(governed, ReleaseSource(governed, "test")).now.version == 2


def test_a_version_of_the_same_programs_is_remembered_and_not_published_anew(governed: Home) -> None:
    made = of(governed, ReleaseSource(governed, "test"))
    made.publish()
    files = {**read_folder(governed.policies).files, "notes.txt": "seen by legal"}
    release(governed, 2, Snapshot(files))
    assert settled(made)
    assert (made.now.version, made.now.generation) == (2, 1)
    assert [each.version for each in publications_in(governed.publications)] == [1, 2]


def test_an_edit_of_the_folder_is_not_in_force(governed: Home) -> None:
    made = of(governed, ReleaseSource(governed, "test"))
    made.publish()
    shutil.rmtree(governed.policies)
    assert not settled(made)
    assert list(made.now.programs) == ["people"]


def altered(home: Home) -> None:
    home.release.write_bytes(home.release.read_bytes().replace("人员库".encode(), "人口库".encode()))


def torn(home: Home) -> None:
    home.release.write_bytes(home.release.read_bytes()[:-9])


def forged(home: Home) -> None:
    make_secret(home.keys / "forger.key")
    files = dict(read_folder(home.policies).files)
    made = Release(version=9, digest=Snapshot(files).digest, files=files)
    write_release(home.release, made, Signer(home.keys / "forger.key"))


def exchanged(home: Home) -> None:
    """Approved were other files than those that come with it."""
    release(home, 9, changed(home), digest=read_folder(home.policies).digest)


def approved_by_who_drafted(home: Home) -> None:
    release(home, 9, changed(home), drafted_by=["p-sun"], approved_by="p-sun")


def approved_by_nobody(home: Home) -> None:
    release(home, 9, changed(home), drafted_by=["p-sun"])


def gone(home: Home) -> None:
    home.release.unlink()


def older(home: Home) -> None:
    release(home, 1, changed(home))


DAMAGE = (altered, torn, forged, exchanged, approved_by_who_drafted, approved_by_nobody, gone, older)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_release_that_is(governed: Home, damage: Callable[[Home], None]) -> None:
    """The programs from before stay, now and after a start, and everybody is told."""
    release(governed, 2)
    made = of(governed, ReleaseSource(governed, "test"))
    made.publish()
    before = made.now.digests
    damage(governed)
    assert settled(made)
    assert (made.now.digests, made.now.version, codes(made)) == (before, 2, ["not-released"])
    again = of(governed, ReleaseSource(governed, "test"))
    again.publish()
    assert (again.now.digests, codes(again)) == (before, ["not-released"])
    release(governed, 3, changed(governed))
    assert settled(made)
    assert (made.now.version, codes(made)) == (3, [])


def test_a_released_policy_with_an_error_leaves_the_programs(governed: Home) -> None:
    made = of(governed, ReleaseSource(governed, "test"))
    made.publish()
    release(governed, 2, Snapshot({**read_folder(governed.policies).files, "grants.yaml": "grants: 3\n"}))
    assert settled(made)
    assert (made.now.version, made.now.generation, codes(made)) == (1, 1, ["wrong-form"])


def test_without_room_what_was_released_is_tried_again(governed: Home) -> None:
    made = of(governed, ReleaseSource(governed, "test"))
    made.publish()
    release(governed, 2, changed(governed))
    shutil.rmtree(governed.run / "policy-test")
    (governed.run / "policy-test").touch()  # where its files would lie there is no folder to be had
    assert not made.step()
    for _ in range(2):
        with pytest.raises(OSError, match="policy-test"):
            made.step()
    assert (made.now.version, made.now.generation) == (1, 1)
    (governed.run / "policy-test").unlink()
    assert settled(made)
    assert (made.now.version, made.now.generation) == (2, 2)


def test_a_line_of_publications_that_was_never_finished_counts_for_nothing(governed: Home) -> None:
    made = of(governed, ReleaseSource(governed, "test"))
    made.publish()
    with governed.publications.open("ab") as file:
        file.write(b'{"generation": 2, "ver')
    assert [each.version for each in publications_in(governed.publications)] == [1]
    release(governed, 2)
    assert settled(made)
    assert [each.version for each in publications_in(governed.publications)] == [1, 2]
    assert publications_in(governed.root / "nowhere") == []
