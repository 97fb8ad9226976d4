"""Looks below what lies over text in colour: stamps, seals, marks of a pen."""

import numpy as np
from PIL import Image

_COLOURED = 70
"""Of 255: by so much the strongest of the three colours goes beyond the weakest where there is coloured ink."""
_LEAST = 0.0004
"""The share of a picture that such ink covers where it may hide a word."""
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
