"""Files of cases and of people: read as a whole or not at all, and nothing of a bad one is repeated."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.digest import Digester
from siem.baseline.calendar import LOCAL
from siem.reasons.case import ANYBODY, Case, People, Person
from siem.reasons.feed import MOST_TOLD, BadFeed, read_cases, read_people

DIGESTER = Digester("1", b"k" * 32)
COLUMNS = {"person": "id_no", "case": "no", "callers": "handler", "posts": "desk", "from": "opened", "until": "closed"}
WANG, LI = "330199199001011233", "330199198502023457"
HEAD = "id_no,no,handler,desk,opened,closed\n"


def cases_in(text: str | bytes, columns: dict[str, str] = COLUMNS) -> tuple[Case, ...]:
    return read_cases(text.encode() if isinstance(text, str) else text, columns, DIGESTER.each)


GOOD = {
    "a comma": HEAD + f"{WANG},A-1,clerk-wang;clerk-li,hall,2026-11-20,2026-11-25\n",
    "JSON lines": f'{{"id_no": "{WANG}", "no": "A-1", "handler": ["clerk-wang", "clerk-li"], "desk": "hall",'
    ' "opened": "2026-11-20", "closed": "2026-11-25", "name": {"not": "asked for"}}\n',
    "a JSON list": f'[{{"id_no": "{WANG}", "no": "A-1", "handler": "clerk-li clerk-wang", "desk": "hall",'
    ' "opened": "2026/11/20", "closed": "2026-11-25"}]',
    "other columns, and no end": f"closed,name,id_no,desk,opened,handler,no\n"
    f'2026-11-25,"王\n芳",\'{WANG},hall,2026-11-20T00:00+08:00,clerk-li；clerk-wang,A-1',
    "full width": HEAD + "３３０１９９１９９００１０１１２３３,A-1,clerk-wang、clerk-li,hall,2026-11-20,2026-11-25\n",
    "a digest": HEAD + f"{DIGESTER(WANG)},A-1,clerk-wang clerk-li,hall,2026-11-20,2026-11-25\n",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_row_becomes_a_case(text: str, encoding: str) -> None:
    (case,) = cases_in(text.encode(encoding))
    assert case.person == DIGESTER(WANG)
    assert case.number == DIGESTER("A-1")
    assert case.handlers == ("caller:clerk-li", "caller:clerk-wang", "post:hall")
    assert case.since == datetime(2026, 11, 20, tzinfo=LOCAL)
    assert case.until is not None
    assert timedelta(0) < datetime(2026, 11, 26, tzinfo=LOCAL) - case.until <= timedelta(seconds=1)


def test_a_case_that_names_nobody_is_anybodys_and_open() -> None:
    (case,) = cases_in(f"id_no,no\n{WANG},A-1\n", {"person": "id_no", "case": "no"})
    assert (case.handlers, case.since, case.until) == ((ANYBODY,), None, None)


BAD_ROWS = {
    "no identifier": ",A-1,,,,",
    "an identifier that a spreadsheet has rounded": "3.30199E+17,A-1,,,,",
    "one that it has cut short": "330199196811044000,A-1,,,,",
    "a masked identifier": "330106********1230,A-1,,,,",
    "a name": "王芳,A-1,,,,",
    "no number": f"{WANG},,,,,",
    "no time": f"{WANG},A-1,,,yesterday,",
    "a time that is none": f"{WANG},A-1,,,2026-13-40,",
    "the year 9999": f"{WANG},A-1,,,,9999-12-31T23:59:59",
    "an end before the beginning": f"{WANG},A-1,,,2026-11-20,2026-11-19",
    "a person for a handler": f"{WANG},A-1,{LI},,,",
    "a phone for a post": f"{WANG},A-1,,13800138000,,",
    "too few cells": f"{WANG},A-1",
    "too many cells": f"{WANG},A-1,,,,,{LI}",
    "a long identifier": f"{'1' * 300},A-1,,,,",
}


@pytest.mark.parametrize("row", BAD_ROWS.values(), ids=BAD_ROWS)
def test_one_bad_row_refuses_the_file_and_is_told_by_its_line(row: str) -> None:
    with pytest.raises(BadFeed) as caught:
        cases_in(f"{HEAD}{LI},A-9,,,,\n{row}\n{LI},A-8,,,,\n")
    assert [line for line, _ in caught.value.wrong] == [3]
    said = f"{caught.value} {caught.value.wrong}"
    assert not [cell for cell in row.split(",") if len(cell) > 1 and cell in said]
    assert " / " in caught.value.wrong[0][1]


BAD_FILES = {
    "nothing": b"",
    "the head of another": b"id,no\n1,2\n",
    "a name twice": b"id_no,id_no,no,handler,desk,opened,closed\n",
    "an archive": b"PK\x03\x04\x00\x00\x00",
    "no encoding": HEAD.encode() + b"\xff\xff\xff",
    "an open quote": f'{HEAD}{WANG},A-1,"open\n{LI},A-2,,,,\n'.encode(),
    "half a JSON": b'[{"id_no": "1234"',
    "a deep JSON": b"[" * 5000,
    "JSON lines that are none": b'{"id_no": 1}\n]\n',
    "a JSON of numbers": b"[1, 2]",
    "an inner object": b'[{"id_no": {"a": 1}, "no": "A"}]',
    "a torn line": f'{{"id_no": "{WANG}", "no": "A-1"}}\n{{"id_no": "{LI}'.encode(),
}


@pytest.mark.parametrize("data", BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(BadFeed) as caught:
        cases_in(data)
    assert caught.value.wrong
    assert WANG not in str(caught.value)
    assert LI not in str(caught.value)


def test_no_more_lines_are_named_than_anybody_reads() -> None:
    with pytest.raises(BadFeed) as caught:
        cases_in(HEAD + ",,,,,\n" * 1000)
    assert (len(caught.value.wrong), caught.value.count) == (MOST_TOLD, 1000)


@given(st.binary() | st.text().map(lambda text: (HEAD + text).encode("utf-8", "replace")))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with suppress(BadFeed):
        cases_in(data)


@given(st.permutations([f"{1000 + number},A-{number % 3},,,," for number in range(6)]))
def test_the_order_of_rows_does_not_matter(rows: list[str]) -> None:
    assert {*cases_in(HEAD + "\n".join(rows))} == {*cases_in(HEAD + "\n".join(sorted(rows)))}


MISSPELLED = f"person,caller\n{WANG[:-1]}4,clerk-wang\n"


def test_lists_of_people() -> None:
    text = f"name,person,caller\n王芳,{WANG},clerk-wang\n".encode()
    assert read_people(text, People.STAFF, DIGESTER.each) == (Person(person=DIGESTER(WANG), caller="clerk-wang"),)
    assert read_people(text, People.LISTED, DIGESTER.each) == (Person(person=DIGESTER(WANG)),)
    for wrong in (f"person,caller\n{WANG},\n", f"person,caller\n{WANG},{LI}\n", "person,caller\n***,a\n", MISSPELLED):
        with pytest.raises(BadFeed, match=r"^2: "):
            read_people(wrong.encode(), People.RELATIVES, DIGESTER.each)
