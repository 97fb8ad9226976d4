"""OFD, the fixed-layout format of GB/T 33190: XML in a package, whose texts stand at places of a page.

A value may be one object for each of its characters, so the texts of a line are put together by where they stand. What
is hidden keeps its length, for the distances of its characters are given; which glyphs stand for it is forgotten.
What is signed is withheld; or, where that is declared, its copy is without the signatures and the seals, which lie in
parts of their own, and says so before the element that everything begins with.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from policies.documents.attributes import Attributes
from policies.documents.document import SIGNATURE, SIGNED, Text, Within
from policies.documents.groups import Grouping, masked_part, texts_of
from policies.documents.look import Look
from policies.documents.ofd_page import Page
from policies.documents.ofd_places import Placed
from policies.documents.ofd_signatures import MAIN, SEALS, refused, root_of, signatures_in
from policies.documents.package import Package, Packing, parts_of
from policies.documents.prose import Prose
from policies.documents.signatures import marked_unsigned
from policies.documents.splice import Splicer
from policies.documents.units import Run
from policies.documents.xml_keys import told_in
from policies.formats.found import found_as
from policies.formats.masker import Withheld

_PAGES = frozenset({b"Page", b"PageAnnot", b"Res"})
"""Root elements of parts whose texts stand at places, as drawings of resources do. Source: GB/T 33190, 7.7, 7.9, 15."""
_TEMPLATE = re.compile(rb"""<(?:[\w.-]+:)?TemplatePage\s[^<>]*?BaseLoc\s*=\s*["']([^"'<>]{1,200})["']""")
_FONTS = (".ttf", ".otf", ".ttc", ".cff")


class Ofd:
    """A document of GB/T 33190."""

    name = "ofd"
    media_types: tuple[str, ...] = ("application/ofd", "application/vnd.ofd")
    endings: tuple[str, ...] = (".ofd",)

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return MAIN in parts_of(data)

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        work = _Work(data, within)
        for name in work.names():
            if name.lower().endswith(".xml"):
                yield from texts_of(work.pieces(name), work.grouping(name), name, refused)
            elif not work.is_plain(name):
                yield from within.texts(work.package.read(name), name)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        work = _Work(data, within)
        look.tally.count_found(found_as(SIGNATURE) * work.signatures.number)
        with Packing() as packing:
            attributes = Attributes(look)
            for name in work.names():
                info = work.package.info(name)
                if name.lower().endswith(".xml"):
                    grouping = work.grouping(name)
                    masked = masked_part(work.pieces(name), grouping, look, attributes.of(grouping), refused)
                    if name == MAIN and work.signatures.number:
                        masked = iter([marked_unsigned(b"".join(masked))])
                    packing.add(info, masked)
                elif work.is_plain(name):
                    packing.add(info, work.package.pieces(name) if not name.endswith("/") else [])
                else:
                    packing.add(info, [within.masked(work.package.read(name), look, name)])
            return packing.done()


class _Work:
    """One document that is being looked at."""

    def __init__(self, data: bytes, within: Within) -> None:
        self.package = Package(data, within.bounds)
        self.signatures = signatures_in(self.package, within)
        self._within = within
        self._templates = self._named_as_templates()
        self._labels = [label for name in self._templates for label in self._labels_in(name)]

    def names(self) -> Iterator[str]:
        """The names of the parts that a copy has."""
        for name in self.package.names:
            self._within.check_time()
            if name not in self.signatures.parts:
                yield name

    def pieces(self, name: str) -> Iterator[bytes]:
        """The octets of the part *name*, as a copy has it before anything is hidden."""
        return iter([self.signatures.main]) if name == MAIN and self.signatures.number else self.package.pieces(name)

    def is_plain(self, name: str) -> bool:
        """Whether nobody looks into the part *name*, for it is a folder or a font. Raises Withheld for a signature."""
        lower = name.lower()
        if lower.endswith(SEALS):
            raise Withheld(SIGNED)
        return lower.endswith(("/", *_FONTS))

    def grouping(self, name: str) -> Grouping:
        """How the texts of the part *name* belong together."""
        if root_of(self.package, name) in _PAGES:
            return Page(self._within.is_label, [] if name in self._templates else self._labels)
        return Prose(self._within.is_label, told=told_in(self.pieces(name), self._within.is_label))

    def _named_as_templates(self) -> list[str]:
        """The parts on which pages lie. Source: GB/T 33190, 7.5 (`TemplatePage`)."""
        named = {
            PurePosixPath(found[1].decode("utf-8", "replace").lstrip("/")).parts[-3:]
            for name in self.package.names
            if name.endswith("Document.xml")
            for found in _TEMPLATE.finditer(self.package.read(name))
        }
        return [name for name in self.package.names if any(PurePosixPath(name).match("/".join(each)) for each in named)]

    def _labels_in(self, name: str) -> Iterator["Placed"]:
        """What stands on the template *name* and tells of what stands behind or below it on a page."""
        found: list[Run] = []
        splicer = Splicer(
            lambda unit, _: found.extend(unit.runs), lambda frame, name, value: value,
            units=Page.units, marks=Page.marks, refused=refused,
        )  # fmt: skip
        for _ in splicer.spliced(self.package.pieces(name)):
            pass
        for run in found:
            if run.element.name == "TextCode" and self._within.is_label(run.text.strip(" :：")):
                yield Placed.of(Run(run.element, run.marks, run.text, -1, -1))


OFD = Ofd()
