"""Masks the records of a list where they stand in the text, without reading what is shown of them.

Most of what a list takes is to make values of its text, and text of the values again, of which hardly any are touched.
Where all records are written alike, which the kernel proves octet by octet, masks are put in the place of the values
that are masked. What comes out is what parsing, masking and spelling makes of it; whatever is not proved to be so is
parsed.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

import orjson

from policies.formats.finder import Span
from policies.formats.free_text import KnownValues, hide, spans_to_hide
from policies.formats.json.frame import MOST_AROUND
from policies.formats.json.nodes import Object
from policies.formats.json.table import FEWEST_ROWS
from policies.formats.json.template import Template, last_template, template_of
from policies.formats.masker import Kind, Tally
from policies.formats.plain_texts import Place, says_something_known, those_that_tell
from policies.kernel.library import KERNEL, PUT, Kernel, Mask, Masked
from policies.transforms.columns import are_alphanumeric

LEAST_BYTES = 2 * 1024
"""Of a shorter body it does not pay."""
LONGEST_RECORD = 8 * 1024
"""Bytes of the first record, of which a template is made."""
PASSED_OVER = 15
"""Bodies that are parsed at once after one whose texts told something."""
_NULL = b"null"
_ESCAPED = re.compile(r'["\\\x00-\x1f]')


def cut_out(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """The records of a list that may fill the body *data*, with what stands before and behind them.

    None where a parser must look. Whether it is a list of records, and the only one, is told by what stands around it.
    """
    if KERNEL is None or len(data) < LEAST_BYTES or b"\\" in data:
        return None
    begin, end = data.find(b"[{") + 1, data.rfind(b"}]") + 1
    if not 0 < begin < end or begin + len(data) - end > MOST_AROUND:
        return None
    return data[:begin], data[begin:end], data[end:]


def masked_in_place(items: Object, records: bytes, tally: Tally) -> bytes | None:
    """The *records*, each of which is one of *items*, masked, with commas between them; counted in *tally*.

    None where a parser must read them; then nothing was counted.
    """
    if KERNEL is None:
        return None
    # Records that are written as the last ones were are told by that alone: the kernel proves it of the first as well.
    last = last_template(items)
    made = None if last is None or last.passed_over else _made(KERNEL, last, records, tally)
    if last is not None and made is not None:
        return _shown(KERNEL, last, records, made, tally)
    template = _template_by_first(items, records)
    if template is None:
        return None
    if template.passed_over:
        template.passed_over -= 1
        return None
    made = None if template is last else _made(KERNEL, template, records, tally)
    return None if made is None else _shown(KERNEL, template, records, made, tally)


def _template_by_first(items: Object, records: bytes) -> Template | None:
    """That of the first of the *records*; None where a parser must read them."""
    stop = records.find(b"},{", 0, LONGEST_RECORD)
    try:
        first = orjson.loads(records[: stop + 1])
    except orjson.JSONDecodeError:
        return None
    return template_of(items, first) if type(first) is dict else None


def _made(kernel: Kernel, template: Template, records: bytes, tally: Tally) -> Masked | None:
    return kernel.masked(template.plan, records, len(records) // template.least_bytes + 1, tally.digester.state)


def _shown(kernel: Kernel, template: Template, records: bytes, made: Masked, tally: Tally) -> bytes | None:
    if made.spans.number < FEWEST_ROWS:
        return None
    return _Records(kernel, template, records, made, tally).shown()


class _Records:
    """Records that are written like *template*, of which the kernel has *made* what it could."""

    def __init__(self, kernel: Kernel, template: Template, records: bytes, made: Masked, tally: Tally) -> None:
        self._kernel = kernel
        self._template = template
        self._records = records
        self._made = made
        self._spans = made.spans
        self._tally = tally
        self._written: dict[int, list[bytes]] = {}
        """The texts in which something is hidden, by group, as they are to be written, record by record."""
        self._found: list[str] = []
        """The category of each thing that is hidden in them."""

    def shown(self) -> bytes | None:
        """What they become, once it is counted; None where a parser must read them."""
        if self._template.texts and not self._texts_are_treated():
            self._template.passed_over = PASSED_OVER
            return None
        woven = self._woven()
        if woven is None:
            return None
        subjects: dict[str, str] = {}
        for group in self._template.whose:
            if not self._are_noted(group, subjects):
                return None
        counts, tally = self._spans.counts, self._tally
        for group, field in self._template.counted:
            if texts := counts[2 * group]:
                tally.fields[field] += texts
        tally.count_found(self._found)
        tally.subjects.update(subjects)
        return woven

    def _texts_are_treated(self) -> bool:
        """Hide what is to be hidden in the free texts, of most of which that is nothing. False where it cannot be."""
        template = self._template
        groups = sorted(template.texts)
        told = self._kernel.gather(self._records, self._spans, template.texts)
        records = [texts.split("\n")[:-1] for texts in told]
        hidden: Sequence[Sequence[str]] = [()] * len(records)
        if template.looks_further:
            hidden = [text.split("\n") for text in self._kernel.gather(self._records, self._spans, template.hidden)]
        telling = those_that_tell(records, hidden)
        telling |= self._tally.prose.those_that_tell(records, [template.actions[group].prose for group in groups])
        if telling:
            if template.has_texts_within:
                return False
            self._hide(groups, records, hidden, telling)
        return True

    def _hide(
        self,
        groups: Sequence[int],
        records: Sequence[Sequence[str]],
        hidden: Sequence[Sequence[str]],
        telling: Collection[Place],
    ) -> None:
        """Hide what is to be hidden in those texts of *records* that are *telling*; *hidden* is what they may hide."""
        asking = {place for place in telling if says_something_known(records[place[0]][place[1]], hidden[place[0]])}
        known = self._known(sorted({number for number, _ in asking})) if asking else {}
        alone: dict[tuple[str, int], list[Span]] = {}  # of texts that hold nothing known many are the same
        for number, place in sorted(telling):
            text, prose = records[number][place], self._template.actions[groups[place]].prose
            spans = None if (number, place) in asking else alone.get((text, prose))
            if spans is None:
                values = known[number] if (number, place) in asking else None
                spans = spans_to_hide(text, values, self._tally, typed=True, prose=prose)
                if values is None:
                    alone[text, prose] = spans
            if spans:
                self._put(groups[place], number, orjson.dumps(hide(text, spans)))
                self._found += [category for span in spans for category in span.categories]

    def _put(self, group: int, number: int, written: bytes) -> None:
        """Have the text of *group* in the record *number* be *written* so."""
        if group not in self._written:
            self._written[group] = [_NULL if each is None else b'"%b"' % each.encode() for each in self._texts(group)]
        self._written[group][number] = written

    def _known(self, numbers: Sequence[int]) -> dict[int, KnownValues]:
        """What each record of *numbers* hides elsewhere."""
        found = {number: KnownValues() for number in numbers}
        for group in self._template.hidden:
            texts = self._texts(group)
            were = [(number, text) for number in numbers if (text := texts[number]) is not None]
            masks = self._template.actions[group].each_masked([text for _, text in were])
            for (number, text), became in zip(were, masks, strict=True):
                if text != became:
                    found[number].add(text)
        return found

    def _are_noted(self, group: int, subjects: dict[str, str]) -> bool:
        """Note whom *group* says that the records are about. False where that must be looked at one by one."""
        digester = self._tally.digester
        if digester.note_in(self._records, self._spans, group, subjects, self._made.digests):
            return True
        texts = self._texts(group)
        if None in texts or not are_alphanumeric(texts):
            return False
        digester.note(texts, subjects)
        return True

    def _woven(self) -> bytes | None:
        """The records with masks in the place of values: the kernel's, or, where it knows none, those of Python."""
        if self._made.woven is not None and not self._written:
            return self._made.woven
        masks, spelled = list(self._template.plan.masks), dict(self._written)
        for group in spelled:
            masks[group] = PUT
        for group in (*self._template.spelled, *self._made.unknown):
            spelled[group], masks[group] = self._spelled(group), PUT
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
