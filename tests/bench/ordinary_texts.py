"""Texts and files of offices in which nearly nothing is anybody's: see `ordinary_texts.txt`.

What is hidden of them besides is what makes an officer switch a tool off, and it is measured as by `desk_texts`. What
an office says of itself — a landline, an address of mail — is found whosever it is, and counted apart.
"""

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import docx
import openpyxl
from docx.text.paragraph import Paragraph

from policies.documents.desk import masked_file
from policies.formats.masker import Withheld
from tests.bench.desk_texts import DeskText, compared, made_text

_OFFICES = re.compile("⟨([^⟩]*)⟩")


@dataclass(frozen=True, slots=True)
class Ordinary:
    """One file."""

    text: DeskText
    offices: frozenset[int]
    """Which characters of what a reader sees are an office's, and are found by rules that do not ask whose they are."""


def ordinary_texts(name: str = "ordinary_texts") -> Iterator[Ordinary]:
    """All of them in the file of that *name*."""
    said = (Path(__file__).parent / f"{name}.txt").read_text("utf-8")
    for section in said.removesuffix("\n").split("\n=== ")[1:]:
        head, _, text = section.partition("\n")
        file, codec, *form = head.split()
        office = form == ["docx"] or form == ["xlsx"]
        shown = made_text(file, codec, "" if office else "".join(form), text=_OFFICES.sub(r"\1", text))
        if office:
            make, reads = (_document, _read_document) if form == ["docx"] else (_workbook, _read_workbook)
            data = make(shown.truth)
            shown = DeskText(file, data, shown.truth, shown.personal, reads)
            assert reads(data) == shown.truth, file
        yield Ordinary(shown, _places(shown.truth, text))


def _places(truth: str, text: str) -> frozenset[int]:
    places = set[int]()
    at = 0
    for match in _OFFICES.finditer(text):
        at = truth.index(match[1], at)
        places.update(range(at, at + len(match[1])))
        at += len(match[1])
    return frozenset(places)


def _document(text: str) -> bytes:
    document = docx.Document()
    for is_row, lines in groupby(text.split("\n"), lambda line: line.startswith("|")):
        if not is_row:
            for line in lines:
                document.add_paragraph(line)
            continue
        rows = [line[1:-1].split("|") for line in lines]
        table = document.add_table(0, max(map(len, rows)))
        for row in rows:
            for cell, value in zip(table.add_row().cells, row, strict=False):
                cell.text = value
    return _saved(document)


def _read_document(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    said: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            said.append(block.text)
        else:
            said += [f"|{'|'.join(cell.text for cell in row.cells)}|" for row in block.rows]
    return "\n".join(said)


def _workbook(text: str) -> bytes:
    book = openpyxl.Workbook()
    for line in text.split("\n"):
        book.active.append([_typed(value) for value in line.split(",")])
    return _saved(book)


def _typed(value: str) -> str | int | float | None:
    for kind in (int, float):
        if re.fullmatch(r"-?[0-9.]+", value) and value.count(".") < 2 and str(kind(float(value))) == value:
            return kind(float(value))
    return value or None


def _read_workbook(data: bytes) -> str:
    rows = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
    return "\n".join(",".join("" if value is None else str(value) for value in row) for row in rows)


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def main() -> None:
    """Print what is hidden in vain of each, and of all."""
    left = over = offices = somebody = nobody = refused = spoilt = 0
    for ordinary in ordinary_texts(*sys.argv[1:]):
        text = ordinary.text
        somebody += len(text.personal)
        count = sum(map(str.isalnum, text.truth)) - len(text.personal)
        nobody += count
        try:
            out, _ = masked_file(text.name, text.data)
        except Withheld as withheld:
            refused += 1
            print(f"{text.name:24} {withheld.reason}")
            continue
        seen, hidden = compared(text, out)
        vain = [at for at in hidden if at not in ordinary.offices]
        left, over, offices = left + seen, over + len(vain), offices + len(hidden) - len(vain)
        spoilt += len(vain) * 10 > count
        if seen or vain:
            print(f"{text.name:24} left {seen:3}   in vain {len(vain):3} of {count:3}   {_shown(text.truth, vain)}")
    print(
        f"left {left} of {somebody}, in vain {over} of {nobody} ({over / nobody:.2%}), a tenth and more of {spoilt} "
        f"files, of offices {offices}, refused {refused}"
    )


def _shown(truth: str, places: list[int]) -> str:
    runs: list[list[int]] = []
    for at in places:
        if runs and at - runs[-1][1] <= 1:
            runs[-1][1] = at
        else:
            runs.append([at, at])
    return " ".join(f"{truth[max(0, first - 3) : first]}[{truth[first : last + 1]}]" for first, last in runs).replace(
        "\n", "↵"
    )


if __name__ == "__main__":
    main()
