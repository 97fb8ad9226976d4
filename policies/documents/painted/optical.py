"""Reads pictures of text. What it is not sure of is told apart, to be painted over."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from rapidocr import RapidOCR
from rapidocr.utils.output import RapidOCROutput
from rapidocr.utils.process_img import map_boxes_to_original

from policies.documents.painted.sheet import Cell

SURE = 0.8
"""How well a line is read by which nothing is in doubt."""
LARGEST = 2000
"""Pixels of a side of what is read at once."""
_AROUND = 0.25
"""Of the height of a line: so far the places of its characters may be wrong."""
_UNREAD = "\ufffd"
"""What a line says that was found and not read."""
_TILE, _OVER = 1600, 480
"""A value is read whole in one of two tiles where it is not longer than what they share."""
_TURNS = {2: Image.Transpose.ROTATE_180, 1: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_270}
"""By quarters of a turn to the left."""
_LIKE_DIGITS = str.maketrans("OoQDlI|SBZ", "0000111582")


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
        self._cells(_sample())  # loads the models

    def sheets(self, picture: Image.Image) -> Iterator[list[Cell]]:
        """The cells on *picture*: as a whole, and piece by piece where it is too large to be read as it is."""
        cells = self._cells(picture)
        if cells and sum(not cell.sure for cell in cells) * 2 >= len(cells):
            cells = self._turned(picture, cells)
        yield cells
        if max(picture.size) > LARGEST:
            for left, top in _tiles(*picture.size):
                tile = picture.crop((left, top, min(left + _TILE, picture.width), min(top + _TILE, picture.height)))
                yield [_moved(cell, left, top) for cell in self._cells(tile)]

    def _turned(self, picture: Image.Image, cells: list[Cell]) -> list[Cell]:
        """The cells of *picture* the way up in which most of it is read for certain; *cells* where it is in none."""
        width, height = picture.size
        for quarters, turn in _TURNS.items():
            turned = [_turned_back(cell, quarters, width, height) for cell in self._cells(picture.transpose(turn))]
            if sum(cell.sure for cell in turned) * 2 > len(turned) and _certain(turned) > 2 * _certain(cells):
                return turned
        return cells

    def _cells(self, picture: Image.Image) -> list[Cell]:
        whole = np.asarray(picture)[:, :, ::-1]
        fitted, steps = self._read.preprocess_img(whole)
        boxes, turned, lines, crops = self._read.run_ocr_steps(fitted, steps)
        if boxes.boxes is None:
            return []
        texts = lines.txts or [""] * len(boxes.boxes)
        unread = [box for box, text in zip(boxes.boxes, texts, strict=True) if not text.strip()]
        if unread:
            unread = list(map_boxes_to_original(np.array(unread), steps, *whole.shape[:2]))
        read = self._read.build_final_output(whole, boxes, turned, lines, crops, steps)
        return [*(_cell(_UNREAD, 0.0, corners, ()) for corners in unread), *_lines(read)]


def _certain(cells: Iterable[Cell]) -> int:
    """How many characters are read for certain."""
    return sum(len(cell.text) for cell in cells if cell.sure)


def _lines(read: object) -> Iterator[Cell]:
    if isinstance(read, RapidOCROutput) and read.txts is not None:
        assert read.boxes is not None
        assert read.scores is not None
        words: Sequence[Any] = read.word_results if len(read.word_results) == len(read.txts) else [()] * len(read.txts)
        for text, score, corners, characters in zip(read.txts, read.scores, read.boxes, words, strict=True):
            yield _cell(text, score, corners, characters)


def _sample() -> Image.Image:
    picture = Image.new("RGB", (160, 48), "white")
    ImageDraw.Draw(picture).text((20, 14), "12345", fill="black", font_size=20)
    return picture


def as_digits(text: str) -> str:
    """*text* with digits in place of the letters that look like them; as long as it was."""
    return text.translate(_LIKE_DIGITS)


def _cell(text: str, score: float, corners: np.ndarray, characters: Sequence[tuple[Any, ...]]) -> Cell:
    """A line, with the places of its characters where they are known, else of all of it for each."""
    left, top = map(float, corners.min(axis=0))
    right, bottom = map(float, corners.max(axis=0))
    edges = array("f")
    if "".join(each[0] for each in characters) == text.replace(" ", "") and bottom - top <= right - left:
        around = _AROUND * (bottom - top)
        boxes = iter(characters)
        for letter in text:
            if letter == " ":
                edges.extend(edges[-4:] or (left, top, left, bottom))
                continue
            across = [x for x, _ in next(boxes)[2]]
            edges.extend((max(left, min(across) - around), top, min(right, max(across) + around), bottom))
    else:
        edges.extend((left, top, right, bottom) * len(text))
    return Cell(text, edges, sure=score >= SURE, exact=False)


def _tiles(width: int, height: int) -> Iterator[tuple[int, int]]:
    for top in _starts(height):
        for left in _starts(width):
            yield left, top


def _starts(length: int) -> list[int]:
    return list(range(0, max(1, length - _OVER), _TILE - _OVER))


def _moved(cell: Cell, right: int, down: int) -> Cell:
    edges = array("f", (edge + (down if place % 2 else right) for place, edge in enumerate(cell.edges)))
    return replace(cell, edges=edges)


def _turned_back(cell: Cell, quarters: int, width: int, height: int) -> Cell:
    """A cell of the picture after so many quarters of a turn to the left, on the picture as it was."""
    edges = array("f")
    for at in range(0, len(cell.edges), 4):
        left, top, right, bottom = cell.edges[at : at + 4]
        match quarters:
            case 1:
                edges.extend((width - bottom, left, width - top, right))
            case 2:
                edges.extend((width - right, height - bottom, width - left, height - top))
            case _:
                edges.extend((top, height - right, bottom, height - left))
    return replace(cell, edges=edges)
