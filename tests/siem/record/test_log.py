import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.record.ecs import from_ecs, to_ecs
from siem.record.event import (
    AccessEvent,
    CallerKind,
    Disclosure,
    EventId,
    ExchangeId,
    FieldUse,
    PermitNote,
    PermitState,
    Phase,
    Raised,
    Verdict,
)
from siem.record.log import AccessLog, BrokenChain, Line, StartId, new_start_id, read_segment, seed_of, segment_path

START = StartId("6YQ3K0M9ZT")

words = st.text("abcdefghijklmnopqrstuvwxyz.-:/{}", min_size=1, max_size=20)
uses = st.builds(
    FieldUse,
    name=words,
    category=words,
    transform=words,
    disclosure=st.sampled_from(Disclosure),
    rule=words,
    grant=st.none() | words,
    count=st.integers(0, 10**6),
)
notes = st.builds(
    PermitNote,
    id=words,
    state=st.sampled_from(PermitState),
    kind=words,
    reveal=st.just("") | words,
    case=st.just("") | words,
    why=st.just("") | words,
    about=st.just("") | words,
    subject=st.just("") | words,
    until=st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    by=st.just("") | words,
)
raised = st.builds(
    Raised,
    by=st.lists(words, min_size=1, max_size=2).map(tuple),
    asked=st.lists(words, max_size=2).map(tuple),
    about=st.lists(words, max_size=2).map(tuple),
    question=words,
    client=st.just("") | words,
    version=st.just("") | words,
    bytes_in=st.integers(0, 2**40),
)
events = st.builds(
    AccessEvent,
    id=words.map(EventId),
    at=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)),
    exchange=words.map(ExchangeId),
    phase=st.sampled_from(Phase),
    system=words,
    operation=st.builds("{} {}".format, st.sampled_from(["GET", "POST"]), words),
    caller=words,
    caller_kind=st.sampled_from(CallerKind),
    posts=st.lists(words, max_size=3).map(tuple),
    credential=st.just("") | words,
    on_behalf_of=st.just("") | words,
    basis=st.just("") | words,
    limit=st.just("") | words,
    left_out=st.integers(0, 1000),
    purpose=st.just("") | words,
    source_ip=st.just("") | st.ip_addresses().map(str),
    verdict=st.sampled_from(Verdict),
    reason=st.just("") | words,
    attributes=st.lists(words, max_size=2).map(tuple),
    purposes=st.lists(words, max_size=2).map(tuple),
    format=st.just("") | words,
    status=st.integers(0, 599),
    program=words,
    overlay=st.integers(0, 10**6),
    fields=st.lists(uses, max_size=3).map(tuple),
    subjects=st.lists(words, max_size=5, unique=True).map(tuple),
    disclosure=st.sampled_from(Disclosure),
    permits=st.lists(words, max_size=2).map(tuple),
    permit=st.none() | notes,
    raised=st.none() | raised,
    bytes_out=st.integers(0, 2**40),
    duration_ns=st.integers(0, 2**50),
)


def event(number: int = 1, *, size: int = 0) -> AccessEvent:
    return AccessEvent(
        id=EventId(f"{START}-{number}"),
        at=datetime(2026, 11, 23, 9, 0, number % 60, tzinfo=UTC),
        exchange=ExchangeId(f"{START}-{number}"),
        phase=Phase.WHOLE,
        system="register",
        operation="GET /register/residents.json",
        caller="clerk-li",
        caller_kind=CallerKind.STAFF,
        verdict=Verdict.FORWARD,
        program="p" * (size or 8),
        status=200,
    )


def read_all(folder: Path) -> list[Line]:
    lines: list[Line] = []
    chain = seed_of(START)
    for path in sorted(folder.glob("*.log")):
        for line in read_segment(path, chain=chain):
            lines.append(line)
            chain = line.chain
    return lines


@given(events)
def test_an_event_survives_its_document(event: AccessEvent) -> None:
    assert from_ecs(to_ecs(event)) == event


def test_what_was_appended_is_read_back_across_segments(tmp_path: Path) -> None:
    log = AccessLog(tmp_path, START, segment_bytes=2000)
    appended = [event(number) for number in range(1, 20)]
    for item in appended:
        log.append(item, durably=item.id.endswith("7"))
    log.close()
    assert len(list(log.folder.glob("*.log"))) > 2
    assert [from_ecs(line.document) for line in read_all(log.folder)] == appended


def test_starts_sort_by_time() -> None:
    times = [datetime(2026, 11, 23, 9, 0, second, tzinfo=UTC) for second in range(30)]
    starts = [new_start_id(time) for time in times]
    assert starts == sorted(starts)
    assert {len(start) for start in starts} == {10}


def test_ids_are_new(tmp_path: Path) -> None:
    log = AccessLog(tmp_path, START)
    assert len({log.new_id() for _ in range(100)}) == 100
    log.close()


def test_a_torn_last_line_has_not_happened_yet(tmp_path: Path) -> None:
    log = AccessLog(tmp_path, START)
    log.append(event(1))
    log.append(event(2))
    log.close()
    path = segment_path(log.folder, 1)
    path.write_bytes(path.read_bytes()[:-5])
    assert [line.document["event"]["id"] for line in read_all(log.folder)] == [f"{START}-1"]


@pytest.mark.parametrize("at", [0, 70, 200, -3])
def test_a_flipped_bit_shows(tmp_path: Path, at: int) -> None:
    log = AccessLog(tmp_path, START)
    log.append(event(1))
    log.close()
    path = segment_path(log.folder, 1)
    damaged = bytearray(path.read_bytes())
    damaged[at] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(BrokenChain, match=r"000001\.log: the line at byte 0 does not follow"):
        read_all(log.folder)


def test_a_dropped_line_shows(tmp_path: Path) -> None:
    log = AccessLog(tmp_path, START)
    for number in range(3):
        log.append(event(number))
    log.close()
    path = segment_path(log.folder, 1)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(BrokenChain):
        read_all(log.folder)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from siem.record.log import AccessLog, RecordFailed
from tests.siem.record.test_log import START, event
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = AccessLog(Path(sys.argv[1]), START)
log.append(event(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (1600, resource.RLIM_INFINITY))
for size in (4000, 4000, 10):
    try:
        log.append(event(2, size=size))
        print("appended")
    except RecordFailed as failure:
        print(failure)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.append(event(3))
log.close()
"""


def test_half_a_line_is_taken_back_and_the_log_goes_on(tmp_path: Path) -> None:
    """A limit on the file's size makes the kernel take part of a line, as a full disk does."""
    done = subprocess.run([sys.executable, "-c", FULL_DISK, tmp_path], capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert said[:2] == ["cannot write to the log: the disk took half a line"] * 2, done.stderr
    assert said[2] == "appended", "a line that fits does"
    ids = [line.document["event"]["id"] for line in read_all(tmp_path / START)]
    assert ids == [f"{START}-1", f"{START}-2", f"{START}-3"]


def test_what_was_written_is_flushed_once_there_are_descriptors_again(tmp_path: Path) -> None:
    """In a process of its own, whose limit is lowered under the log and raised again."""
    code = """
import os, resource, sys, threading
from pathlib import Path
from siem.record.log import AccessLog
from tests.siem.record.test_log import START, event
log = AccessLog(Path(sys.argv[1]), START)
log.append(event(1))
flushed = threading.Event()
real = os.fdatasync
os.fdatasync = lambda fd: (real(fd), flushed.set())[0]
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir('/proc/self/fd')) - 1, hard))
log.append(event(2))
assert not flushed.wait(0.5)
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
assert flushed.wait(60), "nobody flushes any more"
log.close()
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=Path(__file__).parents[3])
    assert len(read_all(tmp_path / START)) == 2


def test_whether_there_is_room_is_known_without_writing_an_event(tmp_path: Path) -> None:
    log = AccessLog(tmp_path, new_start_id(datetime(2026, 11, 23, 9, tzinfo=UTC)))
    assert log.has_room()
    assert list(log.folder.iterdir()) == []
    log.close()


def test_where_nothing_can_be_written_there_is_no_room(tmp_path: Path) -> None:
    log = AccessLog(tmp_path, new_start_id(datetime(2026, 11, 23, 9, tzinfo=UTC)))
    log.folder.rmdir()
    assert not log.has_room()
    log.close()


@pytest.mark.parametrize("flush_s", [0.0, 60.0])
def test_without_a_window_an_event_is_on_the_disk_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flush_s: float
) -> None:
    flushed: list[None] = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: flushed.append(real(fd)))
    log = AccessLog(tmp_path, START, flush_s=flush_s)
    for number in range(1, 4):
        log.append(event(number))
        assert len(flushed) == (0 if flush_s else number)
    log.close()
