"""Values of configurations that go on below their keys: block scalars of YAML, lines that end in a stroke."""

import re
from collections.abc import Callable, Iterator, Sequence

from policies.documents.heading_words import FREE_TEXT, category_of_heading
from policies.documents.text_tables import Line

MOST_LINES = 200
"""Of one value."""
_BLOCK = re.compile(
    r"(?P<indent>[ \t]*(?:-[ \t]+)*)(?P<quote>[\"']?)(?P<key>[^\s:#\"'\-][^:\"'\n]{0,60})(?P=quote)[ \t]*:[ \t]*"
    r"(?:[!&]\S{0,60}[ \t]+){0,3}[|>][-+0-9]{0,2}[ \t]*(?:#.*)?"
)
"""Source: YAML 1.2.2, 8.1."""
_GOES_ON = re.compile(r"[ \t]*(?P<key>[\w.\-]{1,60})[ \t]*[=: \t][ \t]*(?P<value>[^\s=:].*?)?(?<!\\)(?:\\\\)*\\")
"""Source: the documentation of `java.util.Properties.load`."""
_ENDS_IN_STROKE = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")

type _Place = tuple[int, int, str | None, int]


def continued(lines: Sequence[Line], is_label: Callable[[str], bool]) -> Iterator[_Place]:
    """From where to where in the text of *lines* a value of a telling key stands, line by line: start, end, the key and
    the number of the line. Of what only says that the value goes on, the key is None.
    """
    for at, line in enumerate(lines):
        if (block := _BLOCK.fullmatch(line.text)) is not None and _tells(block["key"], is_label):
            yield line.start, line.start + len(line.text), None, line.number
            depth = len(block["indent"])
            for below in lines[at + 1 : at + 1 + MOST_LINES]:
                if below.text.strip() and len(below.text) - len(below.text.lstrip(" \t")) <= depth:
                    break
                yield from _said(below, below.text, block["key"])
        elif (found := _GOES_ON.fullmatch(line.text)) is not None and _tells(found["key"], is_label):
            key = found["key"].rpartition(".")[2]
            if found["value"]:
                yield line.start + found.start("value"), line.start + found.end("value"), key, line.number
            yield line.start + len(line.text) - 1, line.start + len(line.text), None, line.number
            for below in lines[at + 1 : at + 1 + MOST_LINES]:
                end = _ENDS_IN_STROKE.search(below.text)
                yield from _said(below, below.text if end is None else below.text[: end.start()], key)
                if end is None:
                    break


def _said(line: Line, text: str, key: str) -> Iterator[_Place]:
    if value := text.strip():
        start = line.start + text.index(value)
        yield start, start + len(value), key, line.number


def _tells(key: str, is_label: Callable[[str], bool]) -> bool:
    last = key.strip().rpartition(".")[2]
    return is_label(last) and category_of_heading(last) not in (None, FREE_TEXT)
