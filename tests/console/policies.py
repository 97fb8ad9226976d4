"""A life of policies for tests: a small good policy, three officers, and a key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from console.policy.life import PolicyLife
from console.policy.state import Draft, PolicyHistory, Version
from incident.ids import NotPermitted, PersonId
from policies.keys.key_files import Signer, make_secret
from policies.snapshot import Snapshot, read_folder
from tests.policies.compiled import GOOD

SUN, QIAN, WANG = PersonId("p-sun"), PersonId("p-qian"), PersonId("p-wang")
"""Officers."""
FIRST = read_folder(GOOD)


def check_text(text: str) -> None:
    """As the scanner of the office would."""
    if "11010519491231002X" in text:
        raise NotPermitted("文字中疑似有个人信息", "the text seems to hold personal data")


def with_text(old: str, new: str, name: str = "grants.yaml", of: Snapshot = FIRST) -> Snapshot:
    """*of* with *new* in the place of *old* in one of its files."""
    assert old in of.files[name]
    return Snapshot({**of.files, name: of.files[name].replace(old, new)})


MORE = with_text("person_name: show", "person_name: show\n      mobile: show")
"""A grant shows more."""
BROKEN = with_text("2027-06-30\n", "never\n")
WORDED = with_text("人员库", "人口库", "systems/people.yaml")


@dataclass
class Lives:
    """A life in *engine*, with what a test asks of it again and again."""

    engine: Engine
    folder: Path
    clock: Callable[[], datetime]
    anchor: Callable[[], tuple[int, str] | None] = lambda: None
    life: PolicyLife = field(init=False)

    def __post_init__(self) -> None:
        make_secret(self.folder / "release.key")
        self.restart()
        self.life.govern(two_people=True, found=lambda: FIRST)

    def restart(self) -> None:
        """As if the process had died: only what is on the disk is known."""
        signer = Signer(self.folder / "release.key")
        self.life = PolicyLife(self.engine, signer, self.clock, check_text=check_text, anchor=lambda: self.anchor())

    @property
    def history(self) -> PolicyHistory:
        return self.life.history()

    def latest(self) -> Draft:
        return self.history.drafts[len(self.history.drafts)]

    @property
    def current(self) -> Version:
        found = self.history.current
        assert found is not None
        return found

    def draft(self, snapshot: Snapshot = WORDED, by: PersonId = SUN, title: str = "改名") -> int:
        return self.life.draft(by, snapshot, title, "按业务科室要求")

    def submitted(self, snapshot: Snapshot = WORDED, by: PersonId = SUN) -> int:
        number = self.draft(snapshot, by)
        self.life.submit(by, number, snapshot.digest)
        return number

    def approved(self, snapshot: Snapshot = WORDED, by: PersonId = SUN, second: PersonId = QIAN) -> int:
        number = self.submitted(snapshot, by)
        self.life.approve(second, number, snapshot.digest)
        return number

    def published(self, snapshot: Snapshot = WORDED, by: PersonId = SUN, second: PersonId = QIAN) -> int:
        self.life.publish(by, self.approved(snapshot, by, second), snapshot.digest)
        return self.current.number
