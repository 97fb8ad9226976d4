import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from siem.baseline.by_rules import Rules
from siem.baseline.event_files import EventFiles, WrongFolder
from siem.baseline.in_order import are_in_order
from siem.detect.rule_set import read_rules, rule_files
from siem.index.strict import fault_of
from siem.record.ecs import is_ours
from tests.siem.events import NINE, document
from yingbi.rules import SHIPPED

SOMEBODY = "11010519491231002X"


def another(at: datetime, **more: Any) -> dict[str, Any]:
    return {"@timestamp": at.isoformat(), "user": {"id": "u17", "target": {"id": SOMEBODY}}, **more}


def written(folder: Path, **files: list[Any]) -> Path:
    for name, lines in files.items():
        (folder / name.replace("_", ".")).write_bytes(b"\n".join(map(orjson.dumps, lines)) + b"\n\n")
    return folder


def minutes(number: int) -> datetime:
    return NINE + timedelta(minutes=number)


def test_events_come_by_their_time_whoever_wrote_them_and_wherever(tmp_path: Path) -> None:
    own = [document(number * 60) for number in (4, 0)]
    written(tmp_path, b_jsonl=own, a_ndjson=[another(minutes(3)), another(minutes(1))], c_json=[another(minutes(2))])
    (tmp_path / "notes.txt").write_text("no events")
    found = list(EventFiles(tmp_path))
    times = [datetime.fromisoformat(each["@timestamp"]) for each in found]
    assert times == [minutes(number) for number in range(5)]
    assert [found[0], found[4]] == own[::-1]
    assert all(map(is_ours, found))
    assert len({each["event"]["id"] for each in found}) == 5


def test_times_of_other_zones_and_forms_are_times(tmp_path: Path) -> None:
    forms = ["2026-11-23T17:00:01+08:00", "2026-11-23T09:00:00Z", "2026-11-23 09:00:02", 1_795_424_403_000]
    forms += [1_795_424_404, "1795424405000", 1_795_424_406_000_000, 1_795_424_407_000_000_000]
    forms += ["2026-11-23T17:00:08.123456789+0800"]
    written(tmp_path, a_jsonl=[{"@timestamp": form, "user": {"id": f"u{form}"[:40]}} for form in reversed(forms)])
    seconds = [datetime.fromisoformat(each["@timestamp"]).second for each in EventFiles(tmp_path)]
    assert seconds == list(range(9))


def test_a_person_is_one_digest_in_all_files_and_another_the_next_time(tmp_path: Path) -> None:
    written(tmp_path, a_jsonl=[another(NINE)], b_jsonl=[another(NINE, yingbi={"subjects": [SOMEBODY]})])

    def people() -> Iterator[str]:
        for each in EventFiles(tmp_path):
            yield from each["yingbi"]["subjects"]

    first, again = set(people()), set(people())
    assert (len(first), len(again), len(first | again)) == (1, 1, 2)
    assert SOMEBODY not in repr(first)


def test_events_of_one_time_come_by_their_ids_and_each_of_ours_once(tmp_path: Path) -> None:
    own = [document(number, at=NINE) for number in (3, 1, 2)]
    written(tmp_path, a_jsonl=[*own, own[0], *(another(NINE, event={"code": n}) for n in range(12))], b_jsonl=[own[1]])
    files = EventFiles(tmp_path)
    found = list(files)
    ids = [each["event"]["id"] for each in found]
    assert ids == sorted(set(ids))
    assert (len(found), files.repeated) == (15, 2)
    rules = Rules(read_rules(rule_files(SHIPPED), {"canary_subjects": frozenset()}))
    for each in found:
        rules.take(each)


def unsound(**changes: object) -> dict[str, Any]:
    return {**document(0), **changes}


@pytest.mark.parametrize(
    "line",
    [
        unsound(user="c0"),
        unsound(user=[{"id": "c0"}]),
        unsound(source={"ip": 5}),
        unsound(http={}),
        unsound(yingbi={**document(0)["yingbi"], "subjects": "c0", "verdict": "perhaps"}),
        unsound(yingbi={**document(0)["yingbi"], "unattributed": "2"}),
        unsound(url={"path": orjson.loads("[" * 40 + "]" * 40)}),
    ],
)
def test_what_only_looks_like_ours_is_read_like_that_of_another_maker(tmp_path: Path, line: dict[str, Any]) -> None:
    written(tmp_path, a_jsonl=[line])
    (found,) = EventFiles(tmp_path)
    assert is_ours(found)
    assert fault_of(found) == ""


def test_what_a_program_for_windows_puts_before_a_text_is_passed(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        b"\xef\xbb\xbf" + orjson.dumps(document(0)) + b"\r\n" + orjson.dumps(document(1))
    )
    files = EventFiles(tmp_path)
    assert list(files) == [document(0), document(1)]
    assert files.refused == 0


DEEP = b'{"@timestamp": "2026-11-23T09:00:00Z", "user": ' + b"[" * 1000 + b"]" * 1000 + b"}"
FAR = orjson.dumps(unsound(**{"@timestamp": "0001-01-01T00:00:00+14:00"}))


@pytest.mark.parametrize(
    "line", [DEEP, FAR, b"no json", b"[]", b'{"@timestamp": "yesterday"}', b'{"user": {"id": "1234567"}}']
)
def test_a_line_that_is_no_event_is_named_and_not_shown(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps(document(0)) + b"\n" + line + b"\n")
    files = EventFiles(tmp_path)
    assert list(files) == [document(0)]
    (told,) = files.wrong
    assert told.startswith("a.jsonl:2: ")
    assert (files.refused, "1234567" in told) == (1, False)
    (tmp_path / "a.jsonl").write_bytes(line)
    with pytest.raises(WrongFolder, match=r"a\.jsonl:1"):
        list(EventFiles(tmp_path))


def test_packed_files_are_read_as_well_and_half_ones_are_said(tmp_path: Path) -> None:
    packed = gzip.compress(orjson.dumps(document(0)) + b"\n" + orjson.dumps(another(minutes(3))))
    (tmp_path / "a.ndjson.gz").write_bytes(packed)
    assert len(list(EventFiles(tmp_path))) == 2
    (tmp_path / "a.ndjson.gz").write_bytes(packed[:-20])
    with pytest.raises(WrongFolder, match=r"a\.ndjson\.gz"):
        list(EventFiles(tmp_path))


def test_a_folder_without_files_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongFolder, match=r"no \.jsonl"):
        list(EventFiles(tmp_path / "nowhere"))


def test_what_stands_in_order_is_read_as_what_does_not(tmp_path: Path) -> None:
    lines = [orjson.dumps(each) for each in (document(0), another(minutes(1)), another(minutes(1)), document(180))]
    hidden = orjson.dumps(another(minutes(4))).replace(b'"user"', b'"\\u0040timestamp": "2026-11-23T08:00:00Z", "user"')
    for name, stand in (("in_order", lines), ("mixed", lines[::-1])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jsonl").write_bytes(b"\r\n".join([*stand, b"", hidden]))
    in_order, mixed = (EventFiles(tmp_path / name) for name in ("in_order", "mixed"))
    in_order.digest = mixed.digest = lambda text: f"file:{len(text):032x}"
    told = [
        [(each["@timestamp"], each["user"], each["yingbi"].get("subjects")) for each in way]
        for way in (in_order, mixed)
    ]
    assert told[0] == told[1][1:]
    assert len(told[0]) == len(lines)
    assert in_order.wrong == ["a.jsonl:6: `@timestamp` is there twice"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (['"2026-11-23T09:00:00Z"', '"2026-11-23T09:00:00Z"', '"2026-11-23T18:00:00+08:00"'], True),
        (['"2026-11-23T09:00:00"', '"2026-11-23T16:59:59+08:00"'], False),
        (['"2026-11-23T09:00:00Z"', "1795424404"], False),
        (['"2026-11-23T09:00:00Z"', '"tomorrow, or so"'], False),
        (['"2026-11-23T09:00:00Z", "@timestamp": "2026-11-24T09:00:00Z"'], False),
    ],
)
def test_files_are_in_order_where_each_line_plainly_tells_a_time(
    times: list[str], expected: bool, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{place}.jsonl" for place in range(len(times))]
    for path, time in zip(paths, times, strict=True):
        path.write_text(f'{{"event": {{}}, "@timestamp" : {time}}}\n\n')
    assert are_in_order(paths) is expected
