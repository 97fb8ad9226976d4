"""The tagger of this installation: its files, put by `deploy/setup/names.sh` beside the packages, and what reads them.

Without them nobody's name is found in running text. That is for whoever asks to act upon: it is raised, never passed
over.
"""

import functools
import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policies.recognisers.lexicon import Lexicon

if TYPE_CHECKING:
    from policies.recognisers.tagger import Network

FOLDER = Path(sys.prefix) / "share" / "yingbi" / "lac"
STAMP = FOLDER / "stamp"
"""Written last: without it the files beside it may be half of what they should be."""


class NoWeights(Exception):
    """The tagger's files are not there. The message says what to run."""


@dataclass(frozen=True, slots=True)
class Tagger:
    """What cuts text into words and says what they are."""

    lexicon: Lexicon
    network: "Network"
    labels: tuple[str, ...]
    """By number; of several names that a label has, the last."""


def are_there() -> bool:
    """Whether names in running text can be found at all."""
    return STAMP.is_file()


@functools.cache
def tagger() -> Tagger:
    """The tagger, read when it is first asked for: that takes half a second. Raises NoWeights."""
    if not are_there():
        raise NoWeights("the weights that names are recognised with are not installed: run `make venv` with a network")
    with (FOLDER / "tag.dic").open(encoding="utf-8") as lines:
        labels = dict(line.rstrip("\n").split("\t") for line in lines)
    # Its matrices are small: threads of its own would wait for one another, and take from other workers what they get.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # NumPy takes a tenth of a second and twenty megabytes: few processes ever look into running text.
    network: Network = importlib.import_module("policies.recognisers.tagger").Network(FOLDER)
    return Tagger(Lexicon(FOLDER), network, tuple(labels[str(number)] for number in range(len(labels))))
