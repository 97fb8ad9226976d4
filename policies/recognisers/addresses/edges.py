"""Where an address begins and ends: what belongs to it and stands before its first part or behind its last."""

import re

from policies.recognisers.addresses.parts import CROSSING, OF_HERE, PROVINCE
from policies.recognisers.addresses.reading import PLACE, Reading
from policies.recognisers.addresses.said import LIVES_HERE
from policies.recognisers.sentences import Sentence

_ROOM = re.compile("(?:(?<=[层楼])|(?<=[0-9]{3}))[\u4e00-\u9fff]{1,6}?(?:大厅|[室厅]|窗口)(?![\u4e00-\u9fff]*内)")
"""A room that is called after what it is for, behind its floor."""
_LONGEST_REST = 24
_LONG_NUMBER = re.compile("[0-9]{6}|[，。；,;：:]")
SIGNS = "，。、；;,）)（( 　\n"
_BOX = re.compile(
    "(?:楼下|门口|一楼|旁边?)?(?:丰巢|菜鸟|快递|智能|智能快递)?(?:快递柜|丰巢柜|智能柜|自提柜|驿站|自提点|代收点|门卫室|门卫|传达室|保安亭|岗亭)"
)
"""Where parcels are left, behind an address."""
_MOUTH = re.compile(
    "(?<=[路街道巷])(?:(?:交叉|十字)?路口|交叉口|交汇处?|交界处?|交口|十字)(?:[东南西北]{1,2}[角侧面]?)?"
)
"""Where another road comes in."""
_SIDE = re.compile("(?:[东南西北]{1,2}[侧角]|(?<=[东南西北])[侧角]|旁)(?=$|[，。；,;、）)])")
"""On which side of it, where that ends what is said."""
_OF_VILLAGE = re.compile("(?<=[村庄屯寨组队社])(?:村?口|[东南西北]{1,2}[头首])|(?<=[路街巷][东南西北])[头首]")
"""Which end of a village."""
_METRES = re.compile("[往向]?[东南西北]{1,2}约?[0-9]+米|(?<=[东南西北])约?[0-9]+米")
"""How far from it."""
WITHIN_ANY = frozenset(
    "家中 家里 屋内 屋里 院内 院里 室内 店内 店里 楼内 楼里 境内 附近 一带 周边 门前 路上 现场".split()
)
"""What is said of any place behind it."""
_OF_A_ROAD = re.compile("[GSXY][0-9]{2,4}(?:线|[国省县乡]道)?$")
"""The number of a road, before a place that it passes."""
_BEFORE_DOT = re.compile("[\u4e00-\u9fff]{2,4}[·•・]$")
"""Whoever has built an estate, before what it is called: 保利·拉菲公馆."""


def begin_of(reading: Reading, start: int) -> int:
    """Where an address begins of which a part was read with the word before, or stands before what has a name."""
    here = OF_HERE.search(reading.text, max(0, start - 2), start)
    if here is not None:
        return here.start()
    if start and reading.kind_at.get(start - 1, (0, ""))[0] == start and reading.text[start - 1] in "省市县区":
        return start - 1
    dotted = _BEFORE_DOT.search(reading.text, max(0, start - 5), start)
    if dotted is not None and reading.places[start] and reading.places[dotted.start()]:
        return dotted.start()
    road = _OF_A_ROAD.search(reading.text, max(0, start - 8), start)
    return road.start() if road is not None else _province_before(reading, start)


def _province_before(reading: Reading, start: int) -> int:
    for begins in range(max(0, start - 2), start):
        match = PROVINCE.match(reading.text, begins)
        if match is not None and match.end() > start:
            return begins
    return start


def lengthened(reading: Reading, end: int) -> int:
    """Where an address ends that ends at *end*, with what is called after a place and stands behind it at last."""
    if (crossing := CROSSING.match(reading.text, end)) is not None:
        return crossing.end()
    if (room := _ROOM.match(reading.text, end)) is not None and _is_room(reading, *room.span()):
        return room.end()
    for behind in (_MOUTH, _BOX, _OF_VILLAGE, _METRES, _SIDE):
        if (match := behind.match(reading.text, end)) is not None:
            return match.end()
    for start, stop, kind in reading.words:
        if start == end and reading.text[start:stop] in WITHIN_ANY:
            return end
        if start <= end < stop and kind in PLACE and (stop == len(reading.text) or reading.text[stop] in SIGNS):
            return stop
    return end


def _is_room(reading: Reading, start: int, end: int) -> bool:
    """Whether nothing is done from *start* to *end*."""
    kinds = {kind for begins, _, kind in reading.words if start <= begins < end}
    return not kinds & {"p", "c", "r", "d", "w", "PER"} and reading.text[start:end].count("的") == 0


def line_end(reading: Reading, end: int) -> int:
    """The end of a line that begins with an address which ends at *end*, if it goes on as addresses do."""
    rest = reading.text[end:].rstrip()
    if len(rest) > _LONGEST_REST or _LONG_NUMBER.search(rest) or not reading.is_plain(end, len(reading.text)):
        return end
    return end + len(rest)


def begin_of_line(sentence: Sentence) -> int:
    """Where the address begins that is all of *sentence*, but for a word that says that somebody lives there."""
    start = len(sentence.text) - len(sentence.text.lstrip())
    said = LIVES_HERE.match(sentence.text, start)
    return said.end() if said is not None and any(begin == said.end() for begin, *_ in sentence.words) else start
