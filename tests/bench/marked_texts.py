"""Texts written one by one, with the truth marked in them: see the files of `tests/bench/marked`.

They are the second set that names and addresses are measured on: no templates, and written before anybody looked at
what the rules make of them. Everybody is invented; the roads are, or might be, anywhere. What counts is what labelled
corpora count: a name without its title; the surname alone where only that is said; a name from elsewhere whole, with
its dots; what friends call somebody where that is a name; not a handle, not a relative's word. An address: down to a
road, a village or a building, not a division by itself.
"""

import re
from pathlib import Path

from tests.bench.written import Written

FOLDER = Path(__file__).parent / "marked"
_MARK = re.compile(r"<([^<>{}]+)>|\{([^<>{}]+)\}")


def marked_texts(kind: str) -> list[Written]:
    """The texts of *kind*, the name of a file of the folder without its ending."""
    lines = (FOLDER / f"{kind}.txt").read_text("utf-8").splitlines()
    read = [_read(line) for line in lines if not line.startswith("#")]
    if kind.endswith("addresses"):  # each line is one
        return [Written(each.text, ((0, len(each.text), "address"),)) for each in read]
    return read


def kinds() -> tuple[str, ...]:
    """What kinds of texts there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.txt")))


def _read(line: str) -> Written:
    pieces: list[str] = []
    truth: list[tuple[int, int, str]] = []
    length = end = 0
    for mark in _MARK.finditer(line):
        before, marked = line[end : mark.start()], mark[1] or mark[2]
        length += len(before)
        truth.append((length, length + len(marked), "person_name" if mark[1] else "address"))
        pieces += [before, marked]
        length += len(marked)
        end = mark.end()
    text = "".join([*pieces, line[end:]])
    if set(text) & set("<>{}"):
        raise ValueError(f"a mark without its end: {line}")
    return Written(text, tuple(truth))
