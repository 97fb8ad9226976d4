"""A spreadsheet program, LibreOffice: it opens what we have masked, and what it exports is masked on its way.

Each start of it takes seconds: part of `make proof`.
"""

import io
from pathlib import Path

import openpyxl

from tests.e2e.office import converted
from tests.gateway import CLERK_KEY
from tests.policies.documents.made import CANARIES, ID_NO, KEPT, NAME, OFFICE, masked
from tests.rig import reads, rigged
from tests.scripted import answering

UTF_8 = "csv:Text - txt - csv (StarCalc):44,34,76"


def exported(folder: Path, data: bytes) -> bytes:
    """The first sheet of the workbook *data* as LibreOffice exports it."""
    return converted(folder, data, "xlsx", UTF_8)


def test_a_masked_workbook_opens_and_tells_nothing(tmp_path: Path) -> None:
    assert NAME in exported(tmp_path / "true", OFFICE["xlsx"]()).decode()
    shown = exported(tmp_path / "masked", masked(OFFICE["xlsx"]())).decode()
    assert shown.startswith(KEPT)
    assert [canary for canary in CANARIES if canary in shown] == []
    assert "办结" in shown


def test_what_it_exports_is_masked_on_its_way(tmp_path: Path) -> None:
    book, written = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (("id", "name", "id_no", "mobile"), (1, NAME, ID_NO, "13800138000"), (2, 'a "b", c', "", "")):
        book.active.append(row)
    book.save(written)
    export = exported(tmp_path / "export", written.getvalue())
    assert NAME in export.decode()
    with rigged(tmp_path / "gateway") as rig:
        answer = rig.ask(answering(export, "text/csv; charset=utf-8"), headers=f"X-API-Key: {CLERK_KEY}\r\n")
    status, _, shown = reads(answer)
    assert status == 200
    assert [row.split(",")[0] for row in shown.decode().splitlines()] == ["id", "1", "2"]
    assert ID_NO not in shown.decode()
