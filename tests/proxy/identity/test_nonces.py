"""A signed request is taken once: by whichever worker, whatever the clock does, before and after a start."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest

from proxy.identity.nonces import SLOT_S, CannotTell, Nonces, Replayed
from proxy.identity.signed_request import WINDOW_S, SignedRequest

NOW = 1_800_000_000
LONG_NS = 86_400 * 10**9
SIGNED = SignedRequest(key_id="K-9", created=NOW, nonce="n" * 16, base=b"", mac="")


@pytest.fixture
def make(tmp_path: Path) -> Callable[[], Nonces]:
    return lambda: Nonces(tmp_path / "nonces", lambda: LONG_NS)


def others(number: int, created: int) -> list[SignedRequest]:
    return [replace(SIGNED, nonce=f"{created}-{each}", created=created) for each in range(number)]


def test_what_was_taken_is_taken_by_no_worker_again(make: Callable[[], Nonces]) -> None:
    first, second = make(), make()
    first.take(SIGNED, NOW, NOW)
    for worker in (first, second, make()):
        with pytest.raises(Replayed):
            worker.take(SIGNED, NOW + WINDOW_S, NOW + WINDOW_S)


def test_another_nonce_or_another_key_is_another_request(make: Callable[[], Nonces]) -> None:
    nonces = make()
    for signed in (SIGNED, replace(SIGNED, nonce="m" * 16), replace(SIGNED, key_id="K-10")):
        nonces.take(signed, NOW, NOW)


def test_of_many_that_take_it_at_once_one_does(make: Callable[[], Nonces]) -> None:
    workers, start, taken = [make() for _ in range(8)], Barrier(8), []

    def take(worker: Nonces) -> None:
        start.wait()
        try:
            worker.take(SIGNED, NOW, NOW)
            taken.append(worker)
        except Replayed:
            pass

    threads = [Thread(target=take, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1


def test_what_is_past_is_removed_and_still_lets_nothing_in_where_the_clock_is_set_back(
    make: Callable[[], Nonces], tmp_path: Path
) -> None:
    nonces = make()
    for signed in others(10, NOW):
        nonces.take(signed, NOW, NOW)
    later = NOW + 10 * SLOT_S
    for signed in others(10, later):
        nonces.take(signed, later, later)
    folders = {path.name for path in (tmp_path / "nonces").iterdir() if path.is_dir()}
    assert folders == {str(later // SLOT_S)}
    for worker in (nonces, make()):
        with pytest.raises(CannotTell):
            worker.take(others(1, NOW)[0], NOW, later)
    assert {path.name for path in (tmp_path / "nonces").iterdir() if path.is_dir()} == folders


def test_a_clock_that_is_set_ahead_removes_nothing(make: Callable[[], Nonces]) -> None:
    nonces = make()
    nonces.take(SIGNED, NOW, NOW)
    ahead = NOW + 3600
    for signed in others(3, ahead):
        nonces.take(signed, ahead, NOW + 1)
    with pytest.raises(Replayed):
        nonces.take(SIGNED, NOW + 2, NOW + 2)


@pytest.mark.parametrize("age_s", [-WINDOW_S, 0, WINDOW_S])
def test_what_may_have_been_taken_before_the_machine_was_started_is_not(tmp_path: Path, age_s: int) -> None:
    """A loss of power may take along what was kept last."""
    signed = replace(SIGNED, created=NOW - age_s)
    with pytest.raises(CannotTell):
        Nonces(tmp_path / "nonces", lambda: (age_s + WINDOW_S) * 10**9 - 1).take(signed, NOW, NOW)
    Nonces(tmp_path / "nonces", lambda: (age_s + WINDOW_S) * 10**9).take(signed, NOW, NOW)


def test_where_nothing_can_be_kept_nothing_is_taken(make: Callable[[], Nonces], tmp_path: Path) -> None:
    (tmp_path / "nonces").write_bytes(b"")
    with pytest.raises(CannotTell):
        make().take(SIGNED, NOW, NOW)


def test_only_the_owner_reads_the_folder(make: Callable[[], Nonces], tmp_path: Path) -> None:
    make().take(SIGNED, NOW, NOW)
    assert os.stat(tmp_path / "nonces").st_mode & 0o077 == 0
