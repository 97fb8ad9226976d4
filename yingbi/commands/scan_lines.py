"""`yingbi scan --json -`: a line of JSON for each text that comes in, in its order, as soon as it is there.

Lines that are there together are looked at together, which takes less time. Bounded memory: what has come is answered
before more is read, and a line that is longer than `LONGEST_LINE` is not kept.
A line that cannot be answered is answered by a sentence, and those behind it are read all the same.
"""

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import msgspec

from yingbi.commands.shape import FINE, WRONG_USE

LONGEST_LINE = 64 * 1024 * 1024
AT_ONCE = 1024 * 1024
"""Octets that are read at once; sixteenths of it are looked at together."""


class BadLine(Exception):
    """A line that cannot be answered. The message says why, and nothing of what stands in it."""


type Answer = dict[str, Any] | BadLine
type Look = Callable[[Sequence[dict[str, Any]]], list[Answer]]


def scan_lines(*, by_keys: bool) -> int:
    """Answer the lines of stdin. Returns the exit code: whether each of them could be answered."""
    with open(sys.stdin.fileno(), "rb", closefd=False) as source:
        return answer(source, sys.stdout.buffer, pointers_of if by_keys else spans_of)


def spans_of(lines: Sequence[dict[str, Any]]) -> list[Answer]:
    """What is found in the text of each of *lines*."""
    from policies.recognisers.find import find_each
    from yingbi.commands.tagger import has_tagger

    texts = [line.get("text") for line in lines]
    found = iter(find_each([text for text in texts if isinstance(text, str)], prose=has_tagger()))
    return [
        {"spans": _levelled(next(found))} if isinstance(text, str) else BadLine("`text` must be a string")
        for text in texts
    ]


def pointers_of(lines: Sequence[dict[str, Any]]) -> list[Answer]:
    """What is found in the document of each of *lines*."""
    from policies.recognisers.pointers import find_values_each
    from yingbi.commands.tagger import has_tagger

    documents = list(map(_document_of, lines))
    read = [document for document in documents if not isinstance(document, BadLine)]
    found = iter(find_values_each(read, prose=has_tagger()))
    return [each if isinstance(each, BadLine) else {"pointers": _levelled(next(found))} for each in documents]


def _document_of(line: dict[str, Any]) -> dict[str, Any] | list[Any] | BadLine:
    document = line.get("json")
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError):
            return BadLine("`json` is a string that holds no JSON")
    if not isinstance(document, dict | list):
        return BadLine("`json` must be an object, a list, or a string that holds one")
    return document


def _levelled(found: Iterable[msgspec.Struct]) -> list[dict[str, Any]]:
    """*found*, each with the level of its category."""
    from policies.recognisers.levels import level_of

    return [{**(told := msgspec.structs.asdict(each)), "level": level_of(told["category"]).value} for each in found]


def answer(lines: io.BufferedIOBase, out: BinaryIO, look: Look) -> int:
    """Write what *look* finds in each of *lines* to *out*. Returns the exit code."""
    code = FINE
    for batch in _batches(lines):
        parsed = [_parsed(data) for data in batch]
        found = iter(look([line for line in parsed if isinstance(line, dict)]))
        for line in parsed:
            told = next(found) if isinstance(line, dict) else line
            if isinstance(told, BadLine):
                told, code = {"error": str(told)}, WRONG_USE
            out.write(_written({"id": line.get("id") if isinstance(line, dict) else None, **told}) + b"\n")
        out.flush()  # whoever asks may wait for the answer before he asks again
    return code


def _batches(source: io.BufferedIOBase) -> Iterator[list[bytes | None]]:
    """The lines of *source* that are not empty, as many together as are there, within bounds; None stands for one that
    is too long.
    """
    batch: list[bytes | None] = []
    held, is_long, octets = bytearray(), False, 0
    while data := source.read1(AT_ONCE):
        *ended, begun = data.split(b"\n")
        for piece in ended:
            held += piece
            if is_long or len(held) >= LONGEST_LINE:
                batch.append(None)
            elif held and not held.isspace():
                batch.append(bytes(held))
                octets += len(held)
            held, is_long = bytearray(), False
            if octets >= AT_ONCE // 16:
                yield batch
                batch, octets = [], 0
        held += begun
        if len(held) >= LONGEST_LINE:
            held, is_long = bytearray(), True
        if batch:
            yield batch
            batch, octets = [], 0
    if is_long or (held and not held.isspace()):
        yield [None if is_long else bytes(held)]


def _parsed(data: bytes | None) -> dict[str, Any] | BadLine:
    if data is None:
        return BadLine(f"the line is longer than {LONGEST_LINE} octets")
    try:
        line = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        line = _parsed_leniently(data)
    return line if isinstance(line, dict | BadLine) else BadLine("the line must be an object of JSON")


def _parsed_leniently(data: bytes) -> Any:
    """What *data* says where characters are torn in it: half a character is one that nobody knows."""
    try:
        return json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return BadLine("the line is no JSON")


def _written(found: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(found)
    except (UnicodeEncodeError, OverflowError):  # half a character, or a number that is too long for others
        return json.dumps(msgspec.to_builtins(found)).encode("ascii")
