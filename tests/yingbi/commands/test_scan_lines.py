import json
import subprocess
import sys
from io import BytesIO
from itertools import repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.patience import PATIENCE_S
from yingbi.commands import scan_lines
from yingbi.commands.scan_lines import answer

YINGBI = [sys.executable, "-m", "yingbi.cli", "scan"]


def asked(lines: bytes, *options: str) -> tuple[int, list[dict[str, Any]]]:
    ended = subprocess.run([*YINGBI, *options], input=lines, capture_output=True, timeout=PATIENCE_S, check=False)
    assert ended.stderr == b""
    return ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()]


def test_each_text_is_answered_by_its_spans_in_code_points() -> None:
    lines = [
        {"id": 1, "text": "\U0001f600手机１３８００１３８０００，邮箱wang@example.cn。"},
        {"id": "没有", "text": "今天没有事"},
        {"id": None, "text": ""},
    ]
    code, answers = asked("\n".join(map(json.dumps, lines)).encode(), "--json", "-")
    assert code == 0
    assert [each["id"] for each in answers] == [1, "没有", None]
    assert [(span["start"], span["end"], span["category"]) for span in answers[0]["spans"]] == [
        (3, 14, "mobile"),
        (17, 32, "email"),
    ]
    assert all(0 < span["score"] <= 1 and span["why"] for span in answers[0]["spans"])
    assert answers[1]["spans"] == answers[2]["spans"] == []


def test_names_and_addresses_in_prose_are_found_too() -> None:
    text = "昨天欧阳震华和朋友来办事，他住在云州市江南区幸福路18号3栋502室。"
    code, (told,) = asked(json.dumps({"id": 1, "text": text}).encode(), "--json", "-")
    assert code == 0
    assert [(text[span["start"] : span["end"]], span["category"]) for span in told["spans"]] == [
        ("欧阳震华", "person"),
        ("云州市江南区幸福路18号3栋502室", "address"),
    ]


def test_texts_in_documents_are_read_as_prose_too() -> None:
    lines = [
        {"id": 1, "json": [1]},
        {"id": 2, "json": {"t": "办件已由窗口人员黄丽接收并转交社会事务科", "u": "按程序办理并及时答复"}},
    ]
    code, (first, second) = asked("\n".join(map(json.dumps, lines)).encode(), "--json", "--keys", "-")
    assert code == 0
    assert first["pointers"] == []
    assert [(each["pointer"], each["category"]) for each in second["pointers"]] == [("/t", "person")]


def test_documents_are_answered_by_pointers() -> None:
    lines = [{"id": 1, "json": {"xm": "王", "a/b": [{"~": "13800138000"}]}}, {"id": 2, "json": '[1, {"sjh": 138}]'}]
    code, answers = asked("\n".join(map(json.dumps, lines)).encode(), "--json", "--keys", "-")
    assert code == 0
    assert [[(each["pointer"], each["category"]) for each in one["pointers"]] for one in answers] == [
        [("/xm", "person"), ("/a~1b/0/~0", "mobile")],
        [("/1/sjh", "mobile")],
    ]


BAD = {
    b"{": "no JSON",
    b"[1]": "object",
    b'{"id": 7}': "text",
    b'{"id": 7, "text": 5}': "text",
    b"[" * 100_000: "no JSON",
    b"\xff\xfe": "no JSON",
    b"x" * 500: "longer",
}


@pytest.mark.parametrize("line", BAD, ids=range(len(BAD)))
def test_a_bad_line_is_answered_by_a_sentence_and_the_next_is_read(
    line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_lines, "LONGEST_LINE", 400 if line.startswith(b"x") else 200_000)
    out = BytesIO()
    code = answer(BytesIO(b'{"id":1,"text":"a"}\n' + line + b'\n\n{"id":2,"text":"b"}'), out, scan_lines.spans_of)
    answers = [json.loads(each) for each in out.getvalue().splitlines()]
    assert code == 2
    assert [each.get("id") for each in answers] == [1, 7 if b"7" in line else None, 2]
    assert BAD[line] in answers[1]["error"]


@pytest.mark.parametrize("document", ["{", "true", 7, None])
def test_a_document_must_be_one(document: object) -> None:
    out = BytesIO()
    assert answer(BytesIO(json.dumps({"id": 1, "json": document}).encode()), out, scan_lines.pointers_of) == 2
    assert "`json`" in json.loads(out.getvalue())["error"]


@given(st.text(st.characters(), max_size=40), st.binary(max_size=20))
def test_torn_characters_are_no_reason_to_stop(text: str, torn: bytes) -> None:
    """Half a pair in an escape, and octets that are no UTF-8, in texts and in ids."""
    torn = torn.translate(None, b'\n\r"\\' + bytes(range(32)))
    lines = json.dumps({"id": text, "text": f"{text}，13800138000"}).encode() + b'\n{"id":"' + torn + b'","text":""}\n'
    out = BytesIO()
    assert answer(BytesIO(lines), out, scan_lines.spans_of) == 0
    first, second = map(json.loads, out.getvalue().splitlines())
    assert first["id"] == text
    assert second["id"] == torn.decode("utf-8", "replace")


def test_half_a_pair_counts_as_one() -> None:
    out = BytesIO()
    answer(BytesIO(b'{"id":"\\ud83d","text":"\\ud83d 13800138000"}'), out, scan_lines.spans_of)
    found = json.loads(out.getvalue())
    assert found["id"] == "\ud83d"
    assert [(span["start"], span["end"]) for span in found["spans"]] == [(2, 13)]


def test_an_answer_is_there_before_the_next_line_comes() -> None:
    with subprocess.Popen([*YINGBI, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asking:
        assert asking.stdin
        assert asking.stdout
        for number in range(3):
            asking.stdin.write(json.dumps({"id": number, "text": "电话"}).encode() + b"\n")
            asking.stdin.flush()
            assert json.loads(asking.stdout.readline()) == {"id": number, "spans": []}
        asking.stdin.close()
        assert asking.wait() == 0


def test_a_line_too_long_is_not_kept_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_lines, "LONGEST_LINE", 64)
    lines = b"".join(repeat(b"a" * 1000, 10)) + b'\n{"id":1,"text":"b"}\n'
    out = BytesIO()
    assert answer(BytesIO(lines), out, scan_lines.spans_of) == 2
    assert json.loads(out.getvalue().splitlines()[-1]) == {"id": 1, "spans": []}
