import csv
import io
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import httpx
import pytest

from deploy.demo.register.__main__ import main
from deploy.demo.register.database import RegisterFiles, command, make_register
from deploy.demo.register.people import generate
from tests.patience import PATIENCE_S
from tests.ports import free_port
from tests.servers import serving

COUNT = 2500


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> RegisterFiles:
    return make_register(tmp_path_factory.mktemp("register"), residents=COUNT, seed=7)


@pytest.fixture(scope="module")
def datasette(files: RegisterFiles) -> Iterator[httpx.Client]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = files.database.parent / "datasette.log"
    with (
        serving(command(files.database, port), url, log),
        httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE_S) as client,
    ):
        yield client


def test_the_rows_are_those_that_were_generated(files: RegisterFiles) -> None:
    register = generate(COUNT, 7)
    with sqlite3.connect(files.database) as database:
        residents = database.execute("SELECT * FROM residents ORDER BY id").fetchall()
        households = database.execute("SELECT * FROM households ORDER BY id").fetchall()
        damage = database.execute("PRAGMA foreign_key_check").fetchall()
    database.close()
    assert households == [astuple(household) for household in register.households]
    assert residents == [
        tuple(value if isinstance(value, int) else str(value) for value in astuple(person))
        for person in register.residents
    ]
    assert damage == []


def test_the_canaries_are_known_to_the_owner_only(files: RegisterFiles) -> None:
    assert files.canaries.stat().st_mode & 0o777 == 0o600
    numbers = files.canaries.read_text().split()
    assert numbers == [person.id_no for person in generate(COUNT, 7).canaries]
    assert not any(number in files.metadata.read_text() for number in numbers)


def test_making_it_again_replaces_it(tmp_path: Path) -> None:
    first = make_register(tmp_path, residents=30, seed=1).canaries.read_text()
    second = make_register(tmp_path, residents=40, seed=2)
    assert second.canaries.read_text() != first
    database = sqlite3.connect(second.database)
    assert database.execute("SELECT count(*) FROM residents").fetchone() == (40,)
    database.close()
    assert {path.name for path in tmp_path.iterdir()} == {"register.db", "metadata.json", "canaries.txt"}


def test_datasette_shows_pages(datasette: httpx.Client) -> None:
    home = datasette.get("/")
    assert "云溪区居民登记册" in home.text
    page = datasette.get("/register/residents")
    first = generate(COUNT, 7).residents[0]
    assert page.status_code == 200
    assert first.id_no in page.text
    assert 'name="_search"' in page.text, "there is a full-text search box"
    row = datasette.get("/register/residents/1")
    assert first.name in row.text
    assert datasette.get(f"/register/households/{first.household_id}").status_code == 200


def test_datasette_pages_through_json(datasette: httpx.Client) -> None:
    page = datasette.get("/register/residents.json?_shape=objects&_size=1000").json()
    assert [row["id"] for row in page["rows"]] == list(range(1, 1001))
    assert page["next_url"].startswith("https://"), "links are for the other side of TLS"
    rest = datasette.get(page["next_url"].replace("https://", "http://", 1)).json()
    assert rest["rows"][0]["id"] == 1001


@pytest.mark.parametrize("street", ["云澜街道", "竹隐镇"])
def test_datasette_finds_by_street(datasette: httpx.Client, street: str) -> None:
    page = datasette.get("/register/residents.json", params={"_search": street, "_shape": "objects", "_size": "max"})
    rows = page.json()["rows"]
    assert rows
    assert {row["street"] for row in rows} == {street}
    assert page.json()["filtered_table_rows_count"] == sum(p.street == street for p in generate(COUNT, 7).residents)


def test_datasette_streams_the_export_of_everything(datasette: httpx.Client) -> None:
    with datasette.stream("GET", "/register/residents.csv?_stream=on&_size=max") as answer:
        assert answer.headers["transfer-encoding"] == "chunked"
        text = answer.read().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    register = generate(COUNT, 7)
    assert [row["id_no"] for row in rows] == [person.id_no for person in register.residents]
    assert [row["remark"] for row in rows] == [person.remark for person in register.residents]


def test_the_command_makes_a_register(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path / "new" / "folder"), "--residents", "20", "--seed", "3"]) == 0
    assert (tmp_path / "new" / "folder" / "register.db").exists()


def test_wrong_use_is_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--out", str(tmp_path), "--residents", "5"])
    assert ended.value.code == 2
    assert "a register has at least 20 residents, not 5" in capsys.readouterr().err


def test_what_cannot_be_written_is_three(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["--out", str(tmp_path / "file"), "--residents", "20"]) == 3
    assert capsys.readouterr().err == f"cannot write the register to `{tmp_path / 'file'}`: File exists\n"


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "example: python -m deploy.demo.register --out" in capsys.readouterr().out
