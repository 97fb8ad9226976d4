"""The register as a SQLite file, and the command that serves it with Datasette as it comes."""

import errno
import json
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path

from deploy.demo.register.people import generate
from deploy.demo.register.resident import Household, Register, Resident
from deploy.private_file import write_private

_SCHEMA = """
CREATE TABLE households (
    id INTEGER PRIMARY KEY,
    household_no TEXT NOT NULL UNIQUE,
    head_name TEXT NOT NULL,
    address TEXT NOT NULL,
    street TEXT NOT NULL,
    members INTEGER NOT NULL
);
CREATE TABLE residents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sex TEXT NOT NULL,
    ethnicity TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    id_no TEXT NOT NULL UNIQUE,
    mobile TEXT NOT NULL,
    bank_card TEXT NOT NULL,
    email TEXT NOT NULL,
    address TEXT NOT NULL,
    household_id INTEGER NOT NULL REFERENCES households(id),
    street TEXT NOT NULL,
    service TEXT NOT NULL,
    status TEXT NOT NULL,
    registered_on TEXT NOT NULL,
    remark TEXT NOT NULL
);
CREATE VIRTUAL TABLE residents_fts USING fts5(street, service, status, content="residents", content_rowid="id");
"""  # Datasette finds the search table by content="residents", in double quotes
_INDEX = """
CREATE INDEX residents_household ON residents(household_id);
INSERT INTO residents_fts(residents_fts) VALUES ('rebuild');
"""
_METADATA = {
    "title": "云溪区居民登记册",
    "description": "演示数据：人物、号码与地址均为虚构。",
    "databases": {"register": {"tables": {"residents": {"title": "居民"}, "households": {"title": "户"}}}},
}


def id_no_of(folder: Path, resident: int) -> str:
    """The invented identity number of the *resident* of that number in the register in *folder*.

    Raises OSError where there is no register, LookupError where nobody has that number.
    """
    database = files_in(folder).database
    if not database.exists():
        raise FileNotFoundError(errno.ENOENT, "there is no register yet", str(database))
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT id_no FROM residents WHERE id = ?", (resident,)).fetchone()
    if row is None:
        raise LookupError(f"nobody has the number {resident}")
    return str(row[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFiles:
    """Where a register lies."""

    database: Path
    metadata: Path
    canaries: Path
    """The canaries' ID numbers, one to a line; for the owner's eyes."""


def make_register(folder: Path, *, residents: int, seed: int) -> RegisterFiles:
    """The files of a new register in *folder*, in the place of any that were there. Raises ValueError for too few."""
    register = generate(residents, seed)
    folder.mkdir(parents=True, exist_ok=True)
    files = files_in(folder)
    unfinished = folder / "register.db.new"
    unfinished.unlink(missing_ok=True)
    _write_database(unfinished, register)
    files.metadata.write_text(json.dumps(_METADATA, ensure_ascii=False, indent=2) + "\n", "utf-8")
    write_private(files.canaries, "".join(person.id_no + "\n" for person in register.canaries).encode())
    unfinished.replace(files.database)  # last: who sees the database finds the rest
    return files


def files_in(folder: Path) -> RegisterFiles:
    """Where the register of *folder* lies, made or not."""
    return RegisterFiles(
        database=folder / "register.db", metadata=folder / "metadata.json", canaries=folder / "canaries.txt"
    )


def command(database: Path, port: int) -> list[str]:
    """What to run to have Datasette serve *database* on the loopback interface.

    Exports have no limit in size, and links are made for the TLS that the gateway puts in front.
    """
    return [
        *(sys.executable, "-m", "datasette", "serve", str(database)),
        *("--metadata", str(files_in(database.parent).metadata)),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--setting", "max_csv_mb", "0"),
        *("--setting", "force_https_urls", "1"),
    ]


def _write_database(path: Path, register: Register) -> None:
    database = sqlite3.connect(path)
    try:
        database.executescript(_SCHEMA)
        with database:
            _insert(database, "households", Household, register.households)
            _insert(database, "residents", Resident, register.residents)
        database.executescript(_INDEX)
    finally:
        database.close()


def _insert(
    database: sqlite3.Connection,
    table: str,
    kind: type[Household | Resident],
    rows: Iterable[Household | Resident],
) -> None:
    columns = [field.name for field in fields(kind)]
    marks = ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  names of our own fields
    values = attrgetter(*columns)
    database.executemany(statement, ([_stored(value) for value in values(row)] for row in rows))


def _stored(value: object) -> object:
    return value if isinstance(value, int) else str(value)
