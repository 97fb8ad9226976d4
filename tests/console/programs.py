"""A program that uses the API, with a token of somebody."""

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from console.access import API
from console.roles import Role
from tests.console.browser import HOST, InProcess
from tests.console.bureau import Bureau

_KEYS = itertools.count(1)


@dataclass
class Program:
    """Whose token it has."""

    client: httpx.Client
    token: str

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, once: str = "", /, **body: object) -> httpx.Response:
        return self.ask("POST", path, body, once)

    def ask(self, method: str, path: str, body: object = None, once: str = "") -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if method == "POST":
            headers["idempotency-key"] = once or f"key-{next(_KEYS)}"
        json = body if method == "POST" else None
        return self.client.request(method, API + path, json=json, headers=headers)

    def case(self, number: str) -> Any:
        return self.get(f"/cases/{number}").json()


def program(bureau: Bureau, name: str, *, attended: bool = False, roles: frozenset[Role] | None = None) -> Program:
    """One with a token of *name*, made now."""
    bureau.employ(name)
    account = next(each for each in bureau.accounts.all() if each.name == name)
    token = bureau.desk.tokens.make(
        account, f"t{next(_KEYS)}", timedelta(hours=8), roles or account.roles, attended=attended
    )
    return Program(client_of(bureau), token)


def client_of(bureau: Bureau) -> httpx.Client:
    return httpx.Client(transport=InProcess(bureau.app), base_url=f"https://{HOST}")
