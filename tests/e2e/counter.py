"""A counter of the hall: somebody of its staff at work in Django's admin, through the gateway."""

import html
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from tests.e2e.demo import Demo

LIST = "/admin/hall/application/"
type Table = dict[int, dict[str, object]]
"""Rows by their number."""


def change(number: int) -> str:
    """Where the form of an application is."""
    return f"{LIST}{number}/change/"


class Counter:
    """A browser-like client of the hall that has signed in to Django."""

    def __init__(self, demo: Demo, headers: dict[str, str]) -> None:
        self.client = demo.client("hall", headers)
        self.client.headers["Origin"] = demo.url("hall")
        page = self.client.get("/admin/login/?next=/admin/")
        form = {**fields_of(page.text), "username": "clerk", "password": demo.hall.password.read_text("ascii").strip()}
        answer = self.client.post("/admin/login/?next=/admin/", data=form)
        assert (answer.status_code, answer.headers["location"]) == (302, "/admin/"), answer.text

    def get(self, target: str) -> httpx.Response:
        return self.client.get(target)

    def form(self, target: str) -> dict[str, str]:
        """What a browser would send of the form at *target*, untouched."""
        page = self.client.get(target)
        assert page.status_code == 200, page.text
        return fields_of(page.text)

    def save(self, target: str, form: dict[str, str], **changes: str) -> httpx.Response:
        """Send *form* with *changes*, as a browser would."""
        return self.client.post(target, data={**form, **changes, "_save": "保存"})


def fields_of(page: str) -> dict[str, str]:
    """The controls of a page and their values, as a browser sends them."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") in ("text", "hidden") and "name" in attributes:
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name] = html.unescape(text.lstrip("\r").removeprefix("\n")).replace("\n", "\r\n")
    for name, inner in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', inner)
        found[name] = html.unescape(chosen[0]) if chosen else ""
    return found


def dump(database: Path) -> dict[str, Table]:
    """Every row of every table, by its key: all that the hall's database holds."""
    with closing(sqlite3.connect(database)) as opened:
        opened.row_factory = sqlite3.Row
        names = [row["name"] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: {row["rowid"]: dict(row) for row in opened.execute(f"SELECT rowid AS rowid, * FROM {name}")}
            for name in names
        }


def changes(before: dict[str, Table], after: dict[str, Table]) -> dict[tuple[str, int], dict[str, object]]:
    """By table and row: the columns that differ, with their new values; Django's sessions and journal left out."""
    found: dict[tuple[str, int], dict[str, object]] = {}
    for name in before.keys() | after.keys():
        if name in ("django_session", "django_admin_log", "sqlite_sequence"):
            continue
        old, new = before.get(name, {}), after.get(name, {})
        for number in old.keys() | new.keys():
            was, became = old.get(number, {}), new.get(number, {})
            columns = [column for column in was.keys() | became.keys() if was.get(column) != became.get(column)]
            if columns:
                found[name, number] = {column: became.get(column) for column in columns}
    return found
