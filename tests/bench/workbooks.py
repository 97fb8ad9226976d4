"""What it takes to mask a workbook: processor time and memory, by rows, against opening and saving it with openpyxl.

How many rows there are follows from the seconds of a run, 5,000 for each and a fifth of that: `--only workbooks
--seconds 20` asks for the 100,000 promised.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import xlsxwriter

from policies.documents.document import Bounds
from policies.documents.look import Look
from policies.documents.registry import mask
from policies.recognisers.scan import make_ready
from tests.bench.figure import Bench, Figure, figure
from tests.gateway import ROOT
from tests.policies.formats.masking import RECORD, REMARK, UNDECLARED, tally

ROWS_A_SECOND = 5_000
TITLES = {"序号": "id", "姓名": "name", "身份证号": "id_no", "手机号": "mobile", "住址": "address", "备注": "remark"}
MIB = 1024
"""In KiB, as the kernel tells memory."""


def figures(bench: Bench) -> list[Figure]:
    """Milliseconds for a thousand rows, and MiB at most, of a small and of a large workbook."""
    found = []
    for rows in (int(bench.seconds * ROWS_A_SECOND / 5), int(bench.seconds * ROWS_A_SECOND)):
        path = bench.folder / f"{rows}.xlsx"
        bench.progress(f"a workbook of {rows} rows")
        write(path, rows)
        for what in ("mask", "openpyxl"):
            bench.progress(f"{what} on {rows} rows")
            said = subprocess.run(
                [sys.executable, "-m", "tests.bench.workbooks", what, str(path)],
                cwd=ROOT, capture_output=True, check=True,
            )  # fmt: skip
            took_s, most_kib, idle_kib = json.loads(said.stdout)
            name, against = f"{what}, {rows:,} rows of 6 cells", "" if what == "openpyxl" else "openpyxl, below"
            found.append(figure(f"{name}, a thousand rows", [took_s * 1e6 / rows], "ms", against))
            found.append(
                figure(f"{name}, memory beyond an idle process", [(most_kib - idle_kib) / MIB], "MiB", against)
            )
    return found


def write(path: Path, rows: int) -> None:
    """A workbook of so many *rows* whose cells share their strings."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(TITLES))
    for number in range(rows):
        who = (number, f"张三{number % 997}", f"11010519{number:08d}2X", 13_800_000_000 + number)
        sheet.write_row(
            number + 1, 0, (*who, f"云州市幸福路{number % 500}号", "办结" if number % 9 else "请回电13900000000")
        )
    book.close()


def peak_kib() -> int:
    """The most memory that this process has had; what the kernel tells of resources counts its parent's."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    """Do what the command line names to a file, and print what it took."""
    what, path = sys.argv[1], Path(sys.argv[2])
    make_ready()
    idle_kib = peak_kib()
    began = time.process_time()
    if what == "mask":
        look = Look(UNDECLARED, REMARK, tally(), record=RECORD, titles=TITLES)
        mask(path.read_bytes(), look, ("xlsx",), Bounds(seconds=3_600, octets=1 << 30))
    else:
        openpyxl.load_workbook(path).save(path.with_suffix(".saved.xlsx"))
    print(json.dumps([time.process_time() - began, peak_kib(), idle_kib]))


if __name__ == "__main__":
    main()
