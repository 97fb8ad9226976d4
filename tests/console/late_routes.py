"""A console whose routes are looked at when they are first asked for, where tests make hundreds of consoles.

To look at the signatures of all two hundred endpoints, and at three more before each, took half of what it takes to
make an office for a test. That the routes of the whole application can be made is `tests.console.test_access`.
"""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any
from unittest import mock

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from console import app
from console.office import Office

_compiled = cache(compile_path)


class LateRoute(APIRoute):
    """The route that it is told to be, from the first request for it on."""

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, methods: Collection[str], name: str | None = None, **more: Any
    ) -> None:
        async def begin(scope: Scope, receive: Receive, send: Send) -> None:
            super(LateRoute, self).__init__(path, endpoint, methods=list(methods), name=name, **more)
            await self.app(scope, receive, send)

        self.path, self.endpoint, self.methods = path, endpoint, set(methods)
        self.path_regex, self.path_format, self.param_convertors = _compiled(path)
        self.app = begin


class _Late(FastAPI):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.router.route_class = LateRoute


def create_app(office: Office) -> ASGIApp:
    """See `console.app.create_app`."""
    with mock.patch.object(app, "FastAPI", _Late):
        return app.create_app(office)
