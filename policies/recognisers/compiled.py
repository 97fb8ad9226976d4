"""The tables of recognisers as the kernel reads them (see `identify.rs`), and what it finds by them as hits.

Rows stay where they are: to add one is to add a row. One with a pattern, a check or a doubt that the kernel does not
know is left to Python, which is what `candidates.py` says without the kernel too.
"""

import functools
import re
import weakref
from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from policies.kernel.library import KERNEL
from policies.recognisers import around, checksums
from policies.recognisers.candidates import BY_CONTEXT, MIXED, announced_score
from policies.recognisers.countries import FOREIGN
from policies.recognisers.hits import as_hits
from policies.recognisers.labelled import LABELLED, PATTERNS
from policies.recognisers.normalise import INVISIBLE, READ_AS
from policies.recognisers.patterns import (
    ASCII,
    UNITS,
    Programs,
    Unsupported,
    begins,
    characters,
    consists,
    either_case,
    leads_to,
)
from policies.recognisers.persons import names
from policies.recognisers.regions import PROVINCES, codes
from policies.recognisers.table import (
    AROUND_GROUPS,
    DOUBTFUL,
    ORDER,
    REPORTED,
    SEPARATORS,
    SURE_ENOUGH,
    TABLE,
    Hit,
    Recogniser,
    has_unionpay_prefix,
)

ALL, CHOSEN, JOINED = range(3)
"""What becomes of hits that overlap: nothing; what `find` chooses; what `scan` joins."""
_CHECKS: dict[Callable[[str], bool] | None, int] = {
    None: 0,
    checksums.is_resident_id: 1,
    checksums.is_resident_id_15: 2,
    checksums.is_uscc: 3,
    has_unionpay_prefix: 4,
    checksums.is_luhn: 5,
    checksums.is_vin: 6,
    checksums.resembles_resident_id: 7,
    checksums.is_placed_resident_id: 8,
    checksums.is_placed_uscc: 9,
    checksums.is_foreigners_card_15: 10,
    checksums.is_disability_certificate: 11,
}
_DOUBTS: dict[Callable[[str, int, int], bool] | None, int] = {
    None: 0,
    around.is_part_of_more: 1,
    around.is_untidy: 2,
    around.is_for_machines: 3,
}
"""What the kernel knows, by the numbers that it has in `checks.rs` and `around.rs`."""
_NEEDS_CONTEXT, _CONTEXT_ONLY, _DENIABLE, _PLAIN, _LEFT, _SHARED = 1, 2, 4, 8, 16, 32
_VERDICTS = 8
_NEVER = 0xFFFFFFFF
_UNREADABLE = 0xFFFF
_OTHER = 1 << 31
_LONG = 12
_MOST_ROWS = 64
_MOST_STATES = 1 << 13
_PAIRS, _CHAINS = 1 << 10, 1 << 13
"""Hashes of two units that stand one behind the other: of which rows have theirs, and words."""
_CODES = 10**6
"""As many codes of places have six digits."""
_LOWERS_TO_TWO = "\u0130"
"""In lower case it is longer: places behind it are others."""

type Kind = tuple[str, float, str]
"""Category, score, and why."""
type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Identified:
    """What the kernel found."""

    hits: Sequence[Hit]
    alike: list[Span]
    """Where letters may stand for digits."""
    packed: list[Span]
    """Where something may be packed, beside what a check digit proves."""


class Compiled:
    """The tables, made once. *most_states*: how many are kept of those in which `automaton.rs` reads, 3 MiB."""

    def __init__(self, most_states: int = _MOST_STATES) -> None:
        self._programs = Programs()
        self._rows = array("I")
        self._firsts = array("Q", bytes(8 * UNITS))
        self._pairs = array("Q", bytes(8 * _PAIRS))
        self._behind: list[array[int]] = [array("Q", bytes(8 * ASCII)) for _ in range(ASCII)]
        self._kinds: list[Kind] = []
        self.known: dict[object, int] = {}
        """The rows that the kernel knows, by `table.Recogniser`, number among `LABELLED` or pattern: a bit each."""
        self._words: dict[str, int] = dict.fromkeys(around.OTHERS, _OTHER)
        for row in TABLE:
            self._add_row(row)
        for pattern in names.PATTERNS:
            self._add_plain(pattern, pattern, 1, _PLAIN, ("person_name", names.SCORE, "context"))
        for number, (labelled, pattern) in enumerate(zip(LABELLED, PATTERNS, strict=True)):
            kind = (labelled.category, labelled.score, "context")
            self._add_plain(
                number, pattern, pattern.groupindex["value"], _PLAIN, kind, () if labelled.behind else labelled.words
            )
        self._add_plain(MIXED, MIXED, 0, _LEFT | _SHARED, ("", 0.0, ""))
        self._read_as = _read_as()
        self.tables = self._made()
        tables = (self._programs.code, self._programs.sets, self._rows, self._read_as)
        self.automaton = KERNEL.automaton(*tables, most_states) if KERNEL is not None else None
        if KERNEL is not None and self.automaton is not None:
            weakref.finalize(self, KERNEL.forget, self.automaton)
        self.given = array("Q", [place for table in self.tables for place in table.buffer_info()])
        self._categories, self._scores, self._whys = map(list, zip(*self._kinds, strict=True))
        self._reported = [REPORTED.get(category, category) for category in self._categories]

    def identify(self, text: str, wanted: int, becomes: int = ALL, *, unpacks: bool = False) -> Identified | None:
        """What those rows whose bits are *wanted* find in *text*; None where Python must look."""
        if KERNEL is None:
            return None
        told = KERNEL.identify(
            text.encode("utf-32-le", "surrogatepass"), wanted, becomes, unpacks, self.automaton, self.given
        )
        if told is None:
            return None
        number, alike, packed = told[:3]
        tables = (self._reported if becomes == CHOSEN else self._categories, self._scores, self._whys)
        hits = as_hits(told, 3, number, tables)
        if not alike and not packed:
            return Identified(hits, [], [])
        spans = told[3 + 3 * number : 3 + 3 * number + 2 * (alike + packed)]
        every = list(zip(spans[::2], spans[1::2], strict=True))
        return Identified(hits, every[:alike], every[alike:])

    def bits_of(self, keys: Iterable[object]) -> int | None:
        """The bits of the rows that have *keys*; None where the kernel does not know one of them."""
        bits = [self.known.get(key) for key in keys]
        return None if None in bits else sum(bit or 0 for bit in bits)

    def _add_row(self, row: Recogniser) -> None:
        """Add *row*, if the kernel knows all that it asks for."""
        checks, doubt = [_CHECKS.get(check) for check in (row.check, row.form, row.proof)], _DOUBTS.get(row.doubt)
        if doubt is None or None in checks:
            return
        flags = (
            _NEEDS_CONTEXT * row.needs_context | _CONTEXT_ONLY * row.context_only | _DENIABLE * row.deniable | _SHARED
        )
        grounds = "checksum" if row.check else "pattern"
        kinds = [
            (row.score, grounds),
            (announced_score(row), f"{grounds},context"),
            (DOUBTFUL, grounds),
            (BY_CONTEXT, "context"),
            (DOUBTFUL, "context"),
            (DOUBTFUL, "pattern"),
        ]
        number = self._add(row, row.pattern, 0, [*(check or 0 for check in checks), doubt], flags)
        if number is not None:
            for word in row.context:
                self._words[word] = self._words.get(word, 0) | 1 << number
            self._name_kinds([(row.category, *kind) for kind in kinds])

    def _add_plain(
        self,
        key: object,
        pattern: re.Pattern[str],
        group: int,
        flags: int,
        kind: Kind,
        words: Collection[str] = (),
    ) -> None:
        if self._add(key, pattern, group, [0, 0, 0, 0], flags, words) is not None:
            self._name_kinds([kind])

    def _add(
        self,
        key: object,
        pattern: re.Pattern[str],
        group: int,
        judges: Iterable[int],
        flags: int,
        words: Collection[str] = (),
    ) -> int | None:
        """The number of the row. *words*: with one of which, in either case, the pattern begins, if that is known."""
        number = len(self.known)
        try:
            program = self._programs.add(pattern)
            firsts, behind = begins(pattern)
            among, least = consists(pattern)
            if least < _LONG or any(first <= ord(",") <= last for first, last in among):
                least = 0  # most that is tried is long enough: not worth a look
            leading, to = leads_to(pattern) or ((), _NEVER)
        except Unsupported:
            return None
        if number >= _MOST_ROWS:
            return None
        bit = 1 << number
        self._rows.extend((program, group, *judges, bit if number < 31 else 0, flags))
        self._rows.extend((self._programs.set_of(among), least, self._programs.set_of(leading), to))
        for code in _members(firsts):
            self._firsts[code] |= bit
        for before, bits in behind.items():
            for code in _members(bits & (1 << ASCII) - 1):
                self._behind[before][code] |= bit
        for pair in _pairs(words) if words else range(_PAIRS):
            self._pairs[pair] |= bit
        self.known[key] = bit
        return number

    def _name_kinds(self, kinds: list[Kind]) -> None:
        self._kinds += kinds + [("", 0.0, "")] * (_VERDICTS - len(kinds))

    def _made(self) -> "list[array[int]]":
        """All tables, in the order in which `lib.rs` takes them."""
        sets = self._sets()
        order = sorted({_precedence(kind) for kind in self._kinds if kind[1] >= SURE_ENOUGH})
        scores = sorted({kind[1] for kind in self._kinds})
        ranks = {category: rank for rank, category in enumerate(ORDER)}
        chains, words = _chained(self._words)
        alike = list(dict.fromkeys(map(bytes, self._behind)))
        behind = array("Q", b"".join(alike))
        classes = array("I", [alike.index(bytes(bits)) for bits in self._behind])
        lower = array("H", range(UNITS))
        for code in range(UNITS):
            if len(small := chr(code).lower()) == 1:
                lower[code] = ord(small)
        return [
            self._programs.code,
            self._programs.sets,
            self._rows,
            words,
            _bits(map(int, codes())),
            array("I", sorted(map(int, PROVINCES))),
            array("I", sorted(ord(issuer[0]) << 8 | ord(issuer[1]) for issuer in checksums.GIVEN_OUT_BY)),
            array("I", sorted(int.from_bytes(code.encode()) for code in FOREIGN)),
            array("I", [int("1" + "".join(f"{length:x}" for length in group), 16) for group in around.GROUPS]),
            sets,
            array("I", [order.index(_precedence(kind)) if kind[1] >= SURE_ENOUGH else _NEVER for kind in self._kinds]),
            array("I", [ranks.get(category, 0) for category, _, _ in self._kinds]),
            array("I", [scores.index(score) for _, score, _ in self._kinds]),
            array("I", [score >= SURE_ENOUGH and why.startswith("checksum") for _, score, why in self._kinds]),
            classes,
            self._firsts,
            behind,
            self._pairs,
            self._read_as,
            chains,
            lower,
        ]

    def _sets(self) -> "array[int]":
        """Where the sets and patterns stand that are asked for by themselves, in the order of `lib.rs`."""
        add = self._programs.add
        beyond = "".join(chr(code) for code in READ_AS if code >= UNITS)
        return array(
            "I",
            [
                self._set(set(SEPARATORS.replace("\\", ""))),
                self._set(set(f"{SEPARATORS}{AROUND_GROUPS}".replace("\\", ""))),
                self._programs.set_of(characters(re.compile(f"[{INVISIBLE}{beyond}]"))),
                self._set(set(",，。；、;\n0123456789")),
                self._set(set(around.TIDY)),
                self._programs.set_of(characters(around.COMES_BEHIND)),
                *self._begun(around.GOES_ON),
                *map(
                    add,
                    (
                        around.COMES_FROM,
                        around.NUMBER_IN_LIST,
                        around.COUNTRY,
                        around.REMOTE,
                        around.OF_FILES,
                        around.OF_ADDRESS,
                    ),
                ),
                self._set({char for word in self._words for char in either_case(word[0])}),
            ],
        )

    def _begun(self, pattern: re.Pattern[str]) -> tuple[int, int]:
        """Where the set stands of what *pattern* begins with, and the pattern."""
        rows = re.finditer("1+", bin(begins(pattern)[0])[:1:-1])
        return self._programs.set_of(tuple((row.start(), row.end() - 1) for row in rows)), self._programs.add(pattern)

    def _set(self, chars: Collection[str]) -> int:
        return self._programs.set_of(tuple((ord(char), ord(char)) for char in sorted(chars)))


@functools.cache
def compiled() -> Compiled:
    """The tables as the kernel reads them; to make them takes a quarter of a second, once."""
    return Compiled()


def _read_as() -> "array[int]":
    """What each code unit is read as, or that no recogniser reads it."""
    read_as = array("H", range(UNITS))
    for code in range(UNITS):
        read_as[code] = READ_AS.get(code, code)
    for char in (*re.findall(f"[{INVISIBLE}]", "".join(map(chr, range(UNITS)))), _LOWERS_TO_TWO, "\uffff"):
        read_as[ord(char)] = _UNREADABLE
    return read_as


def _bits(numbers: Iterable[int]) -> "array[int]":
    """Of *numbers*, each of at most six digits, a bit each: the same in `checks.rs`."""
    bits = array("I", bytes(4 * (_CODES // 32)))
    for number in numbers:
        bits[number // 32] |= 1 << number % 32
    return bits


def _precedence(kind: Kind) -> tuple[bool, float, int]:
    """As `find` chooses."""
    category, score, why = kind
    return not why.startswith("checksum"), -score, ORDER.index(category)


def _chained(words: dict[str, int]) -> "tuple[array[int], array[int]]":
    """Where in the second those words stand whose first two units have a hash: length, rows, units of each, a 0."""
    chains, flat = array("H", bytes(2 * _CHAINS)), array("I", [0])
    by_pair: dict[int, list[str]] = {}
    for word in words:
        by_pair.setdefault(_pair(*word[:2]) % _CHAINS, []).append(word)
    for pair, some in by_pair.items():
        chains[pair] = len(flat)
        for word in some:
            flat.extend((len(word), words[word], *map(ord, word)))
        flat.append(0)
    return chains, flat


def _pair(first: str, second: str) -> int:
    """The same in `around.rs` and `identify.rs`."""
    return ord(first) * 32 ^ ord(second)


def _pairs(words: Iterable[str]) -> set[int]:
    """The hashes of the first two units of *words*, in either case."""
    return {
        _pair(first, second) % _PAIRS
        for word in words
        for first in either_case(word[0])
        for second in either_case(word[1])
    }


def _members(bits: int) -> Iterable[int]:
    """The places of those of *bits* that are set."""
    return (place for row in re.finditer("1+", bin(bits)[:1:-1]) for place in range(*row.span()))
