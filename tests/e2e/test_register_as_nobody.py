"""Nobody in particular reads the whole register, every page and format of it, and learns nothing about anybody."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.answers import as_text, csv_rows, for_nobody, html_rows, leaks_in, links_in
from tests.e2e.demo import Demo
from tests.e2e.truth import Truth
from tests.patience import PATIENCE_S
from yingbi.first_start import RESIDENTS

EACH = 2
"""So many addresses of one kind are followed: there are ten thousand pages of residents."""


@pytest.fixture(scope="module")
def nobody(register: Demo) -> Iterator[httpx.Client]:
    with register.client("register") as client:
        yield client


@pytest.fixture(scope="module")
def expected(truth: Truth) -> dict[str, list[dict[str, object]]]:
    """Every row as nobody may see it."""
    return {table: [for_nobody(row) for row in rows] for table, rows in truth.rows.items()}


def kind_of(target: str) -> str:
    """What *target* asks for, whatever it asks it of; pages that are sorted by different columns are of many kinds."""
    path, _, query = target.partition("?")
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if "=" in pair})
    sorted_by = re.findall(r"_sort(?:_desc)?=(\w+)", query) if "." not in path and "_next" not in names else []
    return "&".join([re.sub(r"/\d+", "/N", path), *names, *sorted_by])


def test_every_link_is_followed_and_none_leads_to_anybody(nobody: httpx.Client, truth: Truth) -> None:
    waiting, seen = deque(["/"]), {"/"}
    followed: dict[str, list[int]] = {}
    while waiting:
        target = waiting.popleft()
        statuses = followed.setdefault(kind_of(target), [])
        if len(statuses) >= EACH:
            continue
        answer = nobody.get(target)
        assert leaks_in(answer, truth) == set(), target
        statuses.append(answer.status_code)
        for link in links_in(answer):
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    answered = {kind for kind, statuses in followed.items() if set(statuses) <= {200, 302}}
    assert answered >= {
        "/",
        "/register",
        "/register/residents",
        "/register/residents/N",
        "/register/residents/N.json",
        "/register/residents&_next&_nosuggest",
        "/register/residents&_nosuggest&_sort&street",
        "/register/residents&_nosuggest&_sort_desc&id",
        "/register/residents&household_id",
        "/register/residents.json&_labels&_nosuggest",
        "/register/residents.json&_labels&_nosuggest&_shape",
        "/register/residents.csv&_labels&_nosuggest&_size",
        "/register/households",
        "/register/households/N",
        "/-/static/app.css",
    }
    refused = {kind: statuses for kind, statuses in followed.items() if kind not in answered}
    assert {status for statuses in refused.values() for status in statuses} == {403}
    hidden = ("name", "sex", "ethnicity", "birth_date", "id_no", "mobile", "bank_card", "email", "address", "remark")
    sorts = {
        kind.rpartition("&")[2] for kind in refused if re.fullmatch(r"/register/residents&_nosuggest&_sort&\w+", kind)
    }
    assert sorts == set(hidden)


@pytest.mark.parametrize("query", ["_stream=on&_size=max", "_stream=on&_size=max&_labels=on&_dl=on"])
def test_every_row_is_exported_with_every_cell_masked(
    nobody: httpx.Client, truth: Truth, expected: Any, query: str
) -> None:
    answer = nobody.get(f"/register/residents.csv?{query}")
    assert "content-length" not in answer.headers, "it was streamed"
    shown = csv_rows(answer.text)
    assert len(shown) == RESIDENTS
    for row in shown:
        row.pop("household_id_label", None)
    assert shown == [as_text(row) for row in expected["residents"]]
    assert leaks_in(answer, truth) == set()


def test_every_row_is_paged_through_as_json(nobody: httpx.Client, truth: Truth, expected: Any) -> None:
    shown: list[dict[str, Any]] = []
    target = "/register/residents.json?_size=1000&_shape=objects"
    while target:
        answer = nobody.get(target)
        assert leaks_in(answer, truth) == set()
        shown += answer.json()["rows"]
        target = answer.json()["next_url"]
    assert shown == expected["residents"]


SHAPES: dict[str, Callable[[Any], list[dict[str, Any]]]] = {
    "arrays": lambda page: [dict(zip(page["columns"], row, strict=True)) for row in page["rows"]],
    "objects": lambda page: page["rows"],
    "array": lambda page: page,
    "object": lambda page: list(page.values()),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("table", ["residents", "households"])
def test_a_page_in_every_shape(nobody: httpx.Client, truth: Truth, expected: Any, table: str, shape: str) -> None:
    answer = nobody.get(f"/register/{table}.json?_shape={shape}&_size=200")
    assert SHAPES[shape](answer.json()) == expected[table][:200]
    assert leaks_in(answer, truth) == set()


def test_a_list_of_first_cells_is_a_list_of_nothing(nobody: httpx.Client) -> None:
    """`arrayfirst` says nothing of what its cells are, so none is declared."""
    assert nobody.get("/register/residents.json?_shape=arrayfirst&_size=3").json() == [None, None, None]


def test_labels_of_foreign_keys(nobody: httpx.Client) -> None:
    page = nobody.get("/register/residents.json?_labels=on&_size=1&_shape=array").json()
    assert page[0]["household_id"] == {"value": 1, "label": "1"}
    rows = csv_rows(nobody.get("/register/residents.csv?_labels=on&_size=1").text)
    assert (rows[0]["household_id"], rows[0]["household_id_label"]) == ("1", "1")


def test_pages_one_after_another(nobody: httpx.Client, truth: Truth, expected: Any) -> None:
    shown: list[dict[str, str]] = []
    target = "/register/residents"
    for _ in range(5):
        answer = nobody.get(target)
        assert leaks_in(answer, truth) == set()
        rows = html_rows(answer.text)
        shown += [{**row, "household_id": row["household_id"].split("\xa0")[0]} for row in rows]
        target = re.findall(r'<a href="([^"]+)">Next page', answer.text)[0].replace("&amp;", "&")
    assert shown == [as_text(row) for row in expected["residents"][:500]]


def test_a_large_page_is_masked_as_it_flows(nobody: httpx.Client, truth: Truth, expected: Any) -> None:
    answer = nobody.get("/register/residents?_size=1000&_next=3000")
    assert "content-length" not in answer.headers
    assert [row["name"] for row in html_rows(answer.text)] == [row["name"] for row in expected["residents"][3000:4000]]
    assert leaks_in(answer, truth) == set()


ERRORS = {
    "/register/residents/999999": 404,
    "/register/residents/999999.json": 404,
    "/register/residents/nobody,at,all": 404,
    "/register/residents?_size=many": 400,
    "/register/residents.json?_size=999999": 400,
    "/register/residents.csv?_size=many": 400,
    "/register/residents?_sort=id&_sort_desc=id": 500,
    "/register/residents.json?_sort=id&_sort_desc=id": 500,
    "/-/static/nothing.css": 404,
}


@pytest.mark.parametrize("target", ERRORS)
def test_errors(nobody: httpx.Client, truth: Truth, target: str) -> None:
    answer = nobody.get(target)
    assert answer.status_code == ERRORS[target]
    assert leaks_in(answer, truth) == set()
    assert "yingbi-event" in answer.headers


def test_files_that_are_the_same_for_everybody_pass_as_they_are(register: Demo, nobody: httpx.Client) -> None:
    behind = f"http://127.0.0.1:{register.ports['register']}"
    for target in ("/favicon.ico", "/-/static/app.css", "/-/static/table.js"):
        answer, original = nobody.get(target), httpx.get(behind + target, trust_env=False, timeout=PATIENCE_S)
        assert (answer.status_code, answer.content) == (200, original.content)
        assert answer.headers["content-type"] == original.headers["content-type"]
