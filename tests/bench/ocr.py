"""What is still to be read on pictures of pages after they were masked, by how they are seen, and what it takes.

A character counts as painted over where most of the place in which it was drawn is black; a value, where at most a
third of it can be read. What is withheld shows nothing, and is told apart.
"""

import io
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from policies.documents.desk import masked_file
from policies.formats.masker import Withheld
from policies.recognisers.weights import are_there
from tests.bench.figure import Bench, Figure, NotMeasured, figure
from tests.bench.invented_scans import ADDRESS, FACES, FONTS, IDENTIFIER, NAME, NOBODYS, SEEN, Mark, Scan, scans

SEED = "20261127fresh"
"""Not that of the pages by which the reading was mended."""
BLACK = 28
"""Of 255: JPEG does not keep black as it was."""
COVERED = 0.7
READABLE = 1 / 3
_GRID = np.linspace(0.08, 0.92, 7)


@dataclass(slots=True)
class Seen:
    """What can be read on the pictures that were masked."""

    characters: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    """Those that can be read."""
    values: Counter[str] = field(default_factory=Counter)
    leaked: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    pages: int = 0
    withheld: int = 0

    def add(self, other: "Seen") -> None:
        """Count *other* as well."""
        for name in ("characters", "left", "values", "leaked"):
            getattr(self, name).update(getattr(other, name))
        self.seconds += other.seconds
        self.pages += other.pages
        self.withheld += other.withheld

    def share(self, *kinds: str) -> float:
        """Of the characters of *kinds*, how many of a hundred can be read."""
        return 100 * sum(self.left[kind] for kind in kinds) / max(1, sum(self.characters[kind] for kind in kinds))

    def leaks(self, *kinds: str) -> float:
        """Of the values of *kinds*, how many of a hundred can be read."""
        return 100 * sum(self.leaked[kind] for kind in kinds) / max(1, sum(self.values[kind] for kind in kinds))


PERSONAL = (IDENTIFIER, NAME, ADDRESS)


def figures(bench: Bench) -> list[Figure]:
    """Shares of what can be read, by kind and by how a page is seen; and seconds for a page."""
    if not are_there():
        raise NotMeasured("the weights that find names in prose are not here: `make venv` fetches them")
    if not all((FONTS / face).is_file() for face in FACES):
        raise NotMeasured(f"no fonts with Chinese characters are in {FONTS}: the package `fonts-noto-cjk`")
    rounds = max(1, round(bench.seconds / 2))
    whole, found = Seen(), []
    for name in SEEN:
        here = Seen()
        for number in range(rounds):
            for layout, scan in scans(name, random.Random(f"{SEED}/{name}/{number}")):
                bench.progress(f"pictures, {name}, {layout}")
                here.add(judged(scan))
        whole.add(here)
        found += [
            figure(f"{name}: personal characters left to read", [here.share(*PERSONAL)], "%", _withheld(here)),
            figure(f"{name}: what is nobody's painted over", [100 - here.share(NOBODYS)], "%"),
            figure(f"{name}: a page", here.seconds, "s"),
        ]
    for kind in PERSONAL:
        found.append(figure(f"all: characters of {kind} left to read", [whole.share(kind)], "%"))
        found.append(figure(f"all: {kind} left to read", [whole.leaks(kind)], "%", f"of {whole.values[kind]:,}"))
    found.append(figure("all: what is nobody's painted over", [100 - whole.share(NOBODYS)], "%", _withheld(whole)))
    found.append(figure("all: a page", whole.seconds, "s"))
    return found


def _withheld(seen: Seen) -> str:
    return f"{seen.withheld} of {seen.pages} withheld"


def judged(scan: Scan) -> Seen:
    """What can be read of *scan* once it was masked."""
    name = scan.encoding[0]
    began = time.perf_counter()
    seen = Seen(pages=1)
    try:
        masked, _ = masked_file(f"scan.{name}", scan.data())
    except Withheld:
        masked = b""
    seen.seconds.append(time.perf_counter() - began)
    seen.withheld = int(not masked)
    shown = None
    if masked:
        with Image.open(io.BytesIO(masked)) as picture:
            shown = np.asarray(picture.convert("RGB")).max(axis=2) <= BLACK
    for mark in scan.marks:
        readable = 0 if shown is None else int(_readable(mark, scan, shown).sum())
        seen.characters[mark.kind] += len(mark.text)
        seen.left[mark.kind] += readable
        seen.values[mark.kind] += 1
        seen.leaked[mark.kind] += readable > READABLE * len(mark.text)
    return seen


def _readable(mark: Mark, scan: Scan, black: np.ndarray) -> np.ndarray:
    """Which characters of *mark* are not painted over."""
    return np.array([not letter.isspace() and share < COVERED for letter, share in _covered(mark, scan, black)])


def _covered(mark: Mark, scan: Scan, black: np.ndarray) -> Iterator[tuple[str, float]]:
    height, width = black.shape
    for letter, (left, top, right, bottom) in zip(mark.text, mark.boxes, strict=True):
        x, y = np.meshgrid(left + (right - left) * _GRID, top + (bottom - top) * _GRID)
        u, v, w = scan.way @ np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
        across = np.clip((u / w).round().astype(int), 0, width - 1)
        down = np.clip((v / w).round().astype(int), 0, height - 1)
        yield letter, float(black[down, across].mean())
