"""Whether one body shows anything that another hides, when both were made of the same one.

What a text shows is read off its stars: they stand for anything, and everything else is taken for what the value holds.
Where that says too little, something else counts as more.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from policies.formats.jsonp_body import json_in
from policies.formats.ndjson_body import records_in
from policies.formats.withheld import Withheld
from policies.transforms.positions import STAR

_ABSENT = object()
_STARS = re.compile(rf"{re.escape(STAR)}+")
_PIECES = re.compile(r"""[<>"'\n]""")
"""What parts the texts of a page, and its attributes, from what is around them."""


def shows_more(raw: bytes, was: bytes, would: bytes, kind: str, fixed: Collection[str]) -> bool:
    """Whether *would*, made of the body *raw* of *kind*, shows anything that *was*, made of it too, does not.

    *fixed*: texts that stand in the place of values, and tell nothing of them.
    """
    if was == would:
        return False
    read = _READERS[kind]
    try:
        whole, told, instead = read(raw), read(was), read(would)
    except (msgspec.DecodeError, csv.Error, UnicodeDecodeError, Withheld):  # as where one of them was cut
        return not was.startswith(would)
    return _more(whole, told, instead, fixed)


def _more(raw: object, was: object, would: object, fixed: Collection[str]) -> bool:
    if was == would or would is _ABSENT:
        return False
    if was is _ABSENT:
        return True
    if was == raw or would is None:
        return False  # all that there is was shown, or nothing would be
    if was is None:
        return True
    match was, would:
        case dict(), dict():
            names = raw if isinstance(raw, dict) else {}
            return any(
                _more(names.get(name, _ABSENT), was.get(name, _ABSENT), value, fixed) for name, value in would.items()
            )
        case list(), list():
            return _more_of_all(raw if isinstance(raw, list) else [], was, would, fixed)
        case str(), str():
            return would not in fixed and _says_more(was, would)
        case _:
            return True


def _more_of_all(raw: Sequence[object], was: Sequence[object], would: Sequence[object], fixed: Collection[str]) -> bool:
    """The same of lists, of which *would* may lack some of the entries."""
    known = raw if len(raw) == len(was) else [_ABSENT] * len(was)
    if len(was) == len(would):
        return any(_more(*each, fixed) for each in zip(known, was, would, strict=True))
    rest = iter(zip(known, was, strict=True))
    return not all(any(not _more(first, told, value, fixed) for first, told in rest) for value in would)


def _says_more(was: str, would: str) -> bool:
    if not was:
        return bool(would)
    if was.startswith(would):
        return False
    if len(was) == len(would):
        return any(char not in (STAR, before) for before, char in zip(was, would, strict=True))
    return re.fullmatch(".*".join(map(re.escape, _STARS.split(would))), was, re.DOTALL) is None


def _json(body: bytes) -> object:
    return msgspec.json.decode(body)


def _called_with(body: bytes) -> object:
    return msgspec.json.decode(json_in(body.decode()))


def _records(body: bytes) -> object:
    return [msgspec.json.decode(record) for record in records_in(body)]


def _rows(body: bytes) -> object:
    return list(csv.reader(io.StringIO(body.decode(), newline="")))


def _pieces(body: bytes) -> object:
    return _PIECES.split(body.decode())


def _lines(body: bytes) -> object:
    return body.decode().split("\n")


_READERS: Mapping[str, Callable[[bytes], object]] = {
    "json": _json,
    "jsonp": _called_with,
    "html": _pieces,
    "csv": _rows,
    "text": _lines,
    "ndjson": _records,
    "xml": _pieces,
}
