"""Looks below what lies over text in colour, as stamps and marks of a pen do, and for text that nobody sees."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_COLOURED = 70
"""Of 255: by so much the strongest of the three colours goes beyond the weakest where there is coloured ink."""
_LEAST = 0.0004
"""The share of a picture that such ink covers where it may hide a word."""
_MOST = 0.15
"""The share above which what is faint is no text."""
_FAINT = 24
"""Of 255: what differs by more than this is seen."""
_BLOCK = 8
_MOST_ROWS = 512
"""What is looked at at once."""


def below(picture: Image.Image) -> Image.Image | None:
    """*picture* without what is written on it in colour; None where nothing is.

    What is black is dark in each of the three colours, and ink of any other is bright in one of them.
    """
    seen = np.asarray(picture)
    coloured = 0
    for top in range(0, len(seen), _MOST_ROWS):
        part = seen[top : top + _MOST_ROWS]
        coloured += int((part.max(axis=2).astype(np.int16) - part.min(axis=2) > _COLOURED).sum())
    if coloured < _LEAST * seen.shape[0] * seen.shape[1]:
        return None
    return Image.fromarray(seen.max(axis=2)).convert("RGB")


def faint(picture: Image.Image) -> Image.Image | None:
    """What on *picture* differs so little from its ground that nobody sees it, in black on white; None where there is
    hardly anything, or so much that it is grain.

    What lies beside something that is seen is its edge, or what coding left around it.
    """
    grey = np.asarray(picture.convert("L"))
    ground = int(np.bincount(grey.reshape(-1), minlength=256).argmax())
    away = np.where(grey > ground, grey - ground, ground - grey)
    is_faint = (away > 0) & (away <= _FAINT)
    if is_faint.sum() < _LEAST * is_faint.size:
        return None
    is_faint = is_faint & ~_around(away > _FAINT)
    if not _LEAST * is_faint.size <= is_faint.sum() <= _MOST * is_faint.size:
        return None
    return Image.fromarray(np.where(is_faint, 0, 255).astype(np.uint8)).convert("RGB")


def _around(seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is *seen* and what is beside it: in its block, as JPEG codes them, and in those around."""
    height, width = seen.shape
    padded = np.pad(seen, ((_BLOCK, -height % _BLOCK + _BLOCK), (_BLOCK, -width % _BLOCK + _BLOCK)))
    cut = padded.reshape(padded.shape[0] // _BLOCK, _BLOCK, padded.shape[1] // _BLOCK, _BLOCK)
    blocks: NDArray[np.bool_] = np.asarray(cut.any(axis=(1, 3)))
    rows, columns = blocks.shape
    spread = np.zeros_like(blocks)
    for down in range(3):
        for right in range(3):
            spread[1:-1, 1:-1] |= blocks[down : rows - 2 + down, right : columns - 2 + right]
    wide = spread.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)
    return wide[_BLOCK : _BLOCK + height, _BLOCK : _BLOCK + width]
