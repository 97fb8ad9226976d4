"""Opens a leaked sample, whatever file it came as: what stands in it as text, and its rows where it has any.

Texts in UTF-8, UTF-16 and GB 18030; spreadsheets, documents and slides of Office and of OpenDocument; OFD; PDF; and a
ZIP of those. Nothing is kept and nothing is run. No error repeats anything of the sample. Libraries are loaded by the
sample that needs them: who runs a console may never open one.
"""

import codecs
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree import ElementTree

LARGEST = 64 * 1024 * 1024
"""Octets of a sample, and of the text in it."""
MOST_PARTS = 10_000
"""Files in a ZIP, and pages of a PDF."""

_ENCODINGS = ("utf-8-sig", "gb18030")
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LOOKED_AT = 4096
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DELIMITERS = ",\t;|"
_ENDS = frozenset({"p", "h", "br", "cr", "tab", "s", "line-break", "TextObject", "title"})
"""What ends a line or parts words: in WordprocessingML, DrawingML, OpenDocument and OFD (GB/T 33190)."""
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_EXACT = 10**15
"""A spreadsheet keeps so many digits of a number: in a longer one the last are zeros."""


class BadSample(Exception):
    """The sample cannot be read. The message says how to give it, Chinese and English, and nothing of the sample."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What is in a sample."""

    text: str = field(repr=False)
    rows: Sequence[Sequence[str]] | None = field(repr=False, default=None)
    """Of a spreadsheet, all its sheets one after another."""
    has_columns: bool = True
    """Whether it can be a table at all."""


def opened(data: bytes) -> Opened:
    """What is in *data*. Raises BadSample."""
    if len(data) > LARGEST:
        raise BadSample(f"样本大于 {LARGEST >> 20} MiB，请截取一部分 / larger than that: take a part of it")
    try:
        if data.startswith(b"PK\x03\x04"):
            return _in_zip(zipfile.ZipFile(io.BytesIO(data)), inside=False)
        if data.startswith(b"%PDF"):
            return Opened(_in_pdf(data), has_columns=False)
    except BadSample:
        raise
    except Exception:  # noqa: BLE001 - what libraries raise of a broken file; its message may hold what is in it
        raise BadSample(
            "样本文件损坏或加了密码，请打开后另存为 CSV 或文本"
            " / a file that is damaged or has a password: open it and save it as CSV or text"
        ) from None
    if data.startswith(_COMPOUND):
        raise BadSample(
            "样本是旧版 Office 文件（.xls、.doc）或加了密码，请打开后另存为 .xlsx、.docx 或 CSV"
            " / a file of an older Office (.xls, .doc), or one with a password: open it and save it anew"
        )
    return Opened(_decoded(data))


def rows_of(sample: Opened) -> Sequence[Sequence[str]]:
    """The rows of a table, those without any cell left out. Raises BadSample."""
    if not sample.has_columns:
        raise BadSample("文档没有列，请不写 --column，在全文中查找 / a document has no columns: leave --column out")
    if sample.rows is not None:
        return sample.rows
    csv.field_size_limit(LARGEST)
    head = sample.text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    return [row for row in csv.reader(io.StringIO(sample.text, newline=""), delimiter=delimiter) if row]


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    encodings = (_unmarked(data), *_ENCODINGS) if b"\0" in data[:_LOOKED_AT] else _ENCODINGS
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadSample("样本不是 UTF-8、UTF-16 或 GB 18030 文本 / the sample is no text in UTF-8, UTF-16 or GB 18030")


def _unmarked(data: bytes) -> str:
    """The encoding of what has octets of zero and no mark: digits and Latin letters have one in each two in UTF-16."""
    first = data[:_LOOKED_AT]
    even, odd = first[::2].count(0), first[1::2].count(0)
    if min(even, odd) or max(even, odd) * 8 < len(first):
        return _ENCODINGS[0]
    return "utf-16-le" if odd else "utf-16-be"


def _in_zip(archive: zipfile.ZipFile, *, inside: bool) -> Opened:
    parts = [part for part in archive.infolist() if not part.is_dir()]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
        raise BadSample(
            f"样本解开后大于 {LARGEST >> 20} MiB 或文件过多，请取出一部分"
            " / larger than that once it is unpacked, or of too many files: take a part of it"
        )
    names = {part.filename for part in parts}
    if "xl/workbook.xml" in names:
        assert archive.fp is not None, "it has just been opened"
        archive.fp.seek(0)
        return _in_workbook(archive.fp.read())
    # Office, OpenDocument and OFD files say what they are; all that people read in them is XML.
    if names & {"[Content_Types].xml", "content.xml", "OFD.xml"}:
        parts = [part for part in parts if PurePosixPath(part.filename).suffix == ".xml"]
        return Opened("\n".join(_in_xml(archive.read(part)) for part in parts), has_columns=False)
    found = [one for part in parts for one in _packed(archive.read(part), inside=inside)]
    return found[0] if len(found) == 1 else Opened("\n".join(one.text for one in found), has_columns=False)


def _packed(data: bytes, *, inside: bool) -> list[Opened]:
    if data.startswith(b"PK\x03\x04"):
        return [] if inside else [_in_zip(zipfile.ZipFile(io.BytesIO(data)), inside=True)]
    if data.startswith(b"%PDF"):
        return [Opened(_in_pdf(data), has_columns=False)]
    try:
        return [Opened(_decoded(data))]
    except BadSample:  # a picture beside the lists says nothing, and they do
        return []


def _in_xml(data: bytes) -> str:
    if _DOCTYPE.search(data):  # none of these formats has one, and entities can be bombs
        raise BadSample("样本中有文档类型声明，不予读取 / the sample declares a document type: it is not read")
    words = _Words()
    parser = ElementTree.XMLParser(target=words)  # noqa: S314
    parser.feed(data)
    parser.close()
    return "".join(words.pieces)


class _Words:
    """Takes what people read in a part of a document. A word is often in several runs."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def data(self, text: str) -> None:
        """Take *text*, unless it only makes the XML easier to read."""
        if text.strip() or "\n" not in text:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        """Part what is in an element from what follows, where readers see it apart."""
        if tag.rpartition("}")[2] in _ENDS:
            self.pieces.append("\n")

    def close(self) -> None:
        """There is nothing left to be done."""


def _in_workbook(data: bytes) -> Opened:
    import openpyxl

    with warnings.catch_warnings(action="ignore"):  # of styles and forms that it does not know
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = [row for sheet in book.worksheets for row in _rows_in(sheet.iter_rows(values_only=True)) if any(row)]
    return Opened("\n".join("\t".join(row) for row in rows), rows)


def _rows_in(rows: Iterator[tuple[object, ...]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return f"{value:.5E}"  # as the spreadsheet shows it: its last digits are lost
    return "" if value is None else str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _in_pdf(data: bytes) -> str:
    import pypdf

    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    if len(pages) > MOST_PARTS:
        raise BadSample(f"样本超过 {MOST_PARTS} 页，请取出一部分 / of more pages than that: take a part of it")
    return "\n".join(page.extract_text() for page in pages)
