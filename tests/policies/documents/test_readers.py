"""Processes that read documents: each is gone with its document, and what befalls one befalls no other."""

import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from policies.documents import readers
from policies.documents.readers import Readers
from policies.formats.masker import Withheld
from tests.gateway import wait_until
from tests.policies.documents.drawn import lines, report
from tests.policies.documents.masked import MOBILE, masked
from tests.policies.formats.masking import tally

PLAIN = report(lines(f"手机号 {MOBILE}"))


@pytest.fixture(scope="module")
def own() -> Iterator[Readers]:
    """Readers of this file alone, that are ended with it."""
    made, before = Readers(), readers.READERS
    readers.READERS = made
    yield made
    readers.READERS = before
    made.close()


def process_of(own: Readers) -> psutil.Process:
    own.make_ready()
    assert own._process is not None
    return psutil.Process(own._process.pid)


def test_nothing_of_ours_is_in_their_environment(own: Readers) -> None:
    given = process_of(own).environ()
    assert {name for name in given if not name.endswith(("_THREADS", "_THREADS_NUM"))} <= {"LANG", "PATH", "LC_CTYPE"}


def test_a_document_whose_process_is_killed_is_withheld_and_the_next_is_not(own: Readers) -> None:
    masked(PLAIN, "pdf")
    maker = process_of(own)
    wait_until(lambda: not maker.children(), 60)
    with own.connection() as connection:
        connection.settimeout(60)
        wait_until(maker.children, 60)
        (reader,) = maker.children()
        reader.kill()
        assert connection.recv(1) == b""
    counted = tally()
    masked(PLAIN, "pdf", counted=counted)
    assert counted.found == {"mobile:pattern,context": 1}
    wait_until(lambda: not maker.children(), 60)


def test_once_the_maker_of_processes_is_gone_a_document_is_withheld_until_there_is_one_again(own: Readers) -> None:
    maker = process_of(own)
    os.kill(maker.pid, signal.SIGKILL)
    maker.wait()
    with pytest.raises(Withheld) as withheld:
        masked(PLAIN, "pdf")
    assert withheld.value.reason == "document_malformed"
    own.make_ready()
    counted = tally()
    masked(PLAIN, "pdf", counted=counted)
    assert counted.found == {"mobile:pattern,context": 1}


def test_the_maker_ends_with_whoever_has_started_it(own: Readers) -> None:
    maker = process_of(own)
    assert own._process is not None
    assert own._process.stdin is not None
    own._process.stdin.close()
    maker.wait(60)
