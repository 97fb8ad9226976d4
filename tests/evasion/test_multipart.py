"""Answers in parts: masked part by part where that is declared, and withheld wherever a part could be read otherwise."""

import json

import pytest

from tests.evasion.cases import CELL, PERSON, ROWS, ROWS_MASKED
from tests.evasion.test_streams import chunked, pieces_of
from tests.front import Answer, Front
from tests.rig import MOBILE, NAME
from tests.scripted import answering

MIXED = "multipart/mixed; boundary=x"
ONE = json.dumps(PERSON, ensure_ascii=False)
ONE_SHOWN = '{"id":1,"name":"张**","id_no":"**************002X","mobile":"138****8000","note":"***"}'


def parts(*contents: tuple[str, str], before: str = "") -> str:
    return before + "".join(f"--x\r\nContent-Type: {said}\r\n\r\n{each}\r\n" for said, each in contents) + "--x--\r\n"


def asked(front: Front, body: str, said: str = MIXED, target: str = "/parts") -> Answer:
    return front.ask(answering(body.encode(), said), target=target)


def test_each_part_is_masked_by_its_own_type(declaring_front: Front) -> None:
    xml = f"<person><name>{NAME}</name></person>"
    answer = asked(
        declaring_front,
        parts(("application/json", ONE), ("text/csv", ROWS), ("text/html", f"<p>{MOBILE}</p>"), ("text/xml", xml)),
    )
    assert (answer.status, answer.tells) == (200, set())
    media_type, _, boundary = answer.headers["content-type"].partition("; boundary=")
    assert media_type == "multipart/mixed"
    shown = answer.body.decode().replace(boundary, "x")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    assert shown == parts(
        ("application/json", ONE_SHOWN),
        ("text/csv; charset=utf-8", ROWS_MASKED),
        ("text/html; charset=utf-8", "<p>***</p>"),
        ("text/xml; charset=utf-8", f"{head}<person><name>张**</name></person>"),
    )


CASES = {
    "a part that nobody declared": parts(("text/plain", f"{NAME}{MOBILE}")),
    "a part that lies": parts(("application/json", CELL)),
    "a page that is data": parts(("text/html", ONE)),
    "one good part, one bad": parts(("application/json", ONE), ("text/csv", ONE)),
    "a preamble": parts(("application/json", ONE), before=f"{NAME}\r\n"),
    "parts in parts": parts(("multipart/mixed; boundary=y", parts(("application/json", ONE)))),
    "bare line ends": parts(("application/json", ONE)).replace("\r\n", "\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_part_in_doubt_is_withheld_with_all_others(declaring_front: Front, case: str) -> None:
    answer = asked(declaring_front, CASES[case])
    assert (answer.status, answer.tells) == (502, set())
    assert answer.reason in ("answer_unreadable", "answer_not_declared")


@pytest.mark.parametrize(
    "said",
    [
        "multipart/byteranges; boundary=x",
        "multipart/x-mixed-replace; boundary=x",
        "multipart/related; boundary=x",
        "multipart/mixed",
    ],
)
def test_other_parts_are_not_read(declaring_front: Front, said: str) -> None:
    answer = asked(declaring_front, parts(("application/json", ONE)), said)
    assert (answer.status, answer.reason) == (502, "answer_not_declared")


def test_parts_that_nobody_declared_are_not_read(declaring_front: Front) -> None:
    answer = asked(declaring_front, parts(("application/json", ONE)), target="/people")
    assert (answer.status, answer.reason) == (502, "answer_not_declared")


def test_parts_flow_and_a_bad_one_cuts(declaring_front: Front) -> None:
    good = parts(
        ("application/json", ONE), ("text/csv", "id,name,id_no\r\n" + ROWS.split("\r\n")[1].join(["", "\r\n"]) * 60_000)
    )
    answer = declaring_front.ask(chunked(MIXED, pieces_of(good.encode())), target="/parts")
    assert (answer.status, answer.is_whole, answer.tells) == (200, True, set())
    bad = good.replace("--x--", f"--x\r\nContent-Type: text/plain\r\n\r\n{NAME}\r\n--x--")
    answer = declaring_front.ask(chunked(MIXED, pieces_of(bad.encode())), target="/parts")
    assert (answer.status, answer.is_whole, answer.tells) == (200, False, set())
