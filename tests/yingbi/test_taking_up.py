"""Who publishes is told what became of it: a slow machine is no refusal, and a refusal is told at once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.keys.key_files import Signer, make_secret
from policies.release import Release, write_release
from policies.snapshot import read_folder
from proxy.counters import Counters
from tests.gateway import GOOD
from yingbi.clock import now
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.taking_up import TakenUp, taken_up
from yingbi.told import tell

ERROR = {"severity": "error", "file": "grants.yaml", "line": 1, "code": "x", "zh": "错", "message": "wrong"}
WARNING = {**ERROR, "severity": "warning"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One in which version 5 is released."""
    home = Home(tmp_path)
    make_folders(home)
    key = home.private_key("release")
    make_secret(key)
    signer = Signer(key)
    home.public_key("release").write_bytes(signer.public_bytes)
    snapshot = read_folder(GOOD)
    release = Release(
        version=5,
        digest=snapshot.digest,
        drafted_by=("p-chen",),
        approved_by="p-wang",
        entry=9,
        chain="c9",
        files=dict(snapshot.files),
    )
    write_release(home.release, release, signer)
    return home


def told(home: Home, version: int, *findings: dict[str, Any], looked: timedelta = timedelta(minutes=1)) -> None:
    """The supervisor serves by *version*, compiled as generation 8, and has *looked* that long after the release."""
    at = datetime.fromtimestamp(home.release.stat().st_mtime, now().tzinfo) + looked
    policy = {"version": version, "generation": 8, "checked_at": at.isoformat(), "findings": findings}
    workers = [{"name": f"worker-{number}", "number": number, "pid": 0} for number in (0, 1)]
    tell(home.told("supervisor"), {"policy": policy, "processes": workers})


def served(home: Home, *generations: int) -> None:
    for number, generation in enumerate(generations):
        Counters(home.counters(number)).set("programs", generation)


def test_what_every_worker_serves_by_is_taken_up(home: Home) -> None:
    told(home, 5, WARNING)
    served(home, 8, 8)
    assert taken_up(home, 5) is TakenUp.BY_ALL


def test_what_one_worker_does_not_serve_by_is_not_yet(home: Home) -> None:
    told(home, 5)
    served(home, 8, 7)
    assert taken_up(home, 5, limit_s=0) is TakenUp.NOT_YET


def test_what_the_supervisor_found_errors_in_is_refused_without_waiting(home: Home) -> None:
    told(home, 4, WARNING, ERROR)
    served(home, 8, 8)
    assert taken_up(home, 5) is TakenUp.REFUSED


@pytest.mark.parametrize(
    ("version", "findings", "looked"),
    [
        (5, [WARNING], timedelta(minutes=1)),
        (5, [ERROR], timedelta(minutes=-1)),
        (6, [ERROR], timedelta(minutes=1)),
    ],
    ids=["no error", "errors of an earlier look", "errors of what is released still"],
)
def test_what_nobody_has_refused_is_not_yet(
    home: Home, version: int, findings: list[dict[str, Any]], looked: timedelta
) -> None:
    told(home, 4, *findings, looked=looked)
    served(home, 8, 8)
    assert taken_up(home, version, limit_s=0) is TakenUp.NOT_YET


def test_where_nobody_tells_anything_it_is_not_yet(home: Home) -> None:
    assert taken_up(home, 5, limit_s=0) is TakenUp.NOT_YET
