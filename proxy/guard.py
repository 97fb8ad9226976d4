"""Turns every failure on the data path into nothing shown (invariant 1). Only here the proxy catches everything."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, Protocol


class Fails(Protocol):
    """Something whose methods are guarded."""

    def fail(self, flow: Any, hook: str, kind: str) -> None:
        """Put nothing but an error in the place of whatever *flow* holds. Must not raise."""


def withhold_on_failure[G: Fails, F](hook: Callable[[G, F], None]) -> Callable[[G, F], None]:
    """*hook*, but where it raises, its flow fails instead of going on unmasked.

    mitmproxy logs an exception of a hook and lets the flow continue with the original answer.
    """

    @functools.wraps(hook)
    def guarded(gate: G, flow: F) -> None:
        try:
            hook(gate, flow)
        except Exception as error:
            gate.fail(flow, hook.__name__, type(error).__name__)

    return guarded


def latch_on_failure[D](
    release: Callable[[D], list[bytes]], failed: Callable[[str], None]
) -> Callable[[D], list[bytes]]:
    """*release*, but once it raises, nothing more is returned; *failed* is told the kind of exception.

    mitmproxy drops the chunk for which a stream's callable raises, and delivers the next.
    """
    latched = False

    def guarded(data: D) -> list[bytes]:
        nonlocal latched
        if latched:
            return []
        try:
            return release(data)
        except Exception as error:
            latched = True
            failed(type(error).__name__)
            return []

    return guarded


@contextlib.contextmanager
def contained(failed: Callable[[str], None]) -> Iterator[None]:
    """Lets out nothing that is raised within; *failed* is told its kind. For what only looks on and decides nothing."""
    try:
        yield
    except Exception as error:
        failed(type(error).__name__)
