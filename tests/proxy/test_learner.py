from pathlib import Path

import pytest

from policies.formats.masker import Tally, Withheld
from policies.keys.data_keys import derive_key
from policies.learning.inventory import read_notes
from proxy.answer import Mask, ReadOnly
from proxy.learner import LARGEST, Learner
from proxy.message import Request, read_request
from tests.policies.compiled import SECRET
from tests.policies.formats.masking import DIGESTER

BODY = b'[{"xm": "\xe5\xbc\xa0\xe4\xb8\x89", "sfzh": "11010519491231002X"}]'


class Passing:
    """A masker that lets everything pass."""

    def __init__(self) -> None:
        self.tally = Tally(DIGESTER)

    def feed(self, data: bytes) -> list[bytes]:
        return [data]

    def close(self) -> list[bytes]:
        return []


def request(target: str = "/api/people") -> Request:
    return read_request(method="GET", authority="people.localhost", target=target, fields=(), source_ip="")


def answer(learner: Learner, body: bytes = BODY, target: str = "/api/people") -> list[bytes]:
    mask = Mask(masker=Passing(), content_type="application/json", format="json")
    masker = learner.noted("people", request(target), mask).masker
    out = [piece for start in range(0, len(body), 60_000) for piece in masker.feed(body[start : start + 60_000])]
    return [*out, *masker.close()]


def counted(path: Path) -> dict[str, int]:
    notes = read_notes(path.read_bytes(), derive_key(SECRET, "inventory"))
    return {name: each.count for name, each in notes["people"].operations.items()}


def test_what_passes_is_not_touched() -> None:
    assert b"".join(answer(Learner())) == BODY
    large = b'["' + b"x" * LARGEST + b'"]'
    assert b"".join(answer(Learner(), large)) == large


def test_what_was_noted_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "inventory" / "worker-0"
    for times in (1, 2):
        learner = Learner(path, SECRET)
        answer(learner)
        learner.save()
        assert counted(path) == {"GET /api/people": times}
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"", b"x", b"0" * 64 + b"\n{}"])
def test_a_damaged_file_costs_the_notes_and_nothing_else(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "worker-0"
    path.write_bytes(damage)
    learner = Learner(path, SECRET)
    answer(learner)
    learner.save()
    assert counted(path) == {"GET /api/people": 1}


def test_a_disk_that_takes_nothing_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "inventory").write_bytes(b"")  # no folder can be made there
    learner = Learner(tmp_path / "inventory" / "worker-0", SECRET)
    assert b"".join(answer(learner)) == BODY
    learner.save()
    assert learner.is_changed


def test_what_is_only_read_is_noted_and_withheld(tmp_path: Path) -> None:
    learner = Learner(tmp_path / "worker-0", SECRET)
    mask = Mask(masker=ReadOnly(Tally(DIGESTER)), content_type="text/csv", format="csv")
    masker = learner.noted("people", request("/people.csv"), mask).masker
    assert masker.feed("xm,sfzh\n张三,11010519491231002X\n".encode()) == []
    with pytest.raises(Withheld):
        masker.close()
    learner.save()
    assert counted(tmp_path / "worker-0") == {"GET /people.csv": 1}
    assert "张三" not in (tmp_path / "worker-0").read_text("utf-8")
