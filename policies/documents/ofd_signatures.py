"""The signatures and seals of a document of OFD, which a copy may be without where that is declared."""

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from policies.documents.document import SIGNED, Within
from policies.documents.package import Package
from policies.documents.signatures import PROLOGUE
from policies.documents.units import Frame

MAIN = "OFD.xml"
_SIGNED = frozenset({"Signature", "Signatures", "SES_Signature"})
SEALS = (".dat", ".esl")
_ROOT = re.compile(PROLOGUE + rb"<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
_NAMES_SIGNATURES = re.compile(rb"<((?:[\w.-]+:)?Signatures)\s*(?:/>|>[^<]*</\1\s*>)")
"""Where a document says which part lists its signatures. Source: GB/T 33190, 7.4."""


class Signatures(NamedTuple):
    """What a copy is without."""

    number: int
    parts: frozenset[str] = frozenset()
    main: bytes = b""
    """What `MAIN` says without it."""


def signatures_in(package: Package, within: Within) -> Signatures:
    """The signatures of *package*; none where they are not to be left out: then they withhold it. Raises Withheld."""
    if not within.bounds.unsigned_copy:
        return Signatures(0)
    roots = {name: root_of(package, name) for name in package.names if name.lower().endswith(".xml") and name != MAIN}
    found = {name for name, root in roots.items() if root in (b"Signature", b"Signatures")}
    folders = {PurePosixPath(name).parent for name in found}
    seals = (name for name in package.names if name.lower().endswith(SEALS))
    found |= {name for name in seals if not folders.isdisjoint(PurePosixPath(name).parents)}
    main, named = _NAMES_SIGNATURES.subn(b"", package.read(MAIN))
    if not found and not named:
        return Signatures(0)
    return Signatures(max(1, sum(root == b"Signature" for root in roots.values())), frozenset(found), main)


def root_of(package: Package, name: str) -> bytes:
    """What the outermost element of the part *name* is called, without its prefix; empty where that is not seen."""
    found = _ROOT.match(next(package.pieces(name), b""))
    return found[1] if found is not None else b""


def refused(frame: Frame) -> str | None:
    """Why the element *frame* withholds the document; None where it does not."""
    return SIGNED if frame.name in _SIGNED else None
