"""Looks for personal data in files: what was found where, and what could not be read. Never what stands there."""

import errno
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.documents.archive import ZIP
from policies.documents.desk import BOUNDS, categories_in, texts_in
from yingbi.place_words import place_words
from yingbi.unread_files import Unread, unread_for

MOST_PLACES = 8
"""Of one kind in one file, that are told one by one."""
LONGEST_CELL = 60
"""Characters of a cell of the table that is printed; the name of a file is whole."""
WIDEST_FIRST = 40
"""Columns of a terminal for the first cell: what is wider stands on a line of its own, and moves no other cell."""

EVERY_S = 0.2
"""Between two lines about one long file."""
type Told = Callable[[str], None]
"""Is told what is being done, often."""


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data of one kind in one place."""

    file: str
    place: str
    category: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """What became of all files."""

    files: int
    found: tuple[Found, ...]
    unread: tuple[Unread, ...]


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that *paths* are or hold, in order, and what cannot be looked into: folders that may not be read,
    links, which are not followed, and those of *paths* that are not there.
    """
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            problems: list[OSError] = []
            for folder, folders, names in os.walk(path, onerror=problems.append):
                folders.sort()
                linked = [name for name in folders if (Path(folder) / name).is_symlink()]
                yield from (Path(folder) / name for name in sorted([*names, *linked]))
            yield from (Path(problem.filename) for problem in problems)
        else:
            yield path


def scan_files(paths: Iterable[Path], told: Told, clock: Callable[[], float] = time.monotonic) -> Report:
    """What stands in *paths*; a path that is not there keeps no other from being looked through.

    Of each file it is *told* where in it we are, every `EVERY_S` seconds of the *clock*.
    """
    files = list(files_in(paths))
    found: list[Found] = []
    unread: list[Unread] = []
    for number, path in enumerate(files, 1):
        told(f"{number}/{len(files)} {path}")
        counted = _Places()
        next_s = clock() + EVERY_S
        try:
            for seen, text in enumerate(texts_in(path.name, content_of(path))):
                for category in categories_in(text):
                    counted.add(text.place, category)
                if clock() >= next_s:
                    told(
                        f"{number}/{len(files)} {path}: {_place_in(path.name, text.place)}, {seen + 1:,} 段文字 / texts"
                    )
                    next_s = clock() + EVERY_S
        except Exception as problem:  # noqa: BLE001 - one odd file keeps no other from being looked through
            unread.append(unread_for(path, problem))
            continue
        found += [Found(str(path), *each) for each in counted.told()]
    return Report(len(files), tuple(found), tuple(unread))


def content_of(path: Path) -> bytes:
    """What the file *path* holds; no more than is looked at, and a little. Raises OSError."""
    if not os.path.lexists(path):
        raise FileNotFoundError(errno.ENOENT, "not there", str(path))
    if not path.is_file() or path.is_symlink():
        raise OSError(0, "not a file")
    with path.open("rb") as file:
        return file.read(BOUNDS.octets + 1)


class _Places:
    """Where in one file something was found: a kind that stands in many places is told once, and they are forgotten."""

    def __init__(self) -> None:
        self._by_kind: dict[str, dict[str, int]] = {}
        self._more: dict[str, tuple[str, int, int]] = {}
        """Of a kind in more places than are told: the last of them, how many more, and how often it stands there."""

    def add(self, place: str, category: str) -> None:
        """Something of the kind *category* stands in *place*."""
        places = self._by_kind.setdefault(category, {})
        if place in places or len(places) < MOST_PLACES:
            places[place] = places.get(place, 0) + 1
            return
        last, number, count = self._more.get(category, ("", 0, 0))
        self._more[category] = place, number + (place != last), count + 1

    def told(self) -> Iterator[tuple[str, str, int]]:
        """Place, kind and number of what was found."""
        for category, places in sorted(self._by_kind.items()):
            if category not in self._more:
                yield from ((place, category, count) for place, count in places.items())
                continue
            last, number, count = self._more[category]
            said = f"{next(iter(places))} … {last} ({len(places) + number})"
            yield said, category, sum(places.values()) + count


def lines_of(report: Report, categories: Callable[[str], str]) -> Iterator[str]:
    """*report* as a table that a person can act on; *categories* names them."""
    if report.found:
        rows = _found_rows(report.found, categories)
        yield from table(("文件 / file", "位置 / place", "种类 / kind", "处 / count"), rows)
        yield ""
    yield from _unread_lines(report.unread)
    yield from _summary(report.found, categories)
    count = sum(one.count for one in report.found)
    holding = len({one.file for one in report.found})
    yield (
        f"{report.files} 个文件，{holding} 个含个人信息共 {count:,} 处，{len(report.unread)} 个未能检查"
        f" / {report.files} files, {holding} with personal data in {count:,} places, {len(report.unread)} not read"
    )


def _found_rows(found: Sequence[Found], categories: Callable[[str], str]) -> Iterator[tuple[str, str, str, str]]:
    """A row for each kind in each file, with all its places; the name of a file stands in its first row alone."""
    held: dict[str, dict[str, list[Found]]] = {}
    for one in found:
        held.setdefault(one.file, {}).setdefault(one.category, []).append(one)
    for file, kinds in held.items():
        named = file
        for category, each in kinds.items():
            yield named, _places_of(each), categories(category), f"{sum(one.count for one in each):,}"
            named = ""


def _places_of(found: Sequence[Found]) -> str:
    """Where *found*, which is of one file, stands."""
    return place_words([one.place for one in found], is_package=_is_package(found[0].file))


def _place_in(file: str, place: str) -> str:
    return place_words([place], is_package=_is_package(file))


def _is_package(file: str) -> bool:
    return file.lower().endswith(ZIP.endings)


def _unread_lines(unread: Sequence[Unread]) -> Iterator[str]:
    """The files that could not be looked through, by what is to be done about them."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for one in unread:
        by_reason.setdefault((one.zh, one.en), []).append(one.file)
    if by_reason:
        yield "未能检查 / not looked through:"
    for (zh, en), files in by_reason.items():
        yield f"  {zh} / {en} ({len(files)})"
        yield from (f"    {file}" for file in files)
    if by_reason:
        yield ""


def _summary(found: Sequence[Found], categories: Callable[[str], str]) -> Iterator[str]:
    """How much there is of each kind, most first, where there are several files."""
    files: dict[str, set[str]] = {}
    places: Counter[str] = Counter()
    for one in found:
        files.setdefault(one.category, set()).add(one.file)
        places[one.category] += one.count
    if len({one.file for one in found}) > 1:
        rows = [(categories(each), str(len(files[each])), f"{count:,}") for each, count in places.most_common()]
        yield from table(("合计 / in all", "文件 / files", "处 / count"), rows)
        yield ""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """*rows* under *head* in columns, as a terminal shows Chinese."""
    lines = [(row[0], *map(_shortened, row[1:])) for row in (head, *rows)]
    firsts = [width(line[0]) for line in lines]
    widths = [max((each for each in firsts if each <= WIDEST_FIRST), default=0)]
    widths += [max(map(width, column)) for column in list(zip(*lines, strict=True))[1:]]
    for line, first in zip(lines, firsts, strict=True):
        if first > WIDEST_FIRST:
            yield line[0]
            line = ("", *line[1:])
        yield "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True)).rstrip()


def _shortened(cell: str) -> str:
    return cell if len(cell) <= LONGEST_CELL else "…" + cell[1 - LONGEST_CELL :]


def width(text: str) -> int:
    """How many columns of a terminal *text* takes."""
    return sum(1 if ord(char) < 0x1100 else 2 for char in text)
