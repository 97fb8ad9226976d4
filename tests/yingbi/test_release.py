"""What two people agreed on reaches the supervisor, whatever happens on the way."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.policy.life import PolicyLife
from incident.database import open_database
from policies.keys.key_files import Verifier
from policies.release import Release, read_release
from tests.console.policies import FIRST, MORE, QIAN, SUN, WORDED
from tests.policies.compiled import GOOD
from yingbi.clock import now
from yingbi.first_start import CannotPrepare, make_folders, make_keys
from yingbi.home import Home
from yingbi.migrations.apply import migrate
from yingbi.policy_watch import PolicyWatch
from yingbi.release import Released, Releaser, govern, life_of
from yingbi.settings import Settings


@dataclass
class Made:
    """An installation that was prepared and does not run."""

    home: Home
    engine: Engine

    @property
    def life(self) -> PolicyLife:
        return life_of(self.home, self.engine, lambda _: None, Released(self.home))

    def releaser(self) -> Releaser:
        return Releaser(self.home, self.life, Released(self.home))

    def govern(self, *, two_people: bool = True, moved: dict[str, list[tuple[str, str]]] | None = None) -> str:
        said: list[str] = []
        govern(Settings(home=self.home.root, two_people=two_people), self.engine, moved or {}, said.append)
        return "\n".join(said)

    def release(self) -> Release:
        return read_release(self.home.release, Verifier(self.home.public_key("release").read_bytes()))[0]

    def publish(self) -> None:
        number = self.life.draft(SUN, WORDED, "改名", "来函")
        self.life.submit(SUN, number, WORDED.digest)
        self.life.approve(QIAN, number, WORDED.digest)
        self.life.publish(SUN, number, WORDED.digest)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    home = Home(tmp_path)
    make_folders(home)
    make_keys(home, now)
    shutil.copytree(GOOD, home.policies, dirs_exist_ok=True)
    engine = open_database(f"sqlite:///{home.state}")
    migrate(engine)
    yield Made(home, engine)
    engine.dispose()


def test_the_folder_is_taken_over_once_and_released(made: Made) -> None:
    assert "approved by nobody" in made.govern()
    first = made.release()
    assert (first.version, first.digest, first.drafted_by, first.approved_by) == (1, FIRST.digest, (), "")
    shutil.rmtree(made.home.policies)
    assert made.govern() == ""
    assert made.release() == first


def test_a_folder_that_no_policy_is_made_of_is_a_sentence(made: Made) -> None:
    (made.home.policies / "packs").symlink_to("/etc")
    with pytest.raises(CannotPrepare, match="is a link"):
        made.govern()
    assert not made.home.release.exists()


def test_where_one_is_enough_nothing_is_taken_over_and_it_is_said(made: Made) -> None:
    assert "beware" in made.govern(two_people=False)
    assert not made.home.release.exists()
    assert made.life.history().entries == ()


def test_what_nobody_approved_meanwhile_does_not_come_into_force_with_the_next_start(made: Made) -> None:
    made.govern()
    made.govern(two_people=False)
    (made.home.policies / "grants.yaml").write_text(MORE.files["grants.yaml"], "utf-8")
    made.govern()
    assert made.release().digest == FIRST.digest
    settings = [entry.fact for entry in made.life.history().entries if type(entry.fact).__name__ == "Governed"]
    assert [fact.two_people for fact in settings] == [True, False, True]  # type: ignore[union-attr]


def test_what_was_decided_and_not_released_is_released_by_the_next(made: Made) -> None:
    made.govern()
    made.publish()
    assert made.release().version == 1
    made.releaser().step()
    released = made.release()
    assert (released.version, released.drafted_by, released.approved_by) == (2, ("p-sun",), "p-qian")
    assert released.files == dict(WORDED.files)


@pytest.mark.parametrize("damage", ["gone", "torn", "forged"])
def test_a_release_that_was_damaged_is_written_anew(made: Made, damage: str) -> None:
    made.govern()
    releaser = made.releaser()
    releaser.step()
    good = made.release()
    data = made.home.release.read_bytes()
    match damage:
        case "gone":
            made.home.release.unlink()
        case "torn":
            made.home.release.write_bytes(data[:-5])
        case _:
            made.home.release.write_bytes(data.replace(b'"version":1', b'"version":7'))
    releaser.step()
    assert made.release() == good


def test_without_room_it_is_tried_again(made: Made) -> None:
    made.govern()
    releaser = made.releaser()
    made.publish()
    blocked = made.home.release.with_suffix(".new")
    blocked.mkdir()
    releaser.step()
    assert made.release().version == 1
    blocked.rmdir()
    releaser.step()
    assert made.release().version == 2


def test_nothing_is_released_from_a_journal_that_was_altered(made: Made) -> None:
    made.govern()
    made.publish()
    with made.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE policy_journal SET by_id = 'p-wu' WHERE by_id = 'p-sun'")
    made.releaser().step()
    assert made.release().version == 1
    assert "not as it was written" in made.govern(), "and the installation starts by what is released"


def test_where_the_demo_has_moved_its_address_in_force_moves_and_nothing_else(made: Made) -> None:
    made.govern()
    name = "systems/people.yaml"
    (old,) = [line for line in FIRST.files[name].splitlines(keepends=True) if line.startswith("upstream:")]
    (made.home.policies / "grants.yaml").write_text(MORE.files["grants.yaml"], "utf-8")
    made.govern(moved={name: [(old, "upstream: http://127.0.0.1:9999\n")], "systems/gone.yaml": [("a", "b")]})
    released = made.release()
    assert released.version == 2
    assert released.files == {**FIRST.files, name: FIRST.files[name].replace(old, "upstream: http://127.0.0.1:9999\n")}
    made.govern(moved={})
    assert made.release().version == 2


def test_the_watch_tells_what_waits_and_whether_the_folder_differs(made: Made) -> None:
    made.govern()
    life = made.life
    watch = PolicyWatch(made.home, life)
    watch.step()
    assert watch.told == {"folder_differs": False, "drafts": []}
    (made.home.policies / "grants.yaml").write_text(MORE.files["grants.yaml"], "utf-8")
    life.draft(SUN, MORE, "增看", "来函")
    watch.step()
    assert watch.told == {"folder_differs": True, "drafts": [1]}
    assert watch.broken() is None
    with made.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM policy_journal WHERE number = 2")
    broken = watch.broken()
    assert broken is not None
    assert "第 2 条" in broken.zh
