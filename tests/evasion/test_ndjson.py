"""One JSON record behind another: masked as it flows where it is declared, under any of its names, and cut in doubt."""

import json

import pytest

from tests.evasion.cases import CSV, PEOPLE, PERSON, Case, check, shows, withholds
from tests.evasion.test_streams import chunked, pieces_of
from tests.front import VERSIONS, Front
from tests.rig import ID_NO, MOBILE, NAME, Rig, ended, reads, shows_nothing

LINES, SEQUENCE = "application/x-ndjson", "application/json-seq"
LINE = json.dumps(PERSON, ensure_ascii=False).encode() + b"\n"
SHOWN = '{"id":1,"name":"张**","id_no":"**************002X","mobile":"138****8000","note":"***"}\n'.encode()


CASES: dict[str, Case] = {
    **{f"lines as {said}": shows(LINE * 2, said, SHOWN * 2, target="/export")
       for said in (LINES, "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/x-ndjson; charset=utf-8")},
    "a sequence": shows(b"\x1e" + LINE, SEQUENCE, b"\x1e" + SHOWN, target="/export"),
    "a sequence under another name": shows(b"\x1e" + LINE, "application/geo+json-seq", b"\x1e" + SHOWN, target="/export"),
    "pages": shows(PEOPLE + b"\n", LINES, b'{"items":[' + SHOWN[:-1] + b"]}\n", target="/pages"),
    "escapes": shows(json.dumps(PERSON).encode() + b"\n", LINES, SHOWN, target="/export"),
    "undeclared": shows(json.dumps({"x": f"{NAME}{MOBILE}", NAME: 1, ID_NO: [ID_NO]}).encode(), LINES, '{"x":"***","***1":null,"***2":["***"]}\n', target="/export"),
    "a list in a line": shows(f'["{NAME}"]\n', LINES, '["***"]\n', target="/export"),
    "not declared there": withholds(LINE, LINES, "answer_not_declared"),
    "lines as JSON": withholds(LINE * 2, "application/json", "answer_unreadable"),
    "JSON over lines": withholds(json.dumps(PERSON, indent=1), LINES, "answer_unreadable", target="/export"),
    "CSV as lines": withholds(f"id,name\n1,{NAME}\n", LINES, "answer_unreadable", target="/export"),
    "lines as CSV": withholds(LINE * 2, CSV, "answer_unreadable", target="/export"),
    "a cut sequence": withholds(b"\x1e" + LINE[:-1], SEQUENCE, "answer_unreadable", target="/export"),
    "UTF-16": withholds(LINE.decode().encode("utf-16"), LINES, "answer_unreadable", target="/export"),
    "GBK": withholds(LINE.decode().encode("gbk"), LINES, "answer_unreadable", target="/export"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_ndjson(declaring_front: Front, case: str) -> None:
    check(declaring_front, CASES[case])


def test_lines_flow(declaring: Rig) -> None:
    front = Front(declaring, VERSIONS[0])
    answer = front.ask(chunked(LINES, pieces_of(LINE * 12_000, 50_001)), target="/export")
    assert (answer.status, answer.headers["transfer-encoding"], answer.is_whole) == (200, "chunked", True)
    assert answer.body == SHOWN * 12_000
    events = declaring.gateway.events()
    assert events[-1]["yingbi"]["format"] == "ndjson"


@pytest.mark.parametrize("damage", [b"]" + MOBILE.encode(), NAME.encode("gbk"), b'{"id":1}{"id":2}'])
def test_a_bad_line_cuts_without_an_end(declaring: Rig, damage: bytes) -> None:
    front = Front(declaring, VERSIONS[0])
    answer = front.ask(
        chunked(LINES, [*pieces_of(LINE * 10_000), damage + b"\n", *pieces_of(LINE * 1_000)]), target="/export"
    )
    assert (answer.status, answer.is_whole, answer.tells) == (200, False, set())
    assert declaring.gateway.events()[-1]["event"]["reason"] == "answer_unreadable"
    assert not ended(answer.received)
    assert shows_nothing(reads(answer.received)[2])
