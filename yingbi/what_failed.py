"""What a fault that nobody foresaw is called in front of people: its kind and its place, never what it was about."""

import traceback
from pathlib import Path


def what_failed(error: BaseException) -> str:
    """The kind of *error* and where it came up: `OverflowError (quiet.py:110)`. Its own message may quote traffic."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{place}"
