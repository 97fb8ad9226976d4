"""Lists of names: lines that say nothing but a name, each under the other.

One such line may be a word. Where most of several beside each other look like names, the others are hidden with them,
but for what is plainly no name; a list of words holds no name, whatever surname some of them begin with.
"""

import re
from collections.abc import Container, Iterator, Sequence

from policies.documents.heading_words import is_heading
from policies.documents.text_tables import Line
from policies.recognisers.persons.given_names import surname_length
from policies.recognisers.persons.person import PERSON
from policies.recognisers.persons.words import GIVEN, NEVER_LAST, NOBODY, NOT_A_NAME
from policies.recognisers.prose import find_in_prose
from policies.recognisers.weights import are_there, tagger

FEWEST = 3
"""What makes a list, if all but one of the fewest look like names; two in one line with signs between them do."""
LONGEST = 400
"""Characters of a line that is looked at."""
_MOST = 0.6
"""The share of what is listed that has to look like names."""
_ITEM = "[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff][ \u3000]{1,4}[\u4e00-\u9fff]|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff]{1,8}"
_PARTED = "[ \t\u3000]*[、,，;；/][ \t\u3000]*|[ \t\u3000]+"
_NUMBER = r"[ \t\u3000]*(?:[-*+•·][ ]?|[（(]?[0-9]{1,4}[)）.、．:：]?[ \t\u3000]*)"
_LINE = re.compile(
    rf"{_NUMBER}?(?:[\u4e00-\u9fff]{{1,10}}[:：][ \t\u3000]*)?"
    rf"((?:{_ITEM})(?:(?:{_PARTED})(?:{_ITEM})){{0,40}})(?:{_PARTED})?[。.]?[ \t\u3000]*"
)
"""Nothing but what may be names, behind a number and a label."""
_FIRST = re.compile(
    rf"{_NUMBER}([\u4e00-\u9fff]{{2,4}})(?=[ \t\u3000,，、;；|（(:：0-9])"
    r"|[ \t\u3000]*([\u4e00-\u9fff]{2,4})(?=[ \t\u3000]{0,4}(?:[,，、;；|（(]|[ \t\u3000]{1,4}[0-9]))"
)
"""What a line says first, before others."""
_BEFORE = re.compile(rf"{_NUMBER}|[ \t\u3000]*")
_BEHIND = re.compile(r"[ \t\u3000,，、;；|]{0,16}(?:[0-9]{11,18}[Xx]?[ \t\u3000,，、;；|]{0,16})?")
"""Nothing, or a number of a person, as rows of tables without a head have it."""
_EACH = re.compile(_ITEM)
_NO_NAME = (
    "村 庄 屯 寨 镇 乡 县 市 区 省 路 街 巷 道 桥 河 湖 山 沟 湾 坪 店 园 楼 厂 局 部 处 科 室 所 院 校 组 会 社 站 队 "
    "公司 集团 中心 人员 名单 情况 材料 费 率 量 额 表 单 证 书 号 日 月 年"
).split()
"""What words end with that stand in lists, and names hardly ever."""


def names_listed(lines: Sequence[Line]) -> Iterator[tuple[int, int, Line]]:
    """Where names stand in lists of them among *lines*, and the line; a tagger is asked, where there is one."""
    for spans_of in (_all_of, _first_of):
        run: list[tuple[int, int, Line]] = []
        for line in lines:
            if line.text.strip():
                if found := spans_of(line):
                    run += found
                else:
                    yield from _names_of(run)
                    run = []
        yield from _names_of(run)


def _all_of(line: Line) -> list[tuple[int, int, Line]]:
    """What *line* lists, where it does nothing else."""
    match = _LINE.fullmatch(line.text) if len(line.text) <= LONGEST else None
    if match is None:
        return []
    return [(*each.span(), line) for each in _EACH.finditer(line.text, *match.span(1))]


def _first_of(line: Line) -> list[tuple[int, int, Line]]:
    """What *line* says first, where it says more."""
    match = _FIRST.match(line.text)
    return [] if match is None else [(*match.span(match.lastindex or 0), line)]


def _names_of(run: Sequence[tuple[int, int, Line]]) -> Iterator[tuple[int, int, Line]]:
    """Those of *run* that are names, if it is a list of them."""
    texts = [line.text[start:end] for start, end, line in run]
    if len(texts) < FEWEST - 1 or not any(surname_length(text, 0) for text in texts):
        return
    words = tagger().lexicon if are_there() else frozenset[str]()
    told = find_in_prose(texts) if are_there() else [()] * len(texts)
    sure = [
        _looks_like_name(text, words)
        or any(hit.category == PERSON and hit.end - hit.start == len(text) for hit in hits)
        for text, hits in zip(texts, told, strict=True)
    ]
    is_one_each = all(
        _BEFORE.fullmatch(line.text, 0, start) and _BEHIND.fullmatch(line.text, end) for start, end, line in run
    )
    may_be = is_one_each and sum(sure) >= FEWEST - 1
    like = sum(each or (may_be and _is_no_word(text, words)) for each, text in zip(sure, texts, strict=True))
    in_one_line = len(run) > 1 and run[0][2] is run[-1][2] and run[0][2].text[run[0][1]] not in " \t\u3000"
    if len(run) < (FEWEST - in_one_line) or like < max(FEWEST - 1, _MOST * len(run)):
        return
    for number, (start, end, line) in enumerate(run):
        is_item = is_one_each and (line.text[:start].strip() != "" or 0 < number < len(run) - 1)
        if sure[number] or _may_be_name(
            texts[number], words, is_first=not number, is_alone=is_one_each, is_item=is_item
        ):
            yield line.start + start, line.start + end, line


def _looks_like_name(text: str, words: Container[str]) -> bool:
    """Whether *text* is a surname and a given name, and no word."""
    name = re.sub("[ \u3000]", "", text)
    size = surname_length(name, 0)
    given = name[size:]
    if not size or not 1 <= len(given) <= 2 or name in words or name in NOT_A_NAME or name in NOBODY:
        return False
    return all(char in GIVEN for char in given) and given[-1] not in NEVER_LAST and not name.endswith(tuple(_NO_NAME))


def _is_no_word(text: str, words: Container[str]) -> bool:
    """Whether *text* is as long as a name, and nothing that anybody knows as something else."""
    return len(text) == 3 and text not in words and not is_heading(text) and not text.endswith(tuple(_NO_NAME))


def _may_be_name(text: str, words: Container[str], *, is_first: bool, is_alone: bool, is_item: bool) -> bool:
    """Whether *text* may be one, between names. *is_first*: it may be what heads them; *is_alone*: each has a line
    of its own; *is_item*: it is one of them, whatever it says.
    """
    name = re.sub("[ \u3000·]", "", text)
    if surname_length(name, 0) and len(name) <= 4:
        return not (is_first and name in words) and not name.endswith(tuple(_NO_NAME))
    if is_item and (name in NOT_A_NAME or name in NOBODY or is_heading(name)):
        return False
    if is_first and not is_item:
        return is_alone and _is_no_word(name, words) and name[-1] in GIVEN
    return (is_item or name not in words) and not name.endswith(tuple(_NO_NAME))
