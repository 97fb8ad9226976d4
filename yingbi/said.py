"""How the processes write down what they do: one line of JSON a fact, time in UTC, names and numbers only.

What is said of exchanges goes to the access log; nothing here ever holds a value from traffic.
"""

import errno
import logging
import os
import sys
from typing import TextIO

from yingbi.log_lines import JsonLines


class Teller:
    """Tells a person line by line what is going on; goes on in silence once nobody can read it any more.

    A terminal that was closed must not bring down what it was opened to start.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, line: str) -> None:
        """Write *line*, if anybody can read it."""
        try:
            print(line, file=self._stream, flush=True)
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.EIO):
                return  # as on a full disk: the stream keeps the line, and writes it with the next
            nowhere = os.open(os.devnull, os.O_WRONLY)  # what is left in the buffer would be tried again at the end
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def speak() -> None:
    """Write what the program logs to its standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in ("httpx", "httpcore", "elastic_transport", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
