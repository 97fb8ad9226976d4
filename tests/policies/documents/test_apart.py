"""Masking in a child: what comes back, and what of a child that is killed, crashes, or takes too much."""

import os
import select
import signal
from collections.abc import Callable

import pytest

from policies.documents.apart import Child, Outcome
from policies.formats.masker import Masker, Withheld
from policies.formats.text_body import TextMasker
from policies.recognisers.scan import make_ready
from tests.policies.formats.masking import REMARK, tally

make_ready()  # children have it from their parent
TEXT = "联系人王小明，电话13800138000".encode()


class Doing:
    """A masker that does something else."""

    def __init__(self, does: Callable[[], object]) -> None:
        self.tally = tally()
        self._does = does

    def feed(self, data: bytes) -> list[bytes]:
        self._does()
        return [data]

    def close(self) -> list[bytes]:
        return []


def outcome_of(masker: Masker, data: bytes = TEXT, seconds: float = 30) -> Outcome:
    child = Child(masker, data, seconds)
    while (outcome := child.read()) is None:
        select.select([child.pipe], [], [], 30)
    return outcome


def withholding() -> None:
    raise Withheld("document_legacy")


def counting() -> None:
    number = 0
    while True:
        number += 1


def test_what_a_child_masks_and_counts_comes_back() -> None:
    outcome, counted = outcome_of(TextMasker(REMARK, tally(), "utf-8")), tally()
    outcome.add_to(counted)
    assert (outcome.masked.decode(), outcome.reason) == ("联系人***，电话***", "")
    assert counted.found == {"person_name:context": 1, "mobile:pattern,context": 1}


def test_a_large_outcome_comes_in_pieces() -> None:
    body = b"a line of nothing\n" * 60_000
    assert outcome_of(TextMasker(REMARK, tally(), "utf-8"), body).masked == body


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        (withholding, "document_legacy"),
        (counting, "too_large_to_mask"),
        (lambda: bytearray(8 * 1024**3), "too_large_to_mask"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "document_malformed"),
        (lambda: 1 / 0, "internal_error"),
        (lambda: os._exit(0), "internal_error"),
    ],
    ids=["withholds", "never ends", "fills the memory", "crashes", "raises", "says nothing"],
)
def test_a_child_that_does_not_mask_says_why(does: Callable[[], object], reason: str) -> None:
    outcome = outcome_of(Doing(does), seconds=0)
    assert (outcome.masked, outcome.reason) == (b"", reason)


def test_a_child_holds_nothing_of_its_parent_open() -> None:
    reading, writing = os.pipe()
    child = Child(Doing(signal.pause), TEXT, 30)
    os.close(writing)
    assert select.select([reading], [], [], 10)[0], "the other end is still open in the child"
    child.kill()
    os.close(reading)
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)
