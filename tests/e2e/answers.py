"""What the register's answers hold, and what each kind of caller should be shown of a row: said here independently."""

import csv
import html
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx

from tests.e2e.truth import Truth

type Row = dict[str, object]

_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r'<td class="col-(\w+) type-\w+">(.*?)</td>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NEXT = re.compile(r"_next=(\d{4}-\d{2}-\d{2})(?:%2C|,)(\d+)")
"""The cursor of a page that is sorted by the day of registration: the last row's day, and its id."""
_REGISTERED_ON = re.compile(r'(<td class="col-registered_on type-str">)([\d-]+)(</td>)')


def for_nobody(row: Row) -> Row:
    """*row* as the catalogue of the demo says that everybody may see it."""
    masks: dict[str, Callable[[str], str]] = {
        "name": lambda value: value[0] + "**",
        "head_name": lambda value: value[0] + "**",
        "id_no": lambda value: "*" * 14 + value[-4:],
        "mobile": lambda value: value[:3] + "****" + value[-4:],
        "bank_card": lambda value: "*" * (len(value) - 4) + value[-4:],
    }
    hidden = ("sex", "ethnicity", "birth_date", "email", "address", "remark", "household_no")
    return {
        key: masks[key](str(value)) if key in masks else "***" if key in hidden else value for key, value in row.items()
    }


def html_rows(page: str) -> list[dict[str, str]]:
    """The cells of each row of a Datasette page, as a reader sees them."""
    found = []
    for row in _ROW.findall(page):
        cells = {name: html.unescape(_TAG.sub("", value)).strip() for name, value in _CELL.findall(row)}
        if cells:
            found.append(cells)
    return found


def csv_rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV export."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def as_text(row: Row) -> dict[str, str]:
    """*row* as HTML and CSV spell it."""
    return {key: str(value) for key, value in row.items()}


class Links(HTMLParser):
    """Everything a page leads to: links, files it is built of, forms that ask."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attributes if name in ("href", "src", "action") and value]


def links_in(answer: httpx.Response) -> list[str]:
    """The addresses that *answer* leads to, behind the same name, in order."""
    found: list[str] = []
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html"):
        links = Links()
        links.feed(answer.text)
        found = links.found
    elif kind.startswith("application/json"):
        found = re.findall(r'"(?:next|toggle)_url":"([^"]+)"', answer.text)
    elif answer.is_redirect:
        found = [answer.headers["location"]]
    urls = (httpx.URL(urljoin(str(answer.url), link)).copy_with(fragment=None) for link in found)
    return [url.raw_path.decode() for url in dict.fromkeys(urls) if url.netloc == answer.url.netloc]


def leaks_in(answer: httpx.Response, truth: Truth, *, but: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
    """Everything personal that stands in *answer*, in its head or its body.

    A birth date may be somebody's day of registration as well, which everybody may see: it is no finding where it
    stands as that of the row it belongs to, and nowhere else.
    """
    registered = [str(row["registered_on"]) for row in truth.rows["residents"]]

    def without(match: re.Match[str]) -> str:
        assert match[1] == registered[int(match[2]) - 1], "not the day on which the last row was registered"
        return "_next="

    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.multi_items())
    body = _without_registrations(answer, registered)
    return set().union(*(truth.found_in(_NEXT.sub(without, text), but=but) for text in (head, body)))


def _without_registrations(answer: httpx.Response, registered: list[str]) -> str:
    text, kind = answer.text, answer.headers.get("content-type", "")
    if kind.startswith("text/html"):
        rows = iter(row for row in html_rows(text) if "registered_on" in row)

        def without(match: re.Match[str]) -> str:
            assert match[2] == registered[int(next(rows)["id"]) - 1]
            return match[1] + match[3]

        return _REGISTERED_ON.sub(without, text)
    if kind.startswith("application/json"):
        return json.dumps(_without_days(answer.json(), registered), ensure_ascii=False)
    if answer.url.path.endswith(".csv") and answer.status_code == 200:
        rows_of_text = csv.reader(io.StringIO(text, newline=""))
        header = next(rows_of_text)
        if "registered_on" not in header:
            return text
        day, key = header.index("registered_on"), header.index("id")
        lines = [",".join(header)]
        for row in rows_of_text:
            assert row.pop(day) == registered[int(row[key]) - 1]
            lines.append(",".join(row))
        return "\n".join(lines)
    return text


def _without_days(value: Any, registered: list[str]) -> Any:
    """*value* without the days of registration that are the right ones; the rest as it is."""
    if isinstance(value, dict):
        columns, rows = value.get("columns"), value.get("rows")
        if isinstance(columns, list) and "registered_on" in columns and isinstance(rows, list):
            value = {**value, "rows": [_as_object(columns, row) for row in rows]}
        if "registered_on" in value and "id" in value:
            assert value["registered_on"] == registered[value["id"] - 1]
        return {key: _without_days(item, registered) for key, item in value.items() if key != "registered_on"}
    if isinstance(value, list):
        return [_without_days(item, registered) for item in value]
    return value


def _as_object(columns: list[str], row: Any) -> Any:
    return dict(zip(columns, row, strict=True)) if isinstance(row, list) else row
