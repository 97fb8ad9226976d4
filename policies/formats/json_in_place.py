"""Masks the records of a list where they stand in the text, without reading what is shown of them.

Most of what a list takes is to make values of its text, and text of the values again, of which hardly any are touched.
Where all records are written alike, which the kernel proves octet by octet, masks are put in the place of the values
that are masked. What comes out is what parsing, masking and spelling makes of it; whatever is not proved to be so is
parsed.
"""

import re
from collections.abc import Sequence
from typing import Any

import orjson

from policies.formats.json_nodes import Node, Object, items_of
from policies.formats.json_table import FEWEST_ROWS
from policies.formats.json_template import Step, Template, last_template, template_of
from policies.formats.masker import Kind, Tally
from policies.formats.plain_texts import those_that_tell_nothing
from policies.kernel.library import KERNEL, PUT, Kernel, Mask, Spans
from policies.transforms.columns import are_alphanumeric

LEAST_BYTES = 2 * 1024
"""Of a shorter body it does not pay."""
MOST_AROUND = 4 * 1024
"""Bytes around the list: they are parsed three times."""
LONGEST_RECORD = 8 * 1024
"""Bytes of the first record, of which a template is made."""
PASSED_OVER = 15
"""Bodies that are parsed at once after one whose texts told something."""
_NULL = b"null"
_ESCAPED = re.compile(r'["\\\x00-\x1f]')


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
    if KERNEL is None or len(data) < LEAST_BYTES or b"\\" in data:
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
    if KERNEL is None:
        return None
    records = data[place.begin : place.end]
    # Records that are written as the last ones were are told by that alone: the kernel proves it of the first as well.
    last = last_template(place.items)
    spans = None if last is None or last.passed_over else _spans(KERNEL, last, records)
    if last is not None and spans is not None:
        return _masked(KERNEL, last, records, spans, tally)
    template = _template_by_first(place, data)
    if template is None:
        return None
    if template.passed_over:
        template.passed_over -= 1
        return None
    spans = None if template is last else _spans(KERNEL, template, records)
    return None if spans is None else _masked(KERNEL, template, records, spans, tally)


def _template_by_first(place: Place, data: bytes) -> Template | None:
    """That of the first record of *data* at *place*; None where a parser must read them."""
    stop = data.find(b"},{", place.begin, place.begin + LONGEST_RECORD)
    try:
        first = orjson.loads(data[place.begin : stop + 1])
    except orjson.JSONDecodeError:
        return None
    return template_of(place.items, first) if type(first) is dict else None


def _spans(kernel: Kernel, template: Template, records: bytes) -> Spans | None:
    return kernel.split(template.pieces, template.groups, records, len(records) // template.least_bytes + 1)


def _masked(kernel: Kernel, template: Template, records: bytes, spans: Spans, tally: Tally) -> bytes | None:
    if spans.number < FEWEST_ROWS:
        return None
    return _Records(kernel, template, records, spans, tally).masked()


class _Records:
    """Records that are written like *template*, with what is to be counted of them."""

    def __init__(self, kernel: Kernel, template: Template, records: bytes, spans: Spans, tally: Tally) -> None:
        self._kernel = kernel
        self._template = template
        self._records = records
        self._spans = spans
        self._tally = tally

    def masked(self) -> bytes | None:
        """What they become; None where a parser must read them."""
        for step in self._template.steps:
            if step.action is None:
                if not self._are_noted(step):
                    return None
                continue
            texts = self._spans.counts[2 * step.group]
            if step.action.personal and texts:
                self._tally.fields[step.action.field] += texts
        return self._woven() if self._tell_nothing() else None

    def _tell_nothing(self) -> bool:
        """Whether nothing is to be hidden in the free texts of any record: of most that is so."""
        if not self._template.texts:
            return True
        told: list[str] = self._kernel.gather(self._records, self._spans, self._template.texts)
        known = (
            [text.split("\n") for text in self._kernel.gather(self._records, self._spans, self._template.hidden)]
            if self._template.looks_further
            else [()] * len(told)
        )
        if all(those_that_tell_nothing(told, known)):
            return True
        self._template.passed_over = PASSED_OVER
        return False

    def _are_noted(self, step: Step) -> bool:
        """Note whom the records are about. Returns False where that must be looked at one by one."""
        digester = self._tally.digester
        if digester.note_in(self._records, self._spans, step.group, self._tally.subjects):
            return True
        texts = self._texts(step.group)
        if None in texts or not are_alphanumeric(texts):
            return False
        digester.note(texts, self._tally.subjects)
        return True

    def _woven(self) -> bytes | None:
        """The records with masks in the place of values: the kernel's, or, where it knows none, those of Python."""
        spelled = {group: self._spelled(group) for group in self._template.spelled}
        masks = self._template.asked.copy()
        woven = self._tried(masks, spelled)
        if isinstance(woven, list):
            for group in woven:
                spelled[group], masks[group] = self._spelled(group), PUT
            woven = self._tried(masks, spelled)
        return woven if isinstance(woven, bytes) else None

    def _tried(self, masks: Sequence[Mask], spelled: dict[int, list[bytes]]) -> bytes | list[int] | None:
        put, ends, length = [], [], 0
        for group in sorted(spelled):
            for text in spelled[group]:
                length += len(text)
                ends.append(length)
            put += spelled[group]
        return self._kernel.weave(self._records, self._spans, masks, b"".join(put), ends)

    def _texts(self, group: int) -> list[Any]:
        """The values of *group*: texts, and None for null."""
        records, spans = self._records, self._spans
        begins, ends = spans.of(group)
        texts = [records[begin + 1 : end - 1].decode() for begin, end in zip(begins, ends, strict=True)]
        if spans.counts[2 * group + 1]:
            return [None if records[begin] == _NULL[0] else text for begin, text in zip(begins, texts, strict=True)]
        return texts

    def _spelled(self, group: int) -> list[bytes]:
        """The masks of the values of *group*, as they are written in JSON."""
        action = self._template.actions[group]
        assert action.kind is Kind.MASK
        texts = self._texts(group)
        masks = iter(_written(action.each_masked([text for text in texts if text is not None])))
        return [_NULL if text is None else next(masks) for text in texts]


def _written(texts: list[str]) -> list[bytes]:
    """Each of *texts* as it is written in JSON."""
    if _ESCAPED.search("".join(texts)):
        return list(map(orjson.dumps, texts))
    # Of each alone that takes ten times as long, for what is to become a text is given room for a long one.
    return ('"' + '"\n"'.join(texts) + '"').encode().split(b"\n")


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
