"""A new epoch under a worker that serves: in force at once, over in its time, and no containment ends with it."""

from datetime import timedelta
from pathlib import Path

import pytest

from policies.digest import Digester
from policies.keys.epochs import BOTH, BadEpochs, Epoch, digest_key_path, epochs_path, write_epochs
from policies.keys.key_files import make_secret
from proxy.digests_in_force import DigestsInForce
from tests.proxy.parts import NOW, Parts

BEGUN = write_epochs([Epoch("1"), Epoch("2", NOW, "遗失")])


class Watch:
    """A clock, the keys and what was said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOW
        self.said: list[str] = []
        make_secret(digest_key_path(folder, "1"))
        self.put(write_epochs([]))
        self.digests = self.started()

    def started(self) -> DigestsInForce:
        return DigestsInForce(self.folder, lambda: self.now, self.said.append)

    def put(self, data: bytes) -> None:
        new = self.folder / "new"
        new.write_bytes(data)
        new.replace(epochs_path(self.folder))

    def begin(self) -> None:
        make_secret(digest_key_path(self.folder, "2"))
        self.put(BEGUN)


@pytest.fixture
def at(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


def test_a_new_epoch_is_used_with_the_next_look_and_ends_its_former_one_in_time(at: Watch) -> None:
    first = at.digests()
    assert at.digests() is first
    at.begin()
    second = at.digests()
    assert (second.epoch, second.former and second.former.epoch) == ("2", "1")
    assert at.digests() is second
    at.now = NOW + BOTH - timedelta(seconds=1)
    assert at.digests() is second
    assert at.started()().former is not None, "a restart moves nothing"
    at.now = NOW + BOTH
    assert (at.digests().epoch, at.digests().former) == ("2", None)
    assert at.started()().former is None
    assert at.said == []


def test_what_cannot_be_taken_changes_nothing_and_is_told_once(at: Watch) -> None:
    at.put(BEGUN)  # before its key is there
    assert at.digests().epoch == at.digests().epoch == "1"
    assert at.said == ["epochs_refused"]
    at.put(BEGUN[:-5])
    assert at.digests().epoch == "1"
    with pytest.raises(BadEpochs):
        at.started()
    at.begin()
    assert at.digests().epoch == "2"


def test_a_worker_takes_a_new_epoch_with_the_programs_it_has(parts: Parts) -> None:
    parts.serve()
    before = parts.current.systems["people.localhost"]
    later = Digester("2", b"2" * 32).after([before.digester], writes_both=True)
    parts.current.digests = lambda: later
    parts.current.renew()
    system = parts.current.systems["people.localhost"]
    assert system is not before
    assert (system.digester, parts.current.digester) == (later, later)
    parts.current.renew()
    assert parts.current.systems["people.localhost"] is system
