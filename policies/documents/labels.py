"""What stands behind a label in running text, as forms, notes, logs and configurations write it.

A label that tells of personal data hides what stands behind it up to the end of the value, whatever that is: a comma,
the next label, a gap. Who escapes what he writes says the same, so labels are looked for behind escapes as well.
"""

import functools
import re
from collections.abc import Iterable, Iterator

from policies.documents.enclosed import end_of_enclosed
from policies.documents.heading_words import FREE_TEXT, LONGEST_LABEL, category_of_heading, is_heading, tells
from policies.documents.nobodys import is_nobodys_value, is_office
from policies.recognisers.field_names.category import is_label_of
from policies.recognisers.field_names.words import THINGS
from policies.recognisers.readings import Reading, unescaped

_HAN = "\u4e00-\u9fff"
_BLANK = "[ \t\u3000]"
_BOLD = r"(?:\*{1,2}|~~|__|`)?"
_WORDS = f"[A-Za-z]{{0,5}}[{_HAN}]{{1,20}}|[{_HAN}](?:{_BLANK}{{1,8}}[{_HAN}]){{1,3}}"
"""A label, or one that is spread to the width of others: 姓　　名."""
_FILLS = r"[.…·•⋯‥_＿\-—]"
_LABELLED = re.compile(
    rf"(?<![{_HAN}A-Za-z])(?P<label>{_WORDS})[0-9]{{0,2}}(?P<more>[（(][^（）()\n]{{0,12}}[)）])?{_BLANK}{{0,12}}{_BOLD}{_BLANK}{{0,8}}"
    rf"(?:(?:[:：=＝﹕︰∶]|[=-]?>|→|-{{2,3}}|—{{1,2}}){_BLANK}{{0,8}}{_BOLD}{_BLANK}{{0,8}}(?:{_FILLS}{{2,40}}{_BLANK}{{0,8}})?"
    rf"|{_FILLS}{{2,40}}{_BLANK}{{0,8}}(?=[{_HAN}A-Za-z0-9+(（]))[\"“]?"
)
_SPREAD = re.compile(
    rf"(?:^|(?<=[ \t\u3000|]{{2}})|(?<=\t))(?:[-*+•][ ])?(?P<label>{_WORDS})(?:[ \u3000]{{2,40}}|\t{{1,8}})"
    rf"(?=[{_HAN}A-Za-z0-9+(（])",
    re.MULTILINE,
)
"""A label and a gap."""
_CLAUSE = re.compile("[:：=].*[^:：=]|^-|(?<![您你我])的|了|把|看|谁|给|别人|多少|不同|任何|几|一个")
"""What stands in clauses, and in no label."""
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]{0,11})(?: [^<>\n]{0,200})?/?>")
_BESIDE = frozenset("a b em font i mark small span strong sub sup u".split())
"""Elements within which a text goes on."""
_ESCAPED = re.compile(r"[\\%&~]")
_IN_TURN = re.compile(
    r"^[ \t]*(?:[-*+•][ ])?([^\s:：=|,，;；]{2,24}(?:[ \u3000][^\s:：=|,，;；]{1,40}){1,23})[ \t]*$", re.MULTILINE
)
"""Words parted by single blanks, of which every other may be a label."""
_SAYS_NOTHING = re.compile(
    "(?:详见|见(?=[附下上表后前背另第原本正说通公备《(（0-9])|请(?=[填见参咨联拨在于至到按如选输勿自另与向登点说注查核致])"
    "|同(?=[上前左原]|户籍|户口|身份证|住址|现住|居住|本人|以上|通讯|经常)|暂无|无(?=[人此需须法关效论业房]|固定|记录|相关|信息"
    "|联系|电话|住址|要求|数据|内容|工作|宗教|配偶|子女|身份)|不详|保密(?![路街巷村里]))[^，。；]{0,12}|无|略|[/／-]{1,4}"
    "|(?:[只仅不]|全部)?(?:保留|显示|遮盖|遮挡|隐藏|隐去|脱敏|掩码|打码)"
    "(?:[姓名前后首末尾中间全部其余到至和及第一二两三四五六七八九十 位个字]|[0-9]{1,2}(?![0-9])){0,12}"
)
"""Where to look instead, that there is nothing, or what is to be done with a value."""
_BRACKETED = re.compile(
    rf"(?:[【〔\[](?P<label>{_WORDS})[】〕\]]|^[ \t]*[（(](?P<round>{_WORDS})[)）]){_BLANK}{{0,4}}[:：]?{_BLANK}{{0,4}}"
    rf"(?![(（和与及或等、，。])",
    re.MULTILINE,
)
_PARTING = re.compile(
    rf"[，。；;|\"”\r\n\t【〔]|\s+/|\s{{2,}}|__|\s+[{_HAN}A-Za-z]{{1,20}}\s*[:：=]|[{_HAN}A-Za-z]{{2,20}}[…_]{{2}}"
    rf"|\[(?=[{_HAN}]{{1,20}}\])"
)
"""What ends a value: a clause, the next label, a gap."""
_NEXT = re.compile(rf"([{_HAN}A-Za-z]{{1,20}})\s*[:：=]")
_WORD = re.compile(r"\S+")
_DATE_TO_FILL_IN = re.compile(r"[年月日\s]{1,40}(?:[，。；;|\r\n]|$)")

_QUOTE = r"\\{0,3}[\"'`]"
_QUOTED_KEY = re.compile(
    rf"(?P<around>{_QUOTE})(?:[A-Za-z_][\w\-]{{0,30}}::?)?(?P<key>[^\"'`\\\n:=]{{1,60}})(?P=around)"
    rf"[ \t]{{0,4}}(?:=>|[:=])[ \t]{{0,4}}"
    rf"(?:(?P<quote>{_QUOTE})(?P<value>(?:(?!(?P=quote))[^\n]){{1,400}})|(?P<bare>[^\s,;{{}}\[\])\"'\\]{{1,64}}))"
)
"""A member of an object in JSON, whole or cut off, as logs hold it; escaped or in the quotes of Python as well."""
_KEY = re.compile(
    r"(?:^[ \t]*(?:[-*+] |[0-9]{1,3}[.、)] ?)?|(?<=[\s,;{(\[>&?|，；。：])"
    r"|(?<=[\]#/])(?=[\w.\-]{1,61}=))"
    rf"(?P<around>(?:`?[A-Za-z_][\w.\-]{{0,30}}(?:::?|[/#$]|(?:\[\w{{1,30}}\]){{1,3}}\.)"
    rf"|\[[\w.\- ]{{1,30}}\][ ]?){{0,3}})"
    r"(?P<key>[A-Za-z_][\w.\-]{0,60}(?:\[[\w.\-]{0,30}\]){0,3})"
    rf"{_BOLD}(?P<link>[ \t]{{0,8}}(?:=|:=|：)[ \t]{{0,8}}|[ \t]{{0,4}}:(?:[ \t]{{1,8}}|(?=[\"'{_HAN}0-9+])))"
    rf"{_BOLD}[ \t]{{0,2}}"
    r"(?=(?P<quote>[\"'`])?[^\s=])",
    re.MULTILINE,
)
"""A key of a log, a configuration or an address of the web, in letters; behind a namespace, a path or a section, or
before what it is a part of.
"""
_MARKS_OF_ESCAPES = ("%", "\\", "&")
_MARKS_OF_LINKS = ("=", ":", "：")
_ESCAPED_LINK = re.compile(
    r"%(?:25){0,4}(?:3[ACDacd]|22|5[BDbd])|\\(?:u00|x)(?:3[acdACD]|22|27)|&(?:amp;){0,3}(?:quot|lt|#)"
)
"""What stands in every text in which what links a key to its value is escaped, or a quote, bracket or tag of one."""
_LINK = re.compile(
    r"=(?<=[A-Za-z0-9_\-.\]\"'`*~ \t:\\].)|：(?<=[A-Za-z0-9_\]\"'`*~ \t].)"
    rf"|:(?=[ \t=]|\\{{0,3}}[\"'`{_HAN}0-9+*_~])(?<![0-9]:(?=[0-9]))"
)
"""The same of one that is not, but in hours and ratios."""
_MAY_BE_KEY = re.compile(
    r"[A-Za-z_](?<![A-Za-z0-9_.\-].)[\w.\-]{0,60}+(?:\[[\w.\-]{0,30}\]){0,3}(?=[*~`\"'\\ \t]{0,12}(?:=|：|:(?!//)))"
    r"|(?<=</)[A-Za-z_][\w.\-:]{0,60}(?=>)"
)
_MAY_BE_KEY_IN_CHINESE = re.compile(rf"[{_HAN}]\\{{0,3}}[\"'`][ \t]{{0,4}}[:=]")
_NO_WORD = re.compile(r"[^\w\-]+")
_ACCOUNTS = frozenset(("user", "account"))
"""Things that are called by a word for them, or by whose they are."""
_STEP = re.compile(r"[:/#$`\[\] ]+")
_ENDS_BESIDE = re.compile(r"[\s,;&|，；。、)}\]\"'<>]")
_ENDS_OF_LINE = re.compile(rf"[,;&|，；。)}}\n\r]|\s{{2,}}|\s[\w.\-{_HAN}]{{1,40}}[ ]?[=:：]|\s#")
_ELEMENT = re.compile(r"<(?P<key>[A-Za-z_][\w.\-:]{0,60})(?: [^<>\n]{0,200})?>(?P<value>[^<>\n]{1,200})</(?P=key)>")
_OF_TYPE = re.compile(r"(?<=[ ,])([^\s,()]{1,40})\((?:String|N?VARCHAR|Object)\)")
"""A parameter of a statement, as mappers of databases log it."""
_BLOCK = re.compile(r"[|>][-+0-9]{0,2}")
"""What stands behind a key of YAML whose value stands below."""
_REMARK = re.compile(rf"[（(]([{_HAN}]{{2,20}})[)）]$")
"""In brackets behind a value."""
_HAS_HAN = re.compile(f"[{_HAN}]")
_NOTHING = frozenset("null none nil undefined true false nan n/a 无 暂无 不详 未知 保密 略 同上 匿名".split())
LONGEST_KEYED = 200
"""Characters that are hidden behind a key in a text of which nothing is known: no name and no address has more."""
_ENDS_SENTENCE = re.compile("[。！？]")
"""Behind which nothing goes on that could be a part of a value, however it comes in pieces."""
_MASKED = re.compile(r"\*{2}|^.\*")
"""What says that somebody has hidden a part of a value."""


def is_label(text: str) -> bool:
    """Whether *text* is a label of personal data in running text, and no clause that ends like one."""
    return tells(text) and not is_clause(text)


def is_clause(text: str) -> bool:
    """Whether *text* says something, though it may end like a label."""
    return _CLAUSE.search(text) is not None and not is_label_of(text, category_of_heading(text) or "")


def labelled_in(text: str) -> Iterator[tuple[int, int, str]]:
    """From where to where in *text* a value stands behind a telling label, and the category it is of, in order."""
    return _apart(_labelled(text))


def keyed_in(text: str) -> Iterator[tuple[int, int, str]]:
    """The same of what stands behind the name of a field alone, or between its tags: of a query, of JSON in a string,
    of a line of a log, escaped or not. What stands there escaped is judged by what it says, what was masked is not.
    """
    if not may_be_keyed(text):
        return
    readings = [*unescaped(text, each_round=True)]
    found = [each for each in _keyed(text) if not readings or _ESCAPED.search(text, *each[:2]) is None]
    for reading in readings:
        found += ((*reading.span(start, end), category) for start, end, category in _keyed(reading.text))
    yield from _apart(found)


def may_be_keyed(text: str) -> bool:
    """False only where `keyed_in` finds nothing in *text*: of texts with no key that tells it costs next to nothing."""
    if any(map(text.__contains__, _MARKS_OF_ESCAPES)) and _ESCAPED_LINK.search(text) is not None:
        return True
    is_linked = any(map(text.__contains__, _MARKS_OF_LINKS)) and _LINK.search(text) is not None
    if not is_linked and "</" not in text:
        return False
    if not text.isascii() and _MAY_BE_KEY_IN_CHINESE.search(text) is not None:
        return True
    return any(map(_may_tell, {*_MAY_BE_KEY.findall(text)}))


@functools.lru_cache(maxsize=4096)
def _may_tell(key: str) -> bool:
    """Whether a part of *key* tells, or all of it as a path."""
    steps = [step for step in _NO_WORD.split(key.replace(".", " ")) if step]
    return any(map(tells, steps)) or (len(steps) > 1 and tells(".".join(steps)))


def _keyed(text: str) -> Iterator[tuple[int, int, str]]:
    for start, end, category in (*_between_tags(text), *_behind_keys(text)):
        sentence = _ENDS_SENTENCE.search(text, start, end)
        end = min(end if sentence is None else sentence.start(), start + LONGEST_KEYED)
        if end > start and _MASKED.search(text, start, end + 2) is None:
            yield start, end, category


def _between_tags(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _ELEMENT.finditer(text) if "</" in text else ():
        yield from _told(match["key"].rpartition(":")[2], text, *match.span("value"))


def _apart(found: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """What was *found*, in order; those that overlap are one."""
    begins = ends = 0
    category = ""
    for start, end, told in sorted(found, key=lambda each: (each[0], -each[1])):
        if start < ends:
            ends = max(ends, end)
            continue
        if ends:
            yield begins, ends, category
        begins, ends, category = start, end, told
    if ends:
        yield begins, ends, category


def _labelled(text: str) -> Iterator[tuple[int, int, str]]:
    """The same by all patterns and readings, of which some find the same."""
    yield from _between_tags(text)
    if "<" in text and not text.isascii():
        yield from _behind_words(_TAG.sub(_blanked, text))
        yield from _behind_keys(text)
    else:
        yield from _as_written(text)
    if "<" in text and _ESCAPED.search(text) is None:
        return
    for reading in unescaped(text, each_round=True):
        for start, end, category in (*_between_tags(reading.text), *_as_written(reading.text)):
            yield (*reading.span(start, end), category)


def _blanked(tag: re.Match[str]) -> str:
    """As many blanks as *tag* has characters, or ends of lines, where it ends what stands before it."""
    return (" " if tag[1].strip("/").lower() in _BESIDE else "\n") * len(tag[0])


def _as_written(text: str) -> Iterator[tuple[int, int, str]]:
    if not text.isascii():
        yield from _behind_words(text)
    if "=" in text or ":" in text or "：" in text:
        yield from _behind_keys(text)


def _behind_words(text: str) -> Iterator[tuple[int, int, str]]:
    """The same behind labels in Chinese."""
    for pattern in (_LABELLED, _BRACKETED, _SPREAD):
        for match in pattern.finditer(text):
            label = match["label"] or match["round"] if pattern is _BRACKETED else match["label"]
            if pattern is _LABELLED and match["more"] and not is_label(label):
                label += match["more"]  # 学员（手机）
            if not is_label(label):
                continue
            following = _NEXT.match(text, match.end())
            if following and is_heading(following[1]):
                continue  # another label at once: this one has no value
            parting = _PARTING.search(text, match.end())
            end = parting.start() if parting else len(text)
            value = text[match.end() : end].strip()
            if pattern is _SPREAD and len(value) == 1:
                continue
            if is_heading(value) or _SAYS_NOTHING.fullmatch(value):
                continue
            if not _DATE_TO_FILL_IN.match(text, match.end()):
                yield from _told(label, text, match.end(), end)
    for match in _IN_TURN.finditer(text):
        words = list(_WORD.finditer(text, *match.span(1)))
        if len(words) % 2 == 0 and all(is_heading(word[0]) for word in words[::2]):
            for label_word, value_word in zip(words[::2], words[1::2], strict=True):
                if not is_heading(value_word[0]):
                    yield from _told(label_word[0], text, *value_word.span())


def _behind_keys(text: str) -> Iterator[tuple[int, int, str]]:
    """The same behind the names of fields."""
    for match in _QUOTED_KEY.finditer(text):
        group = "value" if match["value"] is not None else "bare"
        yield from _told(match["key"], text, *match.span(group))
    for match in _KEY.finditer(text):
        key = _key_of(match)
        if not tells(_last_of(key)):
            continue
        start = match.end()
        if (quote := match["quote"]) is not None:
            end = text.find(quote, start + 1)
            while end > 0 and text[end + 1 : end + 2] == quote == "'":  # of SQL: one within stands twice
                end = text.find(quote, end + 2)
            newline = text.find("\n", start)
            if end > 0 and (newline < 0 or end < newline):
                yield from _told(key, text, start + 1, end)
                continue
        if text[start] in "{[":
            continue  # it has members
        goes_on = not match["link"].startswith("=") and match["link"] != "="
        ends = (_ENDS_OF_LINE if goes_on else _ENDS_BESIDE).search(text, start)
        yield from _told(key, text, start, ends.start() if ends else len(text))


def values_alone(text: str) -> Iterator[tuple[int, str, Reading | None]]:
    """Where in *text* the value of a key begins that tells nothing, what it says, if that is a word in Chinese, and by
    which reading of its escapes.
    """
    if "=" not in text and ":" not in text and "(" not in text:
        return
    for match in _QUOTED_KEY.finditer(text):
        if match["value"] is not None:
            yield from _word_in(text, *match.span("value"))
    for match in _KEY.finditer(text):
        start = match.end() + (match["quote"] is not None)
        end = _ENDS_BESIDE.search(text, start)
        yield from _word_in(text, start, end.start() if end else len(text))
    for match in _OF_TYPE.finditer(text):
        yield from _word_in(text, *match.span(1))


def _word_in(text: str, start: int, end: int) -> Iterator[tuple[int, str, Reading | None]]:
    reading = next(reversed((*unescaped(text[start:end]),)), None)
    said = text[start:end] if reading is None else reading.text
    if 1 < len(said) <= LONGEST_LABEL and _HAS_HAN.search(said):
        yield start, said, reading


def _key_of(match: re.Match[str]) -> str:
    """The key that `_KEY` matches with what is around it, as a path of steps, ns1:user[xm] is ns1.user.xm; without that
    where only so it tells, unless it is of a thing.
    """
    steps = [step for step in _STEP.split(match["around"] + match["key"]) if step.isascii() and step]
    if len(steps) < 2:
        return steps[0] if steps else match["key"]  # none is a key of ours in `&C制表人：…` of a footer
    path = ".".join(steps)
    is_thing = steps[-2].lower() in THINGS and not (steps[-2].lower() in _ACCOUNTS and _is_in_chinese(match))
    return path if tells(path) or is_thing else steps[-1]


def _is_in_chinese(match: re.Match[str]) -> bool:
    """Whether the value behind the key that `_KEY` matches is, as what an account is called that is somebody's."""
    return _HAS_HAN.match(match.string, match.end() + (match["quote"] is not None)) is not None


def _last_of(key: str) -> str:
    return key if len(key) <= LONGEST_LABEL else key.rpartition(".")[2]


def _told(label: str, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """What of *text* from *start* to *end* stands behind *label*, if that tells and it is a value."""
    label = _last_of(label)
    category = category_of_heading(label) if is_label(label) else None
    value = text[start : end_of_enclosed(text, start, end)]
    if _BLOCK.fullmatch(value.strip()):
        return  # the value stands below
    while value[-1:] in ("_", "…", ".", ",", " ", "\t", "*", "\u3000") and value.strip():
        value = value[:-1]
    value = value.rstrip()
    if (remark := _REMARK.search(value)) is not None and is_office(remark[1]):
        value = value[: remark.start()].rstrip()
    if category in (None, FREE_TEXT) or not any(map(str.isalnum, value)) or value.lower() in _NOTHING:
        return
    if is_nobodys_value(label, value.strip()) or is_heading(_as_read(value)):
        return
    begins = start + len(value) - len(value.lstrip())
    yield begins, start + len(value), category or ""


def _as_read(value: str) -> str:
    """*value* with its escapes undone: files of messages write what forms are headed by in escapes."""
    reading = next(reversed((*unescaped(value),)), None) if "\\" in value else None
    return value if reading is None else reading.text
