"""A tagged sentence read as the parts of an address, from a place on: from the largest down, as far as they go."""

import re
from collections.abc import Iterator

from policies.recognisers.addresses.estates import (
    ALONE,
    BEFORE_ROOM,
    BESIDE,
    FOR_USE,
    HAMLET,
    OF_NAMES,
    SOUGHT,
    TAGGED,
    UNIT,
    WITHIN,
)
from policies.recognisers.addresses.numbers import HOUSE_BY_ITSELF, NUMBERED
from policies.recognisers.addresses.parts import (
    BUILDING,
    CROSSED,
    CROSSING,
    DIVISION,
    HOUSE,
    NAMED,
    NO_DIVISION,
    NO_NAME,
    NO_ROAD,
    PROVINCE,
    ROAD,
)
from policies.recognisers.addresses.said import AT, LABEL
from policies.recognisers.addresses.words import words_of
from policies.recognisers.sentences import Sentence

PLACE = frozenset({"LOC", "ORG", "nz", "s", "nw"})
"""What the tagger calls words that may be of a place."""
_NEVER_WITHIN = frozenset({"u", "p", "r", "w"})
_IN_A_LINE = frozenset({"LOC", "ORG", "nz", "n", "m", "q", "xc", "f", "s", "nw", "a", "vn", "w"})
"""What the words of a line are that is an address."""
_CONJUNCTIONS = frozenset(
    {"和", "与", "及", "以及", "或", "或者", "并", "并且", "而", "但", "但是", "而且", "因为", "所以"}
)
_DIVISIONS = frozenset("区县市镇乡州旗盟")
"""How the names of divisions end: 大湾|区 is no bay."""
_TOWARDS = frozenset("至到往向沿有")
"""What parts a place from the next, to which somebody goes, or from what there is in it."""
_NO_NAME_OF_ONE = _TOWARDS | frozenset("经入进在于去来回从是")
"""What is done, in one character, and begins no name that was torn."""
_AND_IN_NAME = re.compile("(?![办市县区镇乡村路街组户人])[\u4e00-\u9fff]和(?:小区|社区|家园|花园|苑|园|里|村|路|街|巷)")
"""What is called with a word for "and" in it, which ends a place everywhere else: 家和社区."""
_LETTERED = re.compile("[甲乙丙丁附付新老][0-9]")
"""How the number of a house begins that is none of the word before it: 学院路丁11号."""
_BETWEEN = re.compile(
    "[，,、](?=[0-9一二三四五六七八九十A-Z甲乙丙丁]+(?:号楼|栋|幢|座|单元|层|楼|室|号))|、(?=[\u4e00-\u9fff]{1,5}(?:路|街|大道)[东南西北]、)"
)
"""Commas between the parts of one address."""
_COUNTED = re.compile("(?:[一两二三四五六七八九十几多数各]|[0-9]+)(?:处|家|个|所|间)$")
"""Of how many something is said, and none is called so: 二楼两处网吧."""
_A_NUMBER = re.compile("[0-9](?:号|弄|幢|栋)")
"""What no name of a place holds: it is a part of its own."""
_LARGER = re.compile(
    "(?<=[省市区县镇乡道])[，,](?=[^都不在的是有到来去说，,]{2,6}(?:市|区|县|镇|乡|街道|路|街|大道|村))"
    "|的(?=[\u4e00-\u9fff]{1,8}(?:路|街|巷|道|弄|村|小区|花园)[0-9一二三四五六七八九十甲乙]+)"
)
"""What stands between a division and what lies in it, where people write as they speak: 鼓楼区的湖东路18号."""
_A_WAY = re.compile("(?:路|街|大道|巷|村|社区)[东南西北中]?$")
"""How a name ends that is none of a division."""
_AFTER_SIGN = "，。、：:；;,(（ 　"
_LEAST_BARE = 3
_LONGEST_BARE = 6
"""Characters of a division that is written without what divisions end with."""
_LEAST_NAME = 2
"""Characters before an ending of one that many words end with as well."""

type Part = tuple[int, int, bool]
"""How large, where it ends, and whether it is a number."""


class Reading:
    """The addresses that one sentence may hold."""

    def __init__(self, sentence: Sentence) -> None:
        self.text = sentence.text
        self.words = tuple(words_of(sentence))
        self.kind_at: dict[int, tuple[int, str]] = {start: (end, kind) for start, end, kind in self.words}
        self._goes_on = [False] * (len(self.text) + 1)
        self._barred = [False] * (len(self.text) + 1)
        self.places = [False] * (len(self.text) + 1)
        self._stops = frozenset(end for _, end, _ in self.words)
        self._does = [(start, end) for start, end, kind in self.words if kind == "v" and end - start > 1]
        for start, end, kind in self.words:
            word = self.text[start:end]
            bars = kind in _NEVER_WITHIN or word in _CONJUNCTIONS or (kind == "v" and word in _TOWARDS)
            for place in range(start, end):
                char = self.text[place]
                self._barred[place] = bars or char in ":：我你他她您们" or (kind not in PLACE and char in NO_NAME)
                self.places[place] = kind in PLACE
                self._goes_on[place] = place > start and (kind not in PLACE or kind == "s")
        self.labels = frozenset(match.end() for match in LABEL.finditer(self.text))
        """Where what says that an address follows ends."""
        self.starts: dict[int, str] = (
            {place + 1: "n" for place, char in enumerate(self.text) if char in ":："}
            | {start: kind for start, _, kind in self.words}
            | dict.fromkeys(self.labels, "LOC")
        )
        """Where an address may begin, and what the word there is: behind a label, of a place."""
        self._known: dict[tuple[int, int], list[Part]] = {}

    def longest(self, start: int) -> list[Part]:
        """The parts of the address that begins at *start* and reaches furthest; none where there is none."""
        best: list[Part] = []
        for part in self._parts(start, DIVISION, first=True):
            whole = [part, *self._rest(part[1], part[0] if part[0] < BUILDING else HOUSE)]
            if not best or _reach(whole) > _reach(best):
                best = whole
        return best

    def _rest(self, at: int, rank: int) -> list[Part]:
        """What of an address stands from *at* on, none of it larger than *rank*."""
        if (at, rank) not in self._known:
            self._known[at, rank] = []
            best: list[Part] = []
            begin = at + 1 if self.text[at : at + 1] in (" ", "　") else at
            between = (_BETWEEN if rank >= ROAD else _LARGER).match(self.text, at)
            begin = between.end() if between is not None else begin
            for part in self._parts(begin, rank, first=False):
                whole = [part, *self._rest(part[1], part[0] if part[0] != BUILDING else HOUSE)]
                if not best or _reach_within(whole) > _reach_within(best):
                    best = whole
            self._known[at, rank] = best
        return self._known[at, rank]

    def _parts(self, at: int, rank: int, *, first: bool) -> Iterator[Part]:
        """The parts that may begin at *at*, none of them larger than *rank*."""
        if at >= len(self.text):
            return
        for size, pattern in NUMBERED:
            if size >= rank and (match := (HOUSE_BY_ITSELF if first else pattern).match(self.text, at)) is not None:
                yield size, match.end(), True
        if rank == DIVISION:
            if (match := PROVINCE.match(self.text, at)) is not None:
                yield DIVISION, match.end(), False
            end, kind = self.kind_at.get(at, (0, ""))
            is_bare = first and kind in PLACE and end - at >= _LEAST_BARE and LABEL.search(self.text, at, end) is None
            if is_bare and UNIT.match(self.text, end) is not None:
                yield HOUSE, end, False  # an estate by its name alone
            if first:
                yield from ((HOUSE, end, False) for end in self._estates(at, kind))
            is_bare = kind == "LOC" and 1 < end - at <= _LONGEST_BARE and _A_NUMBER.search(self.text, at, end) is None
            if is_bare and self._is_name(at, end, first=first):
                yield DIVISION, end, False
                if not first and _A_WAY.search(self.text, at, end) is not None:
                    yield ROAD, end, False
        if not first:
            yield from self._called_within(at, rank)
        if rank == ROAD and not first:
            if (crossing := CROSSING.match(self.text, at)) is not None:
                yield ROAD, crossing.end(), True
            crossed = CROSSED.match(self.text, at)
            if crossed is not None and self._is_of_names(at, crossed.end(), torn=True):
                yield ROAD, crossed.end(), True
        if self.text[at].isascii() and not self.text[at].isalpha():
            return
        for named in NAMED:
            if named.rank >= rank:
                for match in named.ending.finditer(self.text, at + 1, min(len(self.text), at + named.longest + 6)):
                    if match.start() - at > named.longest:
                        break
                    if named.rank >= HOUSE and rank >= HOUSE and self._is_done(at, match.start()):
                        break
                    if first and self._is_done(self.kind_at.get(at, (at, ""))[0], match.start()):
                        break
                    if first and named.rank == HOUSE and FOR_USE.fullmatch(self.text, at, match.end()):
                        continue
                    if first and named.rank == DIVISION and NO_DIVISION.fullmatch(self.text, at, match.end()):
                        continue
                    if named.rank == HOUSE and _COUNTED.search(self.text, at, match.start()):
                        continue
                    if _A_NUMBER.search(self.text, at, match.start()) or match.end() in self.labels:
                        break
                    if named.rank == ROAD and (self._is_said(match.start()) or (first and match[0] == "队")):
                        continue
                    if named.rank >= HOUSE and len(match[0]) == 1 and match.start() - at < _LEAST_NAME:
                        continue
                    if self._is_name(at, match.start(), first=first) and not self._splits_word(match.end()):
                        yield named.rank, match.end(), False

    def _called_within(self, at: int, rank: int) -> Iterator[Part]:
        """What no ending tells, none of it larger than *rank*, that may begin at *at* within an address."""
        for size, pattern in ((ROAD, HAMLET), (HOUSE, BESIDE), (HOUSE, WITHIN), (HOUSE, BEFORE_ROOM)):
            if size >= rank and (called := pattern.match(self.text, at)) is not None:
                end = called.end()
                if self._is_of_names(at, end) and self._is_name(at, end, first=False):
                    yield size, end, False
        if rank <= ROAD and (both := _AND_IN_NAME.match(self.text, at)) is not None:
            yield ROAD, both.end(), False

    def _estates(self, at: int, kind: str) -> Iterator[int]:
        """Where estates end that begin an address at *at*, with a word of *kind*, and that no ending tells."""
        if kind in PLACE and (tagged := TAGGED.match(self.text, at)) is not None:
            yield tagged.end()
        if self.is_called(at) and (alone := ALONE.match(self.text, at)) is not None:
            end = alone.end()
            if self._is_of_names(at, end) and LABEL.search(self.text, at, end) is None:
                yield end
        is_sought = kind in PLACE and (at in self.labels or AT.search(self.text, max(0, at - 3), at))
        if is_sought and (sought := SOUGHT.match(self.text, at)) is not None and self._is_of_names(at, sought.end()):
            yield sought.end()

    def is_called(self, at: int) -> bool:
        """Whether a name may begin at *at*: a word does there, and the one before is of no name."""
        if at not in self.kind_at:
            return False
        return at in self.labels or not any(end == at and kind in OF_NAMES for _, end, kind in self.words)

    def _is_of_names(self, start: int, end: int, *, torn: bool = False) -> bool:
        """Whether all words from *start* to *end* are such as places are called by. *torn*: so is what is done, in one
        character, as which a name is read of which the rest is a word: 迎|水道口.
        """
        return all(
            kind in OF_NAMES
            or (torn and kind == "v" and stops - begins == 1 and self.text[begins] not in _NO_NAME_OF_ONE)
            for begins, stops, kind in self.words
            if begins < end and stops > start
        )

    def _is_done(self, start: int, end: int) -> bool:
        """Whether something is done between *start* and *end*, in a word of its own: not 和平|东路, where a road's
        ending ends it.
        """
        return any(start <= begins and stops <= end for begins, stops in self._does)

    def _is_said(self, at: int) -> bool:
        """Whether what ends like a road at *at* ends a word that is none: 占道, 经营."""
        return self.text[at - 1 : at + 1] in NO_ROAD

    def _is_name(self, start: int, end: int, *, first: bool) -> bool:
        """Whether what stands from *start* to *end* may be what a place is called."""
        if any(self._barred[start:end]) or LABEL.search(self.text, start, end):
            return False
        if not first:
            return True
        # The first name begins where a word of a place does, if there is one within.
        begins = next((place for place in range(start, end) if self.places[place]), start)
        if begins == start + 1 and start in self.labels and start in self.kind_at:  # 住所地|建|华区
            return "\u4e00" <= self.text[start] <= "\u9fff" and self.text[start] not in _NO_NAME_OF_ONE
        return begins == start

    def _splits_word(self, end: int) -> bool:
        """Whether a word that is no place's goes on behind *end*, or a division's name does, by its ending alone."""
        if (
            self.text[end : end + 1] in _DIVISIONS
            and self.places[end]
            and end not in self.kind_at
            and end + 1 in self._stops
        ):
            return True
        is_within = self._goes_on[end] and "\u4e00" <= self.text[end] <= "\u9fff"
        return is_within and _LETTERED.match(self.text, end) is None

    def is_apart(self, start: int) -> bool:
        """Whether a sign stands before *start*, a label, or nothing."""
        return start == 0 or self.text[start - 1] in _AFTER_SIGN or start in self.labels

    def is_plain(self, start: int, end: int) -> bool:
        """Whether from *start* to *end* nothing but names of places stands."""
        kinds = {kind for begins, _, kind in self.words if start <= begins < end}
        return kinds <= _IN_A_LINE


def _reach(parts: list[Part]) -> tuple[int, int, int, int]:
    """How good a reading is: how far it goes, of how many parts, and how far from the largest to the smallest."""
    return parts[-1][1], len(parts), parts[-1][0], -parts[0][0]


def _reach_within(parts: list[Part]) -> tuple[int, int, int, int]:
    """The same of the rest of an address, in which a road is one rather than a division that is called so."""
    return parts[-1][1], len(parts), parts[-1][0], sum(rank for rank, _, _ in parts)
