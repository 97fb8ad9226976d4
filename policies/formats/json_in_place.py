"""Masks the records of a list where they stand in the text, without reading what is shown of them.

Most of what a long list takes is to make values of its text, and text of the values again, of which hardly any are
touched. Where all records are written alike, which one regular expression proves octet by octet, the values that are
masked are taken out and their masks put in. What comes out is what parsing, masking and spelling makes of it; whatever
is not proved to be so is parsed.
"""

from typing import Any

import orjson

from policies.formats.json_nodes import Node, Object, items_of
from policies.formats.json_table import FEWEST_ROWS
from policies.formats.json_template import Step, template_of
from policies.formats.masker import Action, Kind, Tally
from policies.transforms.columns import are_alphanumeric

LEAST_BYTES = 24 * 1024
"""Of a shorter body it does not pay."""
MOST_AROUND = 4 * 1024
"""Bytes around the list: they are parsed three times."""
LONGEST_RECORD = 8 * 1024
"""Bytes of the first record, of which a regular expression is made."""
_CONTROLS = bytes(range(0x20))
_NULL = b"null"


class Place:
    """Where the records of a body stand: *begin* and *end* are those of their text, *path* are the keys to it."""

    __slots__ = ("around", "begin", "end", "items", "path")

    def __init__(self, around: Any, path: list[str], items: Object, begin: int, end: int) -> None:
        self.around = around
        """What the body spells without the records."""
        self.path = path
        self.items = items
        """The node of each record."""
        self.begin = begin
        self.end = end


def place_in(node: Node, data: bytes) -> Place | None:
    """Where the records of the one list that fills *data*, a body of *node*, stand; None where a parser must look."""
    if len(data) < LEAST_BYTES or b"\\" in data:
        return None
    begin, end = data.find(b"[{") + 1, data.rfind(b"}]") + 1
    before, behind = data[:begin], data[end:]
    if not 0 < begin < end or len(before) + len(behind) > MOST_AROUND:
        return None
    try:
        around, marked = orjson.loads(before + behind), orjson.loads(before + _NULL + behind)
    except orjson.JSONDecodeError:
        return None
    path = _difference(around, marked)
    items = None if path is None else _items_at(node, path)
    return None if path is None or items is None else Place(around, path, items, begin, end)


def masked_in_place(place: Place, data: bytes, tally: Tally) -> bytes | None:
    """The records of *data* at *place*, masked, with commas between them; None where a parser must read them.

    Then nothing is to be believed of *tally*.
    """
    stop = data.find(b"},{", place.begin, place.begin + LONGEST_RECORD)
    try:
        first = orjson.loads(data[place.begin : stop + 1])
    except orjson.JSONDecodeError:
        return None
    template = template_of(place.items, first) if type(first) is dict else None
    records = b"," + data[place.begin : place.end]
    if template is None:
        return None
    # The last record as well as the first, before all are looked at: where they differ most often the rest does.
    last = records.rfind(b"},{") + 1
    if not template.pattern.match(records) or not template.pattern.fullmatch(records, last) or not _is_plain(data):
        return None
    pieces = template.pattern.split(records)
    each = template.groups + 1
    if any(pieces[::each]) or len(pieces) <= FEWEST_ROWS * each:  # something stands between two records
        return None
    for step in template.steps:
        if not _done(step, pieces, each, tally):
            return None
    return b"".join(pieces)[1:]


def _is_plain(data: bytes) -> bool:
    """Whether *data* is text in UTF-8 in which nothing need be escaped."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(data.translate(None, _CONTROLS)) == len(data)


def _done(step: Step, pieces: list[bytes], each: int, tally: Tally) -> bool:
    """Do *step* with all records in *pieces*. Returns False where it cannot be done."""
    written = b"\n".join(pieces[step.group :: each])
    number = len(pieces) // each
    texts = written[1:-1].decode().split('"\n"')
    if len(texts) < number or written.count(b'"') < 2 * number:  # there are nulls
        return step.action is not None and _done_but_nulls(step.group, step.action, pieces, each, tally)
    if step.action is None:
        if are_alphanumeric(texts):
            tally.digester.note(texts, tally.subjects)
            return True
        return False
    _count(tally, step.action, number - written.count(b'""'))
    if step.action.kind is Kind.MASK:
        pieces[step.group :: each] = _spelled(step.action.each_masked(texts))
    return True


def _done_but_nulls(group: int, action: Action, pieces: list[bytes], each: int, tally: Tally) -> bool:
    """The same where some values are null."""
    written = pieces[group::each]
    texts = [text[1:-1].decode() for text in written if text != _NULL]
    _count(tally, action, len(texts) - texts.count(""))
    if action.kind is Kind.MASK and texts:
        masks = iter(_spelled(action.each_masked(texts)))
        pieces[group::each] = [text if text == _NULL else next(masks) for text in written]
    return True


def _count(tally: Tally, action: Action, number: int) -> None:
    if action.personal and number:
        tally.fields[action.field] += number


def _spelled(masks: list[str]) -> list[bytes]:
    """*masks* as they are written in JSON."""
    joined = "\n".join(masks).encode()
    if b'"' in joined or b"\\" in joined or len(joined.translate(None, _CONTROLS)) + len(masks) - 1 != len(joined):
        return [orjson.dumps(mask) for mask in masks]
    return (b'"' + joined.replace(b"\n", b'"\n"') + b'"').split(b"\n")


def _difference(one: Any, other: Any) -> list[str] | None:
    """The keys to the one place where *one* holds a list without entries and *other* one with a null in it, or None."""
    path: list[str] = []
    while type(one) is dict and type(other) is dict and one.keys() == other.keys():
        keys = [key for key in one if one[key] != other[key]]
        if len(keys) != 1:
            return None
        path += keys
        one, other = one[keys[0]], other[keys[0]]
    return path if one == [] and other == [None] else None


def _items_at(node: Node, path: list[str]) -> Object | None:
    """The node of the records in a list at *path* of *node*; None where what is around them depends on them."""
    for key in path:
        if not isinstance(node, Object) or node.must_be_whole or node.subject is not None or key not in node.children:
            return None
        node = node.children[key]
    items = items_of(node)
    return items if isinstance(node, Object) and isinstance(items, Object) and not items.conditions else None
