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

from policies.formats.json_frame import MOST_AROUND
from policies.formats.json_nodes import Object
from policies.formats.json_table import FEWEST_ROWS
from policies.formats.json_template import Template, last_template, template_of
from policies.formats.masker import Kind, Tally
from policies.formats.plain_texts import those_that_tell_nothing
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

    def shown(self) -> bytes | None:
        """What they become, once it is counted; None where a parser must read them."""
        woven = self._woven() if not self._template.texts or self._tell_nothing() else None
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
        tally.subjects.update(subjects)
        return woven

    def _tell_nothing(self) -> bool:
        """Whether nothing is to be hidden in the free texts of any record: of most that is so."""
        told: list[str] = self._kernel.gather(self._records, self._spans, self._template.texts)
        known = (
            [text.split("\n") for text in self._kernel.gather(self._records, self._spans, self._template.hidden)]
            if self._template.looks_further
            else [()] * len(told)
        )
        if all(those_that_tell_nothing(told, known)) and self._read_as_nothing(told):
            return True
        self._template.passed_over = PASSED_OVER
        return False

    def _read_as_nothing(self, told: Sequence[str]) -> bool:
        """Whether a tagger finds nothing in any of these texts."""
        template, prose = self._template, self._tally.prose
        lines = len(template.texts)
        return not template.prose or all(prose.lines_tell_nothing(text, lines, template.prose) for text in told)

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
        if self._made.woven is not None:
            return self._made.woven
        masks, spelled = list(self._template.plan.masks), {}
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
