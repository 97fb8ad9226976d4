"""Files on a desk: which format each is of, what personal data stands in it, and what it is without.

There is no policy here: what stands under a telling heading is hidden whole, everything else is free text.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

import msgspec

from policies.digest import Digester
from policies.documents.card import CARD
from policies.documents.document import EMPTY, MALFORMED, MIB, NOT_AS_SAID, TOO_LARGE, Bounds, Clock, Document, Text
from policies.documents.heading_words import FREE_TEXT, category_of_heading, is_label_under, tells
from policies.documents.labels import labelled_in
from policies.documents.look import SHORTEST, Look, is_of_form
from policies.documents.mail import MAIL
from policies.documents.markup import HTML, XML
from policies.documents.nobodys import is_nobodys_value, is_office
from policies.documents.plain import FORM, JSON, TABLE, Plain, is_doubtful
from policies.documents.registry import NAMES, Inner, document_in, is_misnamed, learnt_and_masked
from policies.documents.script_file import SCRIPT
from policies.documents.text_file import TEXT
from policies.documents.text_tables import lines_of
from policies.documents.torn import sure_over_breaks
from policies.formats.masker import Action, Kind, Tally, Withheld
from policies.formats.prose import EVERY, Prose
from policies.prose_rule import ProseRule
from policies.recognisers.scan import scan
from policies.recognisers.weights import are_there
from policies.transforms.make import REDACTED

BOUNDS = Bounds(octets=256 * MIB, unpacked=4096 * MIB, seconds=900)
"""On a desk somebody waits, and nobody else does."""
UNKNOWN = "document_unknown"
"""For a file of which neither its content nor its name tells what it is."""
CODING = "document_coding"
"""For a text of which nobody knows the charset."""
RICH_TEXT = "document_rtf"
"""For a text of Word in RTF, whatever it is called: programs save one as .doc as well."""
SOUND_AND_FILMS = (
    *(".mp3", ".wav", ".m4a", ".amr", ".aac", ".ogg", ".opus", ".flac", ".wma"),
    *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".wmv", ".flv", ".mpg", ".mpeg", ".webm", ".3gp", ".rmvb"),
)
"""Endings of what is no text, even where all octets of it could be those of one: what is said in it stays unseen."""
_RICH_TEXT = b"{\\rtf"
_TELEPHONES = frozenset({"mobile", "landline"})
_BY_NAME: tuple[Document, ...] = (TEXT, SCRIPT, TABLE, JSON, FORM, XML, HTML, CARD, MAIL)
_UNDECLARED = Action(field=0, kind=Kind.MASK, apply=lambda value: REDACTED if value else value)
_FREE = Action(field=1, kind=Kind.SCAN, personal=False)
_PROSE = replace(_FREE, prose=EVERY)


def format_of(name: str, data: bytes) -> Document:
    """What reads the file *name* that holds *data*. Raises Withheld."""
    if len(data) > BOUNDS.octets:
        raise Withheld(TOO_LARGE)
    ending = PurePath(name).suffix.lower()
    document = document_in(data)
    if document is not None:
        if is_misnamed(document, name, _BY_NAME):
            raise Withheld(NOT_AS_SAID)
        return document
    if data and ending in SOUND_AND_FILMS:
        raise Withheld(UNKNOWN)
    if data.startswith(_RICH_TEXT):
        raise Withheld(RICH_TEXT)
    found = next((each for each in _BY_NAME if ending in each.endings), None)
    if not data and (ending in _endings() or found is JSON or not (found or TEXT).is_one(data)):
        raise Withheld(EMPTY)
    if found is None and ending in _endings():
        raise Withheld(NOT_AS_SAID if TEXT.is_one(data) else MALFORMED)
    if not (found or TEXT).is_one(data):
        is_text = found in (None, TEXT, SCRIPT) or isinstance(found, Plain)
        raise Withheld(CODING if is_text and is_doubtful(data) else NOT_AS_SAID if found else UNKNOWN)
    return found or TEXT


def texts_in(name: str, data: bytes) -> Iterator[Text]:
    """Every text of the file *name* that holds *data*. Raises Withheld."""
    return format_of(name, data).texts(data, _within())


def categories_in(text: Text) -> list[str]:
    """The kinds of personal data that *text* holds, each as often as it does."""
    return [category for category, _ in found_in(text)]


def found_in(text: Text) -> list[tuple[str, str]]:
    """The same with what decided, see `found.WHYS`."""
    is_value = bool(text.key) and not is_label_under(text.key, text.text)
    category = category_of_heading(text.key) if is_value else None
    if category is not None and is_nobodys_value(text.key, text.text.strip()):
        category = None
    if category not in (None, FREE_TEXT) and text.text.strip(f"{REDACTED} "):
        return [(_of_telephones(category or "", text.text), "context")]
    is_prose = are_there() and len(text.text) >= SHORTEST and not is_office(text.text)
    hits = [
        hit
        for hit in scan(text.text, prose=is_prose)
        if not is_of_form(text.text[hit.start : hit.end], (hit.category,))
    ]
    labelled = [
        (category, "context")
        for start, end, category in labelled_in(text.text)
        if not any(hit.start < end and start < hit.end for hit in hits)
    ]
    torn = [] if "\n" not in text.text else sure_over_breaks(lines_of(text.text))
    return [*((hit.category, hit.why) for hit in hits), *labelled, *((category, "pattern") for *_, category in torn)]


def _of_telephones(category: str, text: str) -> str:
    """The same *category*; where it is of telephones, that of the one that *text* is."""
    found = {hit.category for hit in scan(text)} & _TELEPHONES if category in _TELEPHONES else set()
    return found.pop() if len(found) == 1 else category


def masked_file(name: str, data: bytes, *, unsigned_copy: bool = False) -> tuple[bytes, Tally]:
    """*data* of the file *name* without personal data, and what was hidden. Raises Withheld.

    *unsigned_copy*: whether of what is signed a copy without its signatures is made, which says so.

    Names and addresses in prose are hidden where `weights.are_there`, or else those alone of which words around them
    tell.
    """
    look = undeclared_look()
    within = _within(msgspec.structs.replace(BOUNDS, unsigned_copy=unsigned_copy))
    return learnt_and_masked(format_of(name, data), data, look, within), look.tally


def undeclared_look() -> Look:
    """What decides about the texts of a document of which nothing is declared."""
    tally = Tally(Digester("desk", bytes(32)), prose=Prose(ProseRule(sys.maxsize)))
    return Look(_UNDECLARED, _PROSE if are_there() else _FREE, tally)


def _within(bounds: Bounds = BOUNDS) -> Inner:
    formats = [*NAMES, *(document.name for document in _BY_NAME)]
    return Inner(formats, bounds, Clock(bounds.seconds), is_label=tells, by_ending=_BY_NAME)


def _endings() -> set[str]:
    return {ending for name in NAMES for ending in (f".{name}",)} | {".jpg", ".xls", ".doc", ".ppt"}
