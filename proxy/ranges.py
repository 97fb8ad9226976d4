"""Which part of an answer is asked for. Pure. Source: RFC 9110, 13.1.5 and 14."""

import re

from proxy.message import Headers

_ONE_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))")


class Unsatisfiable(Exception):
    """Nothing of the answer lies in the range that is asked for."""


def is_asked(headers: Headers) -> bool:
    """Whether a part is asked for of an answer that was given before, and only of that."""
    return len(headers.get("range", ())) == 1 and len(headers.get("if-range", ())) == 1


def part_in(headers: Headers, size: int, most: int) -> tuple[int, int] | None:
    """Start and end of the part of *size* bytes that is asked for, *most* of it; None where all of it is to be sent.

    That is so where several ranges are asked for, or none that is one: whoever answers may ignore the header. Raises
    Unsatisfiable.
    """
    found = _ONE_RANGE.fullmatch(headers["range"][0].strip())
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise Unsatisfiable
    return start, min(end, start + most)
