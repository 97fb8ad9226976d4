"""A clinic's register of patients that knows of no gateway: a list, a search, an API and a form, over SQLite.

Run it as `python -m tests.stored.clinic DATABASE PORT`.
"""

import html
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

FIELDS = ("card", "name", "mobile", "diagnosis")


class Clinic:
    """The register in the file *database*."""

    def __init__(self, database: Path) -> None:
        self.database = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self.database.row_factory = sqlite3.Row
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS patients"
            " (id INTEGER PRIMARY KEY, card TEXT, name TEXT, mobile TEXT, diagnosis TEXT)"
        )

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/patients", self.listed, methods=["GET"]),
                Route("/patients", self.added, methods=["POST"]),
                Route("/patients/{id:int}", self.one, methods=["GET"]),
                Route("/patients/{id:int}", self.replaced, methods=["PUT"]),
                Route("/patients/{id:int}/edit", self.form, methods=["GET"]),
                Route("/patients/{id:int}/edit", self.saved, methods=["POST"]),
            ]
        )

    async def listed(self, request: Request) -> Response:
        mobile = request.query_params.get("mobile")
        rows = self.database.execute(
            "SELECT * FROM patients WHERE ? IS NULL OR mobile = ? ORDER BY id", (mobile, mobile)
        )
        return JSONResponse({"patients": [dict(row) for row in rows]})

    async def added(self, request: Request) -> Response:
        made = self._write(json.loads(await request.body()))
        return JSONResponse(self._row(made), 201)

    async def one(self, request: Request) -> Response:
        return JSONResponse(self._row(request.path_params["id"]))

    async def replaced(self, request: Request) -> Response:
        number = request.path_params["id"]
        self._write(json.loads(await request.body()), number)
        return JSONResponse(self._row(number))

    async def form(self, request: Request) -> Response:
        row = self._row(request.path_params["id"])
        inputs = "".join(f'<input name="{name}" value="{html.escape(row[name] or "")}">' for name in FIELDS)
        return HTMLResponse(
            f"<!doctype html><title>Patient</title><form method=post>{inputs}<button>OK</button></form>"
        )

    async def saved(self, request: Request) -> Response:
        sent = parse_qs((await request.body()).decode(), keep_blank_values=True)
        number = request.path_params["id"]
        self._write({name: values[0] for name, values in sent.items()}, number)
        return RedirectResponse(f"/patients/{number}/edit", 303)

    def _row(self, number: int) -> dict[str, Any]:
        return dict(self.database.execute("SELECT * FROM patients WHERE id = ?", (number,)).fetchone())

    def _write(self, values: dict[str, Any], number: int | None = None) -> int:
        sent = [values.get(name) for name in FIELDS]
        if number is None:
            statement = "INSERT INTO patients (card, name, mobile, diagnosis) VALUES (?, ?, ?, ?)"
            return int(self.database.execute(statement, sent).lastrowid or 0)
        statement = "UPDATE patients SET card = ?, name = ?, mobile = ?, diagnosis = ? WHERE id = ?"
        self.database.execute(statement, (*sent, number))
        return number


if __name__ == "__main__":
    uvicorn.run(Clinic(Path(sys.argv[1])).app(), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
