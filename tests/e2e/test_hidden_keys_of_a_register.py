"""Datasette over residents known by their ID numbers, in the browser of somebody who has not even signed in."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from datasette.utils import tilde_encode  # type: ignore[import-untyped]

from deploy.demo.register.database import command
from tests.chromium import Chromium
from tests.e2e.browser import browsing
from tests.e2e.demo import client_of
from tests.e2e.keyed.people import RESIDENTS, VISITS
from tests.gateway import Gateway, gateway
from tests.ports import free_port
from tests.servers import serving

CATALOGUE = """categories:
  resident_id:
    title: {zh: 居民身份证号, en: Resident ID number}
    level: important
    mask: {keep: {last: 4}}
  person_name:
    title: {zh: 姓名, en: Name}
    level: general
    mask: redact
"""
SYSTEM = """system: books
title: {zh: 登记簿, en: Books}
hosts: [books.localhost]
upstream: http://127.0.0.1:9
state: enforcing
pack: datasette
with: {database: books}
records:
  resident:
    subject: id_no
    key: [id_no]
    search: [street]
    facets: [street]
    fields: {id_no: {category: resident_id, key_of: resident}, name: person_name, street: public}
  visit:
    subject: resident
    key: [resident, matter]
    facets: [matter]
    fields: {resident: {category: resident_id, key_of: resident, label: person_name}, matter: public}
"""
FORMS = {form for number, _, _ in RESIDENTS for form in (number, quote(number), tilde_encode(number))}


def told(text: str) -> list[str]:
    """The numbers that *text* tells, in whichever way they are written."""
    return [form for form in FORMS if form in text]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    home: Path = tmp_path_factory.mktemp("books")
    (home / "policies" / "systems").mkdir(parents=True)
    for name, text in (
        ("catalogue", CATALOGUE),
        ("grants", "grants: []\n"),
        ("callers", "callers: []\n"),
        ("systems/books", SYSTEM),
    ):
        (home / "policies" / f"{name}.yaml").write_text(text, "utf-8")
    (home / "metadata.json").write_text("{}", "utf-8")
    with closing(sqlite3.connect(home / "books.db")) as database:
        database.execute("CREATE TABLE resident (id_no TEXT PRIMARY KEY, name TEXT, street TEXT)")
        database.execute(
            "CREATE TABLE visit "
            "(resident TEXT REFERENCES resident (id_no), matter TEXT, PRIMARY KEY (resident, matter))"
        )
        database.executemany("INSERT INTO resident VALUES (?, ?, ?)", RESIDENTS)
        database.executemany("INSERT INTO visit VALUES (?, ?)", VISITS)
        database.commit()
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    with (
        serving(command(home / "books.db", port), url, home / "books.log"),
        gateway(home / "gateway", {"books": port}, policies=home / "policies", tls=True) as front,
    ):
        yield front


@pytest.fixture
def anybody(books: Gateway) -> Iterator[httpx.Client]:
    with client_of(books, "books") as client:
        yield client


def test_anybody_browses_in_a_browser_and_never_meets_a_number(books: Gateway, chromium: Chromium) -> None:
    with browsing(chromium) as browser:
        browser.get(f"https://books.localhost:{books.port}/books/resident?_size=3")
        streets, pages = [cell.text for cell in browser.all("td.col-street")], 1
        while browser.all("a[href*='_next=']") and "Next page" in browser.text:
            browser.follow("Next page")
            assert told(browser.dom) == []
            streets += [cell.text for cell in browser.all("td.col-street")]
            pages += 1
        assert (pages, sorted(streets)) == (3, sorted(street for _, _, street in RESIDENTS))
        browser.press("th.col-street a")  # the order is by a column that is shown
        assert told(browser.dom) == []
        streets = [cell.text for cell in browser.all("td.col-street")]
        assert streets == sorted(street for _, _, street in RESIDENTS)[:3]
        browser.press("td.col-id_no a")
        assert re.search("/books/resident/yb~[^/]+$", browser.driver.current_url)
        assert [cell.text for cell in browser.all("td.col-street")] == streets[:1]
        assert told(browser.dom) == []
        browser.get(f"https://books.localhost:{books.port}/books/visit?_sort=matter")
        items = [cell.text for cell in browser.all("td.col-matter")]
        assert items == sorted(item for _, item in VISITS)
        browser.press("td.col-resident a")
        assert re.search("/books/resident/yb~[^/]+$", browser.driver.current_url)
        assert told(browser.dom) == []
        browser.press("a[href*='/books/visit?resident=']")
        assert [cell.text for cell in browser.all("td.col-matter")] == items[:1]
        assert told(browser.dom) == []
        assert browser.complaints() == []


def test_a_program_follows_what_it_is_given(anybody: httpx.Client) -> None:
    seen = list[str]()
    url = "/books/resident.json?_size=3&_shape=objects"
    while url:
        answer = anybody.get(url)
        assert told(answer.text) == []
        seen += [str(row["id_no"]) for row in answer.json()["rows"]]
        url = answer.json()["next_url"] or ""
    assert len(set(seen)) == len(RESIDENTS)
    rows = [anybody.get(f"/books/resident/{handle}.json?_shape=objects").json()["rows"] for handle in seen]
    assert [[row["id_no"] for row in found] for found in rows] == [[handle] for handle in seen]
    assert sorted(row["street"] for (row,) in rows) == sorted(street for _, _, street in RESIDENTS)
    visits = [
        anybody.get(f"/books/visit.json?_shape=objects&resident={handle}").json()["filtered_table_rows_count"]
        for handle in seen
    ]
    assert sum(visits) == len(VISITS)


@pytest.mark.parametrize("number", [RESIDENTS[0][0], "110105194912310011"])
@pytest.mark.parametrize("target", ["resident/{}", "resident.json?_next={}", "visit.json?resident={}"])
def test_a_number_may_not_be_tried(anybody: httpx.Client, number: str, target: str) -> None:
    answer = anybody.get(f"/books/{target.format(number)}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "question_about_hidden_field")
