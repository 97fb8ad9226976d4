"""JSON text to values and back, strictly and without loss.

Refused: what RFC 8259 does not allow. Kept: every digit of an integer; other numbers keep their value as doubles. Not
kept: white space and spelling. Of a key that stands twice in an object the last counts, and what is spelled anew holds
it once: no two readers of our output can differ. Where the text itself is sent on, two of a key are refused.
"""

import json
from typing import Any

import orjson

from policies.formats.masker import Withheld

_LARGEST = 2**64


class _LongInteger:
    """An integer that does not fit in 64 bits, as it was spelled."""

    __slots__ = ("spelled",)

    def __init__(self, spelled: str) -> None:
        self.spelled = spelled

    def __str__(self) -> str:
        return self.spelled


def parse(data: bytes) -> Any:
    """The value that *data* spells, by the fast parser: integers of more than 64 bits become floats.

    Raises Withheld where it spells none.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Withheld("not_json") from None


def parse_exactly(data: bytes, *, once: bool = False) -> Any:
    """The same by the slow parser, which loses nothing. Raises Withheld where a key may stand *once* and does not."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object if once else None,
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
