"""Packages of files (ZIP): each file in one is masked by its own format, and one of no declared format withholds all.

The names of files are texts as well, and often somebody's name.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from policies.documents.document import Text, Within
from policies.documents.look import Look
from policies.documents.package import Package, Packing, parts_of
from policies.formats.free_text import hide
from policies.recognisers.persons.given_names import surname_length
from policies.recognisers.persons.names import COMPOUND_SURNAMES, SURNAMES
from policies.recognisers.persons.words import GIVEN, NOT_A_NAME
from policies.recognisers.weights import are_there, tagger
from policies.transforms.make import REDACTED

HIDDEN = "___"
"""In the name of a file, where no star may stand."""
_OTHERS = frozenset({"[Content_Types].xml", "OFD.xml", "mimetype", "META-INF/MANIFEST.MF"})
"""What only packages of other kinds hold."""
_PIECE = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]+")
_ENDING = re.compile(r"(?<![A-Za-z])\.[A-Za-z][A-Za-z0-9]{1,9}\Z")
"""What tells the format of a file. Behind a letter it may be the end of somebody's name or address: `zhang.wei`."""
_NAME = re.compile(rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])[\u4e00-\u9fff\u3400-\u4dbf]{{1,2}}")


class Zip:
    """A package of files."""

    name = "zip"
    media_types: tuple[str, ...] = ("application/zip", "application/x-zip-compressed")
    endings: tuple[str, ...] = (".zip",)

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        held = parts_of(data)
        return bool(held) and held.isdisjoint(_OTHERS)

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        package = Package(data, within.bounds)
        for number, name in enumerate(package.names, 1):
            stem = _ENDING.sub("", name)
            yield Text(f"{number}", stem if stem.endswith(HIDDEN) else name)  # an ending alone is nobody's name
            if not name.endswith("/"):
                for text in within.texts(package.read(name), name):
                    yield Text(f"{number}/{text.place}", text.text, text.key, text.sure)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        package = Package(data, within.bounds)
        with Packing() as packing:
            used: set[str] = set()
            for name in package.names:
                new = _unlike(named(name, look), used)
                used.add(new.casefold())
                content = b"" if name.endswith("/") else within.masked(package.read(name), look, name)
                packing.add(package.info(name), [content], new)
            return packing.done()


def named(name: str, look: Look) -> str:
    """The *name* of a file without what could be somebody's. It keeps its ending, without which nobody can open it."""
    shown = hide(name, look.spans(name)).replace(REDACTED, HIDDEN)
    ending = _ENDING.search(name)
    if ending is not None and not shown.endswith(ending[0]):
        shown += ending[0]
    return _PIECE.sub(lambda piece: HIDDEN if _may_name(piece[0]) else piece[0], shown)


def _may_name(piece: str) -> bool:
    """Whether *piece* of the name of a file may be somebody's name: 王雪琴, 高兴, and not 方案, 江苏."""
    if _NAME.fullmatch(piece) is None or piece in NOT_A_NAME:
        return False
    given = piece[surname_length(piece, 0) :]
    return all(char in GIVEN for char in given) or not are_there() or piece not in tagger().lexicon


def _unlike(name: str, used: set[str]) -> str:
    """*name*, or one like it, that is none of those *used*."""
    path, number, new = PurePosixPath(name), 1, name
    while new.casefold() in used:
        number += 1
        new = str(path.with_name(f"{path.stem}-{number}{path.suffix}")) + "/" * name.endswith("/")
    return new


ZIP = Zip()
