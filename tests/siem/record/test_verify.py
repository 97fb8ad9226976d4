"""The list of what somebody may do who owns the machine and takes every key that lies on it.

Each is found with the record named, or is reported as what the second party does not vouch for yet.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from siem.record.anchor import anchor_of, anchors_in, second_party
from siem.record.log import StartId, link, new_start_id, seed_of
from siem.record.seal import fingerprint, seals_in
from siem.record.verify import LEAST_KEPT, Report, SealFault, verify
from siem.record.verify_start import Fault, Wrong
from tests.siem.record.sealed import BEGAN, MINUTE, Sealed, two_days


@pytest.fixture
def made(tmp_path: Path) -> Sealed:
    return two_days(tmp_path)


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def event_on(line: bytes) -> str:
    return str(orjson.loads(line.partition(b" ")[2])["event"]["id"])


def chained_anew(made: Sealed, start: StartId) -> None:
    """Write the chains of a start anew over its lines as they are now, as who knows how they are made can."""
    chain = seed_of(start)
    for path in sorted((made.log / start).iterdir()):
        bodies = [line[:-1].partition(b" ")[2] for line in lines_of(path)]
        written = b""
        for body in bodies:
            chain = link(chain, body)
            written += b"%s %s\n" % (chain.encode(), body)
        path.write_bytes(written)


# -- each returns what has to be found, given the log before it


def flip_a_bit(made: Sealed) -> Wrong:
    path = made.segment()
    lines = lines_of(path)
    lines[2] = lines[2][:65] + bytes([lines[2][65] ^ 1]) + lines[2][66:]
    path.write_bytes(b"".join(lines))
    return Wrong(fault=Fault.ALTERED, start=made.logs[0].start, segment=1, line=3)


def flip_a_bit_of_a_chain(made: Sealed) -> Wrong:
    path = made.segment()
    lines = lines_of(path)
    event = event_on(lines[1])
    lines[1] = (b"0" if lines[1][:1] != b"0" else b"1") + lines[1][1:]
    path.write_bytes(b"".join(lines))
    return Wrong(fault=Fault.ALTERED, start=made.logs[0].start, segment=1, line=2, event=event)


def edit_a_field(made: Sealed) -> Wrong:
    path = made.segment()
    lines = lines_of(path)
    event = event_on(lines[1])
    lines[1] = lines[1].replace(b"clerk-wang", b"clerk-wong")
    path.write_bytes(b"".join(lines))
    return Wrong(fault=Fault.ALTERED_OR_MISSING, start=made.logs[0].start, segment=1, line=2, event=event)


def edit_a_field_and_its_chain(made: Sealed) -> Wrong:
    path = made.segment()
    lines = lines_of(path)
    body = lines[0][:-1].partition(b" ")[2].replace(b"clerk-wang", b"clerk-wong")
    event = event_on(lines[1])
    lines[0] = b"%s %s\n" % (link(seed_of(made.logs[0].start), body).encode(), body)
    path.write_bytes(b"".join(lines))
    return Wrong(fault=Fault.ALTERED_OR_MISSING, start=made.logs[0].start, segment=1, line=2, event=event)


def drop_a_record(made: Sealed) -> Wrong:
    path = made.segment()
    lines = lines_of(path)
    event = event_on(lines[2])
    path.write_bytes(b"".join(lines[:1] + lines[2:]))
    return Wrong(fault=Fault.ALTERED_OR_MISSING, start=made.logs[0].start, segment=1, line=2, event=event)


def reorder_two(made: Sealed) -> Wrong:
    path = made.segment()
    first, second, *rest = lines_of(path)
    path.write_bytes(b"".join([second, first, *rest]))
    return Wrong(fault=Fault.REORDERED, start=made.logs[0].start, segment=1, line=1, event=event_on(second))


def cut_the_tail(made: Sealed) -> Wrong:
    path = max((made.log / made.logs[2].start).iterdir())
    lines = lines_of(path)
    path.write_bytes(b"".join(lines[:-1]))
    event = event_on(lines[-2]) if len(lines) > 1 else ""
    number = int(path.stem)
    return Wrong(
        fault=Fault.TAIL_MISSING, start=made.logs[2].start, segment=number, line=len(lines) - 1, event=event, seal=4
    )


def drop_a_segment(made: Sealed) -> Wrong:
    made.segment(2).unlink()
    return Wrong(fault=Fault.SEGMENT_MISSING, start=made.logs[0].start, segment=2)


def drop_the_last_segments(made: Sealed) -> Wrong:
    for path in sorted((made.log / made.logs[0].start).iterdir())[1:]:
        path.unlink()
    return Wrong(fault=Fault.SEGMENT_MISSING, start=made.logs[0].start, segment=2)


def drop_a_worker(made: Sealed) -> Wrong:
    shutil.rmtree(made.log / made.logs[1].start)
    return Wrong(fault=Fault.START_MISSING, start=made.logs[1].start, seal=1)


def empty_a_worker(made: Sealed) -> Wrong:
    for path in (made.log / made.logs[1].start).iterdir():
        path.unlink()
    return Wrong(fault=Fault.SEGMENT_MISSING, start=made.logs[1].start, segment=1)


def replay_a_segment(made: Sealed) -> Wrong:
    path = made.segment(2)
    path.write_bytes(made.segment(1).read_bytes())
    return Wrong(fault=Fault.REPLAYED, start=made.logs[0].start, segment=2, line=1, event=event_on(lines_of(path)[0]))


def replay_a_segment_of_another(made: Sealed) -> Wrong:
    made.segment(1).write_bytes(made.segment(1, made.logs[1].start).read_bytes())
    event = event_on(lines_of(made.segment())[0])
    return Wrong(fault=Fault.ALTERED_OR_MISSING, start=made.logs[0].start, segment=1, line=1, event=event)


def chain_anew(made: Sealed) -> Wrong:
    """The seal's own key is of no use for it: it signs the next seal, and no earlier one."""
    path = made.segment()
    lines = lines_of(path)
    lines[0] = lines[0].replace(b"clerk-wang", b"clerk-wong")
    path.write_bytes(b"".join(lines))
    chained_anew(made, made.logs[0].start)
    made.open()
    made.seal()
    event = event_on(lines[0])
    return Wrong(fault=Fault.WRITTEN_ANEW, start=made.logs[0].start, segment=1, line=1, event=event, seal=1)


def add_a_start_of_yesterday(made: Sealed) -> Wrong:
    start = new_start_id(BEGAN + timedelta(hours=1))
    shutil.copytree(made.log / made.logs[0].start, made.log / start)
    chained_anew(made, start)
    return Wrong(fault=Fault.ADDED, start=start)


MUTATIONS = (
    *(flip_a_bit, flip_a_bit_of_a_chain, edit_a_field, edit_a_field_and_its_chain, drop_a_record, reorder_two),
    *(cut_the_tail, drop_a_segment, drop_the_last_segments, drop_a_worker, empty_a_worker, replay_a_segment),
    *(replay_a_segment_of_another, chain_anew, add_a_start_of_yesterday),
)


def test_a_log_that_nobody_touched_holds(made: Sealed) -> None:
    report = made.verified()
    assert report.is_intact
    assert (report.starts, report.records, report.seals, report.anchored) == (3, 25, 4, 4)
    assert (report.unsealed.records, report.unanchored.records) == (0, 0)
    assert report.is_root_known


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("with_anchors", [True, False], ids=["anchored", "sealed only"])
def test_the_first_record_that_is_not_as_it_was_is_named(
    made: Sealed, mutate: Callable[[Sealed], Wrong], with_anchors: bool
) -> None:
    wrong = mutate(made)
    assert made.verified(with_anchors=with_anchors).findings == [wrong]


def test_a_day_that_was_dropped_is_missed_start_by_start(made: Sealed) -> None:
    for log in made.logs[:2]:
        shutil.rmtree(made.log / log.start)
    found = made.verified().findings
    assert [(wrong.fault, wrong.start) for wrong in found] == [
        (Fault.START_MISSING, log.start) for log in sorted(made.logs[:2], key=lambda log: log.start)
    ]


def test_what_lies_behind_the_last_anchor_is_reported_and_since_when(made: Sealed) -> None:
    log = made.start()
    made.write(log, 2)
    began = made.now
    made.seal(anchored=False)
    made.write(log, 1)
    made.close()
    report = made.verified()
    assert report.is_intact
    assert (report.unanchored.records, report.unanchored.since) == (3, began)
    assert (report.unsealed.records, report.unsealed.since) == (1, made.now)
    assert report.anchored_at is not None
    assert report.anchored_at < began + MINUTE


def test_a_tail_that_nothing_vouched_for_can_be_cut_and_the_report_says_since_when_it_vouches_for_nothing(
    made: Sealed,
) -> None:
    log = made.start()
    made.write(log, 3)
    made.close()
    shutil.rmtree(log.folder)
    report = made.verified()
    assert report.is_intact
    assert report.sealed_at == report.anchored_at == made.now


def folders_with_yesterday(tmp_path: Path) -> Iterator[Sealed]:
    made = Sealed(tmp_path)
    log = made.start()
    made.write(log, 3)
    made.seal()
    log.close()
    shutil.copytree(made.home, made.folder / "yesterday")
    yield made
    made.now += timedelta(days=1)
    log = made.start()
    made.write(log, 2)
    made.seal()
    log.close()
    shutil.rmtree(made.home)
    shutil.copytree(made.folder / "yesterday", made.home)
    yield made


def test_yesterdays_folder_that_is_restored_shows_by_what_the_second_party_holds(tmp_path: Path) -> None:
    *_, made = folders_with_yesterday(tmp_path)
    assert [(found.fault, found.seal) for found in made.verified().seal_findings] == [(SealFault.NOT_HERE, 2)]
    assert made.verified(with_anchors=False).sealed_at == BEGAN + MINUTE, "and without, since when nothing is sealed"


def test_it_shows_also_where_the_gateway_went_on_from_there(tmp_path: Path) -> None:
    *_, made = folders_with_yesterday(tmp_path)
    made.open()  # with yesterday's key, which was restored as well
    log = made.start()
    made.write(log, 1)
    made.seal()
    log.close()
    assert [(found.fault, found.seal) for found in made.verified().seal_findings] == [(SealFault.NOT_HERE, 2)]


def drop_the_last_seal(made: Sealed) -> None:
    made.journal.write_bytes(b"".join(lines_of(made.journal)[:-1]))


def drop_a_seal(made: Sealed) -> None:
    lines = lines_of(made.journal)
    made.journal.write_bytes(b"".join(lines[:1] + lines[2:]))


def edit_a_seal(made: Sealed) -> None:
    made.journal.write_bytes(made.journal.read_bytes().replace(b'"offset":', b'"offset":1', 1))


def write_the_seals_anew(made: Sealed) -> None:
    """Over a log without the first worker, by a key of one's own."""
    shutil.rmtree(made.log / made.logs[0].start)
    made.journal.unlink()
    made.open()
    made.now += MINUTE
    made.sealing.step()


def seal_with_another_key(made: Sealed) -> None:
    for path in (made.home / "keys").iterdir():
        path.unlink()
    made.open()
    made.write(made.start(), 1)
    made.close()
    made.seal()


@pytest.mark.parametrize(
    ("mutate", "faults"),
    [
        (drop_the_last_seal, {SealFault.NOT_HERE}),
        (drop_a_seal, {SealFault.BROKEN, SealFault.NOT_HERE}),
        (edit_a_seal, {SealFault.BROKEN, SealFault.NOT_HERE}),
        (write_the_seals_anew, {SealFault.NOT_THE_ROOT, SealFault.NOT_HERE}),
        (seal_with_another_key, {SealFault.OTHER_KEY}),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_seals_that_are_not_what_they_were_show(
    made: Sealed, mutate: Callable[[Sealed], None], faults: set[SealFault]
) -> None:
    mutate(made)
    assert {found.fault for found in made.verified().seal_findings} == faults


def test_an_auditor_without_anchors_goes_by_the_fingerprint_that_was_noted_down(made: Sealed) -> None:
    noted = fingerprint(next(seals_in(made.journal)).seal.key)
    assert verify(made.log, made.journal, fingerprints=[noted]).is_root_known
    write_the_seals_anew(made)
    report = verify(made.log, made.journal, fingerprints=[noted])
    assert [found.fault for found in report.seal_findings] == [SealFault.NOT_THE_ROOT]
    assert not verify(made.log, made.journal).is_root_known


def test_a_key_that_was_lost_is_believed_once_the_auditor_knows_the_new_one(made: Sealed) -> None:
    seal_with_another_key(made)
    new = [fingerprint(each.seal.key) for each in seals_in(made.journal) if each.seal.key]
    assert verify(made.log, made.journal, anchors_in(made.anchors), new).is_intact


def removed(made: Sealed, after: timedelta) -> Report:
    start = made.logs[0].start
    shutil.rmtree(made.log / start)
    made.book.seal(made.now + after, {}, [start])
    anchor = anchor_of(made.book)
    assert anchor is not None
    second_party(made.anchors).put(anchor)
    return made.verified()


def test_a_start_may_be_taken_away_after_six_months_and_not_before(made: Sealed, tmp_path: Path) -> None:
    report = removed(made, LEAST_KEPT)
    assert (report.is_intact, report.removed, report.starts) == (True, 1, 2)
    soon = removed(two_days(tmp_path / "soon"), LEAST_KEPT - timedelta(days=3))
    assert [wrong.fault for wrong in soon.findings] == [Fault.REMOVED_EARLY]


def test_a_head_that_goes_back_was_sealed_after_lines_were_gone(made: Sealed) -> None:
    path = max((made.log / made.logs[2].start).iterdir())
    path.write_bytes(b"".join(lines_of(path)[:-1]))
    made.open()
    made.now += MINUTE
    made.sealing.seal()
    assert [found.fault for found in made.verified().seal_findings] == [SealFault.BACKWARDS]
    assert [wrong.fault for wrong in made.verified().findings] == [Fault.TAIL_MISSING]


def test_half_a_line_has_not_happened(made: Sealed) -> None:
    with made.segment(1, made.logs[2].start).open("ab") as segment:
        segment.write(b"half a line")
    with made.journal.open("ab") as journal:
        journal.write(b"half a seal")
    assert made.verified().is_intact
    made.open()
    assert made.book.last is not None
    assert made.book.last.seal.number == 4
