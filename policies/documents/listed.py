"""Lists of names: lines that say nothing but a name, each under the other.

One such line may be a word. Where most of several beside each other look like names, the others are hidden with them,
but for what is plainly no name; a list of words holds no name, whatever surname some of them begin with.
"""

import re
from collections.abc import Container, Iterator, Sequence

from policies.documents.text_tables import Line
from policies.recognisers.given_names import surname_length
from policies.recognisers.person_words import GIVEN, NEVER_LAST, NOBODY, NOT_A_NAME

FEWEST = 3
"""Names that make a list."""
_MOST = 0.6
"""The share of the lines of a list that have to look like names."""
_ITEM = re.compile(
    r"[ \t\u3000]*(?:[-*+•·][ ]?|[（(]?[0-9]{1,4}[)）.、．:：]?[ \t\u3000]*)?"
    r"([\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff][ \u3000]{1,4}[\u4e00-\u9fff]|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff]{1,8})"
    r"[ \t\u3000]*[,，、;；]?[ \t\u3000]*"
)
_NO_NAME = (
    "村 庄 屯 寨 镇 乡 县 市 区 省 路 街 巷 道 桥 河 湖 山 沟 湾 坪 店 园 楼 厂 局 部 处 科 室 所 院 校 组 会 社 站 队 "
    "公司 集团 中心 人员 名单 情况 材料 费 率 量 额 表 单 证 书 号 日 月 年"
).split()
"""What words end with that stand in lists, and names hardly ever."""


def names_listed(lines: Sequence[Line], words: Container[str]) -> Iterator[tuple[int, int, Line]]:
    """From where to where names stand in lists of them among *lines*, and the line. *words*: those of the language."""
    at = 0
    while at < len(lines):
        items: list[tuple[Line, re.Match[str]]] = []
        while at < len(lines) and (not lines[at].text.strip() or (item := _ITEM.fullmatch(lines[at].text))):
            if lines[at].text.strip():
                assert item is not None
                items.append((lines[at], item))
            at += 1
        at += 1
        sure = [_looks_like_name(item[1], words) for _, item in items]
        if sum(sure) < FEWEST or sum(sure) < _MOST * len(items):
            continue
        for number, (line, item) in enumerate(items):
            if sure[number] or _may_be_name(item[1], words, is_first=not number):
                yield line.start + item.start(1), line.start + item.end(1), line


def _looks_like_name(text: str, words: Container[str]) -> bool:
    """Whether *text* is a surname and a given name, and no word."""
    name = re.sub("[ \u3000]", "", text)
    size = surname_length(name, 0)
    given = name[size:]
    if not size or not 1 <= len(given) <= 2 or name in words or name in NOT_A_NAME or name in NOBODY:
        return False
    return all(char in GIVEN for char in given) and given[-1] not in NEVER_LAST and not name.endswith(tuple(_NO_NAME))


def _may_be_name(text: str, words: Container[str], *, is_first: bool) -> bool:
    """Whether *text* may be one, between names. *is_first*: it may be what heads them."""
    name = re.sub("[ \u3000·]", "", text)
    if surname_length(name, 0) and len(name) <= 4:
        return not (is_first and name in words) and not name.endswith(tuple(_NO_NAME))
    return not is_first and name not in words and not name.endswith(tuple(_NO_NAME))
