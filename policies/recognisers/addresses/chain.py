"""Where addresses begin and end, as a chain of labels over the characters of a sentence has learned it.

Rules know what addresses are made of; where one ends and the sentence goes on is a matter of many small signs, which
are weighed here: characters, what the tagger says of words, what kinds of parts stand ahead and behind. Each sign is a
number made of its parts; the file holds the weights of those that were seen in training, see
`tests/bench/train_addresses.py`.

Source: Lafferty, McCallum and Pereira, "Conditional Random Fields", ICML 2001.
"""

import functools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from policies.recognisers.sentences import Sentence

type Signs = npt.NDArray[np.uint32]
type Floats = npt.NDArray[np.float32]
type Span = tuple[int, int]

WEIGHTS = Path(__file__).with_suffix(".npz")
OUTSIDE, BEGIN, WITHIN, END = range(4)
"""The labels of characters."""
_FURTHEST = 3
"""Characters on each side that are looked at by themselves."""
_KINDS = {
    "d": "0123456789",
    "c": "一二三四五六七八九十百零〇两",
    "V": "省市区县旗州盟",
    "T": "镇乡",
    "R": "路街道巷弄条段",
    "N": "号栋幢座楼室层户房门#",
    "U": "单元",
    "G": "村组队社屯庄寨委",
    "E": "苑园城府湾庭院厦邸居寓宅舍轩阁馆里",
    "F": "东南西北中侧旁面角",
    "h": "-－—",
    "j": "甲乙丙丁附之",
    "p": '，。、；：！？,.;:!?（）()“”"《》【】[] 　|/',
}
"""What characters are in addresses."""
_OTHER, _LATIN, _HAN = (len(_KINDS) + more for more in range(1, 4))
_STOPS = 1 + [*_KINDS].index("p")
_TELL = frozenset(1 + [*_KINDS].index(kind) for kind in "dcVTRNUGEh")
"""What summaries of what stands ahead and behind are made of."""
_FIRST_FACTOR, _FACTOR, _HALF = 0x9E3779B1, np.uint32(0x85EBCA6B), np.uint32(15)
"""What mixes the parts of a sign, as xxHash and MurmurHash3 do."""
_LAST_OF_TABLE = np.uint32(0xFFFF)
_TAGS = {
    tag: 1 + number
    for number, tag in enumerate("a ad an c d f m n PER LOC ORG nw nz p q r s TIME u v vd vn w xc O".split())
}
(_CHAR, _KIND, _TAG, _PLACE, _AHEAD_4, _AHEAD_3, _AHEAD_2, _BEHIND_3, _BEHIND_2) = range(9)
(_TAG_BEFORE, _TAG_BEFORE_2, _TAG_NEXT, _TAG_NEXT_2, _WORD, _WORD_BEFORE, _WORD_NEXT) = range(9, 16)
_COLUMNS = 16
"""What is known of each character."""
_ALONE, _FIRST, _INNER, _LAST = 3, 0, 1, 2
"""Where a character stands in its word."""


def _around(column: int, *places: int) -> tuple[tuple[int, int], ...]:
    return tuple((column, place) for place in places)


TEMPLATES: tuple[tuple[tuple[int, int], ...], ...] = (
    *(_around(_CHAR, place) for place in (0, -1, 1, -2, 2)),
    *(_around(_CHAR, *places) for places in ((-1, 0), (0, 1), (-2, -1), (1, 2))),
    *(_around(_CHAR, *places) for places in ((-1, 0, 1), (-2, -1, 0), (0, 1, 2), (-3, -2, -1), (1, 2, 3))),
    *(_around(_KIND, *places) for places in ((-1, 0, 1), (-2, -1, 0, 1, 2), (-3, -2, -1, 0), (0, 1, 2, 3))),
    ((_KIND, -1), (_CHAR, 0)),
    ((_CHAR, 0), (_KIND, 1)),
    ((_CHAR, 0), (_KIND, 1), (_KIND, 2)),
    ((_KIND, -2), (_KIND, -1), (_CHAR, 0)),
    _around(_TAG, 0),
    ((_TAG_BEFORE, 0), (_TAG, 0)),
    ((_TAG, 0), (_TAG_NEXT, 0)),
    ((_TAG_BEFORE, 0), (_TAG, 0), (_TAG_NEXT, 0)),
    ((_TAG_BEFORE_2, 0), (_TAG_BEFORE, 0), (_TAG, 0)),
    ((_TAG, 0), (_TAG_NEXT, 0), (_TAG_NEXT_2, 0)),
    ((_WORD, 0), (_PLACE, 0)),
    ((_WORD_BEFORE, 0), (_PLACE, 0)),
    ((_WORD_NEXT, 0), (_PLACE, 0)),
    ((_TAG, 0), (_CHAR, 0)),
    ((_AHEAD_4, 0), (_KIND, 0)),
    ((_BEHIND_3, 0), (_KIND, 0)),
    ((_BEHIND_3, 0), (_KIND, 0), (_AHEAD_2, 0)),
    ((_AHEAD_4, 0), (_TAG, 0)),
    ((_BEHIND_3, 0), (_TAG, 0)),
    ((_AHEAD_3, 0), (_CHAR, 0)),
    ((_BEHIND_2, 0), (_CHAR, 1)),
    ((_BEHIND_2, 0), (_WORD_NEXT, 0), (_PLACE, 0)),
    ((_AHEAD_2, 0), (_WORD_BEFORE, 0), (_PLACE, 0)),
)
"""What signs are made of: columns, and how far from the character."""


def _kinds_of_characters() -> npt.NDArray[np.uint32]:
    table = np.full(0x10000, _OTHER, np.uint32)
    table[0x4E00:0xA000] = _HAN
    for letters in ("AZ", "az"):
        table[ord(letters[0]) : ord(letters[1]) + 1] = _LATIN
    for number, chars in enumerate(_KINDS.values(), 1):
        for char in chars:
            table[ord(char)] = number
    table[0] = 0
    return table


_KIND_OF = _kinds_of_characters()


def labels_of(length: int, spans: Sequence[Span]) -> list[int]:
    """The labels of *length* characters in which addresses stand at *spans*, each of two characters at least."""
    labels = [OUTSIDE] * length
    for start, end in spans:
        labels[start:end] = [BEGIN, *[WITHIN] * (end - start - 2), END]
    return labels


def signs_of(sentences: Sequence[Sentence]) -> Signs:
    """The signs at each character of *sentences*, one sentence behind the other: a row for each of the templates."""
    length = sum(len(sentence.text) + _FURTHEST for sentence in sentences) + _FURTHEST
    columns = np.zeros((_COLUMNS, length), np.uint32)
    is_char = np.zeros(length, bool)
    at = _FURTHEST
    for sentence in sentences:
        end = at + len(sentence.text)
        is_char[at:end] = True
        _fill(columns[:, at:end], sentence)
        at = end + _FURTHEST
    places = np.flatnonzero(is_char)
    signs = np.empty((len(TEMPLATES), len(places)), np.uint32)
    for number, template in enumerate(TEMPLATES):
        sign = np.full(len(places), _FIRST_FACTOR * (number + 1) & 0xFFFFFFFF, np.uint32)
        for column, far in template:
            sign ^= columns[column, places + far]
            sign *= _FACTOR
            sign ^= sign >> _HALF
        signs[number] = sign
    return signs


def _fill(columns: Signs, sentence: Sentence) -> None:
    """Write to *columns* what is known of each character of *sentence*."""
    chars = np.frombuffer(sentence.text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _KIND_OF[np.minimum(chars, _LAST_OF_TABLE)]
    columns[_CHAR], columns[_KIND] = chars, kinds
    columns[_AHEAD_4] = _summaries(kinds.tolist()[::-1], 4)[::-1]
    columns[_AHEAD_3], columns[_AHEAD_2] = columns[_AHEAD_4] & 0xFFF, columns[_AHEAD_4] & 0xFF
    columns[_BEHIND_3] = _summaries(kinds.tolist(), 3)
    columns[_BEHIND_2] = columns[_BEHIND_3] & 0xFF
    words = sentence.words
    tags = [0, 0, *(_TAGS[tag] for *_, tag in words), 0, 0]
    told = [0, *(zlib.crc32(sentence.text[start:end].encode("utf-8", "surrogatepass")) for start, end, _ in words), 0]
    rows: list[list[int]] = [[] for _ in range(9)]
    for number, (start, end, _) in enumerate(words):
        size = end - start
        place = [_ALONE] if size == 1 else [_FIRST, *[_INNER] * (size - 2), _LAST]
        around = tags[number : number + 5]
        rows[0] += [4 * around[2] + each for each in place]
        rows[1] += place
        for row, value in zip(rows[2:6], (around[1], around[0], around[3], around[4]), strict=True):
            row += [value] * size
        for row, value in zip(rows[6:], (told[number + 1], told[number], told[number + 2]), strict=True):
            row += [value] * size
    columns[[_TAG, _PLACE, *range(_TAG_BEFORE, _COLUMNS)]] = rows


def _summaries(kinds: Sequence[int], most: int) -> list[int]:
    """Which of *kinds* stand before each place, *most* of them at most, the nearest last; a row of one counts once."""
    mask = (1 << 4 * most) - 1
    made: list[int] = []
    known = last = 0
    for kind in kinds:
        made.append(known)
        if kind == _STOPS:
            known, last = kind, 0
        elif kind in _TELL:
            if kind != last:
                known = (known << 4 | kind) & mask
            last = kind
        else:
            last = 0
    return made


@dataclass(frozen=True, slots=True)
class Chain:
    """What was learned."""

    signs: Signs
    """Those that weigh something, in order."""
    weights: Floats
    """Of each, for each label."""
    after: Floats
    """How well a label fits behind another."""
    bias: Floats

    def fits(self, signs: Signs) -> Floats:
        """How well each label fits each character that has these *signs*, which stand in columns."""
        where = np.searchsorted(self.signs, signs)
        np.minimum(where, len(self.signs) - 1, out=where)
        weighed = self.weights[where]
        weighed[self.signs[where] != signs] = 0
        fits: Floats = weighed.sum(axis=0) + self.bias
        return fits

    def spans(self, fits: Floats) -> list[tuple[int, int, float]]:
        """Where addresses begin and end in a sentence whose labels *fits*, and how much better each fits than none."""
        return _best(fits.tolist(), self.after.tolist())


def _best(fits: Sequence[Sequence[float]], after: Sequence[Sequence[float]]) -> list[tuple[int, int, float]]:
    """The best labels by dynamic programming: only a begin opens an address, only an end closes one."""
    never = float("-inf")
    outside, begin, within, end = fits[0][OUTSIDE], fits[0][BEGIN], never, never
    came: list[tuple[int, int, int]] = []
    for fit in fits[1:]:
        stays, closed = outside + after[OUTSIDE][OUTSIDE], end + after[END][OUTSIDE]
        opens, follows = outside + after[OUTSIDE][BEGIN], end + after[END][BEGIN]
        first, goes_on = begin + after[BEGIN][WITHIN], within + after[WITHIN][WITHIN]
        short, long = begin + after[BEGIN][END], within + after[WITHIN][END]
        came.append(
            (
                END if closed > stays else OUTSIDE,
                END if follows > opens else OUTSIDE,
                (BEGIN if first >= goes_on else WITHIN) + 4 * (BEGIN if short >= long else WITHIN),
            )
        )
        outside = max(stays, closed) + fit[OUTSIDE]
        begin = max(opens, follows) + fit[BEGIN]
        within = max(first, goes_on) + fit[WITHIN]
        end = max(short, long) + fit[END]
    label = END if end > outside else OUTSIDE
    labels = [label]
    for to_outside, to_begin, inner in reversed(came):
        label = (to_outside, to_begin, inner & 3, inner >> 2)[label]
        labels.append(label)
    labels.reverse()
    return [(start, stop, _margin(fits, after, start, stop)) for start, stop in spans_of(labels)]


def spans_of(labels: Sequence[int]) -> list[Span]:
    """Where the addresses that *labels* tell of begin and end."""
    begins = [place for place, label in enumerate(labels) if label == BEGIN]
    ends = [place + 1 for place, label in enumerate(labels) if label == END]
    return list(zip(begins, ends, strict=True))


def _margin(fits: Sequence[Sequence[float]], after: Sequence[Sequence[float]], start: int, end: int) -> float:
    """How much better the address from *start* to *end* fits than none there."""
    inner = fits[start][BEGIN] + sum(fit[WITHIN] for fit in fits[start + 1 : end - 1]) + fits[end - 1][END]
    length = end - start
    inner += (
        after[BEGIN][END]
        if length == 2
        else after[BEGIN][WITHIN] + (length - 3) * after[WITHIN][WITHIN] + after[WITHIN][END]
    )
    inner += after[OUTSIDE][BEGIN] * (start > 0) + after[END][OUTSIDE] * (end < len(fits))
    around = (start > 0) + (end < len(fits)) + length - 1
    return inner - sum(fit[OUTSIDE] for fit in fits[start:end]) - around * after[OUTSIDE][OUTSIDE]


@functools.cache
def chain() -> Chain:
    """What was learned, read when it is first asked for."""
    with np.load(WEIGHTS) as kept:
        return Chain(kept["signs"], kept["weights"].astype(np.float32) * kept["scale"], kept["after"], kept["bias"])


def addresses_by_chain(
    sentences: Sequence[Sentence], learned: Chain | None = None
) -> list[list[tuple[int, int, float]]]:
    """Where in each of *sentences* an address begins and ends, in offsets of that, and how much better that fits than
    none. *learned*: other weights than those that are kept.
    """
    if not sentences:
        return []
    learned = chain() if learned is None else learned
    fits = learned.fits(signs_of(sentences))
    ends = np.cumsum([len(sentence.text) for sentence in sentences]).tolist()
    return [learned.spans(fits[end - len(each.text) : end]) for each, end in zip(sentences, ends, strict=True)]
