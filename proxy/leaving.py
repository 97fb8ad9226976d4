"""How callers learn that a worker is to stop, before it does: the next one they reach takes them on.

Over HTTP/1.1 the next answer is said to be the last on its connection. Over HTTP/2 the connection is said to be going
away, which is a frame of its own: what is under way and what still comes on it is answered all the same. It is said
where nothing is under way, if that is soon.
"""

import math

from mitmproxy.proxy import commands

GOING_AWAY = b"\x00\x00\x08\x07\x00" + b"\x00\x00\x00\x00" + b"\x7f\xff\xff\xff" + b"\x00\x00\x00\x00"
"""GOAWAY (RFC 9113, 6.8) with the highest number of a stream and no error: nothing that was asked is given up."""
PATIENCE_S = 2.0
"""So long it is not said on a connection on which something is under way."""


class AwaitLeaving(commands.RequestWakeup):
    """Wakes the layer that yields it once the worker is to stop; at once where it is to stop already."""

    def __init__(self) -> None:
        super().__init__(math.inf)
