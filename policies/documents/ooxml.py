"""Workbooks, texts and slides of Office (ISO/IEC 29500), masked part by part where they stand.

Every text and every attribute of every part is looked at, those that nobody sees as well. What runs when the file is
opened, reaches out, is a program's object, or keeps what was deleted is refused. Parts that are not XML: pictures, and
the workbooks behind charts, are documents within; the settings of printers are emptied, for they name machines and
people; a preview of the first page goes.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from msgspec import structs

from policies.documents.attributes import Attributes
from policies.documents.document import (
    ACTIVE,
    REVISIONS,
    SIGNATURE,
    SIGNED,
    TOO_LARGE,
    UNDECLARED_INSIDE,
    Text,
    Within,
)
from policies.documents.fonts import is_font
from policies.documents.groups import Grouping, masked_part, texts_of
from policies.documents.look import Look
from policies.documents.number_formats import codes_in
from policies.documents.package import Package, Packing, parts_of
from policies.documents.prose import REACHES_OUT, Prose
from policies.documents.sheets import SharedStrings, Sheet, Strings
from policies.documents.signatures import marked_unsigned
from policies.documents.splice import Splicer
from policies.documents.units import Frame, Unit
from policies.documents.xml_keys import told_in
from policies.formats.found import found_as
from policies.formats.masker import Withheld

CONTENT_TYPES = "[Content_Types].xml"
_XML = (".xml", ".rels", ".vml")
_PICTURES = (".jpeg", ".jpg", ".png")
_OFFICE = (".xlsx", ".docx", ".pptx")
_WITHIN = (*_PICTURES, *_OFFICE)
"""Parts that are documents themselves; a chart has the workbook that it shows. Source: ISO/IEC 29500-1, 15.2.11."""
_FONTS = (".odttf", ".fntdata", ".ttf")
_PRINTERS = "printersettings"
_PREVIEW = re.compile(r"docProps/thumbnail\.\w{1,5}", re.IGNORECASE)
_PREVIEW_LINK = re.compile(rb"<Relationship\s[^<>]*thumbnail[^<>]*/>")
_CALCULATED = "xl/calcChain.xml"
_CALCULATED_LINKS = re.compile(rb"<(?:Relationship|Override)\s[^<>]*calcChain[^<>]*/>")
_ACTIVE_TYPE = re.compile(r"macro|vba|activex|oleobject|\bole\b|package$|control", re.IGNORECASE)
_ACTIVE_PART = re.compile(r"(^|/)(embeddings|activeX|ctrlProps|externalLinks|macrosheets|vbaProject)", re.IGNORECASE)
_ACTIVE_LINK = re.compile(
    r"/(oleObject|vbaProject|attachedTemplate|externalLink\w*|control|activeX\w*|aFChunk|subDocument|frame|"
    r"mailMerge\w*|xlMacrosheet|wordVbaData|mailMergeSource|attachedToolbars)$",
    re.IGNORECASE,
)
_SIGNATURES = "_xmlsignatures/"
"""The folder of the signatures over a package, and of what leads to them. Source: ISO/IEC 29500-2, 12."""
_LINKS_TO_SIGNATURES = re.compile(rb"<(?:Relationship|Override|Default)\s[^<>]*digital-signature[^<>]*/>")
_HYPERLINK, _PACKAGE = "/hyperlink", "/package"
_ACTIVE_ELEMENTS = frozenset({"altChunk", "OLEObject", "oleObj", "control", "ddeLink", "oleLink", "subDoc"})
_REVISIONS = frozenset(
    "ins del moveFrom moveTo delText rPrChange pPrChange tblPrChange trPrChange tcPrChange sectPrChange "
    "numberingChange delInstrText cellIns cellDel cellMerge".split()
)
_REVISIONS_PART = re.compile(r"(^|/)revisions/")


class Office:
    """One kind of Office documents, by its *name* and the part that only it has."""

    def __init__(self, name: str, main: str, media_type: str) -> None:
        self.name = name
        self.endings: tuple[str, ...] = (f".{name}",)
        self.media_types: tuple[str, ...] = (f"application/vnd.openxmlformats-officedocument.{media_type}",)
        self._main = main

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return {CONTENT_TYPES, self._main} <= parts_of(data)

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        work = _Work(Package(data, within.bounds), within)
        for name in work.in_order():
            if name.lower().endswith(_XML):
                if work.is_shared(name):
                    continue
                yield from texts_of(work.package.pieces(name), work.grouping(name), name, partial(work.refused, name))
            elif name.lower().endswith(_WITHIN) and not _PREVIEW.fullmatch(name):
                for text in within.texts(work.package.read(name), name):
                    yield (
                        structs.replace(text, place=f"{name}/{text.place}") if name.lower().endswith(_OFFICE) else text
                    )
            elif not _PREVIEW.fullmatch(name):
                work.unread(name)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        work = _Work(Package(data, within.bounds), within)
        look.tally.count_found(found_as(SIGNATURE) * work.signatures)
        with Packing() as packing:
            attributes = Attributes(look)
            for name in work.in_order():
                info = work.package.info(name)
                if name == _CALCULATED:
                    continue  # programs make it anew
                if not name.lower().endswith(_XML):
                    if not _PREVIEW.fullmatch(name):
                        packing.add(info, [work.other(name, look)])
                    continue
                if work.is_shared(name):
                    packing.add(info, work.strings(name))
                    continue
                pieces: Iterator[bytes] = work.package.pieces(name)
                if name.endswith(".rels") or name == CONTENT_TYPES:
                    pieces = iter([_without_links(work.package.read(name), signed=work.signatures > 0)])
                grouping = work.grouping(name)
                masked = masked_part(pieces, grouping, look, attributes.of(grouping, name), partial(work.refused, name))
                if name == self._main and work.signatures:
                    masked = iter([marked_unsigned(b"".join(masked))])
                packing.add(info, masked)
            return packing.done()


class _Work:
    """One document that is being looked at."""

    def __init__(self, package: Package, within: Within) -> None:
        self.package = package
        self._within = within
        self._kinds: dict[str, str] = {}
        """By the name of a part, what it is said to be."""
        self._cells = 0
        self._shared = SharedStrings()
        for name in package.names:
            self._check_name(name)
        signed = [name for name in package.names if name.startswith(_SIGNATURES)]
        if signed and not within.bounds.unsigned_copy:
            raise Withheld(SIGNED)
        self.signatures = max(bool(signed), sum(name.endswith(".xml") for name in signed))
        """That a copy is without."""
        self._read_kinds()
        self._codes: dict[str, str] = {}
        for name in package.names:
            if self.is_shared(name):
                self._pass(name, Strings(self._shared).read, Strings.units)
            elif self._kinds.get(name, "").endswith("spreadsheetml.styles+xml"):
                self._codes = codes_in(package.pieces(name))

    def in_order(self) -> list[str]:
        """The names of its parts, the shared strings behind the cells, which say what becomes of them; signatures are
        none of them.
        """
        names = (name for name in self.package.names if not name.startswith(_SIGNATURES))
        return sorted(names, key=self.is_shared)

    def is_shared(self, name: str) -> bool:
        """Whether the part *name* is the shared strings."""
        return self._kinds.get(name, "").endswith("sharedStrings+xml")

    def _is_sheet(self, name: str) -> bool:
        return self._kinds.get(name, "").endswith("worksheet+xml")

    def grouping(self, name: str) -> Grouping:
        """How the texts of the part *name* belong together."""
        if self._is_sheet(name):
            return Sheet(self._shared, self._within.is_label, self._count, self._codes)
        is_keyed = name.startswith(("customXml/", "docProps/custom"))
        told = told_in(self.package.pieces(name), self._within.is_label) if is_keyed else None
        return Prose(self._within.is_label, told=told)

    def strings(self, name: str) -> Iterator[bytes]:
        """The shared strings as they have become."""
        numbers = iter(range(len(self._shared.texts)))
        strings = Strings(self._shared)

        def treats(unit: Unit, following: Unit | None) -> None:
            strings.write(unit, next(numbers))

        return self._splicer(name, treats, Strings.units).spliced(self.package.pieces(name))

    def other(self, name: str, look: Look) -> bytes:
        """What becomes of the part *name*, which is not XML. Raises Withheld."""
        if name.lower().endswith(_WITHIN):
            return self._within.masked(self.package.read(name), look, name)
        return self.unread(name)

    def unread(self, name: str) -> bytes:
        """What becomes of the part *name*, in which nobody looks. Raises Withheld where something may stand in it."""
        lower = name.lower()
        if lower.endswith("/") or _PRINTERS in lower:
            return b""
        if lower.endswith(_FONTS) and is_font(font := self.package.read(name)):
            return font
        raise Withheld(ACTIVE if lower.endswith(".bin") else UNDECLARED_INSIDE)

    def refused(self, part: str, frame: Frame) -> str | None:
        """Why the document is refused for the element *frame* of *part*; None where it is not."""
        name, said = frame.name, frame.attributes
        if name == "Relationship":
            kind = said.get("Type", "")
            reaches = said.get("TargetMode", "").lower() == "external" and not kind.endswith(_HYPERLINK)
            is_object = kind.endswith(_PACKAGE) and not said.get("Target", "").lower().endswith(_OFFICE)
            return ACTIVE if reaches or is_object or _ACTIVE_LINK.search(kind) else None
        if name in ("Override", "Default"):
            return ACTIVE if _ACTIVE_TYPE.search(said.get("ContentType", "")) else None
        if name in _ACTIVE_ELEMENTS:
            return ACTIVE
        if name in _REVISIONS and part.startswith("word/"):
            return REVISIONS
        if name == "fldSimple" and REACHES_OUT.match(said.get("instr", "")):
            return ACTIVE
        return None

    def _check_name(self, name: str) -> None:
        if _REVISIONS_PART.search(name):
            raise Withheld(REVISIONS)
        if _ACTIVE_PART.search(name) and not name.lower().endswith(_OFFICE):
            raise Withheld(ACTIVE)

    def _count(self, cells: int) -> None:
        self._cells += cells
        self._within.check_time()
        if self._cells > self._within.bounds.cells:
            raise Withheld(TOO_LARGE)

    def _read_kinds(self) -> None:
        def noted(frame: Frame) -> str | None:
            if frame.name == "Override":
                said = frame.attributes
                self._kinds[said.get("PartName", "").removeprefix("/")] = said.get("ContentType", "")
            return self.refused(CONTENT_TYPES, frame)

        splicer = Splicer(_nothing, _as_it_is, units=frozenset(), marks=frozenset(), refused=noted)
        for _ in splicer.spliced(self.package.pieces(CONTENT_TYPES)):
            pass

    def _pass(self, name: str, treats: Callable[[Unit, Unit | None], None], units: frozenset[str]) -> None:
        for _ in self._splicer(name, treats, units).spliced(self.package.pieces(name)):
            self._within.check_time()

    def _splicer(self, name: str, treats: Callable[[Unit, Unit | None], None], units: frozenset[str]) -> Splicer:
        return Splicer(treats, _as_it_is, units=units, marks=frozenset(), refused=partial(self.refused, name))


def _without_links(data: bytes, *, signed: bool) -> bytes:
    """*data*, links or the list of parts, without what leads to parts that go, signatures where it is *signed*."""
    data = _CALCULATED_LINKS.sub(b"", _PREVIEW_LINK.sub(b"", data))
    return _LINKS_TO_SIGNATURES.sub(b"", data) if signed else data


def _nothing(unit: Unit, following: Unit | None) -> None:
    """What becomes of a unit that is only passed by."""


def _as_it_is(frame: Frame, name: str, value: str) -> str:
    return value


XLSX = Office("xlsx", "xl/workbook.xml", "spreadsheetml.sheet")
DOCX = Office("docx", "word/document.xml", "wordprocessingml.document")
PPTX = Office("pptx", "ppt/presentation.xml", "presentationml.presentation")
