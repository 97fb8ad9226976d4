"""What the core does a dozen times for each exchange, done with less work. Nothing here changes what comes out.

Each function stands in the place of one of the core's, put there by `core.install`; the tests compare the two.
"""

import dataclasses
from collections.abc import Iterable
from functools import lru_cache
from itertools import count
from types import SimpleNamespace
from typing import Any

from mitmproxy.http import Headers
from mitmproxy.options import Options
from mitmproxy.proxy import events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer, Paused


@lru_cache(maxsize=256)
def argument_names(kind: Any) -> tuple[str, ...]:
    """The names of the arguments that a hook of *kind* is called with."""
    return tuple(item.name for item in dataclasses.fields(kind))


def first_value(headers: Headers, key: str, default: Any = None) -> Any:
    """`Headers.get` without building lists of lists."""
    wanted = key.lower().encode()
    length = len(wanted)
    values = [value for name, value in headers.fields if len(name) == length and name.lower() == wanted]
    if not values:
        return default
    return ", ".join(value.decode("utf-8", "surrogateescape") for value in values)


def holds(headers: Headers, key: object) -> bool:
    """`key in headers`, likewise."""
    wanted = key.lower().encode() if isinstance(key, str) else key
    return wanted in [name.lower() for name, _ in headers.fields]


def made_of(fields: Iterable[tuple[bytes, bytes]]) -> Headers:
    """`Headers(fields)` without checking what we have made."""
    headers = Headers.__new__(Headers)
    headers.fields = tuple(fields)
    return headers


class Numbered:
    """In the place of the module `uuid`: a number will do."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def uuid4(self) -> int:
        """The next number."""
        return next(self._numbers)


def settled(options: Options) -> Options:
    """*options* as they are now. The core copies the value of an option deeply each time it looks at it."""
    settings: Any = SimpleNamespace(**{name: getattr(options, name) for name in options._options})
    return settings  # type: ignore[no-any-return]


def fork(context: Context) -> Context:
    """`Context.fork` without making a server connection first that is thrown away."""
    made = Context.__new__(Context)
    made.client, made.options, made.server = context.client, context.options, context.server
    made.layers = context.layers.copy()
    return made


def handle_event(layer: Layer, event: events.Event) -> CommandGenerator[None]:
    """`Layer.handle_event` without what helps to debug it."""
    if layer._paused:
        if isinstance(event, events.CommandCompleted) and event.command is layer._paused.command:
            yield from layer._Layer__continue(event)  # type: ignore[attr-defined]
        else:
            layer._paused_event_queue.append(event)
        return
    commands = layer._handle_event(event)
    for command in commands:
        if command.blocking is True:
            # Only this layer waits, not those around it: an assignment tells them that it is settled who does.
            command.blocking = layer
            layer._paused = Paused(command, commands)
            yield command
            return
        yield command
