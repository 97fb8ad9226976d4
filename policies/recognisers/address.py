"""Addresses in a tagged sentence: from the first division or road down to the room.

An address that tells where somebody is to be found goes below the town: it has a number, or names the village, the
estate or the road within a division. The name of a city or of a district alone is no address.
"""

import re
from collections.abc import Iterator

from policies.recognisers.address_estates import ALONE, FOR_USE, HAMLET, OF_NAMES, SOUGHT, TAGGED, UNIT, WITHIN
from policies.recognisers.address_lines import FIRM, is_address_line
from policies.recognisers.address_parts import (
    BUILDING,
    CROSSING,
    DIVISION,
    HOUSE,
    HOUSE_BY_ITSELF,
    NAMED,
    NO_DIVISION,
    NO_NAME,
    NO_ROAD,
    NUMBERED,
    OF_HERE,
    PROVINCE,
    ROAD,
    TOWN,
)
from policies.recognisers.sentences import Sentence
from policies.recognisers.table import Hit

ADDRESS = "address"
_NEVER_FIRST = frozenset({"v", "p", "u", "c", "r", "d", "w", "PER", "vd", "xc", "ad", "TIME", "vn"})
_NEVER_WITHIN = frozenset({"u", "p", "r", "w"})
_CONJUNCTIONS = frozenset(
    {"和", "与", "及", "以及", "或", "或者", "并", "并且", "而", "但", "但是", "而且", "因为", "所以"}
)
_PLACE = frozenset({"LOC", "ORG", "nz", "s", "nw"})

_LABEL = re.compile(
    "(?:地址|地点|住址|址|住所|居住|户籍|籍贯|位于|坐落|所在|现住|家住|住在|寄到|送到|寄至|送至|寄往|原住|租住|借住|改成|改为|搬到|搬至|迁至|迁到|赶到|赶至|"
    "停在|老家|发生在|出现在|暂住|(?:先生|女士)住(?![院宅户])|"
    "现居|[人者户众民]称|寄(?![存宿生养托])|(?:外卖|快递|包裹)请?[送放]"
    ")(?:所?地)?[在于为是至到]?"
)
"""What says that an address follows."""
_LIVES = re.compile(
    "(?:居住|租住|借住|暂住|现住|家住|原住|住所|住址|地址|户口|户籍|老家|家|店面|门店|坐落|位|住)(?:地|所)?(?:在|于|是|为)?[:：]?$"
)
"""What a road or an estate stands behind that tells where somebody lives though nothing else does."""
_LIVES_HERE = re.compile(
    "(?:(?:本人|我|现|家|户籍|暂|原)?(?:居|租)?住[在于]?|位于|坐落[在于])[:：]?[ 　]?(?=[\u4e00-\u9fff])"
)
"""What a line says before the address that it consists of."""
_REPORTED = re.compile("(?:反映|举报|投诉|来电)$")
"""Behind which people say where it is that they complain of."""
_AT = re.compile("(?:[在于到至往从回沿经]|绕行|途经|停放在|送往)$")
_ROOM = re.compile("(?:(?<=[层楼])|(?<=[0-9]{3}))[\u4e00-\u9fff]{1,6}?(?:大厅|[室厅]|窗口)(?![\u4e00-\u9fff]*内)")
"""A room that is called after what it is for, behind its floor."""
_SECTION = re.compile("(?:[东西南北中]段|[村庄屯寨](?:第?[0-9一二三四五六七八九十]+)(?:组|队|社|屯))$")
"""How a part ends that tells where by itself: a stretch of a road, a group of a village."""
_BETWEEN = re.compile(
    "[，,、](?=[0-9一二三四五六七八九十A-Z甲乙丙丁]+(?:号楼|栋|幢|座|单元|层|楼|室|号))|、(?=[\u4e00-\u9fff]{1,5}(?:路|街|大道)[东南西北]、)"
)
"""Commas between the parts of one address."""
_A_NUMBER = re.compile("[0-9](?:号|弄|幢|栋)")
"""What no name of a place holds: it is a part of its own."""
_LARGER = re.compile(
    "(?<=[省市区县镇乡道])[，,](?=[^都不在的是有到来去说，,]{2,6}(?:市|区|县|镇|乡|街道|路|街|大道|村))"
    "|的(?=[\u4e00-\u9fff]{1,8}(?:路|街|巷|道|弄|村|小区|花园)[0-9一二三四五六七八九十甲乙]+)"
)
"""What stands between a division and what lies in it, where people write as they speak: 鼓楼区的湖东路18号."""
_IN_A_LINE = frozenset({"LOC", "ORG", "nz", "n", "m", "q", "xc", "f", "s", "nw", "a", "vn", "w"})
_TO_THE_DOOR = re.compile("[0-9一二三四五六七八九十A-Za-z甲乙丙丁](?:栋|幢|号|室|单元|座|户)|[0-9]-[0-9]|[0-9]{3}")
_LONGEST_REST = 24
_LONG_NUMBER = re.compile("[0-9]{6}|[，。；,;：:]")
_TOLD = re.compile("[0-9A-Za-z一二三四五六七八九十][ 　]?(?:号|弄|巷|栋|幢|座|单元|层|楼|室|户|组|队|连|#)|[0-9]-[0-9]")
"""What stands in every address in which the tagger sees no place."""
_A_WAY = re.compile("(?:路|街|大道|巷|村|社区)[东南西北中]?$")
"""How a name ends that is none of a division."""
_SAID = re.compile("[路街巷镇乡村]")
"""What tells that a name which is read as none of a place is one."""
_SIGNS = "，。、；;,）)（( 　\n"
_AFTER_SIGN = "，。、：:；;,(（ 　"

_BOX = re.compile(
    "(?:楼下|门口|一楼|旁边?)?(?:丰巢|菜鸟|快递|智能|智能快递)?(?:快递柜|丰巢柜|智能柜|自提柜|驿站|自提点|代收点|门卫室|门卫|传达室|保安亭|岗亭)"
)
"""Where parcels are left, behind an address."""
_WINDOW = re.compile("[ 　]?[A-Za-z]?[0-9一二三四五六七八九十、至\\-—]*号?(?:办事)?(?:窗口|柜台)")
"""What stands behind an office and its storey where people go there with their business: nobody's address."""
_OF_A_NUMBER = re.compile("证号|号码(?!头)")
"""What is called so at its end is a number: 港澳居民居住证号码."""
_LEAST_BARE = 3
_LONGEST_BARE = 6
"""Characters of a division that is written without what divisions end with."""
_LEAST_NAME = 2
"""Characters before an ending of one that many words end with as well."""

_MOUTH = re.compile(r"(?<=[路街道巷])(?:交叉|十字)?路口(?:[东南西北]{1,2}[角侧面]?)?")
"""Where another road comes in."""
_SIDE = re.compile("(?:[东南西北]{1,2}[侧角]|(?<=[东南西北])[侧角]|旁)(?=$|[，。；,;、）)])")
"""On which side of it, where that ends what is said."""
_BEFORE_DOT = re.compile("[\u4e00-\u9fff]{2,4}[·•・]$")
"""Whoever has built an estate, before what it is called: 保利·拉菲公馆."""

type Part = tuple[int, int, bool]
"""How large, where it ends, and whether it is a number."""


class _Reading:
    """The addresses that one sentence may hold."""

    def __init__(self, sentence: Sentence) -> None:
        self.text = sentence.text
        self.kind_at: dict[int, tuple[int, str]] = {start: (end, kind) for start, end, kind in sentence.words}
        self._words = sentence.words
        self._goes_on = [False] * (len(self.text) + 1)
        self._barred = [False] * (len(self.text) + 1)
        self._places = [False] * (len(self.text) + 1)
        self._does = [False] * (len(self.text) + 1)
        for start, end, kind in sentence.words:
            bars = kind in _NEVER_WITHIN or self.text[start:end] in _CONJUNCTIONS
            for place in range(start, end):
                char = self.text[place]
                self._barred[place] = bars or char in ":：我你他她您们" or (kind not in _PLACE and char in NO_NAME)
                self._places[place] = kind in _PLACE
                self._goes_on[place] = place > start and (kind not in _PLACE or kind == "s")
                self._does[place] = kind == "v" and end - start > 1
        self.labels = frozenset(match.end() for match in _LABEL.finditer(self.text))
        """Where what says that an address follows ends."""
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
                if not best or _reach(whole) > _reach(best):
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
            is_bare = first and kind in _PLACE and end - at >= _LEAST_BARE and _LABEL.search(self.text, at, end) is None
            if is_bare and UNIT.match(self.text, end) is not None:
                yield HOUSE, end, False  # an estate by its name alone
            if first:
                yield from ((HOUSE, end, False) for end in self._estates(at, kind))
            if kind == "LOC" and 1 < end - at <= _LONGEST_BARE and self._is_name(at, end, first=first):
                yield DIVISION, end, False
                if not first and _A_WAY.search(self.text, at, end) is not None:
                    yield ROAD, end, False
        if not first:
            yield from self._called_within(at, rank)
        if rank == ROAD and not first and (crossing := CROSSING.match(self.text, at)) is not None:
            yield ROAD, crossing.end(), True
        if self.text[at].isascii() and not self.text[at].isalpha():
            return
        for named in NAMED:
            if named.rank >= rank:
                for match in named.ending.finditer(self.text, at + 1, min(len(self.text), at + named.longest + 6)):
                    if match.start() - at > named.longest:
                        break
                    if named.rank >= HOUSE and rank >= HOUSE and any(self._does[at : match.start()]):
                        break
                    if first and any(self._does[self.kind_at.get(at, (at, ""))[0] : match.start()]):
                        break
                    if first and named.rank == HOUSE and FOR_USE.fullmatch(self.text, at, match.end()):
                        continue
                    if first and named.rank == DIVISION and NO_DIVISION.fullmatch(self.text, at, match.end()):
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
        for size, pattern in ((ROAD, HAMLET), (HOUSE, WITHIN)):
            if size >= rank and (called := pattern.match(self.text, at)) is not None:
                end = called.end()
                if self._is_of_names(at, end) and self._is_name(at, end, first=False):
                    yield size, end, False

    def _estates(self, at: int, kind: str) -> Iterator[int]:
        """Where estates end that begin an address at *at*, with a word of *kind*, and that no ending tells."""
        if kind in _PLACE and (tagged := TAGGED.match(self.text, at)) is not None:
            yield tagged.end()
        if self._is_called(at) and (alone := ALONE.match(self.text, at)) is not None:
            end = alone.end()
            if self._is_of_names(at, end) and _LABEL.search(self.text, at, end) is None:
                yield end
        is_sought = kind in _PLACE and (at in self.labels or _AT.search(self.text, max(0, at - 3), at))
        if is_sought and (sought := SOUGHT.match(self.text, at)) is not None and self._is_of_names(at, sought.end()):
            yield sought.end()

    def _is_called(self, at: int) -> bool:
        """Whether a name may begin at *at*: a word does there, and the one before is of no name."""
        if at not in self.kind_at:
            return False
        return at in self.labels or not any(end == at and kind in OF_NAMES for _, end, kind in self._words)

    def _is_of_names(self, start: int, end: int) -> bool:
        """Whether all words from *start* to *end* are such as places are called by."""
        kinds = {kind for begins, stops, kind in self._words if begins < end and stops > start}
        return kinds <= OF_NAMES

    def _is_said(self, at: int) -> bool:
        """Whether what ends like a road at *at* ends a word that is none: 占道, 经营."""
        return self.text[at - 1 : at + 1] in NO_ROAD

    def _is_name(self, start: int, end: int, *, first: bool) -> bool:
        """Whether what stands from *start* to *end* may be what a place is called."""
        if any(self._barred[start:end]) or _LABEL.search(self.text, start, end):
            return False
        if not first:
            return True
        # The first name begins where a word of a place does, if there is one within.
        begins = next((place for place in range(start, end) if self._places[place]), start)
        return begins == start

    def _splits_word(self, end: int) -> bool:
        """Whether a word that is no place's goes on behind *end*."""
        return self._goes_on[end] and "\u4e00" <= self.text[end] <= "\u9fff"

    def lengthened(self, end: int) -> int:
        """Where an address ends that ends at *end*, with what is called after a place and stands behind it at last."""
        if (crossing := CROSSING.match(self.text, end)) is not None:
            return crossing.end()
        if (room := _ROOM.match(self.text, end)) is not None and self._is_room(*room.span()):
            return room.end()
        for behind in (_MOUTH, _BOX, _SIDE):
            if (match := behind.match(self.text, end)) is not None:
                return match.end()
        for start, stop, kind in self._words:
            if start <= end < stop and kind in _PLACE and (stop == len(self.text) or self.text[stop] in _SIGNS):
                return stop
        return end

    def _is_room(self, start: int, end: int) -> bool:
        """Whether nothing is done from *start* to *end*."""
        kinds = {kind for begins, _, kind in self._words if start <= begins < end}
        return not kinds & {"p", "c", "r", "d", "w", "PER"} and self.text[start:end].count("的") == 0

    def is_precise(self, start: int, parts: list[Part]) -> bool:
        """Whether *parts* tell where somebody is to be found, to the house."""
        if len(parts) < 2 or not any(is_number for _, _, is_number in parts):
            return False
        if parts[0][0] < HOUSE:
            return True
        return _TO_THE_DOOR.search(self.text, start, parts[-1][1]) is not None

    def names_road(self, parts: list[Part], reaches: int) -> bool:
        """Whether *parts* name a road or a village in a town of a division, or a crossing of a road of a division."""
        if parts[0][0] > TOWN or all(rank != ROAD for rank, _, _ in parts):
            return False
        return len(parts) > 2 or (reaches > parts[-1][1] and CROSSING.match(self.text, parts[-1][1]) is not None)

    def is_lived_in(self, start: int, parts: list[Part], reaches: int) -> bool:
        """Whether *parts* from *start* on tell of a road or an estate, and what stands before says that it is meant."""
        text = self.text
        before = self.begin(start)
        if parts[-1][0] > HOUSE or not self.is_plain(start, reaches):
            return False
        if _SECTION.search(text, start, reaches) and (self._places[start] or self._is_called(start)):
            return True
        first_two = tuple(rank for rank, _, _ in parts[:2])
        said = _REPORTED.search(text, max(0, before - 2), before) or _AT.search(text, max(0, before - 3), before)
        if said and first_two == (ROAD, HOUSE):
            return self._places[start]
        if _LIVES.search(text, max(0, before - 6), before):
            return self._places[start] and (parts[-1][0] == ROAD or len(parts) > 1)
        within = parts[0][0] <= TOWN and len(parts) > 1 and self._places[start] and not self.is_office(start, parts)
        return within and _AT.search(text, max(0, before - 3), before) is not None

    def is_office(self, start: int, parts: list[Part]) -> bool:
        """Whether what begins at *start* is read as an office and tells neither a town nor a road or a village."""
        return self.kind_at.get(start, (0, ""))[1] == "ORG" and not any(rank in (TOWN, ROAD) for rank, _, _ in parts)

    def begin(self, start: int) -> int:
        """Where an address begins of which a part was read with the word before, or stands before what has a name."""
        here = OF_HERE.search(self.text, max(0, start - 2), start)
        if here is not None:
            return here.start()
        if start and self.kind_at.get(start - 1, (0, ""))[0] == start and self.text[start - 1] in "省市县区":
            return start - 1
        dotted = _BEFORE_DOT.search(self.text, max(0, start - 5), start)
        if dotted is not None and self._places[start] and self._places[dotted.start()]:
            return dotted.start()
        return self._province_before(start)

    def _province_before(self, start: int) -> int:
        for begins in range(max(0, start - 2), start):
            match = PROVINCE.match(self.text, begins)
            if match is not None and match.end() > start:
                return begins
        return start

    def is_plain(self, start: int, end: int) -> bool:
        """Whether from *start* to *end* nothing but names of places stands."""
        kinds = {kind for begins, _, kind in self._words if start <= begins < end}
        return kinds <= _IN_A_LINE

    def line_end(self, end: int) -> int:
        """The end of a line that begins with an address which ends at *end*, if it goes on as addresses do."""
        rest = self.text[end:].rstrip()
        if len(rest) > _LONGEST_REST or _LONG_NUMBER.search(rest) or not self.is_plain(end, len(self.text)):
            return end
        return end + len(rest)


def _begin_of_line(sentence: Sentence) -> int:
    """Where the address begins that is all of *sentence*, but for a word that says that somebody lives there."""
    start = len(sentence.text) - len(sentence.text.lstrip())
    said = _LIVES_HERE.match(sentence.text, start)
    return said.end() if said is not None and any(begin == said.end() for begin, *_ in sentence.words) else start


def _reach(parts: list[Part]) -> tuple[int, int, int, int]:
    """How good a reading is: how far it goes, of how many parts, and how far from the largest to the smallest."""
    return parts[-1][1], len(parts), parts[-1][0], -parts[0][0]


def addresses_in(sentence: Sentence, *, is_all: bool = False) -> list[Hit]:
    """The addresses in *sentence*, by position, none overlapping another; offsets are those of its text.

    *is_all*: there is no other sentence in the text, which may be a line that holds nothing but an address.
    """
    found: list[Hit] = []
    if is_all and is_address_line(sentence):
        start = _begin_of_line(sentence)
        return [
            Hit(sentence.start + start, sentence.start + len(sentence.text.rstrip()), ADDRESS, 0.85, "pattern,model")
        ]
    if _TOLD.search(sentence.text) is None and not any(
        kind == "LOC" or (kind in _PLACE and _SAID.search(sentence.text, start, end))
        for start, end, kind in sentence.words
    ):
        return found
    reading = _Reading(sentence)
    end = 0
    labels = dict.fromkeys(reading.labels, "LOC")
    behind_colon = {place + 1: "n" for place, char in enumerate(reading.text) if char in ":："}
    starts = behind_colon | {start: kind for start, _, kind in sentence.words} | labels
    for start, kind in sorted(starts.items()):
        is_apart = start == 0 or reading.text[start - 1] in _AFTER_SIGN or start in labels
        if start < end or kind == "w" or (kind in _NEVER_FIRST and not is_apart):
            continue
        parts = reading.longest(start)
        while parts and not parts[-1][2] and parts[-1][0] < ROAD:
            parts.pop()
        if not parts:
            continue
        if _WINDOW.match(reading.text, parts[-1][1]) is not None and all(rank != ROAD for rank, _, _ in parts):
            continue
        reaches = reading.lengthened(parts[-1][1])
        if _OF_A_NUMBER.search(reading.text, start, reaches) is not None:
            continue
        is_apart = is_apart and (reaches == len(reading.text) or reading.text[reaches] in _SIGNS)
        is_line = is_all and start == 0 and len(parts) > 1 and FIRM.search(reading.text) is None
        if (
            reading.is_precise(start, parts)
            or (kind == "LOC" and reading.names_road(parts, reaches))
            or (
                is_apart
                and kind == "LOC"
                and parts[0][0] <= TOWN
                and reading.is_plain(start, reaches)
                and not reading.is_office(start, parts)
            )
            or (is_apart and start in labels and parts[0][0] == ROAD and reading.is_plain(start, reaches))
            or reading.is_lived_in(start, parts, reaches)
            or (is_line and reading.line_end(reaches) == len(reading.text.rstrip()))
        ):
            end = reading.line_end(reaches) if is_line else reaches
            start = reading.begin(start)
            found.append(Hit(sentence.start + start, sentence.start + end, ADDRESS, 0.85, "pattern,model"))
    return found
