"""Answers that were given once and are the same for everybody, given again without being made again."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST = 4000
_QUERIES = (b"", b"size=large")
"""Others could be anything, and would fill the memory."""


class Kept:
    """Keeps whole answers to plain GETs until *generation* says that something has changed."""

    def __init__(self, app: ASGIApp, generation: Callable[[], int]) -> None:
        self._app = app
        self._generation = generation
        self._of = -1
        self._answers: dict[tuple[str, bytes], tuple[Message, ...]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as an ASGI application does."""
        generation = self._generation()
        if generation != self._of:
            self._of, self._answers = generation, {}
        # Who asks whether it has changed is answered by the application, which compares.
        plain = scope["type"] == "http" and scope["method"] == "GET" and scope["query_string"] in _QUERIES
        if not plain or any(name == b"if-none-match" for name, _ in scope["headers"]):
            await self._app(scope, receive, send)
            return
        key = scope["path"], scope["query_string"]
        kept = self._answers.get(key)
        if kept is not None:
            for message in kept:
                await send(message)
            return
        made: list[Message] = []

        async def sent(message: Message) -> None:
            made.append(message)
            await send(message)

        await self._app(scope, receive, sent)
        if made[0].get("status") == 200 and self._of == generation == self._generation() and len(self._answers) < MOST:
            self._answers[key] = tuple(made)
