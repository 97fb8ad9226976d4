"""Where the addresses of sentences begin and end, of what the rules find and what was learned (`chain.py`).

The rules know more of what an address is, the chain more of where it ends. So what the chain finds counts where it is
sure, and where the rules found one there as well; what the rules found alone stays. Of what the rules took for a part
and the chain does not, all that may tell where somebody lives is hidden as well, as what is in doubt.
"""

import re
from collections.abc import Iterator, Sequence

from policies.recognisers.addresses.address import ADDRESS
from policies.recognisers.addresses.edges import WITHIN_ANY
from policies.recognisers.sentences import Sentence
from policies.recognisers.table import DOUBTFUL, Hit

SURE = 4.0
"""By how much what the chain finds must fit better than no address, where the rules found none: chosen on sets that
were not learned from (`docs/proof/names.md`)."""
_OFFICE = re.compile(
    "[局委厅](?![0-9])|政府|政务|民政|服务中心|服务大厅|法院|检察院|信访|法庭|(?:医院|大学|学院)[^0-9]*$|编号|版本|合同|型号|批次"
)
"""What tells that a place which the chain alone has found is an office's, or none."""
_ONE_OF_IT = re.compile("一[栋幢座户排区楼层家间处]?[\u4e00-\u9fff]")
"""What begins what stands in a house, and is none of its parts: 14号一栋出租屋, 45号院一楼商户."""
_TO_THE_DOOR = re.compile(
    "[\u4e00-\u9fff0-9]{0,6}(?:[室厅柜]|驿站|门卫|岗亭|传达室|路口)|[左右]|路段|[前后][\u4e00-\u9fff]{0,2}[堂厢房楼]"
)
"""What the rules know to belong to an address, though many sentences go on with it."""
_NUMBERED = re.compile("[0-9A-Za-z一二三四五六七八九十甲乙丙丁]")
"""What stands in a part of an address that the rules read behind where many sentences end one."""
_ONE_THERE = re.compile("一(?:家|间|处|所|名|位|个)[\u4e00-\u9fff]+")
"""What is there, and of which there may be more: 44号一家网吧里."""
_ITS_OFFICE = re.compile("[省市区县州旗](?:$|[\u4e00-\u9fff]{0,8}(?:[局委厅办院]|中心|政府))")
"""Whose the house is, where the number of one stands before: 568号|县政务中心."""
_A_NAME = re.compile(
    "[0-9A-Za-z]|[二三四五六七八九十甲乙丙丁]|小区|花园|家园|公寓|新村|[苑邸府庭园城厦寓]|大楼|广场|市场|宿舍|家属院|[路街巷村庄]"
)
"""What tells that something goes on which says where."""
_OF_ANY = WITHIN_ANY | frozenset("商户 住户 整体 房屋 铺面 电梯 电梯间 楼道 楼梯 楼梯间 走廊".split())
"""What is said of any place behind it, and is no part of it."""
_DOING = frozenset("v vd vn d".split())
"""Kinds of words that say what is done there."""
_LABEL = 4
"""Characters before an address that is else all of a text."""
_MAY = re.compile(
    "[省市区县镇乡路街道巷弄村庄屯寨坊湾]|[0-9一二三四五六七八九十甲乙][ 　]?(?:号|栋|幢|座|楼|室|层|单元|组|期|[-#])"
)
"""What stands in every sentence in which the chain looks for addresses, and in nothing that `may_name` leaves out."""
_TELLS = re.compile(f"{_NUMBERED.pattern}|[省市区县镇乡村路街巷]")
"""What stands in what may tell where somebody lives."""


def addresses_by_chain(sentences: Sequence[Sentence]) -> list[list[tuple[int, int, float]]]:
    """Where in each of *sentences* the chain sees addresses, and how much better each fits than none."""
    from policies.recognisers.addresses import chain  # NumPy: few processes ever look into running text

    return chain.addresses_by_chain(sentences)


def settled(sentences: Sequence[Sequence[Sentence]], found: Sequence[Sequence[Sequence[Hit]]]) -> list[list[Hit]]:
    """The addresses of each text, by position, none overlapping another, of its *sentences* and of what the rules
    *found* in each; offsets are those of the text. What is in doubt scores `DOUBTFUL`, and lies beside an address.
    """
    asked = [
        sentence
        for of_text, by_rules in zip(sentences, found, strict=True)
        for sentence, hits in zip(of_text, by_rules, strict=True)
        if _is_asked(of_text, sentence, hits)
    ]
    answers = dict(zip(map(id, asked), addresses_by_chain(asked), strict=True))
    return [
        [
            hit
            for sentence, hits in zip(of_text, by_rules, strict=True)
            for hit in (_both(sentence, hits, answers[id(sentence)]) if id(sentence) in answers else hits)
        ]
        for of_text, by_rules in zip(sentences, found, strict=True)
    ]


def _is_asked(sentences: Sequence[Sentence], sentence: Sentence, hits: Sequence[Hit]) -> bool:
    """Whether the chain is: not where all of a text, or all but a label, is one address."""
    if len(sentences) == 1 and len(hits) == 1 and hits[0].end - sentence.start == len(sentence.text.rstrip()):
        return hits[0].start - sentence.start > _LABEL
    return bool(hits) or _MAY.search(sentence.text) is not None


def _both(sentence: Sentence, by_rules: Sequence[Hit], learned: Sequence[tuple[int, int, float]]) -> list[Hit]:
    """The addresses of a sentence."""
    begins = {start for start, _, _ in sentence.words}
    hits: list[Hit] = []
    for first, last, margin in learned:
        start, end = sentence.start + first, sentence.start + last
        beside = [hit for hit in by_rules if hit.start < end and start < hit.end]
        if beside:
            hits.append(Hit(start, _end(sentence, end, beside[-1].end), ADDRESS, 0.85, "pattern,model"))
        elif margin > SURE and first in begins and _OFFICE.search(sentence.text[first:last]) is None:
            hits.append(Hit(start, end, ADDRESS, 0.85, "model"))
    doubtful = [left for hit in by_rules for left in _left_of(hit, hits, sentence)]
    alone = [hit for hit in by_rules if not any(hit.start < each.end and each.start < hit.end for each in hits)]
    return sorted([*hits, *doubtful, *alone], key=lambda hit: hit.start)


def _end(sentence: Sentence, learned: int, by_rules: int) -> int:
    """Where an address ends of which the chain says *learned* and the rules *by_rules*."""
    first, last = min(learned, by_rules) - sentence.start, max(learned, by_rules) - sentence.start
    between = sentence.text[first:last]
    words = [word for word in sentence.words if word[0] < last and first < word[1]]
    if _cuts_number(sentence.text, learned - sentence.start):
        return by_rules
    if _A_NAME.search(between) is None and _is_said_of_it(sentence, first, between):
        return min(learned, by_rules)
    if learned > by_rules:
        # Whose office, or whose shop, is in that house is no part of where it stands, nor is what is done there.
        said = [sentence.text[max(start, by_rules - sentence.start) : stop] for start, stop, _ in words]
        is_of_any = all(kind in _DOING or text in _OF_ANY for text, (_, _, kind) in zip(said, words, strict=True))
        is_none = is_of_any or _OFFICE.search(between) is not None or _ONE_OF_IT.match(between) is not None
        return by_rules if is_none else learned
    is_of_it = _NUMBERED.search(between) is not None or _TO_THE_DOOR.fullmatch(between) is not None
    return by_rules if is_of_it or any(start < learned - sentence.start < stop for start, stop, _ in words) else learned


def _cuts_number(text: str, end: int) -> bool:
    """Whether *end* lies within the digits of one number."""
    return text[end - 1 : end].isdecimal() and text[end : end + 1].isdecimal()


def _is_said_of_it(sentence: Sentence, start: int, between: str) -> bool:
    """Whether *between*, which names no place and begins at *start* behind an address, says what is there or done."""
    if sentence.text[start - 1] == "号" and _ITS_OFFICE.match(between) is not None:
        return True
    if _ONE_THERE.fullmatch(between) is not None:
        return True
    return any(begins == start and kind == "v" for begins, _, kind in sentence.words)


def _left_of(hit: Hit, settled_ones: Sequence[Hit], sentence: Sentence) -> Iterator[Hit]:
    """What of *hit* those that overlap it leave, and may tell where somebody lives; nothing where none overlaps it."""
    inside = [each for each in settled_ones if each.start < hit.end and hit.start < each.end]
    left = hit.start
    for start, end in [*((each.start, each.end) for each in inside), (hit.end, hit.end)] if inside else ():
        if left < start and _TELLS.search(sentence.text, left - sentence.start, start - sentence.start):
            yield Hit(left, start, ADDRESS, DOUBTFUL, hit.why)
        left = max(left, end)
