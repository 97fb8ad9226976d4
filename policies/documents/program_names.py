"""What configurations call a program, a service or a step, where that reads like somebody's name in pinyin.

`name: yingbi` is a person beside `phone:`, and a program beside `image:`. So a mapping of YAML is read for what else it
says: it is of a program where it says what only such have, and nothing of anybody.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from policies.documents.heading_words import category_of_heading
from policies.documents.text_tables import Line

MOST_LINES = 200
"""Before a name and behind it, in which its mapping is looked for."""
_NAME = re.compile(
    r"(?P<before>[ ]*(?:-[ ]+)*)name:[ ]+(?P<quote>[\"']?)(?P<name>[a-z][a-z0-9_\-]*)(?P=quote)[ ]*(?:#.*)?"
)
_KEY = re.compile(r"(?P<before>[ ]*(?:-[ ]+)*)(?P<key>[A-Za-z_][\w.\-]{0,60}):(?:[ ].*)?")
_OF_PROGRAMS = frozenset(
    "apiversion kind namespace image ports port replicas command args entrypoint env run uses on jobs stages script "
    "version services service build restart spec template selector runs-on needs steps dependencies repository "
    "hosts tasks main license".split()
)
"""What only a mapping of a program has."""


def named_programs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """From where to where in the text of *lines* the name of a program stands."""
    for at, line in enumerate(lines):
        found = _NAME.fullmatch(line.text)
        if found is None:
            continue
        beside = [key.lower() for key in _beside(lines, at, found["before"])]
        if not _OF_PROGRAMS.isdisjoint(beside) and not any(category_of_heading(key) for key in beside):
            yield line.start + found.start("name"), line.start + found.end("name")


def _beside(lines: Sequence[Line], at: int, before: str) -> Iterator[str]:
    """The other keys of the mapping that the key in the line *at* is in, behind what stands *before* it there."""
    depth = len(before)
    above = () if "-" in before else reversed(lines[max(0, at - MOST_LINES) : at])
    for line in takewhile(lambda line: _is_within(line.text, depth), above):
        yield from _key_at(line.text, depth)
        if "-" in line.text[:depth]:
            break  # the item begins here
    for line in takewhile(lambda line: _is_within(line.text, depth), lines[at + 1 : at + 1 + MOST_LINES]):
        if "-" in line.text[:depth]:
            break
        yield from _key_at(line.text, depth)


def _is_within(text: str, depth: int) -> bool:
    """Whether *text* is of a mapping whose keys stand *depth* deep, or of something in it, or of nothing."""
    return not text.strip() or text.lstrip().startswith("#") or len(text) - len(text.lstrip(" -")) >= depth


def _key_at(text: str, depth: int) -> Iterator[str]:
    found = _KEY.fullmatch(text)
    if found is not None and len(found["before"]) == depth:
        yield found["key"]
