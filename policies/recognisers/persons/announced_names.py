"""Names behind who somebody is, 申请人王小明; of surnames that are seldom any where nothing else stands there."""

import re
from collections.abc import Iterator

from policies.recognisers.persons.behind_labels import BORNE
from policies.recognisers.persons.given_names import is_han, surname_length
from policies.recognisers.persons.patterns import (
    BEHIND_ROLE,
    ENDS,
    FOLLOWS,
    FOLLOWS_LONG,
    NEXT_HONORIFIC,
    OF_NO_LABEL,
    ROLE,
    SOMEBODY,
)
from policies.recognisers.persons.rare_surnames import WORDY
from policies.recognisers.persons.read import OF_THINGS, Read
from policies.recognisers.persons.stated import ORGANISATION, Found
from policies.recognisers.persons.words import AMBIGUOUS, DONE_TO, GIVEN, NAMING_KINDS, NEVER_LAST, NOBODY, NOT_A_NAME

_OF_SOMEBODY = re.compile("[ 　]?[，,（(][ 　]?(?:[男女](?![\u4e00-\u9fff])|[0-9]{1,3}岁|[0-9]{4}年[0-9]{1,2}月)")
"""What is told of nobody but a person, behind the name."""


def announced_names(read: Read) -> Iterator[Found]:
    """Such names in what is *read*."""
    text = read.text
    for match in BEHIND_ROLE.finditer(text):
        if surname_length(text, match.end()):
            yield from announced(read, match.end())
        if match[1].endswith("人") and text[match.end()] == "员":
            continue  # 执法人员
        if text[match.end()] in WORDY and match[1] not in DONE_TO and not OF_NO_LABEL.search(match[2]):
            yield from _labelled(read, match.end())
    for _, start in read.somebodys:
        if surname_length(text, start):
            yield from (each for each in announced(read, start) if read.ends.get(each.end) not in OF_THINGS)
            end, _ = read.word_over(start)
            if 2 <= end - start <= 3 and _OF_SOMEBODY.match(text, end):
                yield Found(start, end, "context", 0.7)  # a word, before a sex or an age: 求职者宁可，男
        elif text[start : start + 1] in WORDY:
            end, kind = read.word_over(start)
            if end - start == 1 or kind == "PER" or _OF_SOMEBODY.match(text, end):  # not what is a word: 管理员权限
                yield from _labelled(read, start)


def announced(read: Read, start: int) -> Iterator[Found]:
    """A name at *start*, behind a word that says that there is one."""
    text = read.text
    size = surname_length(text, start)
    if FOLLOWS_LONG.match(text, start):
        return
    if NEXT_HONORIFIC.match(text, start + size):
        if text[start : start + 2] not in read.known and text[start] not in "于从向和同":
            yield Found(start, start + size, "context", 0.7)
        return
    for length in (2, 1):
        end = start + size + length
        given = text[start + size : end]
        is_talent = given[-1:] == "才" and (ENDS.match(text, end) or text[end] in "的与和男女")
        if not is_han(given, length) or (given[-1] in NEVER_LAST and not is_talent):
            continue
        name = text[start:end]
        is_word = name in NOT_A_NAME and (name not in BORNE or text[end : end + 1] in (":", "："))  # 联系|方式：138…
        is_nobody = is_word or name in NOBODY
        if SOMEBODY.match(text, end) and not is_nobody and not ROLE.search(text, start, end):
            yield Found(start, end, "context", 0.75)
            return
        ends, follows = ENDS.match(text, end), FOLLOWS.match(text, end)
        if length == 2 and (
            FOLLOWS_LONG.match(text, end - 1)
            or (FOLLOWS.match(text, end - 1) and given[1] not in GIVEN and not is_talent)
        ):
            continue
        if text[start : start + 2] in NOT_A_NAME and not ends and not FOLLOWS_LONG.match(text, end):
            continue
        if length == 2 and given[-1] in "和同地" and not ends and text[start : end - 1] in read.known:
            continue
        is_word_and_more = length == 2 and text[start : start + 2] in read.known and text[start - 1] not in ":：=　 "
        if is_word_and_more and (text[start : start + 2] in NOT_A_NAME or given[1] not in GIVEN):
            continue
        is_clear = ends or FOLLOWS_LONG.match(text, end) or text.startswith("等", end)
        if text[start:end] in NOBODY or (not is_clear and read.splits_word(end)):
            continue
        known = is_talent or all(char in GIVEN for char in given) or (length == 2 and read.is_loose(start, end))
        if text[start:end] in read.known and not (ends and text[start - 1] in ":："):
            if text[start:end].endswith(ORGANISATION):
                continue
            if known and (is_clear or text[end] in "说称") and _may_be_called_so(read, start, end):
                yield Found(start, end, "context", 0.6)
                return
            continue
        if size == 1 and text[start] in AMBIGUOUS and (not is_clear or given in read.known):
            continue
        if ends or (follows and (known or length == 1)) or (known and length == 2):
            yield Found(start, end, "context", 0.75)
            return


def _may_be_called_so(read: Read, start: int, end: int) -> bool:
    """Whether the word from *start* to *end*, behind who may bear a name, is one: 战士田野, not 居民安全."""
    kind = next((kind for at, stop, kind in read.words if at == start and stop <= end), "")
    return kind in NAMING_KINDS and read.text[start:end] not in NOT_A_NAME and not read.splits_word(end)


def _labelled(read: Read, start: int) -> Iterator[Found]:
    """A name at *start* whose surname is a word more often, behind a role and with nothing of its own behind it."""
    text = read.text
    if FOLLOWS_LONG.match(text, start):
        return
    for length in (3, 2):
        name, end = text[start : start + length], start + length
        if not is_han(name, length) or not (ENDS.match(text, end) or FOLLOWS_LONG.match(text, end)):
            continue
        if name in NOT_A_NAME or name in NOBODY:
            continue
        if SOMEBODY.match(text, end) and not ROLE.search(name):
            yield Found(start, end, "context", 0.7)
            return
        if name in read.known or name[:2] in read.known or name[-1] in NEVER_LAST:
            continue
        if length == 3 or text[start - 1] in ":： 　" or FOLLOWS_LONG.match(text, end):
            if all(char in GIVEN for char in name[1:]):
                yield Found(start, end, "context", 0.7)
            return
