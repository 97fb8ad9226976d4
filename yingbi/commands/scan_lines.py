"""`yingbi scan --json -`: a line of JSON for each text that comes in, in its order, as soon as it is there.

Bounded memory: a line is answered before the next is read, and one that is longer than `LONGEST_LINE` is not kept.
A line that cannot be answered is answered by a sentence, and those behind it are read all the same.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import msgspec

from yingbi.commands.shape import FINE, WRONG_USE

LONGEST_LINE = 64 * 1024 * 1024
"""Octets, the line break among them."""


class BadLine(Exception):
    """A line that cannot be answered. The message says why, and nothing of what stands in it."""


def scan_lines(*, by_keys: bool) -> int:
    """Answer the lines of stdin. Returns the exit code: whether each of them could be answered."""
    return answer(sys.stdin.buffer, sys.stdout.buffer, pointers_of if by_keys else spans_of)


def spans_of(line: dict[str, Any]) -> dict[str, Any]:
    """What is found in the text of *line*."""
    from policies.recognisers.find import find

    if not isinstance(text := line.get("text"), str):
        raise BadLine("`text` must be a string")
    return {"spans": find(text)}


def pointers_of(line: dict[str, Any]) -> dict[str, Any]:
    """What is found in the document of *line*."""
    from policies.recognisers.pointers import find_values

    document = line.get("json")
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError):
            raise BadLine("`json` is a string that holds no JSON") from None
    if not isinstance(document, dict | list):
        raise BadLine("`json` must be an object, a list, or a string that holds one")
    return {"pointers": find_values(document)}


def answer(lines: BinaryIO, out: BinaryIO, look: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Write what *look* finds in each of *lines* to *out*. Returns the exit code."""
    code = FINE
    for data in _lines(lines):
        name: Any = None
        try:
            line = _parsed(data)
            name = line.get("id")
            found = look(line)
        except BadLine as problem:
            found, code = {"error": str(problem)}, WRONG_USE
        out.write(_written({"id": name, **found}) + b"\n")
        out.flush()  # whoever asks may wait for the answer before he asks again
    return code


def _lines(source: BinaryIO) -> Iterator[bytes | None]:
    """The lines of *source* that are not empty; None stands for one that is too long."""
    while data := source.readline(LONGEST_LINE):
        whole = data
        while len(whole) == LONGEST_LINE and not whole.endswith(b"\n"):
            whole = source.readline(LONGEST_LINE)
            data = b""
        if not data:
            yield None
        elif not data.isspace():
            yield data


def _parsed(data: bytes | None) -> dict[str, Any]:
    if data is None:
        raise BadLine(f"the line is longer than {LONGEST_LINE} octets")
    try:
        line = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        line = _parsed_leniently(data)
    if not isinstance(line, dict):
        raise BadLine("the line must be an object of JSON")
    return line


def _parsed_leniently(data: bytes) -> Any:
    """What *data* says where characters are torn in it: half a character is one that nobody knows."""
    try:
        return json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        raise BadLine("the line is no JSON") from None


def _written(found: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(found)
    except (UnicodeEncodeError, OverflowError):  # half a character, or a number that is too long for others
        return json.dumps(msgspec.to_builtins(found)).encode("ascii")
