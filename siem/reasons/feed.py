"""Reads what a system behind tells of its cases, and lists of people: CSV or lines of JSON. Digests at once.

All of a file or nothing: one row that cannot be read refuses it, as whoever is missing from it would be blamed. What is
wrong is told by its line and never by its value, for the value may be the person.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson

from policies.digest import DIGEST_BYTES, canonical
from policies.recognisers.scan import scan
from siem.baseline.calendar import LOCAL
from siem.reasons.case import ANYBODY, Case, People, Person
from siem.spoiled import has_wrong_check, is_rounded

type Digests = Callable[[Iterable[str]], list[str]]
"""`Digester.each`."""

LARGEST = 64 * 1024 * 1024
"""Octets of a file."""
MOST_TOLD = 20
"""So many lines that are wrong are named."""
_LONGEST = 256
"""Characters of a value."""
_ENCODINGS = ("utf-8-sig", "gb18030")
_DIGEST = re.compile(f"[^\\s:#]{{1,32}}:[0-9a-f]{{{2 * DIGEST_BYTES}}}")
_HIDDEN = re.compile(r"[*＊●•■…]|[Xx]{4}")
_SEPARATOR = re.compile(r"[;；,，、|\s]+")
_HANDLERS = (("callers", "caller"), ("posts", "post"), ("attributes", "attribute"))
PEOPLE_COLUMNS: Mapping[People, Sequence[str]] = {
    People.STAFF: ("person", "caller"),
    People.LISTED: ("person",),
    People.RELATIVES: ("person", "caller"),
}
"""What a list of people has to say in each row, under these names."""


class BadFeed(Exception):
    """A file that is refused as a whole. *wrong*: lines (0: the file), each with what is wrong, in both languages."""

    def __init__(self, wrong: Sequence[tuple[int, str]]) -> None:
        self.wrong = tuple(wrong[:MOST_TOLD])
        self.count = len(wrong)
        super().__init__("; ".join(f"{line}: {what}" if line else what for line, what in self.wrong))


class _BadValue(ValueError):
    """What is wrong with a value, which is not repeated."""


def read_cases(data: bytes, columns: Mapping[str, str], digests: Digests) -> tuple[Case, ...]:
    """The cases in *data*, whose columns are called what *columns* says. Raises BadFeed."""
    personal = _Personal()
    rows = list(_checked(_rows_of(data, columns), lambda row: _case_of(row, personal)))
    hashed = digests([identifier for row in rows for identifier in (row.person, row.number)])
    return tuple(
        Case(
            person=row.person if _DIGEST.fullmatch(row.person) else person,
            number=number,
            since=row.since,
            until=row.until,
            handlers=row.handlers,
        )
        for row, person, number in zip(rows, hashed[::2], hashed[1::2], strict=True)
    )


def read_people(data: bytes, kind: People, digests: Digests) -> tuple[Person, ...]:
    """The people in *data*. Raises BadFeed."""
    names = PEOPLE_COLUMNS[kind]
    personal = _Personal()

    def person_of(row: Mapping[str, str]) -> Person:
        caller = row.get("caller", "").strip()
        if "caller" in names:
            _refuse_unless(bool(caller), "没有写是谁的 / it says nobody's")
            _refuse_unless(len(caller) <= _LONGEST and not personal.is_in(caller), _PERSONAL)
        identifier = _identifier(row["person"])
        _refuse_unless(not has_wrong_check(identifier), _MISSPELLED)
        return Person(person=identifier, caller=caller if "caller" in names else "")

    people = list(_checked(_rows_of(data, {name: name for name in names}), person_of))
    hashed = digests([each.person for each in people])
    return tuple(
        Person(person=each.person if _DIGEST.fullmatch(each.person) else digest, caller=each.caller)
        for each, digest in zip(people, hashed, strict=True)
    )


_MISSPELLED = "身份证号的校验位不对，按它认不出这个人 / a resident ID of a wrong check digit: it would be nobody"
_ROUNDED = (
    "电子表格丢了末几位，请把该列设为文本重新导出 / a spreadsheet has lost its last digits: export the column as text"
)
_PERSONAL = "经办一栏中有个人信息或太长 / personal data among the handlers, or they are too long"


def _checked[T](rows: Iterable[tuple[int, Any]], read: Callable[[Any], T]) -> Iterator[T]:
    """What *read* makes of each row. Raises BadFeed with every row that it refuses, once all are read."""
    wrong: list[tuple[int, str]] = []
    for number, row in rows:
        try:
            if isinstance(row, str):
                raise _BadValue(row)
            made = read(row)
        except _BadValue as problem:
            wrong.append((number, str(problem)))
        else:
            if not wrong:
                yield made
    if wrong:
        raise BadFeed(wrong)


def _rows_of(data: bytes, columns: Mapping[str, str]) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    """Each row with its line, under our names; a text says what is wrong with the line. Raises BadFeed."""
    if len(data) > LARGEST:
        raise BadFeed([(0, f"文件大于 {LARGEST >> 20} MiB / the file is larger than that")])
    text = _text_of(data)
    begins = text.lstrip()[:1]
    yield from _json_rows(text, columns) if begins in ("{", "[") else _csv_rows(text, columns)


def _text_of(data: bytes) -> str:
    if b"\0" in data[:4096] and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFeed([(0, "不是文本，请导出为 CSV 或 JSON / no text: export it as CSV or JSON")])
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFeed([(0, "不是 UTF-8 或 GB 18030 文本 / no text in UTF-8 or GB 18030")])


def _csv_rows(text: str, columns: Mapping[str, str]) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        places = {ours: head.index(theirs) for ours, theirs in columns.items() if theirs in head}
        if missing := [theirs for theirs in columns.values() if theirs not in head]:
            raise BadFeed([(1, f"第一行没有声明的列 / the first row has no column `{missing[0]}`")])
        if len(set(head)) < len(head):
            raise BadFeed([(1, "两列同名 / two columns have one name")])
        for row in reader:
            if not row:
                continue
            if len(row) != len(head):
                yield reader.line_num, "列数与第一行不同 / not as many cells as the first row"
            else:
                yield reader.line_num, {ours: row[place] for ours, place in places.items()}
    except csv.Error:
        raise BadFeed([(reader.line_num, "不是 CSV / no CSV")]) from None


def _json_rows(text: str, columns: Mapping[str, str]) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    if text.lstrip().startswith("["):
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise BadFeed([(0, "不是 JSON / no JSON")]) from None
        each: Iterable[tuple[int, object]] = enumerate(found, start=1)
    else:
        each = _json_lines(text)
    for number, item in each:
        if not isinstance(item, dict):
            yield number, "不是一个 JSON 对象 / no JSON object"
            continue
        given = {ours: item.get(theirs) for ours, theirs in columns.items()}
        if all(value is None or isinstance(value, str | int) or _is_texts(value) for value in given.values()):
            yield number, {ours: _plain(value) for ours, value in given.items()}
        else:
            yield number, "值不是文本 / a value is no text"


def _json_lines(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, orjson.loads(line)
            except orjson.JSONDecodeError:
                yield number, None


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None or isinstance(value, bool) else str(value)


def _case_of(row: Mapping[str, str], personal: "_Personal") -> Case:
    """The case of a row, its identifiers not digested yet."""
    number = row["case"].strip()
    _refuse_unless(0 < len(number) <= _LONGEST, "没有案件编号，或太长 / no number of a case, or one too long")
    since, until = _moment(row.get("from", ""), time.min), _moment(row.get("until", ""), time.max)
    _refuse_unless(since is None or until is None or since <= until, "结束早于开始 / it ends before it begins")
    handlers = [
        f"{kind}:{name}" for column, kind in _HANDLERS for name in _SEPARATOR.split(row.get(column, "")) if name
    ]
    _refuse_unless(sum(map(len, handlers)) <= 16 * _LONGEST, _PERSONAL)
    _refuse_unless(not any(map(personal.is_in, handlers)), _PERSONAL)
    return Case(
        person=_identifier(row["person"]),
        number=number,
        since=since,
        until=until,
        handlers=tuple(sorted(set(handlers))) or (ANYBODY,),
    )


def _identifier(text: str) -> str:
    stripped = text.strip().strip("'\"=\t ")
    if _DIGEST.fullmatch(stripped):
        return stripped
    plain = canonical(stripped) if len(stripped) <= _LONGEST else ""
    _refuse_unless(
        len(plain) >= 4 and any(map(str.isdigit, plain)) and not _HIDDEN.search(stripped),
        "没有标识，或标识被掩码 / no identifier of a person, or a masked one",
    )
    _refuse_unless(not is_rounded(stripped), _ROUNDED)
    return stripped


def _moment(text: str, rest: time) -> datetime | None:
    """The time that *text* means, of the day's *rest* where it names a day; local time where it says no other."""
    given = text.strip().replace("/", "-")
    if not given:
        return None
    try:
        if len(given) == 10:
            return datetime.combine(date.fromisoformat(given), rest, LOCAL)
        at = datetime.fromisoformat(given)
        at = at if at.tzinfo else at.replace(tzinfo=LOCAL)
        _ = at - timedelta(days=366), at + timedelta(days=36_600)
        if not 1900 <= at.year <= 2200:
            raise ValueError
    except (ValueError, OverflowError):
        raise _BadValue("时间读不懂，请写 2026-11-26 09:30 / no time: write one like that") from None
    return at


def _refuse_unless(fine: bool, why: str) -> None:
    if not fine:
        raise _BadValue(why)


class _Personal:
    """Whether texts hold personal data. The same few names stand in thousands of rows."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def is_in(self, text: str) -> bool:
        if text not in self._known:
            self._known[text] = any(hit.category != "person_name" for hit in scan(text))
        return self._known[text]
