"""JSON text to values and back, strictly and without loss.

Refused: what RFC 8259 does not allow, and objects that name a key twice: two readers may differ on which one counts.
Kept: every digit of an integer; other numbers keep their value as doubles. Not kept: white space and spelling.
"""

import json
import re
from typing import Any

import orjson

from policies.formats.masker import Withheld

_LARGEST = 2**64
_COLON = re.compile(rb'"\s*:')
_SPACES_BUT_ONE = (b"\n", b"\r", b"\t")


class _LongInteger:
    """An integer that does not fit in 64 bits, as it was spelled."""

    __slots__ = ("spelled",)

    def __init__(self, spelled: str) -> None:
        self.spelled = spelled

    def __str__(self) -> str:
        return self.spelled


def parse(data: bytes) -> Any:
    """The value that *data* spells, by the fast parser: integers of more than 64 bits become floats, keys may repeat.

    Raises Withheld where it spells none.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Withheld("not_json") from None


def parse_exactly(data: bytes) -> Any:
    """The same by the slow parser, which loses nothing. Raises Withheld also where a key stands twice."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError):
        raise Withheld("not_json") from None


def spell(value: Any) -> bytes:
    """*value* as compact JSON in UTF-8. Raises Withheld for text that has no UTF-8 form."""
    try:
        return orjson.dumps(value, default=_spell_long)
    except TypeError:
        raise Withheld("not_json") from None


def entries_in(data: bytes) -> int:
    """At least as many as *data* has object entries, and exactly as many where no string holds a quote and a colon."""
    if any(space in data for space in _SPACES_BUT_ONE) or b" :" in data:
        return len(_COLON.findall(data))
    return data.count(b'":')  # nothing can stand between them


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Withheld("key_stands_twice")
    return made


def _integer(spelled: str) -> int | _LongInteger:
    if len(spelled) < 19 or -(_LARGEST // 2) <= int(spelled) < _LARGEST:
        return int(spelled)
    return _LongInteger(spelled)


def _refuse(spelled: str) -> Any:
    raise ValueError


def _spell_long(value: Any) -> Any:
    if isinstance(value, _LongInteger):
        return orjson.Fragment(value.spelled)
    raise TypeError
