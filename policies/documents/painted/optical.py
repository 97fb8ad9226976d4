"""Reads pictures of text. What it is not sure of is told apart, to be painted over."""

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from rapidocr import RapidOCR
from rapidocr.utils.output import RapidOCROutput
from rapidocr.utils.process_img import map_boxes_to_original

from policies.documents.painted.ink import below, faint
from policies.documents.painted.sheet import Cell, Sheet
from policies.documents.painted.way import Box, Point, Way, angle_of, moved, quarters_back, turned

SURE = 0.8
"""How well a line is read by which nothing is in doubt."""
LARGEST = 2000
"""Pixels of a side of what is read at once."""
_AROUND = 0.25
"""Of the height of a line: so far the places of its characters may be wrong."""
_LEVEL = 2.0
"""Times its height that a line is long whose direction says something."""
_STANDING, _DOUBTFUL = 0.8, 2.0
"""Times as much must be read for certain the other way up: of lines that stand, and of lines of which few are read."""
_UNREAD = "\ufffd"
"""What a line says that was found and not read."""
_TILE, _OVER = 1600, 480
"""A value is read whole in one of two tiles where it is not longer than what they share."""
_TURNS = {2: Image.Transpose.ROTATE_180, 1: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_270}
"""By quarters of a turn to the left."""
_LIKE_DIGITS = str.maketrans("OoQDlI|SBZ", "0000111582")


class Sight(Protocol):
    """Whatever reads pictures."""

    def sheets(self, picture: Image.Image) -> Iterator[Sheet]:
        """What stands on *picture*, in as many readings as it takes."""


class Eyes:
    """One reader: its models are loaded when it is made, and nothing is fetched."""

    def __init__(self) -> None:
        self._read = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.text_score": 0.0,
                "Global.use_cls": False,
                "Global.return_word_box": True,
                "Global.return_single_char_box": True,
                "Global.max_side_len": LARGEST,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.box_thresh": 0.4,
                "Rec.rec_batch_num": 1,
            }
        )
        self._lines(_sample())  # loads the models

    def sheets(self, picture: Image.Image) -> Iterator[Sheet]:
        """What stands on *picture*: as a whole, and piece by piece where it is too large to be read as it is; and the
        same of what lies below coloured ink, and of what is too faint to be seen, where there is any.
        """
        yield self._upright(picture, self._sheet(picture))
        yield from self._tiles(picture)
        if (black := below(picture)) is not None:
            yield replace(self._upright(black, self._sheet(black)), again=True)
            yield from self._tiles(black)
        if (unseen := faint(picture)) is not None:
            yield from map(_certainly, (self._upright(unseen, self._sheet(unseen)), *self._tiles(unseen)))

    def _tiles(self, picture: Image.Image) -> Iterator[Sheet]:
        if max(picture.size) > LARGEST:
            for left, top in _tiles(*picture.size):
                tile = picture.crop((left, top, min(left + _TILE, picture.width), min(top + _TILE, picture.height)))
                part = self._sheet(tile)
                yield Sheet(part.cells, part.way.then(moved(left, top)), again=True)

    def _upright(self, picture: Image.Image, sheet: Sheet) -> Sheet:
        """*picture* the way up in which most of it is read for certain; *sheet*, as it lies, where it is in none."""
        tried: tuple[int, ...]
        if _stands(sheet):
            # Lines that stand are read with their heads to the left, and for certain where they have them there.
            tried, better = (1, 3), _STANDING
        elif sheet.cells and sum(not cell.sure for cell in sheet.cells) * 2 >= len(sheet.cells):
            tried, better = (2, 1, 3), _DOUBTFUL
        else:
            return sheet
        for quarters in tried:
            found = self._sheet(picture.transpose(_TURNS[quarters]))
            is_read = sum(cell.sure for cell in found.cells) * 2 > len(found.cells) and not _stands(found)
            if is_read and _certain(found) > better * _certain(sheet):
                return Sheet(found.cells, found.way.then(quarters_back(quarters, *picture.size)))
        return sheet

    def _sheet(self, picture: Image.Image) -> Sheet:
        """*picture* as it lies, on a sheet on which its lines lie level."""
        lines = self._lines(picture)
        angle = angle_of([line.along() for line in lines])
        upright = turned(-angle)
        return Sheet([line.cell(upright) for line in lines], turned(angle))

    def _lines(self, picture: Image.Image) -> list["_Line"]:
        whole = np.asarray(picture)[:, :, ::-1]
        fitted, steps = self._read.preprocess_img(whole)
        boxes, quarters, lines, crops = self._read.run_ocr_steps(fitted, steps)
        if boxes.boxes is None:
            return []
        texts = lines.txts or [""] * len(boxes.boxes)
        unread = [box for box, text in zip(boxes.boxes, texts, strict=True) if not text.strip()]
        if unread:
            unread = list(map_boxes_to_original(np.array(unread), steps, *whole.shape[:2]))
        read = self._read.build_final_output(whole, boxes, quarters, lines, crops, steps)
        return [*(_Line(_UNREAD, 0.0, corners, ()) for corners in unread), *_read_lines(read)]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text as it was found."""

    text: str
    score: float
    corners: NDArray[np.float32]
    """From the upper left one to the right."""
    characters: Sequence[tuple[Any, ...]]
    """Of each what it is, how well it was read, and its corners; none where that is not known."""

    def along(self) -> tuple[Point, Point]:
        """Where its upper edge begins and ends; the same point where that says nothing: of one that is hardly longer
        than it is high, or stands.
        """
        (x0, y0), (x1, y1), _, (x3, y3) = self.corners.tolist()
        if math.hypot(x1 - x0, y1 - y0) < _LEVEL * math.hypot(x3 - x0, y3 - y0) or abs(y1 - y0) > abs(x1 - x0):
            return (0.0, 0.0), (0.0, 0.0)
        return (x0, y0), (x1, y1)

    def cell(self, way: Way) -> Cell:
        """The line as it lies after *way*, with the places of its characters where they are known, else of all of it
        for each.
        """
        left, top, right, bottom = _around(self.corners, way)
        edges = array("f")
        known = "".join(each[0] for each in self.characters) == self.text.replace(" ", "")
        if known and bottom - top <= right - left:
            around = _AROUND * (bottom - top)
            boxes = iter(self.characters)
            for letter in self.text:
                if letter == " ":
                    edges.extend(edges[-4:] or (left, top, left, bottom))
                    continue
                begins, _, ends, _ = _around(next(boxes)[2], way)
                edges.extend((max(left, begins - around), top, min(right, ends + around), bottom))
        else:
            edges.extend((left, top, right, bottom) * len(self.text))
        return Cell(self.text, edges, sure=self.score >= SURE, exact=False)


def _around(corners: Iterable[Sequence[float]], way: Way) -> Box:
    """What *corners* enclose after *way*."""
    xs, ys = zip(*(way.point(float(x), float(y)) for x, y in corners), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _certainly(sheet: Sheet) -> Sheet:
    """What of *sheet* is read for certain: there is always something that is faint, and most of it says nothing."""
    return Sheet([cell for cell in sheet.cells if cell.sure], sheet.way, again=True)


def _stands(sheet: Sheet) -> bool:
    """Whether most of what was found stands on end."""
    across = down = 0
    for cell in sheet.cells:
        left, top, right, bottom = cell.box()
        across += len(cell.text) * (right - left > _LEVEL * (bottom - top))
        down += len(cell.text) * (bottom - top > _LEVEL * (right - left))
    return down > across


def _certain(sheet: Sheet) -> int:
    """How many characters are read for certain."""
    return sum(len(cell.text) for cell in sheet.cells if cell.sure)


def _read_lines(read: object) -> Iterator[_Line]:
    if isinstance(read, RapidOCROutput) and read.txts is not None:
        assert read.boxes is not None
        assert read.scores is not None
        words: Sequence[Any] = read.word_results if len(read.word_results) == len(read.txts) else [()] * len(read.txts)
        for text, score, corners, characters in zip(read.txts, read.scores, read.boxes, words, strict=True):
            yield _Line(text, score, corners, characters)


def _sample() -> Image.Image:
    picture = Image.new("RGB", (160, 48), "white")
    ImageDraw.Draw(picture).text((20, 14), "12345", fill="black", font_size=20)
    return picture


def as_digits(text: str) -> str:
    """*text* with digits in place of the letters that look like them; as long as it was."""
    return text.translate(_LIKE_DIGITS)


def _tiles(width: int, height: int) -> Iterator[tuple[int, int]]:
    for top in _starts(height):
        for left in _starts(width):
            yield left, top


def _starts(length: int) -> list[int]:
    return list(range(0, max(1, length - _OVER), _TILE - _OVER))
