"""Everything that a caller may fetch of a thousand people, in every format and of both systems, put side by side."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.answers import csv_rows, html_rows
from tests.e2e.counter import LIST, Counter, change, dump, fields_of
from tests.e2e.demo import Demo, demo
from tests.e2e.recovery import Pieces, digits_left, numbers_left
from tests.e2e.truth import Truth, truth_of

SUBJECTS = 1_000
LEAST = 1_000
"""Candidates that must be left: what the catalogue asks for unless it says otherwise."""
NUMBERS = {"id_no": 18, "mobile": 11}
HIDDEN_DIGITS = 3
"""A thousand possibilities."""
READ = ("id_no", "birth_date", "sex", "mobile", "bank_card", "name", "address", "remark")
ROW_PAGES = 20
"""Pages of one row: they show what the lists do, and there are ten thousand."""


def register_rows(client: httpx.Client) -> Iterator[tuple[int, dict[str, object]]]:
    """Rows of the register with their numbers, from every operation and in every format that shows some."""
    table = "/register/residents"
    for shape in ("objects", "array", "arrays"):
        yield from json_rows(client.get(f"{table}.json", params={"_size": SUBJECTS, "_shape": shape}).json())
    exported = client.get(f"{table}.csv", params={"_size": SUBJECTS}).text
    yield from ((int(row["id"]), dict[str, object](row)) for row in csv_rows(exported))
    target: str | None = f"{table}?_size=100"
    for _ in range(SUBJECTS // 100):
        assert target is not None
        page = client.get(target).text
        yield from ((int(row["id"]), dict[str, object](row)) for row in html_rows(page) if row["id"].isdigit())
        following = re.search(r'href="([^"]*)">Next page', page)
        target = following[1].replace("&amp;", "&") if following else None
    for number in range(1, ROW_PAGES + 1):
        yield from json_rows(client.get(f"{table}/{number}.json").json())
        for row in html_rows(client.get(f"{table}/{number}").text):
            yield number, dict[str, object](row)


def json_rows(answer: Any) -> Iterator[tuple[int, dict[str, object]]]:
    """The rows of a JSON answer, whatever its shape."""
    for row in answer if isinstance(answer, list) else answer["rows"]:
        known = row if isinstance(row, dict) else dict(zip(answer["columns"], row, strict=True))
        yield int(known["id"]), known


def hall_rows(counter: Counter, numbers: list[int]) -> Iterator[tuple[int, dict[str, object]]]:
    """What the hall shows of applications: in its list, and in the form of each of *numbers*."""
    page = counter.get(f"{LIST}?all=").text
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        cells = dict(re.findall(r'<t[dh] class="field-(\w+)[^"]*">(.*?)</t[dh]>', row, re.DOTALL))
        if (found := re.search(rf"{LIST}(\d+)/change/", row)) is not None:
            yield int(found[1]), {name: re.sub("<[^>]*>", "", text) for name, text in cells.items()}
    for number in numbers:
        yield number, dict[str, object](fields_of(counter.get(change(number)).text))


def gather(rows: Iterator[tuple[int, dict[str, object]]], into: dict[str, Pieces], ids: dict[int, str]) -> int:
    """Add *rows* to what is known of each person, by ID number. Returns how many rows told of somebody."""
    told = 0
    for number, row in rows:
        if number in ids:
            told += 1
            into[ids[number]].add(row, READ)
    return told


@pytest.fixture(scope="module")
def truth(hall: Demo) -> Truth:
    return truth_of(hall.register.database)


def residents(truth: Truth) -> dict[int, str]:
    return {int(str(row["id"])): str(row["id_no"]) for row in truth.rows["residents"][:SUBJECTS]}


CALLERS: dict[str, Callable[[Demo, str], dict[str, str]]] = {
    "nobody": lambda demo, system: {},
    "clerk": lambda demo, system: {"Authorization": f"Bearer {demo.token(system)}"},
    "batch": lambda demo, system: {"X-Api-Key": demo.keys["batch-stats"]},
}


@pytest.mark.parametrize("caller", CALLERS)
def test_nobody_can_put_a_number_together(hall: Demo, truth: Truth, caller: str) -> None:
    headers, known = CALLERS[caller], defaultdict[str, Pieces](Pieces)
    with hall.client("register", headers(hall, "register")) as client:
        assert gather(register_rows(client), known, residents(truth)) > 5 * SUBJECTS
    if caller == "clerk":
        counter = Counter(hall, headers(hall, "hall"))
        rows = dump(hall.hall.database)["hall_application"]
        ids = {number: str(row["id_no"]) for number, row in rows.items()}
        with closing(counter.client):
            assert gather(hall_rows(counter, sorted(ids)[:ROW_PAGES]), known, ids) > ROW_PAGES
    assert len(known) >= SUBJECTS
    left = {number: numbers_left(pieces, number[:6]) for number, pieces in known.items()}
    assert min(left.values()) >= LEAST
    granted = {"mobile"} if caller == "clerk" else set()
    for name in NUMBERS.keys() - granted:
        assert all(digits_left(pieces, name, NUMBERS[name]) >= HIDDEN_DIGITS for pieces in known.values()), name
    remarks = [text for pieces in known.values() for text in pieces.shown["remark"]]
    assert {kind for text in remarks for kind, _ in truth.found_in(text)} <= {"name"} & granted


LOOSER = {
    "the day of birth is shown": ("birth_date", "mask: redact", "mask: show"),
    "the month of birth is shown": ("birth_date", "mask: redact", "mask: {date: {to: month}}"),
}


@pytest.mark.parametrize("change", LOOSER)
def test_the_attacker_is_no_fool(tmp_path: Path, change: str) -> None:
    category, before, after = LOOSER[change]

    def edit(policies: Path) -> None:
        path = policies / "catalogue.yaml"
        text = path.read_text("utf-8")
        start = text.index(f"  {category}:\n")
        path.write_text(text[:start] + text[start:].replace(before, after, 1), "utf-8")

    with demo(tmp_path, edit=edit) as looser, looser.client("register") as client:
        truth, known = truth_of(looser.register.database), defaultdict[str, Pieces](Pieces)
        gather(register_rows(client), known, residents(truth))
    few = dict(list(known.items())[:20])
    assert min(numbers_left(pieces, number[:6]) for number, pieces in few.items()) < LEAST, few
