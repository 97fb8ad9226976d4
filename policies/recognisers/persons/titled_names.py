"""Names before a title or what only a person has said of it: 谷先生, 王姐家, 计姓住户, 小陈书记."""

from collections.abc import Iterator

from policies.recognisers.persons.given_names import is_han, surname_length
from policies.recognisers.persons.listed import is_given
from policies.recognisers.persons.patterns import (
    BEGINS,
    CALLED,
    ENDS,
    FOLLOWS,
    FOLLOWS_LONG,
    NEXT_HONORIFIC,
    NICKNAME_AND_TITLE,
    OF_A_CLAN,
    OF_KIN,
    PERSONAL_HONORIFIC,
    PERSONAL_TITLE,
    SOMEBODY,
    SURNAME_AND_PERSONAL_TITLE,
    SURNAME_AND_TITLE,
)
from policies.recognisers.persons.read import Read
from policies.recognisers.persons.stated import Found
from policies.recognisers.persons.words import AMBIGUOUS, MODIFYING, NOBODY, NOT_A_NAME

_DOES = frozenset({"p", "v", "c", "d"})
"""How the tagger reads what is no surname before an office: 任校长, 向厂长汇报."""
_OFFICES = tuple(
    "长 主任 书记 经理 总裁 总监 主席 总理 总统 首相 秘书 董事 监事 支书 主编 总编 讲师 研究员 工程师 教练 导演".split()
)


def surnames_alone(read: Read) -> Iterator[Found]:
    """Surnames, and what people are called by them, before titles and kin in what is *read*."""
    text = read.text
    for match in SURNAME_AND_TITLE.finditer(text):
        is_surname = match[1] not in AMBIGUOUS or (
            match.start() in read.starts and PERSONAL_HONORIFIC.match(text, match.end())
        )
        title = NEXT_HONORIFIC.match(text, match.end())
        is_over = title is not None and (ENDS.match(text, title.end()) or FOLLOWS.match(text, title.end()))
        if is_surname and (is_over or text[match.start() : match.end() + 1] not in read.known):
            yield Found(*match.span(1), "context", 0.7)
    for match in SURNAME_AND_PERSONAL_TITLE.finditer(text):
        if match.start() in read.starts:
            yield Found(*match.span(1), "context", 0.7)
    for match in OF_A_CLAN.finditer(text) if "姓" in text else ():
        yield Found(*match.span(1), "context", 0.7)
    for match in NICKNAME_AND_TITLE.finditer(text):
        yield Found(*match.span(), "context", 0.7)
    for match in OF_KIN.finditer(text):
        if match[1] not in AMBIGUOUS and not read.is_kin(match.start()):
            yield Found(*match.span(1), "context", 0.7)
    for match in CALLED.finditer(text):
        if match[0] not in read.known:
            yield Found(*match.span(), "context", 0.7)


def told_of(read: Read, start: int, kind: str) -> Iterator[Found]:
    """A name at *start*, before a word that only stands behind one. *kind*: how the word there is read."""
    text = read.text
    size = surname_length(text, start)
    honorific = NEXT_HONORIFIC.match(text, start + size)
    if honorific is not None:
        is_held = kind in _DOES and honorific[0].endswith(_OFFICES)
        is_name = text[start] not in AMBIGUOUS or (not is_held and BEGINS.match(text, start))
        if is_name and text[start : honorific.end()] not in NOT_A_NAME and text[start : start + 2] not in read.known:
            yield Found(start, start + size, "context", 0.7)
        return
    is_no_name = text[start : start + 2] in NOT_A_NAME or text[start : start + 2] in NOBODY
    for length in (2, 1):
        end = start + size + length
        if not is_han(text[start + size : end], length) or not is_given(read.text, start, end):
            continue
        if length == 2 and text[end - 1] == "任" and NEXT_HONORIFIC.match(text, end):
            yield Found(start, end - 1, "context", 0.7)  # 方圆|任局长
            return
        if PERSONAL_TITLE.match(text, end) and text[start:end] not in MODIFYING:
            yield Found(start, end, "context", 0.7)
            return
        is_manner = text[end - 1] == "地" and text[start : end - 1] in read.known  # 高兴地
        if is_no_name or is_manner or text[start:end] in read.known:
            continue
        is_word = text[start] in AMBIGUOUS and (length == 1 or read.holds_word(start, end))
        is_subject = BEGINS.match(text, start) and not is_word and FOLLOWS_LONG.match(text, end)
        is_told_of = is_subject or (BEGINS.match(text, start) and SOMEBODY.match(text, end))
        if is_told_of or NEXT_HONORIFIC.match(text, end):
            yield Found(start, end, "context", 0.7)
            return
